package tabular

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlScanner reads the tags of a spreadsheet's XML one after another. It knows what such
// files use and no more: no DTD, no entities but the standard ones.
type xmlScanner struct {
	r          io.Reader
	buf        []byte
	start, end int
	eof        bool

	tag      []byte // what stands between < and >
	selfEnds bool   // <tag/>; its end follows as a tag of its own
	pending  string
}

// maxTag bounds one tag or one run of text.
const maxTag = 4 << 20

var errXML = errors.New("malformed XML")

func newXMLScanner(r io.Reader) *xmlScanner { return &xmlScanner{r: r, buf: make([]byte, 64<<10)} }

// next goes to the next tag and returns its name without prefix, "/" before that of an end tag.
// Text before it is passed over.
func (x *xmlScanner) next() (string, error) {
	name, err := x.step(nil)
	return name, err
}

// text appends the text before the next tag to dst, and returns the tag.
func (x *xmlScanner) text(dst *[]byte) (string, error) { return x.step(dst) }

func (x *xmlScanner) step(dst *[]byte) (string, error) {
	if x.pending != "" {
		name := x.pending
		x.pending = ""
		return name, nil
	}
	for {
		text, err := x.until('<')
		if err != nil {
			return "", err
		}
		if dst != nil {
			*dst = appendUnescaped(*dst, text)
		}
		if err := x.need(8); err != nil {
			return "", err
		}
		rest := x.buf[x.start:x.end]
		switch {
		case bytes.HasPrefix(rest, []byte("![CDATA[")):
			x.start += len("![CDATA[")
			cdata, err := x.untilString("]]>")
			if err != nil {
				return "", err
			}
			if dst != nil {
				*dst = append(*dst, cdata...)
			}
			continue
		case bytes.HasPrefix(rest, []byte("!--")):
			if _, err := x.untilString("-->"); err != nil {
				return "", err
			}
			continue
		case len(rest) > 0 && (rest[0] == '?' || rest[0] == '!'):
			if _, err := x.until('>'); err != nil {
				return "", err
			}
			continue
		}
		return x.readTag()
	}
}

