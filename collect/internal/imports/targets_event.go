package imports

func at(name string, words ...string) Field {
	return field(name, TypeTime, control, "", words...).joined(" ")
}

func webEvents() *Target {
	return &Target{
		Name:  "events",
		signs: []string{"イベント名", "event", "event name", "anonymous id", "session id"},
		kinds: &kinds{field: "event", time: "time", strict: true, free: true},
		keys:  [][]string{{"message_id"}},
		Fields: concat([]Field{
			field("event", TypeString, control, "", "イベント", "イベント名", "行動", "アクション", "event", "event name",
				"action").required(),
			at("time", "日時", "発生日時", "イベント日時", "時刻", "日付", "time", "timestamp", "event time", "date",
				"occurred at", "original timestamp").required(),
			field("message_id", TypeCode, control, "", "メッセージID", "イベントID", "message id", "event id"),
			property("url", TypeCode, "URL", "ページURL", "url", "page url"),
			property("product_id", TypeCode, "商品ID", "商品コード", "商品番号", "product id"),
			property("sku", TypeCode, "SKU", "sku"),
			field("product_name", TypeString, inProperty, "name", "商品名", "product name"),
			property("category", TypeString, "カテゴリ", "カテゴリー", "category"),
			property("brand", TypeString, "ブランド", "brand"),
			property("price", TypeNumber, "価格", "単価", "price"),
			property("quantity", TypeNumber, "数量", "個数", "quantity"),
			property("cart_id", TypeCode, "カートID", "cart id"),
			property("query", TypeString, "検索語", "検索キーワード", "search term", "query", "keyword"),
		}, identifiers()),
	}
}

func messages() *Target {
	return &Target{
		Name:  "messages",
		signs: []string{"開封日時", "配信日時", "クリック日時", "件名", "キャンペーンID", "メルマガ名", "opened at", "clicked at", "bounced at"},
		moments: []moment{
			{"Message Sent", "sent_at"},
			{"Message Delivered", "delivered_at"},
			{"Message Opened", "opened_at"},
			{"Message Clicked", "clicked_at"},
			{"Message Bounced", "bounced_at"},
			{"Message Marked as Spam", "complained_at"},
		},
		kinds: &kinds{field: "result", time: "time", alone: true, strict: true, words: map[string][]string{
			"Message Sent":      {"送信", "送信済", "送信済み", "配信", "sent", "send"},
			"Message Delivered": {"到達", "配信完了", "配信済", "配信済み", "成功", "delivered", "delivery", "success"},
			"Message Opened":    {"開封", "既読", "表示", "opened", "open", "read"},
			"Message Clicked":   {"クリック", "タップ", "clicked", "click"},
			"Message Bounced": {
				"エラー", "不達", "バウンス", "失敗", "bounced", "bounce", "failed", "hardbounce",
				"softbounce",
			},
			"Message Marked as Spam": {"迷惑メール", "苦情", "スパム報告", "spam", "complaint", "complained", "spamreport"},
			"Message Not Sent":       {"未送信", "配信停止", "除外", "抑止", "skipped", "suppressed", "dropped", "notsent"},
		}},
		keys: [][]string{{"message_id", "@person", "@time"}, {"campaign_id", "@person", "@time"}, {
			"subject",
			"@person", "@time",
		}},
		Fields: concat([]Field{
			property("channel", TypeString, "チャネル", "配信チャネル", "媒体", "channel").required().oftenCommon(),
			property("message_id", TypeCode, "メッセージID", "配信ID", "メールID", "message id", "delivery id"),
			property("campaign_id", TypeCode, "キャンペーンID", "キャンペーン", "キャンペーン名", "メルマガ名", "配信名", "campaign id",
				"campaign"),
			property("subject", TypeString, "件名", "タイトル", "subject", "title"),
			property("template_id", TypeCode, "テンプレートID", "テンプレート", "template id"),
			field("result", TypeString, control, "", "結果", "配信結果", "イベント", "状態", "ステータス", "アクション", "result",
				"event", "status"),
			at("time", "日時", "発生日時", "日付", "time", "timestamp", "date"),
			at("sent_at", "配信日時", "送信日時", "配信日", "送信日", "sent at", "sent time"),
			at("delivered_at", "到達日時", "配信完了日時", "delivered at"),
			at("opened_at", "開封日時", "開封日", "opened at", "open time"),
			at("clicked_at", "クリック日時", "クリック日", "clicked at", "click time"),
			at("bounced_at", "エラー日時", "不達日時", "bounced at"),
			at("complained_at", "迷惑メール報告日時", "complained at"),
			property("url", TypeCode, "URL", "クリックURL", "リンク", "url", "link").only("Message Clicked"),
			property("bounce_type", TypeString, "エラー種別", "バウンス種別", "bounce type").only("Message Bounced"),
			property("reason", TypeString, "理由", "エラー内容", "エラー理由", "reason", "error").only("Message Bounced",
				"Message Not Sent"),
		}, identifiers()),
	}
}

