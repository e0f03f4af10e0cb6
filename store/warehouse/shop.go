package warehouse

import (
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/measure"
)

// OrderEvents selects the events that tell of orders.
var OrderEvents = fmt.Sprintf("type = %d AND name IN ('Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled')", hitori.Track)

// Done selects the events that [measure.Did] says yes to.
var Done = fmt.Sprintf("type <> %d AND NOT (type = %d AND name IN ('%s'))", hitori.System, hitori.Track, strings.Join(measure.NotDone, "', '"))
