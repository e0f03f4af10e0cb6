package query_test

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

// generated is how many random conditions the property tests look at.
const generated = 5_000

func texts(t testing.TB, language locale.Language) query.Texts {
	t.Helper()
	all, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return func(key string, args map[string]string) string { return all.Text(language, key, args) }
}

func TestGeneratedConditionsAreValid(t *testing.T) {
	g, catalogue := querytest.NewGenerator(1), querytest.NewCatalogue("ja")
	kinds := make(map[string]int)
	for range generated {
		c := g.Condition()
		if err := query.Validate(c, catalogue); err != nil {
			t.Fatalf("%s\n%v", query.Encode(c), err)
		}
		for _, kind := range tagged.FindAllString(string(query.Encode(c)), -1) {
			kinds[kind]++
		}
	}
	// Every node, every test and every measure must come up, or it is not compared.
	if want := 15 + 25 + 14; len(kinds) != want {
		t.Errorf("%d kinds of nodes, tests and measures, want %d: %v", len(kinds), want, kinds)
	}
}

func TestEncodingRoundTrip(t *testing.T) {
	g := querytest.NewGenerator(2)
	for range generated {
		c := g.Condition()
		encoded := query.Encode(c)
		again, err := query.Parse(encoded)
		if err != nil {
			t.Fatalf("%s\n%v", encoded, err)
		}
		if twice := query.Encode(again); !bytes.Equal(encoded, twice) {
			t.Fatalf("%s\nbecame\n%s", encoded, twice)
		}
	}
}

func TestCanonicalForm(t *testing.T) {
	const a, b, c = `{"type":"list","id":"a"}`, `{"type":"list","id":"b"}`, `{"type":"list","id":"c"}`
	all := func(of string) string { return `{"type":"all","of":[` + of + `]}` }
	either := func(of string) string { return `{"type":"any","of":[` + of + `]}` }
	not := func(of string) string { return `{"type":"not","of":` + of + `}` }
	for _, test := range [][2]string{
		{all(a), a},
		{all(all(a)), a},
		{all(a + "," + all(b+","+c)), all(a + "," + b + "," + c)},
		{all(either(a) + "," + either(all(b)+","+c)), all(a + "," + either(b+","+c))},
		{not(not(a)), a},
		{not(not(not(a))), not(a)},
		{all(not(all(not(all(a+","+b)))) + "," + c), all(a + "," + b + "," + c)},
		{`{"is":{"number":-0.0,"op":"equals"},"name":"n","type":"trait"}`, `{"type":"trait","name":"n","is":{"op":"equals","number":0}}`},
		{`{"type":"trait","name":"n","is":{"op":"equals","number":1.50e1}}`, `{"type":"trait","name":"n","is":{"op":"equals","number":15}}`},
		{`{"type":"list","id":"\u3042"}`, `{"type":"list","id":"あ"}`},
	} {
		if got, want := string(query.Encode(parse(t, test[0]))), `{"version":1,"where":`+test[1]+`}`; got != want {
			t.Errorf("%s:\n got %s\nwant %s", test[0], got, want)
		}
	}
}

// Normalising must not change what a condition means, nor whether it is valid.
func TestNormaliseKeepsMeaning(t *testing.T) {
	g, catalogue := querytest.NewGenerator(3), querytest.NewCatalogue("ja")
	held := 0
	for i := range 5_000 {
		customer, c := g.Customer(40), g.Condition()
		normal := query.Normalise(c)
		if err := query.Validate(normal, catalogue); err != nil {
			t.Fatalf("%s\n%v", query.Encode(c), err)
		}
		was, _ := query.Evaluate(c, customer, querytest.Now, querytest.Location)
		is, _ := query.Evaluate(normal, customer, querytest.Now, querytest.Location)
		if was != is {
			t.Fatalf("%d: %s: %v, normalised %v", i, query.Encode(c), was, is)
		}
		if was {
			held++
		}
	}
	if held < 1000 || held > 4000 {
		t.Errorf("%d of 5000 hold; the generator no longer makes conditions and customers that meet", held)
	}
}

