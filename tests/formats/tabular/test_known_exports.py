"""Whatever columns of a known export a file has, in whatever order and shape: no cell is lost."""

from __future__ import annotations

import csv
import io

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore.formats import tabular
from contactcore.formats.drafts import Draft
from contactcore.formats.tabular.headers import meaning_of
from support.seeds import examples

EXPORTS: dict[str, tuple[str, str]] = {
    "google-2024": (
        "en",
        (
            "First Name|Middle Name|Last Name|Phonetic First Name|Phonetic Last Name|Name Prefix|Name Suffix|Nickname|"
            "File As|Organization Name|Organization Title|Organization Department|Birthday|Notes|Photo|Labels|"
            "E-mail 1 - Label|E-mail 1 - Value|E-mail 2 - Label|E-mail 2 - Value|Phone 1 - Label|Phone 1 - Value|"
            "Address 1 - Label|Address 1 - Formatted|Address 1 - Street|Address 1 - City|Address 1 - PO Box|"
            "Address 1 - Region|Address 1 - Postal Code|Address 1 - Country|Address 1 - Extended Address|"
            "Website 1 - Label|Website 1 - Value|Event 1 - Label|Event 1 - Value|Custom Field 1 - Label|"
            "Custom Field 1 - Value"
        ),
    ),
    "google": (
        "en",
        (
            "Name|Given Name|Additional Name|Family Name|Yomi Name|Given Name Yomi|Name Prefix|Nickname|Birthday|"
            "Gender|"
            "Notes|Language|Photo|Group Membership|E-mail 1 - Type|E-mail 1 - Value|Phone 1 - Type|Phone 1 - Value|"
            "Phone 2 - Type|Phone 2 - Value|Address 1 - Type|Address 1 - Street|Address 1 - City|Organization 1 - Type|"
            "Organization 1 - Name|Organization 1 - Title|Organization 1 - Department|Website 1 - Type|"
            "Website 1 - Value"
        ),
    ),
    "outlook-en": (
        "en",
        (
            "Title|First Name|Middle Name|Last Name|Suffix|Company|Department|Job Title|Business Street|"
            "Business Street 2|"
            "Business City|Business State|Business Postal Code|Business Country/Region|Home Street|Home City|"
            "Home Phone|"
            "Business Fax|Business Phone|Business Phone 2|Mobile Phone|Assistant's Phone|Anniversary|Birthday|"
            "Categories|"
            "E-mail Address|E-mail Type|E-mail Display Name|E-mail 2 Address|E-mail 2 Type|Gender|Notes|Web Page|Spouse"
        ),
    ),
    "outlook-fr": (
        "fr",
        (
            "Titre|Prénom|Deuxième prénom|Nom|Suffixe|Société|Service|Profession|Rue (bureau)|Rue (bureau) 2|"
            "Ville (bureau)|Code postal (bureau)|Pays/Région (bureau)|Rue (domicile)|Ville (domicile)|"
            "Télécopie (bureau)|Téléphone (bureau)|Téléphone 2 (bureau)|Téléphone (domicile)|Tél. mobile|"
            "Adresse de messagerie|Adresse de messagerie 2|Anniversaire|Catégories|Notes|Page Web|Responsable"
        ),
    ),
    "outlook-de": (
        "de",
        (
            "Anrede|Vorname|Weitere Vornamen|Nachname|Suffix|Firma|Abteilung|Position|Straße geschäftlich|"
            "Straße geschäftlich 2|Ort geschäftlich|Postleitzahl geschäftlich|Land/Region geschäftlich|Straße privat|"
            "Ort privat|Telefon geschäftlich|Telefon geschäftlich 2|Telefon privat|Mobiltelefon|Fax geschäftlich|"
            "E-Mail-Adresse|E-Mail 2: Adresse|Geburtstag|Kategorien|Notizen|Webseite|Partner"
        ),
    ),
    "outlook-pl": (
        "pl",
        (
            "Tytuł|Imię|Drugie imię|Nazwisko|Firma|Dział|Stanowisko|Adres służbowy - ulica|Adres służbowy - ulica 2|"
            "Adres służbowy - miejscowość|Adres służbowy - kod pocztowy|Adres domowy - ulica|Adres domowy - ulica (2)|"
            "Telefon służbowy|Telefon domowy|Telefon komórkowy|Faks służbowy|Adres e-mail|Adres e-mail 2|Urodziny|"
            "Kategorie|Notatki|Strona sieci Web|Współmałżonek"
        ),
    ),
    "outlook-es": (
        "es",
        (
            "Nombre|Segundo nombre|Apellidos|Organización|Departamento|Puesto|Calle del trabajo|Calle del trabajo 2|"
            "Ciudad de trabajo|Provincia o estado de trabajo|Código postal del trabajo|País o región del trabajo|"
            "Otra calle|Otra ciudad|Teléfono del trabajo|Particular|Otro teléfono|Dirección de correo electrónico|"
            "Dirección de correo electrónico 2|Cumpleaños|Categorías|Notas|Página web|Nombre del director"
        ),
    ),
    "outlook-it": (
        "it",
        (
            "Titolo|Nome|Secondo nome|Cognome|Società|Reparto|Posizione|Via (uff.)|Via (uff.) 2|Città (uff.)|"
            "Provincia (uff.)|CAP (uff.)|Paese/area geografica (uff.)|Via (ab.)|Città (ab.)|Ufficio|Abitazione|"
            "Cellulare|"
            "Fax (uff.)|Indirizzo posta elettronica|Indirizzo posta elettronica 2|Compleanno|Categorie|Pagina Web|"
            "Nome assistente"
        ),
    ),
    "thunderbird": (
        "en",
        (
            "First Name|Last Name|Display Name|Nickname|Primary Email|Secondary Email|Work Phone|Home Phone|Fax Number|"
            "Pager Number|Mobile Number|Home Address|Home Address 2|Home City|Home ZipCode|Home Country|Work Address|"
            "Work City|Job Title|Department|Organization|Web Page 1|Web Page 2|Birth Year|Birth Month|Birth Day|"
            "Custom 1|Notes|Screen Name"
        ),
    ),
    "linkedin": ("en", "First Name|Last Name|URL|Email Address|Company|Position|Connected On"),
    "yahoo": (
        "en",
        (
            "First|Middle|Last|Nickname|Email|Category|Distribution Lists|Messenger ID|Pager|Fax|Mobile|"
            "Alternate Email 1|Alternate Email 2|Personal Website|Business Website|Title|Company|Work Address|"
            "Work City|"
            "Work ZIP|Home Address|Home City|Birthday|Anniversary|Custom 1|Comments"
        ),
    ),
    "hubspot": (
        "en",
        (
            "Record ID|First Name|Last Name|Email|Phone Number|Contact owner|Lead Status|Job Title|Company Name|"
            "Street Address|City|State/Region|Postal Code|Country/Region|Website URL|Lifecycle Stage"
        ),
    ),
    "salesforce": (
        "en",
        (
            "Salutation|First Name|Last Name|Title|Account Name|Mailing Street|Mailing City|Mailing State/Province|"
            "Mailing Zip/Postal Code|Mailing Country|Phone|Fax|Mobile|Home Phone|Other Phone|Asst. Phone|Email|"
            "Lead Source|Birthdate|Contact Owner|Department|Description"
        ),
    ),
    "snake": (
        "en",
        (
            "id|first_name|last_name|gender|title|background|first_seen|has_newsletter|status|tags|company_id|"
            "linkedin_url|company_name|company|email_work|email_home|phone_work|phone_home|phone_other"
        ),
    ),
    "plain-fr": ("fr", "Nom|Prénom|Entreprise|Fonction|Courriel|Téléphone|Portable|Adresse|CP|Ville|Pays|Étiquettes"),
    "plain-de": ("de", "Name|Vorname|Firma|Straße|PLZ|Ort|Telefon|Handy|E-Mail|Bemerkungen|Geburtsdatum"),
    "plain-pl": ("pl", "Nazwisko|Imię|Firma|Telefon komórkowy|E-mail|Ulica|Kod pocztowy|Miejscowość|Uwagi|Tagi"),
    "plain-es": ("es", "Nombre|Apellidos|Empresa|Cargo|Correo electrónico|Móvil|Dirección|Código postal|Ciudad|Notas"),
    "plain-it": ("it", "Nome|Cognome|Azienda|Ruolo|E-mail|Cellulare|Indirizzo|CAP|Città|Provincia|Note"),
}

