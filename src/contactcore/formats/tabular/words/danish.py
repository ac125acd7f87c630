"""Column names in Danish."""

from __future__ import annotations

EXACT = {
    "kind": "Er en virksomhed|Virksomhedstype",
    "?kind": "Type",
    "prefix": "Tiltaleform|Navnepræfiks",
    "given": "Fornavn|Fornavne",
    "middle": "Mellemnavn|Mellemnavne",
    "family": "Efternavn|Familienavn",
    "suffix": "Navnesuffiks|Suffiks",
    "nickname": "Kaldenavn|Kælenavn|Øgenavn",
    "full_name": "Fulde navn|Fuldt navn|Vist navn|Visningsnavn|For- og efternavn|Kontaktperson|Kontakt|Kunde|Kundenavn",
    "company": "Firma|Virksomhed|Firmanavn|Virksomhedsnavn|Organisation|Selskab|Arbejdsgiver",
    "department": "Afdeling",
    "position": "Stilling|Stillingsbetegnelse|Rolle|Jobtitel",
    "?position": "Erhverv",
    "birthday": "Fødselsdag|Fødselsdato|Født",
    "birthday.year": "Fødselsår",
    "anniversary": "Mærkedag|Bryllupsdag",
    "gender": "Køn",
    "notes": "Noter|Note|Bemærkninger|Bemærkning|Kommentar|Kommentarer|Beskrivelse",
    "tags": "Etiketter|Grupper|Gruppe|Nøgleord|Kategorier|Mærker",
    "categories": "Kategori",
    "type": "Kundetype|Kontakttype",
    "responsible": "Ansvarlig|Kundeansvarlig",
    "language": "Sprog",
    "currency": "Valuta",
    "external_id": "Kundenummer|Kundenr|Kunde-ID|Debitornummer|Medlemsnummer|Medlemsnr",
    "phones[main]": "Hovednummer",
    "addresses[work].street": "Fakturaadresse|Besøgsadresse",
    "addresses[other].street": "Leveringsadresse",
    "ignore": "CVR|CVR-nummer|CVR-nr|CPR|CPR-nummer|Momsnummer|IBAN|Ejer|Oprettet af|Ændret af|Oprettet|Kunde siden|"
    "Initialer",
    "?family-or-full": "Navn",
    "?title": "Titel",
}

NOUNS = {
    "email": "email|mail|emailadresse|mailadresse|email adresse|e post",
    "phone": "telefon|tlf|telefonnummer|telefonnr|fastnet|tlf nr|tlfnr|fastnettelefon",
    "mobile": "mobil|mobiltelefon|mobilnummer|mobilnr|mobil nr|mobiltlf",
    "fax": "fax|faxnummer|telefax",
    "pager": "personsoger",
    "address": "adresse|postadresse",
    "street": "gade|vej|vejnavn|gadenavn|adresselinje|gade og nummer|vejnavn og nummer",
    "number": "husnummer|husnr",
    "extended": "etage|adressetilfojelse",
    "city": "by|bynavn|postdistrikt",
    "region": "region|kommune|amt|landsdel",
    "postal_code": "postnummer|postnr|post nr",
    "country": "land",
    "po_box": "postboks",
    "website": "websted|hjemmeside|webside|web|url|website|internet",
}

KINDS = {
    "work": "arbejde|kontor|firma|faktura|job|arbejds",
    "home": "hjem|hjemme|privat|bopael",
    "other": "anden|andet|ovrig|ovrige|levering",
}

FILL = "og|til|for|nummer|nr|primaer|primaert"

LABEL = "etiket|type"
VALUE = "vaerdi"
