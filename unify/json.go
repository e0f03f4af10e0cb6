package unify

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// walkObject calls member for each member of a JSON object; member reads the value from the
// decoder and reports true, or leaves it unread and reports false. Texts on the log are valid JSON;
// what is not an object has no members.
func walkObject(text string, member func(name string, d *jsontext.Decoder) bool) {
	if text == "" {
		return
	}
	d := jsontext.NewDecoder(strings.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if d.PeekKind() == '{' {
		readMembers(d, member)
	}
}

func readMembers(d *jsontext.Decoder, member func(name string, d *jsontext.Decoder) bool) {
	_, _ = d.ReadToken()
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return
		}
		if !member(name.String(), d) && d.SkipValue() != nil {
			return
		}
	}
	_, _ = d.ReadToken()
}

// readScalar reads a string, number or boolean as text; anything else is skipped and "".
func readScalar(d *jsontext.Decoder) string {
	switch d.PeekKind() {
	case '"', '0', 't', 'f':
		token, err := d.ReadToken()
		if err != nil {
			return ""
		}
		return token.String()
	}
	_ = d.SkipValue()
	return ""
}

// objectMembers returns the members of a JSON object as texts; none when it is not one.
func objectMembers(text string) map[string]jsontext.Value {
	if text == "" {
		return nil
	}
	members := make(map[string]jsontext.Value)
	walkObject(text, func(name string, d *jsontext.Decoder) bool {
		value, err := d.ReadValue()
		if err == nil {
			members[name] = value.Clone()
		}
		return true
	})
	return members
}
