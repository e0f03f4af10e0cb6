package imports

// orderStatuses are the words shops write for what became of an order.
var orderStatuses = map[string][]string{
	"Order Cancelled": {
		"キャンセル", "キャンセル済", "キャンセル済み", "キャンセル確定", "キャンセル受付", "注文キャンセル", "注文取消", "注文取消し", "注文取り消し", "取消", "取消し",
		"取り消し", "取消済", "取消済み",
		"無効", "cancelled", "canceled", "cancel", "voided", "void", "expired",
	},
	"Order Refunded": {
		"返品", "返品済", "返品済み", "返金", "返金済", "返金済み", "返品返金", "返品・返金", "返送", "一部返金", "一部返品",
		"refunded", "refund", "returned", "return", "partially_refunded", "partially refunded",
	},
	"Order Shipped": {
		"発送済", "発送済み", "発送完了", "出荷済", "出荷済み", "出荷完了", "配送", "配送済", "配送済み", "配送中", "shipped",
		"fulfilled",
	},
	"Order Delivered": {"配達済", "配達済み", "配達完了", "配送完了", "お届け済", "お届け済み", "受取済", "受取済み", "delivered"},
	notPlaced:         {"購入処理中", "決済処理中", "仮受注", "仮注文", "未確定", "カート", "下書き", "draft", "checkout", "incomplete"},
}

// notPlaced stands for an order that was begun and never placed.
const notPlaced = "-"

// lines are the fields of a product. In orders its price is put together from several columns.
func lines(price place) []Field {
	return []Field{
		field("product_id", TypeCode, inLine, "product_id", "商品ID", "商品番号", "商品コード", "商品管理番号", "アイテムID", "商品CD",
			"独自商品コード", "product id", "item id", "product code", "item code", "handle"),
		field("sku", TypeCode, inLine, "sku", "SKU", "SKU管理番号", "SKUコード", "商品規格ID", "商品規格コード", "枝番号", "種類コード",
			"JANコード", "JAN", "variant sku", "lineitem sku", "item sku", "型番", "品番"),
		field("product_name", TypeString, inLine, "name", "商品名", "品名", "アイテム名", "商品名称", "product name",
			"item name", "product", "lineitem name", "title"),
		field("category", TypeString, inLine, "category", "カテゴリ", "カテゴリー", "商品カテゴリ", "商品カテゴリー", "カテゴリ名", "ジャンル",
			"category", "product category", "product type"),
		field("brand", TypeString, inLine, "brand", "ブランド", "ブランド名", "メーカー", "メーカー名", "brand", "vendor"),
		field("variant", TypeString, inLine, "variant", "バリエーション", "バリエーション名", "規格", "規格名", "オプション", "選択肢",
			"項目選択肢", "項目・選択肢", "種類", "種類名", "色", "サイズ", "variant", "variation", "option").joined(" "),
		field("price", TypeNumber, price, "price", "単価", "販売単価", "商品単価", "価格", "販売価格", "商品価格", "price",
			"unit price", "item price", "lineitem price"),
		field("quantity", TypeNumber, inLine, "quantity", "数量", "個数", "購入数量", "注文数", "注文数量", "購入数", "点数", "販売数",
			"quantity", "qty", "lineitem quantity"),
		field("line_total", TypeNumber, control, "", "明細金額", "商品小計", "明細小計", "明細合計", "小計（明細）", "金額",
			"line total", "item total", "line amount"),
		field("line_kind", TypeString, control, "", "明細区分", "明細区分（名称）", "明細種別", "行種別", "line type"),
		field("line_coupon", TypeCode, inLine, "coupon", "明細クーポンコード", "line coupon"),
		field("product_url", TypeCode, inLine, "url", "商品URL", "商品ページURL", "product url"),
		field("image_url", TypeCode, inLine, "image_url", "画像URL", "商品画像URL", "image url"),
	}
}

