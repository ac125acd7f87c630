"""Preparation of the sites and items of a contact for storage: phones, custom fields, types and roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from contactcore.errors import Invalid, Problem
from contactcore.model import Contact, Item, ItemRole, Settings, Site, check_fields, conversion
from contactcore.model.restoring import altered
from contactcore.rules.preparation import read_phones

__all__ = ["prepare_item", "prepare_site", "role_problems", "second_for_themself"]

_E = TypeVar("_E", Site, Item)


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
    site, more = _with_fields(site, settings, before, None)
    return site, (*problems, *more)


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
    problems = list(_type_problems(item, settings, before))
    item, more = _with_fields(item, settings, before, item.type)
    return item, (*problems, *more)


def second_for_themself(items: Iterable[Item]) -> Iterator[Problem]:
    """The problems of the items of one contact that stand for the contact, from the second on.

    Args:
        items: New items of one contact.
    """
    places = [index for index, item in enumerate(items) if item.of_themself]
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


def _type_problems(item: Item, settings: Settings, before: Item | None) -> Iterator[Problem]:
    offered = [entry.slug for entry in settings.item_types.offered]
    if item.type and item.type not in offered and (before is None or before.type != item.type):
        choices = ", ".join(offered) or "(none yet)"
        yield Problem("item-type-unknown", "type", f"Item types are {choices}.", item.type)


def _with_fields(entity: _E, settings: Settings, before: _E | None, type: str | None) -> tuple[_E, tuple[Problem, ...]]:
    known = before.fields if before is not None else {}
    try:
        country, language = settings.country or None, str(settings.language)
        fields = check_fields(settings.fields, entity.kind, entity.fields, known, country, language, type)
    except Invalid as error:
        return entity, error.problems
    return (altered(entity, {"fields": conversion.fields(fields)}) if fields != entity.fields else entity), ()
