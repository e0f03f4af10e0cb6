package imports

// Rakuten RMS. The headers of orders are those of 受注データダウンロード (楽天ペイ, 通常購入データ) as public code that
// reads such files lists them, 102 from 注文番号 to メンバーシッププログラム受注タイプ; those of the older form (受注番号,
// 注文者名字 …) are in the same code. The status numbers are those of orderProgress in the RakutenPay
// order API. The headers of products are those of item.csv (normal-item.csv) after the move to
// SKUs, in public code that writes them. RMS hands out masked e-mail addresses, which are not the
// customer's own, and no customer ids: people are known by telephone number.
func rakutenPresets() []*preset {
	name := rakutenInvalid
	return []*preset{
		{
			name: "rakuten.orders", target: "orders",
			signature: []string{"注文番号", "サブステータスID", "注文者住所郡市区", "商品明細ID", "単価", "個数"},
			columns: presetColumns([]presetColumn{
				to("注文番号", "order_id"), to("注文日時", "ordered_at"), part("注文日", "ordered_at", 1), part("注文時間",
					"ordered_at", 2),
				to("ステータス", "status").reading(map[string]string{
					"100": "注文確認待ち", "200": "楽天処理中", "300": "発送待ち", "400": "変更確定待ち", "500": "発送済み",
					"600": "支払手続き中", "700": "支払手続き済み",
					"800": "キャンセル確定待ち", "900": "キャンセル確定",
				}),
				to("請求金額", "total").reading(name), to("商品合計金額", "subtotal").reading(name), to("送料合計",
					"shipping").reading(name), to("消費税合計", "tax").reading(name),
				to("クーポン利用総額", "discount").reading(name), to("ポイント利用額", "points_used").reading(name),
				to("支払方法名", "payment_method"),
				to("発送完了報告日時", "shipped_at"), to("商品管理番号", "product_id"), to("商品番号", "sku"), to("商品名",
					"product_name"), to("項目・選択肢", "variant"),
				to("単価", "price"), to("個数", "quantity"), keep("SKU管理番号", "sku_id", KeepLine, TypeCode),
				keep("注文者メールアドレス", "masked_email", KeepProperty, TypeCode),
			}, rakutenBuyer("注文者姓", "注文者名", "注文者姓カナ", "注文者名カナ", "注文者住所都道府県", "注文者住所郡市区", "注文者住所それ以降の住所")),
		},
		{
			name: "rakuten.orders_old", target: "orders",
			signature: []string{"受注番号", "受注ステータス", "注文者名字", "注文者住所：都市区", "単価", "個数"},
			columns: presetColumns([]presetColumn{
				to("受注番号", "order_id"), to("注文日時", "ordered_at"), to("受注ステータス", "status"),
				to("請求金額(-99999=無効値)", "total").reading(name),
				to("合計", "subtotal").reading(name), to("送料(-99999=無効値)", "shipping").reading(name),
				to("消費税(-99999=無効値)", "tax").reading(name),
				to("クーポン利用額", "discount").reading(name), to("ポイント利用額", "points_used").reading(name), to("決済方法",
					"payment_method"), to("配送日", "shipped_at"),
				to("お荷物伝票番号", "tracking_number"), to("商品URL", "product_id"), to("商品番号", "sku"), to("商品名",
					"product_name"), to("項目・選択肢", "variant"), to("単価", "price"),
				to("個数", "quantity"), to("注文者誕生日", "birthday"), keep("メールアドレス", "masked_email", KeepProperty, TypeCode),
			}, rakutenBuyer("注文者名字", "注文者名前", "注文者名字フリガナ", "注文者名前フリガナ", "注文者住所：都道府県", "注文者住所：都市区", "注文者住所：町以降")),
		},
		{
			name: "rakuten.products", target: "products",
			signature: []string{"商品管理番号（商品URL）", "商品番号", "商品名", "倉庫指定"},
			columns: []presetColumn{
				to("商品管理番号（商品URL）", "product_id"), to("商品名", "product_name"), to("ジャンルID", "category"), to("SKU管理番号",
					"sku"), to("通常購入販売価格", "price"), to("販売価格", "price"),
				to("表示価格", "list_price"), to("在庫数", "stock"), to("PC用商品説明文", "description"), to("商品画像パス1", "image_url"),
				// 倉庫 (the warehouse) is where items are that are not shown.
				to("倉庫指定", "active").reading(map[string]string{"1": "0", "0": "1"}), keep("商品番号", "item_number",
					KeepProperty, TypeCode),
			},
		},
	}
}

// rakutenInvalid is what RMS writes for an amount that is not settled yet.
var rakutenInvalid = map[string]string{"-99999": "", "-9999": ""}

func rakutenBuyer(family, given, familyKana, givenKana, state, city, street string) []presetColumn {
	return []presetColumn{
		to(family, "family_name"), to(given, "given_name"), to(familyKana, "family_name_kana"), to(givenKana,
			"given_name_kana"), to(state, "state"), to(city, "city"),
		to(street, "street"), to("注文者性別", "gender"), part("注文者郵便番号1", "postal_code", 1), part("注文者郵便番号2",
			"postal_code", 2),
		part("注文者電話番号1", "phone", 1), part("注文者電話番号2", "phone", 2), part("注文者電話番号3", "phone", 3),
	}
}
