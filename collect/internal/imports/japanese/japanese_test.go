package japanese

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"
)

var tokyo = time.FixedZone("JST", 9*3600)

func TestFold(t *testing.T) {
	tests := []struct{ in, fold, code string }{
		{"abc", "abc", "abc"},
		{"ＡＢＣ１２３", "ABC123", "ABC123"},
		{"ｶﾞｷﾞﾊﾟﾋﾟｳﾞｱ", "ガギパピヴア", "ガギパピヴア"},
		{"ｱﾞ", "ア゛", "ア゛"},
		{"ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ", "ヤマダ タロウ"},
		{"①㈱髙", "①㈱髙", "①㈱髙"},
		{"１０～２０歳", "10～20歳", "10~20歳"},
		{"東京　港区", "東京　港区", "東京 港区"},
		{"０３－１２３４−５６７８", "03－1234−5678", "03-1234-5678"},
		{"ﾟ", "゜", "゜"},
	}
	for _, test := range tests {
		if got := string(AppendFold(nil, []byte(test.in))); got != test.fold {
			t.Errorf("fold %q: %q", test.in, got)
		}
		if got := string(AppendCode(nil, []byte(test.in))); got != test.code {
			t.Errorf("code %q: %q", test.in, got)
		}
	}
	if got := string(Trim([]byte("\uFEFF　 \t東 京\u00A0\r\n\x00"))); got != "東 京" {
		t.Errorf("%q", got)
	}
}

