package understand

import (
	"strings"

	"github.com/hitori-cdp/hitori/query"
)

// Feature is a value computed for every person from what they did. Its title and what it means stand in the
// locale files under "feature." and its name.
type Feature struct {
	Name string     `json:"name"`
	Type query.Type `json:"type"`
	// Unit is what numbers count: one of the query.Unit… constants, [UnitMoney], or nothing.
	Unit string `json:"unit,omitempty"`
	// Window is how many days up to today it looks back, zero for all of time.
	Window int `json:"window,omitempty"`
}

// Daily reports whether a feature changes with the day though nothing comes: those with a window do, and grades of today.
func (f Feature) Daily() bool { return f.Window > 0 || strings.HasPrefix(f.Name, "rfm_") }

// Named reports whether the numbers of a feature stand for names, as those of hours and weekdays do, so that their mean
// says nothing.
func (f Feature) Named() bool { return f.Type == query.TypeInteger && f.Unit == "" }

// UnitMoney is the unit of amounts in the shop's own currency. They are kept in its minor units.
const UnitMoney = "money"

// Features lists the features that are computed for everybody, in the order to show them. A person of whom a
// feature cannot be told (an interval with one order, say) has none; counts are zero then.
//
// Orders are those that are not cancelled; money is what remains of them after refunds, in the shop's currency.
// Of values that are equally frequent the first in order is taken: the smallest number, the first name.
func Features() []Feature {
	return []Feature{
		{"first_seen_at", query.TypeTime, "", 0},
		{"last_seen_at", query.TypeTime, "", 0},                         // the latest thing the person did; see measure.Did
		{"orders", query.TypeInteger, query.UnitTimes, 0},               //
		{"first_order_at", query.TypeTime, "", 0},                       //
		{"last_order_at", query.TypeTime, "", 0},                        //
		{"spend", query.TypeNumber, UnitMoney, 0},                       //
		{"average_order", query.TypeNumber, UnitMoney, 0},               // spend by order
		{"order_interval", query.TypeNumber, query.UnitDays, 0},         // days from the first to the last order, by interval
		{"orders_365d", query.TypeInteger, query.UnitTimes, 365},        //
		{"spend_365d", query.TypeNumber, UnitMoney, 365},                //
		{"cancelled_orders", query.TypeInteger, query.UnitTimes, 0},     //
		{"return_rate", query.TypeNumber, query.UnitPercent, 0},         // of orders, those of which something was given back
		{"discount_dependence", query.TypeNumber, query.UnitPercent, 0}, // of orders, those with a coupon or discount
		{"order_hour", query.TypeInteger, "", 0},                        // 0 to 23: the hour of most orders
		{"order_weekday", query.TypeInteger, "", 0},                     // 0 Monday to 6 Sunday: the weekday of most orders
		{"order_channel", query.TypeText, "", 0},                        // that of most orders
		{"first_order_channel", query.TypeText, "", 0},                  //
		{"favourite_category", query.TypeText, "", 0},                   // by pieces
		{"favourite_product", query.TypeText, "", 0},                    // by pieces; its id, or else its stock number or name
		{"first_product", query.TypeText, "", 0},                        // likewise; of several in the first order the dearest line
		{"first_category", query.TypeText, "", 0},                       // of the same line
		{"products", query.TypeInteger, query.UnitPieces, 0},            // how many different ones were bought
		{"active_days_30d", query.TypeInteger, query.UnitDays, 30},      // days on a site or in an app
		{"active_days_90d", query.TypeInteger, query.UnitDays, 90},      //
		{"acquisition_source", query.TypeText, "", 0},                   // context.campaign.source of the first page or screen
		{"responsive_channel", query.TypeText, "", 0},                   // of messages that were clicked, or else opened
		{"satisfaction", query.TypeNumber, query.UnitPoints, 0},         // score of the latest survey answer that has one
		{"inquiries", query.TypeInteger, query.UnitTimes, 0},            //
		{"points", query.TypeNumber, query.UnitPoints, 0},               // the latest balance that was told
		{"rfm_recency_grade", query.TypeInteger, "", 0},                 // 1 to 5, the best; see Grader
		{"rfm_frequency_grade", query.TypeInteger, "", 0},               //
		{"rfm_monetary_grade", query.TypeInteger, "", 0},                //
		{RFMGroupFeature, query.TypeText, "", 0},                        // the name of the group in which the person is today
		{RFMGroupLastMonth, query.TypeText, "", 0},                      // at the end of last month, by today's bounds and as orders stand now
		{RFMMoveFeature, query.TypeText, "", 0},                         // whether today's group is better or worse than that
	}
}

// The features that are names of groups of [RFMSettings], and how the one stands to the other.
const (
	RFMGroupFeature   = "rfm_group"
	RFMGroupLastMonth = "rfm_group_last_month"
	RFMMoveFeature    = "rfm_move"
)

// The values of [RFMMoveFeature].
const (
	RFMRose   = "up"   // to a group that stands before
	RFMFell   = "down" // to one behind
	RFMStayed = "same"
)
