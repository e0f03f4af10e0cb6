package normal

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Names come as a Japanese telephone book has them, however they are written.
func TestCollationIsTheSyllabary(t *testing.T) {
	want := []string{
		"Adams", "Édith", "smith john", "Ｚｏｅ",
		"あいだ", "アオキ ハナ", "あべ しんぞう", "アベオカ アイ", "イトウ アキ", "イトウ アキコ", "ヴァン", "エトウ", "オーノ", "オオノ アキ", "オノ",
		"カトウ", "ガトウ", "カトウ イチロウ", "ｶﾄｳ ｼﾞﾛｳ", "キヨウコ", "きょうこ", "サイトウ", "サイドウ", "サトウ ハナコ", "サトウ・ハルコ",
		"ショウジ", "ジョー", "ジヨオ", "ハヤシ", "バヤシ", "パヤシ", "ハヤシダ", "ワタナベ", "高橋", "髙橋 一郎",
	}
	got := slices.Clone(want)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(Collation(a), Collation(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestCollationOfWhatIsNoName(t *testing.T) {
	for _, text := range []string{"", "  ", "・", "123", "\u200b", "\x00\x01", "…"} {
		if got := Collation(text); got != "" {
			t.Errorf("%q is listed under %q", text, got)
		}
	}
	if got := Collation(strings.Repeat("ザ", 10_000)); len(got) > 1000 {
		t.Errorf("%d bytes for a name without end", len(got))
	}
	if a, b := Collation("ｻﾄｳ　ﾊﾅｺ"), Collation("さとう はなこ"); a != b {
		t.Errorf("%q and %q are one reading", a, b)
	}
}
