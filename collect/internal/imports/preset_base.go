package imports

// BASE. The header of orders is found in public code that reads such files
// ("注文ID,注文日時,氏(請求先),名(請求先),…, 注文メモ,調整金額", with 商品コード, 種類コード and JAN/GTIN at its end in newer
// files); that of products in code that writes them
// ("商品ID,商品名,種類ID,種類名,説明,価格,税率,在庫数,公開状態,表示順,種類在庫数,画像1,…"). BASE has no customer ids: people are
// known by e-mail address. What a customer chose of an item's options stands in rows of its own
// below the item.
func basePresets() []*preset {
	return []*preset{
		{
			name: "base.orders", target: "orders",
			signature: []string{"注文ID", "注文日時", "氏(請求先)", "発送状況", "種類ID"},
			columns: presetColumns([]presetColumn{
				to("注文ID", "order_id"), to("注文日時", "ordered_at"), to("発送状況", "status"), to("合計金額", "total"),
				to("送料", "shipping"),
				to("支払い方法", "payment_method"), to("購入元", "channel"), to("商品ID", "product_id"), to("商品名",
					"product_name"), to("商品名", "line_kind"),
				to("バリエーション", "variant"), to("価格", "price"), to("数量", "quantity"), to("種類ID", "sku"),
			}, buyerColumns(
				"氏(請求先)", "family_name", "名(請求先)", "given_name", "郵便番号(請求先)", "postal_code", "都道府県(請求先)", "state",
				"電話番号(請求先)", "phone", "メールアドレス(請求先)", "email",
			), []presetColumn{
				part("住所(請求先)", "street", 1), part("住所2(請求先)", "street", 2),
				keep("備考", "note", KeepProperty, TypeText), keep("調整金額", "adjustment", KeepProperty, TypeNumber),
			}),
		},
		{
			name: "base.products", target: "products",
			signature: []string{"商品ID", "商品名", "種類ID", "種類名", "公開状態", "種類在庫数"},
			columns: []presetColumn{
				to("商品ID", "product_id"), to("商品名", "product_name"), to("種類ID", "sku"), to("種類名", "variant"), to("説明",
					"description"), to("価格", "price"),
				to("種類在庫数", "stock"), to("公開状態", "active"), to("画像1", "image_url"),
				// The stock of items without variants.
				keep("在庫数", "item_stock", KeepProperty, TypeNumber),
			},
		},
	}
}
