package simulate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var memberHeader = []string{"会員番号", "姓", "名", "セイ", "メイ", "メールアドレス", "電話番号", "郵便番号", "都道府県", "市区町村", "番地・建物名", "生年月日", "性別", "会員登録日時", "メルマガ購読", "LINE ID", "会員カード番号", "ポイント残高"}

// memberRow is a member as the online shop exports it at the end.
func (s *Shop) memberRow(l *life, web *WebRecord) []string {
	id := s.identity(l.person, &l.basics)
	home, email := &id.home, id.email
	if l.movedHome > 0 {
		home = &id.moved
	}
	if l.mailChanged > 0 {
		email = id.newEmail
	}
	subscribed, card := "0", ""
	if l.consents[viaMail].at(s.calendar.end()) {
		subscribed = "1"
	}
	if l.linked > 0 {
		card = id.card
	}
	return []string{
		id.userID, id.family.kanji, id.given.kanji, id.family.kana, id.given.kana, email, id.phone, home.postal, home.city.prefecture, home.city.name, home.street(),
		strings.ReplaceAll(id.birthday, "-", "/"), sexName(l.female), s.stamp(l.registered), subscribed, web.LINE, card, strconv.Itoa(int(l.balance)),
	}
}

func sexName(female bool) string {
	if female {
		return "女性"
	}
	return "男性"
}

// stamp is an instant as Japanese shop systems print it.
func (s *Shop) stamp(ms int64) string { return s.calendar.time(ms).Format("2006/01/02 15:04:05") }

var holderHeader = []string{"会員カード番号", "氏名", "フリガナ", "電話番号", "メールアドレス", "郵便番号", "住所", "生年月日", "性別", "入会日", "入会店舗"}

// holderRow is a card holder as the stores' system exports it, with dates of the Japanese
// calendar.
func (s *Shop) holderRow(l *life, c *StoreRecord) []string {
	birthday := ""
	if c.Birthday != "" {
		born, _ := time.Parse("2006-01-02", c.Birthday)
		birthday = wareki(born)
	}
	kana := strings.TrimSpace(c.LastKana + " " + c.FirstKana)
	var store string
	for k := range l.orders {
		if l.orders[k].channel == channelStore {
			store = storeNames[l.orders[k].store]
			break
		}
	}
	return []string{c.Card, c.LastName + "　" + c.FirstName, kana, c.Phone, c.Email, c.Postal, c.Address, birthday, sexName(l.female), wareki(c.IssuedAt), store}
}

// wareki writes a date of the Japanese calendar: 令和6年4月1日; the first year is 元年.
func wareki(t time.Time) string {
	year, month, date := t.Date()
	number := year*10000 + int(month)*100 + date
	era, first := "昭和", 1926
	switch {
	case number >= 20190501:
		era, first = "令和", 2019
	case number >= 19890108:
		era, first = "平成", 1989
	}
	count := "元"
	if year > first {
		count = strconv.Itoa(year - first + 1)
	}
	return fmt.Sprintf("%s%s年%d月%d日", era, count, month, date)
}

var contractHeader = []string{"契約番号", "会員番号", "コース", "SKU", "商品名", "金額", "開始日", "状態", "継続回数", "解約日", "次回お届け日"}

func (s *Shop) contractRow(l *life) []string {
	k := &l.contract
	v := &s.catalogue.variants[k.variant]
	state, ended, next := "継続中", "", ""
	if k.cancelled > 0 {
		state, ended = "解約", s.calendar.time(k.cancelled).Format("2006/01/02")
	} else {
		next = s.calendar.time(k.started).AddDate(0, 0, contractDays*(k.renewals+1)).Format("2006/01/02")
	}
	return []string{
		contractID(l.person), userID(l.number), "定期30日コース", v.sku, s.catalogue.products[v.product].name + " " + v.label,
		strconv.Itoa(s.contractAmount(k.variant, s.calendar.days-1)), s.calendar.time(k.started).Format("2006/01/02"), state, strconv.Itoa(k.renewals), ended, next,
	}
}

var answerHeader = []string{"回答日時", "会員番号", "アンケート", "設問", "スコア", "回答", "コメント"}

// appendAnswers appends a row for each answer.
func (s *Shop) appendAnswers(dst []byte, l *life) []byte {
	for k := range l.items {
		it := &l.items[k]
		switch it.kind {
		case surveyAnswered:
			dst = appendRow(dst, s.stamp(it.at), userID(l.number), "購入後アンケート", npsQuestion, strconv.Itoa(int(it.a)), "", s.comment(it))
		case preferenceStated:
			dst = appendRow(dst, s.stamp(it.at), userID(l.number), "購入後アンケート", "次回購入したいブランド", "", intents[it.a], "")
		case walletStated:
			dst = appendRow(dst, s.stamp(it.at), userID(l.number), "購入後アンケート", walletCategories[l.taste[0]]+"への年間支出", strconv.Itoa(int(it.a)), strconv.Itoa(int(it.ref)), "")
		}
	}
	return dst
}
