r"""Cells with several values or parts: written by an export and read back unchanged (IMP-4, IMP-9).

A value is written as people read it. A value that this form does not hold exactly is written as JSON, which the reader
recognises by its first characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.native_columns import join_list, split_list
from contactcore.model import Authority
from contactcore.values import EmailAddress, PhoneNumber

__all__ = [
    "NONE",
    "dump_authorities",
    "dump_email",
    "dump_emails",
    "dump_more",
    "dump_phone",
    "dump_slugs",
    "load_authorities",
    "load_email",
    "load_emails",
    "load_more",
    "load_phone",
    "load_slugs",
    "phone_text",
]

NONE = "(none)"
"""The cell of an empty list where an empty cell means the default of the workspace."""

_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\U0001fffe\U0001ffff]")
"""Characters that a file, or a reader of it, may not keep."""

_LIST, _OBJECT = '["', '{"'


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _from_json(cell: str, kind: type) -> Any:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, kind):
        raise Invalid("cell-json", "This is no JSON of an export. Take the cell from the exported file.", value=cell)
    return value


def _texts(cell: str) -> list[str]:
    if not cell.startswith(_LIST):
        return split_list(cell)
    found: list[str] = _from_json(cell, list)
    if not all(isinstance(one, str) for one in found):
        raise Invalid("cell-json", "This is no list of texts. Take the cell from the exported file.", value=cell)
    return found


def _joined(texts: Sequence[str]) -> str:
    cell = join_list(texts)
    plain = split_list(cell) == list(texts) and not cell.startswith((_LIST, _OBJECT)) and cell != NONE
    return cell if plain else _json(list(texts))


def dump_slugs(slugs: Iterable[str] | None) -> str:
    """Slugs in one cell; `""` for None, which is the default of the workspace.

    >>> dump_slugs(["invoices", "support"]), dump_slugs([]), dump_slugs(None)
    ('invoices; support', '(none)', '')
    """
    if slugs is None:
        return ""
    found = list(slugs)
    return _joined(found) if found else NONE


def load_slugs(cell: str) -> list[str]:
    """The slugs of `dump_slugs`, for a cell that is not empty.

    >>> load_slugs("invoices; support"), load_slugs("(none)")
    (['invoices', 'support'], [])
    """
    return [] if cell == NONE else _texts(cell)


def _dump_value(text: str, kind: str, load: Callable[[str], Any]) -> str:
    cell = f"{text} ({kind})" if kind else text
    try:
        exact = load(cell)
    except Invalid:
        exact = None
    return cell if exact is not None and (exact.text, exact.kind) == (text, kind) else _json([text, kind])


def _load_value(cell: str, make: Callable[[str, str], Any]) -> Any:
    if cell.startswith(_LIST):
        found = _texts(cell)
        if len(found) == 2:  # the value and its kind
            return make(*found)
    text, bracket, kind = cell.partition(" (")
    if bracket and kind.endswith(")"):
        return make(text, kind[:-1])
    return make(cell, "")


def load_email(cell: str) -> EmailAddress:
    """The address of `dump_email`.

    >>> load_email("jane@bois.fr (work)").kind
    'work'
    """
    found: EmailAddress = _load_value(cell, EmailAddress)
    return found


def dump_email(email: EmailAddress) -> str:
    """An e-mail address with its kind.

    >>> dump_email(EmailAddress("jane@bois.fr", "work"))
    'jane@bois.fr (work)'
    """
    return _dump_value(email.text, email.kind, load_email)


def dump_emails(emails: Iterable[EmailAddress]) -> str:
    """Several addresses in one cell; `""` for none."""
    cells = [dump_email(one) for one in emails]
    return _joined(cells) if cells else ""


def load_emails(cell: str) -> list[EmailAddress]:
    """The addresses of `dump_emails`."""
    return [load_email(one) for one in _texts(cell)]


def phone_text(phone: PhoneNumber) -> str:
    """A number as it was written, if any country reads it as the same number; else its international form.

    >>> phone_text(PhoneNumber("+33 1 44 55 66 77")), phone_text(PhoneNumber("01 44 55 66 77", "FR"))
    ('+33 1 44 55 66 77', '+33144556677')
    """
    plain = phone.uri if phone.extension else str(phone)
    if phone.text in ("", plain) or not phone.text.startswith("+"):
        return plain
    try:
        return phone.text if PhoneNumber(phone.text, None, phone.kind) == phone else plain
    except Invalid:
        return plain


def load_phone(cell: str) -> PhoneNumber:
    """The number of `dump_phone`.

    >>> load_phone("+33144556677 (mobile)").kind
    'mobile'
    """
    found: PhoneNumber = _load_value(cell, lambda text, kind: PhoneNumber(text, None, kind))
    return found


def dump_phone(phone: PhoneNumber) -> str:
    """A phone number with its kind.

    >>> dump_phone(PhoneNumber("+33144556677", kind="mobile"))
    '+33144556677 (mobile)'
    """
    text = phone_text(phone)
    cell = f"{text} ({phone.kind})" if phone.kind else text
    try:
        exact = load_phone(cell) == phone
    except Invalid:
        exact = False
    return cell if exact else _json([text, phone.kind])


def dump_authorities(authorities: Sequence[Authority]) -> str:
    """Authorities in one cell: their slugs, or JSON if one has limits; `""` for none.

    >>> dump_authorities([Authority(slug="represent"), Authority(slug="contact")])
    'represent; contact'
    >>> dump_authorities([Authority(slug="represent", end="2026-01-31")])
    '[{"slug":"represent","end":"2026-01-31"}]'
    """
    if not authorities:
        return ""
    if all(one == Authority(slug=one.slug) for one in authorities):
        return _joined([one.slug for one in authorities])
    return _json([_authority(one) for one in authorities])


def _authority(one: Authority) -> dict[str, Any]:
    found = attrs.asdict(one, filter=lambda _, value: bool(value))
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


_FIELDS = {field.name for field in attrs.fields(Authority)}


def load_authorities(cell: str) -> list[Authority]:
    """The authorities of `dump_authorities`."""
    if not cell.startswith('[{"'):
        return [Authority(slug=slug) for slug in _texts(cell)]
    found = _from_json(cell, list)
    if not all(isinstance(one, dict) and "slug" in one and one.keys() <= _FIELDS for one in found):
        raise Invalid("cell-json", "This is no list of authorities: take the cell from an export.", value=cell)
    return [Authority(**one) for one in found]


def dump_more(cells: dict[str, str]) -> str:
    """Cells that no column of their own holds, as one JSON object; `""` for none."""
    if not cells:
        return ""
    whole = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    return _ODD.sub(lambda match: json.dumps(match[0])[1:-1], whole).replace("_x", "_\\u0078")


def load_more(cell: str) -> dict[str, str]:
    """The cells of `dump_more`.

    >>> load_more(dump_more({"Unmapped: a": " 7"}))
    {'Unmapped: a': ' 7'}
    """
    found: dict[Any, Any] = _from_json(cell, dict)
    if not all(isinstance(text, str) for text in found.values()):
        raise Invalid("cell-json", "This is no object of texts. Take the cell from the exported file.", value=cell)
    return found
