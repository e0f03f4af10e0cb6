// Package storytest runs behaviour told as stories: events in, clock forward, what must be
// true. A story is one YAML file of testdata/stories and is run on every pair of engines
// with one expected result.
//
// A story has a title, the time its clock starts at, and steps. A step does one thing:
//
//	send:     [message, …]                 SDK messages, in one batch; "source" names their sender
//	at:       2026-04-01T09:00:00+09:00    sets the clock; "forward: 2h" moves it
//	merge:    {people: [ref, ref]}         a decision; so are separate, undo, erase, junk and trust
//	rule:     {name, path, …}              sets a rule of the data contract
//	replay:   {}                           replays the quarantine
//	restart:  true                         stops the program and starts it again
//	refused:  key                          the step before must have been refused with this error
//	expect:   …                            what must be true; see [Expect]
//
// People are referred to as the API does: "user_id:U1", "email:a@example.com", "c_…".
package storytest

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/goccy/go-yaml"
)

// Story is one file.
type Story struct {
	Title string    `yaml:"title"`
	Why   string    `yaml:"why"`
	Start time.Time `yaml:"start"`
	Steps []Step    `yaml:"steps"`
	// Differs names engines on which the story is not run, with the reason.
	Differs map[string]string `yaml:"differs"`
}

// Step is one thing done or looked at.
type Step struct {
	Send     []map[string]any `yaml:"send"`
	Source   string           `yaml:"source"`
	SentAt   string           `yaml:"sent_at"`
	Raw      string           `yaml:"raw"`
	At       *time.Time       `yaml:"at"`
	Forward  string           `yaml:"forward"`
	Merge    *Pair            `yaml:"merge"`
	Separate *Pair            `yaml:"separate"`
	Undo     string           `yaml:"undo"`
	Erase    string           `yaml:"erase"`
	Junk     string           `yaml:"junk"`
	Trust    string           `yaml:"trust"`
	Rule     map[string]any   `yaml:"rule"`
	Replay   map[string]any   `yaml:"replay"`
	Discard  map[string]any   `yaml:"discard"`
	Retain   map[string]int   `yaml:"retain"`
	Enforce  bool             `yaml:"enforce"`
	Restart  bool             `yaml:"restart"`
	Refused  string           `yaml:"refused"`
	Status   int              `yaml:"status"`
	Expect   *Expect          `yaml:"expect"`
}

// Pair is two people.
type Pair struct {
	People [2]string `yaml:"people"`
}

// Expect is what must be true now. Absent parts are not looked at.
type Expect struct {
	// Same lists references of one person, Different of people who are all others.
	Same      [][]string `yaml:"same"`
	Different [][]string `yaml:"different"`
	// Unknown lists references that nobody has.
	Unknown []string `yaml:"unknown"`
	// Customers are what is known about people, by reference.
	Customers map[string]Customer `yaml:"customers"`
	// Search is who is found for a text, by reference.
	Search map[string][]string `yaml:"search"`
	// Conflicts are the reasons of open conflicts, newest first.
	Conflicts *[]string `yaml:"conflicts"`
	// Suspects are the identifiers that are shared or junk: "shared anonymous_id:a1".
	Suspects *[]string `yaml:"suspects"`
	// Quarantine is how many events wait for each "code field".
	Quarantine *map[string]int64 `yaml:"quarantine"`
	// Events is how many events of a kind have arrived, by name or type.
	Events map[string]int64 `yaml:"events"`
	// Fields are fill rates by "Event/path".
	Fields map[string]float64 `yaml:"fields"`
	// Erasures is how many people were erased, with everything removed.
	Erasures *int `yaml:"erasures"`
	// Nowhere are texts that must not be found in any export, list or quarantine.
	Nowhere []string `yaml:"nowhere"`
}

// Customer is what must be known about a person. Absent parts are not looked at.
type Customer struct {
	Level       string         `yaml:"level"`
	Name        *string        `yaml:"name"`
	Kana        *string        `yaml:"kana"`
	Profiles    int            `yaml:"profiles"`
	Traits      map[string]any `yaml:"traits"`
	Absent      []string       `yaml:"absent"`
	Identifiers *[]string      `yaml:"identifiers"`
	// Consents are by "channel/purpose".
	Consents    *map[string]bool `yaml:"consents"`
	Memberships *[]string        `yaml:"memberships"`
	// Timeline are the names of events, or their types where they have none, newest first.
	Timeline *[]string `yaml:"timeline"`
	// Times are the times of the timeline's events, newest first.
	Times     *[]time.Time     `yaml:"times"`
	Kinds     map[string]int64 `yaml:"kinds"`
	Events    *int64           `yaml:"events"`
	Orders    *int             `yaml:"orders"`
	Cancelled *int             `yaml:"cancelled"`
	Revenue   map[string]int64 `yaml:"revenue"`
	LastOrder *time.Time       `yaml:"last_order"`
	Merges    *int             `yaml:"merges"`
}

// Read reads a story. An unknown word in it is an error, since it would look at nothing.
func Read(path string) (*Story, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s Story
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if s.Title == "" || s.Start.IsZero() || len(s.Steps) == 0 {
		return nil, fmt.Errorf("%s: a story needs a title, a start and steps", path)
	}
	return &s, nil
}
