package simulate_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/simulate"
)

func newShop(t testing.TB, config simulate.Config) *simulate.Shop {
	t.Helper()
	shop, err := simulate.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

func digest(t *testing.T, config simulate.Config) string {
	t.Helper()
	sum := sha256.New()
	err := newShop(t, config).Events(t.Context(), func(m simulate.Message) error {
		sum.Write(m.JSON)
		sum.Write([]byte(m.Source + "\n"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// The digest of a small shop. It changes whenever the simulation does, and must be the
// same on every machine.
const golden = "230edd746c8d121dba39d926cc44f9801cb6ac7fb981979e98bddc7f7f89ecdd"

func TestSameSeedSameBytes(t *testing.T) {
	config := simulate.Config{Seed: 7, Customers: 300, Days: 400}
	procs := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(procs)
	alone := digest(t, config)
	runtime.GOMAXPROCS(3)
	if together := digest(t, config); together != alone {
		t.Errorf("three processors give %s, one gives %s", together, alone)
	}
	if alone != golden {
		t.Errorf("digest is %s, want %s; if the simulation was changed on purpose, write down the new one", alone, golden)
	}
	config.Seed = 8
	if other := digest(t, config); other == alone {
		t.Error("another seed gives the same bytes")
	}
}

// event is a message as a server would read it.
type event struct {
	Type        string
	Event       string
	Name        string
	MessageID   string
	UserID      *string
	AnonymousID string
	GroupID     string
	Timestamp   time.Time
	Properties  map[string]any
	Traits      map[string]any
	Context     struct {
		ExternalIDs []struct{ ID, Type string } `json:"externalIds"`
		Library     struct{ Name string }
		App         struct{ Name string }
		UserAgent   string
		Page        map[string]string
	}
	source string
	raw    []byte
}

func (e *event) user() string {
	if e.UserID == nil {
		return ""
	}
	return *e.UserID
}

func (e *event) external(kind string) string {
	for _, id := range e.Context.ExternalIDs {
		if id.Type == kind {
			return id.ID
		}
	}
	return ""
}

type fixture struct {
	shop   *simulate.Shop
	events []event
	people []simulate.Person
	err    error
}

// small is a shop small enough to look at every message.
var small = sync.OnceValue(func() *fixture {
	f := &fixture{}
	f.shop, f.err = simulate.New(simulate.Config{Customers: 700})
	if f.err != nil {
		return f
	}
	f.err = f.shop.Events(context.Background(), func(m simulate.Message) error {
		e := event{source: m.Source, raw: bytes.Clone(m.JSON)}
		if err := json.Unmarshal(m.JSON, &e); err != nil {
			return errors.Join(err, errors.New(string(m.JSON)))
		}
		if !e.Timestamp.Equal(m.Time) {
			return errors.New("time differs from timestamp: " + string(m.JSON))
		}
		f.events = append(f.events, e)
		return nil
	})
	config := f.shop.Config()
	for i := range f.shop.Customers() + config.Visitors {
		f.people = append(f.people, f.shop.Person(i))
	}
	return f
})

func loadSmall(t *testing.T) *fixture {
	t.Helper()
	f := small()
	if f.err != nil {
		t.Fatal(f.err)
	}
	return f
}

func TestOrderOfTime(t *testing.T) {
	f := loadSmall(t)
	truth := f.shop.Truth()
	var last time.Time
	ids := make(map[string]bool)
	aboutPeople := 0
	for k := range f.events {
		e := &f.events[k]
		if e.Event != "Product Updated" && e.Event != "Ad Cost Reported" && !strings.Contains(e.Context.UserAgent, "Bot") {
			aboutPeople++
		}
		if e.Timestamp.Before(last) {
			t.Fatalf("%s comes after %s", e.Timestamp, last)
		}
		last = e.Timestamp
		// A visit that begins before the end may go on for some minutes after it.
		if e.Timestamp.Before(truth.Start) || e.Timestamp.After(truth.End.Add(time.Hour)) {
			t.Errorf("%s is outside the simulated time: %s", e.Timestamp, e.raw)
		}
		if e.MessageID == "" || ids[e.MessageID] {
			t.Errorf("message id %q is missing or used twice", e.MessageID)
		}
		ids[e.MessageID] = true
	}
	perCustomer := float64(aboutPeople) / 700
	if perCustomer < 60 || perCustomer > 80 {
		t.Errorf("%.1f events per customer, want about 70", perCustomer)
	}
}

func TestVocabulary(t *testing.T) {
	f := loadSmall(t)
	seen := make(map[string]int)
	for k := range f.events {
		e := &f.events[k]
		if _, ok := hitori.ParseEventType(e.Type); !ok {
			t.Fatalf("type %q: %s", e.Type, e.raw)
		}
		seen[e.Type]++
		if e.Type != "track" {
			continue
		}
		seen[e.Event]++
		spec, ok := hitori.LookupEvent(e.Event)
		if !ok {
			t.Fatalf("%q is not in the vocabulary", e.Event)
		}
		checkProperties(t, e, spec.Properties, e.Properties)
		lines, _ := e.Properties["products"].([]any)
		for _, l := range lines {
			checkProperties(t, e, hitori.ProductProperties(), l.(map[string]any))
		}
		named := e.user() != "" || e.AnonymousID != "" || len(e.Context.ExternalIDs) > 0
		if named != (spec.Subject == hitori.AboutPerson) {
			t.Errorf("%s: about a person is %v, names one is %v", e.Event, spec.Subject == hitori.AboutPerson, named)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	for _, name := range []string{
		"page", "identify", "group", "Order Completed", "Order Shipped", "Order Delivered", "Order Refunded", "Order Cancelled",
		"Product List Viewed", "Product Viewed", "Products Searched", "Product Added", "Cart Viewed", "Checkout Started",
		"Product Added to Wishlist", "Coupon Entered", "Coupon Applied", "Points Earned", "Points Used", "Points Expired", "Points Adjusted",
		"Contract Started", "Contract Renewed", "Contract Skipped", "Contract Cancelled", "Message Sent", "Message Opened", "Message Clicked",
		"Message Bounced", "Message Not Sent", "Consent Granted", "Consent Withdrawn", "Survey Sent", "Survey Answered", "Preference Stated",
		"Wallet Stated", "Inquiry Received", "Inquiry Answered", "Inquiry Closed", "Product Reviewed", "Product Updated", "Ad Clicked", "Ad Cost Reported",
	} {
		if seen[name] == 0 {
			t.Errorf("no %q in %d events", name, len(f.events))
		}
	}
}

// checkProperties allows documented properties only, with their types.
func checkProperties(t *testing.T, e *event, specs []hitori.PropertySpec, values map[string]any) {
	t.Helper()
	byName := make(map[string]hitori.PropertySpec)
	for _, spec := range specs {
		byName[spec.Name] = spec
		if spec.Required && values[spec.Name] == nil {
			t.Errorf("%s lacks %s: %s", e.Event, spec.Name, e.raw)
		}
	}
	for name, value := range values {
		var ok bool
		switch byName[name].Type {
		case hitori.TypeString:
			_, ok = value.(string)
		case hitori.TypeNumber:
			_, ok = value.(float64)
		case hitori.TypeBoolean:
			_, ok = value.(bool)
		case hitori.TypeArray:
			_, ok = value.([]any)
		case hitori.TypeTime:
			text, _ := value.(string)
			_, err := time.Parse("2006-01-02", text)
			ok = err == nil
		}
		if !ok {
			t.Errorf("%s.%s = %v is not the %q of the vocabulary: %s", e.Event, name, value, byName[name].Type, e.raw)
		}
	}
}

// TestOrdersAreTheTruth compares every order event with the truth, both ways.
func TestOrdersAreTheTruth(t *testing.T) {
	f := loadSmall(t)
	truth := make(map[string]simulate.Order)
	for i := range f.shop.Customers() {
		for _, o := range f.shop.Orders(i) {
			truth[o.OrderID] = o
		}
	}
	completed := make(map[string]bool)
	for k := range f.events {
		e := &f.events[k]
		if e.Event != "Order Completed" && e.Event != "Order Cancelled" && e.Event != "Order Refunded" {
			continue
		}
		id := e.Properties["order_id"].(string)
		o, ok := truth[id]
		if !ok {
			t.Fatalf("order %s is not in the truth", id)
		}
		at, amount := o.At, o.Revenue
		switch e.Event {
		case "Order Cancelled":
			at = *o.Cancelled
		case "Order Refunded":
			at, amount = *o.Returned, o.Refunded
		case "Order Completed":
			if completed[id] {
				t.Errorf("order %s is completed twice", id)
			}
			completed[id] = true
			checkAmounts(t, e, o)
		}
		if d := e.Timestamp.Sub(at); d < 0 || d > time.Second {
			t.Errorf("%s of %s at %s, truth says %s", e.Event, id, e.Timestamp, at)
		}
		if int(e.Properties["revenue"].(float64)) != amount {
			t.Errorf("%s of %s: revenue %v, truth says %d", e.Event, id, e.Properties["revenue"], amount)
		}
	}
	if len(completed) != len(truth) {
		t.Errorf("%d orders completed, truth has %d", len(completed), len(truth))
	}
}

// checkAmounts adds the order up: lines make the subtotal, less discount the revenue, with
// shipping the total.
func checkAmounts(t *testing.T, e *event, o simulate.Order) {
	t.Helper()
	number := func(key string) int { return int(e.Properties[key].(float64)) }
	sum := 0
	for _, l := range e.Properties["products"].([]any) {
		line := l.(map[string]any)
		sum += int(line["price"].(float64) * line["quantity"].(float64))
	}
	if sum != number("subtotal") || sum != o.Subtotal || number("subtotal")-number("discount") != number("revenue") || number("revenue")+number("shipping") != number("total") {
		t.Errorf("amounts do not add up: %s", e.raw)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, config := range []simulate.Config{{Customers: -1}, {Days: 5000}, {Products: 3}, {StoreOverlap: 1.5}, {Process: simulate.Process{R: 1}}} {
		_, err := simulate.New(config)
		var e *hitori.Error
		if !errors.As(err, &e) || e.Code != hitori.Invalid || e.Key != "simulate_config" || e.Field == "" {
			t.Errorf("%+v: error %v, want simulate_config with a field", config, err)
		}
	}
}

func TestEventsStops(t *testing.T) {
	shop := newShop(t, simulate.Config{Customers: 300})
	stop := errors.New("enough")
	n := 0
	err := shop.Events(t.Context(), func(simulate.Message) error {
		if n++; n == 5000 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || n != 5000 {
		t.Errorf("stopped after %d messages with %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	err = shop.Events(ctx, func(simulate.Message) error {
		if n++; n == 100 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v after %d messages", err, n)
	}
}

// TestPeopleAreInvented looks for addresses that could be somebody's.
func TestPeopleAreInvented(t *testing.T) {
	f := loadSmall(t)
	reserved := []string{"example.com", "example.jp", "example.co.jp", "example.net", "example.org", "example.ne.jp"}
	for k := range f.events {
		raw := string(f.events[k].raw)
		for _, part := range strings.Split(raw, "@")[1:] {
			ok := strings.HasPrefix(part, "segment/") // the library's name
			for _, domain := range reserved {
				ok = ok || strings.HasPrefix(part, domain+`"`)
			}
			if !ok {
				t.Fatalf("an address that is not reserved for examples: %s", raw)
			}
		}
		for _, part := range strings.Split(raw, "https://")[1:] {
			if host, _, _ := strings.Cut(part, "/"); host != "shop.example.jp" && host != "www.google.com" {
				t.Fatalf("a link to %s", host)
			}
		}
	}
}

// TestConsent: nothing is sent by a channel before consent to it or after its withdrawal, and
// consent is given when the truth says.
func TestConsent(t *testing.T) {
	f := loadSmall(t)
	truth := make(map[string]time.Time)
	for _, p := range f.people {
		if p.Web != nil && p.Web.UserID != "" {
			for _, c := range p.Web.Consents {
				truth[p.Web.UserID+c.Channel] = c.Granted
			}
		}
	}
	granted, sent := make(map[string]bool), 0
	for k := range f.events {
		e := &f.events[k]
		channel, _ := e.Properties["channel"].(string)
		key := e.user() + channel
		switch e.Event {
		case "Consent Granted":
			granted[key] = true
			if want := truth[key]; e.user() != "" && !want.Equal(e.Timestamp) {
				t.Errorf("consent at %s, truth says %s: %s", e.Timestamp, want, e.raw)
			}
		case "Consent Withdrawn":
			if !granted[key] {
				t.Errorf("withdrawn without consent: %s", e.raw)
			}
			granted[key] = false
		case "Message Sent", "Message Not Sent":
			sent++
			if !granted[key] {
				t.Errorf("sent without consent: %s", e.raw)
			}
		}
	}
	if sent < 5000 {
		t.Errorf("only %d messages", sent)
	}
}

// TestOddShops: shops at the ends of what can be configured still tell orderly stories.
func TestOddShops(t *testing.T) {
	busy := simulate.DefaultProcess()
	busy.R, busy.Alpha, busy.A, busy.B, busy.ContractShare = 5, 10, 0.1, 50, 1
	newYork := time.FixedZone("America/New_York", -5*60*60)
	for name, config := range map[string]simulate.Config{
		"one customer":   {Customers: 1},
		"one day":        {Customers: 50, Days: 1},
		"a month":        {Customers: 50, Days: 29, Products: 40},
		"mostly stores":  {Customers: 20, StoreMembers: 300, StoreOverlap: 0.05, Visitors: -1},
		"no stores":      {Customers: 50, StoreMembers: -1},
		"all in both":    {Customers: 60, StoreMembers: 60, StoreOverlap: 1},
		"busy buyers":    {Customers: 10, Days: 150, Process: busy, Products: 5000},
		"elsewhere":      {Customers: 30, Location: newYork, Start: time.Date(2020, 2, 29, 23, 0, 0, 0, time.UTC)},
		"ten years":      {Customers: 20, Days: 3660},
		"many events":    {Customers: 20, EventsPerCustomer: 2000},
		"hardly a thing": {Customers: 20, EventsPerCustomer: 1},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, config)
			var last time.Time
			customers := make(map[string]bool)
			n := 0
			err := shop.Events(t.Context(), func(m simulate.Message) error {
				if m.Time.Before(last) || !json.Valid(m.JSON) {
					t.Fatalf("at %s after %s: %s", m.Time, last, m.JSON)
				}
				last = m.Time
				n++
				var e event
				if err := json.Unmarshal(m.JSON, &e); err != nil {
					return err
				}
				if e.Event == "Order Completed" {
					customers[e.user()+e.external("card")] = true
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if least := shop.Customers() * 9 / 10; len(customers) < least {
				t.Errorf("%d events, %d of %d customers ordered", n, len(customers), shop.Customers())
			}
		})
	}
}
