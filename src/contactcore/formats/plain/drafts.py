"""Contacts and parts of contacts in plain data that may be half filled or wrong, such as those of an open form."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar, cast

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.plain.fields import kind_of, read_fields, top_of
from contactcore.formats.plain.phones import PhoneReading, read_region
from contactcore.model import Company, Contact, Person
from contactcore.model.nameless import nameless

__all__ = ["read_draft", "read_part"]

_P = TypeVar("_P")


def read_draft(
    data: Mapping[str, Any], *, country: str | None = None
) -> tuple[Person | Company | None, tuple[Problem, ...]]:
    """The contact in plain data that may be half filled or wrong, and the problems of its fields.

    Args:
        data: Mapping with `kind` (`"person"` or `"company"`) and any fields, as `from_plain` takes it.
        country: ISO 3166 country of the national phone numbers that are objects with a kind; None for unknown. Numbers
            that are text stay text, until the contact is prepared.

    Returns:
        The contact without the fields that have problems, and without a name if the data have none; None if the kind
        is unknown. The path of each problem begins with the name of its field.

    >>> draft, problems = read_draft({"kind": "company", "division": "North", "emails": ["x"], "shape": 1})
    >>> draft.division, [(problem.path, problem.code) for problem in problems]
    ('North', [('shape', 'field-unknown'), ('emails[0]', 'email-syntax')])
    """
    try:
        kind = kind_of(data, Contact)
    except Invalid as error:
        return None, error.problems
    read, problems = read_fields(kind, data, attrs.evolve(PhoneReading.of(data, read_region(country)), texts=False))
    values = {name: value for name, value in read.items() if value is not None}
    try:
        return kind(**values), tuple(problems)
    except Invalid as error:
        named = {top_of(problem.path) for problem in error.problems} - {""}
        problems += [problem for problem in error.problems if problem.path]
    values = {name: value for name, value in values.items() if name not in named}
    # Every other field was accepted, but the contact may have no name any more. No draft is stored.
    try:
        return kind(**values), tuple(problems)
    except Invalid:
        return nameless(kind, values), tuple(problems)


def read_part(
    data: Mapping[str, Any], wanted: type[_P] | tuple[type[_P], ...], *, country: str | None = None
) -> tuple[_P | None, tuple[Problem, ...]]:
    """The part of a contact in plain data that may be half filled or wrong, and the problems of its fields.

    Args:
        data: Mapping with `kind` and any fields, as `from_plain` takes it.
        wanted: The class, or the classes, of which the part must be one, such as `Site`.
        country: As for `read_draft`.

    Returns:
        The part without the fields that have problems; None if nothing else can be judged.

    >>> from contactcore import Site
    >>> read_part({"kind": "site", "name": "Mill", "emails": ["x"]}, Site)[0].name
    'Mill'
    """
    try:
        kind = kind_of(data, wanted)
    except Invalid as error:
        return None, error.problems
    if issubclass(kind, Contact):
        return cast("tuple[_P | None, tuple[Problem, ...]]", read_draft(data, country=country))
    values, problems = read_fields(kind, data, PhoneReading.of(data, read_region(country)))
    values = {name: value for name, value in values.items() if value is not None}
    try:
        part = kind(**values)
    except Invalid as error:
        # The lack of a field that was left out is no problem of its own.
        left_out = {top_of(problem.path) for problem in problems}
        named = {top_of(problem.path) for problem in error.problems}
        part, problems = None, [*problems, *(one for one in error.problems if top_of(one.path) not in left_out)]
        with suppress(Invalid):
            part = kind(**{name: value for name, value in values.items() if name not in named})
    # An affiliation whose person cannot be read would be refused again, for the lack of a person.
    return None if any(top_of(problem.path) == "person" for problem in problems) else part, tuple(problems)
