package imports

// futureshop. The headers of orders are those of 受注データ取得項目 as a manual lists them
// (manual.next-engine.net, ID:6334: 受注コード, 注文日時, 請求合計金額, …, 販売単価, 購入数量) and as public code that
// reads such files has them, with 会員ID, 性別区分 and メルマガ受信可否フラグ. Those of products are the 112 of
// ccGoods.csv in public code. Of members the manual names コントロールカラム, メールアドレス1, パスワード and メルマガ受信可否
// (faq.future-shop.jp, 会員データをfutureshopへ移行する方法); the others are taken from the orders and not
// verified.
func futureshopPresets() []*preset {
	return []*preset{
		{
			name: "futureshop.orders", target: "orders",
			signature: []string{"受注コード", "注文日時", "請求合計金額", "販売単価", "購入数量"},
			columns: presetColumns([]presetColumn{
				to("受注コード", "order_id"), to("注文日時", "ordered_at"), to("処理状況区分", "status"), to("請求合計金額",
					"total"), to("商品合計金額", "subtotal"), to("送料", "shipping"),
				to("消費税合計", "tax"), to("割引合計金額（商品）", "discount"), to("決済方法", "payment_method"), to("購入経路区分",
					"channel"), to("発送日", "shipped_at"),
				to("送り状番号", "tracking_number"), to("ポイント利用額", "points_used"), to("商品番号", "product_id"),
				to("枝番号", "sku"), to("商品名", "product_name"),
				part("バリエーション名", "variant", 1), part("項目選択肢", "variant", 2), to("販売単価", "price"), to("購入数量",
					"quantity"),
			}, futureshopPerson(), []presetColumn{to("メールアドレス（メイン）", "email"), to("メルマガ受信可否フラグ",
				"consent_email"), to("最終更新日", "updated_at")}),
		},
		{
			name: "futureshop.customers", target: "customers",
			signature: []string{"コントロールカラム", "メールアドレス1", "パスワード", "メルマガ受信可否"},
			columns: presetColumns([]presetColumn{to("メールアドレス1", "email"), to("メルマガ受信可否", "consent_email")},
				futureshopPerson(), []presetColumn{
					to("会員ステージ", "rank"), to("保有ポイント", "points"), to("登録日時", "registered_at"), to("最終更新日時", "updated_at"),
				}),
		},
		{
			name: "futureshop.products", target: "products",
			signature: []string{"コントロールカラム", "商品URLコード", "商品番号", "商品名", "メイングループ", "本体価格"},
			columns: []presetColumn{
				to("商品番号", "product_id"), to("商品名", "product_name"), to("メイングループ", "category"), to("本体価格", "price"),
				to("定価", "list_price"), to("現在在庫数", "stock"),
				to("JANコード", "sku"), to("商品説明（大）", "description"), to("商品URL", "url"), to("最終更新日時", "updated_at"),
				to("ステータス", "active").reading(map[string]string{"公開": "1", "非公開": "0"}), keep("商品URLコード",
					"url_code", KeepProperty, TypeCode),
			},
		},
	}
}

func futureshopPerson() []presetColumn {
	return presetColumns(buyerColumns("会員ID", "user_id", "氏名（姓）", "family_name", "氏名（名）", "given_name",
		"フリガナ（姓）", "family_name_kana", "フリガナ（名）", "given_name_kana",
		"郵便番号", "postal_code", "都道府県区分", "state", "電話番号（メイン）", "phone", "性別区分", "gender",
		"生年月日", "birthday", "会社名", "company"),
		[]presetColumn{otherwise("携帯電話番号", "phone"), part("住所1", "street", 1), part("住所2", "street", 2), part("住所3", "street", 3)})
}
