package understand

import (
	"context"
	"iter"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/unify"
)

// Subjects reads single people as conditions see them: the profile from the state, what they did from the warehouse, and
// features, segments and lists as they were derived last.
type Subjects struct {
	State interface {
		// Records returns what is stored about people; those that do not exist are left out.
		Records(ctx context.Context, roots []hitori.CustomerID) ([]unify.Record, error)
	}
	Story    Story
	Features FeatureReader
	Groups   GroupReader
	Currency hitori.Currency
}

// Story tells what people did.
type Story interface {
	// History tells every event of the given customers, oldest first; of all kinds when none are given.
	History(ctx context.Context, customers []hitori.CustomerID, kinds []hitori.Kind, fn func(hitori.Stamped) error) error
}

// GroupReader reads what else conditions about one person ask.
type GroupReader interface {
	// Groups returns what groups a person belongs to or left.
	Groups(ctx context.Context, person hitori.CustomerID) ([]Belonging, error)
	// Costs returns what a piece of products costs, in minor units of the shop's currency; those of unknown cost are
	// left out.
	Costs(ctx context.Context, products []string) (map[string]int64, error)
}

// Of reads of a person what a condition refers to. It returns an error of code NotFound when there is no such person.
func (s Subjects) Of(ctx context.Context, person hitori.CustomerID, c query.Condition) (query.Subject, error) {
	records, err := s.State.Records(ctx, []hitori.CustomerID{person})
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, hitori.NewError(hitori.NotFound, "customer_unknown", "reference", person)
	}
	read := &subject{record: &records[0], features: map[string]hitori.JSON{}, groups: map[Group]Belonging{}}
	var features, groups, story bool
	for _, ref := range query.DependsOn(c) {
		switch ref.Kind {
		case query.RefFeature:
			features = true
		case query.RefSegment, query.RefList:
			groups = true
		case query.RefEvent, query.RefCall, query.RefEventKind:
			story = true
		}
	}
	for _, part := range []struct {
		needed bool
		read   func(context.Context, *subject) error
	}{{features, s.readFeatures}, {groups, s.readGroups}, {story, s.readStory}} {
		if !part.needed {
			continue
		}
		if err := part.read(ctx, read); err != nil {
			return nil, err
		}
	}
	return read, nil
}

func (s Subjects) readFeatures(ctx context.Context, of *subject) error {
	found, err := s.Features.Features(ctx, []hitori.CustomerID{of.record.Root})
	for _, f := range Features() {
		switch v := found[of.record.Root][f.Name].(type) {
		case string:
			of.features[f.Name] = quoted(v)
		case float64:
			of.features[f.Name] = s.number(f, v)
		}
	}
	return err
}

// number writes a number as conditions state it: money in whole units of the currency, an instant as a text.
func (s Subjects) number(f Feature, v float64) hitori.JSON {
	if f.Type == query.TypeTime {
		return quoted(time.UnixMilli(int64(v)).UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	if f.Unit == UnitMoney {
		v /= math.Pow10(s.Currency.Exponent())
	}
	return hitori.JSON(strconv.FormatFloat(v, 'g', -1, 64))
}

func quoted(text string) hitori.JSON {
	b, _ := jsontext.AppendQuote(nil, text) // of valid texts; others are mended
	return hitori.JSON(b)
}

func (s Subjects) readGroups(ctx context.Context, of *subject) error {
	groups, err := s.Groups.Groups(ctx, of.record.Root)
	for _, b := range groups {
		of.groups[b.Group] = b
	}
	return err
}

// readStory reads what the person did, and folds the orders.
func (s Subjects) readStory(ctx context.Context, of *subject) error {
	var products []string
	err := s.Story.History(ctx, of.record.Members, nil, func(e hitori.Stamped) error {
		of.story = append(of.story, e)
		for _, line := range e.Lines {
			products = append(products, line.ProductID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(products)
	costs, err := s.Groups.Costs(ctx, slices.Compact(products))
	of.orders = query.Orders(of.story, func(line hitori.Line, currency hitori.Currency) (int64, bool) {
		cost, known := costs[line.ProductID]
		return cost * line.Quantity / 1000, known && currency == s.Currency
	})
	return err
}

// subject is one person, as far as a condition asks.
type subject struct {
	record   *unify.Record
	features map[string]hitori.JSON
	groups   map[Group]Belonging
	story    []hitori.Stamped
	orders   []query.PlacedOrder
}

func (s *subject) Trait(name string) hitori.JSON { return s.record.Document.Traits[name].Value }

func (s *subject) HasIdentifier(kind hitori.IdentifierKind) bool {
	return slices.ContainsFunc(s.record.Identifiers, func(id hitori.OwnedIdentifier) bool { return id.Kind == kind && id.State == hitori.Trusted })
}

func (s *subject) Consent(channel, purpose string) (granted, known bool) {
	consent, known := s.record.Document.Consents[unify.ConsentKey{Channel: channel, Purpose: purpose}]
	return consent.Granted, known
}

func (s *subject) Level() string { return s.record.Level.String() }

func (s *subject) Feature(name string) hitori.JSON { return s.features[name] }

func (s *subject) Segment(id string) query.Membership {
	b := s.groups[Group{ID: id}]
	return query.Membership{In: b.In, Entered: b.Entered, Left: b.Left}
}

func (s *subject) OnList(id string) bool { return s.groups[Group{ID: id, List: true}].In }

func (s *subject) Events([]query.Ref) iter.Seq[*hitori.Stamped] {
	return func(yield func(*hitori.Stamped) bool) {
		for i := range s.story {
			if !yield(&s.story[i]) {
				return
			}
		}
	}
}

func (s *subject) Orders() []query.PlacedOrder { return s.orders }
