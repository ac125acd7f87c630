"""The contact persons of contacts as an actor sees them: lists, primary ones, and what they may (PER-1 to PER-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from contactcore.errors import Invalid
from contactcore.model import Affiliation, Contact, Person, Site
from contactcore.rules.access import check_staff, may_see
from contactcore.rules.authorities import AuthorityDecision
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.days import read_day
from contactcore.workspace.kernel.slugs import AuthoritySlug, PurposeSlug
from contactcore.workspace.kernel.transaction import Transaction, id_of, person_id_of
from contactcore.workspace.people.authorising import decide
from contactcore.workspace.people.places import site_problems
from contactcore.workspace.people.recognising import recognise
from contactcore.workspace.people.saving import SavedPeople
from contactcore.workspace.people.shown import as_seen, as_seen_with_person, visible_people, with_people
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["PeopleViews"]


@check_arguments()
class PeopleViews:
    """The contact persons of contacts, as one actor sees them.

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)
        self._saved = SavedPeople(transaction)

    def list(
        self, contact: str | Contact, *, current: bool = False, site: str | Site | None = None
    ) -> tuple[Affiliation, ...]:
        """Return the contact persons of a contact that the actor sees: the primary one first, then by seniority.

        Args:
            contact: The contact, or its id.
            current: Whether to leave out people who do not act for the contact today; False by default.
            site: The site of the contact where the people act, or its id; None, the default, for all people.

        Raises:
            NotFound: there is no such contact, or the actor may not see it.
            Invalid: `site-unknown` for a site that is none of the contact's, or is in the trash.

        >>> from contactcore import Company, Person, Site, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"), people=[Person("Jane")])
        ...     mill = session.sites.add(bois, Site("Mill"))
        ...     joan = session.people.add(bois, Person("Joan"), site=mill)
        ...     [one.person.display_name for one in session.people.list(bois, site=mill)]
        ['Joan']
        """
        id = self._contacts.seen(contact).id
        wanted = None if site is None else id_of(site)
        problems = [*site_problems(self._transaction, id, wanted or "", "site")]
        if problems:
            raise Invalid(problems)
        people = visible_people(self._transaction, id, current=current)
        return people if wanted is None else tuple(one for one in people if one.site_id == wanted)

    def primary(self, contact: str | Contact) -> Affiliation | None:
        """Return the primary contact person among those that the actor sees (PER-3), or None if there are none.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: as `list`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     karl = session.people.add(bois, Person("Karl", "Roe"))
        ...     session.people.primary(bois).person.display_name
        'Jane Doe'
        """
        return next((one for one in self.list(contact) if one.primary), None)

    def of(self, person: str | Person | Affiliation) -> tuple[Affiliation, ...]:
        """Return the affiliations of a person that the actor sees, by seniority.

        Args:
            person: The person, one of their affiliations, or the id of the person.

        Raises:
            NotFound: there is no such person, or the actor may not see them.
            Invalid: `not-a-person`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     [one.contact_id == bois.id for one in session.people.of(jane.person)]
        [True]
        """
        found, actor = self._contacts.get(person_id_of(person)), self._transaction.actor
        if not isinstance(found, Person):
            raise Invalid("not-a-person", "Only a person acts for contacts.", path="person", value=found.id)
        seen = [one.entity for one in self._affiliations.of_person(found.id) if may_see(actor, one.access)]
        shown = (as_seen(self._transaction, one.contact_id, one) for one in with_people(self._transaction, seen))
        return tuple(sorted(shown, key=lambda one: one.seniority))

    def get(self, affiliation: str | Affiliation) -> Affiliation:
        """Return a stored affiliation, with its `person`.

        Args:
            affiliation: The affiliation, or its id.

        Raises:
            NotFound: there is none, or the actor may not see it.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     session.people.get(jane.id).position
        'CFO'
        """
        return as_seen_with_person(self._transaction, self._affiliations.get(affiliation))

    def may(
        self,
        person: str | Person | Affiliation,
        authority: AuthoritySlug,
        contact: str | Contact,
        *,
        on: date | str | None = None,
        together_with: Sequence[str | Person | Affiliation] = (),
    ) -> AuthorityDecision:
        """Decide whether a person has an authority for a contact on a day, with the grant or the reason (PER-4).

        Args:
            person: The person, one of their affiliations, or the id of the person.
            authority: The slug of the authority: `"contact"`, `"collect-mail"`, `"represent"`, or one that the
                workspace added.
            contact: The contact, or its id.
            on: The day, or its text in ISO 8601; today by default. For a past day the authorities of that day count
                (PER-5).
            together_with: Other people who act together with the person, for an authority that is held jointly; none
                by default. A portal user asks about themselves alone.

        Returns:
            The decision, which is true if the person has the authority.

        Raises:
            NotFound: there is no such person or contact, or the actor may not see them.
            Invalid: `power-unknown`; `not-a-person` for a company; `date-syntax`.

        >>> from datetime import date
        >>> from contactcore import Authority, Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, Person("Jane", "Doe"))
        ...     jane = session.people.grant(jane, Authority(slug="represent", start="2026-01-01"))
        ...     jane = session.people.withdraw(jane, "represent", on=date(2026, 4, 1))
        ...     days = date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1)
        ...     [session.people.may(jane.person_id, "represent", client, on=day).reason for day in days]
        ['not-yet', 'sole', 'expired']
        """
        day = self._transaction.today if on is None else read_day(on, "on")
        return decide(self._transaction, person, authority, contact, day, together_with)

    def primary_for(self, contact: str | Contact, purpose: PurposeSlug) -> Affiliation | None:
        """Return the primary person for a purpose such as `"billing"`, else the primary contact person, else None.

        Args:
            contact: The contact, or its id.
            purpose: The slug of one of the workspace's purposes.

        Raises:
            NotFound: there is no such contact, or the actor may not see it.
            Forbidden: `staff-only` for a portal user.
            Invalid: `purpose-unknown`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
        ...     karl = session.people.add(bois, Person("Karl", "Roe"))
        ...     karl = session.people.make_primary_for(karl, "billing")
        ...     session.people.primary_for(bois, "billing").person.display_name
        'Karl Roe'
        """
        check_staff(self._transaction.actor)
        everybody = self.list(contact)
        for one in everybody:
            if purpose in one.purposes and one.is_current(self._transaction.today):
                return one
        return next((one for one in everybody if one.primary), None)

    def recognise(self, email: EmailAddress | str) -> tuple[Person, ...]:
        """Return the people who have or had an e-mail address and whom the actor sees, retired work addresses included.

        Args:
            email: The e-mail address.

        Raises:
            Invalid: the problems of the address.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, Person("Jane", "Doe"), email="cfo@bois.fr")
        ...     [one.display_name for one in session.people.recognise("CFO@bois.fr")]
        ['Jane Doe']
        """
        return recognise(self._transaction, email)
