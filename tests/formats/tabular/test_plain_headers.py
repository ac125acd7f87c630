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


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("header", "language", "field"),
    [
        ("workphone", "en", "phones[work]"),
        ("homephone", "en", "phones[home]"),
        ("WorkPhone", "en", "phones[work]"),
        ("workemail", "en", "emails[work]"),
        ("homeaddress", "en", "addresses[home].street"),
        ("dateofbirth", "en", "birthday"),
        ("companyname", "en", "company"),
        ("telprivat", "de", "phones[home]"),
        ("emailgeschaeftlich", "de", "emails[work]"),
        ("telbureau", "fr", "phones[work]"),
        ("telefoonwerk", "nl", "phones[work]"),
        ("Telefoon (zakelijk)", "nl", "phones[work]"),
        ("Postcode en plaats", "nl", "addresses.postal_city"),
        ("nick", "en", "nickname"),
        ("Nick", "de", "nickname"),
        ("Geboortedatum", "nl", "birthday"),
        ("Landau", "de", None),
        ("Mobilcom", "de", None),
        ("webmail", "en", None),
        ("x" * 200, "en", None),
    ],
)
def test_a_header_of_words_that_are_glued_together_is_read(header: str, language: str, field: str | None) -> None:
    assert meaning_of(header, language) == field


@pytest.mark.req("IMP-1")
def test_a_dutch_file_with_a_column_for_particles_is_read() -> None:
    table = tabular.read("Voornaam;Tussenvoegsel;Achternaam;E-mail\nJan;van der;Berg;j@x.nl\nAn;;Vos;\nPiet;de;;\n")
    assert table.mapping.language == "nl"
    assert [row.draft.family for row in table] == ["van der Berg", "Vos", ""]
    assert [row.draft.unmapped for row in table] == [{}, {}, {"Tussenvoegsel": "de"}]


@pytest.mark.req("IMP-11")
@pytest.mark.parametrize(
    "cell", ["Keine Angabe", "k.A.", "Not specified", "non renseigné", "nie podano", "no especificado", "n.v.t.", "-"]
)
@pytest.mark.parametrize("header", ["Gender", "Job Title", "E-mail", "Phone"])
def test_a_cell_that_says_that_nothing_was_stated_is_kept_and_is_no_value(header: str, cell: str) -> None:
    (row,) = tabular.read(f"Name,{header}\nJo,{cell}\n")
    draft = row.draft
    assert (draft.gender, draft.position, draft.emails, draft.phones) == ("", "", (), ())
    assert draft.unmapped == {header: cell}
    assert row.problems == ()


@pytest.mark.req("IMP-11")
@pytest.mark.parametrize("cell", ["f", "female", "weiblich", "Frau", "non-binary"])
def test_a_stated_gender_is_one(cell: str) -> None:
    (row,) = tabular.read(f"Name,Gender\nJo,{cell}\n")
    assert row.draft.gender == cell


@pytest.mark.req("IMP-11")
@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("['a', 'b']", ("a", "b")),
        ('["a", "b, c"]', ("a", "b, c")),
        ("{a,b}", ("a", "b")),
        ("('a',)", ("a",)),
        ("[a, b]", ("a", "b")),
        ("a [old], b", ("a [old]", "b")),
        ("[sic]", ("[sic]",)),
    ],
)
def test_a_list_that_a_program_has_written_is_its_entries(cell: str, tags: tuple[str, ...]) -> None:
    quoted = cell.replace('"', '""')
    (row,) = tabular.read(f'Name,Tags\nJo,"{quoted}"\n')
    assert row.draft.tags == tags


@pytest.mark.req("IMP-11")
def test_lists_of_addresses_and_numbers_are_their_entries_and_an_empty_list_is_kept() -> None:
    rows = tabular.read(
        "Name,E-mail,Phone,Website,Tags\nJo,\"['a@x.fr', 'b@x.fr']\","
        "\"['01 44 55 66 77', '06 12 34 56 78']\",['https://a.fr'],\nAl,[],[],[],[]\n"
    )
    jo, al = (row.draft for row in rows)
    assert [email.text for email in jo.emails] == ["a@x.fr", "b@x.fr"]
    assert [phone.text for phone in jo.phones] == ["01 44 55 66 77", "06 12 34 56 78"]
    assert [site.text for site in jo.websites] == ["https://a.fr"]
    assert al.unmapped == dict.fromkeys(("E-mail", "Phone", "Website", "Tags"), "[]")


@pytest.mark.req("IMP-11")
@pytest.mark.parametrize("cell", ["00/01/1900", "12/30/1899", "0-Jan-00", "1900-01-00 00:00:00", "0"])
def test_the_zero_date_of_a_spreadsheet_is_no_birthday(cell: str) -> None:
    (row,) = tabular.read(f"Name,Birthday\nJo,{cell}\n")
    assert (row.draft.birthday, row.draft.unmapped, row.problems) == ("", {"Birthday": cell}, ())


@pytest.mark.req("IMP-11")
def test_a_birthday_without_its_year_is_read() -> None:
    rows = tabular.read("Name,Birthday\nJo,14 Feb\nAl,Feb 14\nCy,14 février\n")
    assert [row.draft.birthday for row in rows] == ["--02-14"] * 3
