// Package querytest makes random valid conditions and random customers to try them on. All of
// it is seeded: the same seed gives the same conditions and customers for ever. It is for
// tests, above all for those that hold evaluation and the engines together.
package querytest

import "github.com/hitori-cdp/hitori/query"

// Catalogue is a schema of a small shop. Its zero value is not usable; see [NewCatalogue].
type Catalogue struct{ fields []query.Field }

// NewCatalogue returns the catalogue with titles in a language, "ja" or "en".
func NewCatalogue(language string) *Catalogue {
	c := &Catalogue{}
	for _, e := range entries {
		f := query.Field{Ref: query.Ref{Kind: e.kind, Name: e.name, Of: e.of}, Title: e.ja, Type: e.typ, Unit: e.unit, Examples: pools[e.name]}
		if language == "en" {
			f.Title = e.en
		}
		c.fields = append(c.fields, f)
	}
	return c
}

// Lookup returns what a reference means.
func (c *Catalogue) Lookup(ref query.Ref) (query.Field, bool) {
	for _, f := range c.fields {
		if f.Ref == ref {
			return f, true
		}
	}
	return query.Field{}, false
}

// List returns what can be chosen of a kind.
func (c *Catalogue) List(kind query.RefKind, of string) []query.Field {
	var list []query.Field
	for _, f := range c.fields {
		if f.Kind == kind && f.Of == of {
			list = append(list, f)
		}
	}
	return list
}

type entry struct {
	kind     query.RefKind
	name, of string
	ja, en   string
	typ      query.Type
	unit     string
}

const (
	viewed   = "event:Product Viewed"
	added    = "event:Product Added"
	ordered  = "event:Order Completed"
	answered = "event:Survey Answered"
	inquired = "event:Inquiry Received"
	page     = "call:page"
	web      = "kind:web"
)