func TestParseNumber(t *testing.T) {
	tests := map[string]string{
		"0": "0", "1980": "1980", "-5": "-5", "1,980": "1980", "1,234,567.50": "1234567.5", "1.50": "1.5", "０": "0",
		"￥１，９８０": "1980", "¥1,980-": "1980", `\1,980`: "1980", "1,980円": "1980", " 1980　": "1980", "$11.77": "11.77",
		"△500": "-500", "▲1,200円": "-1200", "(500)": "-500", "（１，０００）": "-1000", "-¥500": "-500", "¥-500": "-500", "－５": "-5", "−5": "-5",
		"1万": "10000", "1.5万": "15000", "1万2千円": "12000", "2億3,000万": "230000000", "3千": "3000", "1万2,500": "12500",
		"+7": "7", "12点": "12", "3個": "3", "1.5E3": "1500", "4.9E+12": "4900000000000", "1E-2": "0.01", "5,000.-": "5000", "0.10": "0.1",
		"000123": "123",
	}
	for in, want := range tests {
		d, ok := ParseNumber([]byte(in))
		if got := d.String(); !ok || got != want {
			t.Errorf("%q: %s, %v; want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-", "abc", "1,2", "1,23", "12,34", "1.2.3", "1 2", "--5", "((5))", "1千2万", "1万1万", "万", "五", "10%", "1e99", "99999999999999999999", ".", "5.", "2024/05/01", "１２：３０", ",123", "1,,234"} {
		if d, ok := ParseNumber([]byte(in)); ok && in != "5." {
			t.Errorf("%q was read as %s", in, d)
		}
	}
}

func TestDecimal(t *testing.T) {
	d := func(s string) Decimal { v, _ := ParseNumber([]byte(s)); return v }
	if v, ok := d("1.25").Add(d("-0.5")); !ok || v.String() != "0.75" {
		t.Error(v)
	}
	if v, ok := d("1980").Mul(d("1.5")); !ok || v.String() != "2970" {
		t.Error(v)
	}
	if v, ok := d("1000").Div(d("3")); !ok || v.String() != "333.3333" {
		t.Error(v)
	}
	if _, ok := d("1").Div(d("0")); ok {
		t.Error("division by zero")
	}
	if _, ok := d("999999999999999999").Mul(d("100")); ok {
		t.Error("overflow of a product")
	}
	big := Decimal{Unscaled: 1<<62 + 1<<61}
	if _, ok := big.Add(big); ok {
		t.Error("overflow of a sum")
	}
	if (Decimal{-5, 3}).String() != "-0.005" {
		t.Error(Decimal{-5, 3})
	}
	if n, ok := (Decimal{1500, 2}).Int(); !ok || n != 15 {
		t.Error(n)
	}
	if _, ok := (Decimal{1501, 2}).Int(); ok {
		t.Error("15.01 is no integer")
	}
}

func TestParseTime(t *testing.T) {
	tests := map[string]string{
		"2024/5/1":       "2024-05-01 day",
		"2024-05-01":     "2024-05-01 day",
		"2024.5.1":       "2024-05-01 day",
		"20240501":       "2024-05-01 day",
		"２０２４／５／１":       "2024-05-01 day",
		"2024年5月1日":      "2024-05-01 day",
		"2024年05月01日(水)": "2024-05-01 day",
		"2024年5月1日（水曜日） 13時05分":          "2024-05-01T13:05:00+09:00",
		"2024/05/01 13:05":               "2024-05-01T13:05:00+09:00",
		"2024/05/01　13:05:09":            "2024-05-01T13:05:09+09:00",
		"2024/05/01 1:05:09":             "2024-05-01T01:05:09+09:00",
		"2024-05-01T13:05:09":            "2024-05-01T13:05:09+09:00",
		"2024-05-01T04:05:09Z":           "2024-05-01T04:05:09Z",
		"2024-05-01T04:05:09.123Z":       "2024-05-01T04:05:09.123Z",
		"2024-05-01 13:05:09 +0900":      "2024-05-01T13:05:09+09:00",
		"2024-05-01 13:05:09+09:00":      "2024-05-01T13:05:09+09:00",
		"2024-05-01 13:05:09 -0400":      "2024-05-01T13:05:09-04:00",
		"2024-05-01 13:05:09 JST":        "2024-05-01T13:05:09+09:00",
		"2024-05-01 13:05:09 UTC":        "2024-05-01T13:05:09Z",
		"20240501130509":                 "2024-05-01T13:05:09+09:00",
		"202405011305":                   "2024-05-01T13:05:00+09:00",
		"2022/8/10 103309":               "2022-08-10T10:33:09+09:00",
		"2022/8/10 93309":                "2022-08-10T09:33:09+09:00",
		"2024/05/01 25:30":               "2024-05-02T01:30:00+09:00",
		"2024/05/01 24:00:00":            "2024-05-02T00:00:00+09:00",
		"2024/12/31 29:59":               "2025-01-01T05:59:00+09:00",
		"2024年5月1日 午後1時5分":               "2024-05-01T13:05:00+09:00",
		"2024年5月1日 午前0時":                 "2024-05-01T00:00:00+09:00",
		"2024/5/1 9時半":                   "2024-05-01T09:30:00+09:00",
		"2024/5/1 1:05:09 PM":            "2024-05-01T13:05:09+09:00",
		"2024/5/1 12:05 AM":              "2024-05-01T00:05:00+09:00",
		"令和6年5月1日":                       "2024-05-01 day",
		"令和６年５月１日 13時05分09秒":             "2024-05-01T13:05:09+09:00",
		"令和元年5月1日":                       "2019-05-01 day",
		"R6.5.1":                         "2024-05-01 day",
		"R06/05/01":                      "2024-05-01 day",
		"r6-5-1 13:05":                   "2024-05-01T13:05:00+09:00",
		"平成31年4月30日":                     "2019-04-30 day",
		"H31.4.30":                       "2019-04-30 day",
		"平成元年1月8日":                       "1989-01-08 day",
		"昭和64年1月7日":                      "1989-01-07 day",
		"S57.12.31":                      "1982-12-31 day",
		"昭和元年12月25日":                     "1926-12-25 day",
		"大正15年12月24日":                    "1926-12-24 day",
		"T1.7.30":                        "1912-07-30 day",
		"明治45年7月29日":                     "1912-07-29 day",
		"㋿6年5月1日":                        "2024-05-01 day",
		"平成31年5月1日":                      "2019-05-01 mended day",
		"平成36年5月1日":                      "2024-05-01 mended day",
		"令和元年4月30日":                      "2019-04-30 mended day",
		"昭和64年1月8日":                      "1989-01-08 mended day",
		"昭和元年12月24日":                     "1926-12-24 mended day",
		"24/05/01":                       "2024-05-01 day",
		"69/01/01":                       "2069-01-01 day",
		"70/01/01":                       "1970-01-01 day",
		"24年5月1日":                        "2024-05-01 day",
		"2024/2/29":                      "2024-02-29 day",
		"2024/05/01 00:00:00.000":        "2024-05-01T00:00:00+09:00",
		"2024 05 01":                     "!date",
		"2023/2/29":                      "!date_impossible",
		"2024/13/1":                      "!date_impossible",
		"2024/00/10":                     "!date_impossible",
		"0000-00-00":                     "!date",
		"05/01/2024":                     "!date_ambiguous",
		"2024/05/01 30:00":               "!date",
		"2024/05/01 13:60":               "!date",
		"2024/05/01 午後13時":               "!date",
		"2024/05":                        "!date",
		"2024年5月":                        "!date",
		"":                               "!date",
		"明日":                             "!date",
		"1234567890123":                  "!date",
		"2024/05/01 abc":                 "!date",
		"令和年5月1日":                        "!date",
		"Q6.5.1":                         "!date",
		"平成0年1月1日":                       "!date",
		"昭和99年12月31日":                    "2024-12-31 mended day",
		"2024-05-01-13.05":               "!date",
		"2024/05/01 13:05:09 Asia/Tokyo": "!date",
		"1700/01/01":                     "!date",
	}
	for in, want := range tests {
		got, err := ParseTime([]byte(in), tokyo, AnyDate)
		if text := show(got, err); text != want {
			t.Errorf("%q: %s, want %s", in, text, want)
		}
	}
}

func show(t Time, err DateError) string {
	if err != "" {
		return "!" + string(err)
	}
	mended := ""
	if t.EraMended {
		mended = " mended"
	}
	if t.DateOnly {
		return t.Format(time.DateOnly) + mended + " day"
	}
	return t.Format(time.RFC3339Nano) + mended
}

func TestParseTimeFormats(t *testing.T) {
	tests := []struct {
		in     string
		format DateFormat
		want   string
	}{
		{"31/12/2024", DayFirst, "2024-12-31 day"},
		{"12/31/2024 13:05", MonthFirst, "2024-12-31T13:05:00+09:00"},
		{"31/12/24", DayFirst, "2024-12-31 day"},
		{"12/31/24", MonthFirst, "2024-12-31 day"},
		{"31/12/2024", MonthFirst, "!date_impossible"},
		{"2024/12/31", MonthFirst, "2024-12-31 day"},
		{"1714536309", Unix, "2024-05-01T13:05:09+09:00"},
		{"1714536309123", UnixMillis, "2024-05-01T13:05:09.123+09:00"},
		{"1714536309123", Unix, "!date"},
		{"45413", Serial, "2024-05-01 day"},
		{"45413.5452430556", Serial, "2024-05-01T13:05:09+09:00"},
		{"12", Serial, "!date"},
		{"x", Unix, "!date"},
	}
	for _, test := range tests {
		got, err := ParseTime([]byte(test.in), tokyo, test.format)
		if text := show(got, err); text != test.want {
			t.Errorf("%q as %s: %s, want %s", test.in, test.format, text, test.want)
		}
	}
}

// The zone of the shop matters where a cell names none, over changes of summer time as well.
func TestParseTimeZones(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("no time zone data on this machine")
	}
	got, _ := ParseTime([]byte("2024/07/01 12:00"), newYork, AnyDate)
	if want := time.Date(2024, 7, 1, 16, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("%v", got)
	}
	if !ZeroDate([]byte("0000-00-00 00:00:00")) || ZeroDate([]byte("0")) || ZeroDate([]byte("0001-01-01")) {
		t.Error("zero dates")
	}
	if got := FromSerial(0.5, true, tokyo); got.Year() != 1904 || got.Hour() != 12 {
		t.Errorf("%v", got)
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{"男": "male", "女性": "female", "Ｆ": "female", "回答しない": "other", "1": "", "": ""} {
		if got, _ := Gender([]byte(in)); got != want {
			t.Errorf("gender %q: %q", in, got)
		}
	}
	for in, want := range map[string]bool{"1": true, "○": true, "はい": true, "希望する": true, "有": true, "TRUE": true, "可": true, "0": false, "×": false, "いいえ": false, "希望しない": false, "無": false, "不可": false, "Ｎ": false} {
		if got, ok := Bool([]byte(in)); !ok || got != want {
			t.Errorf("bool %q: %v, %v", in, got, ok)
		}
	}
	if _, ok := Bool([]byte("たぶん")); ok {
		t.Error("たぶん is neither")
	}
	for in, want := range map[string]string{"東京": "東京都", "東京都": "東京都", "京都": "京都府", "北海道": "北海道", "Osaka": "大阪府", "13": "東京都", "JP-01": "北海道", "神奈川県": "神奈川県", "海外": "", "48": "", "京": "", "Kyoto-fu": "京都府"} {
		if got, _ := Prefecture([]byte(in)); got != want {
			t.Errorf("prefecture %q: %q", in, got)
		}
	}
	for in, want := range map[string]string{"1000001": "100-0001", "〒１００－０００１": "100-0001", "100 0001": "100-0001", "600001": "060-0001", "SW1A 1AA": "SW1A 1AA", "12345": "", "東京": ""} {
		got, ok := AppendPostal(nil, []byte(in))
		if string(got) != want || ok != (want != "") {
			t.Errorf("postal %q: %q", in, got)
		}
	}
	for in, want := range map[string]string{"03-1234-5678": "03-1234-5678", "０３（１２３４）５６７８": "03(1234)5678", "090ー1234ー5678": "090-1234-5678", "+81 90 1234 5678": "+819012345678", "なし": "", "123": ""} {
		got, ok := AppendPhone(nil, []byte(in))
		if ok != (want != "") || ok && string(got) != want {
			t.Errorf("phone %q: %q", in, got)
		}
	}
	for in, want := range map[string]string{" Taro@Example.JP ": "Taro@Example.JP", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ": "taro@example.jp", "mailto:a@b.jp": "a@b.jp", "なし": "", "a@b": "", "a b@c.jp": "", "a@b.jp,c@d.jp": ""} {
		if got, _ := AppendEmail(nil, []byte(in)); string(got) != want {
			t.Errorf("email %q: %q", in, got)
		}
	}
	for in, want := range map[string]string{"山田 太郎": "山田/太郎", "山田　太郎": "山田/太郎", "山田太郎": "", "A B C": "", " 山田": "", "山田  太郎": "山田/太郎"} {
		family, given, ok := SplitName([]byte(in))
		if got := strings.TrimPrefix(string(family)+"/"+string(given), "/"); ok != (want != "") || got != want {
			t.Errorf("name %q: %q", in, got)
		}
	}
	if p, rest := CutPrefecture([]byte("東京都港区芝公園4-2-8")); p != "東京都" || string(rest) != "港区芝公園4-2-8" {
		t.Errorf("%s %s", p, rest)
	}
	for in, want := range map[string]bool{"": true, " - ": true, "－": true, "NULL": true, "#N/A": true, "0": false, "なし": true, "あり": false} {
		if Blank([]byte(in)) != want {
			t.Errorf("blank %q", in)
		}
	}
	if !HasJapanese([]byte("ABCあ")) || HasJapanese([]byte("Müller")) {
		t.Error("Japanese letters")
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1,980円", "△1.5万", "(500)", "1E5", "2億3,000万", "-0.00", "1,234,567.890"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		d, ok := ParseNumber(in)
		if !ok {
			return
		}
		text := d.AppendJSON(nil)
		if !json.Valid(text) {
			t.Fatalf("%q became %q", in, text)
		}
		exact, good := new(big.Rat).SetString(string(text))
		want := new(big.Rat).SetFrac(big.NewInt(d.Unscaled), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Scale)), nil))
		if !good || exact.Cmp(want) != 0 {
			t.Fatalf("%q became %q, which is not %v", in, text, want)
		}
		again, ok := ParseNumber(text)
		if !ok && len(text) <= 18 {
			t.Fatalf("%q became %q, which cannot be read", in, text)
		}
		if ok && again.String() != string(text) {
			t.Fatalf("%q became %q and then %q", in, text, again)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"2024/5/1", "令和6年5月1日 13時05分", "2024-05-01 13:05:09 +0900", "20240501130509", "H31.4.30", "2024/05/01 25:30", "1/2/2024", "2024年5月1日(水) 午後1時"} {
		f.Add([]byte(s), "")
		f.Add([]byte(s), "dmy")
	}
	f.Add([]byte("45413.5"), "serial")
	f.Add([]byte("1714536309123"), "unix_ms")
	f.Fuzz(func(t *testing.T, in []byte, format string) {
		before := string(in)
		got, err := ParseTime(in, tokyo, DateFormat(format))
		if string(in) != before {
			t.Fatalf("%q was changed into %q", before, in)
		}
		if err != "" {
			return
		}
		if y := got.Year(); y < 1850 || y > 2202 {
			t.Fatalf("%q is in the year %d", in, y)
		}
		if again, err := ParseTime([]byte(got.Format(time.RFC3339Nano)), tokyo, AnyDate); err != "" || !again.Equal(got.Time) {
			t.Fatalf("%q became %v and then %v (%s)", in, got, again, err)
		}
	})
}
