package warehouse

import (
	"fmt"

	"github.com/hitori-cdp/hitori"
)

// Describes is the condition that selects events which describe a group or a product.
var Describes = fmt.Sprintf("(type = %d OR type = %d AND name IN ('Product Updated', 'Product Deleted'))", hitori.Group, hitori.Track)
