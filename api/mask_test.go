package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/unify"
)

func TestMaskIdentifiers(t *testing.T) {
	for _, test := range []struct{ kind, value, want string }{
		{"email", "hanako@example.jp", "h•••@example.jp"},
		{"email", "花子@例え.jp", "花•••@例え.jp"},
		{"email", "a@example.jp", "•••@example.jp"},
		{"email", `"a@b"@example.jp`, "•••@example.jp"},
		{"email", "no address", "n•••"},
		{"phone", "+819012345678", "+81901234••••"},
		{"phone", "03-1234-5678", "03-1234-••••"},
		{"phone", "０９０１２３４５６７８", "０９０１２３４••••"},
		{"phone", "110", "1•••"},
		{"line_id", "U4af4980629", "U•••"},
		{"passport", "TK1234567", "T•••"},
		{"user_id", "M00000001", "M00000001"},
		{"user_id", "hanako@example.jp", "h•••@example.jp"},
		{"user_id", "09012345678", "0901234••••"},
		{"user_id", "0312345678", "0312345678"}, // ten digits may well be a number of one's own
		{"card", "4900000000001", "4900000000001"},
		{"anonymous_id", "8f14e45f-ceea-467f-9575-1234567890ab", "8f14e45f-ceea-467f-9575-1234567890ab"},
	} {
		if got := maskIdentifier(hitori.Identifier{Kind: hitori.IdentifierKind(test.kind), Value: test.value}); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.kind, test.value, got, test.want)
		}
	}
}

