package unify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/normal"
)

// ReadStore is the state that profiles are read from.
type ReadStore interface {
	// Lookup returns those of the identifiers that have an owner.
	Lookup(ctx context.Context, ids []hitori.Identifier) ([]Owner, error)
	// Root returns the person a profile belongs to now, or an error of code NotFound.
	Root(ctx context.Context, profile hitori.CustomerID) (hitori.CustomerID, error)
	// Records returns what is stored about people, in the order of the roots. Roots that do
	// not exist are left out.
	Records(ctx context.Context, roots []hitori.CustomerID) ([]Record, error)
	// Search returns the people who have a term that begins with one of the given texts,
	// those with an exact match first.
	Search(ctx context.Context, beginnings []string, limit int) ([]hitori.CustomerID, error)
	// List returns the places of people of some levels in the order that is asked for.
	List(ctx context.Context, query ListQuery) ([]ListPlace, error)
	// Groups returns what is known about entities.
	Groups(ctx context.Context, keys []hitori.EntityKey) (map[hitori.EntityKey]hitori.Traits, error)
	// Conflicts returns open conflicts, the newest first, that come before a place.
	Conflicts(ctx context.Context, before hitori.Position, limit int) ([]Conflict, error)
	// Suspects returns identifiers that are shared or junk, by kind and value, after one of
	// them.
	Suspects(ctx context.Context, after hitori.Identifier, limit int) ([]Owner, error)
	// Count counts profiles, people and identifiers.
	Count(ctx context.Context) (Counts, error)
}

// Counts are the sizes of the identity graph.
type Counts struct {
	// Known people are members and leads; visitors are devices of which nobody is known.
	Known       int64 `json:"known"`
	Visitors    int64 `json:"visitors"`
	Profiles    int64 `json:"profiles"`
	Identifiers int64 `json:"identifiers"`
	Merges      int64 `json:"merges"`
	Conflicts   int64 `json:"conflicts"`
	Shared      int64 `json:"shared_devices"`
	Junk        int64 `json:"junk_identifiers"`
}

// Record is what is stored about one person.
type Record struct {
	Root        hitori.CustomerID
	Level       Level
	FirstSeen   time.Time
	UpdatedAt   time.Time // see [Customer]
	Members     []hitori.CustomerID
	Document    Document // of all members
	Identifiers []hitori.OwnedIdentifier
	Merges      []MergeRecord
	Conflicts   []Conflict
}

// MergeRecord is a merge with whether it was undone.
type MergeRecord struct {
	Merge
	UndoneAt time.Time
	UndoneBy string
}

// Customers answers questions about people and carries out decisions about them.
type Customers struct {
	store     ReadStore
	warehouse Warehouse
	decisions *Decisions
}

// NewCustomers returns the customers kept in these stores.
func NewCustomers(store ReadStore, warehouse Warehouse, decisions *Decisions) *Customers {
	return &Customers{store: store, warehouse: warehouse, decisions: decisions}
}

// Decisions returns where decisions about people are made.
func (c *Customers) Decisions() *Decisions { return c.decisions }

// Counts returns the sizes of the identity graph.
func (c *Customers) Counts(ctx context.Context) (Counts, error) { return c.store.Count(ctx) }

// Resolve finds a person by what a user has at hand: a customer id, "kind:value", or an
// identifier of any kind. It returns an error of code NotFound when nobody has it, and one of code Conflict
// when it is several people's.
func (c *Customers) Resolve(ctx context.Context, reference string) (hitori.CustomerID, error) {
	if id, err := hitori.ParseCustomerID(reference); err == nil {
		return c.store.Root(ctx, id)
	}
	owners, err := c.store.Lookup(ctx, candidates(reference))
	if err != nil {
		return 0, err
	}
	var roots []hitori.CustomerID
	for _, owner := range owners {
		if !slices.Contains(roots, owner.Root) {
			roots = append(roots, owner.Root)
		}
	}
	switch len(roots) {
	case 0:
		return 0, hitori.NewError(hitori.NotFound, "customer_unknown", "reference", reference)
	case 1:
		return roots[0], nil
	}
	return 0, hitori.NewError(hitori.Conflict, "customer_ambiguous", "reference", reference)
}

