package charset

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const orders = "注文番号,注文日時,会員ID,お名前,フリガナ,メールアドレス,電話番号,都道府県,商品名,数量,合計金額\r\n" +
	"A-0001,2024/05/01 13:05:09,1001,山田　太郎,ヤマダ タロウ,yamada@example.jp,03-1234-5678,東京都,有機コーヒー豆 200g,2,3600\r\n" +
	"A-0002,2024/05/01 14:10:00,1002,髙橋 花子,タカハシ ハナコ,hanako@example.com,090-1234-5678,大阪府,①番人気㈱の煎餅,1,1200\r\n"

func encode(t *testing.T, e Encoding, text string) []byte {
	t.Helper()
	var out []byte
	var err error
	switch e {
	case UTF8:
		return []byte(text)
	case ShiftJIS:
		out, err = japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	case EUCJP:
		out, err = japanese.EUCJP.NewEncoder().Bytes([]byte(text))
	case ISO2022JP:
		out, err = japanese.ISO2022JP.NewEncoder().Bytes([]byte(text))
	case UTF16LE:
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	case UTF16BE:
		out, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDetect(t *testing.T) {
	halfKana := strings.Repeat("1,ﾔﾏﾀﾞ ﾀﾛｳ,100-0001\r\n2,ｽｽﾞｷ ﾊﾅｺ,530-0001\r\n3,ﾜﾀﾅﾍﾞ ｹﾝｼﾞ,\r\n", 3)
	for _, e := range []Encoding{UTF8, ShiftJIS, EUCJP, ISO2022JP, UTF16LE, UTF16BE} {
		text := orders
		if e == ISO2022JP { // has neither 髙 nor ①
			text = strings.NewReplacer("髙", "高", "①", "1", "㈱", "").Replace(text)
		}
		if d := Detect([][]byte{encode(t, e, text)}); d.Encoding != e {
			t.Errorf("%v was taken for %v, others %v", e, d.Encoding, d.Others)
		}
	}
	tests := []struct {
		name string
		in   []byte
		want Encoding
	}{
		{"empty", nil, UTF8},
		{"ASCII", []byte("order_id,total\n1,2\n"), UTF8},
		{"UTF-8 with a mark", []byte("\xEF\xBB\xBForder"), UTF8},
		{"UTF-16 with a mark", append([]byte{0xFF, 0xFE}, encode(t, UTF16LE, orders)...), UTF16LE},
		{"UTF-16 the other way", append([]byte{0xFE, 0xFF}, encode(t, UTF16BE, orders)...), UTF16BE},
		{"one name in Shift_JIS", encode(t, ShiftJIS, "id,name\n1,田中\n"), ShiftJIS},
		{"one name in EUC-JP", encode(t, EUCJP, "id,name\n1,田中\n"), EUCJP},
		{"half-width kana in Shift_JIS", encode(t, ShiftJIS, halfKana), ShiftJIS},
		{"half-width kana in EUC-JP", encode(t, EUCJP, halfKana), EUCJP},
		{"UTF-8 with one damaged name", append([]byte(strings.Repeat(orders, 3)), "A-9,\xE5\xB1,\n"...), UTF8},
		{"Shift_JIS with one damaged name", append(encode(t, ShiftJIS, strings.Repeat(orders, 3)), "A-9,\x81,\n"...), ShiftJIS},
	}
	for _, test := range tests {
		if d := Detect([][]byte{test.in}); d.Encoding != test.want {
			t.Errorf("%s: %v (others %v, confidence %.2f), want %v", test.name, d.Encoding, d.Others, d.Confidence, test.want)
		}
	}
}

func TestDetectLaterPiece(t *testing.T) {
	head := []byte(strings.Repeat("1,abc,2024-01-01\n", 100))
	if d := Detect([][]byte{head, encode(t, ShiftJIS, orders)}); d.Encoding != ShiftJIS {
		t.Errorf("Japanese far from the head was not seen: %v", d.Encoding)
	}
}

// Names of one kind written in each encoding, thousands of files of a few lines: the cases that
// guessers get wrong.
func TestDetectShortFiles(t *testing.T) {
	words := []string{"佐藤", "鈴木 一郎", "サトウ", "スズキ イチロウ", "さとう", "東京都", "北海道札幌市中央区", "株式会社テスト", "返品", "ご注文ありがとうございます", "齋藤 渚", "ｻﾄｳ ﾊﾅｺ 様"}
	r := rand.New(rand.NewPCG(1, 2))
	wrong := map[Encoding]int{}
	const files = 2000
	for _, e := range []Encoding{UTF8, ShiftJIS, EUCJP} {
		for range files {
			var text strings.Builder
			for line := range 3 {
				fmt.Fprintf(&text, "%d,%s,%s\n", line, words[r.IntN(len(words))], words[r.IntN(len(words))])
			}
			if Detect([][]byte{encode(t, e, text.String())}).Encoding != e {
				wrong[e]++
			}
		}
	}
	for e, n := range wrong {
		t.Errorf("%v: %d of %d files of three lines not told", e, n, files)
	}
}

func TestDetectRefuses(t *testing.T) {
	chinese, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(strings.Repeat("订单号,姓名,地址\n1,张伟,北京市海淀区\n2,刘洋,广东省深圳市\n", 20)))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	latin := []byte(strings.Repeat("1,Bj\xf6rn M\xfcller,Z\xfcrich\n2,Fran\xe7ois,Orl\xe9ans\n", 20))
	for name, in := range map[string][]byte{"GBK": chinese, "noise": noise, "Latin-1": latin} {
		if d := Detect([][]byte{in}); d.Encoding != Unknown {
			t.Errorf("%s was taken for %v with confidence %.2f", name, d.Encoding, d.Confidence)
		}
	}
}

func TestAppend(t *testing.T) {
	tests := []struct {
		e    Encoding
		in   string
		want string
		bad  int
	}{
		{ShiftJIS, "\x87\x40\xfb\xfc\x87\x8a", "①髙㈱", -1},
		{ShiftJIS, "a\x81\xff", "a", 1},
		{ShiftJIS, "\x82", "", 0},
		{ShiftJIS, "\xb1\xb6\xde", "ｱｶﾞ", -1},
		{ShiftJIS, "\xf0\x40", "\uE000", -1},
		{ShiftJIS, "\x83\x5c", "ソ", -1}, // the second byte is a backslash
		{EUCJP, "\xa5\xbd\x8e\xb1", "ソｱ", -1},
		{EUCJP, "\x8f\xb0\xa1", "丂", -1},
		{EUCJP, "ab\xa4", "ab", 2},
		{UTF8, "日\x00本", "日本", -1},
		{UTF8, "日\xff", "日", 3},
		{UTF8, "\uFFFD", "\uFFFD", -1}, // a real U+FFFD in the file is text
		{UTF16LE, "日\uFFFD", "日", 3},
	}
	for _, test := range tests {
		got, bad := test.e.Append(nil, []byte(test.in))
		if string(got) != test.want || bad != test.bad {
			t.Errorf("%v %q: %q, %d; want %q, %d", test.e, test.in, got, bad, test.want, test.bad)
		}
	}
}

// The tables are compared with x/text over all pairs of bytes.
func TestTablesAgree(t *testing.T) {
	for a := 0x80; a <= 0xFF; a++ {
		for b := 0x30; b <= 0xFF; b++ {
			in := []byte{byte(a), byte(b)}
			if a == 0x80 || a == 0xA0 || a >= 0xFD || b == 0x80 || b == 0xA0 || b >= 0xFD { // x/text lets single bytes through that mean nothing
				continue
			}
			for _, e := range []Encoding{ShiftJIS, EUCJP} {
				want, _ := e.Decoder().Bytes(in)
				got, bad := e.Append(nil, in)
				if strings.ContainsRune(string(want), '\uFFFD') {
					if bad < 0 && !(e == ShiftJIS && a >= 0xF0) {
						t.Fatalf("%v % X gives %q", e, in, got)
					}
					continue
				}
				if bad >= 0 || string(got) != string(want) {
					t.Fatalf("%v % X gives %q, want %q", e, in, got, want)
				}
			}
		}
	}
}

func TestParse(t *testing.T) {
	for name, want := range map[string]Encoding{"CP932": ShiftJIS, "shift-jis": ShiftJIS, "Windows-31J": ShiftJIS, "UTF-8": UTF8, "euc-jp": EUCJP, "UTF-16": UTF16LE, "": Unknown} {
		if got, ok := Parse(name); !ok || got != want {
			t.Errorf("%q: %v, %v", name, got, ok)
		}
	}
	if _, ok := Parse("latin1"); ok {
		t.Error("latin1 is none of ours")
	}
}

func TestHex(t *testing.T) {
	for at, want := range map[int]string{0: "61 83", 1: "83 FF", 2: "FF", 3: "", -1: ""} {
		if got := Hex([]byte("a\x83\xff"), at); got != want {
			t.Errorf("%d: %q", at, got)
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add([]byte(orders))
	f.Add([]byte("\x1b$B%F%9%H\x1b(B"))
	f.Add([]byte{0xFF, 0xFE, 'a', 0})
	f.Add([]byte("佐々木"))
	f.Fuzz(func(t *testing.T, in []byte) {
		d := Detect([][]byte{in})
		if d.Confidence < 0 || d.Confidence > 1 {
			t.Fatalf("confidence %v", d.Confidence)
		}
		for e := UTF8; e <= UTF16BE; e++ {
			if out, bad := e.Append(nil, in); bad >= len(in) || len(out) > 3*len(in) {
				t.Fatalf("%v: %d bytes from %d, bad at %d", e, len(out), len(in), bad)
			}
		}
	})
}