WORDS = {
    "en": ("Ann", "Lee & Sons, Ltd.", "O'Neil", 'The "Ace"', "Main St; 5"),
    "fr": ("Zoé", "Société Générale; Lyon", "Façonnière", "L'Hôpital, Noël", "Bébé"),
    "de": ("Jürgen", "Müller & Söhne; GmbH", "Straßenbau", "Größe, klein", "Bär"),
    "pl": ("Łukasz", "Wójcik; Sp. z o.o.", "Źródło", "Gęślą, jaźń", "Żółw"),
    "es": ("Íñigo", "Muñoz; Hijos", "Peña", "Ávila, Norte", "José"),
    "it": ("Niccolò", "Caffè; Nord", "Città", "Perché, sì", "Libertà"),
}

ENCODINGS = {
    "en": ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"),
    "fr": ("utf-8", "utf-8-sig", "utf-16", "cp1252", "mac-roman"),
    "de": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "pl": ("utf-8", "utf-8-sig", "utf-16", "cp1250", "iso-8859-2"),
    "es": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "it": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
}


@attrs.frozen
class Export:
    name: str
    language: str
    headers: list[str]
    rows: list[list[str]]
    delimiter: str
    encoding: str

    def data(self) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerow(self.headers)
        writer.writerows(self.rows)
        return text.getvalue().encode(self.encoding)