func adCosts() *Target {
	return &Target{
		Name: "ad_costs", impersonal: true, money: true,
		signs: []string{
			"広告費", "費用", "消化金額", "表示回数", "インプレッション", "クリック数", "キャンペーン", "impressions", "clicks",
			"cost", "spend",
		},
		kinds: &kinds{time: "date", fallback: "Ad Cost Reported"},
		// A later report of the same day may correct the first, so what it says is part of its id.
		keys: [][]string{{"date", "network?", "campaign_id", "ad_id?", "@content"}},
		Fields: []Field{
			property("date", TypeDate, "日付", "日", "配信日", "date", "day").required(),
			property("network", TypeString, "媒体", "広告媒体", "媒体名", "ネットワーク", "network", "source", "platform"),
			property("campaign_id", TypeCode, "キャンペーンID", "campaign id", "キャンペーン", "キャンペーン名", "campaign",
				"campaign name").required(),
			property("campaign_name", TypeString, "キャンペーン名", "campaign name"),
			property("ad_id", TypeCode, "広告ID", "広告", "広告グループID", "広告名", "ad id", "ad", "creative id"),
			property("cost", TypeNumber, "広告費", "費用", "コスト", "消化金額", "利用額", "ご利用金額", "cost", "spend", "amount spent"),
			property("impressions", TypeNumber, "表示回数", "インプレッション", "インプレッション数", "imp", "impressions"),
			property("clicks", TypeNumber, "クリック数", "クリック", "clicks", "link clicks"),
			property("conversions", TypeNumber, "コンバージョン", "コンバージョン数", "CV", "CV数", "conversions", "results"),
			property("currency", TypeCode, "通貨", "currency"),
		},
	}
}

func surveys() *Target {
	return &Target{
		Name: "surveys",
		signs: []string{
			"アンケート", "アンケートID", "設問", "質問", "回答", "回答日時", "NPS", "満足度", "タイムスタンプ", "survey",
			"question", "answer", "score",
		},
		kinds: &kinds{time: "answered_at", fallback: "Survey Answered"},
		keys: [][]string{{"survey_id", "response_id", "question_id?", "question?"}, {
			"survey_id", "@person",
			"@time", "question_id?", "question?",
		}},
		Fields: concat([]Field{
			property("survey_id", TypeCode, "アンケートID", "アンケート", "アンケート名", "調査ID", "調査名", "survey id",
				"survey").required().oftenCommon(),
			field("response_id", TypeCode, inProperty, "response_id", "回答ID", "回答番号", "response id", "respondent id"),
			at("answered_at", "回答日時", "回答日", "送信日時", "タイムスタンプ", "日時", "answered at", "submitted at",
				"timestamp", "date").required(),
			property("question_id", TypeCode, "設問ID", "質問ID", "設問番号", "question id"),
			property("question", TypeText, "設問", "質問", "質問文", "設問文", "question"),
			property("answer", TypeText, "回答", "回答内容", "answer", "response"),
			property("score", TypeNumber, "点数", "スコア", "評価", "満足度", "NPS", "推奨度", "score", "rating", "nps"),
			property("comment", TypeText, "コメント", "自由記述", "ご意見", "ご意見・ご感想", "comment", "feedback"),
		}, identifiers()),
	}
}

