"""Column names in Czech and Slovak."""

from __future__ import annotations

EXACT = {
    "kind": "Je společnost|Je firma|Typ osoby|Je spoločnosť",
    "?kind": "Typ",
    "prefix": "Oslovení|Titul před jménem|Titul pred menom|Oslovenie",
    "given": "Křestní jméno|Krstné meno",
    "middle": "Prostřední jméno|Druhé jméno|Stredné meno|Druhé meno",
    "family": "Příjmení|Priezvisko",
    "suffix": "Titul za jménem|Titul za menom|Přípona",
    "nickname": "Přezdívka|Prezývka",
    "full_name": "Celé jméno|Jméno a příjmení|Zobrazované jméno|Kontaktní osoba|Kontakt|Zákazník|Klient|"
    "Jméno zákazníka|"
    "Celé meno|Meno a priezvisko|Kontaktná osoba|Zákazník - meno|Příjmení a jméno|Priezvisko a meno",
    "company": "Firma|Společnost|Název firmy|Název společnosti|Organizace|Obchodní firma|Zaměstnavatel|Obchodní jméno|"
    "Spoločnosť|Názov firmy|Názov spoločnosti|Organizácia|Obchodné meno|Název|Názov",
    "department": "Oddělení|Oddelenie",
    "position": "Funkce|Pozice|Pracovní pozice|Funkcia|Pozícia|Pracovná pozícia|Role",
    "?position": "Povolání|Profese|Povolanie",
    "birthday": "Datum narození|Narozeniny|Narozen|Dátum narodenia|Narodeniny",
    "birthday.year": "Rok narození|Rok narodenia",
    "anniversary": "Výročí|Výročie",
    "gender": "Pohlaví|Pohlavie",
    "notes": "Poznámka|Poznámky|Popis|Komentář",
    "tags": "Štítky|Skupiny|Skupina|Klíčová slova|Kategorie|Kľúčové slová",
    "type": "Typ zákazníka|Typ kontaktu|Typ klienta",
    "responsible": "Odpovědná osoba|Zodpovědná osoba",
    "language": "Jazyk",
    "currency": "Měna",
    "external_id": "Číslo zákazníka|ID zákazníka|Kód zákazníka|Zákaznické číslo|Číslo klienta|ID klienta|Kód klienta",
    "addresses[work].street": "Fakturační adresa|Sídlo|Fakturačná adresa",
    "addresses[other].street": "Dodací adresa|Dodacia adresa",
    "ignore": "IČO|IČ|DIČ|IČ DPH|Rodné číslo|IBAN|Číslo účtu|Vlastník|Vytvořil|Upravil|Zákazník od|Iniciály",
    "?given-or-full": "Jméno|Meno",
    "?title": "Titul",
}

NOUNS = {
    "email": "email|mail|emailova adresa|emaily|elektronicka posta",
    "phone": "telefon|tel|telefonni cislo|pevna linka|telefonne cislo|telefony|tel cislo",
    "mobile": "mobil|mobilni telefon|mobilny telefon|mobilni cislo|mobilne cislo",
    "fax": "fax|faxove cislo",
    "pager": "pager",
    "address": "adresa|postovni adresa|postova adresa|bydliste|bydlisko",
    "street": "ulice|ulica|ulice a cislo|ulica a cislo|ulice cp|nazev ulice",
    "number": "cislo popisne|cislo domu|popisne cislo|cp|c p|cislo orientacni",
    "city": "mesto|obec",
    "region": "kraj|okres|region",
    "postal_code": "psc|postovni smerovaci cislo|postove smerovacie cislo|smerovaci cislo",
    "country": "stat|zeme|krajina",
    "po_box": "postovni prihradka|po box|p o box",
    "website": "web|www|webova stranka|internet|url|internetova stranka|webove stranky|webstranka",
}

KINDS = {
    "work": "prace|pracovni|do prace|firemni|kancelar|zamestnani|fakturacni|pracovny|firemny|fakturacny|pracovna",
    "home": "domu|domaci|soukromy|soukroma|domov|sukromny|osobni|osobny|trvale",
    "other": "jiny|jina|ostatni|iny|dalsi|dodaci",
}

FILL = "a|cislo|hlavni|hlavny|hlavna|c"

LABEL = "stitek|typ|oznaceni"
VALUE = "hodnota"
