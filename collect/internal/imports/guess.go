package imports

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Guess says why a column was given its field.
type Guess struct {
	Column string `json:"column"`
	Field  string `json:"field"`
	// Confidence is between 0 and 1.
	Confidence float64  `json:"confidence"`
	Reasons    []Reason `json:"reasons"`
}

// Reason is one piece of evidence. Its text is in the locale files under "guess." and Key.
type Reason struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// leastScore is the score below which a column stays without a field.
const leastScore = 0.55

// buyers and recipients stand before the fields of the person who paid and of the one who gets
// the parcel. The latter is somebody else's address as often as not.
var (
	buyers = normalHeaders("注文者", "ご注文者", "購入者", "請求先", "会員", "顧客", "お客様", "申込者", "受注", "回答者", "投稿者",
		"customer", "billing", "buyer", "default address", "default", "bill to", "member")
	recipients = normalHeaders("配送先", "送付先", "お届け先", "届け先", "発送先", "受取人", "送り主", "依頼主", "shipping", "ship to",
		"recipient", "delivery", "会社", "勤務先")
)

func normalHeaders(words ...string) []string {
	for i, w := range words {
		words[i] = normalHeader(w)
	}
	return words
}

// candidate is a column that may be a field.
type candidate struct {
	column  int
	field   int
	score   float64
	reasons []Reason
}

// guessed is a guess for one target.
type guessed struct {
	mapping Mapping
	guesses []Guess
	score   float64
}

// guessTarget finds the target the columns fit best.
func guessTarget(columns []string, evidence []columnEvidence, only string) guessed {
	best := guessed{score: math.Inf(-1)}
	for _, t := range targets {
		if only != "" && t.Name != only {
			continue
		}
		if g := guessMapping(t, columns, evidence); g.score > best.score {
			best = g
		}
	}
	return best
}

