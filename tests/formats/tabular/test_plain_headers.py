"""Headers that people and programs of each language write above plain lists, and where their cells belong."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular
from contactcore.formats.tabular.headers import meaning_of

pytestmark = pytest.mark.req("IMP-1")

HEADERS = {
    "en": {
        "given": "First Name(s)|First Names",
        "prefix": "Mr/Mrs",
        "company": "Company/Organization|Trading Name|Accounts|Work Company|companyname",
        "position": "Work Title|ContactTitle",
        "department": "Work Dept",
        "birthday": "D.O.B.",
        "emails": "e-mail1|Email addresses",
        "phones": "Phone numbers",
        "phones[work]": "Direct Dial|Direct Line|Direct Phone",
        "addresses.postal_code": "Zip/Postal|Postal/Zip Code",
        "addresses.region": "State/Prov",
        "addresses.country": "Country Name",
        "addresses[work].street": "Mail Street",
        "addresses[work].postal_code": "Mail Postal Code",
        "websites": "WWW",
        "tags": "Contact Tag 1|Tag List",
        "notes": "Memo|Info",
    },
    "fr": {
        "full_name": "Nom client|Contact principal",
        "family": "Nom marital",
        "company": "Dénomination|Dénomination sociale|Établissement|Structure|Société liée",
        "position": "Qualité",
        "phones[home]": "Tel dom",
        "addresses.postal_city": "Code postal et ville",
        "notes": "Mémo",
        "ignore": "Nom de jeune fille|Connexion le",
    },
    "de": {
        "full_name": "Vor-/Nachname|Ansprechpartner Name",
        "company": "Firma1|Firma 1|Verbundenes Unternehmen",
        "birthday": "Geb.|geb. am",
        "phones[work]": "Diensttelefon|Tel. dienstl.",
        "phones[home]": "Privattelefon",
        "addresses.street": "Str.",
        "external_id": "Mitgliedsnummer|Mitglieds-Nr.",
        "notes": "Info",
        "ignore": "Briefanrede|Geburtsname|Verbunden am",
    },
    "pl": {
        "full_name": "Nazwa pełna|Osoba do kontaktu",
        "company": "Nazwa kontrahenta|Powiązana firma",
        "department": "Oddział",
        "nickname": "Przydomek",
        "phones": "Telefon kontaktowy",
        "addresses.postal_city": "Kod i miasto",
        "addresses[home].street": "Adres zamieszkania",
        "addresses[work].city": "Miasto firmowe",
        "external_id": "Kod klienta|Kod kontrahenta",
        "ignore": "Asystent|Imię asystenta",
    },
    "es": {
        "full_name": "Nombre cliente|NombreCliente|Nombre de contacto|Apellidos, Nombre",
        "company": "Nombre fiscal|Denominación social|Entidad|Empresa relacionada",
        "birthday": "Fecha nacimiento|F. nacimiento|Fecha nac.",
        "addresses.formatted": "Dirección completa",
        "addresses[work].street": "Domicilio fiscal",
        "external_id": "Código cliente|Nº cliente|Cód. cliente",
        "?position": "Ocupación",
        "ignore": "NIF/CIF|Asistente",
    },
    "it": {
        "full_name": "Nome del cliente|Persona di riferimento",
        "company": "Denominazione|Ente|Azienda collegata",
        "birthday": "Data nascita",
        "emails": "E-mail PEC|Email PEC",
        "phones[assistant]": "Telefono dell'assistente",
        "phones[car]": "Telefono dell'Auto",
        "addresses.formatted": "Indirizzo completo",
        "external_id": "Cod. cliente",
        "ignore": "P.IVA|P. IVA|Coniuge|Nome dell'assistente|Codice SDI",
    },
}


@pytest.mark.parametrize(
    ("language", "header", "field"),
    [
        (language, header, field)
        for language, fields in HEADERS.items()
        for field, headers in fields.items()
        for header in headers.split("|")
    ],
)
def test_a_plain_header_means_what_its_readers_take_it_for(language: str, header: str, field: str) -> None:
    assert meaning_of(header, language) == field


def test_a_word_of_two_languages_makes_no_english_file_a_french_one() -> None:
    assert tabular.read("Client,Memo,Author,Date\nJo Doe,Hi,Ann,2024-01-01\n").mapping.language == "en"


def test_the_polish_word_for_mail_is_a_post_office_where_no_addresses_of_mail_stand_below_it() -> None:
    header = "Nazwisko;Imię;Ulica;Kod pocztowy;Poczta;Telefon\n"
    (row,) = tabular.read(header + "Nowak;Jan;Prosta 5;00-950;Warszawa;221234567\n")
    assert (row.draft.emails, row.draft.unmapped) == ((), {"Poczta": "Warszawa"})
    (row,) = tabular.read("Nazwisko;Imię;Telefon;Poczta\nNowak;Jan;221234567;jan@nowak.example\n")
    assert [one.text for one in row.draft.emails] == ["jan@nowak.example"]


def test_the_italian_word_for_office_is_a_phone_where_numbers_stand_below_it() -> None:
    (row,) = tabular.read("Nome;Cognome;Ufficio\nMario;Rossi;Acquisti\n")
    assert (row.draft.phones, row.draft.unmapped) == ((), {"Ufficio": "Acquisti"})
    (row,) = tabular.read("Nome;Cognome;Ufficio\nMario;Rossi;02 1234567\n")
    assert [(one.text, one.kind) for one in row.draft.phones] == [("02 1234567", "work")]
    header = "Nome;Cognome;Via (uff.);CAP (uff.);Indirizzo posta elettronica;Ufficio\n"
    (row,) = tabular.read(header + "Mario;Rossi;Via Roma 1;20121;;int. 12 (mattina)\n")
    assert [one.kind for one in row.draft.phones] == ["work"]


def test_a_name_with_a_legal_form_is_a_company_whatever_it_trades_as() -> None:
    (row,) = tabular.read("Nombre;Nombre comercial;Email\nMaderas Sur SL;Maderas;info@maderas.example\n")
    assert (row.draft.company, row.draft.full_name) == ("Maderas Sur SL", "")
    assert row.draft.unmapped == {"Nombre comercial": "Maderas"}


@pytest.mark.parametrize("nothing", ["-", "n/a", "NULL"])
def test_cells_that_say_that_there_is_nothing_are_kept_and_are_no_fault(nothing: str) -> None:
    (row,) = tabular.read(f"Name,Email,Phone,Website\nJo Doe,{nothing},{nothing},{nothing}\n")
    assert (row.draft.emails, row.draft.phones, row.draft.websites, row.problems) == ((), (), (), ())
    assert row.draft.unmapped == dict.fromkeys(("Email", "Phone", "Website"), nothing)
