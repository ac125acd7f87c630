"""New contact persons: checked as drafts before the first write, then stored together (PER-1, PER-2, SIT-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import attrs

from contactcore.errors import Duplicate, Invalid, NotFound, Problem
from contactcore.frozen import frozen
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.rules.access import intersection
from contactcore.rules.preparation import read_phones
from contactcore.rules.primary import enforce
from contactcore.workspace.kernel.slugs import affiliation_problems
from contactcore.workspace.kernel.transaction import Transaction, person_id_of
from contactcore.workspace.people.places import site_problems
from contactcore.workspace.people.recognising import recognise
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.repositories.suppressions import ERASED, ERASED_MESSAGE, SuppressionRepository, at_work

__all__ = ["DETAILS", "AddedPeople", "Draft", "new_site"]

_NO_DETAIL = {
    *("id", "version", "contact_id", "person_id", "person", "since", "primary", "primary_sequence", "revision"),
    *("purposes", "active", "primary_when_read", "purposes_when_read", "person_when_read", "site_when_read"),
}
DETAILS = tuple(field.name for field in attrs.fields(Affiliation) if field.name not in _NO_DETAIL)
"""The fields of an affiliation that a caller may give when it is added."""

_NOT_A_PERSON = "Only a person can act for a contact."


@frozen(kw_only=True)
class Draft:
    """A contact person who passed every check and is not stored yet.

    Attributes:
        affiliation: The affiliation, without id, contact and person.
        person: The person: prepared if new, else as stored.
        known: The stored person, locked; None for a new one.
        primary: Whether the caller wants this person to be the primary contact person.
    """

    affiliation: Affiliation
    person: Person
    known: Loaded[Person | Company] | None
    primary: bool


class AddedPeople:
    """The addition of contact persons in one transaction.

    Args:
        transaction: The transaction of the actor.
        only_judged: Whether drafts are only judged, which a session that reads may do, and not stored; False by
            default.
    """

    def __init__(self, transaction: Transaction, *, only_judged: bool = False) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)
        self._only_judged = only_judged
        self._new_sites: frozenset[str] = frozenset()

    def drafts(
        self, client: Contact, given: Sequence[str | Person | Affiliation | None], new_sites: int = 0
    ) -> tuple[list[Draft], list[Problem]]:
        """The drafts of several people of one contact, and the problems of all of them, each under `people[i]`.

        Args:
            client: The contact, which may be new.
            given: People, affiliations, ids or e-mail addresses, as for `draft`; None for one that could not be read
                and is only judged.
            new_sites: The number of sites that the contact gets in the same call, which details name by their
                position, as `"sites[0]"`; 0 by default.

        Raises:
            NotFound: The actor may not see a person, or there is none.
        """
        drafts: list[Draft] = []
        problems: list[Problem] = []
        known: dict[str, int] = {}
        self._new_sites = frozenset(map(new_site, range(new_sites)))
        if not self._only_judged:
            self._lock_in_sequence(given)
        for index, entry in enumerate(given):
            if entry is None:
                continue
            try:
                draft = self.draft(client, entry)
                same = known.setdefault(self._identity(entry, draft), index)
                if same != index:
                    raise Invalid("person-twice", "Give each person once.")  # noqa: TRY301 - named with the others
                drafts.append(draft)
            except Invalid as error:
                problems.extend(error.under(f"people[{index}]").problems)
            except NotFound as error:
                error.path = f"people[{index}]"
                raise
        chosen = [index for index, entry in enumerate(given) if _wants_primary(entry)]
        for index in chosen[1:]:
            message = "Only one contact person is primary: make one of these primary."
            problems.append(Problem("primary-twice", f"people[{index}].primary", message, value=True))
        return drafts, problems

    def draft(
        self,
        client: Contact,
        given: str | Person | Affiliation,
        details: Mapping[str, Any] | None = None,
        *,
        primary: bool = False,
    ) -> Draft:
        """One contact person, after every check that may refuse.

        Args:
            client: The contact, which may be new.
            given: A new person, a stored person, an id, an e-mail address, or an affiliation: a stored one stands for
                its person, and a new one gives the details and its person.
            details: Fields of the affiliation by name; none by default.
            primary: Whether the person becomes primary; False by default.

        Raises:
            NotFound: The actor may not see the person, or there is none.
            Duplicate: The person acts for the contact already.
            Invalid: All problems of the person and of the details at once.
        """
        wanted = dict(details or {})
        person: str | Person
        under = ""
        if isinstance(given, Affiliation) and not given.id:
            person, primary, under = self._person_of(given), primary or given.primary, "person"
            wanted = {**_details_of(given), **wanted}
        elif isinstance(given, Affiliation):
            person = given.person_id
        else:
            person = given
        if isinstance(person, str) and "@" in person:
            person = self._person_at(person)
        known: Loaded[Person | Company] | None = None
        if isinstance(person, Person) and not person.id:
            try:
                acting = self._new_person(client, person)
            except Invalid as error:
                named = error.under(under) if under else error
                raise Invalid([*named.problems, *self._detail_problems(client, wanted)]) from None
        else:
            acting, known = self._known_person(client, person)
        new = self._affiliation(client, wanted)
        if known is None:
            self._check_not_erased(acting, new)
        if primary:
            enforce([new], self._transaction.today, new.id)
        return Draft(affiliation=new, person=acting, known=known, primary=primary)

    def store(
        self, client: Loaded[Person | Company], drafts: Sequence[Draft], sites: Sequence[str] = ()
    ) -> tuple[Affiliation, ...]:
        """Store drafts as contact persons of a contact, in their sequence.

        Args:
            client: The contact, locked or new.
            drafts: The drafts.
            sites: The ids of the new sites that drafts name by their position; none by default.

        Returns:
            The affiliations as they are stored, each with its person.
        """
        if not drafts:
            return ()
        transaction = self._transaction
        people: list[Person] = []
        new: list[Affiliation] = []
        owners = {client.entity.id: client}
        stored_sites = {new_site(position): id for position, id in enumerate(sites)}
        for draft in drafts:
            person, known = draft.person, draft.known
            if known is None:
                person = self._contacts.add_prepared(person, without_letter=client.entity.responsibles)
                known = self._contacts.load_any(person.id)
            owners[person.id] = known
            people.append(person)
            new.append(
                attrs.evolve(
                    draft.affiliation,
                    id=transaction.new_id(),
                    version=1,
                    contact_id=client.entity.id,
                    person_id=person.id,
                    since=transaction.now,
                    site_id=stored_sites.get(draft.affiliation.site_id, draft.affiliation.site_id),
                )
            )
        access = {one.id: intersection(client.access, owners[one.person_id].access) for one in new}
        placed = self._affiliations.add_placed(new, access, self._chosen(drafts, new), owners)
        from contactcore.workspace.repositories.logins import LoginRepository

        LoginRepository(transaction).judge_new(placed)
        return tuple(attrs.evolve(one, person=person) for one, person in zip(placed, people, strict=True))

    def _check_not_erased(self, person: Person, affiliation: Affiliation) -> None:
        """Check a new person with the address and the number at work, by which an erased one is recognised too."""
        if affiliation.email is None and affiliation.phone is None:
            return
        if SuppressionRepository(self._transaction).is_marked(at_work(person, [affiliation])):
            raise Invalid(ERASED, ERASED_MESSAGE, path="email" if affiliation.email is not None else "phone")

    def _lock_in_sequence(self, given: Sequence[str | Person | Affiliation | None]) -> None:
        """Lock the stored people in the sequence of their ids, in which every transaction locks them."""
        ids = {entry if isinstance(entry, str) else person_id_of(entry) for entry in given if entry is not None}
        ids |= {entry.person.id for entry in given if isinstance(entry, Affiliation) and entry.person is not None}
        for id in sorted(id for id in ids if id and "@" not in id):
            # A person whom the actor does not see is refused with the others, under the path of the entry.
            with suppress(NotFound):
                self._contacts.lock(id)

    def _chosen(self, drafts: Sequence[Draft], new: Sequence[Affiliation]) -> str | None:
        """The id of the affiliation that the caller makes primary.

        Of several people of a new contact, the first who acts for it today is, whatever the first days of the others.
        """
        chosen = next((one.id for draft, one in zip(drafts, new, strict=True) if draft.primary), None)
        if chosen is not None or len(new) == 1:
            return chosen
        return next((one.id for one in new if one.is_current(self._transaction.today)), None)

    @staticmethod
    def _identity(given: object, draft: Draft) -> str:
        """The key that two entries for the same person share."""
        if draft.known is not None:
            return draft.known.entity.id
        return str(draft.person.emails[0].key) if isinstance(given, str) else f"new {id(draft)}"

    def _person_of(self, given: Affiliation) -> str | Person:
        """The person of a new affiliation.

        Raises:
            Invalid: `person-missing`; `detail-unknown` for a field that a new affiliation cannot have.
        """
        empty = Affiliation()
        for name in ("contact_id", "version", "since", "purposes", "active"):
            if getattr(given, name) != getattr(empty, name):
                raise Invalid("detail-unknown", f"Details are {', '.join(sorted(DETAILS))}.", path=name)
        person: Person | None = given.person
        if person is None:
            if not given.person_id:
                raise Invalid("person-missing", "Give the affiliation a person.", path="person")
            return given.person_id
        if given.person_id and given.person_id != person.id:
            message = "This is another person than the affiliation's: leave one of them out."
            raise Invalid("person-differs", message, path="person_id", value=given.person_id)
        from contactcore.workspace.kernel.edits import refuse_edited

        refuse_edited(self._transaction, person, "person")
        return person

    def _person_at(self, email: str) -> str | Person:
        found = recognise(self._transaction, email)
        if len(found) > 1:
            message = "Several people have this address: choose one of them."
            raise Invalid("person-ambiguous", message, path="person", value=email)
        return found[0].id if found else Person(emails=[email])

    def _new_person(self, client: Contact, person: Person) -> Person:
        """A prepared new contact person, by default with the client's access and responsible users."""
        with_access = attrs.evolve(
            person,
            listed=False,
            access=person.access or client.access,
            responsibles=person.responsibles or client.responsibles,
        )
        return self._contacts.prepare(with_access, known_users=client.responsibles)

    def _known_person(self, client: Contact, person: str | Person) -> tuple[Person, Loaded[Person | Company]]:
        if isinstance(person, Company) and not person.id:
            raise Invalid("not-a-person", _NOT_A_PERSON, path="person", value=person.display_name)
        try:
            known = self._contacts.load(person) if self._only_judged else self._contacts.lock(person)
        except NotFound:
            # No id has a blank. An application that passes on a name learns how to add a person.
            if isinstance(person, str) and any(map(str.isspace, person)):
                by_name = "Give a Person with this name; a text is an id or an e-mail address."
                raise Invalid("person-by-name", by_name, path="person", value=person) from None
            raise
        if not isinstance(known.entity, Person):
            raise Invalid("not-a-person", _NOT_A_PERSON, path="person", value=known.entity.id)
        if known.entity.id == client.id:
            raise Invalid("acts-for-self", "A person cannot be a contact person of themselves.", path="person")
        existing = self._affiliations.between(client.id, known.entity.id) if client.id else None
        if existing is not None:
            raise Duplicate(f"The contact person {known.entity.display_name}", existing.id)
        return known.entity, known

    def _affiliation(self, client: Contact, details: Mapping[str, Any]) -> Affiliation:
        """An affiliation with these details, whose slugs the workspace knows and whose site is the client's."""
        unknown = sorted(set(details) - set(DETAILS))
        if unknown:
            raise Invalid("detail-unknown", f"Details are {', '.join(sorted(DETAILS))}.", path=unknown[0])
        read, problems = dict(details), list[Problem]()
        if isinstance(read.get("phone"), str) and read["phone"]:
            try:
                (read["phone"],) = read_phones([read["phone"]], (self._transaction.settings.country,))
            except Invalid as error:
                problems.extend(attrs.evolve(problem, path="phone") for problem in error.problems)
                del read["phone"]
        try:
            new = Affiliation(**read)
        except Invalid as error:
            problems.extend(error.problems)
        else:
            problems.extend(affiliation_problems(self._transaction.settings, new))
            if new.site_id not in self._new_sites:
                problems.extend(site_problems(self._transaction, client.id, new.site_id))
        if problems:
            raise Invalid(problems)
        return new

    def _detail_problems(self, client: Contact, details: Mapping[str, Any]) -> tuple[Problem, ...]:
        try:
            self._affiliation(client, details)
        except Invalid as error:
            return error.problems
        return ()


def new_site(position: int) -> str:
    """How the details of a person name a site that is added in the same call.

    >>> new_site(0)
    'sites[0]'
    """
    return f"sites[{position}]"


def _wants_primary(given: object) -> bool:
    return isinstance(given, Affiliation) and given.primary and not given.id


def _details_of(given: Affiliation) -> dict[str, Any]:
    return {name: getattr(given, name) for name in DETAILS if getattr(given, name) is not None}
