"""Column names in Hungarian."""

from __future__ import annotations

EXACT = {
    "kind": "Cég-e",
    "?kind": "Típus",
    "prefix": "Megszólítás|Előtag|Titulus",
    "given": "Keresztnév|Utónév|Keresztnevek",
    "middle": "Középső név|Második keresztnév",
    "family": "Vezetéknév|Családnév",
    "suffix": "Utótag",
    "nickname": "Becenév",
    "full_name": "Teljes név|Megjelenített név|Kapcsolattartó|Kapcsolattartó neve|Ügyfél|Ügyfél neve|Név|Ügyfélnév",
    "company": "Cég|Cégnév|Vállalat|Szervezet|Munkahely|Cég neve|Vállalkozás|Partner neve",
    "department": "Osztály|Részleg",
    "position": "Beosztás|Munkakör|Pozíció",
    "?position": "Foglalkozás",
    "birthday": "Születési dátum|Születésnap|Született|Születési idő",
    "birthday.year": "Születési év",
    "anniversary": "Évforduló",
    "gender": "Nem|Neme",
    "notes": "Megjegyzés|Megjegyzések|Jegyzetek|Jegyzet|Leírás",
    "tags": "Címkék|Csoportok|Csoport|Kulcsszavak|Kategóriák",
    "categories": "Kategória",
    "type": "Ügyfél típusa|Partner típusa",
    "language": "Nyelv",
    "currency": "Pénznem|Deviza",
    "external_id": "Ügyfélazonosító|Ügyfélkód|Ügyfélszám|Partnerkód",
    "addresses[work].street": "Számlázási cím|Székhely",
    "addresses[other].street": "Szállítási cím",
    "ignore": "Adószám|Adóazonosító|Cégjegyzékszám|Bankszámlaszám|IBAN|Tulajdonos|Létrehozta|Módosította",
}

NOUNS = {
    "email": "email|emailcim|email cim|mail|elektronikus levelcim",
    "phone": "telefon|telefonszam|tel|vezetekes telefon|vezetekes|telefonszamok",
    "mobile": "mobil|mobiltelefon|mobilszam|mobil telefon|mobiltelefonszam",
    "fax": "fax|faxszam",
    "pager": "szemelyi hivo",
    "address": "cim|levelezesi cim|postai cim|lakcim",
    "street": "utca|utca hazszam|utcanev|kozterulet|utca es hazszam",
    "number": "hazszam",
    "extended": "emelet ajto|emelet",
    "city": "varos|telepules|helyseg",
    "region": "megye|regio",
    "postal_code": "iranyitoszam|irsz|ir szam",
    "country": "orszag",
    "po_box": "postafiok",
    "website": "weboldal|honlap|web|weblap|url|internet",
}

KINDS = {
    "work": "munkahelyi|irodai|ceges|szamlazasi|hivatali|uzleti",
    "home": "otthoni|maganhasznalatu|privat|lakas",
    "other": "egyeb|masik|szallitasi",
}

FILL = "es|a|az|szam|elsodleges"

LABEL = "cimke|tipus"
VALUE = "ertek"