func inquiries() *Target {
	return &Target{
		Name:  "inquiries",
		signs: []string{"問い合わせ", "問い合わせ番号", "問い合わせ内容", "お問い合わせ内容", "受付日時", "対応履歴", "ticket id", "inquiry"},
		moments: []moment{
			{"Inquiry Received", "received_at"},
			{"Inquiry Answered", "answered_at"},
			{"Inquiry Closed", "closed_at"},
		},
		keys: [][]string{{"inquiry_id"}, {"@person", "@time", "subject?"}},
		Fields: concat([]Field{
			property("inquiry_id", TypeCode, "問い合わせ番号", "問い合わせID", "お問い合わせ番号", "お問い合わせID", "受付番号", "チケット番号",
				"チケットID", "inquiry id", "ticket id", "case number"),
			at("received_at", "受付日時", "受付日", "問い合わせ日時", "お問い合わせ日時", "問い合わせ日", "受信日時", "日時", "received at",
				"created at", "date").required(),
			at("answered_at", "回答日時", "返信日時", "対応日時", "answered at", "replied at"),
			at("closed_at", "完了日時", "対応完了日時", "完了日", "解決日時", "closed at", "resolved at"),
			property("channel", TypeString, "チャネル", "受付経路", "受付方法", "問い合わせ方法", "経路", "channel"),
			property("category", TypeString, "カテゴリ", "カテゴリー", "分類", "問い合わせ種別", "種別", "category",
				"type").only("Inquiry Received"),
			property("subject", TypeString, "件名", "タイトル", "題名", "subject", "title").only("Inquiry Received"),
			property("body", TypeText, "内容", "本文", "問い合わせ内容", "お問い合わせ内容", "ご質問内容", "body", "message",
				"description").only("Inquiry Received"),
			property("agent", TypeString, "担当者", "対応者", "担当", "agent", "assignee").only("Inquiry Answered"),
			field("answer", TypeText, inProperty, "body", "回答内容", "返信内容", "対応内容", "回答", "answer",
				"reply").only("Inquiry Answered"),
			property("resolution", TypeString, "対応結果", "解決内容", "結果", "resolution").only("Inquiry Closed"),
			property("score", TypeNumber, "満足度", "評価", "score", "csat").only("Inquiry Closed"),
		}, person()),
	}
}

func reviews() *Target {
	return &Target{
		Name:  "reviews",
		signs: []string{"レビュー", "レビュー本文", "レビュータイトル", "投稿日", "投稿日時", "おすすめ度", "review", "rating"},
		kinds: &kinds{time: "reviewed_at", fallback: "Product Reviewed"},
		keys:  [][]string{{"review_id"}, {"product_id", "@person", "@time"}},
		Fields: concat([]Field{
			property("review_id", TypeCode, "レビューID", "レビュー番号", "投稿ID", "review id"),
			at("reviewed_at", "投稿日時", "投稿日", "レビュー日", "レビュー日時", "登録日", "日時", "reviewed at", "created at",
				"date").required(),
			property("product_id", TypeCode, "商品ID", "商品番号", "商品コード", "商品管理番号", "product id", "product handle",
				"handle"),
			field("product_name", TypeString, inProperty, "name", "商品名", "product name"),
			property("rating", TypeNumber, "評価", "おすすめ度", "おすすめレベル", "星", "点数", "rating", "stars", "score"),
			property("review_title", TypeText, "レビュータイトル", "タイトル", "件名", "title", "review title"),
			property("review_body", TypeText, "レビュー本文", "レビュー内容", "レビュー", "コメント", "本文", "内容", "body", "review",
				"review body", "comment"),
		}, identifiers()),
	}
}

