"""Column names in Finnish."""

from __future__ import annotations

EXACT = {
    "kind": "On yritys|Yritystyyppi",
    "?kind": "Tyyppi",
    "prefix": "Puhuttelu|Arvonimi|Etuliite",
    "given": "Etunimi|Etunimet|Kutsumanimi",
    "middle": "Toinen nimi|Toinen etunimi",
    "family": "Sukunimi",
    "suffix": "Jälkiliite",
    "nickname": "Lempinimi",
    "full_name": "Koko nimi|Näyttönimi|Yhteyshenkilö|Etu- ja sukunimi|Asiakas|Asiakkaan nimi|Yhteystieto|Nimi",
    "company": "Yritys|Yrityksen nimi|Organisaatio|Yhtiö|Työnantaja|Toiminimi|Yritysnimi",
    "department": "Osasto",
    "position": "Tehtävä|Asema|Rooli|Tehtävänimike|Titteli",
    "?position": "Ammatti",
    "birthday": "Syntymäpäivä|Syntymäaika|Syntynyt",
    "birthday.year": "Syntymävuosi",
    "anniversary": "Vuosipäivä|Hääpäivä",
    "gender": "Sukupuoli",
    "notes": "Muistiinpanot|Muistiinpano|Huomautukset|Huomautus|Huomiot|Kommentti|Kommentit|Kuvaus|Lisätiedot",
    "tags": "Tunnisteet|Ryhmät|Ryhmä|Avainsanat|Luokat|Tarrat",
    "categories": "Luokka",
    "type": "Asiakastyyppi",
    "responsible": "Vastuuhenkilö",
    "language": "Kieli",
    "currency": "Valuutta",
    "external_id": "Asiakasnumero|Asiakasnro|Asiakastunnus|Jäsennumero",
    "phones[main]": "Vaihde|Päänumero",
    "addresses[work].street": "Laskutusosoite|Käyntiosoite",
    "addresses[other].street": "Toimitusosoite",
    "ignore": "Y-tunnus|Henkilötunnus|ALV-numero|IBAN|Omistaja|Luonut|Muokannut|Luotu|Asiakas alkaen",
}

NOUNS = {
    "email": "sahkoposti|sahkopostiosoite|email|s posti|sposti",
    "phone": "puhelin|puh|puhelinnumero|puhelinnro|lankapuhelin|puhnro",
    "mobile": "matkapuhelin|gsm|kannykka|matkapuhelinnumero|matkapuh",
    "fax": "faksi|faksinumero|fax",
    "pager": "hakulaite",
    "address": "osoite|postiosoite",
    "street": "katu|katuosoite|lahiosoite|kadunnimi|osoiterivi",
    "number": "talonumero",
    "city": "kaupunki|postitoimipaikka|paikkakunta|kunta",
    "region": "maakunta|alue|laani",
    "postal_code": "postinumero|postinro",
    "country": "maa",
    "po_box": "postilokero",
    "website": "verkkosivusto|kotisivu|www|verkkosivu|url|verkkosivut|kotisivut|internet",
}

KINDS = {
    "work": "tyo|toimisto|yritys|laskutus",
    "home": "koti|henkilokohtainen|yksityinen",
    "other": "muu|toinen|toimitus",
}

FILL = "ja|numero|nro|ensisijainen"

LABEL = "tunniste|tyyppi"
VALUE = "arvo"