func (x *xmlScanner) readTag() (string, error) {
	tag, err := x.until('>')
	for err == nil && bytes.Count(tag, []byte{'"'})%2 == 1 { // a > inside an attribute
		more, e := x.peek(len(tag)+1, '>')
		tag, err = more, e
	}
	if err != nil {
		return "", err
	}
	if x.selfEnds = len(tag) > 0 && tag[len(tag)-1] == '/'; x.selfEnds {
		tag = tag[:len(tag)-1]
	}
	x.tag = tag
	closing := len(tag) > 0 && tag[0] == '/'
	name := tag
	if closing {
		name = tag[1:]
	}
	for i, c := range name {
		if c <= ' ' {
			name = name[:i]
			break
		}
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	begin, end := tagNames(name)
	switch {
	case closing:
		return end, nil
	case x.selfEnds:
		x.pending = end
	}
	return begin, nil
}

// cellTags are the tags every cell has. Their names need no new strings.
var cellTags = [...][2]string{
	{"c", "/c"},
	{"v", "/v"},
	{"row", "/row"},
	{"is", "/is"},
	{"t", "/t"},
	{"si", "/si"},
	{"r", "/r"},
	{"rPh", "/rPh"},
	{"f", "/f"},
}

// tagNames returns the names of a tag and of its end.
func tagNames(name []byte) (begin, end string) {
	for i := range cellTags {
		if string(name) == cellTags[i][0] {
			return cellTags[i][0], cellTags[i][1]
		}
	}
	begin = string(name)
	return begin, "/" + begin
}

// attr returns an attribute of the tag at hand, nil when there is none. It is valid until the next
// tag, and still has its entities.
func (x *xmlScanner) attr(name string) []byte {
	rest := x.tag
	for {
		i := bytes.Index(rest, []byte(name))
		if i < 0 {
			return nil
		}
		after := rest[i+len(name):]
		if i > 0 && rest[i-1] <= ' ' && len(after) > 2 && after[0] == '=' {
			quote := after[1]
			if end := bytes.IndexByte(after[2:], quote); end >= 0 && (quote == '"' || quote == '\'') {
				return after[2 : 2+end]
			}
		}
		rest = after
	}
}

// number returns an attribute as a number, and -1 when it is none.
func (x *xmlScanner) number(name string) int64 {
	n := int64(-1)
	for i, c := range x.attr(name) {
		if c < '0' || c > '9' || i > 9 {
			return -1
		}
		n = max(n, 0)*10 + int64(c-'0')
	}
	return n
}

// until returns what stands before the next c and goes behind it.
func (x *xmlScanner) until(c byte) ([]byte, error) {
	from := 0
	for {
		if i := bytes.IndexByte(x.buf[x.start+from:x.end], c); i >= 0 {
			out := x.buf[x.start : x.start+from+i]
			x.start += from + i + 1
			return out, nil
		}
		from = x.end - x.start
		if err := x.fill(); err != nil {
			return nil, err
		}
	}
}

// peek extends the piece of n bytes that was just passed to the next c.
func (x *xmlScanner) peek(n int, c byte) ([]byte, error) {
	x.start -= n
	from := n
	for {
		if i := bytes.IndexByte(x.buf[x.start+from:x.end], c); i >= 0 {
			out := x.buf[x.start : x.start+from+i]
			x.start += from + i + 1
			return out, nil
		}
		from = x.end - x.start
		if err := x.fill(); err != nil {
			return nil, err
		}
	}
}

func (x *xmlScanner) untilString(s string) ([]byte, error) {
	for {
		if i := bytes.Index(x.buf[x.start:x.end], []byte(s)); i >= 0 {
			out := x.buf[x.start : x.start+i]
			x.start += i + len(s)
			return out, nil
		}
		if err := x.fill(); err != nil {
			return nil, err
		}
	}
}

// need makes n bytes visible if there are so many.
func (x *xmlScanner) need(n int) error {
	for x.end-x.start < n && !x.eof {
		if err := x.fill(); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	return nil
}

// fill reads more. It returns [io.EOF] when there is no more.
func (x *xmlScanner) fill() error {
	if x.eof {
		return io.EOF
	}
	if x.start > 0 {
		copy(x.buf, x.buf[x.start:x.end])
		x.start, x.end = 0, x.end-x.start
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= maxTag {
			return errXML
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for range 100 {
		n, err := x.r.Read(x.buf[x.end:])
		x.end += n
		if err == io.EOF {
			x.eof = true
			if n == 0 {
				return io.EOF
			}
			return nil
		}
		if err != nil {
			return err
		}
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// appendUnescaped appends XML text with its entities resolved.
func appendUnescaped(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		s = s[i:]
		end := bytes.IndexByte(s, ';')
		if end < 0 || end > 12 {
			dst, s = append(dst, '&'), s[1:]
			continue
		}
		name := string(s[1:end])
		s = s[end+1:]
		switch name {
		case "amp":
			dst = append(dst, '&')
		case "lt":
			dst = append(dst, '<')
		case "gt":
			dst = append(dst, '>')
		case "quot":
			dst = append(dst, '"')
		case "apos":
			dst = append(dst, '\'')
		default:
			digits, base := strings.TrimPrefix(name, "#"), 10
			if hex, ok := strings.CutPrefix(digits, "x"); ok {
				digits, base = hex, 16
			}
			if n, err := strconv.ParseUint(digits, base, 32); err == nil && utf8.ValidRune(rune(n)) {
				dst = utf8.AppendRune(dst, rune(n))
			}
		}
	}
}

// unescapeControl resolves _x000D_, as Excel writes control characters in strings.
func unescapeControl(s []byte) []byte {
	if !bytes.Contains(s, []byte("_x00")) {
		return s
	}
	out := s[:0]
	for i := 0; i < len(s); i++ {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(string(s[i+2:i+6]), 16, 8); err == nil {
				out = append(out, byte(n))
				i += 6
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}
