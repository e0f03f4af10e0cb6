package unify

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// describeAnew takes back what the import told about products and groups.
func (u *undo) describeAnew(ctx context.Context) error {
	for len(u.entities) > 0 {
		now, err := u.applied(ctx)
		if err != nil {
			return err
		}
		told := make(map[hitori.EntityKey]hitori.Traits)
		err = u.warehouse.Describing(ctx, func(e hitori.Stamped) error {
			for _, key := range entitiesOf(&e.Event) {
				if u.entities[key] && !u.undone(e.Position) {
					if told[key] == nil {
						told[key] = make(hitori.Traits)
					}
					describeEntity(&e.Event, told[key])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = u.store.Retract(ctx, func(tx RetractTx) error { return u.replaceEntities(ctx, tx, now, told) })
		if !errors.Is(err, errMoved) {
			return err
		}
	}
	return nil
}

// replaceEntities puts what the events in the warehouse say in the place of what is known. What they no longer say,
// because they were removed under a retention rule, stays known.
func (u *undo) replaceEntities(ctx context.Context, tx RetractTx, now moment, told map[hitori.EntityKey]hitori.Traits) error {
	err := u.unmoved(ctx, tx, now, func(e *hitori.Event) bool {
		return slices.ContainsFunc(entitiesOf(e), func(key hitori.EntityKey) bool { return u.entities[key] })
	})
	if err != nil {
		return err
	}
	known, err := tx.Entities(ctx, slices.Collect(maps.Keys(u.entities)))
	if err != nil {
		return err
	}
	var gone []hitori.EntityKey
	for key, traits := range known {
		maps.DeleteFunc(traits, func(_ string, trait hitori.Trait) bool { return u.undone(trait.Position) })
		for name, trait := range told[key] {
			traits.Set(name, trait)
		}
		if len(traits) == 0 {
			gone = append(gone, key)
			delete(known, key)
		}
	}
	if err := tx.DropEntities(ctx, gone); err != nil {
		return err
	}
	return tx.Save(ctx, &Changes{Entities: known})
}
