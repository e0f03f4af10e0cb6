package unify

import (
	"context"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// maxTraits is how many traits one profile keeps; further new names are left in the events.
const maxTraits = 500

// profiles gathers what the events of the batch say about people and entities.
func (b *batch) profiles(ctx context.Context, tx Tx) error {
	documents, entities, err := b.loadDocuments(ctx, tx)
	if err != nil {
		return err
	}
	before := make(map[hitori.CustomerID][]string)
	for customer, document := range documents {
		before[customer] = nameTerms(document)
	}
	b.changes.Documents = make(map[hitori.CustomerID]Document)
	b.changes.Entities = make(map[hitori.EntityKey]hitori.Traits)
	for i := range b.events {
		customer := hitori.CustomerID(b.stamps[i])
		if customer > 0 && b.tellsAboutPerson(i) && b.describe(i, documents[customer]) {
			b.changes.Documents[customer] = documents[customer]
		}
		for _, key := range b.entities(i) {
			if describeEntity(&b.events[i], entities[key]) {
				b.changes.Entities[key] = entities[key]
			}
		}
	}
	for customer, document := range b.changes.Documents {
		b.changeTerms(customer, before[customer], nameTerms(document))
	}
	for _, owner := range b.changes.Identifiers {
		for _, text := range identifierTerms(owner.Identifier) {
			b.changes.AddTerms = append(b.changes.AddTerms, Term{owner.Customer, text})
		}
	}
	return nil
}

// loadDocuments reads the documents that the batch may change, and makes new ones.
func (b *batch) loadDocuments(ctx context.Context, tx Tx) (map[hitori.CustomerID]Document, map[hitori.EntityKey]hitori.Traits, error) {
	customers := make(map[hitori.CustomerID]bool)
	keys := make(map[hitori.EntityKey]bool)
	for i := range b.events {
		if b.stamps[i] > 0 && b.tellsAboutPerson(i) {
			customers[hitori.CustomerID(b.stamps[i])] = true
		}
		for _, key := range b.entities(i) {
			keys[key] = true
		}
	}
	documents, err := tx.Documents(ctx, slices.Sorted(maps.Keys(customers)))
	if err != nil {
		return nil, nil, err
	}
	for customer := range customers {
		if _, ok := documents[customer]; !ok {
			documents[customer] = NewDocument()
		}
	}
	entities, err := tx.Entities(ctx, slices.Collect(maps.Keys(keys)))
	if err != nil {
		return nil, nil, err
	}
	for key := range keys {
		if entities[key] == nil {
			entities[key] = make(hitori.Traits)
		}
	}
	return documents, entities, nil
}

// tellsAboutPerson reports whether an event changes what is known about its person, beyond
// having happened.
func (b *batch) tellsAboutPerson(i int) bool {
	switch e := &b.events[i]; e.Type {
	case hitori.Identify, hitori.Group:
		return true
	case hitori.Track:
		return e.Name == "Consent Granted" || e.Name == "Consent Withdrawn"
	}
	return false
}

// describe takes over what an event says about its person and reports whether anything changed.
func (b *batch) describe(i int, d Document) bool {
	switch e := &b.events[i]; e.Type {
	case hitori.Identify:
		return setTraits(e, d.Traits, e.Traits)
	case hitori.Group:
		return d.setMembership(hitori.Membership{
			GroupID: e.GroupID, Kind: groupKind(e), Source: e.Source, Time: e.Time, Position: e.Position,
		})
	default:
		consent, ok := readConsent(e)
		return ok && d.setConsent(consent)
	}
}

func setTraits(e *hitori.Event, known hitori.Traits, said hitori.JSON) bool {
	changed := false
	for name, value := range said.Members() {
		if _, ok := known[name]; !ok && len(known) >= maxTraits {
			continue
		}
		trait := hitori.Trait{Value: value, Source: e.Source, Time: e.Time, Position: e.Position}
		changed = known.Set(name, trait) || changed
	}
	return changed
}

// defaultPurpose is what a consent without a purpose is for.
const defaultPurpose = "marketing"

func readConsent(e *hitori.Event) (hitori.Consent, bool) {
	c := hitori.Consent{
		Purpose: defaultPurpose, Granted: e.Name == "Consent Granted",
		Time: e.Time, Source: e.Source, Proof: e.Properties, Position: e.Position,
	}
	for name, value := range e.Properties.Members() {
		switch text := value.Text(); {
		case name == "channel":
			c.Channel = text
		case name == "purpose" && text != "":
			c.Purpose = text
		}
	}
	return c, c.Channel != ""
}

// groupKind is the "type" among a group's traits; a company when there is none.
func groupKind(e *hitori.Event) string {
	if kind := e.Traits.Member("type").Text(); kind != "" {
		return kind
	}
	return "company"
}

// entities returns which products and groups an event of the batch describes.
func (b *batch) entities(i int) []hitori.EntityKey {
	if b.stamps[i] == stampSkipped || b.stamps[i] == stampHeld {
		return nil
	}
	return entitiesOf(&b.events[i])
}

// entitiesOf returns which products and groups an event describes. A product that comes in
// variants is described as a whole, where the latest variant's price counts, and by
// variant.
func entitiesOf(e *hitori.Event) []hitori.EntityKey {
	switch {
	case e.Type == hitori.Group && e.GroupID != "":
		return []hitori.EntityKey{{Kind: groupKind(e), ID: e.GroupID}}
	case e.Type == hitori.Track && (e.Name == "Product Updated" || e.Name == "Product Deleted"):
		keys := make([]hitori.EntityKey, 0, 2)
		if id := e.Properties.Member("product_id").Text(); id != "" {
			keys = append(keys, hitori.EntityKey{Kind: "product", ID: id})
		}
		if sku := e.Properties.Member("sku").Text(); sku != "" {
			keys = append(keys, hitori.EntityKey{Kind: "variant", ID: sku})
		}
		return keys
	}
	return nil
}

func describeEntity(e *hitori.Event, known hitori.Traits) bool {
	switch {
	case e.Type == hitori.Group:
		return setTraits(e, known, e.Traits)
	case e.Name == "Product Deleted":
		return setTraits(e, known, `{"active":false}`)
	}
	return setTraits(e, known, e.Properties)
}

// changeTerms replaces the terms by which a profile was found by its name.
func (b *batch) changeTerms(customer hitori.CustomerID, before, after []string) {
	for _, text := range before {
		if !slices.Contains(after, text) {
			b.changes.RemoveTerms = append(b.changes.RemoveTerms, Term{customer, text})
		}
	}
	for _, text := range after {
		if !slices.Contains(before, text) {
			b.changes.AddTerms = append(b.changes.AddTerms, Term{customer, text})
		}
	}
}
