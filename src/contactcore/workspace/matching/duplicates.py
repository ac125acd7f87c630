"""The service of duplicates: contacts that may be the same, with the reasons, and those that are not (IMP-7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import attrs

from contactcore.errors import Invalid
from contactcore.formats.plain import read_draft
from contactcore.frozen import frozen
from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import name_in
from contactcore.model import Company, Contact, Person
from contactcore.model.distinction import Distinction
from contactcore.rules.access import check_staff, read_terms
from contactcore.rules.likeness import Compared, Likeness, Reason, compare, compared_fields, likeness_library, names_of
from contactcore.rules.preparation import prepare
from contactcore.storage import LONGEST_TERM, Query
from contactcore.text import name_prefix
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.distinctions import DistinctionRepository

__all__ = ["Candidate", "Duplicates"]

_FOUND_AT_ONCE = 50
_MOST_CANDIDATES = 50
_FEWEST_LETTERS = 2


@frozen
class Candidate:
    """A contact that may be the same person or company as another one.

    Attributes:
        contact: The contact, as the actor sees it.
        name: Its display name.
        score: 0 (certainly different) to 1 (certainly the same).
        reasons: The fields that agree or contradict, the heaviest first.
    """

    contact: Person | Company
    name: str
    score: float
    reasons: tuple[Reason, ...]

    @property
    def id(self) -> str:
        """The id of the contact."""
        return self.contact.id


@check_arguments()
class Duplicates:
    """Contacts that may be the same, among those that the actor sees; `session.duplicates` is this service.

    A hidden contact is never compared, so that no score, reason or number of candidates reveals it (ACC-3). The
    comparison needs the extra `dedupe`.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
    ...     jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))
    ...     for one in session.duplicates.check(Person("Doe", "Jane", emails=["jane@bois.fr"])):
    ...         one.name, round(one.score, 2), [(reason.field, reason.verdict) for reason in one.reasons]
    ('Jane Doe', 0.99, [('email', 'same'), ('name', 'swapped')])

    Source: IMP-7.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._distinctions = DistinctionRepository(transaction)

    def check(
        self,
        contact: Annotated[Person | Company, MAY_BE_NEW] | Mapping[str, Any],
        *,
        minimum: float = 0.5,
        limit: int = 5,
    ) -> tuple[Candidate, ...]:
        """The stored contacts that may be the same as one that is being entered; nothing is stored.

        A form asks while it is filled in. Contacts are found by an e-mail address, a phone number, or a name: the whole
        name in any sequence, or one name and the initial of the other. The cost does not grow with the workspace:
        these are a few searches of at most 50 contacts each.

        Args:
            contact: A new contact, a changed stored one, or plain data as `from_plain` takes them, half filled or
                wrong; with an `id` the data of a stored contact.
            minimum: The smallest score, 0 to 1; 0.5 by default, with which an equal name is enough.
            limit: The maximum number of candidates, 1 to 50; 5 by default.

        Returns:
            The candidates, the most similar one first.

        Raises:
            NotFound: The actor may not see the stored contact.
            Forbidden: `staff-only` for a portal user.
            Invalid: `extra-missing`, `score-out-of-range`, `limit-out-of-range`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
        ...     half = {"kind": "company", "name": "BOIS et Fils SARL", "emails": ["office@"]}
        ...     [(one.name, one.reasons[0].verdict) for one in session.duplicates.check(half)]
        [('Bois & Fils', 'same')]
        """
        check_staff(self._transaction.actor)
        _check_limits(minimum, limit)
        country = self._transaction.settings.country
        draft = read_draft(contact, country=country)[0] if isinstance(contact, Mapping) else contact
        if draft is None:
            return ()
        if draft.id:
            self._contacts.seen(draft.id)
        ready, _ = prepare(draft, self._transaction.settings)
        return self._candidates(ready, minimum, limit)

    def of(
        self, contact: Annotated[str | Contact, AS_STORED], *, minimum: float = 0.5, limit: int = 5
    ) -> tuple[Candidate, ...]:
        """The stored contacts that may be the same as a stored contact, without those that are declared different.

        Args:
            contact: The contact, or its id.
            minimum, limit: As for `check`.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden, Invalid: As `check`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe", phones=["+33144556677"]))
        ...     twice = session.contacts.add(Person("J.", "Doe", phones=["+33144556677"]))
        ...     [(one.id == twice.id, round(one.score, 2)) for one in session.duplicates.of(jane)]
        [(True, 0.89)]
        """
        check_staff(self._transaction.actor)
        _check_limits(minimum, limit)
        return self._candidates(self._contacts.get(contact), minimum, limit)

    def compare(
        self, contact: Annotated[str | Contact, AS_STORED], other: Annotated[str | Contact, AS_STORED]
    ) -> Candidate:
        """The comparison of two stored contacts, whatever their score, and whether or not they are declared different.

        Args:
            contact: One contact, or its id.
            other: The other contact, or its id.

        Returns:
            The other contact with the score and the reasons; score 0 for a person and a company.

        Raises:
            NotFound: The actor may not see one of them, or there is none.
            Forbidden, Invalid: As `check`; `same-contact`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe", phones=["+33144556677"]))
        ...     zoe = session.contacts.add(Person("Zoe", "Doe", phones=["+33144556677"]))
        ...     found = session.duplicates.compare(jane, zoe)
        ...     round(found.score, 2), [(reason.field, reason.verdict) for reason in found.reasons]
        (0.0, [('phone', 'same'), ('name', 'family-only')])
        """
        check_staff(self._transaction.actor)
        likeness_library()
        one, two = self._contacts.get(contact), self._contacts.get(other)
        _check_different(one.id, two.id)
        return self._candidate(two, compare(compared_fields(one), compared_fields(two)))

    def mark_different(
        self, contact: Annotated[str | Contact, AS_STORED], other: Annotated[str | Contact, AS_STORED]
    ) -> Distinction:
        """Declare that two contacts are not duplicates: neither is a candidate for the other any more.

        The declaration counts for all users. It ends when a compared field of one of the two changes: a name, an e-mail
        address, a phone number, a postal address, a website or the birthday.

        Args:
            contact: One contact, or its id.
            other: The other contact, or its id.

        Raises:
            NotFound: The actor may not see one of them, or there is none.
            Forbidden: `read-only` if the actor may not change both; `read-only-session`, `portal-reads-only`.
            Invalid: `same-contact`, `kind-differs`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        ...     other = session.contacts.add(Person("Jane", "Doe"))
        ...     marked = session.duplicates.mark_different(jane, other)
        ...     before = session.duplicates.of(jane)
        ...     changed = session.contacts.save(attrs.evolve(other, phones=["+33144556677"]))
        ...     len(before), len(session.duplicates.of(jane))
        (0, 1)
        """
        one, two = self._locked(contact, other)
        if one.kind != two.kind:
            message = "A person and a company are never compared."
            raise Invalid("kind-differs", message, path="other", value=two.id)
        transaction = self._transaction
        values: dict[str, Any] = {
            "digest": compared_fields(one).digest,
            "other_digest": compared_fields(two).digest,
            "by": transaction.actor.name,
            "at": transaction.now,
        }
        known = self._distinctions.between(one.id, two.id)
        if known is not None:
            return self._distinctions.put(attrs.evolve(known.entity, **values), known.stored, event="")
        new = Distinction(id=transaction.new_id(), version=1, contact_id=one.id, other_id=two.id, **values)
        return self._distinctions.add(new)

    def unmark(self, contact: Annotated[str | Contact, AS_STORED], other: Annotated[str | Contact, AS_STORED]) -> None:
        """Take back the declaration that two contacts are not duplicates; nothing happens if there is none.

        Args:
            contact: One contact, or its id.
            other: The other contact, or its id.

        Raises:
            NotFound, Forbidden: As `mark_different`.
            Invalid: `same-contact`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        ...     other = session.contacts.add(Person("Jane", "Doe"))
        ...     marked = session.duplicates.mark_different(jane, other)
        ...     session.duplicates.unmark(other, jane)
        ...     len(session.duplicates.of(jane))
        1
        """
        one, two = self._locked(contact, other)
        known = self._distinctions.between(one.id, two.id)
        if known is not None:
            self._distinctions.remove(known.entity, known.stored)

    def marked_different(self, contact: str | Contact) -> tuple[Distinction, ...]:
        """The declarations that a contact is not a duplicate of others, as far as the actor sees these.

        The oldest comes first. Declarations that ended are among them.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden: `staff-only` for a portal user.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        ...     other = session.contacts.add(Person("Jane", "Doe"))
        ...     marked = session.duplicates.mark_different(jane, other)
        ...     [one.by for one in session.duplicates.marked_different(jane)]
        ['amelie']
        """
        check_staff(self._transaction.actor)
        return tuple(one.entity for one in self._distinctions.of(self._contacts.seen(contact).id))

    def _locked(self, contact: str | Contact, other: str | Contact) -> tuple[Contact, Contact]:
        """Both contacts, locked for a change, the one with the smaller id first."""
        self._transaction.require_writing()
        ids = [id_of(contact), id_of(other)]
        for id in ids:
            self._contacts.seen(id)
        _check_different(*ids)
        one, two = (self._contacts.lock_for_change(id).entity for id in sorted(ids))
        return one, two

    def _candidates(self, contact: Contact, minimum: float, limit: int) -> tuple[Candidate, ...]:
        likeness_library()
        own = compared_fields(contact)
        queries = [*self._queries(contact, own)]
        self._transaction.reader.announce(*queries)
        ids = dict.fromkeys(id for query in queries for id in self._found(query))
        ids.pop(contact.id, None)
        entities = [one.entity for one in self._contacts.get_many(ids).values()]
        compared = [compared_fields(entity) for entity in entities]
        different: set[frozenset[str]] = set()
        if contact.id:
            digests = {one.id: one.digest for one in (own, *compared)}
            different = self._distinctions.holding(((contact.id, one.id) for one in compared), digests)
        found = [
            self._candidate(entity, compare(own, one))
            for entity, one in zip(entities, compared, strict=True)
            if frozenset((contact.id, one.id)) not in different
        ]
        found = [one for one in found if one.score >= minimum]
        found.sort(key=lambda one: (-one.score, one.id))
        return tuple(found[:limit])

    def _candidate(self, contact: Person | Company, likeness: Likeness) -> Candidate:
        return Candidate(
            contact, name_in(contact, self._transaction.index_context.language), likeness.score, likeness.reasons
        )

    def _found(self, query: Query) -> Iterator[str]:
        return (card.id for card in self._transaction.reader.find(query).cards)

    def _queries(self, contact: Contact, own: Compared) -> Iterator[Query]:
        """The questions by which the candidates for a contact are found."""
        transaction = self._transaction
        of_kind = frozenset({f"kind:{contact.kind}"})

        def query(*groups: frozenset[str], words: Iterable[str] = ()) -> Query:
            return Query(
                kind="contact",
                order=transaction.order,
                access=read_terms(transaction.actor),
                where=(of_kind, *groups),
                words=tuple(word[:LONGEST_TERM] for word in words),
                limit=_FOUND_AT_ONCE,
            )

        for prefix, values in (("email", own.emails), ("phone", own.phones)):
            if values:
                yield query(frozenset(term(prefix, value) for value in values))
        given, family, name = names_of(contact)
        if name:
            yield query(words=[f"^{name_prefix(name)}"])
        first, second = (given, family) if contact.kind == "person" else _longest(name)
        if len(first) >= _FEWEST_LETTERS and second:
            yield query(words=[*first.split(), second[0]])
        if len(second) >= _FEWEST_LETTERS and first:
            yield query(words=[*second.split(), first[0]])


def _longest(name: str) -> tuple[str, str]:
    """The two longest words of a name."""
    longest = sorted(name.split(), key=len, reverse=True)
    return (longest[0], longest[1]) if len(longest) > 1 else (name, "")


def _check_limits(minimum: float, limit: int) -> None:
    if not 0 <= minimum <= 1:
        raise Invalid("score-out-of-range", "Give a score from 0 to 1.", path="minimum", value=minimum)
    if not 1 <= limit <= _MOST_CANDIDATES:
        message = f"Give a number from 1 to {_MOST_CANDIDATES}."
        raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": _MOST_CANDIDATES})


def _check_different(one: str, other: str) -> None:
    if one == other:
        raise Invalid("same-contact", "Name two different contacts.", path="other", value=other)
