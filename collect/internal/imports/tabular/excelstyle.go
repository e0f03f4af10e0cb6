package tabular

import (
	"errors"
	"strings"
)

// cellStyle is what a number format means for reading.
type cellStyle struct {
	date bool
	// digits is how many digits a code is filled up to with zeros, 0 for numbers.
	digits int
}

// readStyles learns which cell styles show dates.
func (b *book) readStyles() error {
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	err := b.unmarshal("xl/styles.xml", &sheet)
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return err
	}
	codes := map[int]cellStyle{}
	for _, f := range sheet.Formats {
		codes[f.ID] = styleOf(f.Code)
	}
	for _, c := range sheet.Cells {
		style, ok := codes[c.Format]
		if !ok {
			style.date = builtInDate(c.Format)
		}
		b.styles = append(b.styles, style)
	}
	return nil
}

// builtInDate knows the formats that need no code, those of the Japanese edition included (ECMA-376
// part 1, 18.8.30).
func builtInDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// styleOf reads a format code. Durations like [h]:mm are numbers.
func styleOf(code string) cellStyle {
	code, _, _ = strings.Cut(code, ";")
	if code != "" && strings.Trim(code, "0") == "" {
		return cellStyle{digits: len(code)}
	}
	var plain strings.Builder
	lower := strings.ToLower(code)
	for i := 0; i < len(lower); i++ {
		switch c := lower[i]; c {
		case '"':
			end := strings.IndexByte(lower[i+1:], '"')
			if end < 0 {
				return cellStyle{}
			}
			i += end + 1
		case '[':
			end := strings.IndexByte(lower[i:], ']')
			if end < 0 {
				return cellStyle{}
			}
			switch strings.Trim(lower[i+1:i+end], "hms") {
			case "":
				return cellStyle{}
			}
			i += end
		case '\\', '_', '*':
			i++
		default:
			plain.WriteByte(c)
		}
	}
	text := strings.ReplaceAll(plain.String(), "general", "")
	return cellStyle{date: strings.ContainsAny(text, "ymdhs") || strings.Contains(text, "ge")}
}
