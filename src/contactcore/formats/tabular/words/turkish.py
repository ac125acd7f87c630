"""Column names in Turkish."""

from __future__ import annotations

EXACT = {
    "kind": "Şirket mi",
    "?kind": "Tip|Tür",
    "prefix": "Hitap|Ön ek",
    "given": "İsim|Adı",
    "middle": "İkinci ad|İkinci adı|Göbek adı",
    "family": "Soyad|Soyadı|Soyisim",
    "suffix": "Son ek",
    "nickname": "Takma ad|Lakap",
    "full_name": "Ad soyad|Adı soyadı|Ad Soyadı|Tam ad|İsim soyisim|Görünen ad|Yetkili|Yetkili kişi|İlgili kişi|"
    "Müşteri|"
    "Müşteri adı|Kişi",
    "company": "Şirket|Firma|Şirket adı|Firma adı|Kuruluş|Kurum|Ticari unvan|İşveren",
    "department": "Departman|Bölüm|Birim",
    "position": "Görev|Pozisyon|Unvan|Görevi",
    "?position": "Meslek",
    "birthday": "Doğum tarihi|Doğum günü",
    "birthday.year": "Doğum yılı",
    "anniversary": "Yıldönümü|Evlilik yıldönümü",
    "gender": "Cinsiyet",
    "notes": "Notlar|Not|Açıklama|Açıklamalar|Yorum",
    "tags": "Etiketler|Gruplar|Grup|Anahtar kelimeler|Kategoriler",
    "categories": "Kategori",
    "type": "Müşteri tipi|Müşteri türü",
    "responsible": "Sorumlu|Sorumlu kişi",
    "language": "Dil",
    "currency": "Para birimi|Döviz",
    "external_id": "Müşteri no|Müşteri numarası|Müşteri kodu|Cari kodu",
    "addresses[work].street": "Fatura adresi|İş adresi",
    "addresses[other].street": "Teslimat adresi|Sevk adresi",
    "ignore": "TC kimlik no|TCKN|Vergi no|Vergi numarası|Vergi dairesi|VKN|IBAN|Oluşturan|Değiştiren",
    "?given-or-full": "Ad",
}

NOUNS = {
    "email": "eposta|e posta|email|mail|eposta adresi|e posta adresi|mail adresi",
    "phone": "telefon|tel|telefon numarasi|telefon no|sabit telefon|sabit hat|tel no",
    "mobile": "cep|cep telefonu|gsm|mobil|cep tel|cep no|mobil telefon",
    "fax": "faks|fax|faks no|belgegecer",
    "pager": "cagri cihazi",
    "address": "adres|posta adresi|acik adres",
    "street": "sokak|cadde|sokak adi|cadde sokak|adres satiri",
    "number": "kapi no|bina no|dis kapi no",
    "extended": "daire no|daire",
    "city": "sehir|il",
    "region": "ilce|bolge|semt",
    "postal_code": "posta kodu|pk",
    "country": "ulke",
    "po_box": "posta kutusu",
    "website": "web sitesi|web|web adresi|internet sitesi|url|site|internet adresi",
}

KINDS = {
    "work": "is|ofis|sirket|fatura|isyeri",
    "home": "ev|kisisel|ozel",
    "other": "diger|teslimat|ikinci",
}

FILL = "ve|no|numarasi|birincil|ana"

LABEL = "etiket|tip|tur"
VALUE = "deger"