func contracts() *Target {
	return &Target{
		Name: "contracts", money: true,
		signs: []string{
			"契約番号", "契約ID", "定期番号", "定期ID", "契約開始日", "解約日", "次回お届け日", "お届けサイクル", "プラン",
			"subscription id", "contract id",
		},
		moments: []moment{
			{"Contract Started", "started_at"},
			{"Contract Renewed", "renewed_at"},
			{"Contract Skipped", "skipped_at"},
			{"Contract Paused", "paused_at"},
			{"Contract Cancelled", "cancelled_at"},
		},
		kinds: &kinds{
			field: "status", time: "changed_at", alone: true, fallback: "Contract Changed",
			words: map[string][]string{
				"Contract Started": {"開始", "新規", "申込", "申し込み", "契約開始", "started", "created", "new"},
				"Contract Renewed": {"更新", "継続", "renewed", "renewal"},
				"Contract Skipped": {"スキップ", "skipped", "skip"},
				"Contract Paused":  {"休止", "一時停止", "休会", "停止", "paused", "suspended"},
				"Contract Cancelled": {
					"解約", "解約済", "解約済み", "退会", "終了", "キャンセル", "cancelled", "canceled",
					"terminated", "expired",
				},
			},
		},
		keys: [][]string{{"contract_id", "@time"}},
		keysOf: map[string][][]string{
			"Contract Started":   {{"contract_id"}},
			"Contract Cancelled": {{"contract_id", "@time"}},
		},
		Fields: concat([]Field{
			property("contract_id", TypeCode, "契約番号", "契約ID", "定期番号", "定期ID", "定期購入ID", "定期注文番号", "サブスクリプションID",
				"contract id", "subscription id", "contract number").required(),
			property("plan", TypeString, "プラン", "プラン名", "契約プラン", "コース", "コース名", "定期コース", "契約名", "plan", "plan name"),
			property("product_id", TypeCode, "商品ID", "商品番号", "商品コード", "product id"),
			property("status", TypeString, "ステータス", "契約状態", "契約ステータス", "状態", "定期ステータス", "status"),
			property("reason", TypeText, "理由", "解約理由", "休止理由", "reason", "cancel reason"),
			property("amount", TypeNumber, "金額", "契約金額", "月額", "料金", "定期金額", "amount", "price", "mrr"),
			property("currency", TypeCode, "通貨", "currency"),
			property("interval_days", TypeNumber, "お届けサイクル", "お届け間隔", "間隔", "周期", "サイクル", "interval days", "interval"),
			property("next_at", TypeTime, "次回お届け日", "次回配送日", "次回更新日", "次回決済日", "更新予定日", "next at",
				"next billing date", "next order date").joined(" "),
			property("ends_at", TypeTime, "契約終了日", "満了日", "有効期限", "終了予定日", "ends at", "end date",
				"expires at").joined(" "),
			at("started_at", "契約開始日", "契約日", "開始日", "申込日", "初回申込日", "利用開始日", "started at", "start date", "created at"),
			at("renewed_at", "更新日", "契約更新日", "renewed at"),
			at("skipped_at", "スキップ日", "skipped at"),
			at("paused_at", "休止日", "停止日", "paused at"),
			at("cancelled_at", "解約日", "解約日時", "退会日", "cancelled at", "canceled at"),
			at("changed_at", "変更日", "変更日時", "最終更新日", "changed at", "updated at"),
		}, person()),
	}
}

