// Package contract checks events against the data contract and surveys what arrives.
package contract

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// Rule says what a field must be. The zero rule allows everything.
type Rule struct {
	// Type is asked of every value but null, which counts as absent. Numbers written as text, and
	// the like, pass: see [fits].
	Type hitori.PropertyType `json:"type,omitempty" enum:"string,number,integer,boolean,time,object,array" doc:"What the values must be"`
	// Required fields must be there and not null.
	Required bool `json:"required,omitempty" doc:"Whether the field must be there"`
	// Allowed lists the values a text may have.
	Allowed []string `json:"allowed,omitempty" doc:"The only values a text may have"`
	// Minimum and Maximum bound numbers.
	Minimum *float64 `json:"minimum,omitempty" doc:"The smallest number"`
	Maximum *float64 `json:"maximum,omitempty" doc:"The largest number"`
	// Pattern is a regular expression (RE2) that a text must match.
	Pattern string `json:"pattern,omitempty" doc:"A regular expression (RE2) that texts must match"`
	// Drop removes the field before anything is stored.
	Drop bool `json:"drop,omitempty" doc:"Remove the field before anything is stored"`
	// Allow takes events in although the vocabulary's own type does not fit.
	Allow bool `json:"allow,omitempty" doc:"Take any value, whatever the vocabulary says"`
	// Version grows with every change. Sent back, it says which rule is to be changed; zero adds one.
	Version int64 `json:"version,omitempty" doc:"That of the rule when you read it; without it the field must have no rule yet"`
}

// Rules are the rules of all fields.
type Rules map[hitori.FieldKey]Rule

// Validate returns an error of code Invalid for a rule that cannot be kept.
func (r Rule) Validate() error {
	if r.Pattern != "" {
		if _, err := regexp.Compile(r.Pattern); err != nil {
			return hitori.NewError(hitori.Invalid, "rule_pattern", "reason", err.Error()).At("pattern").Because(err)
		}
	}
	types := []hitori.PropertyType{
		"", hitori.TypeString, hitori.TypeNumber, hitori.TypeInteger, hitori.TypeBoolean, hitori.TypeTime, hitori.TypeObject, hitori.TypeArray,
	}
	if !slices.Contains(types, r.Type) {
		return hitori.NewError(hitori.Invalid, "rule_type", "type", r.Type).At("type")
	}
	if r.Minimum != nil && r.Maximum != nil && *r.Minimum > *r.Maximum {
		return hitori.NewError(hitori.Invalid, "rule_bounds").At("maximum")
	}
	return nil
}

// ValidatePath returns an error of code Invalid for a path no event can have.
func ValidatePath(path string) error {
	root, rest, _ := strings.Cut(path, ".")
	if !slices.Contains([]string{"properties", "traits", "context"}, root) || rest == "" || strings.Contains(path, "..") {
		return hitori.NewError(hitori.Invalid, "field_path", "path", path).At("path")
	}
	return nil
}

// Checker is a compiled contract. It may be used by several goroutines.
type Checker struct {
	events map[eventKey]*node
}

type eventKey struct {
	kind hitori.EventType
	name string
}

// node is a field in the tree of an event's fields.
type node struct {
	path     string
	rule     *compiled
	members  map[string]*node
	elements *node // of an array
	required []*node
	drops    bool // this field or one below it is to be dropped
}

type compiled struct {
	Rule
	pattern *regexp.Regexp
}

// NewChecker compiles rules, together with the types that the vocabulary asks for.
func NewChecker(rules Rules) (*Checker, error) {
	c := &Checker{events: make(map[eventKey]*node)}
	for _, spec := range hitori.Vocabulary() {
		for _, property := range spec.Properties {
			c.put(hitori.FieldKey{Type: hitori.Track, Name: spec.Name, Path: "properties." + property.Name}, Rule{Type: property.Type})
			if property.Name == "products" {
				for _, member := range hitori.ProductProperties() {
					c.put(hitori.FieldKey{Type: hitori.Track, Name: spec.Name, Path: "properties.products[]." + member.Name}, Rule{Type: member.Type})
				}
			}
		}
	}
	for key, rule := range rules {
		if err := rule.Validate(); err != nil {
			return nil, err
		}
		c.put(key, rule)
	}
	return c, nil
}

// put sets the rule of a field, replacing an earlier one.
func (c *Checker) put(key hitori.FieldKey, rule Rule) {
	event := eventKey{key.Type, key.Name}
	root := c.events[event]
	if root == nil {
		root = new(node)
		c.events[event] = root
	}
	at := root
	root.drops = root.drops || rule.Drop
	parts := strings.Split(key.Path, ".")
	for i, part := range parts {
		name, arrays, _ := strings.Cut(part, "[")
		parent := at
		at = at.member(name)
		at.drops = at.drops || rule.Drop
		for range strings.Count(arrays, "]") {
			parent, at = at, at.element()
			at.drops = at.drops || rule.Drop
		}
		if i == len(parts)-1 && rule.Required && !slices.Contains(parent.required, at) {
			parent.required = append(parent.required, at)
		}
	}
	at.path = key.Path
	at.rule = &compiled{Rule: rule}
	if rule.Pattern != "" {
		at.rule.pattern = regexp.MustCompile(rule.Pattern) // validated before
	}
}

func (n *node) member(name string) *node {
	if n.members == nil {
		n.members = make(map[string]*node)
	}
	m := n.members[name]
	if m == nil {
		m = new(node)
		n.members[name] = m
	}
	return m
}

func (n *node) element() *node {
	if n.elements == nil {
		n.elements = new(node)
	}
	return n.elements
}
