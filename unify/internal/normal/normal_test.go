package normal_test

import (
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/normal"
)

func TestIdentifier(t *testing.T) {
	tests := []struct {
		kind hitori.IdentifierKind
		raw  string
		want string // empty: not an identifier
	}{
		{hitori.Email, " Hanako.Sato@Example.JP ", "hanako.sato@example.jp"},
		{hitori.Email, "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"},
		{hitori.Email, "mailto:a@example.com", "a@example.com"},
		{hitori.Email, "guest@example.com", ""},
		{hitori.Email, "info@example.com", ""},
		{hitori.Email, "no at sign", ""},
		{hitori.Email, "a@b@example.com", ""},
		{hitori.Email, "a@localhost", ""},
		{hitori.Phone, "090-1111-2233", "+819011112233"},
		{hitori.Phone, "０９０（１１１１）２２３３", "+819011112233"},
		{hitori.Phone, "+81 90 1111 2233", "+819011112233"},
		{hitori.Phone, "03-6205-4131", "+81362054131"},
		{hitori.Phone, "+1 650-253-0000", "+16502530000"},
		{hitori.Phone, "090-1234-5678", ""},
		{hitori.Phone, "000-0000-0000", ""},
		{hitori.Phone, "090-0000-0000", ""},
		{hitori.Phone, "なし", ""},
		{hitori.Card, "1234 - 5678-ab", "12345678AB"},
		{hitori.Card, "１２３４", "1234"},
		{hitori.UserID, " U-001 ", "U-001"},
		{hitori.UserID, "u-001", "u-001"},
		{hitori.UserID, "null", ""},
		{hitori.UserID, "Guest", ""},
		{hitori.UserID, "0", ""},
		{hitori.UserID, "0000", ""},
		{hitori.UserID, "[object Object]", ""},
		{hitori.AnonymousID, "00000000-0000-0000-0000-000000000000", ""},
		{hitori.AnonymousID, "\ufeff3c9d1f7e-8a44", "3c9d1f7e-8a44"},
		{hitori.AnonymousID, string(make([]byte, 300)), ""},
		{"pos_no", "Ａ１", "A1"},
	}
	for _, test := range tests {
		got, ok := normal.Identifier(test.kind, test.raw)
		if got.Value != test.want || ok != (test.want != "") {
			t.Errorf("%s %q: got %q %t, want %q", test.kind, test.raw, got.Value, ok, test.want)
		}
	}
}

func TestName(t *testing.T) {
	same := [][]string{
		{"髙橋 花子", "高橋　花子", "高橋花子"},
		{"斉藤", "齋藤", "斎藤"},
		{"Sato Hanako", "ＳＡＴＯ　ＨＡＮＡＫＯ"},
	}
	for _, group := range same {
		for _, name := range group[1:] {
			if normal.Name(name) != normal.Name(group[0]) {
				t.Errorf("%q and %q differ: %q, %q", name, group[0], normal.Name(name), normal.Name(group[0]))
			}
		}
	}
	if normal.Name("高橋花子") == normal.Name("高橋花江") {
		t.Error("two people have one name")
	}
	if got := normal.Name(" -- 12 "); got != "" {
		t.Errorf("a name without letters is %q", got)
	}
	for _, kana := range []string{"はなこ", "ﾊﾅｺ", "ハナ コ"} {
		if got := normal.Kana(kana); got != "ハナコ" {
			t.Errorf("Kana(%q) = %q", kana, got)
		}
	}
}
