"""Column names in Dutch."""

from __future__ import annotations

EXACT = {
    "kind": "Is een bedrijf|Bedrijfstype|Soort bedrijf",
    "?kind": "Type|Soort",
    "prefix": "Aanhef|Titulatuur|Voorvoegsel",
    "given": "Voornaam|Roepnaam|Voornamen",
    "middle": "Tweede voornaam|Middelste naam",
    "particle": "Tussenvoegsel|Tussenvoegsels|Tussenv.|Voorvoegsels",
    "family": "Achternaam|Familienaam|Geslachtsnaam",
    "suffix": "Achtervoegsel",
    "nickname": "Bijnaam|Roepnaam bijnaam",
    "full_name": "Volledige naam|Weergavenaam|Voor- en achternaam|Contactpersoon|Contact|Naam contactpersoon|Klantnaam|"
    "Klant",
    "company": "Bedrijf|Bedrijfsnaam|Organisatie|Firma|Onderneming|Werkgever|Naam bedrijf",
    "department": "Afdeling",
    "position": "Functie|Functietitel|Functienaam|Rol",
    "?position": "Beroep",
    "birthday": "Verjaardag|Geboortedatum|Geb.datum|Geboren op",
    "birthday.year": "Geboortejaar",
    "birthday.month": "Geboortemaand",
    "birthday.day": "Geboortedag",
    "anniversary": "Jubileum|Trouwdag",
    "gender": "Geslacht",
    "notes": "Notities|Notitie|Opmerkingen|Opmerking|Aantekeningen|Omschrijving|Beschrijving",
    "tags": "Labels|Trefwoorden|Groepen|Groep|Categorieën",
    "categories": "Categorie",
    "type": "Klanttype|Soort klant|Type klant|Contacttype",
    "language": "Taal",
    "currency": "Valuta|Munt",
    "external_id": "Klantnummer|Klant-ID|Klantnr|Relatienummer|Debiteurnummer|Lidnummer",
    "phones[main]": "Hoofdnummer|Algemeen nummer",
    "ignore": "Meisjesnaam|Initialen|Voorletters|Btw-nummer|KvK-nummer|Rekeningnummer|IBAN|Accountmanager|"
    "Aangemaakt door|Gewijzigd door|Eigenaar|Klant sinds",
    "?family-or-full": "Naam",
    "?title": "Titel",
    "addresses[work].street": "Factuuradres|Bedrijfsadres",
    "addresses[other].street": "Afleveradres|Bezorgadres",
}

NOUNS = {
    "email": "email|mail|email adres|emailadres|mailadres|emails",
    "phone": "telefoon|tel|telefoonnummer|telefoonnr|tel nr|telnr|vast nummer|telefoon vast|vaste telefoon|vast",
    "mobile": "mobiel|gsm|mobiele telefoon|mobiel nummer|mobiele nummer|telefoon mobiel|06 nummer|mobielnummer",
    "fax": "fax|faxnummer|faxnr",
    "pager": "pager|semafoon",
    "address": "adres|postadres|bezoekadres",
    "street": "straat|straatnaam|straat en huisnummer|straat en nummer|adresregel|straat huisnummer",
    "number": "huisnummer|huisnr|huis nr|nummer toevoeging|huisnummer toevoeging",
    "extended": "adrestoevoeging",
    "city": "plaats|woonplaats|stad|gemeente|plaatsnaam",
    "region": "provincie|regio",
    "postal_code": "postcode|post code",
    "country": "land",
    "po_box": "postbus",
    "formatted": "volledig adres",
    "website": "website|webpagina|internet|internetadres|web|url|homepage|site",
}

KINDS = {
    "work": "werk|zakelijk|kantoor|bedrijf|factuur",
    "home": "thuis|prive|persoonlijk",
    "other": "overig|overige|ander|andere|alternatief",
}

FILL = "en|van|de|het|nummer|nr|primair|primaire|hoofd"

LABEL = "label|type|soort"
VALUE = "waarde"