// candidates are the identifiers a text may stand for.
func candidates(reference string) []hitori.Identifier {
	if id, ok := hitori.ParseIdentifier(reference); ok {
		if normalised, ok := normal.Identifier(id.Kind, id.Value); ok {
			return []hitori.Identifier{normalised}
		}
	}
	var ids []hitori.Identifier
	for _, kind := range []hitori.IdentifierKind{
		hitori.UserID, hitori.Email, hitori.Phone, hitori.Card, hitori.LINE, hitori.AnonymousID,
	} {
		if id, ok := normal.Identifier(kind, reference); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// Customer is a person as the API shows one.
type Customer struct {
	ID        hitori.CustomerID `json:"id"`
	Level     string            `json:"level" enum:"visitor,lead,member"`
	Name      string            `json:"name,omitempty"`
	Kana      string            `json:"kana,omitempty"`
	FirstSeen time.Time         `json:"first_seen"`
	// UpdatedAt is the time of the newest statement about the person: a trait, a consent, a membership.
	UpdatedAt time.Time `json:"updated_at"`
	// Profiles are those that were merged into this person, and the person's own.
	Profiles    []hitori.CustomerID     `json:"profiles"`
	Identifiers []CustomerIdentifier    `json:"identifiers"`
	Traits      map[string]hitori.Trait `json:"traits"`
	Consents    []hitori.Consent        `json:"consents"`
	Memberships []CustomerMembership    `json:"memberships"`
	Merges      []CustomerMerge         `json:"merges"`
	Conflicts   []CustomerConflict      `json:"conflicts"`
	Activity    Activity                `json:"activity"`
}

// CustomerIdentifier is an identifier of a person.
type CustomerIdentifier struct {
	hitori.Identifier
	State     string            `json:"state" enum:"trusted,shared,junk"`
	Profile   hitori.CustomerID `json:"profile"`
	Source    hitori.SourceID   `json:"source"`
	FirstSeen time.Time         `json:"first_seen"`
}

// CustomerMembership is a membership with what is known about the group.
type CustomerMembership struct {
	hitori.Membership
	Name   string                 `json:"name,omitempty"`
	Traits map[string]hitori.JSON `json:"traits,omitempty"`
}

// CustomerMerge is one entry of a person's merge history.
type CustomerMerge struct {
	// ID names the merge in requests to undo it.
	ID       string             `json:"id"`
	Loser    hitori.CustomerID  `json:"loser"`
	Winner   hitori.CustomerID  `json:"winner"`
	Via      *hitori.Identifier `json:"via,omitempty"`
	Actor    string             `json:"actor,omitempty"`
	Time     time.Time          `json:"time"`
	UndoneAt *time.Time         `json:"undone_at,omitempty"`
	UndoneBy string             `json:"undone_by,omitempty"`
}

// CustomerConflict is a refused join.
type CustomerConflict struct {
	Via      hitori.Identifier `json:"via"`
	Owner    hitori.CustomerID `json:"owner"`
	Claimant hitori.CustomerID `json:"claimant,omitzero"`
	Reason   string            `json:"reason"`
	Time     time.Time         `json:"time"`
	Position int64             `json:"position"`
}

// Activity is what a person did, in numbers.
type Activity struct {
	Events    int64                 `json:"events"`
	FirstSeen *time.Time            `json:"first_seen,omitempty"`
	LastSeen  *time.Time            `json:"last_seen,omitempty"`
	ByKind    map[hitori.Kind]int64 `json:"by_kind"`
	// Orders leaves out cancelled ones; returned ones count, at what remained of them.
	Orders     int        `json:"orders"`
	Cancelled  int        `json:"cancelled_orders"`
	FirstOrder *time.Time `json:"first_order,omitempty"`
	LastOrder  *time.Time `json:"last_order,omitempty"`
	Revenue    []Amount   `json:"revenue"`
}

// Amount is money in one currency, in its minor units.
type Amount struct {
	Currency hitori.Currency `json:"currency"`
	Net      int64           `json:"net"`
	Refunded int64           `json:"refunded"`
}

// Get returns everything known about a person.
func (c *Customers) Get(ctx context.Context, root hitori.CustomerID) (*Customer, error) {
	records, err := c.store.Records(ctx, []hitori.CustomerID{root})
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, hitori.NewError(hitori.NotFound, "customer_unknown", "reference", root)
	}
	customer, err := c.describe(ctx, &records[0])
	if err != nil {
		return nil, err
	}
	customer.Activity, err = c.activity(ctx, customer.Profiles)
	return customer, err
}

func (c *Customers) describe(ctx context.Context, r *Record) (*Customer, error) {
	customer := &Customer{
		ID: r.Root, Level: r.Level.String(), FirstSeen: r.FirstSeen, UpdatedAt: r.UpdatedAt, Profiles: r.Members, Traits: r.Document.Traits,
		Consents: make([]hitori.Consent, 0, len(r.Document.Consents)), Identifiers: make([]CustomerIdentifier, 0, len(r.Identifiers)),
		Merges: make([]CustomerMerge, 0, len(r.Merges)), Conflicts: make([]CustomerConflict, 0, len(r.Conflicts)),
	}
	customer.Name, customer.Kana = DisplayName(r.Document.Traits)
	for _, id := range r.Identifiers {
		customer.Identifiers = append(customer.Identifiers, newCustomerIdentifier(id))
	}
	for _, consent := range r.Document.Consents {
		customer.Consents = append(customer.Consents, consent)
	}
	slices.SortFunc(customer.Consents, func(a, b hitori.Consent) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Purpose, b.Purpose))
	})
	for _, m := range r.Merges {
		customer.Merges = append(customer.Merges, newCustomerMerge(m))
	}
	for _, conflict := range r.Conflicts {
		customer.Conflicts = append(customer.Conflicts, newCustomerConflict(conflict))
	}
	var err error
	customer.Memberships, err = c.memberships(ctx, r.Document)
	return customer, err
}

