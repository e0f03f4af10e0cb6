package normal

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// variants maps forms of the same character that families and systems write differently.
var variants = strings.NewReplacer(
	"髙", "高", "﨑", "崎", "嵜", "崎", "邊", "辺", "邉", "辺", "齋", "斎", "齊", "斎", "斉", "斎", "濵", "浜", "濱", "浜",
	"澤", "沢", "廣", "広", "櫻", "桜", "嶋", "島", "嶌", "島", "德", "徳", "惠", "恵", "眞", "真", "國", "国", "圓", "円",
	"龍", "竜", "瀨", "瀬", "槇", "槙", "淺", "浅", "藪", "薮", "條", "条", "劔", "剣", "榮", "栄", "寳", "宝", "𠮷", "吉",
	"冨", "富", "曾", "曽", "靑", "青", "舘", "館", "豐", "豊", "黑", "黒", "緖", "緒", "彌", "弥", "壽", "寿", "礒", "磯",
)

// Name returns the form of a name that is compared: without spaces, in one width and case,
// with variant characters folded. It is empty when the text holds no letter.
func Name(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '・' || r == '·' || r == '.' || r == ',' {
			return -1
		}
		return r
	}, s)
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return ""
	}
	return variants.Replace(s)
}

// Kana returns a reading in full-width katakana without spaces, so that はなこ, ﾊﾅｺ and
// ハナコ are one.
func Kana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return r + ('ァ' - 'ぁ')
		}
		return r
	}, Name(s))
}