// guessMapping gives columns to the fields of a target, the surest first.
func guessMapping(t *Target, columns []string, evidence []columnEvidence) guessed {
	var all []candidate
	headers := make([]string, len(columns))
	for i, c := range columns {
		if rejectColumn(c) {
			continue
		}
		headers[i] = normalHeader(bareName(c))
		for j := range t.Fields {
			if c, ok := consider(&t.Fields[j], headers[i], &evidence[i]); ok {
				c.column, c.field = i, j
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	g := guessed{mapping: Mapping{Version: MappingVersion, Target: t.Name, Fingerprint: Fingerprint(columns)}}
	taken := make([]bool, len(columns))
	fields := make([][]int, len(t.Fields))
	chosen := map[int]candidate{}
	instead := map[int]bool{} // columns to fall back on
	for _, c := range all {
		f := &t.Fields[c.field]
		if taken[c.column] {
			continue
		}
		if len(fields[c.field]) > 0 && !partOf(f, headers, evidence, fields[c.field], c.column) {
			if !alternative(f, headers[c.column]) {
				continue
			}
			instead[c.column] = true
		}
		taken[c.column] = true
		fields[c.field] = append(fields[c.field], c.column)
		chosen[c.column] = c
	}
	for j, of := range fields {
		slices.Sort(of)
		if len(of) == 0 {
			switch {
			case t.Fields[j].common:
				g.score--
			case t.Fields[j].Required:
				g.score -= 3
			}
			continue
		}
		joined := slices.DeleteFunc(slices.Clone(of), func(i int) bool { return instead[i] })
		for _, i := range of {
			c := chosen[i]
			m := ColumnMapping{Column: columns[i], Field: t.Fields[j].Name, Format: evidence[i].format, Else: instead[i]}
			if len(joined) > 1 {
				m.Part = slices.Index(joined, i) + 1
			}
			g.mapping.Columns = append(g.mapping.Columns, m)
			g.guesses = append(g.guesses, Guess{columns[i], m.Field, min(1, math.Round(c.score*100)/100), c.reasons})
			weight := 1.0
			if t.Fields[j].Required {
				weight = 2
			}
			g.score += weight * c.score
		}
	}
	g.keepRest(t, columns, taken, evidence)
	for _, sign := range t.signs {
		if slices.Contains(headers, normalHeader(sign)) {
			g.score += 0.8
		}
	}
	if t.Name == "surveys" {
		g.score += 0.8 * float64(min(3, questions(columns)))
	}
	return g
}

// bareName is the name of a column without the object JSON exports of events put it in.
func bareName(column string) string {
	for _, prefix := range []string{"properties.", "traits.", "context.traits."} {
		if rest, ok := strings.CutPrefix(column, prefix); ok {
			return rest
		}
	}
	return column
}

// questions counts headers that ask something.
func questions(columns []string) int {
	n := 0
	for _, c := range columns {
		if strings.HasSuffix(c, "?") || strings.HasSuffix(c, "？") || strings.HasSuffix(c,
			"か") || strings.HasSuffix(c, "ください") || strings.HasSuffix(c, "ください。") || strings.HasSuffix(c, "か。") {
			n++
		}
	}
	return n
}

// keepRest keeps the other columns where they are what the file is about: the properties of an
// event, the questions of a survey.
func (g *guessed) keepRest(t *Target, columns []string, taken []bool, evidence []columnEvidence) {
	keep := ""
	switch {
	case t.Name == "events":
		keep = KeepProperty
	case t.Name == "surveys" && !slices.ContainsFunc(g.mapping.Columns,
		func(c ColumnMapping) bool { return c.Field == "answer" || c.Field == "score" }):
		keep = KeepQuestion
	}
	names := map[string]bool{"products": true, "currency": true}
	for _, c := range g.mapping.Columns {
		f, _ := t.Field(c.Field)
		names[f.path] = true
	}
	for i, c := range columns {
		if taken[i] || rejectColumn(c) {
			continue
		}
		m := ColumnMapping{Column: c, Keep: keep}
		if keep == KeepProperty {
			bare := bareName(c)
			if bare != c && !names[bare] {
				m.As = bare
			}
			m.Type, m.Format = evidence[i].keptType(), evidence[i].format
		}
		if name := cmp.Or(m.As, c); names[name] {
			m = ColumnMapping{Column: c}
		} else {
			names[name] = true
		}
		g.mapping.Columns = append(g.mapping.Columns, m)
	}
}

// consider weighs whether a column is a field, by its header and its values.
func consider(f *Field, header string, e *columnEvidence) (candidate, bool) {
	score, word := headerScore(f, header)
	var c candidate
	switch {
	case score >= 0.9:
		c.reasons = append(c.reasons, Reason{Key: "header", Args: map[string]string{"word": word}})
	case score > 0:
		c.reasons = append(c.reasons, Reason{Key: "header_like", Args: map[string]string{"word": word}})
	}
	share, known := e.share(f.Type)
	switch {
	case !known || e.filled == 0:
	case share >= 0.8 && score > 0:
		score += 0.1
		c.reasons = append(c.reasons, valuesReason(f.Type, share))
	case share >= 0.9 && telling(f, header):
		score = 0.62
		c.reasons = append(c.reasons, valuesReason(f.Type, share))
	case share < 0.5:
		score -= 0.6
	}
	c.score = score
	return c, score >= leastScore
}

func valuesReason(t FieldType, share float64) Reason {
	return Reason{Key: "values", Args: map[string]string{
		"type":    string(t),
		"percent": strconv.Itoa(int(math.Round(share * 100))),
	}}
}

// telling reports whether values alone show what the field is, so that its header may be anything.
func telling(f *Field, header string) bool {
	switch f.Type {
	case TypeEmail, TypePrefecture, TypePostal, TypePhone:
		return f.in == inTrait && !someoneElse(header)
	}
	return false
}

func someoneElse(header string) bool {
	return slices.ContainsFunc(recipients, func(r string) bool { return strings.HasPrefix(header, r) })
}

// headerScore compares a header with the words of a field: 1 for the word itself, less for a word
// inside it.
func headerScore(f *Field, header string) (float64, string) {
	personal := f.in == inTrait || f.in == inUser || f.in == inExternal
	if header == "" {
		return 0, ""
	}
	best, word := 0.0, ""
	try := func(score float64, w string) {
		if score > best {
			best, word = score, w
		}
	}
	plain := header
	if personal {
		if someoneElse(header) && !slices.Contains(f.words, header) && f.path != "company.name" {
			return 0, ""
		}
		for _, b := range buyers {
			if rest, ok := strings.CutPrefix(header, b); ok && rest != "" {
				plain = rest
				break
			}
		}
	}
	stem := strings.TrimRight(plain, "0123456789")
	for i, w := range f.words {
		n := normalHeader(w)
		rank := 0.002 * float64(i)
		switch {
		case header == n:
			try(1-rank, w)
		case plain == n:
			try(0.95-rank, w)
		case stem == n && stem != "" && f.Joins():
			try(0.92-rank, w)
		case utf8.RuneCountInString(n) >= 3 && strings.Contains(plain, n):
			try(0.4+0.4*float64(len(n))/float64(len(plain))-rank, w)
		case utf8.RuneCountInString(plain) >= 3 && strings.Contains(n, plain):
			try(0.35+0.3*float64(len(plain))/float64(len(n))-rank, w)
		}
	}
	return best, word
}

// alternative reports whether a further column can stand in for that of a field where it is empty:
// people have several telephones and mail addresses.
func alternative(f *Field, header string) bool {
	score, _ := headerScore(f, header)
	return score >= 0.9 && f.in == inTrait && (f.Type == TypePhone || f.Type == TypeEmail)
}

// partOf reports whether a further column belongs to a field that has one already: the same header
// with another number, the time of day beside the day, the lines of an address.
func partOf(f *Field, headers []string, evidence []columnEvidence, have []int, column int) bool {
	if !f.Joins() {
		return false
	}
	if f.Name == "street" {
		score, _ := headerScore(f, headers[column])
		return score >= 0.9
	}
	stem := strings.TrimRight(headers[column], "0123456789")
	same := stem != headers[column] && slices.ContainsFunc(have, func(i int) bool {
		return strings.TrimRight(headers[i], "0123456789") == stem && headers[i] != stem
	})
	switch f.Type {
	case TypeTime:
		return len(have) == 1 && evidence[column].clock >= 0.8 && evidence[have[0]].day >= 0.8
	case TypePhone, TypePostal:
		return same && evidence[column].short >= 0.8
	}
	return same
}
