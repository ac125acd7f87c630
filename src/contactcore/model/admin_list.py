"""The lists that admins edit: types, categories, modules, topics, purposes and authorities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast

import attrs

from contactcore.errors import Invalid, check_list, check_record, check_text, collect
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.text.folding import fold
from contactcore.values.texts import clean_line

__all__ = ["AdminList", "ListEntry", "make_slug"]

_LONGEST_SLUG = 60
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@attrs.frozen(kw_only=True)
class ListEntry:
    """An entry of a list that admins edit.

    Attributes:
        slug: Stable name. It is never given to another entry, even after this one was removed.
        name: The text that people read. It can be changed.
        archived: Whether the entry is no longer offered. Records that have it keep it.
        removed: Whether the entry was taken off the list. Records that had it count as having `replaced_by`, or none.
        replaced_by: Slug of the entry that took its place, or `""`.
    """

    noun: ClassVar[str] = "entry"
    """The word for such an entry in messages."""

    slug: str = attrs.field(converter=parsing.line)
    name: str = attrs.field(converter=parsing.line)
    archived: bool = attrs.field(default=False, converter=conversion.yes_no)
    removed: bool = attrs.field(default=False, converter=conversion.yes_no)
    replaced_by: str = attrs.field(default="", converter=parsing.line)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
        if not self.name:
            raise Invalid("entry-nameless", "Give the entry a name.", path="name")

    @property
    def offered(self) -> bool:
        """Whether it can be chosen from now on.

        >>> ListEntry(slug="a", name="A").offered, ListEntry(slug="b", name="B", archived=True).offered
        (True, False)
        """
        return not (self.archived or self.removed)


_E = TypeVar("_E", bound=ListEntry)


def _find_kind(value: object) -> type[ListEntry]:
    if isinstance(value, type) and issubclass(value, ListEntry):
        return value
    raise Invalid("record-type", "Give the class of the list's entries here.", value=value)


_read_kind = parsing.converter(_find_kind)
_read_entries = parsing.many(ListEntry, parsing.only(ListEntry))


def _entry_kind(value: type[_E]) -> type[_E]:
    return cast("type[_E]", _read_kind(value))


def _entries(values: Iterable[_E]) -> tuple[_E, ...]:
    return cast("tuple[_E, ...]", _read_entries(values))


@frozen
class AdminList(Generic[_E]):
    """A list that admins edit. Every act returns a new list.

    Iterating gives all entries in the admin's order, the archived and the removed ones included. `in` takes a slug and
    says whether the list has an entry with it that was not removed.

    Args:
        kind: Class of the entries.
        entries: The entries, in the admin's order.

    >>> colours = AdminList(ListEntry).add("Red").add("Dark blue").add("Blue")
    >>> colours.remove("dark-blue", replacement="blue").resolve("dark-blue")
    'blue'
    >>> colours.reorder(["blue"]).rename("red", "Crimson").slugs
    ('blue', 'red', 'dark-blue')
    """

    kind: type[_E] = attrs.field(converter=_entry_kind)
    entries: tuple[_E, ...] = attrs.field(default=(), converter=_entries)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @cached_property
    def _by_slug(self) -> Mapping[str, _E]:
        return {entry.slug: entry for entry in self.entries}

    def __iter__(self) -> Iterator[_E]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, slug: object) -> bool:
        return isinstance(slug, str) and self.get(slug) is not None

    @property
    def offered(self) -> tuple[_E, ...]:
        """The entries that can be chosen."""
        return tuple(entry for entry in self.entries if entry.offered)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of the entries that were not removed."""
        return tuple(entry.slug for entry in self.entries if not entry.removed)

    def get(self, slug: str) -> _E | None:
        """The entry with a slug; None where there is none, or it was removed.

        Raises:
            Invalid: `text-type`.
        """
        if not isinstance(slug, str):  # asked for each record that is stored
            check_text(slug=slug)
        found = self._by_slug.get(slug)
        return None if found is None or found.removed else found

    def resolve(self, slug: str) -> str:
        """The slug that counts for a record that holds `slug`; `""` for none.

        That is the slug itself, or where its entry was removed, the slug of the replacement.

        Raises:
            Invalid: `text-type`.
        """
        if not isinstance(slug, str):  # asked for each record that is stored
            check_text(slug=slug)
        for _ in self.entries:
            entry = self._by_slug.get(slug)
            if entry is None:
                return ""
            if not entry.removed:
                return slug
            slug = entry.replaced_by
        return ""

    def slugs_counting_as(self, wanted: str) -> frozenset[str]:
        """The slugs that records may hold which count as having `wanted`, or its replacement.

        >>> colours = AdminList(ListEntry).add("Red").add("Crimson").remove("crimson", replacement="red")
        >>> sorted(colours.slugs_counting_as("red"))
        ['crimson', 'red']
        """
        meant = self.resolve(wanted)
        return frozenset(entry.slug for entry in self.entries if meant and self.resolve(entry.slug) == meant)

    def add(self, name: str, slug: str = "") -> AdminList[_E]:
        """The list with a new entry at its end.

        Args:
            name: The text that people read; no other entry may have it.
            slug: Small letters, digits and hyphens; made of the name by default.

        Raises:
            Invalid: `entry-exists`, `slug-syntax`, `text-type`, or the refusal of the name.
        """
        check_text(slug=slug)
        line = self._check_name(name)
        if not slug and line in self:
            # A name that is the slug of an entry means that entry, whatever its name is.
            raise self._exists("name", name)
        made = make_slug(name, self._by_slug)
        if slug and (len(slug) > _LONGEST_SLUG or not _SLUG.fullmatch(slug)):
            message = f"Write up to {_LONGEST_SLUG} small letters, digits and hyphens, like price-lists."
            raise Invalid("slug-syntax", message, path="slug", value=slug)
        return self.with_entry(self.kind(slug=slug or made, name=name))

    def with_entry(self, entry: _E) -> AdminList[_E]:
        """The list with an entry at its end.

        Raises:
            Invalid: `entry-exists` where another entry has the slug, or had it before it was removed; `record-type`.
        """
        check_record(self.kind, entry=entry)
        if entry.slug in self._by_slug:
            raise self._exists("slug", entry.slug)
        return attrs.evolve(self, entries=(*self.entries, entry))

    def rename(self, slug: str, name: str) -> AdminList[_E]:
        """The list with another name for an entry. Records that have the entry keep it.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, or the refusal of the name.
        """
        self._require(slug)
        self._check_name(name, besides=slug)
        return self.change(slug, name=name)

    def archive(self, slug: str, *, archived: bool = True) -> AdminList[_E]:
        """The list with an entry that is no longer offered, or offered again. Records that have the entry keep it.

        Raises:
            Invalid: `entry-unknown`.
        """
        return self.change(slug, archived=archived)

    def remove(self, slug: str, replacement: str = "") -> AdminList[_E]:
        """The list without an entry. Records that have it count as having the replacement, or none.

        Args:
            slug: Slug of the entry.
            replacement: Slug of another entry; `""` for none.

        Raises:
            Invalid: `entry-unknown` for either slug.
        """
        if replacement and (replacement == slug or replacement not in self):
            others = ", ".join(known for known in self.slugs if known != slug) or "(none)"
            message = f"Replace it by another entry of the list: {others}."
            raise Invalid("entry-unknown", message, path="replacement", value=replacement)
        return self.change(slug, removed=True, replaced_by=replacement)

    def reorder(self, slugs: Sequence[str]) -> AdminList[_E]:
        """The list with these entries first, in this order. The others follow in their order.

        Raises:
            Invalid: `entry-unknown`, `not-a-list`.
        """
        check_list(slugs=slugs)
        wanted = tuple(slugs)
        for index, slug in enumerate(wanted):
            self._require(slug, f"slugs[{index}]")
        place = {slug: index for index, slug in enumerate(wanted)}
        return attrs.evolve(self, entries=sorted(self.entries, key=lambda entry: place.get(entry.slug, len(place))))

    def change(self, slug: str, **changes: Any) -> AdminList[_E]:
        """The list with other attributes of an entry, such as the module of a topic.

        Raises:
            Invalid: `entry-unknown`, or the refusal of the attributes.
        """
        self._require(slug)
        changed = (attrs.evolve(entry, **changes) if entry.slug == slug else entry for entry in self.entries)
        return attrs.evolve(self, entries=changed)

    def _require(self, slug: str, path: str = "slug") -> None:
        if slug not in self:
            message = f"The list has no such entry: name one that is on it: {', '.join(self.slugs) or '(none yet)'}."
            raise Invalid("entry-unknown", message, path=path, value=slug)

    def _check_name(self, name: str, besides: str = "") -> str:
        """The name as one line; refused if another entry has it."""
        (line,) = collect(("name", lambda: clean_line(name)))
        wanted = fold(line)
        others = (entry for entry in self.entries if not entry.removed and entry.slug != besides)
        if wanted and any(fold(entry.name) == wanted for entry in others):
            raise self._exists("name", name)
        return line

    def _exists(self, path: str, value: str) -> Invalid:
        return Invalid("entry-exists", f"The list has this {self.kind.noun} already.", path=path, value=value)


def make_slug(name: str, taken: Iterable[str]) -> str:
    """A new stable name for an entry that people call `name`.

    >>> make_slug("Key customer", ["key-customer"])
    'key-customer-2'
    """
    base = _NOT_IN_SLUGS.sub("-", fold(name)).strip("-")[:_LONGEST_SLUG].strip("-") or "entry"
    used = set(taken)
    if base not in used:
        return base
    return next(slug for number in range(2, len(used) + 3) if (slug := f"{base}-{number}") not in used)
