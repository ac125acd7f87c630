"""Privacy: what is held on a person, what must be kept of it, and the receipt of an erasure (IMP-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import attrs

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import parsing, value_conversion
from contactcore.model.person import Person
from contactcore.read_only import EMPTY, read_only

__all__ = ["ConsentImport", "ErasureReceipt", "HeldData", "Retention", "Suppression"]

_NOT_KEPT = frozenset(
    (
        *("id", "version", "responsibles", "access", "listed", "source", "restricted", "fields", "unmapped"),
        *("added_at", "added_by", "changed_at", "changed_by", "permissions", "notifications", "tags", "categories"),
    )
)
_FIELDS = tuple(field.name for field in attrs.fields(Person) if field.name not in _NOT_KEPT)
_RECORDS = ("account-entry", "payment-method", "interaction", "item", "site", "consent", "submission")

_read_names = parsing.many(str, parsing.line)


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return _read_names(values)


def _day(value: date | None) -> date | None:
    return value_conversion.day(value)


@frozen(kw_only=True)
class Retention:
    """A duty of the application to keep data of a person, which an erasure respects (`Host.retention`).

    Attributes:
        reason: The reason in a few words, without personal data (`"invoices"`).
        until: The last day on which the data must be kept; None for unknown.
        fields: The fields of the person that must be kept (`"given_name"`, `"addresses"`); none by default.
        records: The kinds of records that must be kept: `"account-entry"`, `"payment-method"`, `"interaction"`,
            `"item"`, `"site"`, `"consent"`, `"submission"`; none by default.

    Raises:
        Invalid: One error lists all problems: `text-empty`, `retention-field-unknown`, `retention-record-unknown`.

    >>> str(Retention(reason="invoices", until=date(2031, 12, 31), records=["account-entry"]))
    'invoices until 2031-12-31'
    """

    reason: str = attrs.field(converter=parsing.line)
    until: date | None = attrs.field(default=None, converter=_day)
    fields: tuple[str, ...] = attrs.field(default=(), converter=_names)
    records: tuple[str, ...] = attrs.field(default=(), converter=_names)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._own_problems())

    def _own_problems(self) -> Iterable[Problem]:
        if not self.reason:
            yield Problem("text-empty", "reason", "Say why the data is kept, such as invoices.")
        for attribute, known, code in (
            ("fields", _FIELDS, "retention-field-unknown"),
            ("records", _RECORDS, "retention-record-unknown"),
        ):
            given = getattr(self, attribute)
            for index, name in enumerate(given if isinstance(given, tuple) else ()):
                if name not in known:
                    message = f"What can be kept here is {', '.join(known)}."
                    yield Problem(code, f"{attribute}[{index}]", message, name)

    def __str__(self) -> str:
        return self.reason if self.until is None else f"{self.reason} until {self.until.isoformat()}"


@frozen(kw_only=True)
class HeldData:
    """All that a workspace holds on a person (IMP-8).

    Attributes:
        data: One document of JSON types: what is held, by subject. Data of others is left out.
        html: The same as a page of HTML for people to read, in one language.
        language: The language of the page.
    """

    data: Mapping[str, Any] = attrs.field(hash=False)
    html: str = attrs.field(repr=False)
    language: str


@frozen(kw_only=True)
class ErasureReceipt:
    """The receipt of an erasure; it names nothing that was erased (IMP-8).

    Attributes:
        id: The id of the erasure.
        person_id: The id that the person had, which says nothing about the person.
        state: `"running"`, `"erased"`, or `"reduced"` if a duty to keep data left a part.
        requested: The time of the request, in UTC.
        by: The name of the admin who asked for it.
        erased: The number of records that were erased, by kind.
        kept: The reasons for what is kept, such as `"invoices until 2031-12-31"`; none if everything is erased.

    >>> bool(ErasureReceipt(id="1", person_id="2", state="reduced", requested=None, by="root"))
    False
    """

    id: str
    person_id: str
    state: str
    requested: datetime | None
    by: str
    erased: Mapping[str, int] = attrs.field(default=EMPTY, converter=read_only, hash=False)
    kept: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.state == "erased"


@frozen(kw_only=True)
class ConsentImport:
    """The result of an import of rows with consents (IMP-8).

    Attributes:
        added: The number of consents that are new here, withdrawn ones included.
        withdrawn: The number of rows that ended consents which were in force here.
        kept: The number of rows that changed nothing, because the consent is here already.
        refused: The number of each other row, from 1, and the code of the reason: `"consent-withdrawn"` if the person
            withdrew the consent here, `"consent-person"`, `"consent-row"`, `"consent-times"`, `"text-empty"`, ...
    """

    added: int
    withdrawn: int
    kept: int
    refused: tuple[tuple[int, str], ...] = ()


@frozen(kw_only=True)
class Suppression:
    """A salted mark of somebody who was erased, or the salt itself; nobody reads a person from it.

    Attributes:
        id: The HMAC of what the person is recognised by; `SALT` for the salt.
        version: The number of stored versions.
        salt: The secret of the workspace, in the record of the salt only.
        of: The id of the mark that the id of the person makes, which goes with this one; `""` for none.
    """

    id: str
    version: int = 1
    salt: str = attrs.field(default="", repr=False)
    of: str = ""