func newCustomerIdentifier(id hitori.OwnedIdentifier) CustomerIdentifier {
	return CustomerIdentifier{
		Identifier: id.Identifier, State: id.State.String(), Profile: id.Customer, Source: id.Source, FirstSeen: id.FirstSeen,
	}
}

func newCustomerMerge(m MergeRecord) CustomerMerge {
	merge := CustomerMerge{ID: mergeID(m.Position, m.Loser), Loser: m.Loser, Winner: m.Winner, Actor: m.Actor, Time: m.Time, UndoneBy: m.UndoneBy}
	if m.Via.Value != "" {
		merge.Via = &m.Via
	}
	if !m.UndoneAt.IsZero() {
		merge.UndoneAt = &m.UndoneAt
	}
	return merge
}

func newCustomerConflict(c Conflict) CustomerConflict {
	return CustomerConflict{
		Via: c.Via, Owner: c.Owner, Claimant: c.Claimant, Reason: c.Reason, Time: c.Time, Position: int64(c.Position),
	}
}

func (c *Customers) memberships(ctx context.Context, d Document) ([]CustomerMembership, error) {
	keys := make([]hitori.EntityKey, 0, len(d.Memberships))
	for _, m := range d.Memberships {
		keys = append(keys, hitori.EntityKey{Kind: m.Kind, ID: m.GroupID})
	}
	groups, err := c.store.Groups(ctx, keys)
	if err != nil {
		return nil, err
	}
	list := make([]CustomerMembership, 0, len(keys))
	for _, m := range d.Memberships {
		view := CustomerMembership{Membership: m}
		for name, trait := range groups[hitori.EntityKey{Kind: m.Kind, ID: m.GroupID}] {
			if name == "name" {
				view.Name = trait.Value.Text()
			}
			if view.Traits == nil {
				view.Traits = make(map[string]hitori.JSON)
			}
			view.Traits[name] = trait.Value
		}
		list = append(list, view)
	}
	slices.SortFunc(list, func(a, b CustomerMembership) int { return cmp.Compare(a.GroupID, b.GroupID) })
	return list, nil
}

// activity counts what a person's profiles did.
func (c *Customers) activity(ctx context.Context, profiles []hitori.CustomerID) (Activity, error) {
	summary, err := c.warehouse.Summarise(ctx, profiles)
	if err != nil {
		return Activity{}, err
	}
	a := Activity{Events: summary.Events, ByKind: summary.ByKind, Revenue: []Amount{}}
	if a.ByKind == nil {
		a.ByKind = map[hitori.Kind]int64{}
	}
	if summary.Events > 0 {
		a.FirstSeen, a.LastSeen = &summary.First, &summary.Last
	}
	if summary.ByKind[hitori.KindPurchase] == 0 {
		return a, nil
	}
	orders, err := c.orders(ctx, profiles)
	if err != nil {
		return a, err
	}
	for i := range orders {
		a.addOrder(&orders[i])
	}
	return a, nil
}

