package measure

import (
	"slices"

	"github.com/hitori-cdp/hitori"
)

// NotDone are the events that happen to a person and do not make one active: what was sent to them, what became
// of their parcels, segments and lists, and opens, which programs that guard mailboxes make as well as people.
var NotDone = []string{
	"Ad Viewed", "List Joined", "List Left", "Message Bounced", "Message Delivered", "Message Not Sent", "Message Opened", "Message Sent",
	"Order Delivered", "Order Shipped", "Segment Entered", "Segment Left", "Survey Sent",
}

// Did reports whether an event is something its person did.
func Did(e *hitori.Event) bool {
	return e.Type != hitori.System && (e.Type != hitori.Track || !slices.Contains(NotDone, e.Name))
}
