package imports

import "cmp"

// TargetInfo tells what a target takes, for those who choose what the columns of a file are.
type TargetInfo struct {
	Name string `json:"name"`
	// OneOf are groups of fields of which each needs at least one, besides the required fields.
	OneOf  [][]string  `json:"one_of" doc:"Of each of these groups of fields a file needs at least one"`
	Fields []FieldInfo `json:"fields"`
}

// FieldInfo tells about one field of a target.
type FieldInfo struct {
	Name     string    `json:"name"`
	Type     FieldType `json:"type" enum:"string,text,code,number,percent,time,date,boolean,email,phone,postal_code,prefecture,gender"`
	Required bool      `json:"required"`
	// Fixed fields are often the same for the whole file and then stand in no column.
	Fixed bool `json:"fixed" doc:"Often the same for the whole file; then set it in the mapping's fixed values"`
	// Joins says that several columns can make the field up, by their parts.
	Joins bool `json:"joins" doc:"Several columns can make it up together, by their parts"`
	// Events restricts the field to rows that become one of these events.
	Events  []string `json:"events,omitempty" doc:"Only rows that become one of these events have it"`
	Example string   `json:"example" doc:"A cell as it may stand in a file"`
	// Headers are what columns with the field are called, the most likely first.
	Headers []string `json:"headers" doc:"What columns with it are called, the most likely first"`
}

// Describe returns what all targets take, the common ones first.
func Describe() []TargetInfo {
	list := make([]TargetInfo, 0, len(targets))
	for _, t := range targets {
		info := TargetInfo{Name: t.Name, OneOf: t.oneOf()}
		for i := range t.Fields {
			f := &t.Fields[i]
			info.Fields = append(info.Fields, FieldInfo{
				Name: f.Name, Type: f.Type, Required: f.Required, Fixed: f.common, Joins: f.Joins(), Events: f.events,
				Example: cmp.Or(cellExamples[t.Name+"."+f.Name], cellExamples[f.Name], typeExamples[f.Type]), Headers: f.words,
			})
		}
		list = append(list, info)
	}
	return list
}

// typeExamples serve the fields that have no example of their own.
var typeExamples = map[FieldType]string{
	TypeTime: "2026/04/01 10:30", TypeNumber: "1,980", TypeBool: "はい", TypeText: "また利用したいです。",
}

// cellExamples are cells by field, or by target and field where the target's differ.
var cellExamples = map[string]string{
	"order_id": "A-10023", "product_id": "P-001", "sku": "P-001-M", "user_id": "M000123", "anonymous_id": "5f0c9a7e-1d2b", "card": "4900012345678",
	"line_id": "Ucafe4980629c0ffee4af4980629c0ffe", "email": "hanako@example.jp", "phone": "03-1234-5678", "name": "佐藤 花子", "family_name": "佐藤", "given_name": "花子",
	"name_kana": "サトウ ハナコ", "family_name_kana": "サトウ", "given_name_kana": "ハナコ", "birthday": "1985/4/1", "gender": "女性",
	"postal_code": "160-0023", "state": "東京都", "city": "新宿区", "street": "西新宿1-2-3", "country": "日本", "company": "株式会社サンプル",
	"status": "発送済み", "fulfillment_status": "発送済み", "currency": "JPY", "coupon": "SPRING10", "affiliation": "本店", "channel": "オンラインストア",
	"payment_method": "クレジットカード", "tracking_number": "4012-3456-7890", "carrier": "ヤマト運輸", "product_name": "有機ほうじ茶 100g", "category": "お茶",
	"brand": "茶の里", "variant": "100g", "quantity": "2", "line_kind": "商品", "line_coupon": "TEA5", "product_url": "https://shop.example.jp/p/P-001",
	"image_url": "https://shop.example.jp/i/P-001.jpg", "url": "https://shop.example.jp/p/P-001", "rank": "ゴールド", "tags": "定期,ギフト", "stock": "24",
	"refund_id": "R-204", "reason": "イメージと違ったため", "event": "Product Viewed", "message_id": "9f86d081-884c", "cart_id": "C-551", "query": "ほうじ茶",
	"messages.channel": "メール", "campaign_id": "CP-2026-04", "subject": "春の新茶のご案内", "template_id": "T-12", "result": "開封", "bounce_type": "ハード",
	"date": "2026/04/01", "network": "Google 広告", "campaign_name": "春の新規獲得", "ad_id": "AD-88", "survey_id": "NPS-2026-04", "response_id": "RS-901",
	"question_id": "Q1", "question": "友人にすすめたいと思いますか", "answer": "とても思う", "score": "9", "inquiry_id": "I-3004", "agent": "田中",
	"resolution": "交換", "review_id": "V-77", "rating": "5", "review_title": "香りがよい", "contract_id": "S-4002", "plan": "毎月お届け便",
	"contracts.status": "継続", "interval_days": "30", "deal_id": "D-310", "deal_name": "春の共同販促", "stage": "受注", "owner": "鈴木",
	"company_id": "B-52", "probability": "60%", "activity_id": "AC-19", "activities.kind": "訪問", "points.kind": "付与", "coupons.kind": "利用", "outcome": "次回提案", "direction": "発信",
	"duration_seconds": "1800", "point_id": "PT-5", "coupon_id": "SPRING10", "coupon_name": "春の10%オフ",
}
