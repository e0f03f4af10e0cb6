package collect

import (
	"context"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports"
)

// ImportTargets returns the kinds of files there are, the common ones first.
func ImportTargets() []ImportTarget { return imports.Describe() }

// ParseMapping reads a mapping from JSON.
func ParseMapping(data []byte) (*Mapping, error) { return imports.ParseMapping(data) }

// Mappings lists the saved mappings by name.
func (i *Imports) Mappings(ctx context.Context) ([]Mapping, error) { return i.cfg.Store.Mappings(ctx) }

// SaveMapping saves a mapping under a name, to be recognised by the header of the next
// file, and returns it as it is saved. With a revision it changes the one that has it. It returns an error of
// code Conflict when somebody has changed the mapping meanwhile, or the name is taken.
func (i *Imports) SaveMapping(ctx context.Context, m Mapping, actor string) (Mapping, error) {
	if m.Name = strings.TrimSpace(m.Name); m.Name == "" {
		return m, hitori.NewError(hitori.Invalid, "mapping_name").At("name")
	}
	err := i.cfg.Store.PutMapping(ctx, m, actor, i.cfg.Clock.Now())
	m.Revision++
	return m, err
}

// DeleteMapping removes a saved mapping that has a revision, or any when that is zero.
func (i *Imports) DeleteMapping(ctx context.Context, name string, revision int64) error {
	return i.cfg.Store.DeleteMapping(ctx, name, revision)
}

// RenameMapping gives the saved mapping that has a name and a revision another name, and returns it as it is
// then. It returns an error of code Conflict when somebody has changed or removed it meanwhile, or another one has the
// new name.
func (i *Imports) RenameMapping(ctx context.Context, name string, revision int64, to, actor string) (Mapping, error) {
	if to = strings.TrimSpace(to); to == "" {
		return Mapping{}, hitori.NewError(hitori.Invalid, "mapping_name").At("name")
	}
	saved, err := i.cfg.Store.Mappings(ctx)
	if err != nil {
		return Mapping{}, err
	}
	at := slices.IndexFunc(saved, func(m Mapping) bool { return m.Name == name && m.Revision == revision })
	if at < 0 {
		return Mapping{}, hitori.NewError(hitori.Conflict, "changed_meanwhile")
	}
	m := saved[at]
	if to == name {
		return m, nil
	}
	m.Name = to
	err = i.cfg.Store.RenameMapping(ctx, name, m, actor, i.cfg.Clock.Now())
	m.Revision++
	return m, err
}
