package warehouse

import (
	"github.com/hitori-cdp/hitori"
)

// Line is a line of an event with its place.
type Line struct {
	hitori.Line
	// Position is the event's.
	Position hitori.Position
	// Number is the place in the event, from 0.
	Number int
}

// Attach fills in the lines of events, which have as many as they should and none filled
// in, and reports whether all were there. Lines of other events are passed over.
func Attach(events []hitori.Stamped, lines []Line) bool {
	byPosition := make(map[hitori.Position][]hitori.Line)
	missing := 0
	for i := range events {
		if len(events[i].Lines) > 0 {
			byPosition[events[i].Position] = events[i].Lines
			missing += len(events[i].Lines)
		}
	}
	for i := range lines {
		l := &lines[i]
		if of := byPosition[l.Position]; l.Number < len(of) {
			of[l.Number] = l.Line
			missing--
		}
	}
	return missing == 0
}
