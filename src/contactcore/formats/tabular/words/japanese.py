"""Column names in Japanese."""

from __future__ import annotations

EXACT = {
    "kind": "法人/個人|個人/法人|法人個人区分|個人法人区分",
    "?kind": "種別|区分",
    "prefix": "敬称|接頭語",
    "given": "名|名前（名）|名(漢字)",
    "middle": "ミドルネーム",
    "family": "姓|苗字|名字|姓(漢字)|名前（姓）",
    "suffix": "接尾語",
    "nickname": "ニックネーム|愛称|あだ名",
    "full_name": "氏名|名前|お名前|フルネーム|表示名|担当者|担当者名|ご担当者名|連絡先|顧客名|お客様名|宛名|連絡先名|"
    "ご氏名",
    "phonetic_given": "名（カナ）|名(かな)|名カナ|メイ|名フリガナ|名(ふりがな)|名（フリガナ）",
    "phonetic_family": "姓（カナ）|姓(かな)|姓カナ|セイ|姓フリガナ|姓(ふりがな)|姓（フリガナ）",
    "company": "会社|会社名|企業名|法人名|組織|組織名|勤務先|貴社名|団体名|所属|取引先名|勤務先名",
    "department": "部署|部署名|部門|所属部署|部課名",
    "position": "役職|役職名|肩書|肩書き",
    "?position": "職業|職種",
    "birthday": "誕生日|生年月日",
    "birthday.year": "生年",
    "anniversary": "記念日",
    "gender": "性別",
    "notes": "備考|メモ|ノート|コメント|説明|特記事項|注記",
    "tags": "タグ|グループ|ラベル|キーワード|分類",
    "categories": "カテゴリ|カテゴリー",
    "type": "顧客区分|顧客種別",
    "responsible": "営業担当|責任者",
    "language": "言語",
    "currency": "通貨",
    "external_id": "顧客番号|顧客コード|顧客ID|会員番号|お客様番号|取引先コード",
    "phones[work]": "会社電話|会社電話番号|勤務先電話番号|勤務先電話|電話(会社)|会社の電話",
    "phones[home]": "自宅電話|自宅電話番号|電話(自宅)|自宅の電話",
    "phones[work-fax]": "会社FAX|勤務先FAX|会社のファックス",
    "phones[home-fax]": "自宅FAX",
    "addresses[work].street": "番地 (会社)|会社住所|勤務先住所|会社の住所",
    "addresses[home].street": "番地 (自宅)|自宅住所|現住所|自宅の住所",
    "addresses[work].country": "国 (会社)/地域",
    "addresses[home].country": "国 (自宅)/地域",
    "addresses[work].postal_code": "会社郵便番号|勤務先郵便番号",
    "addresses[home].postal_code": "自宅郵便番号",
    "emails[work]": "会社メール|会社メールアドレス|勤務先メールアドレス",
    "emails[home]": "個人メール|自宅メール|自宅メールアドレス",
    "addresses.street": "住所|所在地|町名番地|番地|住所1|町域|住所（番地）|丁目番地|ご住所",
    "addresses.street2": "建物名|住所2|ビル名|マンション名|建物名・部屋番号|建物",
    "addresses.street3": "住所3",
    "ignore": "法人番号|登録日|更新日|作成者|更新者|作成日|No|番号|請求先",
}

NOUNS = {
    "email": "メール|メールアドレス|eメール|電子メール|email|mail|電子メールアドレス|"
    "電子メール アドレス|eメールアドレス|メアド",
    "phone": "電話|電話番号|tel|固定電話|代表電話|お電話番号|連絡先電話番号|電話番号1",
    "mobile": "携帯|携帯電話|携帯番号|携帯電話番号|スマホ",
    "fax": "fax|ファックス|ファクス|fax番号|ファックス番号",
    "pager": "ポケベル",
    "city": "市区町村|市町村|市|市区郡",
    "region": "都道府県|県",
    "postal_code": "郵便番号|郵便",
    "country": "国|国名",
    "po_box": "私書箱",
    "website": "ウェブサイト|url|ホームページ|サイト|web|webページ|web ページ|会社url",
}

KINDS = {
    "work": "会社|勤務先|仕事|職場",
    "home": "自宅|個人",
    "other": "その他",
}

FILL = "主|代表"

LABEL = "ラベル|種類"
VALUE = "値"
