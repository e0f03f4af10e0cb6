package imports

// identifiers are the fields that say who a row is about.
func identifiers() []Field {
	return []Field{
		field("user_id", TypeCode, inUser, "", "会員ID", "会員番号", "会員コード", "会員No", "顧客ID", "顧客番号", "顧客コード",
			"お客様ID", "お客様番号", "お客様コード",
			"ユーザーID", "ユーザID", "customer id", "customer number", "customer code", "user id", "member id",
			"member number", "userid", "ログインID"),
		field("anonymous_id", TypeCode, inAnon, "", "匿名ID", "anonymous id", "端末ID", "デバイスID", "cookie id",
			"client id", "visitor id", "訪問者ID"),
		field("card", TypeCode, inExternal, "card", "会員証番号", "会員カード番号", "ポイントカード番号", "会員証ID", "membership card",
			"card number", "loyalty card"),
		field("line_id", TypeCode, inExternal, "line_id", "LINEユーザーID", "LINE ID", "LINE UID", "line user id",
			"LINE連携ID"),
		field("email", TypeEmail, inTrait, "email", "メールアドレス", "メールアドレス1", "メールアドレス（メイン）", "Eメール", "Eメールアドレス",
			"PCメールアドレス", "電子メール", "メール",
			"メアド", "email", "e-mail", "email address", "mail address", "mail").lenient(),
		field("phone", TypePhone, inTrait, "phone", "電話番号", "電話番号（メイン）", "電話番号1", "携帯電話番号", "携帯番号", "携帯電話",
			"TEL", "電話", "携帯", "ご連絡先", "連絡先電話番号",
			"phone", "phone number", "telephone", "mobile", "mobile phone", "tel").joined("-").lenient(),
	}
}

// person are the identifiers and what else may be known about a person.
func person() []Field {
	return concat(identifiers(), []Field{
		field("name", TypeString, inTrait, "name", "氏名", "お名前", "名前", "ご氏名", "注文者名", "注文者氏名", "購入者名", "購入者氏名",
			"申込者名", "顧客名", "会員名", "会員氏名", "お客様名", "full name", "customer name", "name"),
		field("family_name", TypeString, inTrait, "lastName", "姓", "お名前（姓）", "氏名（姓）", "名前（姓）", "名字", "苗字", "氏",
			"last name", "family name", "surname"),
		field("given_name", TypeString, inTrait, "firstName", "名", "お名前（名）", "氏名（名）", "名前（名）", "first name",
			"given name"),
		field("name_kana", TypeString, inTrait, "nameKana", "フリガナ", "ふりがな", "カナ", "氏名カナ", "氏名（カナ）", "氏名（フリガナ）",
			"お名前（フリガナ）", "お名前カナ", "名前カナ",
			"振り仮名", "顧客名カナ", "会員名カナ", "name kana", "kana"),
		field("family_name_kana", TypeString, inTrait, "lastNameKana", "セイ", "お名前（セイ）", "氏名（セイ）", "フリガナ（姓）",
			"フリガナ（セイ）", "姓カナ", "姓（カナ）", "姓フリガナ", "名字フリガナ",
			"last name kana", "family name kana"),
		field("given_name_kana", TypeString, inTrait, "firstNameKana", "メイ", "お名前（メイ）", "氏名（メイ）", "フリガナ（名）",
			"フリガナ（メイ）", "名カナ", "名（カナ）", "名フリガナ", "名前フリガナ",
			"first name kana", "given name kana"),
		field("birthday", TypeDate, inTrait, "birthday", "生年月日", "誕生日", "お誕生日", "birthday", "birth date",
			"birthdate", "date of birth", "dob").lenient(),
		field("gender", TypeGender, inTrait, "gender", "性別", "性別（名称）", "性別区分", "gender", "sex").lenient(),
		field("postal_code", TypePostal, inTrait, "address.postalCode", "郵便番号", "〒", "postal code", "zip code",
			"zip", "postcode").joined("-").lenient(),
		field("state", TypePrefecture, inTrait, "address.state", "都道府県", "都道府県（名称）", "都道府県名", "都道府県区分",
			"住所（都道府県）", "県", "prefecture", "province", "state").lenient(),
		field("city", TypeString, inTrait, "address.city", "市区町村", "市区郡", "郡市区", "市町村", "都市区", "住所（市区町村）",
			"city").joined(" "),
		field("street", TypeString, inTrait, "address.street", "住所", "住所1", "住所2", "住所3", "番地", "町名・番地",
			"町域・番地", "それ以降の住所", "町以降", "建物名", "建物名・部屋番号", "マンション・ビル名",
			"ご住所", "address", "address 1", "address 2", "address1", "address2", "street").joined(" "),
		field("country", TypeString, inTrait, "address.country", "国", "国名", "country", "country code"),
		field("company", TypeString, inTrait, "company.name", "会社名", "法人名", "企業名", "勤務先", "company",
			"company name", "organization"),
	})
}

