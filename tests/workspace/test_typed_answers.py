"""What the library returns has the type that its annotation promises, None included (P7)."""

from __future__ import annotations

import enum
import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
import pytest

from contactcore import Affiliation, Company, ContactCoreError, Interaction, Item, Person, Site
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT
from workspace.test_strict_door import World


def allows_none(hint: Any) -> bool:
    if isinstance(hint, TypeVar):
        return allows_none(hint.__bound__ or Any)
    if get_origin(hint) is Annotated:
        return allows_none(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        return any(allows_none(one) for one in get_args(hint))
    return hint in {Any, None, types.NoneType, object}


def parts(value: Any) -> Iterator[Any]:
    """A value, and all that it consists of."""
    if isinstance(value, str | bytes | enum.Enum):
        return
    if attrs.has(type(value)):
        yield value
        for field in attrs.fields(type(value)):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from parts(one)
    elif isinstance(value, Iterable) and not isinstance(value, Iterator):
        for one in value:
            yield from parts(one)


def untyped(value: Any) -> set[str]:
    """The attributes and properties that are None, and whose type is not."""
    found = set()
    for one in parts(value):
        kind = type(one)
        if not kind.__module__.startswith("contactcore"):
            continue
        hints = get_type_hints(kind, include_extras=True)
        for name, member in [(name, getattr(kind, name)) for name in dir(kind) if not name.startswith("_")]:
            if isinstance(member, property) and member.fget is not None:
                hints[name] = get_type_hints(member.fget).get("return", Any)
        for name, hint in hints.items():
            if not name.startswith("_") and not allows_none(hint) and getattr(one, name, "") is None:
                found.add(f"{kind.__name__}.{name}")
    return found


def names_all_needed(method: Callable[..., Any], given: Mapping[str, Any]) -> bool:
    needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
    return all(one.name in given for one in needed if one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL})


@pytest.mark.req("DIR-17")
@pytest.mark.req("PER-1")
def test_every_attribute_of_an_answer_that_is_none_is_typed_so_and_every_affiliation_has_its_person(
    storage: Storage,
) -> None:
    world = World(storage)
    with world.workspace.write(ROOT) as session:
        session.contacts.share(world.client, "shared-read")
        session.sites.add(world.client, Site("Mill"))
        rex = session.items.add(world.client, Item("Rex"))
        session.items.assign(rex, world.jane.person_id, "payer")
        session.timeline.add(world.client, Interaction("Call", item_id=rex.id))
        session.people.grant(world.jane, "represent")
    with world.workspace.read(ROOT) as reading:
        methods = [(name, names) for name, _, names in world.methods(reading)]
    faults, people, asked = set[str](), 0, 0
    for actor in (ROOT, AMELIE):
        for name, names in methods:
            # An act is taken back by its error.
            try:
                with world.workspace.write(actor) as session:
                    method = next(method for place, method, _ in world.methods(session) if place == name)
                    given = world.arguments(method, name, names)
                    if not names_all_needed(method, given):
                        continue
                    answer = method(**given)
                    asked += 1
                    faults |= {f"{name}: {fault}" for fault in untyped(answer)}
                    people += sum(isinstance(one, Affiliation) for one in parts(answer))
                    hint = get_type_hints(method, include_extras=True).get("return", Any)
                    if answer is None and not allows_none(hint):
                        faults.add(name)
                    raise _TakenBack  # noqa: TRY301 - caught below
            except (ContactCoreError, _TakenBack):
                continue
        with world.workspace.read(actor) as session:
            now = datetime.now(UTC)
            for answer in (
                session.history.of(world.client),
                session.history.as_of(world.client, now) if actor is ROOT else None,
                session.sites.of(world.client),
                session.items.of(world.client),
                session.items.roles(rex),
                session.timeline.page(world.client),
                session.duplicates.check(Company("Bois", emails=["office@bois.fr"])),
            ):
                faults |= untyped(answer)
                people += sum(isinstance(one, Affiliation) for one in parts(answer))
    assert faults == set()
    assert people > 10
    assert asked > 100
    with world.workspace.read(ROOT) as session:
        assert isinstance(session.people.get(world.jane).person, Person)


class _TakenBack(Exception):
    pass
