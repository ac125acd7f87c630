"""Bulk acts: the change that is made to each contact of a selection (DIR-22)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attrs

from contactcore.errors import Problem, check_record
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.access import AccessPolicy
from contactcore.model.company import Company
from contactcore.model.contact import Contact
from contactcore.model.person import Person
from contactcore.values import Tag

__all__ = ["BulkAct"]

_C = TypeVar("_C", bound=Person | Company)

_ACCESS = frozenset({"access", "responsibles", "add_responsibles", "remove_responsibles", "with_people"})


def _slug_or_none(value: str | None) -> str | None:
    return None if value is None else parsing.line(value)


def _names_or_none(value: Any) -> tuple[str, ...] | None:
    return None if value is None else conversion.user_names(value)


@frozen(kw_only=True)
class BulkAct:
    """The change that a bulk act makes to each contact of a selection; an act needs at least one part (DIR-22).

    Attributes:
        add_tags, remove_tags: Tags in any spelling; `()` by default.
        add_categories, remove_categories: Slugs of categories; `()` by default.
        type: The slug of the new type, `""` to take the type away; None, the default, to keep it.
        responsibles: The names of the users who become responsible in place of all others; None, the default, to keep
            those of today.
        add_responsibles, remove_responsibles: Names of users; `()` by default.
        access: The new access policy; None, the default, to keep it.
        delete: Whether the contacts go to the trash, which no other part can be combined with; False by default.
        with_people: Whether contact persons get the access policy and the responsible users of their contacts, as for
            `contacts.save`; None, the default, for the mere contact persons where the rules say so (ACC-6).

    Raises:
        Invalid: One error lists all problems: `act-contradicts`, and those of the fields of `Contact`.

    >>> BulkAct(add_tags=["VIP"], access="shared-read").access
    <AccessPolicy.SHARED_READ: 'shared-read'>
    >>> BulkAct(add_tags=["VIP"], remove_tags=["vip"])
    Traceback (most recent call last):
    contactcore.errors.Invalid: remove_tags: The act adds and removes the same: leave one of the two out. (got 'vip')
    """

    add_tags: tuple[Tag, ...] = attrs.field(default=(), converter=value_conversion.tags)
    remove_tags: tuple[Tag, ...] = attrs.field(default=(), converter=value_conversion.tags)
    add_categories: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    remove_categories: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    type: str | None = attrs.field(default=None, converter=_slug_or_none)
    responsibles: tuple[str, ...] | None = attrs.field(default=None, converter=_names_or_none)
    add_responsibles: tuple[str, ...] = attrs.field(default=(), converter=conversion.user_names)
    remove_responsibles: tuple[str, ...] = attrs.field(default=(), converter=conversion.user_names)
    access: AccessPolicy | None = attrs.field(default=None, converter=conversion.policy)
    delete: bool = attrs.field(default=False, converter=conversion.yes_no)
    with_people: bool | None = attrs.field(default=None, converter=conversion.yes_no_or_none)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
        parsing.raise_refusals(self, self._problems())

    def _problems(self) -> Iterator[Problem]:
        if self.delete and len(self._given) > 1:
            message = "A deleted contact gets no other change: leave the others out."
            yield Problem("act-contradicts", "delete", message, value=True)
        if self.responsibles is not None and (self.add_responsibles or self.remove_responsibles):
            message = "The act replaces the responsible users: leave out those to add and to remove."
            yield Problem("act-contradicts", "responsibles", message)
        both = "The act adds and removes the same: leave one of the two out."
        tags = {tag.key for tag in self.add_tags}
        for path, twice in (
            ("remove_tags", [tag.text for tag in self.remove_tags if tag.key in tags]),
            ("remove_categories", [slug for slug in self.remove_categories if slug in self.add_categories]),
            ("remove_responsibles", [name for name in self.remove_responsibles if name in self.add_responsibles]),
        ):
            if twice:
                yield Problem("act-contradicts", path, both, twice[0])

    @property
    def _given(self) -> frozenset[str]:
        """The names of the parts that were given."""
        return frozenset(one.name for one in attrs.fields(BulkAct) if getattr(self, one.name) != one.default)

    @property
    def is_empty(self) -> bool:
        """Whether the act changes nothing.

        >>> BulkAct(add_tags=[]).is_empty, BulkAct(type="").is_empty
        (True, False)
        """
        return self._given <= {"with_people"}

    @property
    def is_sharing(self) -> bool:
        """Whether the act changes nothing but the access policy and the responsible users.

        >>> BulkAct(access="private").is_sharing, BulkAct(access="private", type="").is_sharing
        (True, False)
        """
        return self._given <= _ACCESS

    @property
    def new_responsibles(self) -> tuple[str, ...]:
        """The names of the users whom the act makes responsible."""
        return self.add_responsibles if self.responsibles is None else self.responsibles

    def applied_to(self, contact: _C) -> _C:
        """A contact with the change; not for an act that deletes.

        Args:
            contact: The stored contact.

        Raises:
            Invalid: `record-type`.

        >>> [tag.text for tag in BulkAct(add_tags=["new"]).applied_to(Company("Bois", tags=["VIP"])).tags]
        ['VIP', 'new']
        """
        check_record(Contact, contact=contact)
        changes: dict[str, Any] = {}
        if self.add_tags or self.remove_tags:
            removed, known = {tag.key for tag in self.remove_tags}, {tag.key for tag in contact.tags}
            kept = [tag for tag in contact.tags if tag.key not in removed]
            changes["tags"] = (*kept, *(tag for tag in self.add_tags if tag.key not in known))
        if self.add_categories or self.remove_categories:
            slugs = [slug for slug in contact.categories if slug not in self.remove_categories]
            changes["categories"] = tuple(dict.fromkeys([*slugs, *self.add_categories]))
        if self.type is not None:
            changes["type"] = self.type
        if self.responsibles is not None:
            changes["responsibles"] = self.responsibles
        elif self.add_responsibles or self.remove_responsibles:
            names = [name for name in contact.responsibles if name not in self.remove_responsibles]
            changes["responsibles"] = tuple(dict.fromkeys([*names, *self.add_responsibles]))
        if self.access is not None:
            changes["access"] = self.access
        return attrs.evolve(contact, **changes)

    def as_dict(self) -> Mapping[str, Any]:
        """The parts of the act that were given, as JSON."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in sorted(self._given)}
        for name in {"add_tags", "remove_tags"} & self._given:
            plain[name] = [tag.text for tag in plain[name]]
        return plain if self.access is None else {**plain, "access": self.access.value}
