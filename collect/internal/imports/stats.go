package imports

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
)

// examples is how many places each count shows.
const examples = 5

// stats gathers the report. It belongs to the goroutine that builds events.
type stats struct {
	columns  []string
	rows     int64
	rejected int64
	rejects  map[string]*Count
	warnings map[string]*Count
	earliest time.Time
	latest   time.Time
	people   sketch
	preview  []Preview
	previews int
	lines    map[int64]int // of previews
}

func newStats(columns []string, previews int) *stats {
	return &stats{
		columns: columns, rejects: map[string]*Count{}, warnings: map[string]*Count{},
		previews: previews, lines: map[int64]int{},
	}
}

// observe notes the time of an event, and shows it when its row is among the first.
func (s *stats) observe(line int64, e *hitori.Event) {
	if s.earliest.IsZero() || e.Time.Before(s.earliest) {
		s.earliest = e.Time
	}
	if e.Time.After(s.latest) {
		s.latest = e.Time
	}
	if s.previews == 0 {
		return
	}
	i, ok := s.lines[line]
	if !ok {
		if len(s.preview) == s.previews {
			return
		}
		i = len(s.preview)
		s.lines[line] = i
		s.preview = append(s.preview, Preview{Line: line})
	}
	s.preview[i].Events = append(s.preview[i].Events, *e)
}

func (s *stats) person(key Hash) { s.people.add(key) }

func (s *stats) warn(line int64, p *cellProblem) { s.count(s.warnings, line, p) }

func (s *stats) reject(line int64, p *cellProblem) {
	s.rejected++
	s.count(s.rejects, line, p)
}

func (s *stats) count(in map[string]*Count, line int64, p *cellProblem) {
	c, ok := in[p.key]
	if !ok {
		c = &Count{Key: p.key}
		in[p.key] = c
	}
	if c.Count++; len(c.Examples) < examples {
		c.Examples = append(c.Examples, Example{Line: line, Column: s.columnName(p), Value: p.value, Args: p.args})
	}
}

func (s *stats) columnName(p *cellProblem) string {
	if p.column >= 0 && p.column < len(s.columns) {
		return s.columns[p.column]
	}
	return p.name
}

func counts(m map[string]*Count) []Count {
	out := make([]Count, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, *m[key])
	}
	slices.SortStableFunc(out, func(a, b Count) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

func (s *stats) report(target string) Report {
	r := Report{
		Target: target, Rows: s.rows, Rejected: s.rejected, Rejects: counts(s.rejects), Warnings: counts(s.warnings),
		Earliest: s.earliest, Latest: s.latest, People: s.people.count(), Preview: s.preview,
	}
	slices.SortFunc(r.Preview, func(a, b Preview) int { return cmp.Compare(a.Line, b.Line) })
	return r
}
