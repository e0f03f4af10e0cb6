// Package statetest is the suite every state engine must pass.
package statetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

// generation is the size of a generation of seen ids in these tests.
const generation = 200

// Run runs the suite; open gives each test an empty engine of its own, and, called again
// in the same test, another connection to the same one.
func Run(t *testing.T, open func(t *testing.T) state.Engine) {
	tests := map[string]func(*testing.T, *state.Store){
		"SightingsAreNewOnce":      sightingsAreNewOnce,
		"SightingsSurviveRollback": sightingsSurviveRollback,
		"SightingsAreForgotten":    sightingsAreForgotten,
		"LedgerGoesBack":           ledgerGoesBack,
		"Retracted":                retracted,
		"OwnersAndPeople":          ownersAndPeople,
		"DocumentsAndEntities":     documentsAndEntities,
		"MergeAndUnmerge":          mergeAndUnmerge,
		"UnmergeInTheMiddle":       unmergeInTheMiddle,
		"Separate":                 separate,
		"JunkByClaims":             junkByClaims,
		"SharedDeviceTurnsTrusted": sharedDeviceTurnsTrusted,
		"EraseLeavesNothing":       eraseLeavesNothing,
		"StepsAreTakenOnce":        stepsAreTakenOnce,
		"Search":                   search,
		"ListInOrder":              listInOrder,
		"ListByNameAndChange":      listByNameAndChange,
		"ListOfJoined":             listOfJoined,
		"Fields":                   fields,
		"Rules":                    rules,
		"Keys":                     keys,
		"Sources":                  sources,
		"Audit":                    audit,
		"Users":                    users,
		"UsersAreChangedOneByOne":  usersAreChangedOneByOne,
		"FirstUserIsAlone":         firstUserIsAlone,
		"LastAdministratorStays":   lastAdministratorStays,
		"Sessions":                 sessions,
		"LinksCountOnce":           linksCountOnce,
		"Views":                    views,
		"OwnFeatures":              ownFeatures,
		"BackupLeavesSessionsOut":  backupLeavesSessionsOut,
		"Jobs":                     jobs,
		"JobsAreClaimedOnce":       jobsAreClaimedOnce,
		"Policies":                 policies,
		"Versions":                 versions,
		"MappingsAreRenamed":       mappingsAreRenamed,
		"Marks":                    marks,
		"RFM":                      rfm,
		"HostileText":              hostileText,
		"LongTerms":                longTerms,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, store(t, open(t))) })
	}
	t.Run("TwoProcesses", func(t *testing.T) { twoProcesses(t, open(t), open) })
	t.Run("LedgerIsWhatWasSaid", func(t *testing.T) {
		engine := open(t)
		ledgerIsWhatWasSaid(t, [2]*state.Store{store(t, engine), store(t, engine)})
	})
	t.Run("ListedAnew", func(t *testing.T) { listedAnew(t, open(t)) })
	t.Run("MigratingFromBeforeUsers", func(t *testing.T) { migratingFromBeforeUsers(t, open(t)) })
	t.Run("MigratingTwice", func(t *testing.T) {
		engine := open(t)
		store(t, engine)
		if _, err := state.New(t.Context(), engine); err != nil {
			t.Fatal(err)
		}
	})
}

func store(t *testing.T, engine state.Engine) *state.Store {
	t.Helper()
	s, err := state.New(t.Context(), engine, state.GenerationSize(generation))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var begin = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func update(t *testing.T, s *state.Store, fn func(ctx context.Context, tx unify.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx unify.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, s *state.Store, change func(*unify.Changes)) {
	t.Helper()
	var changes unify.Changes
	change(&changes)
	update(t, s, func(ctx context.Context, tx unify.Tx) error { return tx.Save(ctx, &changes) })
}

func decide(t *testing.T, s *state.Store, fn func(ctx context.Context, tx unify.DecisionTx) error) {
	t.Helper()
	if err := s.Decide(t.Context(), func(tx unify.DecisionTx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func id(kind hitori.IdentifierKind, value string) hitori.Identifier {
	return hitori.Identifier{Kind: kind, Value: value}
}

// person adds a profile with identifiers.
func person(c *unify.Changes, profile hitori.CustomerID, level unify.Level, ids ...hitori.Identifier) {
	c.Created = append(c.Created, unify.Profile{ID: profile, Level: level, FirstSeen: begin})
	for _, i := range ids {
		c.Identifiers = append(c.Identifiers, owner(profile, i))
	}
}

func owner(profile hitori.CustomerID, i hitori.Identifier) unify.Owner {
	return unify.Owner{
		OwnedIdentifier: hitori.OwnedIdentifier{Identifier: i, Customer: profile, Source: 2, FirstSeen: begin},
		Position:        hitori.Position(profile),
	}
}

func mergeOf(position hitori.Position, winner, loser hitori.CustomerID, members ...hitori.CustomerID) unify.Merge {
	return unify.Merge{Position: position, Winner: winner, Loser: loser, Time: begin, Members: append([]hitori.CustomerID{loser}, members...)}
}

// root returns whom a profile belongs to.
func root(t *testing.T, s *state.Store, profile hitori.CustomerID) hitori.CustomerID {
	t.Helper()
	r, err := s.Root(t.Context(), profile)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantCode(t *testing.T, err error, code hitori.Code) {
	t.Helper()
	if hitori.ErrorCode(err) != code {
		t.Errorf("error %v, want code %s", err, code)
	}
}

func wantEqual(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
