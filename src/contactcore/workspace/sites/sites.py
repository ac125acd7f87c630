"""The service of sites: the places of contacts (SIT-1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, overload

import attrs

from contactcore.errors import Invalid
from contactcore.mapping.sites import SITES
from contactcore.model import Contact, Site
from contactcore.rules.belonging import prepare_site
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.merging import MergedSave

__all__ = ["Sites"]


@check_arguments()
class Sites:
    """The sites of contacts, as one actor sees them; `session.sites` is this service.

    A site has the access of its contact. A change of a site needs the right to change its contact.

    >>> from contactcore import Address, Company, Site, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme", country="FR").write(User("amelie")) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils"))
    ...     added = session.sites.add(bois, Site("Workshop", phones=["01 44 55 66 77"], access_notes="Ring twice."))
    ...     [(site.name, str(site.phones[0])) for site in session.sites.of(bois)]
    ...     [hit.name for hit in session.contacts.search("worksh")]
    [('Workshop', '+33144556677')]
    ['Bois & Fils']

    Source: SIT-1.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._sites: BelongingRepository[Site] = BelongingRepository(transaction, SITES)

    def add(self, contact: Annotated[str | Contact, AS_STORED], site: Annotated[Site, MAY_BE_NEW]) -> Site:
        """Store a new site of a contact.

        Args:
            contact: The contact, or its id.
            site: A site without an id. National phone numbers are parsed with the country of the site, else of the
                contact, else of the workspace.

        Returns:
            The stored site, with its id, version 1 and its contact.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden: `read-only`, `read-only-session`, `portal-reads-only`.
            Invalid: One error lists all problems; `already-stored` for a site that has an id.

        >>> from contactcore import Company, Site, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     mill = session.sites.add(bois, Site("Sawmill"))
        ...     mill.name, mill.version
        ('Sawmill', 1)
        """
        owner = self._contacts.lock_for_change(contact)
        ready, more = prepare_site(site, self._transaction.settings, owner.entity)
        problems = (*self._sites.problems_of_new(site), *more)
        if problems:
            raise Invalid(problems)
        return self._sites.add_new(ready, owner)

    def add_from_billing(self, contact: Annotated[str | Contact, AS_STORED], name: str = "") -> Site:
        """Add a site with a copy of the contact's billing address ("also create the site address", SIT-1).

        The copy is marked by `Site.from_billing`. A later change of one of the two addresses does not change the other.

        Args:
            contact: The contact, or its id.
            name: The name of the site; the label of the address, which may be empty, by default.

        Raises:
            NotFound, Forbidden: As `add`.
            Invalid: `billing-missing` if the contact has no billing address, and the problems of the name.

        >>> from contactcore import Address, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     home = Address("1 rue Vauban", city="Lyon", billing=True)
        ...     bois = session.contacts.add(Company("Bois & Fils", addresses=[home]))
        ...     site = session.sites.add_from_billing(bois, "Workshop")
        ...     site.address.city, site.address.billing, site.from_billing
        ('Lyon', False, True)
        """
        found = self._contacts.get(contact)
        billing = found.billing_address
        if billing is None:
            raise Invalid("billing-missing", "Give the contact a billing address first.", path="contact")
        copied = attrs.evolve(billing, billing=False)
        return self.add(found.id, Site(name or billing.label, address=copied, from_billing=True))

    def get(self, site: str | Site) -> Site:
        """The site with an id.

        Args:
            site: The site, or its id.

        Raises:
            NotFound: The site does not exist, is in the trash, or its contact is hidden from the actor.

        >>> from contactcore import Company, Site, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     mill = session.sites.add(bois, Site("Sawmill"))
        ...     session.sites.get(mill.id).name
        'Sawmill'
        """
        return self._sites.get(site)

    def of(self, contact: str | Contact) -> tuple[Site, ...]:
        """The sites of a contact, in the sequence in which they were added.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.

        >>> from contactcore import Company, Site, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     mill = session.sites.add(bois, Site("Sawmill"))
        ...     [one.name for one in session.sites.of(bois)]
        ['Sawmill']
        """
        return tuple(one.entity for one in self._sites.of(self._contacts.seen(contact).id))

    @overload
    def save(self, site: Site, *, merge_changes: Literal[False] = False) -> Site: ...
    @overload
    def save(self, site: Site, *, merge_changes: Literal[True]) -> MergedSave[Site]: ...
    def save(self, site: Site, *, merge_changes: bool = False) -> Site | MergedSave[Site]:
        """Store a changed site; a change of somebody else is never overwritten (DIR-15).

        Args:
            site: A site that this service returned, changed with `attrs.evolve`.
            merge_changes: Whether changes of others in other fields are kept, as for `contacts.save`.

        Returns:
            The stored site with the next version; the same version if nothing changed.

        Raises:
            Conflict: Somebody else changed the site after it was read. The error has both, as `mine` and `stored`.
            NotFound: As `get`.
            Forbidden: As `add`.
            Invalid: One error lists all problems; `contact-change` if the site names another contact.

        >>> import attrs
        >>> from contactcore import Company, Site, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     mill = session.sites.add(bois, Site("Sawmill"))
        ...     session.sites.save(attrs.evolve(mill, name="New")).version
        2
        """
        settings = self._transaction.settings
        saved = self._sites.save(
            site,
            lambda changed, before, owner: prepare_site(changed, settings, owner, before),
            fixed={"contact_id": "A site stays with its contact."},
            written=_spelled,
            merge_changes=merge_changes,
        )
        return saved if merge_changes else saved.record

    def delete(self, site: Annotated[str | Site, AS_STORED]) -> None:
        """Move a site to the trash; `session.trash.restore` brings it back.

        Contact persons who act at the site stay, and so does everything else of the contact.

        Args:
            site: The site, or its id. A site must have the stored version.

        Raises:
            Conflict, NotFound, Forbidden: As `save`.

        >>> from contactcore import Company, Site, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     mill = session.sites.add(bois, Site("Sawmill"))
        ...     session.sites.delete(mill)
        ...     session.sites.of(bois)
        ()
        """
        self._sites.delete(site)


def _spelled(site: Site) -> Iterable[str]:
    """The texts in which two equal sites may still differ."""
    return [phone.text for phone in site.phones]