var entries = []entry{
	{query.RefTrait, "prefecture", "", "都道府県", "Prefecture", query.TypeText, ""},
	{query.RefTrait, "last_name", "", "姓", "Family name", query.TypeText, ""},
	{query.RefTrait, "child_count", "", "お子さまの人数", "Number of children", query.TypeInteger, query.UnitPeople},
	{query.RefTrait, "height_cm", "", "身長", "Height", query.TypeNumber, ""},
	{query.RefTrait, "birthday", "", "誕生日", "Birthday", query.TypeDate, ""},
	{query.RefTrait, "registered_at", "", "会員登録日時", "Time of registration", query.TypeTime, ""},
	{query.RefTrait, "has_pet", "", "ペットの有無", "Has a pet", query.TypeBoolean, ""},
	{query.RefTrait, "interests", "", "関心のあること", "Interests", query.TypeTexts, ""},
	{query.RefIdentifier, "email", "", "メールアドレス", "an e-mail address", "", ""},
	{query.RefIdentifier, "line_id", "", "LINEの友だち登録", "a LINE account", "", ""},
	{query.RefIdentifier, "phone", "", "電話番号", "a telephone number", "", ""},
	{query.RefChannel, "email", "", "メール", "e-mail", "", ""},
	{query.RefChannel, "line", "", "LINE", "LINE", "", ""},
	{query.RefPurpose, "marketing", "", "販促のお知らせ", "marketing", "", ""},
	{query.RefPurpose, "research", "", "アンケートの依頼", "research", "", ""},
	{query.RefEvent, "Product Viewed", "", "商品の閲覧", "Product viewed", "", ""},
	{query.RefEvent, "Product Added", "", "カートに追加", "Added to cart", "", ""},
	{query.RefEvent, "Order Completed", "", "購入", "Purchase", "", ""},
	{query.RefEvent, "Survey Answered", "", "アンケートの回答", "Survey answered", "", ""},
	{query.RefEvent, "Inquiry Received", "", "問い合わせ", "Inquiry", "", ""},
	{query.RefCall, "page", "", "ページの表示", "Page viewed", "", ""},
	{query.RefEventKind, "web", "", "サイトでの行動", "Behaviour on the site", "", ""},
	{query.RefProperty, "properties.category", viewed, "カテゴリー", "category", query.TypeText, ""},
	{query.RefProperty, "properties.price", viewed, "価格", "price", query.TypeNumber, "JPY"},
	{query.RefProperty, "properties.in_stock", viewed, "在庫の有無", "in stock", query.TypeBoolean, ""},
	{query.RefProperty, "properties.released_on", viewed, "発売日", "day of release", query.TypeDate, ""},
	{query.RefProperty, "properties.category", added, "カテゴリー", "category", query.TypeText, ""},
	{query.RefProperty, "properties.quantity", added, "数量", "quantity", query.TypeInteger, query.UnitPieces},
	{query.RefProperty, "properties.products[].category", ordered, "商品のカテゴリー", "category of a product", query.TypeText, ""},
	{query.RefProperty, "properties.products[].price", ordered, "商品の価格", "price of a product", query.TypeNumber, "JPY"},
	{query.RefProperty, "properties.tags", ordered, "タグ", "tags", query.TypeTexts, ""},
	{query.RefProperty, "properties.survey_id", answered, "アンケート", "survey", query.TypeText, ""},
	{query.RefProperty, "properties.score", answered, "点数", "score", query.TypeNumber, query.UnitPoints},
	{query.RefProperty, "properties.channel", inquired, "窓口", "channel", query.TypeText, ""},
	{query.RefProperty, "name", page, "ページ名", "name of the page", query.TypeText, ""},
	{query.RefProperty, "context.campaign.source", page, "流入元", "source", query.TypeText, ""},
	{query.RefProperty, "context.campaign.source", web, "流入元", "source", query.TypeText, ""},
	{query.RefFeature, "order_interval", "", "平均購入間隔", "Average interval between orders", query.TypeNumber, query.UnitDays},
	{query.RefFeature, "lifetime_spend", "", "累計購入金額", "Lifetime spend", query.TypeNumber, "JPY"},
	{query.RefFeature, "churn_risk", "", "離反スコア", "Churn risk", query.TypeNumber, query.UnitPercent},
	{query.RefFeature, "favourite_category", "", "よく買うカテゴリー", "Favourite category", query.TypeText, ""},
	{query.RefFeature, "next_order_on", "", "次回購入の予測日", "Expected day of the next order", query.TypeDate, ""},
	{query.RefSurvey, "nps", "", "推奨度調査", "Recommendation", query.TypeNumber, query.UnitPoints},
	{query.RefSurvey, "exit", "", "解約時の調査", "Exit survey", query.TypeText, ""},
	{query.RefQuestion, "reason", "exit", "解約の理由", "Reason for leaving", query.TypeText, ""},
	{query.RefQuestion, "satisfaction", "exit", "満足度", "Satisfaction", query.TypeNumber, query.UnitPoints},
	{query.RefSegment, "loyal", "", "ロイヤル顧客", "Loyal customers", "", ""},
	{query.RefSegment, "dormant", "", "休眠顧客", "Dormant customers", "", ""},
	{query.RefList, "vip_event", "", "VIPイベント招待", "Guests of the VIP event", "", ""},
}

// pools are the values texts are drawn from, by the name of the field, for conditions and
// customers alike, so that they meet.
var pools = map[string][]string{
	"prefecture":                     {"東京都", "大阪府", "京都府", "北海道", "沖縄県"},
	"last_name":                      {"佐藤", "鈴木", "髙橋", "O'Neil", "Łukasz", "100%_"},
	"interests":                      {"コーヒー", "旅行", "読書", "\"quoted\"", "a\\b"},
	"properties.category":            categories,
	"properties.products[].category": categories,
	"properties.tags":                {"gift", "sale", "定期"},
	"properties.survey_id":           {"nps", "exit"},
	"properties.channel":             {"電話", "メール"},
	"name":                           {"トップ", "Cart", "FAQ"},
	"context.campaign.source":        {"google", "line", "instagram"},
	"favourite_category":             categories,
	"reason":                         {"価格", "品質", "引っ越し"},
	"exit":                           {"価格", "品質", "引っ越し"},
	"product_id":                     {"P1", "P2", "P3"},
	"sku":                            {"S1", "S2", "S3"},
	"product_name":                   {"豆 200g", "豆 500g", "Drip bag"},
	"category":                       categories,
	"brand":                          {"Hinode", "月灯り"},
	"variant":                        {"粉", "豆"},
	"coupon":                         {"SPRING", "WELCOME10"},
	"channel":                        {"web", "store"},
	"affiliation":                    {"本店", "楽天市場店"},
	"payment_method":                 {"card", "cod"},
	"status":                         {"paid", "pending"},
}

var categories = []string{"コーヒー豆", "器具", "Gift", "coffee"}