// consents are what a person agreed to, one field for each channel.
func consents() []Field {
	return []Field{
		field("consent_email", TypeBool, inConsent, "email", "メルマガ", "メルマガ受信", "メルマガ受信可否", "メルマガ受信可否フラグ",
			"メルマガ受信フラグ", "メルマガ配信", "メルマガ購読", "メルマガ希望", "メルマガ登録",
			"メールマガジン", "メールマガジン受信", "メールマガジン購読", "メール配信", "メール受信", "メール受信可否", "メール配信許可",
			"accepts email marketing", "accepts marketing", "email opt in", "newsletter", "mailmagazine").lenient(),
		field("consent_sms", TypeBool, inConsent, "sms", "SMS配信", "SMS受信", "SMS受信可否", "SMS希望",
			"accepts sms marketing", "sms opt in").lenient(),
		field("consent_line", TypeBool, inConsent, "line", "LINE配信", "LINE受信", "LINE配信可否", "LINE希望",
			"line opt in").lenient(),
		field("consent_push", TypeBool, inConsent, "push", "プッシュ通知", "プッシュ通知可否", "PUSH通知", "push opt in").lenient(),
		field("consent_postal", TypeBool, inConsent, "postal", "DM", "DM送付", "DM発送", "DM可否", "DM希望", "郵送DM",
			"ダイレクトメール", "direct mail").lenient(),
		field("consent_phone", TypeBool, inConsent, "phone", "電話連絡可否", "電話可否", "電話勧誘可否", "phone opt in").lenient(),
		field("consent_at", TypeTime, control, "", "同意日時", "同意日", "メルマガ登録日", "許諾日時", "consent date",
			"opt in date").lenient(),
	}
}

func customers() *Target {
	return &Target{
		Name: "customers", identify: true, state: true,
		signs: []string{
			"会員ID", "生年月日", "性別", "メルマガ", "会員登録日", "ポイント", "会員ランク", "最終購入日", "total spent",
			"accepts email marketing",
		},
		Fields: concat(person(), consents(), []Field{
			field("registered_at", TypeTime, inTrait, "createdAt", "登録日", "登録日時", "会員登録日", "会員登録日時", "入会日",
				"新規登録日", "作成日", "作成日時", "created at", "registered at", "signup date",
				"date joined").joined(" ").lenient(),
			field("updated_at", TypeTime, control, "", "更新日", "更新日時", "最終更新日", "最終更新日時", "変更日", "updated at",
				"last modified").joined(" ").lenient(),
			field("rank", TypeString, inTrait, "rank", "会員ランク", "ランク", "会員ステージ", "ステージ", "会員区分", "会員グループ",
				"rank", "tier", "member rank"),
			field("points", TypeNumber, inTrait, "points", "ポイント", "保有ポイント", "ポイント残高", "所持ポイント", "ショップポイント",
				"points", "point balance").lenient(),
			field("tags", TypeString, inTrait, "tags", "タグ", "tags"),
			field("note", TypeText, inTrait, "note", "備考", "メモ", "ショップ用メモ欄", "note", "memo"),
		}),
	}
}
