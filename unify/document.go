package unify

import (
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hitori-cdp/hitori"
)

// Document is what is known about one profile, before merges: every trait, consent and
// membership with its source and time.
type Document struct {
	Traits      hitori.Traits
	Consents    map[ConsentKey]hitori.Consent
	Memberships map[string]hitori.Membership // by group id
}

// ConsentKey is what a consent is about.
type ConsentKey struct{ Channel, Purpose string }

// NewDocument returns an empty document.
func NewDocument() Document {
	return Document{
		Traits: make(hitori.Traits), Consents: make(map[ConsentKey]hitori.Consent),
		Memberships: make(map[string]hitori.Membership),
	}
}

// Merge takes over whatever is newer in other.
func (d Document) Merge(other Document) {
	for name, trait := range other.Traits {
		d.Traits.Set(name, trait)
	}
	for _, consent := range other.Consents {
		d.setConsent(consent)
	}
	for _, membership := range other.Memberships {
		d.setMembership(membership)
	}
}

// without returns a document with those statements only that no event at one of the given places made.
func (d Document) without(off func(hitori.Position) bool) Document {
	kept := NewDocument()
	for name, trait := range d.Traits {
		if !off(trait.Position) {
			kept.Traits[name] = trait
		}
	}
	for key, consent := range d.Consents {
		if !off(consent.Position) {
			kept.Consents[key] = consent
		}
	}
	for id, membership := range d.Memberships {
		if !off(membership.Position) {
			kept.Memberships[id] = membership
		}
	}
	return kept
}

// size is how many statements the document holds.
func (d Document) size() int { return len(d.Traits) + len(d.Consents) + len(d.Memberships) }

// LastChange is the time of the newest statement in the document.
func (d Document) LastChange() time.Time {
	var last time.Time
	newer := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for _, trait := range d.Traits {
		newer(trait.Time)
	}
	for _, consent := range d.Consents {
		newer(consent.Time)
	}
	for _, membership := range d.Memberships {
		newer(membership.Time)
	}
	return last
}

func (d Document) setConsent(c hitori.Consent) bool {
	key := ConsentKey{c.Channel, c.Purpose}
	if old, ok := d.Consents[key]; ok && !c.Newer(old) {
		return false
	}
	d.Consents[key] = c
	return true
}

func (d Document) setMembership(m hitori.Membership) bool {
	if old, ok := d.Memberships[m.GroupID]; ok && (m.Time.Before(old.Time) || m.Time.Equal(old.Time) && m.Position <= old.Position) {
		return false
	}
	d.Memberships[m.GroupID] = m
	return true
}

// The stored form is compact: a profile is rewritten whenever a trait changes.
type (
	storedTrait struct {
		Value    hitori.JSON     `json:"v,omitzero"`
		Source   hitori.SourceID `json:"s"`
		Time     int64           `json:"t"`
		Position hitori.Position `json:"p"`
	}
	storedConsent struct {
		Channel string `json:"c"`
		Purpose string `json:"u"`
		Granted bool   `json:"g"`
		storedTrait
	}
	storedMembership struct {
		GroupID string `json:"i"`
		Kind    string `json:"k"`
		storedTrait
	}
	storedDocument struct {
		Traits      map[string]storedTrait `json:"t,omitempty"`
		Consents    []storedConsent        `json:"c,omitempty"`
		Memberships []storedMembership     `json:"m,omitempty"`
	}
)

func store(value hitori.JSON, source hitori.SourceID, at time.Time, position hitori.Position) storedTrait {
	return storedTrait{Value: value, Source: source, Time: at.UnixMilli(), Position: position}
}

func (t storedTrait) at() time.Time { return time.UnixMilli(t.Time).UTC() }

// EncodeTraits writes traits in their stored form.
func EncodeTraits(traits hitori.Traits) (string, error) {
	stored := make(map[string]storedTrait, len(traits))
	for name, t := range traits {
		stored[name] = store(t.Value, t.Source, t.Time, t.Position)
	}
	b, err := json.Marshal(stored, json.Deterministic(true))
	return string(b), err
}

// DecodeTraits reads what [EncodeTraits] wrote.
func DecodeTraits(s string) (hitori.Traits, error) {
	var stored map[string]storedTrait
	if err := json.Unmarshal([]byte(s), &stored); err != nil {
		return nil, err
	}
	traits := make(hitori.Traits, len(stored))
	for name, t := range stored {
		traits[name] = hitori.Trait{Value: t.Value, Source: t.Source, Time: t.at(), Position: t.Position}
	}
	return traits, nil
}

// Encode writes the document in its stored form.
func (d Document) Encode() (string, error) {
	var stored storedDocument
	if len(d.Traits) > 0 {
		stored.Traits = make(map[string]storedTrait, len(d.Traits))
	}
	for name, t := range d.Traits {
		stored.Traits[name] = store(t.Value, t.Source, t.Time, t.Position)
	}
	for _, c := range d.Consents {
		stored.Consents = append(stored.Consents, storedConsent{c.Channel, c.Purpose, c.Granted, store(c.Proof, c.Source, c.Time, c.Position)})
	}
	for _, m := range d.Memberships {
		stored.Memberships = append(stored.Memberships, storedMembership{m.GroupID, m.Kind, store("", m.Source, m.Time, m.Position)})
	}
	b, err := json.Marshal(stored, json.Deterministic(true))
	return string(b), err
}

// DecodeDocument reads what Encode wrote; the empty text is an empty document.
func DecodeDocument(s string) (Document, error) {
	d := NewDocument()
	if s == "" {
		return d, nil
	}
	var stored storedDocument
	if err := json.Unmarshal([]byte(s), &stored); err != nil {
		return d, err
	}
	for name, t := range stored.Traits {
		d.Traits[name] = hitori.Trait{Value: t.Value, Source: t.Source, Time: t.at(), Position: t.Position}
	}
	for _, c := range stored.Consents {
		d.setConsent(hitori.Consent{
			Channel: c.Channel, Purpose: c.Purpose, Granted: c.Granted,
			Proof: c.Value, Source: c.Source, Time: c.at(), Position: c.Position,
		})
	}
	for _, m := range stored.Memberships {
		d.setMembership(hitori.Membership{GroupID: m.GroupID, Kind: m.Kind, Source: m.Source, Time: m.at(), Position: m.Position})
	}
	return d, nil
}