func deals() *Target {
	return &Target{
		Name: "deals", money: true,
		signs: []string{
			"案件", "案件名", "案件番号", "商談", "商談名", "フェーズ", "受注確度", "確度", "受注予定日", "失注理由", "deal",
			"opportunity", "stage",
		},
		moments: []moment{{"Deal Created", "created_at"}, {"Deal Updated", "updated_at"}, {
			"Deal Won",
			"won_at",
		}, {"Deal Lost", "lost_at"}},
		kinds: &kinds{field: "stage", time: "closed_at", alone: true, words: map[string][]string{
			"Deal Won":  {"受注", "受注済", "受注済み", "成約", "契約", "契約済", "won", "closedwon", "closed won"},
			"Deal Lost": {"失注", "不成立", "見送り", "却下", "lost", "closedlost", "closed lost"},
		}},
		keys:   [][]string{{"deal_id", "@time"}},
		keysOf: map[string][][]string{"Deal Created": {{"deal_id"}}},
		Fields: concat([]Field{
			property("deal_id", TypeCode, "案件番号", "案件ID", "商談番号", "商談ID", "案件No", "deal id", "opportunity id",
				"deal", "id").required(),
			field("deal_name", TypeString, inProperty, "name", "案件名", "商談名", "件名", "deal name", "opportunity name"),
			property("stage", TypeString, "フェーズ", "ステージ", "商談フェーズ", "状態", "ステータス", "進捗", "stage", "status", "phase"),
			property("owner", TypeString, "担当者", "営業担当", "営業担当者", "担当", "所有者", "owner", "sales rep"),
			property("company_id", TypeCode, "会社ID", "企業ID", "取引先ID", "取引先コード", "company id", "account id"),
			property("amount", TypeNumber, "金額", "受注金額", "商談金額", "見込金額", "受注予定金額", "amount", "value"),
			property("probability", TypePercent, "確度", "受注確度", "確率", "probability"),
			property("reason", TypeText, "理由", "失注理由", "受注理由", "reason", "lost reason"),
			property("currency", TypeCode, "通貨", "currency"),
			property("expected_at", TypeTime, "受注予定日", "完了予定日", "成約予定日", "expected at", "expected close date",
				"close date").joined(" "),
			at("created_at", "作成日", "作成日時", "登録日", "発生日", "案件発生日", "created at", "create date"),
			at("updated_at", "更新日", "更新日時", "最終更新日", "updated at", "last modified"),
			at("won_at", "受注日", "成約日", "won at"),
			at("lost_at", "失注日", "lost at"),
			at("closed_at", "完了日", "クローズ日", "closed at", "closed date"),
		}, person()),
	}
}

func activities() *Target {
	return &Target{
		Name:  "activities",
		signs: []string{"活動日", "訪問日", "活動種別", "活動内容", "行動", "架電", "商談メモ", "activity", "activity type"},
		kinds: &kinds{field: "kind", time: "done_at", fallback: "Note Written", words: map[string][]string{
			"Visit Made":     {"訪問", "来店", "来社", "商談", "面談", "会議", "打ち合わせ", "打合せ", "visit", "meeting"},
			"Call Made":      {"電話", "架電", "受電", "入電", "テレアポ", "call", "phone"},
			"Mail Exchanged": {"メール", "メール送信", "メール受信", "email", "e-mail", "mail"},
			"Note Written":   {"メモ", "その他", "ノート", "note", "other", "task"},
		}},
		keys: [][]string{{"activity_id"}},
		Fields: concat([]Field{
			property("activity_id", TypeCode, "活動ID", "活動番号", "行動ID", "activity id"),
			field("kind", TypeString, control, "", "活動種別", "種別", "行動種別", "活動タイプ", "区分", "手段", "kind", "type",
				"activity type"),
			at("done_at", "活動日", "活動日時", "訪問日", "訪問日時", "実施日", "実施日時", "日時", "日付", "done at", "activity date",
				"date", "time").required(),
			property("owner", TypeString, "担当者", "営業担当", "営業担当者", "担当", "owner", "assigned to"),
			property("outcome", TypeString, "結果", "活動結果", "成果", "outcome", "result"),
			property("note", TypeText, "内容", "活動内容", "メモ", "詳細", "備考", "note", "notes", "description"),
			property("deal_id", TypeCode, "案件番号", "案件ID", "商談ID", "deal id"),
			property("direction", TypeString, "方向", "発信・着信", "direction").only("Call Made", "Mail Exchanged"),
			property("duration_seconds", TypeNumber, "通話時間", "通話秒数", "所要時間", "duration",
				"duration seconds").only("Call Made"),
		}, person()),
	}
}

