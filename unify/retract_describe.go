package unify

import (
	"context"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// describe makes the documents and search terms what the remaining events say.
func (r *retraction) describe(ctx context.Context, tx RetractTx, before map[hitori.CustomerID]Document) error {
	if err := r.strip(ctx, tx, before); err != nil {
		return err
	}
	b := batch{events: make([]hitori.Event, len(r.events))}
	for i := range r.events {
		b.events[i] = r.events[i].Event
		document, stale := r.changes.Documents[r.stamps[i]]
		if stale && !r.undone(r.events[i].Position) && b.tellsAboutPerson(i) {
			b.describe(i, document)
		}
	}
	for c, document := range r.changes.Documents {
		if document.size()+before[c].size() == 0 {
			delete(r.changes.Documents, c)
		}
		r.replaceTerms(c, nameTerms(before[c]), nameTerms(document))
	}
	for _, o := range r.dossier.Owners {
		if r.released[o.Identifier] && !r.gone[o.Customer] {
			r.replaceTerms(o.Customer, identifierTerms(o.Identifier), nil)
		}
	}
	for _, o := range r.changes.Identifiers {
		r.replaceTerms(o.Customer, nil, identifierTerms(o.Identifier))
	}
	r.keepTerms(before)
	return nil
}

// strip puts into the changes the documents that must be made anew, without what is removed: those that lose
// something, and those to which events come.
func (r *retraction) strip(ctx context.Context, tx RetractTx, before map[hitori.CustomerID]Document) error {
	r.changes.Documents = make(map[hitori.CustomerID]Document)
	var missing []hitori.CustomerID
	for i, c := range r.stamps {
		if c > 0 && r.loose[r.events[i].Position] {
			r.changes.Documents[c] = NewDocument()
			if _, known := before[c]; !known && !slices.Contains(r.members, c) {
				missing = append(missing, c)
			}
		}
	}
	elsewhere, err := tx.Documents(ctx, missing)
	if err != nil {
		return err
	}
	maps.Copy(before, elsewhere)
	for c, document := range before {
		kept := document.without(r.off)
		_, comes := r.changes.Documents[c]
		switch anew := slices.ContainsFunc(r.changes.Created, func(p Profile) bool { return p.ID == c }); {
		case r.gone[c]:
		case anew: // under the same id
			before[c] = NewDocument()
		case comes || kept.size() < document.size():
			r.changes.Documents[c] = kept
		}
	}
	return nil
}

// replaceTerms notes that a profile is no longer found by some terms and is found by others.
func (r *retraction) replaceTerms(c hitori.CustomerID, before, after []string) {
	for _, text := range before {
		r.changes.RemoveTerms = append(r.changes.RemoveTerms, Term{c, text})
	}
	for _, text := range after {
		r.changes.AddTerms = append(r.changes.AddTerms, Term{c, text})
	}
}

// keepTerms leaves out removals of terms that another reason gives: the name and an identifier can
// say the same.
func (r *retraction) keepTerms(before map[hitori.CustomerID]Document) {
	kept := make(map[Term]bool)
	for _, term := range r.changes.AddTerms {
		kept[term] = true
	}
	for _, o := range r.dossier.Owners {
		if !r.released[o.Identifier] {
			for _, text := range identifierTerms(o.Identifier) {
				kept[Term{o.Customer, text}] = true
			}
		}
	}
	for c, document := range before {
		if _, changed := r.changes.Documents[c]; !changed {
			for _, text := range nameTerms(document) {
				kept[Term{c, text}] = true
			}
		}
	}
	r.changes.RemoveTerms = slices.DeleteFunc(r.changes.RemoveTerms, func(term Term) bool { return kept[term] })
}