def _cell(header: str, language: str, number: int) -> st.SearchStrategy[str]:
    field = meaning_of(header, language) or ""
    if field.endswith(".label"):
        filled = st.sampled_from(["Work", "* Home", f"Chalet {number}"])
    elif field.endswith((".year", ".month", ".day")):
        filled = st.just({"year": "1969", "month": "11", "day": "12"}[field.rsplit(".", 1)[1]])
    elif field.startswith("emails"):
        filled = st.sampled_from([f"u{number}@x.example", f"a{number}@x.example ::: b{number}@x.example"])
    elif field.startswith("phones"):
        filled = st.sampled_from([f"+33 1 44 55 {number:04}", f"0711/{number:07}", f"01 23 {number:06} x371"])
    elif field in {"birthday", "anniversary"} or field.startswith("dates"):
        filled = st.sampled_from(["1969-04-03", "--05-20", f"soon {number}"])
    else:
        filled = st.sampled_from(WORDS[language]).map(lambda word: f"{word} {number}")
    return st.one_of(st.just(""), filled, filled)


@st.composite
def exports(draw: st.DrawFn) -> Export:
    name = draw(st.sampled_from(sorted(EXPORTS)))
    language, columns = EXPORTS[name]
    every = columns.split("|")
    mapped = [header for header in every if meaning_of(header, language) not in {None, "ignore"}]
    needed = draw(st.lists(st.sampled_from(mapped), min_size=3, max_size=6, unique=True))
    more = draw(st.lists(st.sampled_from(every), max_size=30, unique=True))
    headers = draw(st.permutations(list(dict.fromkeys(needed + more))))
    count = draw(st.integers(1, 4))
    rows = [
        [draw(_cell(header, language, row * 100 + at)) for at, header in enumerate(headers)] for row in range(count)
    ]
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    encoding = draw(st.sampled_from(ENCODINGS[language]))
    return Export(name, language, headers, rows, delimiter, encoding)


def said(draft: Draft) -> list[str]:
    """Every text that a draft holds, wherever it stands."""
    texts: list[str] = []
    for name, value in attrs.asdict(draft).items():
        if isinstance(value, str):
            texts.append(value)
        elif name == "unmapped":
            texts.extend(value.values())
        elif isinstance(value, (tuple, list)):
            for item in value:
                texts.extend([item] if isinstance(item, str) else map(str, item.values()))
    return texts


def lost_pieces(cell: str, texts: list[str]) -> list[str]:
    together = "\n".join(texts)
    if cell in together or cell.lstrip("* ").casefold() in texts:
        return []
    pieces = [piece.strip() for part in cell.split(" ::: ") for piece in part.replace(";", ",").split(",")]
    return [piece for piece in pieces if piece not in together]


@pytest.mark.req("IMP-1")
@pytest.mark.req("IMP-2")
@given(exports())
@settings(max_examples=examples(100))
def test_every_cell_ends_in_the_draft_or_in_its_remainder_or_in_the_problems(export: Export) -> None:
    table = tabular.read(export.data(), language=export.language)
    expected = [(number, row) for number, row in enumerate(export.rows) if any(row)]
    rows = list(table)
    assert table.detected.columns == tuple(export.headers)
    assert [row.cells for row in rows] == [cells for _, cells in expected]
    for row in rows:
        texts = said(row.draft) + [str(problem.value) for problem in row.problems]
        for cell in filter(None, row.cells):
            assert lost_pieces(cell, texts) == [], (cell, row.draft)


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_the_whole_header_of_a_known_export_maps_by_itself(name: str) -> None:
    language, columns = EXPORTS[name]
    headers = columns.split("|")
    table = tabular.read((";".join(headers) + "\n" + ";".join("x" for _ in headers) + "\n").encode())
    fields = set(table.mapping.as_dict().values())
    assert table.mapping.language == language
    assert {"given", "family"} <= fields
    assert any(field.startswith("emails") for field in fields)
    assert "company" in fields
    family = name.split("-", maxsplit=1)[0]
    assert table.mapping.source == ("plain" if family in {"plain", "snake"} else name if family == "google" else family)


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Nom;Prénom", ["family", "given"]),
        ("Nom;Société", ["full_name", "company"]),
        ("Nombre;Apellidos", ["given", "family"]),
        ("Nombre;Correo electrónico", ["full_name", "emails"]),
        ("Nome;Cognome", ["given", "family"]),
        ("Name;Vorname", ["family", "given"]),
        ("Name;Email", ["full_name", "emails"]),
        ("Titre;Nom;Titre;Société", ["prefix", "full_name", "position", "company"]),
        ("Title;First name;Job title", ["prefix", "given", "position"]),
        ("Title;first_name;last_name", ["position", "given", "family"]),
    ],
)
def test_an_ambiguous_header_is_decided_by_the_others(headers: str, expected: list[str]) -> None:
    table = tabular.read(headers + "\n")
    assert [column.field for column in table.mapping.columns] == expected


@pytest.mark.req("IMP-1")
def test_a_column_named_title_that_holds_salutations_is_the_prefix() -> None:
    table = tabular.read("Title,First name,Last name\nDr.,Ann,Lee\nMrs,Bo,Ray\n")
    assert table.mapping.as_dict()["Title"] == "prefix"
