package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
)

// Answers to a survey are offered while a condition is written, the commonest first; who may not see personal data is
// offered none that are, and can ask for none.
func TestAnswersAreOffered(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	var answers []any
	for i, given := range [][2]string{
		{"why", "価格が高い"}, {"why", "届くのが遅い"}, {"why", "届くのが遅い"}, {"why", "hanako@example.jp まで連絡してください"}, {"contact_phone", "0312345678"}, {"again", "はい"},
	} {
		answers = append(answers, map[string]any{
			"type": "track", "event": "Survey Answered", "userId": fmt.Sprint("M", i), "messageId": fmt.Sprint("answer-", i),
			"properties": map[string]any{"survey_id": "exit", "question_id": given[0], "answer": given[1]},
		})
	}
	c.Send(c.WriteKey("shop"), answers...)
	c.Settle()
	c.SignIn(access.Administrator)
	analyst, _ := c.SignIn(access.Analyst)
	offered := func(call func(method, path string, body, out any), question string) []string {
		t.Helper()
		var out struct{ Values []string }
		call(http.MethodGet, "/segments/schema/values?"+url.Values{"kind": {"answer"}, "name": {"exit"}, "of": {question}}.Encode(), nil, &out)
		return out.Values
	}
	for what, test := range map[string]struct{ got, want []string }{
		"to who may see everything": {offered(c.Call, "why"), []string{"届くのが遅い", "hanako@example.jp まで連絡してください", "価格が高い"}},
		"of a personal question":    {offered(c.Call, "contact_phone"), []string{"0312345678"}},
		"to an analyst":             {offered(analyst.Call, "why"), []string{"届くのが遅い", "価格が高い"}},
		"to an analyst, personal":   {offered(analyst.Call, "contact_phone"), []string{}},
		"to an analyst, of all":     {offered(analyst.Call, ""), []string{}}, // one of the questions is personal
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: %q, want %q", what, test.got, test.want)
		}
	}
	asks := func(question string) map[string]any {
		return map[string]any{"condition": map[string]any{"version": 1, "where": map[string]any{
			"type": "answer", "survey": "exit", "question": question, "is": map[string]any{"op": "one_of", "values": []string{"0312345678"}},
		}}}
	}
	for question, want := range map[string]int{"contact_phone": http.StatusForbidden, "why": http.StatusOK} {
		if got := analyst.Do(http.MethodPost, "/api/v1/segments/preview", asks(question)).Status; got != want {
			t.Errorf("an analyst asks for %s: %d, want %d", question, got, want)
		}
	}
}
