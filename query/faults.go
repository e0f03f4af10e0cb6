package query

import (
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// MaxFaults is how many faults are told at once.
const MaxFaults = 50

// Faults are what is wrong with a condition: errors of code Invalid whose Field is a JSON
// pointer (RFC 6901) into the definition. As an error it is found by errors.As and
// [hitori.ErrorCode].
type Faults []*hitori.Error

// Error returns the faults one a line, for logs.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, e := range f {
		lines[i] = e.Field + ": " + e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the faults.
func (f Faults) Unwrap() []error {
	all := make([]error, len(f))
	for i, e := range f {
		all[i] = e
	}
	return all
}

func (f *Faults) add(e *hitori.Error) {
	if len(*f) < MaxFaults {
		*f = append(*f, e)
	}
}

// err returns the faults as an error, nil when there are none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// below is the pointer of a member.
func below(path, name string) string {
	return path + "/" + strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// item is the pointer of an element.
func item(path string, i int) string { return path + "/" + strconv.Itoa(i) }

// root is the pointer of the condition in its definition.
const root = "/where"
