package query

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// Version is the version of the language, written in every definition.
const Version = 1

// MaxBytes is how long a definition may be.
const MaxBytes = 1 << 20

// Parse reads a definition. It checks the form only: that there is nothing unknown, nothing
// missing and every member has its type; [Validate] does the rest. It returns [Faults].
func Parse(data []byte) (Condition, error) {
	var condition Condition
	err := parse(data, func(r *reader) { r.node("where", &condition, required) })
	if err != nil {
		return nil, err
	}
	return condition, nil
}

// parse reads a definition, of which read reads what stands beside the version.
func parse(data []byte, read func(r *reader)) error {
	var faults Faults
	if len(data) > MaxBytes {
		faults.add(hitori.NewError(hitori.Invalid, "query_too_long", "limit", MaxBytes).At(""))
		return faults
	}
	var document any
	if err := json.Unmarshal(data, &document); err != nil {
		return malformed(data, err)
	}
	object, ok := document.(map[string]any)
	if !ok {
		faults.add(hitori.NewError(hitori.Invalid, "query_type", "wanted", "object").At(""))
		return faults
	}
	r := &reader{faults: &faults, object: object}
	version := 0
	r.whole("version", &version)
	if _, there := object["version"].(float64); there && version != Version {
		faults.add(hitori.NewError(hitori.Invalid, "query_version", "version", version, "known", Version).At("/version"))
		return faults // another version's members mean nothing to us
	}
	read(r)
	r.end()
	return faults.err()
}

// malformed says where the text stops being JSON.
func malformed(data []byte, err error) error {
	offset := int64(0)
	if syntactic := new(jsontext.SyntacticError); errors.As(err, &syntactic) {
		offset = syntactic.ByteOffset
	} else if semantic := new(json.SemanticError); errors.As(err, &semantic) {
		offset = semantic.ByteOffset
	}
	before := data[:min(int(offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
	return Faults{hitori.NewError(hitori.Invalid, "json_malformed", "line", line, "column", column, "offset", offset).Because(err)}
}

// reader reads the members of one object.
type reader struct {
	faults *Faults
	path   string
	depth  int
	object map[string]any
	asked  []string
}

// get returns a member, and false when it is absent; a required one is then a fault.
func (r *reader) get(name string, need need) (any, bool) {
	r.asked = append(r.asked, name)
	v, there := r.object[name]
	if !there && need == required {
		r.faults.add(hitori.NewError(hitori.Invalid, "query_missing", "name", name).At(below(r.path, name)))
	}
	return v, there
}

// end notes the members nobody asked for.
func (r *reader) end() {
	for _, name := range slices.Sorted(maps.Keys(r.object)) {
		if !slices.Contains(r.asked, name) {
			r.faults.add(hitori.NewError(hitori.Invalid, "query_member_unknown", "name", name).At(below(r.path, name)))
		}
	}
}

// read takes over a member of type V.
func read[V any](r *reader, name string, need need, wanted string) (V, bool) {
	v, there := r.get(name, need)
	typed, ok := v.(V)
	if there && !ok {
		r.faults.add(hitori.NewError(hitori.Invalid, "query_type", "wanted", wanted).At(below(r.path, name)))
	}
	return typed, ok
}

func (r *reader) text(name string, v *string, need need) {
	text, ok := read[string](r, name, need, "text")
	if ok && text == "" {
		r.faults.add(hitori.NewError(hitori.Invalid, "query_empty").At(below(r.path, name)))
	}
	*v = text
}

func (r *reader) choice(name string, v *string, allowed func(string) bool) {
	text, ok := read[string](r, name, required, "text")
	if ok && !allowed(text) {
		r.faults.add(hitori.NewError(hitori.Invalid, "query_choice", "value", text).At(below(r.path, name)))
		return
	}
	*v = text
}

func (r *reader) texts(name string, v *[]string) {
	list, _ := read[[]any](r, name, required, "list")
	for i, element := range list {
		text, ok := element.(string)
		if !ok {
			r.faults.add(hitori.NewError(hitori.Invalid, "query_type", "wanted", "text").At(item(below(r.path, name), i)))
		}
		*v = append(*v, text)
	}
}

func (r *reader) number(name string, v *float64, need need) {
	*v, _ = read[float64](r, name, need, "number")
}

func (r *reader) whole(name string, v *int) {
	number, ok := read[float64](r, name, required, "integer")
	if ok && (number != math.Trunc(number) || math.Abs(number) > 1e9) {
		r.faults.add(hitori.NewError(hitori.Invalid, "query_type", "wanted", "integer").At(below(r.path, name)))
		return
	}
	*v = int(number)
}

func (r *reader) flag(name string, v *bool) { *v, _ = read[bool](r, name, optional, "boolean") }

func (r *reader) date(name string, v *Date) {
	text, ok := read[string](r, name, required, "date")
	if !ok {
		return
	}
	date, ok := ParseDate(text)
	if !ok {
		r.faults.add(hitori.NewError(hitori.Invalid, "query_date", "value", text).At(below(r.path, name)))
	}
	*v = date
}

func (r *reader) node(name string, v *Condition, need need) {
	object, ok := read[map[string]any](r, name, need, "object")
	if ok {
		*v = r.readNode(below(r.path, name), object)
	}
}

func (r *reader) nodes(name string, v *[]Condition) {
	r.objects(name, func(_ int, path string, object map[string]any) {
		if node := r.readNode(path, object); node != nil {
			*v = append(*v, node)
		}
	})
}

func (r *reader) items(name string, _ int, one func(i int, c coder)) {
	r.objects(name, func(i int, path string, object map[string]any) {
		r.inside(path, object, func(c coder) { one(i, c) })
	})
}

// objects goes over a list of objects. Those that are none are faults, and passed over.
func (r *reader) objects(name string, f func(i int, path string, object map[string]any)) {
	list, _ := read[[]any](r, name, required, "list")
	objects := 0
	for i, element := range list {
		path := item(below(r.path, name), i)
		object, ok := element.(map[string]any)
		if !ok {
			r.faults.add(hitori.NewError(hitori.Invalid, "query_type", "wanted", "object").At(path))
			continue
		}
		f(objects, path, object)
		objects++
	}
}

func (r *reader) readNode(path string, object map[string]any) Condition {
	inner := &reader{faults: r.faults, path: path, depth: r.depth + 1, object: object}
	if inner.depth > MaxDepth {
		r.faults.add(hitori.NewError(hitori.Invalid, "query_too_deep", "limit", MaxDepth).At(path))
		return nil
	}
	var kind string
	inner.choice("type", &kind, func(text string) bool { return nodes[text] != nil })
	if kind == "" {
		return nil // without a type the rest means nothing
	}
	node := nodes[kind]()
	node.members(inner)
	inner.end()
	return node
}

func (r *reader) member(name string, need need, _ bool, members func(coder)) {
	if object, ok := read[map[string]any](r, name, need, "object"); ok {
		r.inside(below(r.path, name), object, members)
	}
}

func (r *reader) inside(path string, object map[string]any, members func(coder)) {
	inner := &reader{faults: r.faults, path: path, depth: r.depth, object: object}
	members(inner)
	inner.end()
}
