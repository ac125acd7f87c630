"""Column names in Norwegian."""

from __future__ import annotations

EXACT = {
    "kind": "Er en bedrift|Bedriftstype",
    "?kind": "Type",
    "prefix": "Tiltaleform|Navneprefiks",
    "given": "Fornavn",
    "middle": "Mellomnavn",
    "family": "Etternavn|Familienavn",
    "suffix": "Navnesuffiks|Suffiks",
    "nickname": "Kallenavn",
    "full_name": "Fullt navn|Visningsnavn|For- og etternavn|Kontaktperson|Kontakt|Kunde|Kundenavn",
    "company": "Firma|Bedrift|Firmanavn|Bedriftsnavn|Organisasjon|Selskap|Arbeidsgiver|Foretak",
    "department": "Avdeling",
    "position": "Stilling|Rolle|Jobbtittel|Stillingstittel",
    "?position": "Yrke",
    "birthday": "Fødselsdag|Fødselsdato|Født|Bursdag",
    "birthday.year": "Fødselsår",
    "anniversary": "Merkedag|Bryllupsdag",
    "gender": "Kjønn",
    "notes": "Notater|Notat|Merknader|Merknad|Kommentar|Kommentarer|Beskrivelse",
    "tags": "Etiketter|Grupper|Gruppe|Nøkkelord|Kategorier|Merker",
    "categories": "Kategori",
    "type": "Kundetype|Kontakttype",
    "responsible": "Ansvarlig|Kundeansvarlig",
    "language": "Språk",
    "currency": "Valuta",
    "external_id": "Kundenummer|Kundenr|Kunde-ID|Medlemsnummer|Medlemsnr",
    "phones[main]": "Hovednummer|Sentralbord",
    "addresses[work].street": "Fakturaadresse|Besøksadresse",
    "addresses[other].street": "Leveringsadresse",
    "ignore": "Organisasjonsnummer|Org.nr|Orgnr|Personnummer|Fødselsnummer|IBAN|Eier|Opprettet av|Endret av|Opprettet|"
    "Kunde siden|Initialer",
    "?family-or-full": "Navn",
    "?title": "Tittel",
}

NOUNS = {
    "email": "epost|e post|epostadresse|e postadresse|mail|mailadresse|email",
    "phone": "telefon|tlf|telefonnummer|telefonnr|fasttelefon|tlf nr|tlfnr",
    "mobile": "mobil|mobiltelefon|mobilnummer|mobilnr|mobiltlf",
    "fax": "faks|fax|telefaks",
    "pager": "personsoker",
    "address": "adresse|postadresse",
    "street": "gate|vei|gateadresse|gatenavn|veinavn|adresselinje",
    "number": "husnummer|husnr|gatenummer",
    "city": "poststed|by|sted",
    "region": "fylke|region|kommune",
    "postal_code": "postnummer|postnr|post nr",
    "country": "land",
    "po_box": "postboks",
    "website": "nettsted|hjemmeside|nettside|web|url|website|internett",
}

KINDS = {
    "work": "arbeid|jobb|kontor|bedrift|faktura",
    "home": "hjem|hjemme|privat|bolig",
    "other": "annen|annet|ovrig|andre|levering",
}

FILL = "og|til|for|nummer|nr|primaer|primaert"

LABEL = "etikett|type"
VALUE = "verdi"
