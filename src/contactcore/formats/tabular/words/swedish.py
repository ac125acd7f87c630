"""Column names in Swedish."""

from __future__ import annotations

EXACT = {
    "kind": "Är ett företag|Företagstyp",
    "?kind": "Typ",
    "prefix": "Tilltalstitel|Hälsningsfras|Namnprefix",
    "given": "Förnamn|Tilltalsnamn",
    "middle": "Mellannamn|Andra namn|Andra förnamn",
    "family": "Efternamn|Släktnamn",
    "suffix": "Namnsuffix|Suffix",
    "nickname": "Smeknamn",
    "full_name": "Fullständigt namn|Visningsnamn|För- och efternamn|Kontaktperson|Kontakt|Kund|Kundnamn|"
    "Kontaktens namn|Hela namnet",
    "company": "Företag|Företagsnamn|Organisation|Firma|Bolag|Arbetsgivare|Firmanamn",
    "department": "Avdelning",
    "position": "Befattning|Roll|Jobbtitel|Position|Tjänst",
    "?position": "Yrke",
    "birthday": "Födelsedag|Födelsedatum|Född",
    "birthday.year": "Födelseår",
    "anniversary": "Bröllopsdag|Årsdag",
    "gender": "Kön",
    "notes": "Anteckningar|Anteckning|Noteringar|Notering|Kommentar|Kommentarer|Beskrivning|Anmärkning|Övrigt",
    "tags": "Etiketter|Taggar|Grupper|Grupp|Nyckelord|Kategorier",
    "categories": "Kategori",
    "type": "Kundtyp|Kontakttyp|Typ av kund",
    "responsible": "Ansvarig|Ansvarig användare|Kundansvarig",
    "language": "Språk",
    "currency": "Valuta",
    "external_id": "Kundnummer|Kundnr|Kund-ID|Medlemsnummer|Medlemsnr",
    "phones[main]": "Huvudnummer|Växel|Växelnummer",
    "addresses[work].street": "Fakturaadress|Besöksadress",
    "addresses[other].street": "Leveransadress",
    "ignore": "Personnummer|Organisationsnummer|Org.nr|Orgnr|Momsnummer|Bankgiro|Plusgiro|IBAN|Ägare|Skapad av|"
    "Ändrad av|Skapad|Kund sedan|Initialer",
    "?family-or-full": "Namn",
    "?title": "Titel",
}

NOUNS = {
    "email": "epost|e post|epostadress|e postadress|mail|mejl|mailadress|email|mejladress|e post adress",
    "phone": "telefon|tel|tfn|telefonnummer|telefonnr|fast telefon|hemtelefon",
    "mobile": "mobil|mobiltelefon|mobilnummer|mobilnr|mobiltel",
    "fax": "fax|faxnummer",
    "pager": "personsokare",
    "address": "adress|postadress",
    "street": "gata|gatuadress|gatunamn|adressrad",
    "number": "gatunummer|husnummer",
    "extended": "adresstillagg",
    "city": "ort|stad|postort",
    "region": "lan|region|landskap",
    "postal_code": "postnummer|postnr|postkod",
    "country": "land",
    "po_box": "box|postbox|boxadress",
    "website": "webbplats|hemsida|webbsida|webb|url|webbadress|internet",
}

KINDS = {
    "work": "arbete|arbetet|jobb|kontor|foretag|faktura",
    "home": "hem|hemma|privat|bostad|bostaden",
    "other": "ovrig|annan|annat|ovrigt|leverans",
}

FILL = "och|till|for|nummer|nr|primar|primart"

LABEL = "etikett|typ"
VALUE = "varde"