func orders() *Target {
	return &Target{
		Name: "orders", grouped: true, money: true,
		signs: []string{
			"注文番号", "受注番号", "注文ID", "注文日時", "注文日", "受注日", "合計金額", "請求金額", "送料", "支払方法", "order id",
			"financial status", "lineitem name",
		},
		Fields: concat([]Field{
			property("order_id", TypeCode, "注文番号", "受注番号", "注文ID", "受注ID", "オーダー番号", "オーダーID", "受注コード", "注文コード",
				"注文No", "受注No", "伝票番号", "取引ID", "取引番号", "購入ID", "レシート番号", "レシートNo",
				"order id", "order number", "order no", "order", "transaction id", "receipt number").required(),
			field("ordered_at", TypeTime, control, "", "注文日時", "受注日時", "購入日時", "注文日", "受注日", "購入日", "注文時刻",
				"注文時間", "オーダー日時", "取引日時", "売上日", "売上日時", "売上時刻", "売上時間", "取引時刻", "日時", "日付",
				"ordered at", "order date", "order time", "created at", "purchase date", "purchased at",
				"date").required().joined(" "),
			property("status", TypeString, "ステータス", "受注ステータス", "注文ステータス", "対応状況", "対応状況（名称）", "処理状況", "処理状況区分", "取引区分",
				"注文状況", "受注状態", "発送状況", "状態", "order status", "status", "financial status"),
			property("fulfillment_status", TypeString, "発送ステータス", "出荷状況", "配送状態", "fulfillment status",
				"shipping status"),
			property("total", TypeNumber, "合計金額", "合計", "総合計", "総額", "請求金額", "請求合計金額", "支払合計", "お支払い合計",
				"お支払合計", "お支払い金額", "支払金額", "注文金額", "注文合計", "注文合計金額", "購入金額",
				"売上金額", "total", "order total", "total price", "grand total", "amount"),
			property("revenue", TypeNumber, "売上", "売上高", "revenue"),
			property("subtotal", TypeNumber, "小計", "商品合計", "商品合計金額", "商品金額", "商品代金", "商品金額合計", "subtotal"),
			property("shipping", TypeNumber, "送料", "送料合計", "配送料", "配送料金", "shipping", "shipping fee", "shipping cost"),
			property("tax", TypeNumber, "消費税", "消費税合計", "税金", "税額", "内消費税", "tax", "taxes"),
			property("discount", TypeNumber, "値引き", "値引", "割引", "割引額", "割引金額", "値引額", "クーポン利用額", "クーポン割引",
				"クーポン割引額", "クーポン利用総額", "discount", "discount amount"),
			property("currency", TypeCode, "通貨", "通貨コード", "currency"),
			property("coupon", TypeCode, "クーポン", "クーポンコード", "クーポン番号", "クーポン名", "coupon", "coupon code",
				"discount code"),
			property("affiliation", TypeString, "店舗", "店舗名", "ショップ名", "販売店", "購入元", "店舗コード", "affiliation",
				"store", "shop", "location"),
			property("channel", TypeString, "チャネル", "販売経路", "購入経路", "購入経路区分", "受注経路", "流入元", "利用端末", "channel",
				"source"),
			property("payment_method", TypeString, "支払方法", "支払い方法", "お支払方法", "お支払い方法", "決済方法", "支払方法（名称）",
				"支払方法名", "payment method"),
			property("points_used", TypeNumber, "利用ポイント", "ポイント利用額", "使用ポイント", "ポイント利用", "ポイント値引", "points used"),
			property("points_earned", TypeNumber, "付与ポイント", "獲得ポイント", "加算ポイント", "付与ポイント数", "points earned"),
			field("cancelled_at", TypeTime, control, "", "キャンセル日時", "キャンセル日", "取消日", "取消日時", "cancelled at",
				"canceled at").joined(" "),
			field("refunded_at", TypeTime, control, "", "返金日時", "返金日", "返品日", "返品日時", "refunded at").joined(" "),
			field("refund_amount", TypeNumber, control, "", "返金額", "返金金額", "返品金額", "refunded amount", "refund amount"),
			field("shipped_at", TypeTime, control, "", "発送日", "発送日時", "出荷日", "出荷日時", "発送完了日", "shipped at",
				"fulfilled at", "ship date").joined(" ").lenient(),
			field("tracking_number", TypeCode, control, "", "お荷物伝票番号", "出荷伝票番号", "送り状番号", "追跡番号", "配送伝票番号",
				"tracking number"),
			field("carrier", TypeString, control, "", "配送会社", "配送業者", "配送業者（名称）", "carrier", "shipping method"),
			field("updated_at", TypeTime, control, "", "更新日", "更新日時", "最終更新日", "最終更新日時", "updated at",
				"last modified").joined(" ").lenient(),
		}, lines(control), person(), consents()),
	}
}

