"""The mapping of a file's columns to fields. It is shown to the user, and the caller can change it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.tabular.address_columns import assign_addresses
from contactcore.formats.tabular.content import guess_column, guess_columns, is_code_header, salutations
from contactcore.formats.tabular.fields import REASON, Target, parse_field
from contactcore.formats.tabular.headers import language_of, meaning_of, normal_header
from contactcore.formats.tabular.kinds import only_kinds
from contactcore.frozen import frozen
from contactcore.values.written_dates import day_first_of, evidence

__all__ = ["Column", "Mapping", "header_name", "is_reason", "read_mapping", "unique_headers"]

_SIGNATURES: tuple[tuple[str, frozenset[str], int], ...] = tuple(
    (name, frozenset(normal_header(header) for header in headers.split("|")), needed)
    for name, headers, needed in (
        ("google-2024", "E-mail 1 - Label|Phone 1 - Label|Address 1 - Label|Organization Title|Labels|File As", 2),
        ("google", "E-mail 1 - Type|Phone 1 - Type|Group Membership|Organization 1 - Name|Address 1 - Type", 2),
        ("linkedin", "Connected On|URL|Position|Company|First Name", 4),
        (
            "thunderbird",
            (
                "Primary Email|Secondary Email|Screen Name|Work ZipCode|Home ZipCode|Web Page 1|Display Name|"
                "Primäre E-Mail-Adresse|Sekundäre E-Mail-Adresse|Messenger-Name|Première adresse électronique|"
                "Deuxième adresse électronique|Nom de l'écran|Podstawowy e-mail|Dodatkowy e-mail|Komunikator AIM|"
                "Dirección de correo electrónico principal|Dirección de correo electrónico secundaria|"
                "Nombre en pantalla|E-mail primaria|E-mail secondaria|"
                "Nome instant messenger"
            ),
            2,
        ),
        ("yahoo", "Alternate Email 1|Messenger ID|Distribution Lists|Yahoo Phone|Work ZIP|Home ZIP", 2),
        ("zoho", "Contact Owner.id|Account Name.id|Vendor Name|Email Opt Out|Reporting To", 2),
        ("pipedrive", "Person - Name|Person - ID|Organization - ID|Organization - Name|Organization - Owner", 2),
        ("mailchimp", "MEMBER_RATING|OPTIN_TIME|LEID|EUID", 2),
        (
            "hubspot",
            (
                "Record ID|Record ID - Contact|Record ID - Company|Lifecycle Stage|Lead Status|HubSpot Contact ID|"
                "Contact Owner|Associated Company|Company Owner|Company Domain Name"
            ),
            2,
        ),
        ("salesforce", "Account Name|Mailing Street|Mailing City|Mailing Country|Salesforce ID|Contact Owner Alias", 2),
        ("xero", "*ContactName|POAddressLine1|SAAddressLine1|POAttentionTo|SAAttentionTo|DDINumber", 2),
        (
            "wordpress",
            "user_login|user_nicename|user_registered|user_email|billing_first_name|billing_postcode|billing_address_1",
            2,
        ),
        ("outlook.com", "Given Name Yomi|Family Name Yomi|Business Country|Home Country|Personal Web Page", 3),
        (
            "outlook",
            (
                "Business Street|Business Phone|Business Fax|Home Street|E-mail Display Name|Web Page|"
                "Rue (bureau)|Téléphone (bureau)|Adresse de messagerie|Straße geschäftlich|Telefon geschäftlich|"
                "Postleitzahl geschäftlich|Adres służbowy - ulica|Telefon służbowy|Adres służbowy - kod pocztowy|"
                "Calle del trabajo|Teléfono del trabajo|Código postal del trabajo|Via (uff.)|CAP (uff.)|"
                "Indirizzo posta elettronica|Suffix|Weitere Vornamen|Page Web"
            ),
            2,
        ),
    )
)
_OF_PROGRAMS: AnyMapping[str, AnyMapping[str, str]] = {
    program: {normal_header(header): field for header, field in fields.items()}
    for program, fields in {
        "wordpress": {"user_email": "emails", "user_url": "websites"},
        "xero": {
            "DDINumber": "phones[work]",
            **{
                f"{prefix}{header}": f"addresses[{kind}].{part}"
                for prefix, kind in (("PO", "work"), ("SA", "other"))
                for header, part in (
                    ("AddressLine1", "street"),
                    ("AddressLine2", "street2"),
                    ("AddressLine3", "street3"),
                    ("City", "city"),
                    ("Region", "region"),
                    ("PostalCode", "postal_code"),
                    ("Country", "country"),
                )
            },
        },
    }.items()
}
"""Headers that mean something in the files of one program alone: the postal and the street address of Xero."""
_HEADER_LENGTH = 500
_NUMBER_FIRST = {None, "AU", "CA", "FR", "GB", "IE", "IN", "LU", "MC", "NZ", "US", "ZA"}
_NUMBER = {"n", "nr", "no", "num", "number", "nummer", "numer", "numero"}
"""Headers of a house number, if the column before it is the street."""
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029 ]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_REPEATED = re.compile(r"\s+\(\d+\)$")


@frozen
class Column:
    """A column of a file and its field.

    Attributes:
        header: Header of the file; `"Email (2)"` for a repeated header, `"Column 3"` for a missing one.
        field: Path of `contactcore.formats.tabular.FIELDS`; `"ignore"` keeps the cells as unmapped values of the
            contact, `"drop"` discards them.
        how: Origin of the field: `"header"`, `"content"`, `"caller"`, or `"unknown"` for a column that was not
            recognised.
    """

    header: str
    field: str
    how: str


@frozen
class Mapping:
    """The mapping of one file.

    Attributes:
        columns: All columns, in the order of the file.
        source: Program that wrote the file (`"google-2024"`, `"outlook"`, ...), or `"plain"`.
        language: Language of the headers.
        day_first: Whether 03/04 is 3 April.
        day_first_certain: Whether the dates of the file decide the order.
        number_first: Whether the house number is written before the street.
    """

    columns: tuple[Column, ...]
    source: str = "plain"
    language: str = "en"
    day_first: bool = True
    day_first_certain: bool = False
    number_first: bool = False

    def as_dict(self) -> dict[str, str]:
        """Return header -> field, in the order of the file.

        >>> read_mapping(["Prénom", "Nom"]).as_dict()
        {'Prénom': 'given', 'Nom': 'family'}
        """
        return {column.header: column.field for column in self.columns}

    def with_fields(self, changes: AnyMapping[str, str]) -> Mapping:
        """Return a copy with other fields for some columns (IMP-1).

        Args:
            changes: Header -> field.

        Raises:
            Invalid: all problems at once: `mapping-header` for a header that the file does not have, `mapping-field`
                for an unknown field.

        >>> read_mapping(["Name", "Ref"]).with_fields({"Ref": "external_id"}).as_dict()["Ref"]
        'external_id'
        """
        faults: list[Problem] = []
        headers = {column.header for column in self.columns}
        changes = {header if header in headers else header_name(header): field for header, field in changes.items()}
        for header, field in changes.items():
            try:
                parse_field(field)
            except Invalid as error:
                faults.extend(error.problems)
            if header not in headers:
                known = ", ".join(repr(column.header) for column in self.columns[:40])
                faults.append(
                    Problem("mapping-header", "mapping", f"The file has no such column. It has: {known}.", header)
                )
        if faults:
            raise Invalid(faults)
        return attrs.evolve(
            self,
            columns=tuple(
                Column(column.header, str(parse_field(changes[column.header])), "caller")
                if column.header in changes
                else column
                for column in self.columns
            ),
        )


def header_name(cell: str) -> str:
    r"""Return a header as it is shown and stored: one line without control characters, of at most 500 characters.

    >>> header_name(" Ref\n No\x07")
    'Ref No'
    """
    text = cell[: _HEADER_LENGTH * 4].strip().removeprefix("\ufeff")
    if not text.isprintable():
        text = _CONTROL.sub("", _BREAKS.sub(" ", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text[:_HEADER_LENGTH].strip()


def unique_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """Make the headers of a file unique, and name the empty ones.

    >>> unique_headers(["Email", "", "Email"])
    ('Email', 'Column 2', 'Email (2)')
    """
    taken: set[str] = set()
    headers: list[str] = []
    counts: Counter[str] = Counter()
    names = [header_name(cell) for cell in cells]
    originals = set(names)
    for index, given in enumerate(names, start=1):
        base = given or f"Column {index}"
        counts[base] += 1
        name = base if base not in taken else f"{base} ({counts[base]})"
        while name in taken or (name != base and name in originals):
            counts[base] += 1
            name = f"{base} ({counts[base]})"
        taken.add(name)
        headers.append(name)
    return tuple(headers)


def _source(headers: Sequence[str]) -> str:
    normal = {normal_header(header) for header in headers}
    for name, signature, needed in _SIGNATURES:
        if len(signature & normal) >= needed:
            return name
    return "plain"


def _resolve(fields: list[str | None], samples: Sequence[Sequence[str]], source: str, file_language: str) -> None:  # noqa: C901, PLR0912 - the rules of one file's columns, in order
    """Resolve the fields that depend on other columns: names, titles, and labels without a value."""
    sure = {field for field in fields if field and field[0] != "?"}
    titles = [index for index, field in enumerate(fields) if field == "?title"]
    if len(titles) > 1 and "position" not in sure:
        fields[titles[0]], fields[titles[1]] = "prefix", "position"
        sure |= {"prefix", "position"}
    # A file may have thousands of columns of one name, so no column looks at all others.
    first = {field: index for index, field in reversed([*enumerate(fields)]) if field}
    for index, field in enumerate(fields):
        cells = samples[index] if index < len(samples) else ()
        if field == "?title":
            if "prefix" in sure:  # with a German "Anrede", a "Titel" is an academic title
                fields[index] = "prefix" if file_language == "de" or salutations(cells) else "position"
            elif "position" in sure or source.startswith("outlook") or salutations(cells):
                fields[index] = "prefix"
            elif any(cell.strip() for cell in cells) or "?position" not in first:
                fields[index] = "position"
            else:
                fields[index] = "prefix"
            sure.add(fields[index] or "")
        elif field == "?family-or-full":
            other = _other_part(first, cells, samples)
            fields[index] = "family" if other == "given" else "full_name"
            if file_language in {"en", "de"} and other == "family":  # Name, Surname
                fields[index] = "given"
        elif field == "?given-or-full":
            fields[index] = "given" if _other_part(first, cells, samples) == "family" else "full_name"
        elif field == "?kind":
            fields[index] = "kind" if "kind" not in sure and only_kinds(cells) else None
            sure.add(fields[index] or "")
        elif field == "?company":
            known = {"company", "given"} & sure
            fields[index] = (
                "company" if not known else "family" if known == {"given"} and "family" not in sure else None
            )
        elif field and field.startswith(("?phones", "?emails")):
            sure_phones = source.startswith(("yahoo", "outlook")) and field.startswith("?phones")
            fields[index] = field[1:] if sure_phones or guess_column(cells, sure=False) == field[1:7] else None
        first.setdefault(fields[index] or "", index)
    if source == "outlook" and "addresses[work].city" in fields:  # the "Ort" of a German export is a meeting place
        fields[:] = ["ignore" if field == "addresses.city" else field for field in fields]
    has_position = "position" in fields
    for index, field in enumerate(fields):
        if field == "?position":
            fields[index] = "ignore" if has_position else "position"
            has_position = True
        elif field in {"?birthday.month", "?birthday.day"}:
            fields[index] = field[1:] if "birthday.year" in sure else None
    _resolve_birthday(fields, samples)
    values = {field for field in fields if field}
    for index, field in enumerate(fields):
        if field and field.endswith(".label") and not _has_value(field, values):
            fields[index] = "ignore"


def _other_part(first: AnyMapping[str, int], whole: Sequence[str], samples: Sequence[Sequence[str]]) -> str:
    """Return `"given"` or `"family"` if only this part has its own column and the plain name does not contain it."""
    parts = {"given", "family"} & first.keys()
    if len(parts) != 1:
        return ""
    (only,) = parts
    at = first[only]
    pairs = zip(whole, samples[at] if at < len(samples) else (), strict=False)
    both = [(name.casefold().split(), part.casefold().split()) for name, part in pairs if name.strip() and part.strip()]
    contained = sum(len(name) > len(part) and set(part) <= set(name) for name, part in both)
    return "" if contained * 2 > len(both) else only


def _resolve_birthday(fields: list[str | None], samples: Sequence[Sequence[str]]) -> None:
    """Map a German "Geburtstag" to the day, if year and month have columns of their own."""
    if "birthday" in fields and "birthday.day" not in fields and {"birthday.year", "birthday.month"} <= set(fields):
        at = fields.index("birthday")
        if all(len(cell.strip()) <= 2 for cell in (samples[at] if at < len(samples) else ())):
            fields[at] = "birthday.day"


def _has_value(label: str, fields: set[str]) -> bool:
    stem = label.removesuffix(".label")
    if stem.startswith("addresses"):
        return any(field.startswith(stem + ".") and field != label for field in fields)
    return stem in fields


def read_mapping(
    headers: Sequence[str],
    samples: Sequence[Sequence[str]] = (),
    language: str = "en",
    *,
    country: str | None = None,
    named: bool = True,
) -> Mapping:
    """Detect the mapping of a file from its headers and its cells (IMP-1).

    Args:
        headers: Headers of the file, all different.
        samples: Some cells of each column; none by default.
        language: Language of the workspace, used if the headers decide nothing; `"en"` by default.
        country: ISO 3166 country of the workspace, which decides the order of day and month; None for unknown.
        named: Whether the file has a header; True by default. Without one only the cells decide.

    >>> mapping = read_mapping(["Nachname", "Vorname", "Telefon geschäftlich", "Kaffee"])
    >>> mapping.language, [column.field for column in mapping.columns]
    ('de', ['family', 'given', 'phones[work]', 'ignore'])
    """
    samples = list(samples) + [()] * (len(headers) - len(samples))
    if not named:
        guessed = guess_columns(samples, country)
        columns = [
            Column(header, field or "ignore", "content" if field else "unknown")
            for header, field in zip(headers, guessed, strict=False)
        ]
        return Mapping(tuple(columns), "plain", language, day_first_of(language, country))
    plain = [_REPEATED.sub("", header) for header in headers]
    file_language = language_of(tuple(plain[:300]), language)
    source = _source(plain)
    own = _OF_PROGRAMS.get(source, {})
    fields = [
        own.get(normal_header(stem)) or meaning_of(header, file_language) or meaning_of(stem, file_language)
        for header, stem in zip(headers, plain, strict=True)
    ]
    for index in range(1, len(fields)):
        before = fields[index - 1] or ""
        if fields[index] is None and before.endswith(".street") and normal_header(plain[index]) in _NUMBER:
            fields[index] = before.removesuffix("street") + "number"
    _resolve(fields, samples, source, file_language)
    known = set(headers)
    assign_addresses(fields, [_repeat(header, known) for header in headers])
    how = ["header" if field else "unknown" for field in fields]
    taken = {field[:6] for field in fields if field}
    for index, field in enumerate(fields):
        unknown = field is None and _distinct(samples[index])
        guess = guess_column(samples[index], sure=True, country=country) if unknown else None
        if guess == "phones" and is_code_header(normal_header(plain[index])):
            continue
        if guess in {"emails", "phones"} and guess not in taken:
            fields[index], how[index] = guess, "content"
            taken.add(guess)
    if headers and headers[-1] == REASON and fields[-1] is None and _reasons(samples[len(headers) - 1]):
        fields[-1], how[-1] = "drop", "header"
    answers = [evidence(samples[i]) for i, field in enumerate(fields) if field and _is_date(field)]
    certain = Counter(answer for answer in answers if answer is not None).most_common(1)
    return Mapping(
        tuple(Column(h, f or "ignore", why) for h, f, why in zip(headers, fields, how, strict=True)),
        source,
        file_language,
        bool(certain[0][0]) if certain else _day_first(file_language, language, country),
        bool(certain),
        file_language == "fr" or (file_language == "en" and country in _NUMBER_FIRST),
    )


def _repeat(header: str, headers: AbstractSet[str]) -> int:
    """Return the number of a column among the columns with the same header, from 1."""
    match = _REPEATED.search(header)
    return int(match[0].strip(" ()")) if match and header[: match.start()] in headers else 1


def _day_first(file_language: str, language: str, country: str | None) -> bool:
    """Decide by the file's language, or by the workspace for a file in English or in the workspace's language."""
    if file_language not in {"en", language}:
        return day_first_of(file_language, None)
    return day_first_of(language, country)


def is_reason(cell: str) -> bool:
    """Return whether a cell may be a reason that `write_rejects` has written: a sentence.

    >>> is_reason("This is no e-mail address."), is_reason("price")
    (True, False)
    """
    return " " in cell and cell.endswith((".", "…"))


def _reasons(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(map(is_reason, filled))


def _distinct(cells: Sequence[str]) -> bool:
    """Return whether most cells differ. The address of an account manager, for example, repeats in many rows."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) < 2 or len(set(filled)) * 2 > len(filled)


def _is_date(field: str) -> bool:
    target: Target = parse_field(field)
    return target.name in {"birthday", "anniversary", "dates"} and not target.part
