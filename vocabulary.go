package hitori

import "sync"

// Kind groups events as a timeline and its filters show them.
type Kind uint8

// The kinds. Their numbers are stored and never change.
const (
	KindOther     Kind = iota
	KindPurchase       // orders, returns, cancellations
	KindWeb            // what a person does on a site or in an app
	KindMessage        // mail, LINE, push and what came of it
	KindAd             // advertising shown, clicked and paid for
	KindSurvey         // questions and answers
	KindVoice          // inquiries, reviews, call notes
	KindContract       // subscriptions and other contracts
	KindSales          // deals, visits, calls
	KindPoint          // points and coupons
	KindProfile        // what is known about the person
	KindConsent        // permission given and withdrawn
	KindCatalogue      // products, prices, stock
	KindSystem         // decisions made in Hitori
)

var kindNames = [...]string{
	"other", "purchase", "web", "message", "ad", "survey", "voice", "contract", "sales",
	"point", "profile", "consent", "catalogue", "system",
}

// String returns the name used in the API.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[KindOther]
}

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the name; it returns an error with code [Invalid] for others.
func (k *Kind) UnmarshalText(b []byte) error {
	for i, name := range kindNames {
		if name == string(b) {
			*k = Kind(i)
			return nil
		}
	}
	return NewError(Invalid, "kind_unknown", "value", string(b))
}

// Kinds lists the names of all kinds in the order of their numbers.
func Kinds() []string { return append([]string(nil), kindNames[:]...) }

// PropertyType is what the contract can ask of a value.
type PropertyType string

// The property types.
const (
	TypeString  PropertyType = "string"
	TypeNumber  PropertyType = "number"
	TypeInteger PropertyType = "integer"
	TypeBoolean PropertyType = "boolean"
	TypeTime    PropertyType = "time" // RFC 3339, or a date
	TypeObject  PropertyType = "object"
	TypeArray   PropertyType = "array"
)

// Subject says what an event is about.
type Subject uint8

// The subjects.
const (
	AboutPerson Subject = iota
	// AboutProduct events carry a product_id and no person.
	AboutProduct
	// AboutCampaign events are the cost and delivery of advertising, without a person.
	AboutCampaign
)

// PropertySpec describes one property of a documented event.
type PropertySpec struct {
	Name     string
	Type     PropertyType
	Required bool
}

// EventSpec describes one documented event. Its titles and explanations in Japanese and
// English are in the locale files under "event." and its name.
type EventSpec struct {
	Name       string
	Kind       Kind
	Subject    Subject
	Properties []PropertySpec
}

func str(names ...string) []PropertySpec  { return props(TypeString, names) }
func num(names ...string) []PropertySpec  { return props(TypeNumber, names) }
func date(names ...string) []PropertySpec { return props(TypeTime, names) }
func list(names ...string) []PropertySpec { return props(TypeArray, names) }
func flag(names ...string) []PropertySpec { return props(TypeBoolean, names) }

func props(t PropertyType, names []string) []PropertySpec {
	specs := make([]PropertySpec, len(names))
	for i, name := range names {
		specs[i] = PropertySpec{Name: name, Type: t}
	}
	return specs
}

func need(specs []PropertySpec) []PropertySpec {
	for i := range specs {
		specs[i].Required = true
	}
	return specs
}