// What was said to stay must stay: the answer is the same a millisecond before the horizon
// and at random instants until then.
func TestHorizonKeepsAnswer(t *testing.T) {
	g := querytest.NewGenerator(4)
	changed, moving := 0, 0
	for i := range 5_000 {
		customer, c := g.Customer(25), g.Condition()
		was, until := query.Evaluate(c, customer, querytest.Now, querytest.Location)
		last := until.Add(-time.Millisecond)
		if until.IsZero() {
			last = querytest.Now.AddDate(7, 0, 0)
		} else if !until.After(querytest.Now) {
			t.Fatalf("%d: the horizon %v is not ahead", i, until)
		}
		for _, at := range []time.Time{last, querytest.Now.Add(last.Sub(querytest.Now) / 2), querytest.Now.Add(last.Sub(querytest.Now) / 7)} {
			if is, _ := query.Evaluate(c, customer, at, querytest.Location); is != was {
				t.Fatalf("%d: %s\nis %v now, until %v, but %v at %v", i, query.Encode(c), was, until, is, at)
			}
		}
		if !until.IsZero() {
			moving++
			if is, _ := query.Evaluate(c, customer, until, querytest.Location); is != was {
				changed++
			}
		}
	}
	if moving < 500 || changed < 50 {
		t.Errorf("of %d answers with a horizon %d change there; it is far too early, or nothing moves", moving, changed)
	}
}

// A condition without drift has answers that only data change; one that drifts by the day
// only, answers that change when days begin.
func TestDriftCoversHorizons(t *testing.T) {
	g := querytest.NewGenerator(5)
	seen := [3]int{}
	for i := range 5_000 {
		customer, c := g.Customer(25), g.Condition()
		customer.Story = past(customer.Story)
		_, until := query.Evaluate(c, customer, querytest.Now, querytest.Location)
		drift := query.DriftOf(c)
		switch {
		case until.IsZero():
		case !drift.Daily && len(drift.Lags) == 0:
			seen[0]++
			t.Fatalf("%d: %s drifts at %v", i, query.Encode(c), until)
		case len(drift.Lags) == 0:
			seen[1]++
			if local := until.In(querytest.Location); local.Hour() != 0 || local.Minute() != 0 || local.Second() != 0 || local.Nanosecond() != 0 {
				t.Fatalf("%d: %s drifts at %v, which begins no day", i, query.Encode(c), local)
			}
		default:
			seen[2]++
		}
	}
	if seen[1] < 300 || seen[2] < 30 {
		t.Errorf("too few conditions drift: %v", seen)
	}
}

// A condition is computed with by many at once; the race detector looks on where it runs.
func TestConditionsCanBeShared(t *testing.T) {
	g, catalogue, ja := querytest.NewGenerator(10), querytest.NewCatalogue("ja"), texts(t, locale.Japanese)
	customer := g.Customer(30)
	for range 50 {
		c := g.Condition()
		before := query.Encode(c)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				_ = query.Validate(c, catalogue)
				query.Sentence(c, catalogue, ja)
				query.Evaluate(c, customer, querytest.Now, querytest.Location)
				query.DriftOf(c)
				query.DependsOn(c)
				if !bytes.Equal(query.Encode(c), before) {
					t.Errorf("%s changed", before)
				}
			})
		}
		all.Wait()
	}
}

var (
	blank = regexp.MustCompile(`[{}|]|query\.|%!|  | ,|、、|,,`)
	// ascii finds words in a Japanese sentence that are not of the catalogue's own.
	ascii         = regexp.MustCompile(`[A-Za-z_]+`)
	quoted        = regexp.MustCompile(`「[^」]*」`)
	quotedEnglish = regexp.MustCompile(`“[^”]*”`)
	tagged        = regexp.MustCompile(`"(?:type|op|measure)":"\w+"`)
)

func TestEveryConditionHasItsSentence(t *testing.T) {
	ja, en := texts(t, locale.Japanese), texts(t, locale.English)
	catalogueJa, catalogueEn := querytest.NewCatalogue("ja"), querytest.NewCatalogue("en")
	g := querytest.NewGenerator(6)
	for range generated {
		c := g.Condition()
		japanese, english := query.Sentence(c, catalogueJa, ja), query.Sentence(c, catalogueEn, en)
		for _, said := range []string{japanese, english} {
			plain := quotedEnglish.ReplaceAllString(quoted.ReplaceAllString(said, "「」"), "“”")
			if plain == "" || blank.MatchString(plain) || strings.Count(plain, "(") != strings.Count(plain, ")") || strings.HasPrefix(said, " ") {
				t.Fatalf("%s\n%s", query.Encode(c), said)
			}
		}
		for _, word := range ascii.FindAllString(quoted.ReplaceAllString(japanese, ""), -1) {
			if word != "LINE" && word != "VIP" && word != "SKU" && word != "ID" && word != "USD" {
				t.Fatalf("%s\n%s\nhas %q", query.Encode(c), japanese, word)
			}
		}
		if strings.ContainsFunc(quotedEnglish.ReplaceAllString(english, ""), func(r rune) bool { return r > 0x2FFF }) {
			t.Fatalf("%s\n%s", query.Encode(c), english)
		}
	}
}

// past leaves out what has not happened yet.
func past(story []hitori.Stamped) []hitori.Stamped {
	for i := range story {
		if story[i].Time.After(querytest.Now) {
			return story[:i]
		}
	}
	return story
}