func points() *Target {
	return &Target{
		Name:  "points",
		signs: []string{"ポイント", "ポイント数", "付与ポイント", "利用ポイント", "ポイント履歴", "ポイント残高", "有効期限", "points"},
		kinds: &kinds{field: "kind", time: "time", words: map[string][]string{
			"Points Earned":   {"付与", "獲得", "加算", "進呈", "取得", "earned", "earn", "grant", "add"},
			"Points Used":     {"利用", "使用", "消費", "used", "use", "redeem", "redeemed", "spend"},
			"Points Expired":  {"失効", "期限切れ", "expired", "expire"},
			"Points Adjusted": {"調整", "修正", "取消", "取り消し", "キャンセル", "移行", "adjusted", "adjust"},
		}, fallback: "Points Adjusted"},
		keys: [][]string{{"point_id"}},
		Fields: concat([]Field{
			field("point_id", TypeCode, control, "", "ポイント履歴ID", "履歴ID", "取引ID", "point id", "transaction id"),
			field("kind", TypeString, control, "", "区分", "種別", "ポイント区分", "処理区分", "種類", "kind", "type"),
			at("time", "日時", "発生日", "発生日時", "付与日", "付与日時", "処理日時", "日付", "登録日", "time", "date",
				"created at").required(),
			property("points", TypeNumber, "ポイント", "ポイント数", "増減", "増減ポイント", "points", "amount").required(),
			property("balance", TypeNumber, "残高", "ポイント残高", "保有ポイント", "balance"),
			property("reason", TypeString, "理由", "内容", "摘要", "備考", "reason", "description"),
			property("order_id", TypeCode, "注文番号", "受注番号", "注文ID", "order id"),
			property("expires_at", TypeTime, "有効期限", "失効日", "expires at", "expiry date").joined(" "),
		}, identifiers()),
	}
}

func coupons() *Target {
	return &Target{
		Name:    "coupons",
		signs:   []string{"クーポン", "クーポンコード", "クーポンID", "クーポン名", "配布日", "coupon", "coupon code"},
		moments: []moment{{"Coupon Issued", "issued_at"}, {"Coupon Applied", "used_at"}},
		kinds: &kinds{field: "kind", time: "time", alone: true, fallback: "Coupon Issued", words: map[string][]string{
			"Coupon Issued":  {"発行", "配布", "付与", "取得", "獲得", "issued", "issue", "granted"},
			"Coupon Entered": {"入力", "entered"},
			"Coupon Applied": {"利用", "使用", "適用", "利用済", "利用済み", "使用済", "使用済み", "applied", "used", "redeemed"},
			"Coupon Denied":  {"拒否", "無効", "エラー", "denied", "rejected"},
			"Coupon Removed": {"取消", "解除", "削除", "removed", "cancelled"},
		}},
		keys: [][]string{{"coupon_id", "order_id"}, {"coupon_id", "@person", "@time"}},
		Fields: concat([]Field{
			property("coupon_id", TypeCode, "クーポンコード", "クーポンID", "クーポン番号", "クーポン", "coupon id", "coupon code",
				"coupon", "code").required(),
			property("coupon_name", TypeString, "クーポン名", "名称", "coupon name"),
			field("kind", TypeString, control, "", "区分", "種別", "処理", "状態", "ステータス", "kind", "type", "status"),
			at("time", "日時", "発生日時", "日付", "time", "date"),
			at("issued_at", "発行日時", "発行日", "配布日", "取得日", "issued at"),
			at("used_at", "利用日時", "利用日", "使用日", "使用日時", "used at", "redeemed at"),
			property("discount", TypeNumber, "割引額", "割引金額", "値引き額", "割引", "discount", "discount amount"),
			property("order_id", TypeCode, "注文番号", "受注番号", "注文ID", "order id").only("Coupon Applied"),
			property("reason", TypeString, "理由", "reason"),
		}, identifiers()),
	}
}
