package duckdb

import (
	"context"
	"fmt"
	"strings"
)

// staged is the dialect of a derivation: over the people who are computed, and the tables beside.
type staged struct {
	words
	stage *stage
	// everybody says that it is over all people.
	everybody bool
}

// wide are the columns of events that are not staged: few of those who are derived ask for them, and reading them takes longer
// than all others together.
var wide = []string{"user_id", "anonymous_id", "group_id", "previous_id", "properties", "traits", "context", "received_at"}

// narrowNames are the columns of events that are staged, with the person.
var narrowNames = func() string {
	var list []string
	for _, c := range eventColumns {
		if !asksWide(c.name) {
			list = append(list, c.name)
		}
	}
	return strings.Join(list, ", ") + ", " + detailNames + ", person"
}()

func asksWide(text string) bool {
	for _, name := range wide {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// stageEvents reads the events of the chosen people once, for all that is computed from them.
func (s staged) stageEvents(ctx context.Context) error {
	if s.everybody {
		return nil
	}
	s.stage.stages = append(s.stage.stages, "events")
	return s.stage.exec(ctx, s.stage.createAs("events", fmt.Sprintf("SELECT %s FROM (%s)", narrowNames, s.chosen("events"))))
}

// chosen are the rows of the chosen people, with whose they are.
func (s staged) chosen(table string) string {
	return fmt.Sprintf("SELECT %s, person FROM %s AS e JOIN chosen USING (customer_id)", s.all(table), table)
}

// Events implements [plan.Dialect].
func (s staged) Events(columns, condition string) string {
	switch from := s.stage.table("events"); {
	case s.everybody:
		return s.ofPeople("events", columns, condition)
	case asksWide(condition):
		return fmt.Sprintf("(SELECT %s FROM (%s) WHERE %s)", columns, s.chosen("events"), condition)
	case asksWide(columns): // of few events: of none, nothing is read
		return fmt.Sprintf("(SELECT %s FROM (SELECT %s, person FROM events AS e JOIN (SELECT customer_id, position, person FROM %s WHERE %s) AS met USING (customer_id, position)))",
			columns, s.all("events"), from, condition)
	default:
		return fmt.Sprintf("(SELECT %s FROM %s WHERE %s)", columns, from, condition)
	}
}

// Lines implements [plan.Dialect].
func (s staged) Lines(columns, condition string) string {
	if s.everybody {
		return s.ofPeople("lines", columns, condition)
	}
	return fmt.Sprintf("(SELECT %s FROM (%s) WHERE %s)", columns, s.chosen("lines"), condition)
}

// Derived implements [plan.Dialect].
func (s staged) Derived(table string) string { return s.stage.within(table) }