func orderChanges() *Target {
	byOrder := [][]string{{"order_id"}}
	return &Target{
		Name: "order_changes", money: true,
		signs: []string{"キャンセル日", "返品日", "返金額", "返品理由", "キャンセル理由", "refund id", "return reason"},
		kinds: &kinds{
			field: "status", time: "changed_at", words: orderStatuses, fallback: "Order Updated",
			decides: true,
		},
		moments: []moment{
			{"Order Cancelled", "cancelled_at"},
			{"Order Refunded", "refunded_at"},
			{"Order Shipped", "shipped_at"},
			{"Order Delivered", "delivered_at"},
		},
		keys: [][]string{{"order_id", "refund_id?", "status?", "product_id?", "sku?", "@time"}},
		keysOf: map[string][][]string{"Order Cancelled": byOrder, "Order Shipped": {{
			"order_id",
			"tracking_number?",
		}}, "Order Delivered": byOrder},
		Fields: concat([]Field{
			property("order_id", TypeCode, "注文番号", "受注番号", "注文ID", "受注ID", "受注コード", "オーダー番号", "order id",
				"order number", "order").required(),
			property("status", TypeString, "ステータス", "受注ステータス", "対応状況", "処理", "区分", "種別", "状態", "status", "type"),
			field("changed_at", TypeTime, control, "", "変更日時", "変更日", "更新日時", "更新日", "処理日", "処理日時", "日時", "日付",
				"changed at", "updated at", "date").joined(" "),
			field("cancelled_at", TypeTime, control, "", "キャンセル日時", "キャンセル日", "取消日", "取消日時", "cancelled at",
				"canceled at").joined(" "),
			field("refunded_at", TypeTime, control, "", "返金日時", "返金日", "返品日", "返品日時", "refunded at",
				"returned at").joined(" "),
			field("shipped_at", TypeTime, control, "", "発送日", "発送日時", "出荷日", "出荷日時", "shipped at").joined(" "),
			field("delivered_at", TypeTime, control, "", "配達日", "配達日時", "お届け日", "配達完了日", "delivered at").joined(" "),
			field("refund_id", TypeCode, inProperty, "refund_id", "返品番号", "返金番号", "返品ID", "返金ID", "refund id",
				"return id").only("Order Refunded"),
			field("amount", TypeNumber, inProperty, "total", "返金額", "返金金額", "返品金額", "金額", "refund amount",
				"amount", "total").only("Order Refunded", "Order Updated", "Order Cancelled"),
			property("currency", TypeCode, "通貨", "currency").only("Order Refunded", "Order Updated", "Order Cancelled"),
			property("reason", TypeString, "理由", "返品理由", "キャンセル理由", "返金理由", "reason"),
			property("carrier", TypeString, "配送会社", "配送業者", "carrier").only("Order Shipped"),
			property("tracking_number", TypeCode, "お荷物伝票番号", "送り状番号", "追跡番号", "tracking number").only("Order Shipped"),
		}, lines(inLine), identifiers()),
	}
}

func products() *Target {
	return &Target{
		Name: "products", impersonal: true, state: true, money: true,
		signs: []string{
			"在庫数", "在庫", "商品説明", "公開状態", "定価", "販売価格", "JANコード", "商品画像", "variant price",
			"variant inventory qty", "body html",
		},
		Fields: []Field{
			property("product_id", TypeCode, "商品ID", "商品番号", "商品コード", "商品管理番号", "商品管理番号（商品URL）", "商品URLコード",
				"独自商品コード", "システム商品コード", "アイテムID", "商品CD", "product id", "item id",
				"product code", "item code", "handle", "url handle", "id").required(),
			property("sku", TypeCode, "SKU", "SKU管理番号", "SKUコード", "商品規格ID", "種類ID", "種類コード", "JANコード", "JAN",
				"variant sku", "型番", "品番", "barcode"),
			field("product_name", TypeString, inProperty, "name", "商品名", "品名", "アイテム名", "商品名称", "title", "product name", "item name",
				"name", "名称", "名前"),
			property("category", TypeString, "カテゴリ", "カテゴリー", "商品カテゴリ", "商品カテゴリ（名称）", "商品カテゴリー", "カテゴリ名",
				"カテゴリーパス", "メイングループ", "商品グループ", "ジャンル", "category", "product category", "product type", "type"),
			property("brand", TypeString, "ブランド", "ブランド名", "メーカー", "メーカー名", "製造元", "brand", "vendor"),
			property("variant", TypeString, "バリエーション", "バリエーション名", "規格", "規格名", "種類名", "色", "サイズ", "variant",
				"variation").joined(" "),
			property("url", TypeCode, "商品URL", "商品ページURL", "ページURL", "URL", "url", "product url", "link"),
			property("image_url", TypeCode, "商品画像", "商品画像URL", "画像URL", "画像1", "商品画像パス1", "拡大画像名", "image src",
				"image url", "product image url", "image"),
			property("description", TypeText, "商品説明", "説明", "商品説明（詳細）", "商品説明（大）", "PC用商品説明文", "description",
				"body html"),
			property("currency", TypeCode, "通貨", "通貨コード", "currency"),
			property("price", TypeNumber, "販売価格", "価格", "売価", "本体価格", "通常購入販売価格", "単価", "商品価格", "price",
				"variant price", "sale price"),
			property("list_price", TypeNumber, "定価", "通常価格", "参考価格", "メーカー希望小売価格", "表示価格", "list price",
				"compare at price", "variant compare at price", "msrp"),
			property("cost", TypeNumber, "原価", "仕入価格", "仕入れ価格", "仕入単価", "cost", "cost per item"),
			property("stock", TypeNumber, "在庫数", "在庫", "在庫数量", "現在在庫数", "現在庫数", "種類在庫数", "数量", "stock",
				"inventory", "inventory quantity", "variant inventory qty"),
			property("active", TypeBool, "公開状態", "公開ステータス", "公開ステータス（名称）", "公開", "販売状態", "表示", "商品表示可否",
				"status", "published", "active").lenient(),
			property("consumable", TypeBool, "消耗品", "消耗品フラグ", "consumable").lenient(),
			field("deleted", TypeBool, control, "", "削除", "削除フラグ", "商品削除フラグ", "deleted").lenient(),
			field("updated_at", TypeTime, control, "", "更新日", "更新日時", "最終更新日", "最終更新日時",
				"updated at").joined(" ").lenient(),
		},
	}
}
