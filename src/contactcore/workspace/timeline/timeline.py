"""The service of the timeline: the interactions of contacts and of their items (SIT-6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, overload

import attrs

from contactcore.errors import Invalid, NotFound, Problem
from contactcore.frozen import frozen
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.interactions import INTERACTIONS, person_scope, scope_term, time_key, type_key
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model import Affiliation, Contact, Interaction, InteractionState, Item, Person, Site
from contactcore.model.restoring import altered
from contactcore.rules.access import check_staff
from contactcore.rules.belonging import prepare_interaction
from contactcore.storage import SYSTEM, Query
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments, may_be_id
from contactcore.workspace.kernel.slugs import InteractionTypeSlug
from contactcore.workspace.kernel.transaction import Transaction, id_of, person_id_of
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.merging import MergedSave
from contactcore.workspace.repositories.redirects import absorbed_by
from contactcore.workspace.repositories.repository import Repository

__all__ = ["InteractionPage", "Timeline"]

_ELSEWHERE = {"item": "item-elsewhere", "site": "site-elsewhere"}


@frozen
class InteractionPage:
    """One page of a timeline; iteration yields its interactions.

    Attributes:
        items: The interactions.
        next: The cursor for `page(after=...)`; None on the last page.

    >>> page = InteractionPage((Interaction("Call"),), next=None)
    >>> [one.title for one in page], len(page)
    (['Call'], 1)
    """

    items: tuple[Interaction, ...]
    next: str | None

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@check_arguments()
class Timeline:
    """The interactions of contacts, as one actor sees them; `session.timeline` is this service.

    Who sees a contact sees its timeline, and who may change the contact may change its timeline. Portal users see no
    timeline.

    >>> from contactcore import Interaction, Item, Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
    ...     jane = session.contacts.add(Person("Jane", "Doe"))
    ...     rex = session.items.add(jane, Item("Rex"))
    ...     call = session.timeline.add(jane, Interaction("Asked for the opening hours"))
    ...     visit = session.timeline.add(jane, Interaction("Vaccination", type="appointment", item_id=rex.id))
    ...     [one.title for one in session.timeline.page(jane)]
    ...     [one.title for one in session.timeline.page(jane, item=rex)], session.timeline.counts(jane)["appointment"]
    ['Vaccination', 'Asked for the opening hours']
    (['Vaccination'], 1)

    Source: SIT-6.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._interactions: BelongingRepository[Interaction] = BelongingRepository(transaction, INTERACTIONS)

    def add(
        self, contact: Annotated[str | Contact, AS_STORED], interaction: Annotated[Interaction, MAY_BE_NEW]
    ) -> Interaction:
        """Record an interaction with a contact, and perhaps with one of its items.

        Args:
            contact: The contact, or its id.
            interaction: An interaction without an id.

        Returns:
            The stored interaction, with its id, version 1, its contact, the actor, and the defaults.

        Raises:
            NotFound: There is no such contact, item, site or person, or the actor may not see it.
            Forbidden: `staff-only`, `read-only`, `read-only-session`.
            Invalid: One error lists all problems; `already-stored` for an interaction that has an id,
                `interaction-type-unknown`, `item-elsewhere` and `site-elsewhere` for an item or a site of another
                contact, `not-a-person`.

        >>> from datetime import datetime
        >>> from zoneinfo import ZoneInfo
        >>> from contactcore import Interaction, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        ...     nine = datetime(2099, 7, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
        ...     visit = session.timeline.add(jane, Interaction("Roof", type="appointment", start=nine))
        ...     visit.state, visit.actor, visit.start.isoformat(), visit.timezone
        ('planned', 'amelie', '2099-07-01T07:00:00+00:00', 'Europe/Paris')
        """
        check_staff(self._transaction.actor)
        owner = self._contacts.lock_for_change(contact)
        new = altered(interaction, {"actor": self._transaction.actor.name})
        ready, more = prepare_interaction(new, self._transaction.settings, self._transaction.now)
        problems = (*self._interactions.problems_of_new(interaction), *more, *self._references(ready, owner.entity.id))
        if problems:
            raise Invalid(problems)
        return self._interactions.add_new(ready, owner)

    def get(self, interaction: str | Interaction) -> Interaction:
        """The interaction with an id.

        Args:
            interaction: The interaction, or its id.

        Raises:
            NotFound: The interaction does not exist, is in the trash, or its contact is hidden from the actor.
            Forbidden: `staff-only`.
        """
        check_staff(self._transaction.actor)
        return self._interactions.get(interaction)

    def page(
        self,
        contact: str | Contact,
        *,
        item: str | Item | None = None,
        site: str | Site | None = None,
        person: str | Person | Affiliation | None = None,
        types: Sequence[InteractionTypeSlug] = (),
        state: InteractionState | None = None,
        upcoming: bool = False,
        limit: int = 50,
        after: str | None = None,
    ) -> InteractionPage:
        """One page of the timeline of a contact: the latest start first, or the next ones to come.

        A page costs the same on a short and on a long timeline, at its beginning and in its depth.

        Args:
            contact: The contact, or its id.
            item, site: An item or a site of the contact, or its id, to see only what belongs to it; all by default.
            person: A person, one of their affiliations, or the id of the person; all by default.
            types: The slugs of the types to see, such as `["note", "message"]`; all by default.
            state: `"planned"`, `"done"` or `"cancelled"`; all by default.
            upcoming: Whether to see only what starts now or later, the earliest start first; False by default.
            limit: The maximum number of interactions, 1 to 1,000; 50 by default.
            after: The cursor `next` of the previous page; None (the default) for the first page.

        Raises:
            NotFound: There is no such contact, item, site or person, or the actor may not see it.
            Forbidden: `staff-only`.
            Invalid: `interaction-type-unknown`, `state-unknown`, `item-elsewhere`, `site-elsewhere`, `not-a-person`,
                `limit-out-of-range`, `cursor-unreadable`, `cursor-outdated`.

        >>> from contactcore import Interaction, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        ...     for number in range(3):
        ...         added = session.timeline.add(jane, Interaction(f"Call {number}"))
        ...     first = session.timeline.page(jane, limit=2)
        ...     [one.title for one in first], [one.title for one in session.timeline.page(jane, after=first.next)]
        (['Call 2', 'Call 1'], ['Call 0'])
        """
        check_staff(self._transaction.actor)
        contact_id = self._contacts.seen(contact).id
        if state is not None and state not in get_args(InteractionState):
            choices = ", ".join(get_args(InteractionState))
            raise Invalid("state-unknown", f"The states of an interaction are {choices}.", path="state", value=state)
        scopes: list[tuple[str, str]] = []
        also: list[str] = []
        if item is not None:
            scopes.append(("item", self._part(ITEMS, id_of(item), contact_id)))
        if site is not None:
            scopes.append(("site", self._part(SITES, id_of(site), contact_id)))
        if person is not None:
            person_id = self._person(person_id_of(person))
            scopes.append(("person", person_scope(contact_id, person_id)))
            # Interactions may name people who were merged into this one since.
            also = [person_scope(contact_id, id) for id in absorbed_by(self._transaction, person_id)]
        found = self._transaction.reader.find_records(
            Query(
                kind=INTERACTIONS.name,
                order="time",
                # The actor sees the contact, so the actor sees its timeline.
                access=SYSTEM,
                where=tuple(
                    self._terms(scope, [id, *(also if scope == "person" else ())], types, state)
                    for scope, id in scopes or [("contact", contact_id)]
                ),
                start=time_key(self._transaction.now) if upcoming else "",
                after=after,
                limit=limit,
                descending=not upcoming,
            )
        )
        entities = [self._interactions.loaded(stored).entity for stored in found.records]
        return InteractionPage(tuple(self._interactions.shown(entities)), found.last if found.more else None)

    def counts(self, contact: str | Contact, *, item: str | Item | None = None) -> Mapping[str, int]:
        """The number of interactions of each type, in the order of the list of types; for the tabs of a timeline.

        The types that are on the list have a number, even 0. Interactions whose type was removed without a replacement
        are counted under `""`, if there are any. The cost is linear in the number of interactions that are counted.

        Args:
            contact: The contact, or its id.
            item: One of its items, or the id of the item, to count only what belongs to it; all by default.

        Raises:
            NotFound: There is no such contact or item, or the actor may not see it.
            Forbidden: `staff-only`.
            Invalid: `item-elsewhere`.
        """
        check_staff(self._transaction.actor)
        contact_id = self._contacts.seen(contact).id
        scope, id = ("contact", contact_id) if item is None else ("item", self._part(ITEMS, id_of(item), contact_id))
        types = self._transaction.settings.interaction_types
        slugs = sorted(entry.slug for entry in types)
        query = Query(kind=INTERACTIONS.name, order="type", access=SYSTEM, where=(frozenset({scope_term(scope, id)}),))
        counts = self._transaction.reader.count(query, [type_key(slug) for slug in slugs])
        numbers = dict.fromkeys(types.slugs, 0)
        for slug, number in zip(("", *slugs), counts, strict=True):
            if number:
                numbers[types.resolve(slug)] = numbers.get(types.resolve(slug), 0) + number
        return numbers

    @overload
    def save(self, interaction: Interaction, *, merge_changes: Literal[False] = False) -> Interaction: ...
    @overload
    def save(self, interaction: Interaction, *, merge_changes: Literal[True]) -> MergedSave[Interaction]: ...
    def save(self, interaction: Interaction, *, merge_changes: bool = False) -> Interaction | MergedSave[Interaction]:
        """Store a changed interaction; a change of somebody else is never overwritten (DIR-15).

        A site or a person that the actor does not see stays as it is stored, unless the interaction names another one.

        Args:
            interaction: An interaction that this service returned, changed with `attrs.evolve`.
            merge_changes: Whether changes of others in other fields are kept, as for `contacts.save`.

        Returns:
            The stored interaction with the next version; the same version if nothing changed.

        Raises:
            Conflict: Somebody else changed the interaction after it was read. The error has both, as `mine` and
                `stored`.
            NotFound: As `get`, and for an item, a site or a person that the interaction names and the actor does not
                see.
            Forbidden: As `add`.
            Invalid: As `add`; `contact-change` if the interaction names another contact.
        """
        check_staff(self._transaction.actor)
        saved = self._interactions.save(
            interaction,
            self._prepare,
            fixed={"contact_id": "An interaction stays with its contact; it moves with its item."},
            # True and 1 are equal, but another payload.
            written=lambda one: repr(one.payload),
            merge_changes=merge_changes,
        )
        if merge_changes:
            (shown,) = self._interactions.shown([saved.record])
            return MergedSave(shown, saved.merged)
        # The actor gave what the actor sees: the ids that were shown, and new ones that were just checked.
        return altered(saved.record, {name: getattr(interaction, name) for name in INTERACTIONS.mentions})

    def delete(self, interaction: Annotated[str | Interaction, AS_STORED]) -> None:
        """Move an interaction to the trash; `session.trash.restore` brings it back.

        Args:
            interaction: The interaction, or its id. An interaction must have the stored version.

        Raises:
            Conflict, NotFound, Forbidden: As `save`.
        """
        check_staff(self._transaction.actor)
        self._interactions.delete(interaction)

    def _prepare(
        self, changed: Interaction, before: Interaction, owner: Contact
    ) -> tuple[Interaction, Iterable[Problem]]:
        """A changed interaction ready to be stored, and its problems."""
        (shown,) = self._interactions.shown([before])
        kept = {
            name: getattr(before, name)
            for name in INTERACTIONS.mentions
            if getattr(changed, name) == getattr(shown, name)
        }
        ready, problems = prepare_interaction(
            altered(changed, {**kept, "actor": before.actor}), self._transaction.settings, self._transaction.now, before
        )
        return ready, (*problems, *self._references(ready, owner.id, before))

    def _terms(self, scope: str, ids: Sequence[str], types: Sequence[str], state: str | None) -> frozenset[str]:
        """The terms of which an interaction in one of these scopes, of these types and in this state, has one."""
        listed = self._transaction.settings.interaction_types
        slugs = {slug for type in types for slug in listed.slugs_counting_as(type)} if types else {""}
        return frozenset(scope_term(scope, id, slug, state or "") for id in ids for slug in slugs)

    def _references(
        self, interaction: Interaction, contact_id: str, before: Interaction | None = None
    ) -> Iterator[Problem]:
        """The problems of the item, the site and the person, if they are other ones than before."""
        for name, entity_type in (("item_id", ITEMS), ("site_id", SITES), ("person_id", None)):
            id = getattr(interaction, name)
            if not id or (before is not None and id == getattr(before, name)):
                continue
            try:
                if not may_be_id(id):
                    raise NotFound(name.removesuffix("_id"), id)  # noqa: TRY301 - the path is set below
                if entity_type is None:
                    self._person(id)
                else:
                    self._part(entity_type, id, contact_id)
            except NotFound as error:
                error.path = name
                raise
            except Invalid as error:
                yield from (attrs.evolve(problem, path=name) for problem in error.problems)

    def _part(self, entity_type: EntityType[Any], id: str, contact_id: str) -> str:
        """The id of an item or a site, which must belong to the contact."""
        name = entity_type.name
        if Repository(self._transaction, entity_type).seen(id).owner != contact_id:
            message = f"This {name} belongs to another contact: give one of the same contact."
            raise Invalid(_ELSEWHERE[name], message, path=name, value=id)
        return id

    def _person(self, id: str) -> str:
        """The id of a person, whom the actor must see."""
        if not isinstance(self._contacts.get(id), Person):
            raise Invalid("not-a-person", "Only a person takes part in an interaction.", path="person", value=id)
        return id