func (a *Activity) addOrder(o *hitori.Order) {
	if o.Cancelled {
		a.Cancelled++
		return
	}
	a.Orders++
	if a.FirstOrder == nil {
		a.FirstOrder = &o.Time
	}
	a.LastOrder = &o.Time
	i := slices.IndexFunc(a.Revenue, func(r Amount) bool { return r.Currency == o.Currency })
	if i < 0 {
		i = len(a.Revenue)
		a.Revenue = append(a.Revenue, Amount{Currency: o.Currency})
	}
	a.Revenue[i].Net += o.Net()
	a.Revenue[i].Refunded += o.Amount - o.Net()
}

// OrdersOf returns the orders of a person, oldest first.
func (c *Customers) OrdersOf(ctx context.Context, root hitori.CustomerID) ([]hitori.Order, error) {
	profiles, err := c.profiles(ctx, root)
	if err != nil {
		return nil, err
	}
	return c.orders(ctx, profiles)
}

func (c *Customers) orders(ctx context.Context, profiles []hitori.CustomerID) ([]hitori.Order, error) {
	var events []hitori.Stamped
	err := c.warehouse.History(ctx, profiles, []hitori.Kind{hitori.KindPurchase}, func(e hitori.Stamped) error {
		events = append(events, e)
		return nil
	})
	return hitori.Orders(events), err
}

// Timeline returns a page of everything a person did, newest first.
func (c *Customers) Timeline(ctx context.Context, root hitori.CustomerID, kinds []hitori.Kind, before Cursor, limit int) ([]hitori.Stamped, error) {
	profiles, err := c.profiles(ctx, root)
	if err != nil {
		return nil, err
	}
	return c.warehouse.Timeline(ctx, TimelineQuery{Customers: profiles, Kinds: kinds, Before: before, Limit: limit})
}

func (c *Customers) profiles(ctx context.Context, root hitori.CustomerID) ([]hitori.CustomerID, error) {
	records, err := c.store.Records(ctx, []hitori.CustomerID{root})
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, hitori.NewError(hitori.NotFound, "customer_unknown", "reference", root)
	}
	return records[0].Members, nil
}

// Card is one line of a list of people.
type Card struct {
	ID        hitori.CustomerID `json:"id"`
	Level     string            `json:"level" enum:"visitor,lead,member"`
	Name      string            `json:"name,omitempty"`
	Kana      string            `json:"kana,omitempty"`
	Email     string            `json:"email,omitempty"`
	Phone     string            `json:"phone,omitempty"`
	FirstSeen time.Time         `json:"first_seen"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// Cards returns one line for each person, in the order given; those who are gone are left
// out.
func (c *Customers) Cards(ctx context.Context, ids []hitori.CustomerID) ([]Card, error) {
	records, err := c.store.Records(ctx, ids)
	cards := make([]Card, 0, len(records))
	for i := range records {
		cards = append(cards, newCard(&records[i]))
	}
	slices.SortStableFunc(cards, func(a, b Card) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return cards, err
}

// Conflicts lists joins that the rules refused and nobody has decided, newest first.
func (c *Customers) Conflicts(ctx context.Context, before hitori.Position, limit int) ([]CustomerConflict, error) {
	conflicts, err := c.store.Conflicts(ctx, before, limit)
	list := make([]CustomerConflict, 0, len(conflicts))
	for _, conflict := range conflicts {
		list = append(list, newCustomerConflict(conflict))
	}
	return list, err
}

// Suspects lists shared devices and junk identifiers after one of them.
func (c *Customers) Suspects(ctx context.Context, after hitori.Identifier, limit int) ([]CustomerIdentifier, error) {
	owners, err := c.store.Suspects(ctx, after, limit)
	list := make([]CustomerIdentifier, 0, len(owners))
	for _, o := range owners {
		list = append(list, newCustomerIdentifier(o.OwnedIdentifier))
	}
	return list, err
}

// NormaliseIdentifier reads "kind:value" and brings the value into the form in which it is
// compared. It reports false when it is no identifier.
func NormaliseIdentifier(s string) (hitori.Identifier, bool) {
	id, ok := hitori.ParseIdentifier(s)
	if !ok {
		return id, false
	}
	return normal.Identifier(id.Kind, id.Value)
}

func newCard(r *Record) Card {
	card := Card{ID: r.Root, Level: r.Level.String(), FirstSeen: r.FirstSeen, UpdatedAt: r.UpdatedAt}
	card.Name, card.Kana = DisplayName(r.Document.Traits)
	for _, id := range r.Identifiers {
		switch {
		case id.Kind == hitori.Email && card.Email == "":
			card.Email = id.Value
		case id.Kind == hitori.Phone && card.Phone == "":
			card.Phone = id.Value
		}
	}
	return card
}
