package simulate

import (
	"strconv"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Config says what shop to simulate. The zero value of every field is a sensible default.
type Config struct {
	// Seed chooses the shop; the same seed gives the same bytes. Default 1.
	Seed uint64
	// Customers is the number of members of the online shop (会員), each with at least one
	// purchase. Default 20,000; at most 50,000,000.
	Customers int
	// Start is the first day; its time of day is ignored. Default 2024-04-01.
	Start time.Time
	// Days is how long the shop is watched. Default 730; at most 3,660.
	Days int
	// Location is the shop's time zone. Default Asia/Tokyo.
	Location *time.Location
	// EventsPerCustomer is how many events about people there should be in all, divided by
	// Customers, to within about a tenth. Browsing and newsletters are scaled to reach it;
	// purchases never are, so that less than about 50 is not reached. Products, advertising
	// and bots come on top. Default 70.
	EventsPerCustomer float64
	// Products is the size of the catalogue. Default 400; 40 to 20,000.
	Products int
	// Visitors is the number of people who look and never buy. Default 0.6 of Customers;
	// negative for none.
	Visitors int
	// StoreMembers is the number of holders of a membership card (会員証) of the physical
	// stores. Default a quarter of Customers; negative for none.
	StoreMembers int
	// StoreOverlap is the share of card holders who are also Customers. Default 0.6;
	// negative for none.
	StoreOverlap float64
	// PanelRespondents is the number of rows of the market survey. Default 3,000.
	PanelRespondents int
	// Process holds the parameters of the purchase process; its zero value stands for
	// [DefaultProcess].
	Process Process
	// NoEffects makes every treatment send its messages and change nothing, so that orders
	// are those of the purchase process alone.
	NoEffects bool
}

// Process is the parameters behind what people buy.
type Process struct {
	// R and Alpha: a person's purchases per operational day are Gamma(shape R, rate Alpha).
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"`
	// A and B: the chance to drop out after a repeat purchase is Beta(A, B).
	A float64 `json:"a"`
	B float64 `json:"b"`
	// SpendP, SpendQ and SpendGamma: the value of an order is Gamma(shape SpendP, rate ν)
	// yen and ν is Gamma(shape SpendQ, rate SpendGamma).
	SpendP     float64 `json:"spend_p"`
	SpendQ     float64 `json:"spend_q"`
	SpendGamma float64 `json:"spend_gamma"`
	// ContractShare is the share of customers who start a subscription (定期) with their
	// first order; ContractAlpha and ContractBeta are those of the sBG model.
	ContractShare float64 `json:"contract_share"`
	ContractAlpha float64 `json:"contract_alpha"`
	ContractBeta  float64 `json:"contract_beta"`
	// CancelRate, ReturnRate and StoreReturnRate are per order.
	CancelRate      float64 `json:"cancel_rate"`
	ReturnRate      float64 `json:"return_rate"`
	StoreReturnRate float64 `json:"store_return_rate"`
	// Growth is how much the first day's rate of new customers grows in a year.
	Growth float64 `json:"growth"`
}

// DefaultProcess is a shop in which about two of five customers buy again within a year.
func DefaultProcess() Process {
	return Process{
		R: 0.25, Alpha: 35, A: 0.8, B: 2.5,
		SpendP: 6, SpendQ: 4, SpendGamma: 3100,
		ContractShare: 0.12, ContractAlpha: 0.8, ContractBeta: 3.2,
		CancelRate: 0.015, ReturnRate: 0.04, StoreReturnRate: 0.01,
		Growth: 0.5,
	}
}

// withDefaults fills in defaults and checks ranges. Errors have code [hitori.Invalid] and
// key "simulate_config".
func (c Config) withDefaults() (Config, error) {
	setDefault(&c.Seed, 1)
	setDefault(&c.Customers, 20_000)
	setDefault(&c.Days, 730)
	setDefault(&c.EventsPerCustomer, 70)
	setDefault(&c.Products, 400)
	setDefault(&c.StoreOverlap, 0.6)
	setDefault(&c.PanelRespondents, 3000)
	setDefault(&c.Visitors, c.Customers*6/10)
	setDefault(&c.StoreMembers, c.Customers/4)
	setDefault(&c.Process, DefaultProcess())
	c.Visitors, c.StoreMembers, c.StoreOverlap = max(c.Visitors, 0), max(c.StoreMembers, 0), max(c.StoreOverlap, 0)
	if c.Location == nil {
		// A fixed zone, because a machine may lack the zone files. Japan has no summer time.
		c.Location = time.FixedZone("Asia/Tokyo", 9*60*60)
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2024, 4, 1, 0, 0, 0, 0, c.Location)
	}
	for _, rule := range []struct {
		field         string
		value         float64
		lowest, limit float64
	}{
		{"customers", float64(c.Customers), 1, 50e6},
		{"days", float64(c.Days), 1, 3660},
		{"products", float64(c.Products), 40, 20_000},
		{"visitors", float64(c.Visitors), 0, 100e6},
		{"store_members", float64(c.StoreMembers), 0, 50e6},
		{"store_overlap", c.StoreOverlap, 0, 1},
		{"events_per_customer", c.EventsPerCustomer, 1, 10_000},
		{"panel_respondents", float64(c.PanelRespondents), 0, 1e6},
		{"r", c.Process.R, 1e-3, 1e3},
		{"alpha", c.Process.Alpha, 1e-3, 1e6},
		{"a", c.Process.A, 1e-3, 1e3},
		{"b", c.Process.B, 1e-3, 1e3},
		{"spend_p", c.Process.SpendP, 1e-2, 1e3},
		{"spend_q", c.Process.SpendQ, 1.01, 1e3},
		{"spend_gamma", c.Process.SpendGamma, 1, 1e7},
		{"contract_alpha", c.Process.ContractAlpha, 1e-3, 1e3},
		{"contract_beta", c.Process.ContractBeta, 1e-3, 1e3},
		{"contract_share", c.Process.ContractShare, 0, 1},
		{"cancel_rate", c.Process.CancelRate, 0, 1},
		{"return_rate", c.Process.ReturnRate, 0, 1},
		{"store_return_rate", c.Process.StoreReturnRate, 0, 1},
		{"growth", c.Process.Growth, 0, 100},
	} {
		if !(rule.value >= rule.lowest && rule.value <= rule.limit) {
			return c, hitori.NewError(hitori.Invalid, "simulate_config", "field", rule.field, "value", decimal(rule.value),
				"min", decimal(rule.lowest), "max", decimal(rule.limit)).At(rule.field)
		}
	}
	return c, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
