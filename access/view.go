package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// View is a list or an analysis as a user set it up and wants to find it again: filters,
// columns and period, as they stand in the address (保存した表示).
type View struct {
	ID    string `json:"id"`
	Place string `json:"place" doc:"The page it belongs to, as in customers"`
	Name  string `json:"name"`
	Query string `json:"query" doc:"What stands behind the ? of the address"`
	// Shared views are seen by everybody; only their owner, or an administrator, changes them.
	Shared    bool      `json:"shared"`
	Owner     string    `json:"owner" doc:"The id of the user it belongs to"`
	UpdatedAt time.Time `json:"updated_at"`
	// Version grows with every change.
	Version int64 `json:"version"`
}

// ViewStore keeps views.
type ViewStore interface {
	// Views lists a user's views of a place and the shared ones, by name.
	Views(ctx context.Context, user, place string) ([]View, error)
	// View returns a view, or an error of code NotFound.
	View(ctx context.Context, id string) (View, error)
	// PutView changes the view that has the id and version of the given one, or adds one when the
	// version is zero. It returns an error of code Conflict when somebody was first.
	PutView(ctx context.Context, v View) error
	// DeleteView removes the view with a version, or any of the id when that is zero. It returns an
	// error of code Conflict for another version.
	DeleteView(ctx context.Context, id string, version int64) error
}

// Views are what users saved.
type Views struct {
	store ViewStore
	clock service.Clock
}

// NewViews returns the views kept in a store.
func NewViews(store ViewStore, clock service.Clock) *Views { return &Views{store: store, clock: clock} }

// List lists the views a user sees at a place, by name.
func (v *Views) List(ctx context.Context, user User, place string) ([]View, error) {
	return v.store.Views(ctx, user.ID, place)
}

// viewBytes bounds what a view remembers.
const viewBytes = 16 << 10

// Save adds a view, or changes the user's own that has its name and, where it is given, its version. It
// returns an error of code Conflict when it has been changed meanwhile.
func (v *Views) Save(ctx context.Context, user User, view View) (View, error) {
	view.Owner, view.UpdatedAt, view.ID = user.ID, v.clock.Now(), strings.ToLower(rand.Text()[:12])
	if err := view.check(); err != nil {
		return view, err
	}
	views, err := v.store.Views(ctx, user.ID, view.Place)
	if err != nil {
		return view, err
	}
	for _, old := range views {
		if old.Name == view.Name && old.Owner == user.ID {
			view.ID, view.Version = old.ID, cmp.Or(view.Version, old.Version)
		}
	}
	return v.put(ctx, view)
}

// Change changes the name, query and sharing of the view with an id and version. It returns an error of code
// NotFound for one that is nobody's or somebody else's own, of code Forbidden for one that somebody else shares,
// and of code Conflict when it has been changed meanwhile.
func (v *Views) Change(ctx context.Context, user User, view View) (View, error) {
	old, err := v.changeable(ctx, user, view.ID)
	if err != nil {
		return view, err
	}
	view.Place, view.Owner, view.UpdatedAt = old.Place, old.Owner, v.clock.Now()
	if err := view.check(); err != nil {
		return view, err
	}
	if view.Version == 0 { // there is one
		return view, hitori.NewError(hitori.Conflict, "changed_meanwhile")
	}
	return v.put(ctx, view)
}

// put stores a view and returns it as it is then.
func (v *Views) put(ctx context.Context, view View) (View, error) {
	err := v.store.PutView(ctx, view)
	view.Version++
	return view, err
}

func (v *View) check() error {
	v.Name, v.Place = strings.TrimSpace(v.Name), strings.TrimSpace(v.Place)
	switch length := utf8.RuneCountInString(v.Name); {
	case length == 0 || length > 100:
		return hitori.NewError(hitori.Invalid, "view_name").At("name")
	case v.Place == "" || len(v.Place) > 100:
		return hitori.NewError(hitori.Invalid, "view_place").At("place")
	case len(v.Query) > viewBytes:
		return hitori.NewError(hitori.TooLarge, "view_query", "limit", viewBytes).At("query")
	}
	return nil
}

// Delete removes the view with a version, or whatever version it has when that is zero. It returns errors as
// [Views.Change] does.
func (v *Views) Delete(ctx context.Context, user User, id string, version int64) error {
	if _, err := v.changeable(ctx, user, id); err != nil {
		return err
	}
	return v.store.DeleteView(ctx, id, version)
}

// changeable returns a view that a user may change.
func (v *Views) changeable(ctx context.Context, user User, id string) (View, error) {
	view, err := v.store.View(ctx, id)
	switch {
	case err != nil:
		return view, err
	case view.Owner == user.ID, view.Shared && user.Role == Administrator:
		return view, nil
	case view.Shared:
		return view, hitori.NewError(hitori.Forbidden, "view_shared")
	}
	return view, hitori.NewError(hitori.NotFound, "view_unknown")
}
