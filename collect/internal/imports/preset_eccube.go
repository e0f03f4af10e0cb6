package imports

// EC-CUBE 4. The columns are those of the table dtb_csv in EC-CUBE's own source
// (github.com/EC-CUBE/ec-cube, src/Eccube/Resource/doctrine/import_csv/ja/dtb_csv.csv; csv_type 1
// 商品, 2 会員, 3 受注), the statuses those of mtb_order_status.csv beside it. A file of orders has a row
// for each 明細, of which those with 明細区分 商品 are products.
func eccubePresets() []*preset {
	return []*preset{
		{
			name: "eccube4.orders", target: "orders",
			signature: []string{"注文ID", "注文番号", "対応状況(名称)", "受注日", "注文詳細ID", "支払合計"},
			columns: presetColumns([]presetColumn{
				to("注文番号", "order_id"), to("受注日", "ordered_at"), to("対応状況(名称)", "status"), to("支払合計", "total"),
				to("小計", "subtotal"), to("値引き", "discount"),
				to("送料", "shipping"), to("税金", "tax"), to("支払方法(名称)", "payment_method"), to("発送日",
					"shipped_at"), to("出荷伝票番号", "tracking_number"),
				to("配送業者(名称)", "carrier"), to("明細区分(名称)", "line_kind"), to("商品ID", "product_id"), to("商品コード",
					"sku"), to("商品名", "product_name"),
				part("規格分類名1", "variant", 1), part("規格分類名2", "variant", 2), to("価格", "price"), to("個数", "quantity"),
			}, eccubePerson(), []presetColumn{keep("入金日", "paid_at", KeepProperty, TypeTime)}),
		},
		{
			name: "eccube4.customers", target: "customers",
			signature: []string{"会員ID", "お名前(姓)", "会員ステータス(名称)", "購入回数", "登録日", "更新日"},
			columns: presetColumns(eccubePerson(), []presetColumn{
				to("登録日", "registered_at"), to("更新日", "updated_at"), to("ショップ用メモ欄", "note"),
				keep("職業(名称)", "job", KeepTrait, TypeString), keep("会員ステータス(名称)", "status", KeepTrait, TypeString),
			}),
		},
		{
			name: "eccube4.products", target: "products",
			signature: []string{"商品ID", "公開ステータス(名称)", "商品規格ID", "在庫数無制限フラグ", "販売価格"},
			columns: []presetColumn{
				to("商品ID", "product_id"), to("商品名", "product_name"), to("商品説明(詳細)", "description"), to("商品コード", "sku"),
				part("規格分類1(名称)", "variant", 1),
				part("規格分類2(名称)", "variant", 2), to("在庫数", "stock"), to("通常価格", "list_price"), to("販売価格",
					"price"), to("商品画像", "image_url"),
				to("商品カテゴリ(名称)", "category"), to("公開ステータス(名称)", "active").reading(map[string]string{"廃止": "非公開"}),
			},
		},
	}
}

func eccubePerson() []presetColumn {
	return presetColumns(buyerColumns(
		"会員ID", "user_id", "お名前(姓)", "family_name", "お名前(名)", "given_name", "お名前(セイ)", "family_name_kana",
		"お名前(メイ)", "given_name_kana",
		"会社名", "company", "郵便番号", "postal_code", "都道府県(名称)", "state", "メールアドレス", "email", "TEL", "phone",
		"性別(名称)", "gender", "誕生日", "birthday",
	), []presetColumn{part("住所1", "street", 1), part("住所2", "street", 2)})
}
