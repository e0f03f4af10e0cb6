package hitori

import (
	"encoding/json"
	"iter"
	"strings"
)

// JSON is the text of one JSON value, kept as it arrived. The empty string means absent.
//
// Every text is checked when it is accepted; the methods here rely on that and only look
// for where values begin and end, which is several times faster than parsing. On a text
// that is not valid JSON they return something meaningless but neither fail nor loop.
type JSON string

// JSONType is the type of a JSON value.
type JSONType uint8

// The JSON types. Their numbers are stored and never change.
const (
	JSONNull JSONType = iota
	JSONBoolean
	JSONNumber
	JSONString
	JSONObject
	JSONArray
)

var jsonTypes = [...]string{"null", "boolean", "number", "string", "object", "array"}

// String returns the name of the type.
func (t JSONType) String() string { return jsonTypes[t] }

// MarshalJSON writes the value as it is, and null when it is absent.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j == "" {
		return []byte("null"), nil
	}
	return []byte(j), nil
}

// UnmarshalJSON keeps the text of the value.
func (j *JSON) UnmarshalJSON(b []byte) error {
	*j = JSON(b)
	return nil
}

// Type returns the type of the value; that of an absent one is null.
func (j JSON) Type() JSONType {
	if i := skipSpace(string(j), 0); i < len(j) {
		switch j[i] {
		case '{':
			return JSONObject
		case '[':
			return JSONArray
		case '"':
			return JSONString
		case 't', 'f':
			return JSONBoolean
		case 'n':
			return JSONNull
		default:
			return JSONNumber
		}
	}
	return JSONNull
}

// Text returns a string without its quotes and escapes, a number or boolean as it is
// written, and "" for everything else. Characters that databases refuse are left out.
func (j JSON) Text() string {
	switch j.Type() {
	case JSONString:
		return unquote(strings.TrimSpace(string(j)))
	case JSONNumber, JSONBoolean:
		return strings.TrimSpace(string(j))
	}
	return ""
}

// Members returns the names and values of an object, in their order, and nothing for other
// values.
func (j JSON) Members() iter.Seq2[string, JSON] {
	return func(yield func(string, JSON) bool) {
		s := string(j)
		i := skipSpace(s, 0)
		if i >= len(s) || s[i] != '{' {
			return
		}
		for i = skipSpace(s, i+1); i < len(s) && s[i] == '"'; {
			end := skipString(s, i)
			name := unquote(s[i:end])
			i = skipSpace(s, end)
			if i >= len(s) || s[i] != ':' {
				return
			}
			i = skipSpace(s, i+1)
			end = skipValue(s, i)
			if !yield(name, JSON(s[i:end])) {
				return
			}
			if i = skipSpace(s, end); i >= len(s) || s[i] != ',' {
				return
			}
			i = skipSpace(s, i+1)
		}
	}
}

// Elements returns the values of an array, in their order, and nothing for other values.
func (j JSON) Elements() iter.Seq[JSON] {
	return func(yield func(JSON) bool) {
		s := string(j)
		i := skipSpace(s, 0)
		if i >= len(s) || s[i] != '[' {
			return
		}
		for i = skipSpace(s, i+1); i < len(s) && s[i] != ']'; {
			end := skipValue(s, i)
			if !yield(JSON(s[i:end])) {
				return
			}
			if i = skipSpace(s, end); i >= len(s) || s[i] != ',' {
				return
			}
			i = skipSpace(s, i+1)
		}
	}
}

// Member returns the value of the object's last member of that name, and "" when it has
// none.
func (j JSON) Member(name string) (value JSON) {
	for n, v := range j.Members() {
		if n == name {
			value = v
		}
	}
	return value
}

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the end of the string that begins at i.
func skipString(s string, i int) int {
	for i++; i < len(s); i++ {
		n := strings.IndexByte(s[i:], '"')
		if n < 0 {
			return len(s)
		}
		if b := strings.IndexByte(s[i:i+n], '\\'); b >= 0 {
			i += b + 1 // over the escaped character
			continue
		}
		return i + n + 1
	}
	return len(s)
}

// skipValue returns the end of the value that begins at i, which is always beyond i.
func skipValue(s string, i int) int {
	depth := 0
	for i < len(s) {
		switch s[i] {
		case '"':
			i = skipString(s, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			begin := i
			for i < len(s) && !delimits(s[i]) {
				i++
			}
			if i == begin { // a comma or colon inside an object or array
				i++
			}
			if depth == 0 {
				return max(begin+1, trimRight(s, begin, i))
			}
		}
		if depth <= 0 {
			return i
		}
	}
	return len(s)
}

func delimits(c byte) bool {
	switch c {
	case ',', ':', '"', '{', '}', '[', ']':
		return true
	}
	return false
}

// trimRight returns the end of s[from:to] without the white space behind it.
func trimRight(s string, from, to int) int {
	for to > from && (s[to-1] == ' ' || s[to-1] == '\n' || s[to-1] == '\t' || s[to-1] == '\r') {
		to--
	}
	return to
}

// unquote returns the content of a quoted string.
func unquote(quoted string) string {
	if len(quoted) < 2 {
		return ""
	}
	inner := quoted[1 : len(quoted)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var text string
	if json.Unmarshal([]byte(quoted), &text) != nil {
		return ""
	}
	return strings.ReplaceAll(text, "\x00", "")
}
