package japanese

import (
	"bytes"
	"strings"
)

// Gender reads how a form asks for it and returns "male", "female" or "other". It reports
// false for what it does not know, and for codes like 1 and 2, which mean different things
// in different systems.
func Gender(s []byte) (string, bool) {
	switch word(s) {
	case "男", "男性", "男子", "おとこ", "オトコ", "m", "male", "man", "mr", "mr.":
		return "male", true
	case "女", "女性", "女子", "おんな", "オンナ", "f", "female", "woman", "ms", "ms.", "mrs", "mrs.":
		return "female", true
	case "その他", "無回答", "未回答", "回答しない", "答えない", "不明", "other", "x", "nonbinary", "non-binary", "unknown", "none":
		return "other", true
	}
	return "", false
}

// Bool reads yes and no as forms and exports write them: 1 and 0, ○ and ×, はい and いいえ, 希望する
// and 希望しない, 可 and 不可, 有 and 無. It reports false for anything else.
func Bool(s []byte) (value, ok bool) {
	w := word(s)
	switch w {
	case "1", "true", "t", "yes", "y", "on", "○", "〇", "◯", "◎", "●", "✓", "✔", "はい", "可", "有", "有り", "あり", "有効", "する",
		"希望", "希望する", "希望します", "受信", "受信する", "受け取る", "受信可", "受信許可", "許可", "許可する", "承諾", "承諾する",
		"同意", "同意する", "同意します", "同意済", "同意済み", "購読", "購読する", "購読中", "配信", "配信する", "配信可", "配信希望", "登録",
		"登録済", "登録済み", "登録する", "subscribed", "opted_in", "opt-in", "optin", "公開", "表示", "表示する", "販売中", "active",
		"要", "ok", "済", "済み":
		return true, true
	case "0", "false", "f", "no", "n", "off", "×", "✕", "✖", "✗", "x", "いいえ", "不可", "無", "無し", "なし", "無効", "しない",
		"希望しない", "希望しません", "不要", "受信しない", "受け取らない", "受信不可", "受信拒否", "拒否", "拒否する", "不承諾", "承諾しない",
		"同意しない", "同意しません", "未同意", "購読しない", "購読解除", "配信しない", "配信不可", "配信停止", "配信希望なし", "解除", "未登録",
		"登録しない", "unsubscribed", "not_subscribed", "opted_out", "opt-out", "optout", "非公開", "非表示", "表示しない", "販売停止",
		"inactive", "draft", "archived", "否", "ng", "未", "退会", "停止":
		return false, true
	}
	return false, false
}

// word is a cell made comparable: trimmed, half-width, lower case.
func word(s []byte) string {
	var room [64]byte
	return strings.ToLower(string(Trim(AppendCode(room[:0], Trim(s)))))
}

var prefectures = [...]string{
	"北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県",
	"東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
	"滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県",
	"香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
}

// prefectureNames answers the usual spelling at once.
var prefectureNames = func() map[string]string {
	names := make(map[string]string, len(prefectures))
	for _, name := range prefectures {
		names[name] = name
	}
	return names
}()

var romanPrefectures = [...]string{
	"hokkaido", "aomori", "iwate", "miyagi", "akita", "yamagata", "fukushima", "ibaraki", "tochigi", "gunma",
	"saitama", "chiba",
	"tokyo", "kanagawa", "niigata", "toyama", "ishikawa", "fukui", "yamanashi", "nagano", "gifu", "shizuoka",
	"aichi", "mie",
	"shiga", "kyoto", "osaka", "hyogo", "nara", "wakayama", "tottori", "shimane", "okayama", "hiroshima",
	"yamaguchi", "tokushima",
	"kagawa", "ehime", "kochi", "fukuoka", "saga", "nagasaki", "kumamoto", "oita", "miyazaki", "kagoshima", "okinawa",
}

// Prefecture reads a prefecture (都道府県) with or without its last character, in Latin letters
// ("Tokyo", "Tōkyō-to" is not read), or as the number of JIS X 0401 with or without "JP-", and
// returns it in full: "東京都".
func Prefecture(s []byte) (string, bool) {
	if name, ok := prefectureNames[string(s)]; ok {
		return name, true
	}
	w := strings.TrimPrefix(word(s), "jp-")
	if w == "" {
		return "", false
	}
	if n := atoi(w); n >= 1 && n <= len(prefectures) {
		return prefectures[n-1], true
	}
	w = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(w, "-ken"), "-fu"), "-to")
	for i, name := range prefectures {
		if w == name || w == strings.TrimRight(name, "都府県") && w != "京" || w == romanPrefectures[i] {
			return name, true
		}
	}
	if w == "京都" {
		return "京都府", true
	}
	return "", false
}

