"""Headers as programs really write them, in their own languages: each goes where a person would look for it."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular
from contactcore.formats.tabular.headers import meaning_of

pytestmark = pytest.mark.req("IMP-1")

# Thunderbird's own column names, from its translations; the cells that tell the parts apart.
THUNDERBIRD = {
    "de": (
        "Vorname|Nachname|Anzeigename|Spitzname|Primäre E-Mail-Adresse|Sekundäre E-Mail-Adresse|Tel. dienstlich|"
        "Tel. privat|Mobil-Tel.-Nr.|Privat: Adresse|Privat: Ort|Privat: PLZ|Privat: Land|Dienstlich: Adresse|"
        "Dienstlich: Ort|Dienstlich: PLZ|Dienstlich: Land|Arbeitstitel|Abteilung|Organisation|Geburtsjahr|"
        "Geburtsmonat|Geburtstag|Benutzerdef. 1|Notizen"
    ),
    "fr": (
        "Prénom|Nom de famille|Nom à afficher|Surnom|Première adresse électronique|Deuxième adresse électronique|"
        "Tél. professionnel|Tél. personnel|Portable|Adresse privée|Ville|Code postal|Région|Adresse professionnelle|"
        "Ville|Code postal|Région|Profession|Service|Société|Année de naissance|Mois|Jour|Divers 1|Notes"
    ),
    "pl": (
        "Imię|Nazwisko|Wyświetlana nazwa|Pseudonim|Podstawowy e-mail|Dodatkowy e-mail|Telefonu służbowy|"
        "Telefon domowy|Numer telefonu komórkowego|Adres domowy|Miasto (dom)|Kod pocztowy (dom)|Państwo (dom)|"
        "Adres służbowy|Miasto (praca)|Kod pocztowy (praca)|Państwo (praca)|Stanowisko|Departament|"
        "Firma/Organizacja|Urodziny - Rok|Urodziny - Miesiąc|Urodziny - Dzień|Informacja 1|Notatki"
    ),
    "es": (
        "Nombre|Apellidos|Nombre mostrado|Apodo|Dirección de correo electrónico principal|"
        "Dirección de correo electrónico secundaria|Teléfono (Trabajo)|Teléfono particular|Teléfono móvil|"
        "Dirección personal|Ciudad donde vive|Código postal|País de residencia|Dirección de trabajo|Ciudad (Trabajo)|"
        "Código postal (Trabajo)|País (Trabajo)|Puesto|Departamento|Organización|Año de nacimiento|"
        "Mes de nacimiento|Día de nacimiento|Personalizado 1|Notas"
    ),
    "it": (
        "Nome|Cognome|Nome visualizzato|Soprannome|E-mail primaria|E-mail secondaria|Telefono lavoro|Telefono casa|"
        "Numero cellulare|Indirizzo di casa|Città di residenza|CAP di residenza|Nazione di residenza|"
        "Indirizzo di lavoro|Città di lavoro|CAP di lavoro|Nazione di lavoro|Qualifica|Reparto|Organizzazione|"
        "Anno di nascita|Mese di nascita|Giorno di nascita|Personalizzato 1|Note"
    ),
}
CELLS = (
    "Jo|Doe|Jo Doe|Jojo|a@x.fr|b@x.fr|01|02|03|1 Home|Lyon|69001|FR|2 Work|Paris|75001|BE|CFO|Finance|Bois|"
    "1969|4|12|own|hi"
)


@pytest.mark.parametrize("language", sorted(THUNDERBIRD))
@pytest.mark.parametrize("emptied", ["", "1 Home|Lyon|69001|FR"])
def test_thunderbird_writes_two_addresses_and_a_birthday_in_parts(language: str, emptied: str) -> None:
    headers = ";".join(THUNDERBIRD[language].split("|"))
    cells = CELLS.replace(emptied, "|||") if emptied else CELLS
    (row,) = (table := tabular.read(f"{headers}\n{';'.join(cells.split('|'))}\n", language="en"))
    draft = row.draft
    assert table.mapping.source == "thunderbird"
    assert (draft.given, draft.family, draft.full_name, draft.nickname) == ("Jo", "Doe", "Jo Doe", "Jojo")
    assert (draft.company, draft.department, draft.position) == ("Bois", "Finance", "CFO")
    assert [email.text for email in draft.emails] == ["a@x.fr", "b@x.fr"]
    assert [(phone.text, phone.kind) for phone in draft.phones] == [("01", "work"), ("02", "home"), ("03", "mobile")]
    assert draft.birthday == "1969-04-12"
    home = ("home", "1 Home", "Lyon", "69001", {"FR", ""})
    found = [(one.label, one.street, one.city, one.postal_code, {one.country, one.region}) for one in draft.addresses]
    work = ("work", "2 Work", "Paris", "75001", {"BE", ""})
    assert found == ([work] if emptied else [home, work])
    assert list(draft.unmapped.values()) == ["own"]
    assert draft.notes == "hi"


def test_columns_that_are_there_twice_are_a_second_address() -> None:
    (row,) = tabular.read("Nom;Adresse;CP;Ville;Adresse;CP;Ville\nJo;1 rue A;75001;Paris;2 rue B;69001;Lyon\n")
    assert [(one.street, one.postal_code, one.city) for one in row.draft.addresses] == [
        ("1 rue A", "75001", "Paris"),
        ("2 rue B", "69001", "Lyon"),
    ]


def test_outlook_numbers_streets_in_brackets_in_polish() -> None:
    header = "Imię;Nazwisko;Adres domowy - ulica;Adres domowy - ulica (2);Adres domowy - miejscowość\n"
    (row,) = tabular.read(header + "Jan;Kos;Prosta 1;m. 5;Łódź\n")
    assert [(one.street, one.city) for one in row.draft.addresses] == [("Prosta 1\nm. 5", "Łódź")]
    assert row.draft.unmapped == {}


@pytest.mark.parametrize(
    ("headers", "cells", "expected"),
    [
        ("Name;PLZ/Ort", "Jo;50667 Köln", ("50667", "Köln")),
        ("Name;PLZ Ort", "Jo;D-50667 Köln", ("D-50667", "Köln")),
        ("Nom;CP Ville", "Jo;01000 Bourg", ("01000", "Bourg")),
        ("Nom;CP Ville", "Jo;Bourg", ("", "Bourg")),
        ("Name;City/ZIP", "Jo;EC1A 1BB London", ("EC1A 1BB", "London")),
    ],
)
def test_a_postal_code_and_a_city_in_one_cell_are_parted(headers: str, cells: str, expected: tuple[str, str]) -> None:
    (row,) = tabular.read(f"{headers}\n{cells}\n")
    assert [(one.postal_code, one.city) for one in row.draft.addresses] == [expected]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-MAIL (obligatoire)", "emails"),
        ("Email [required]", "emails"),
        ("DATE DE NAISSANCE (JJ/MM/AAAA)", "birthday"),
        ("Téléphone (sans espaces)*", "phones"),
        ("Phone (iPhone)", "phones[mobile]"),
        ("Record ID - Contact", "external_id"),
        ("Person - Email - Work", "emails[work]"),
        ("Person - Phone - Mobile", "phones[mobile]"),
        ("Person - Organization", "company"),
        ("Organization - Name", "company"),
        ("Organization - City/town/village/locality of Address", "addresses.city"),
        ("Company / Account", "company"),
        ("Billing Company", "company"),
        ("Default Address Company", "company"),
        ("Default Address Address1", "addresses.street"),
        ("LinkedIn Company Page", "websites[linkedin]"),
        ("Mobiltelefon 2", "phones[mobile]"),
        ("Rechnungsadresse", "addresses[work].street"),
        ("Websites", "websites"),
        ("Name (company)", "ignore"),
    ],
)
def test_a_header_is_read_with_its_remark_and_without_the_record_it_is_of(header: str, field: str) -> None:
    table = tabular.read(f"Vorname;{header}\nJo;x\n".replace("Vorname", "First name"), language="de")
    assert table.mapping.as_dict()[header] == field


def test_yahoo_names_phones_by_their_kind_alone() -> None:
    (row,) = tabular.read(
        "First,Last,Email,Messenger ID,Home,Work,Other,Alternate Email 1\nJo,Doe,j@x.fr,,202-555-0101,202-555-0102,,\n"
    )
    assert [(phone.text, phone.kind) for phone in row.draft.phones] == [
        ("202-555-0101", "home"),
        ("202-555-0102", "work"),
    ]
    (plain,) = tabular.read("Name,Home\nJo,yes\n")
    assert plain.draft.unmapped == {"Home": "yes"}


def test_a_german_doctor_keeps_the_title_beside_the_salutation() -> None:
    (row,) = tabular.read("Anrede;Titel;Vorname;Nachname\nHerr;Dr.;Hans;Groß\n")
    assert (row.draft.prefix, row.draft.position) == ("Herr Dr.", "")


def test_german_files_of_companies_call_the_company_name_1() -> None:
    (row,) = tabular.read("Kd-Nr.;Name 1;Name 2;Ansprechpartner\n17;Bäcker KG;Filiale;Hans Groß\n")
    draft = row.draft
    assert (draft.external_id, draft.company, draft.full_name) == ("17", "Bäcker KG", "Hans Groß")
    assert draft.unmapped == {"Name 2": "Filiale"}


def test_mailchimp_quotes_its_tags() -> None:
    (row,) = tabular.read('Email Address,TAGS\nj@x.fr,"""VIP"",""Blog, news"""\n')
    assert row.draft.tags == ("VIP", "Blog, news")


def test_what_an_event_of_google_is_stays_beside_its_date() -> None:
    (row,) = tabular.read("First Name,Labels,Event 1 - Label,Event 1 - Value\nJo,,Anniversary,1999-05-01\n")
    assert row.draft.anniversary == "1999-05-01"
    assert row.draft.unmapped == {"Event 1 - Label": "Anniversary"}


def test_a_name_beside_a_surname_is_the_given_name() -> None:
    (row,) = tabular.read("Name;Surname;Email\nJo;Doe;jo@x.fr\n")
    assert (row.draft.given, row.draft.family, row.draft.full_name) == ("Jo", "Doe", "")


def test_a_second_surname_in_spanish_is_a_part_of_the_family_name() -> None:
    (row,) = tabular.read("Nombre;Primer apellido;Segundo apellido\nJosé;García;López\n")
    assert (row.draft.given, row.draft.family, row.draft.unmapped) == ("José", "García López", {})


def test_one_column_for_phone_and_fax_makes_no_phone_a_fax() -> None:
    (row,) = tabular.read("Nom;Tél / Fax\nJo;01 44 55 66 77 / 01 44 55 66 78\n")
    assert [phone.kind for phone in row.draft.phones] == ["", ""]


def test_a_date_of_birth_may_be_shortened_in_french() -> None:
    (row,) = tabular.read("Nom;Prénom;Date naiss.\nDoe;Jo;03/04/69\n")
    assert row.draft.birthday == "1969-04-03"


def test_the_place_of_a_meeting_in_german_outlook_is_no_address() -> None:
    header = (
        "Vorname;Nachname;Straße geschäftlich;Ort geschäftlich;Telefon geschäftlich;Postleitzahl geschäftlich;Ort\n"
    )
    (row,) = tabular.read(header + "Jo;Groß;Ring 5;Köln;0221 1;50667;Raum 5\n")
    assert [one.city for one in row.draft.addresses] == ["Köln"]
    assert row.draft.unmapped == {"Ort": "Raum 5"}


# As HubSpot, Salesforce and Google name them in each language, and as people do beside them.
NAMED = {
    "company": "en:Account: Account Name|de:Name des Unternehmens|de:Accountname|fr:Nom du compte|"
    "es:Nombre de la cuenta|es:Nombre comercial|it:Nome account|pl:Nazwa konta",
    "external_id": "en:Record ID|de:Datensatz-ID|fr:ID de fiche d'informations|es:ID de registro|it:ID record|"
    "pl:Identyfikator rekordu",
    "position": "en:Designation|de:Organisation – Titel|fr:Organisation – Titre|it:Organizzazione – Titolo",
    "phones[mobile]": "de:Mobiltelefonnummer|fr:Numéro de téléphone mobile|es:Número de teléfono móvil|"
    "it:Numero di cellulare|pl:Numer telefonu komórkowego",
    "phones[work]": "de:Tel. geschäftl.",
    "given": "de:Ansprechpartner Vorname|it:Nome referente",
    "family": "de:Nachname Ansprechpartner|it:Cognome referente|es:Apellido 1|es:Apellido 2|es:Apellido materno",
    "emails": "it:PEC",
    "addresses[work].street": "de:Rechnungsadresse Straße|de:Firmenadresse",
    "addresses[other].city": "de:Lieferadresse Ort",
    "addresses[home].street": "de:Privatadresse|de:Privatadresse Straße",
    "addresses.street": "es:Domicilio",
}


@pytest.mark.parametrize(
    ("field", "named"), [(field, one) for field, names in NAMED.items() for one in names.split("|")]
)
def test_a_column_is_known_by_the_name_that_its_program_gives_it(field: str, named: str) -> None:
    language, _, header = named.partition(":")
    assert meaning_of(header, language) == field


def test_datev_names_a_company_and_a_person_in_columns_of_their_own() -> None:
    headers = (
        "Name (Adressattyp Unternehmen)|Name (Adressattyp natürl. Person)|Vorname (Adressattyp natürl. Person)|"
        "Name (Adressattyp keine Angabe)|Anrede|Titel/Akad. Grad|Namensvorsatz"
    ).replace("|", ";")
    table = f"{headers}\nMüller GmbH;;;;Firma;;\n;Schmidt;Karl;;Herr;Dr.;von\n;;;Wohnung 3;;;\n"
    company, person, other = (row.draft for row in tabular.read(table))
    assert (company.company, company.family, company.prefix) == ("Müller GmbH", "", "")
    assert (person.prefix, person.given, person.family) == ("Herr Dr.", "Karl", "von Schmidt")
    assert other.full_name == "Wohnung 3"


def test_outlook_names_the_parts_of_an_address_in_japanese() -> None:
    headers = "姓,名,番地 (会社),市区町村 (会社),国 (会社)/地域,電子メール アドレス,Web ページ"
    (row,) = tabular.read(f"{headers}\n山田,太郎,丸の内1-1,千代田区,日本,taro@yamada.jp,yamada.jp\n")
    (address,) = row.draft.addresses
    assert (address.label, address.street, address.city, address.country) == ("work", "丸の内1-1", "千代田区", "日本")
    assert (row.draft.emails[0].text, row.draft.websites[0].text) == ("taro@yamada.jp", "yamada.jp")


def test_dolibarr_names_the_company_of_a_contact_a_third_party() -> None:
    (row,) = tabular.read("Nom;Prénom;Poste;Nom tiers\nDurand;Paul;Gérant;Bois & Fils\n")
    assert (row.draft.company, row.draft.position, row.draft.family) == ("Bois & Fils", "Gérant", "Durand")