func TestMaskNames(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "山田 太郎": "山•••", "山": hidden, "Taro Yamada": "T•••", "𠮷野家": "𠮷•••", "  佐藤": "佐•••", "\u202eorat": hidden, "<script>alert(1)</script>": hidden,
		"か\u3099く": "か•••", "\u200bx": hidden,
	} {
		if got := maskName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestMaskTexts(t *testing.T) {
	for text, want := range map[string]string{
		"ご連絡は hanako@example.jp か 090-1234-5678 まで":   "ご連絡は h•••@example.jp か 090-1234-•••• まで",
		"ｈａｎａｋｏ＠example.jp":                           "h•••@example.jp",
		"https://x.jp/?email=hanako%40example.jp&a=1": "https://x.jp/?email=h•••%40example.jp&a=1",
		"電話０９０（１２３４）５６７８です":                           "電話090(1234)••••です",
		"TEL:03-1234-5678、携帯:08011112222":             "TEL:03-1234-••••、携帯:0801111••••",
		"09011112222 09033334444":                     "0901111•••• 0903333••••",
		"+1 (415) 555-2671":                           "+1 (415) 555-••••",
		"+81-3-1234-5678":                             "+81-3-1234-••••",
		"電話は0312345678です":                             "電話は031234••••です",
		// What only looks like it stays.
		"2026-04-01 10:00:00":                           "2026-04-01 10:00:00",
		"2026-04-01T10:00:00.000+09:00":                 "2026-04-01T10:00:00.000+09:00",
		"Chrome/120.0.6099.109 Safari/537.36":           "Chrome/120.0.6099.109 Safari/537.36",
		"4901234567894":                                 "4901234567894",
		"20260401-0000123":                              "20260401-0000123",
		"¥1,234,567":                                    "¥1,234,567",
		"商品A@2個":                                        "商•••@2個",
		"8f14e45f-ceea-467f-9575-1234567890ab":          "8f14e45f-ceea-467f-9575-1234567890ab",
		"https://shop.example.jp/items/0000000001?p=12": "https://shop.example.jp/items/0000000001?p=12",
		"ふつうの文章です。（全角カッコ）":                              "ふつうの文章です。（全角カッコ）",
	} {
		if got := maskText(text, false); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMaskDocuments(t *testing.T) {
	for _, test := range []struct {
		about      subject
		name       string
		text, want string
	}{
		{ofPerson, "", `{"name":"山田太郎","lastName":"山田","kana":"ヤマダ","rank":"gold","age":41}`, `{"name":"山•••","lastName":"山•••","kana":"ヤ•••","rank":"gold","age":41}`},
		{ofPerson, "", `{"住所":"東京都千代田区","電話番号":"0312345678","都道府県":"東京都","備考":"犬が苦手"}`, `{"住所":"東•••","電話番号":"031234••••","都道府県":"東京都","備考":"犬•••"}`},
		{ofPerson, "", `{"address":{"prefecture":"東京都","city":"港区","lines":["1-2-3",4]},"birthday":"1985-04-01","phone":9012345678}`, `{"address":{"prefecture":"東京都","city":"港•••","lines":["1•••","•••"]},"birthday":"1985•••","phone":"901234••••"}`},
		{ofPerson, "", `{"store_name":"渋谷店","company_name":"例株式会社","ＥＭＡＩＬ":"x@y.jp"}`, `{"store_name":"渋谷店","company_name":"例株式会社","ＥＭＡＩＬ":"•••@y.jp"}`},
		{ofEvent, "", `{"name":"醤油","price":300,"products":[{"name":"味噌","sku":"0312345678"}]}`, `{"name":"醤油","price":300,"products":[{"name":"味噌","sku":"0312345678"}]}`},
		{ofEvent, "", `{"recipient":"山田","share_message":"山田へ taro@example.jp","body":"私は taro@example.jp です"}`, `{"recipient":"山•••","share_message":"山田へ t•••@example.jp","body":"私は t•••@example.jp です"}`},
		{ofEvent, "", `{"ip":"203.0.113.7","traits":{"name":"山田"},"page":{"url":"https://x.jp/?m=taro@example.jp"},"userAgent":"Mozilla/5.0"}`, `{"ip":"2•••","traits":{"name":"山•••"},"page":{"url":"https://x.jp/?m=t•••@example.jp"},"userAgent":"Mozilla/5.0"}`},
		{ofEvent, "", `{"taro@example.jp":1,"a":[{"b":["taro@example.jp",null,true]}]}`, `{"t•••@example.jp":1,"a":[{"b":["t•••@example.jp",null,true]}]}`},
		{ofJob, "", `{"rejects":[{"args":{"value":"山田","column":"氏名"}}],"rows":3}`, `{"rejects":[{"args":{"value":"山•••","column":"氏名"}}],"rows":3}`},
		{ofEvent, "", `{"externalIds":[{"id":"U4af49","type":"line_id"},{"type":"user_id","id":"M1"},{"type":"phone","value":"0312345678"}]}`, `{"externalIds":[{"id":"U•••","type":"line_id"},{"type":"user_id","id":"M1"},{"type":"phone","value":"031234••••"}]}`},
		{ofPerson, "email", `"taro@example.jp"`, `"t•••@example.jp"`},
		{ofPerson, "", `{}`, `{}`},
		{ofPerson, "", `[]`, `[]`},
		{ofPerson, "", ``, ``},
	} {
		got := maskJSON(hitori.JSON(test.text), test.name, test.about)
		if string(got) != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.text, got, test.want)
		}
		if test.want != "" && !json.Valid([]byte(got)) {
			t.Errorf("%s is no JSON", got)
		}
	}
}

// Hostile documents are masked without failing, and what comes out is JSON.
func TestMaskHostileDocuments(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 500) + `"taro@example.jp"` + strings.Repeat(`]}`, 500)
	for _, text := range []string{
		deep, `{"name":"\u0000\ud800<img src=x onerror=alert(1)>"}`, `{"":"taro@example.jp"}`, `{"name":"taro","name":"jiro"}`,
		`{"email":"` + strings.Repeat("@", 5000) + `"}`, `{"phone":"` + strings.Repeat("0", 5000) + `"}`, `{"\"}":"taro@example.jp"}`,
		`{"name":{"name":{"name":"taro"}}}`,
	} {
		got := string(maskJSON(hitori.JSON(text), "", ofPerson))
		if !json.Valid([]byte(got)) || strings.Contains(got, "taro") || strings.Contains(got, "jiro") {
			t.Errorf("%.100s: %.200s", text, got)
		}
	}
}

