"""Preparation of the sites and items of a contact for storage: phones, custom fields, types and roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from contactcore.errors import Invalid, Problem
from contactcore.model import (
    AdminList,
    Contact,
    Interaction,
    Item,
    ItemRole,
    ListEntry,
    Settings,
    Site,
    check_fields,
    conversion,
)
from contactcore.model.interaction import reversed_times
from contactcore.model.restoring import altered
from contactcore.rules.entry import missing_fields
from contactcore.rules.preparation import read_phones, too_long

__all__ = ["prepare_interaction", "prepare_item", "prepare_site", "role_problems", "second_for_themself"]

_E = TypeVar("_E", Site, Item)
_L = TypeVar("_L", bound=ListEntry)


def prepare_site(
    site: Site, settings: Settings, owner: Contact, before: Site | None = None
) -> tuple[Site, tuple[Problem, ...]]:
    """A site ready to be stored, and its problems.

    National phone numbers are read with the country of the site, else of its contact, else of the workspace.

    Args:
        site: The new or changed site.
        settings: The settings of the workspace.
        owner: The contact of the site.
        before: The stored site; None for a new one.
    """
    problems: list[Problem] = []
    places = [*([site.address] if site.address else ()), *owner.addresses]
    countries = tuple(dict.fromkeys(filter(None, (*(place.country for place in places), settings.country))))
    try:
        site = altered(site, {"phones": read_phones(site.phones, countries)})
    except Invalid as error:
        problems.extend(error.problems)
    problems.extend(too_long(("emails", "phones"), site, before))
    site, more = _with_fields(site, settings, before, None)
    return site, _with_missing(settings, site, (*problems, *more))


def prepare_item(
    item: Item, settings: Settings, owner: Contact, before: Item | None = None
) -> tuple[Item, tuple[Problem, ...]]:
    """An item ready to be stored, and its problems.

    An item that stands for its own contact and has no name gets the contact's display name.

    Args:
        item: The new or changed item.
        settings: The settings of the workspace.
        owner: The contact of the item.
        before: The stored item; None for a new one.
    """
    if not item.name:
        item = altered(item, {"name": owner.display_name})
    known = None if before is None else before.type
    problems = list(_type_problems("item-type-unknown", "Item types", settings.item_types, item.type, {"", known}))
    item, more = _with_fields(item, settings, before, item.type)
    return item, _with_missing(settings, item, (*problems, *more))


def prepare_interaction(
    interaction: Interaction, settings: Settings, now: datetime, before: Interaction | None = None
) -> tuple[Interaction, tuple[Problem, ...]]:
    """An interaction ready to be stored, with its start, time zone and state, and its problems.

    Args:
        interaction: The new or changed interaction.
        settings: The settings of the workspace.
        now: The time of the transaction.
        before: The stored interaction, whose start, time zone and state replace missing ones; None for a new one.
    """
    start = interaction.start or (before.start if before is not None and before.start else now.astimezone(UTC))
    zone = interaction.timezone or (before.timezone if before is not None else settings.timezone)
    state = interaction.state or (before.state if before is not None else "planned" if start > now else "done")
    interaction = altered(interaction, {"start": start, "timezone": zone, "state": state})
    known = () if before is None else (before.type,)
    types = settings.interaction_types
    problems = (
        *_type_problems("interaction-type-unknown", "Interaction types", types, interaction.type, known),
        *reversed_times(interaction.start, interaction.end),
    )
    return interaction, problems


def second_for_themself(items: Iterable[Item | None]) -> Iterator[Problem]:
    """The problems of the items of one contact that stand for the contact, from the second on.

    Args:
        items: New items of one contact; None for one that could not be read.
    """
    places = [index for index, item in enumerate(items) if item is not None and item.of_themself]
    for index in places[1:]:
        message = "A contact has at most one item that stands for it: leave the flag out here."
        yield Problem("themself-twice", f"items[{index}].of_themself", message, value=True)


def role_problems(
    new: ItemRole, settings: Settings, others: Iterable[ItemRole], before: ItemRole | None = None
) -> Iterator[Problem]:
    """The problems of a role for an item.

    Args:
        new: The new or changed role.
        settings: The settings of the workspace.
        others: The roles for the same item.
        before: The stored role; None for a new one.
    """
    offered = [entry.slug for entry in settings.item_roles.offered]
    kept = before is not None and before.role == new.role
    if new.role not in offered and not kept:
        choices = ", ".join(offered) or "(none)"
        yield Problem("item-role-unknown", "role", f"Roles are {choices}.", new.role)
    elif not kept and any((one.holder_id, one.role) == (new.holder_id, new.role) for one in others):
        message = "The contact has this role for the item already: change that one."
        yield Problem("item-role-twice", "role", message, new.role)


def _with_missing(settings: Settings, record: Site | Item, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Problems, and those of the fields that the rules of entry require."""
    return (*problems, *missing_fields(settings, record, [problem.path for problem in problems]))


def _type_problems(
    code: str, noun: str, types: AdminList[_L], type: str, accepted: Iterable[str | None]
) -> Iterator[Problem]:
    """The problem of a type that is not offered, unless it is accepted besides."""
    offered = [entry.slug for entry in types.offered]
    if type not in offered and type not in accepted:
        choices = ", ".join(offered) or "(none yet)"
        yield Problem(code, "type", f"{noun} are {choices}.", type)


def _with_fields(entity: _E, settings: Settings, before: _E | None, type: str | None) -> tuple[_E, tuple[Problem, ...]]:
    known = before.fields if before is not None else {}
    try:
        country, language = settings.country or None, str(settings.language)
        fields = check_fields(settings.fields, entity.kind, entity.fields, known, country, language, type)
    except Invalid as error:
        return entity, error.problems
    return (altered(entity, {"fields": conversion.fields(fields)}) if fields != entity.fields else entity), ()