func join(lists ...[]PropertySpec) []PropertySpec {
	var all []PropertySpec
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// ProductProperties are those of one product, at the top of an event or inside its
// "products" (Segment's e-commerce specification).
func ProductProperties() []PropertySpec {
	return join(str("product_id", "sku", "name", "category", "brand", "variant", "coupon", "url", "image_url"),
		num("price", "quantity", "position"))
}

func orderProperties() []PropertySpec {
	return join(need(str("order_id")), num("total", "revenue", "subtotal", "shipping", "tax", "discount"),
		str("currency", "coupon", "affiliation", "channel", "payment_method", "status"), list("products"))
}

func vocabulary() []EventSpec {
	product, order := ProductProperties(), orderProperties()
	cart := join(str("cart_id"), product)
	message := join(need(str("channel")), str("message_id", "campaign_id", "scenario_id", "step_id", "subject", "template_id"))
	contract := join(need(str("contract_id")), str("plan", "product_id", "status", "reason", "currency"), num("amount", "interval_days"), date("next_at", "ends_at"))
	deal := join(need(str("deal_id")), str("name", "stage", "owner", "company_id", "reason", "currency"), num("amount", "probability"), date("expected_at"))
	point := join(num("points", "balance"), str("reason", "order_id"), date("expires_at"))
	coupon := join(need(str("coupon_id")), str("coupon_name", "order_id", "cart_id", "reason"), num("discount"))
	return []EventSpec{
		// Orders, with lines and returns.
		{"Order Completed", KindPurchase, AboutPerson, order},
		{"Order Updated", KindPurchase, AboutPerson, order},
		{"Order Refunded", KindPurchase, AboutPerson, order},
		{"Order Cancelled", KindPurchase, AboutPerson, order},
		{"Order Shipped", KindPurchase, AboutPerson, join(need(str("order_id")), str("carrier", "tracking_number"))},
		{"Order Delivered", KindPurchase, AboutPerson, need(str("order_id"))},
		// Behaviour on a site or in an app.
		{"Products Searched", KindWeb, AboutPerson, str("query")},
		{"Product List Viewed", KindWeb, AboutPerson, join(str("list_id", "category"), list("products"))},
		{"Product List Filtered", KindWeb, AboutPerson, join(str("list_id", "category"), list("filters", "sorts", "products"))},
		{"Promotion Viewed", KindWeb, AboutPerson, join(str("promotion_id", "creative", "name"), num("position"))},
		{"Promotion Clicked", KindWeb, AboutPerson, join(str("promotion_id", "creative", "name"), num("position"))},
		{"Product Clicked", KindWeb, AboutPerson, product},
		{"Product Viewed", KindWeb, AboutPerson, product},
		{"Product Added", KindWeb, AboutPerson, cart},
		{"Product Removed", KindWeb, AboutPerson, cart},
		{"Cart Viewed", KindWeb, AboutPerson, join(str("cart_id"), list("products"))},
		{"Checkout Started", KindWeb, AboutPerson, order},
		{"Checkout Step Viewed", KindWeb, AboutPerson, join(str("checkout_id", "shipping_method", "payment_method"), num("step"))},
		{"Checkout Step Completed", KindWeb, AboutPerson, join(str("checkout_id", "shipping_method", "payment_method"), num("step"))},
		{"Payment Info Entered", KindWeb, AboutPerson, str("checkout_id", "order_id", "payment_method")},
		{"Product Added to Wishlist", KindWeb, AboutPerson, join(str("wishlist_id"), product)},
		{"Product Removed from Wishlist", KindWeb, AboutPerson, join(str("wishlist_id"), product)},
		{"Wishlist Product Added to Cart", KindWeb, AboutPerson, join(str("wishlist_id", "cart_id"), product)},
		{"Product Shared", KindWeb, AboutPerson, join(str("share_via", "share_message", "recipient"), product)},
		{"Cart Shared", KindWeb, AboutPerson, join(str("share_via", "share_message", "recipient", "cart_id"), list("products"))},
		{"Store Visited", KindWeb, AboutPerson, str("store_id", "store_name", "purpose")},
		// Messages and what came of them.
		{"Message Sent", KindMessage, AboutPerson, message},
		{"Message Delivered", KindMessage, AboutPerson, message},
		{"Message Opened", KindMessage, AboutPerson, message},
		{"Message Clicked", KindMessage, AboutPerson, join(message, str("url"))},
		{"Message Bounced", KindMessage, AboutPerson, join(message, str("bounce_type", "reason"))},
		{"Message Marked as Spam", KindMessage, AboutPerson, message},
		{"Message Not Sent", KindMessage, AboutPerson, join(message, str("reason"))},
		// Advertising.
		{"Ad Viewed", KindAd, AboutPerson, str("campaign_id", "ad_id", "network")},
		{"Ad Clicked", KindAd, AboutPerson, str("campaign_id", "ad_id", "network")},
		{"Ad Cost Reported", KindAd, AboutCampaign, join(need(str("campaign_id")), str("network", "ad_id", "currency"), num("cost", "impressions", "clicks", "conversions"), date("date"))},
		// Surveys.
		{"Survey Sent", KindSurvey, AboutPerson, join(need(str("survey_id")), str("channel"))},
		{"Survey Answered", KindSurvey, AboutPerson, join(need(str("survey_id")), str("question_id", "question", "answer", "comment"), num("score"))},
		{"Preference Stated", KindSurvey, AboutPerson, join(str("brand", "intent"), num("score"))},
		{"Wallet Stated", KindSurvey, AboutPerson, join(str("category", "currency"), num("amount", "share"))},
		// Voices.
		{"Inquiry Received", KindVoice, AboutPerson, join(str("inquiry_id", "channel", "category", "subject", "body"))},
		{"Inquiry Answered", KindVoice, AboutPerson, str("inquiry_id", "channel", "agent", "body")},
		{"Inquiry Closed", KindVoice, AboutPerson, join(str("inquiry_id", "resolution"), num("score"))},
		{"Product Reviewed", KindVoice, AboutPerson, join(str("product_id", "review_id", "review_title", "review_body"), num("rating"))},
		{"Voice Recorded", KindVoice, AboutPerson, str("channel", "body", "url", "author")},
		// Contracts.
		{"Contract Started", KindContract, AboutPerson, contract},
		{"Contract Renewed", KindContract, AboutPerson, contract},
		{"Contract Changed", KindContract, AboutPerson, contract},
		{"Contract Skipped", KindContract, AboutPerson, contract},
		{"Contract Paused", KindContract, AboutPerson, contract},
		{"Contract Cancelled", KindContract, AboutPerson, contract},
		// Deals and sales activities.
		{"Deal Created", KindSales, AboutPerson, deal},
		{"Deal Updated", KindSales, AboutPerson, deal},
		{"Deal Won", KindSales, AboutPerson, deal},
		{"Deal Lost", KindSales, AboutPerson, deal},
		{"Visit Made", KindSales, AboutPerson, str("activity_id", "owner", "outcome", "note", "deal_id")},
		{"Call Made", KindSales, AboutPerson, join(str("activity_id", "owner", "outcome", "note", "deal_id", "direction"), num("duration_seconds"))},
		{"Mail Exchanged", KindSales, AboutPerson, str("activity_id", "owner", "outcome", "note", "deal_id", "direction")},
		{"Note Written", KindSales, AboutPerson, str("activity_id", "owner", "note", "deal_id")},
		// Points and coupons.
		{"Points Earned", KindPoint, AboutPerson, point},
		{"Points Used", KindPoint, AboutPerson, point},
		{"Points Expired", KindPoint, AboutPerson, point},
		{"Points Adjusted", KindPoint, AboutPerson, point},
		{"Coupon Issued", KindPoint, AboutPerson, coupon},
		{"Coupon Entered", KindPoint, AboutPerson, coupon},
		{"Coupon Applied", KindPoint, AboutPerson, coupon},
		{"Coupon Denied", KindPoint, AboutPerson, coupon},
		{"Coupon Removed", KindPoint, AboutPerson, coupon},
		// Consent.
		{"Consent Granted", KindConsent, AboutPerson, join(need(str("channel")), str("purpose", "method", "text", "version"))},
		{"Consent Withdrawn", KindConsent, AboutPerson, join(need(str("channel")), str("purpose", "method", "reason"))},
		// Catalogue.
		{"Product Updated", KindCatalogue, AboutProduct, join(need(str("product_id")), str("sku", "name", "category", "brand", "variant", "url", "image_url", "currency", "description"),
			num("price", "list_price", "cost", "stock"), flag("active", "consumable"))},
		{"Product Deleted", KindCatalogue, AboutProduct, need(str("product_id"))},
		// Segments and lists. Hitori itself tells of segments.
		{"Segment Entered", KindSystem, AboutPerson, join(need(str("segment_id")), str("segment_name"))},
		{"Segment Left", KindSystem, AboutPerson, join(need(str("segment_id")), str("segment_name"))},
		{"List Joined", KindSystem, AboutPerson, join(need(str("list_id")), str("list_name"))},
		{"List Left", KindSystem, AboutPerson, join(need(str("list_id")), str("list_name"))},
	}
}

var vocabularyByName = sync.OnceValue(func() map[string]EventSpec {
	specs := vocabulary()
	byName := make(map[string]EventSpec, len(specs))
	for _, spec := range specs {
		byName[spec.Name] = spec
	}
	return byName
})

// Vocabulary lists the documented events in the order of docs/events.md.
func Vocabulary() []EventSpec { return vocabulary() }

// LookupEvent returns the documented event of that name.
func LookupEvent(name string) (EventSpec, bool) {
	spec, ok := vocabularyByName()[name]
	return spec, ok
}

// KindOf tells the kind of an event by its type and, for track calls, its name.
func KindOf(t EventType, name string) Kind {
	switch t {
	case Page, Screen:
		return KindWeb
	case Identify, Group, Alias:
		return KindProfile
	case System:
		return KindSystem
	case Track:
		if spec, ok := vocabularyByName()[name]; ok {
			return spec.Kind
		}
	}
	return KindOther
}