// CutPrefecture splits an address that begins with its prefecture.
func CutPrefecture(address []byte) (prefecture string, rest []byte) {
	s := Trim(address)
	for _, name := range prefectures {
		if after, ok := bytes.CutPrefix(s, []byte(name)); ok {
			return name, Trim(after)
		}
	}
	return "", s
}

func atoi(s string) int {
	if len(s) == 0 || len(s) > 2 {
		return 0
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// AppendPostal appends a postal code (郵便番号) as "100-0001". Spreadsheets drop the leading zero of
// 060-0001, so six digits get it back. Codes with letters belong to other countries and stay as
// they are. It reports false for anything else.
func AppendPostal(dst, s []byte) ([]byte, bool) {
	var room [32]byte
	code := Trim(bytes.TrimPrefix(Trim(AppendCode(room[:0], Trim(s))), []byte("〒")))
	var digits [8]byte
	n := 0
	for _, c := range code {
		switch {
		case c >= '0' && c <= '9':
			if n == len(digits) {
				return dst, false
			}
			digits[n] = c
			n++
		case c == '-' || c == ' ':
		case c|32 >= 'a' && c|32 <= 'z' && len(code) <= 10:
			return append(dst, code...), true
		default:
			return dst, false
		}
	}
	switch n {
	case 7:
		return append(append(append(dst, digits[:3]...), '-'), digits[3:7]...), true
	case 6:
		return append(append(append(append(dst, '0'), digits[:2]...), '-'), digits[2:6]...), true
	}
	return dst, false
}

// AppendPhone appends a telephone number with its width and hyphens cleaned; making it
// international is not done here. It reports false when there are fewer than 6 or more than 18
// digits, or letters.
func AppendPhone(dst, s []byte) ([]byte, bool) {
	start, digits := len(dst), 0
	dst = AppendCode(dst, Trim(s))
	out := dst[:start]
	for i := start; i < len(dst); i++ {
		c := dst[i]
		switch {
		case c >= '0' && c <= '9':
			digits++
			out = append(out, c)
		case c == '+' || c == '-' || c == '(' || c == ')':
			out = append(out, c)
		case c == ' ' || c == '.' || c == 0:
		case i+2 < len(dst) && string(dst[i:i+3]) == "ー": // typed for a hyphen
			out = append(out, '-')
			i += 2
		default:
			return dst[:start], false
		}
	}
	return out, digits >= 6 && digits <= 18
}

// AppendEmail appends an e-mail address with its width cleaned. It reports false when it is
// none.
func AppendEmail(dst, s []byte) ([]byte, bool) {
	start := len(dst)
	dst = AppendCode(dst, Trim(s))
	address := bytes.TrimPrefix(dst[start:], []byte("mailto:"))
	at := bytes.LastIndexByte(address, '@')
	if at < 1 || at > len(address)-4 || len(address) > 254 || bytes.IndexByte(address[at:], '.') < 0 {
		return dst[:start], false
	}
	for _, c := range address {
		if c <= ' ' || c == ',' || c == ';' || c == '<' || c == '>' || c == '"' || c == 0x7f {
			return dst[:start], false
		}
	}
	n := copy(dst[start:], address)
	return dst[:start+n], true
}

// SplitName splits a full name (氏名) at its space into family and given name. It reports false
// when there is no space, or more than one.
func SplitName(s []byte) (family, given []byte, ok bool) {
	s = Trim(s)
	i := bytes.IndexByte(s, ' ')
	width := 1
	if wide := bytes.Index(s, []byte("　")); wide >= 0 && (i < 0 || wide < i) {
		i, width = wide, len("　")
	}
	if i <= 0 {
		return nil, nil, false
	}
	family, given = s[:i], Trim(s[i+width:])
	if bytes.IndexByte(given, ' ') >= 0 || bytes.Contains(given, []byte("　")) {
		return nil, nil, false
	}
	return family, given, true
}
