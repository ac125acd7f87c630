"""The lists that admins edit, and how settings are stored (DIR-2, DIR-7, POR-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid, collect
from contactcore.model import ListEntry, make_slug
from contactcore.text import fold
from contactcore.values.texts import clean_line

__all__ = ["check_flags", "check_name", "edited", "new_slug", "offered", "ordered", "unknown_entry"]

_E = TypeVar("_E", bound=ListEntry)


def check_flags(changes: Mapping[str, Any]) -> None:
    """Refuse what is neither True nor False where only these are meant."""
    for name in sorted({"full_names_required", "required", "archived", "on"} & set(changes)):
        if not isinstance(changes[name], bool):
            raise Invalid("setting-not-yes-no", "Give True or False.", path=name, value=changes[name])


def offered(entries: Iterable[_E]) -> tuple[_E, ...]:
    """The entries that can be chosen."""
    return tuple(entry for entry in entries if entry.offered)


def new_slug(entries: Iterable[ListEntry], name: str, what: str) -> str:
    """A slug for a new entry, whose name must be new too."""
    known = tuple(entries)
    check_name(known, name, what)
    return make_slug(name, [entry.slug for entry in known])


def check_name(entries: Iterable[ListEntry], name: str, what: str) -> None:
    """Refuse a name that another entry has."""
    (line,) = collect(("name", lambda: clean_line(name)))
    wanted = fold(line)
    if wanted and any(fold(entry.name) == wanted and not entry.removed for entry in entries):
        raise Invalid("entry-exists", f"The list has this {what} already.", path="name", value=name)


def edited(entries: Iterable[_E], slug: str, changes: dict[str, Any]) -> tuple[_E, ...]:
    """The list with one entry changed."""
    known = tuple(entries)
    if not any(entry.slug == slug and not entry.removed for entry in known):
        raise unknown_entry("slug", slug)
    if "name" in changes:
        check_name([entry for entry in known if entry.slug != slug], changes["name"], "name")
    return tuple(attrs.evolve(entry, **changes) if entry.slug == slug else entry for entry in known)


def unknown_entry(path: str, value: str) -> Invalid:
    """The refusal of what stands on no list."""
    return Invalid("entry-unknown", "The list has no such entry: name one that is on it.", path=path, value=value)


def ordered(entries: Iterable[_E], slugs: Sequence[str]) -> tuple[_E, ...]:
    """The list with these entries first, in this order."""
    known, wanted = tuple(entries), tuple(slugs)
    offered_now = [entry.slug for entry in known if not entry.removed]
    for index, slug in enumerate(wanted):
        if slug not in offered_now:
            raise unknown_entry(f"slugs[{index}]", slug)
    place = {slug: index for index, slug in enumerate(wanted)}
    return tuple(sorted(known, key=lambda entry: place.get(entry.slug, len(place))))