func FuzzMaskJSON(f *testing.F) {
	for _, seed := range []string{`{"name":"山田","x":[1,"a@b.jp"]}`, `"090-1234-5678"`, `{"a":{"b":null}}`, `[[],{}]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			t.Skip()
		}
		if got := maskJSON(hitori.JSON(text), "", ofPerson); !json.Valid([]byte(got)) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

// Every type an answer is made of is found, however deep it stands.
func TestConcealAnswers(t *testing.T) {
	id := hitori.Identifier{Kind: hitori.Email, Value: "taro@example.jp"}
	customer := &unify.Customer{
		Name: "山田太郎", Kana: "ヤマダタロウ",
		Identifiers: []unify.CustomerIdentifier{{Identifier: id}},
		Traits:      map[string]hitori.Trait{"email": {Value: `"taro@example.jp"`}, "rank": {Value: `"gold"`}},
		Consents:    []hitori.Consent{{Channel: "email", Proof: `{"address":"taro@example.jp"}`}},
		Memberships: []unify.CustomerMembership{
			{Membership: hitori.Membership{Kind: "company"}, Name: "例株式会社", Traits: map[string]hitori.JSON{"name": `"例株式会社"`, "contact_name": `"山田"`}},
			{Membership: hitori.Membership{Kind: "household"}, Name: "山田家", Traits: map[string]hitori.JSON{"name": `"山田家"`}},
		},
		Merges:    []unify.CustomerMerge{{Via: &id}},
		Conflicts: []unify.CustomerConflict{{Via: id}},
		Activity:  unify.Activity{ByKind: map[hitori.Kind]int64{hitori.KindWeb: 3}},
	}
	event := Event{Type: "track", Name: "座席予約", Time: time.Unix(0, 0), Properties: `{"name":"山田","seat":"A1"}`, Traits: `{"name":"山田"}`, Context: `{"ip":"192.0.2.1"}`}
	answers := []any{
		&body[*unify.Customer]{customer},
		&body[listOutput]{listOutput{Customers: []unify.Card{{Name: "山田太郎", Kana: "ヤマダ", Email: "taro@example.jp", Phone: "+819012345678"}}}},
		&body[timelineOutput]{timelineOutput{Events: []Event{event}}},
		&body[quarantineListOutput]{quarantineListOutput{Events: []HeldEvent{{
			Event: event, UserID: "taro@example.jp", Raw: `{"traits":{"name":"山田"},"userId":1}`, Problems: []hitori.Problem{{Detail: "taro@example.jp"}},
		}}}},
		&body[quarantineOutput]{quarantineOutput{Counts: []QuarantineCount{{Problem: hitori.Problem{Detail: "taro@example.jp"}}}}},
		&body[samplesOutput]{samplesOutput{Values: []hitori.JSON{`"山田"`}, path: "traits.name"}},
		&body[jobsOutput]{jobsOutput{Jobs: []Job{{
			Job: service.Job{Arguments: `{"traits":{"name":"山田"}}`, Result: `{"value":"山田"}`, Error: &service.JobError{Args: map[string]string{"v": "taro@example.jp"}}},
		}}}},
		&body[conflictsOutput]{conflictsOutput{Conflicts: []unify.CustomerConflict{{Via: id}}}},
		&body[suspectsOutput]{suspectsOutput{Identifiers: []unify.CustomerIdentifier{{Identifier: id}}}},
	}
	for _, answer := range answers {
		conceal(answer)
		text, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"山田", "ヤマダ", "taro", "5678", "192.0.2.1"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%T shows %s: %s", answer, secret, text)
			}
		}
	}
	for _, shown := range []string{`"gold"`, "例株式会社", "t•••@example.jp"} {
		text, _ := json.Marshal(customer)
		if !strings.Contains(string(text), shown) {
			t.Errorf("%s is not shown: %s", shown, text)
		}
	}
	conceal((*body[listOutput])(nil)) // an operation that answers nothing
	conceal(&struct{}{})
}
