"""A row of the file as nested data, for the floor and the peers. Each stack validates it on its own."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import attrs

from benchmarks.drivers.protocol import NewPerson
from benchmarks.workload import FIELDS, HEADER

__all__ = ["Draft", "of_person", "read"]

NO_FIELDS: Mapping[str, str] = MappingProxyType({})
_SLUGS = tuple(field.slug for field in FIELDS)


@attrs.define
class Draft:
    """One row: a person, a company, or a person with an employer."""

    kind: str
    name: str
    given: str
    family: str
    company: str
    position: str
    emails: list[str]
    phones: list[str]
    address: tuple[str, str, str, str] | None
    tags: list[str]
    note: str
    fields: Mapping[str, str] = NO_FIELDS


def of_person(person: NewPerson) -> Draft:
    """Convert a person from a form to a row."""
    return Draft(
        kind="person",
        name=f"{person.given} {person.family}",
        given=person.given,
        family=person.family,
        company="",
        position="",
        emails=[*person.emails],
        phones=[*person.phones],
        address=(person.street, person.city, person.postal, person.country),
        tags=[*person.tags],
        note=person.note,
    )


def read(path: Path) -> Iterator[Draft]:
    """Read the rows of the file below its header, which is `HEADER` or `EXPORT_HEADER`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        yield from _plain(reader) if tuple(next(reader)) == HEADER else _exported(reader)


def _plain(lines: Iterable[list[str]]) -> Iterator[Draft]:
    for (
        first,
        last,
        company,
        position,
        mail,
        mail2,
        tel,
        mobile,
        street,
        city,
        postal,
        country,
        tags,
        note,
    ) in lines:
        person = bool(first or last)
        yield Draft(
            kind="person" if person else "company",
            name=f"{first} {last}".strip() if person else company,
            given=first,
            family=last,
            company=company if person else "",
            position=position,
            emails=[text for text in (mail, mail2) if text],
            phones=[text for text in (tel, mobile) if text],
            address=(street, city, postal, country) if street or city else None,
            tags=tags.split("; ") if tags else [],
            note=note,
        )


def _exported(lines: Iterable[list[str]]) -> Iterator[Draft]:
    for name, company, position, mail, tel, street, city, postal, country, tags, note, *cells in lines:
        given, _, family = name.rpartition(" ")
        yield Draft(
            kind="person" if name else "company",
            name=name or company,
            given=given,
            family=family,
            company=company if name else "",
            position=position,
            emails=[mail] if mail else [],
            phones=[tel] if tel else [],
            address=(street, city, postal, country) if street or city else None,
            tags=tags.split("; ") if tags else [],
            note=note,
            fields={slug: cell for slug, cell in zip(_SLUGS, cells, strict=True) if cell},
        )
