"""Every constructor takes what it says, and refuses everything else by the name of the field."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
import pytest

import contactcore
import contactcore.model
import contactcore.model.mailbox
import contactcore.model.message
import contactcore.values
from contactcore import Address, Affiliation, Company, Invalid, PartialDate, PhoneNumber, PortalUser, Site
from contactcore.model import AdminList, Person
from support.wrong_values import NEEDED, WRONG

ITSELF = {"text", "url"}
"""Of a value object the text is the whole: it is refused with an empty path, which its owner fills."""
DOORS = (contactcore, contactcore.model, contactcore.values, contactcore.model.mailbox, contactcore.model.message)
# A Problem is what a refusal is made of, and says how things are, whatever they are.
CLASSES = {
    name: member
    for door in DOORS
    for name in door.__all__
    if isinstance(member := getattr(door, name), type)
    and attrs.has(member)
    and not inspect.isabstract(member)
    and name != "Problem"
}


def _fields() -> Iterator[tuple[type, str]]:
    for kind in CLASSES.values():
        for name in inspect.signature(kind).parameters:
            yield kind, name


def _is(value: object, hint: Any) -> bool:
    """Whether a value is what an annotation says."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return True
    if origin in {Union, types.UnionType}:
        return any(_is(value, one) for one in inner)
    if origin is tuple:
        return type(value) is tuple and all(_is(entry, inner[0]) for entry in value)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(_is(k, inner[0]) and _is(v, inner[1]) for k, v in value.items())
    if origin is AdminList:
        return isinstance(value, AdminList) and all(_is(entry, inner[0]) for entry in value)
    assert origin in {None, type, Callable}, hint
    return type(value) is int if hint is int else isinstance(value, origin or hint)


def test_all_classes_are_walked_over() -> None:
    assert len(CLASSES) > 30
    assert set(NEEDED) <= set(CLASSES)
    assert sum(1 for _ in _fields()) > 180
    for name, kind in CLASSES.items():
        kind(**NEEDED.get(name, {}))


def _faults(kind: type, name: str, wrong: object) -> Iterator[str]:
    """What is wrong with how a class takes a value for one of its fields."""
    made = error = None
    try:
        made = kind(**{**NEEDED.get(kind.__name__, {}), name: wrong})
    except Invalid as refusal:
        error = refusal
    if error is None:
        hints = get_type_hints(kind)
        # An affiliation that an application makes may lack the person that every read affiliation has.
        hints = {**hints, "person": Person | None} if "person" in hints else hints
        # A national number stays text until the contact is stored.
        hints = {**hints, "phones": tuple[PhoneNumber | str, ...]} if "phones" in hints else hints
        untrue = [field.name for field in attrs.fields(kind) if not _is(getattr(made, field.name), hints[field.name])]
        yield from (f"{field} is not what it is said to be" for field in untrue)
        return
    whole = kind.__module__.startswith("contactcore.values") and name in ITSELF
    for problem in error.problems:
        if re.split(r"[.\[]", problem.path)[0] != ("" if whole else name):
            yield f"the path is {problem.path!r}"
        if not (problem.code and problem.message):
            yield "no reason is given"


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(("kind", "name"), list(_fields()), ids=lambda part: getattr(part, "__name__", part))
def test_a_field_is_what_it_is_said_to_be_or_refused_by_its_name(kind: type, name: str) -> None:
    assert [(wrong, fault) for wrong, make in WRONG.items() for fault in _faults(kind, name, make())] == []


@pytest.mark.req("DIR-17")
def test_a_count_below_zero_is_refused() -> None:
    for make in (
        lambda: PortalUser("x", "y", -1),
        lambda: Company("Bois", version=-1),
        lambda: Affiliation(version=-1),
    ):
        with pytest.raises(Invalid) as refused:
            make()
        assert refused.value.code == "number-type"


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("day", [PartialDate(2024, 5), PartialDate(2024), PartialDate(None, 5, 20)])
def test_a_day_without_year_or_month_is_refused_by_its_own_code_and_a_whole_one_is_a_day(day: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Affiliation(start=day)
    assert (refused.value.code, refused.value.path) == ("date-incomplete", "start")
    whole: Any = PartialDate(2024, 5, 20)
    assert str(Affiliation(start=whole).start) == "2024-05-20"


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda plain: Company("Bois", addresses=[plain]), "addresses[0]"),
        (lambda plain: Person("Jo", addresses=[Address("1 rue Vauban"), plain]), "addresses[1]"),
        (lambda plain: Site("Mill", address=plain), "address"),
    ],
)
def test_plain_data_in_the_place_of_an_address_is_refused_at_the_address_and_names_what_reads_it(
    make: Callable[[Mapping[str, str]], object], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make({"street": "1 rue Vauban", "city": "Lyon"})
    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == (path, "text-type")
    assert "Address" in problem.message
    assert "from_plain" in problem.message
