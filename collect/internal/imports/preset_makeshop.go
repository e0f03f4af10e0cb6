package imports

// MakeShop. Which columns a file of orders has is up to the shop's template. Verified in the manual
// (manual.makeshop.jp/hc/ja/articles/33957532168345, 注文出力用テンプレートの設定): 日付, 注文時間 (hhmmss), 注文番号, 処理状況
// (配送, 未処理, 注文キャンセル, 返送), 会社名, 注文者, 注文者(振り仮名). The other headers of orders follow the naming of the
// same screen and are not verified. The headers of products are those of "商品一括登録"
// (www.makeshop.jp/manual/brand_csv_new.html, and the header in public code:
// "商品特定コード指定,更新時間フラグ,システム商品コード,独自商品コード,…"). Those of members are not verified: the manual has the
// file (member.csv) for download only.
func makeshopPresets() []*preset {
	return []*preset{
		{
			name: "makeshop.orders", target: "orders",
			signature: []string{"注文番号", "処理状況", "注文者", "注文者(振り仮名)"},
			columns: presetColumns([]presetColumn{
				to("注文番号", "order_id"), part("日付", "ordered_at", 1), part("注文時間", "ordered_at", 2),
				to("処理状況", "status").reading(map[string]string{"配送": "発送済み", "注文キャンセル": "キャンセル", "返送": "返品"}),
				// not verified from here on
				to("合計金額", "total"), to("商品合計金額", "subtotal"), to("送料", "shipping"), to("消費税", "tax"),
				to("割引金額", "discount"), to("決済方法", "payment_method"),
				to("使用ポイント", "points_used"), to("独自商品コード", "product_id"), to("システム商品コード", "product_id"),
				to("商品コード", "product_id"), to("商品名", "product_name"),
				to("オプション", "variant"), to("販売価格", "price"), to("商品価格", "price"), to("数量", "quantity"), to("個数",
					"quantity"),
			}, buyerColumns("注文者", "name", "注文者(振り仮名)", "name_kana", "会社名", "company", "会員ID", "user_id",
				"注文者ID", "user_id",
				"注文者メールアドレス", "email", "メールアドレス", "email", "注文者電話番号", "phone", "電話番号", "phone", "注文者郵便番号",
				"postal_code", "郵便番号", "postal_code",
				"注文者都道府県", "state", "注文者住所", "street", "住所", "street")),
		},
		{
			name: "makeshop.customers", target: "customers",
			signature: []string{"会員ID", "名前", "名前(フリガナ)", "会員グループ"}, // not verified
			columns: presetColumns(buyerColumns("会員ID", "user_id", "名前", "name", "名前(フリガナ)", "name_kana", "会員グループ", "rank",
				"メールアドレス", "email", "自宅電話番号", "phone", "電話番号", "phone",
				"自宅郵便番号", "postal_code", "郵便番号", "postal_code", "自宅都道府県", "state", "都道府県",
				"state", "自宅住所", "street", "住所", "street", "性別", "gender",
				"生年月日", "birthday", "メルマガ受信", "consent_email", "ショップポイント", "points", "ポイント", "points", "登録日",
				"registered_at", "会員登録日", "registered_at"), []presetColumn{otherwise("携帯電話番号", "phone")}),
		},
		{
			name: "makeshop.products", target: "products",
			signature: []string{"商品特定コード指定", "システム商品コード", "独自商品コード", "商品名", "販売価格"},
			columns: []presetColumn{
				to("独自商品コード", "product_id"), to("商品名", "product_name"), to("カテゴリーパス", "category"), to("商品カテゴリーパス",
					"category"), to("販売価格", "price"), to("定価", "list_price"),
				to("仕入価格", "cost"), to("製造元", "brand"), to("ブランド名", "brand"), to("数量", "stock"), to("JANコード",
					"sku"), to("商品表示可否", "active"),
				to("PC用メイン商品説明文", "description"), to("商品ページURL", "url"), to("拡大画像名", "image_url"),
				keep("システム商品コード", "system_code", KeepProperty, TypeCode),
			},
		},
	}
}
