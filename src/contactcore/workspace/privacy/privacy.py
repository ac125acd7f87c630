"""The service of privacy in a session: reports, restrictions, consents, and people who come back (IMP-8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import attrs

from contactcore.errors import Invalid, NotFound
from contactcore.formats.privacy_page import PAGE_LANGUAGES, held_html
from contactcore.mapping.submissions import SUBMISSIONS, is_sent_by
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.model.consent import Consent
from contactcore.model.privacy import ConsentImport, ErasureReceipt, HeldData
from contactcore.model.restoring import altered
from contactcore.model.submission import UNDECIDED
from contactcore.rules.access import check_staff
from contactcore.rules.preparation import prepare
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.blocking import blocking_reasons
from contactcore.workspace.kernel.transaction import Transaction, person_id_of
from contactcore.workspace.privacy.consent_exchange import ConsentReader, consent_rows
from contactcore.workspace.privacy.erasing import receipt_of
from contactcore.workspace.privacy.reporting import held_on
from contactcore.workspace.privacy.retention import retentions
from contactcore.workspace.privacy.subjects import check_derived, find_person, records_naming, subject_of
from contactcore.workspace.repositories.consents import ConsentRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import ERASE, JobRepository
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.repositories.sending import withdraw_restricted
from contactcore.workspace.repositories.submissions import SubmissionRepository
from contactcore.workspace.repositories.suppressions import SuppressionRepository

__all__ = ["Privacy"]


@check_arguments()
class Privacy:
    """The data that is held on people, as one actor sees it; `session.privacy` is this service.

    `workspace.privacy(actor).erase(...)` erases a person. It runs outside sessions.

    Raises:
        Forbidden: `staff-only` for a portal user, in all methods.

    >>> from contactcore import Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
    ...     jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))
    ...     consent = session.privacy.give_consent(jane, "newsletter", source="phone")
    ...     report = session.privacy.report(jane)
    ...     report.data["person"]["given_name"], report.data["records"]["consent"][0]["purpose"]
    ...     "<dd>Doe</dd>" in report.html
    ('Jane', 'newsletter')
    True

    Source: IMP-8.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._consents = ConsentRepository(transaction)

    def report(self, person: str | Contact | Affiliation, *, language: str = "") -> HeldData:
        """Return all that is held on a person, also one in the trash, as a document and as a page of HTML.

        The report of an admin is whole. That of another user lacks what the user does not see, and letters, the history
        and notes of imports. Data of others is left out: users of the application, other people, and the texts of
        records that belong to somebody else. Pictures and submissions are included; passwords are not.

        Args:
            person: The person, an affiliation of the person, or the id.
            language: The language of the page: `"en"`, `"fr"`, `"de"`, `"pl"`, `"es"` or `"it"`; `""` (the default) for
                that of the workspace, or English.

        Raises:
            NotFound: There is no such person, or the actor may not see it.
            Invalid: `not-a-person` for a company; `report-language`; `index-outdated` if a new release needs
                `change_language` once.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        ...     "<h1>Dane przechowywane o osobie</h1>" in session.privacy.report(jane, language="pl").html
        True
        """
        check_staff(self._transaction.actor)
        if language and language not in PAGE_LANGUAGES:
            message = f"Languages of the page are {', '.join(PAGE_LANGUAGES)}."
            raise Invalid("report-language", message, path="language", value=language)
        found = find_person(self._transaction, person)
        check_derived(self._transaction)
        data = held_on(self._transaction, found)
        base = str(self._transaction.settings.language.base)
        shown = language or (base if base in PAGE_LANGUAGES else "en")
        return HeldData(data=data, html=held_html(data, shown), language=shown)

    def obstacles(self, person: str | Contact | Affiliation) -> tuple[str, ...]:
        """Return the reasons against erasing a person, or for keeping a part; for admins.

        They are those of `Host.blockers`, which prevent the erasure, and those of `Host.retention`, which reduce it.

        Args:
            person: The person, an affiliation of the person, or the id.

        Raises:
            NotFound, Invalid: As `report`.
            Forbidden: `admin-only`.
            StorageError: `blockers-failed`, `retention-failed`.

        >>> from datetime import date
        >>> from contactcore import Host, Person, Retention, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> kept = Retention(reason="invoices", until=date(2999, 12, 31), records=["account-entry"])
        >>> host = Host(retention=lambda workspace, person_id: [kept])
        >>> with Workspace(MemoryStorage(), "acme", host=host).write(User("root", admin=True)) as session:
        ...     session.privacy.obstacles(session.contacts.add(Person("Jane", "Doe")))
        ('invoices until 2999-12-31',)
        """
        self._transaction.check_admin("ask what prevents an erasure")
        id = find_person(self._transaction, person).stored.id
        blocking = blocking_reasons(self._transaction, [id]).get(id, ())
        return (*blocking, *map(str, retentions(self._transaction, id)))

    def receipt(self, person: str | Contact | Affiliation) -> ErasureReceipt:
        """Return the receipt of the last erasure of a person; for admins.

        Args:
            person: The id that the person had.

        Raises:
            NotFound: Nobody with this id was erased.
            Forbidden: `admin-only`.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
        >>> with workspace.write(root) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        >>> erased = workspace.privacy(root).erase(jane)
        >>> with workspace.read(root) as session:
        ...     session.privacy.receipt(jane.id) == erased
        True
        """
        self._transaction.check_admin("read receipts of erasures")
        id, jobs = person_id_of(person), JobRepository(self._transaction)
        last = jobs.last_done(ERASE, id)
        if not last:
            raise NotFound("erasure", id)
        return receipt_of(self._transaction, jobs.get_many([last])[last].entity)

    def restrict(self, person: Annotated[str | Contact | Affiliation, AS_STORED]) -> Person:
        """Restrict the data of a person: only admins see the person, and nothing is mailed; for admins.

        Nothing is erased. `unrestrict` ends it, and the users who saw the person do so again. Letters that wait for the
        person are withdrawn at once (`restricted`). They wait again after `unrestrict` if they are not too old. A
        restricted person stays so in the trash, and after a restoration. Undecided submissions of the person that wait
        beside another contact wait beside the person from now on, where only admins see them.

        Args:
            person: The person, an affiliation of the person, or the id.

        Returns:
            The person, with `restricted`.

        Raises:
            NotFound: There is no such person, or it is in the trash.
            Invalid: `not-a-person` for a company.
            Forbidden: `admin-only`, `read-only-session`.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
        >>> with workspace.write(root) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe", access="shared-read"))
        ...     session.privacy.restrict(jane).restricted
        True
        >>> with workspace.read(User("amelie")) as session:
        ...     session.contacts.count()
        0
        """
        return self._set_restricted(person, on=True)

    def unrestrict(self, person: Annotated[str | Contact | Affiliation, AS_STORED]) -> Person:
        """End the restriction of the data of a person; for admins.

        Args:
            person: The person, an affiliation of the person, or the id.

        Returns:
            The person.

        Raises:
            NotFound, Forbidden: As `restrict`.
            Invalid: `not-a-person`; `person-reduced` for somebody of whom an erasure kept what a duty needs.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     jane = session.privacy.restrict(session.contacts.add(Person("Jane", "Doe")))
        ...     session.privacy.unrestrict(jane).restricted
        False
        """
        return self._set_restricted(person, on=False)

    def _set_restricted(self, person: object, *, on: bool) -> Person:
        self._transaction.check_admin("restrict the data of people")
        self._transaction.require_writing()
        found = find_person(self._transaction, person)
        locked = self._contacts.lock(found.stored.id)
        changed = locked.entity
        if not on and changed.restricted and JobRepository(self._transaction).last_done(ERASE, changed.id):
            message = "This person was erased, except what must be kept. If the person asks to be back, add them anew."
            raise Invalid("person-reduced", message, path="person", value=changed.id)
        if changed.restricted != on:
            changed = self._contacts.set_restricted(locked, on=on)
            if on:
                withdraw_restricted(self._transaction, changed.id)
                self._move_submissions(changed.id)
            else:
                MessageRepository(self._transaction).requeue(changed.id, withdrawn_as={"restricted"})
        assert isinstance(changed, Person)
        return changed

    def _move_submissions(self, person_id: str) -> None:
        """Let undecided submissions of a person, which wait beside another contact, wait beside the person.

        A user who decides on them would make a second person, who shows to all what is restricted.
        """
        submissions = SubmissionRepository(self._transaction)
        subject = subject_of(self._transaction, person_id, former=())
        for one in list(records_naming(self._transaction, SUBMISSIONS, subject)):
            trashed, is_undecided = trashed_of(one.stored), one.entity.state in UNDECIDED
            # What went to the trash with its contact comes back with it.
            is_alone = trashed is None or trashed.root == one.stored.id
            if is_undecided and is_alone and is_sent_by(one.entity, subject):
                locked = submissions.lock_any(one.stored.id)
                moved = altered(locked.entity, {"contact_id": person_id})
                submissions.put(moved, locked.stored, trashed=trashed)

    def give_consent(
        self,
        person: Annotated[str | Contact | Affiliation, AS_STORED],
        purpose: str,
        *,
        wording: str = "",
        wording_version: str = "",
        source: str = "",
        given: datetime | None = None,
    ) -> Consent:
        """Store that a person agrees to a purpose. Nothing changes if the person agrees to it already, in this wording.

        A consent to another version of the wording stands beside the former one. Forms with a wording store the consent
        of the visitor themselves.

        Args:
            person: The person, an affiliation of the person, or the id.
            purpose: The purpose (`"newsletter"`), at most 200 characters.
            wording: The wording that the person agreed to; `""` by default.
            wording_version: The version of the wording; `""` by default.
            source: Where the consent was given (`"phone"`); `""` by default.
            given: The time when it was given; now by default.

        Returns:
            The consent.

        Raises:
            NotFound: There is no such person, it is in the trash, or the actor may not see it.
            Forbidden: `read-only`, `read-only-session`.
            Invalid: `not-a-person`; `consent-times` for a time to come, or one before the person withdrew a consent to
                the purpose; the problems of `Consent`.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        ...     consent = session.privacy.give_consent(jane, "newsletter", wording_version="2026-03", source="phone")
        ...     withdrawn = session.privacy.withdraw_consent(jane, "newsletter")
        ...     [(one.purpose, one.in_force) for one in session.privacy.consents(jane)]
        [('newsletter', False)]
        """
        owner = self._owner(person)
        now = self._transaction.now
        consent = Consent(
            purpose=purpose,
            wording=wording,
            wording_version=wording_version,
            source=source,
            given=given or now,
        )
        if consent.given is not None and consent.given > now:
            raise Invalid("consent-times", "Give a time that has passed.", path="given", value=given)
        for one in self._consents.of(owner.stored.id):
            known = one.entity
            same = (known.purpose, known.wording_version) == (consent.purpose, consent.wording_version)
            if same and known.in_force:
                return known
        if consent.given is not None and self._consents.withdrawn_since(
            owner.stored.id, consent.purpose, consent.given
        ):
            message = "The person withdrew this consent after that time: give the time when the person agreed again."
            raise Invalid("consent-times", message, path="given", value=given)
        return self._consents.add_new(consent, owner)

    def withdraw_consent(
        self,
        person: Annotated[str | Contact | Affiliation, AS_STORED],
        purpose: str,
        *,
        withdrawn: datetime | None = None,
    ) -> tuple[Consent, ...]:
        """Store that a person no longer agrees to a purpose, in whatever wording.

        Args:
            person: The person, an affiliation of the person, or the id.
            purpose: The purpose.
            withdrawn: The time when it was withdrawn; now by default.

        Returns:
            The consents that were in force; none if the person did not agree.

        Raises:
            NotFound, Forbidden: As `give_consent`.
            Invalid: `not-a-person`; `consent-times` for a time to come, or before the consent was given.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     session.privacy.withdraw_consent(session.contacts.add(Person("Jane", "Doe")), "newsletter")
        ()
        """
        owner = self._owner(person)
        now = self._transaction.now
        if withdrawn is not None and withdrawn.tzinfo is not None and withdrawn > now:
            raise Invalid("consent-times", "Give a time that has passed.", path="withdrawn", value=withdrawn)
        wanted = Consent(purpose=purpose).purpose
        found = [one for one in self._consents.of(owner.stored.id) if one.entity.in_force]
        ended = [
            (attrs.evolve(one.entity, withdrawn=withdrawn or now), one.stored)
            for one in found
            if one.entity.purpose == wanted
        ]
        return tuple(self._consents.put(consent, stored, event="withdrawn") for consent, stored in ended)

    def consents(self, person: str | Contact | Affiliation) -> tuple[Consent, ...]:
        """Return the consents of a person, the withdrawn ones included, in the sequence in which they were stored.

        Args:
            person: The person, an affiliation of the person, or the id.

        Raises:
            NotFound: There is no such person, it is in the trash, or the actor may not see it.
            Invalid: `not-a-person` for a company.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     session.privacy.consents(session.contacts.add(Person("Jane", "Doe")))
        ()
        """
        check_staff(self._transaction.actor)
        found = self._contacts.load(person_id_of(person))
        self._check_person(found.entity)
        return tuple(one.entity for one in self._consents.of(found.stored.id))

    def export_consents(self) -> Iterator[dict[str, Any]]:
        """Yield the consents of all people as rows of JSON types, for `import_consents`; for admins.

        The exports of contacts have no consents. People in the trash are left out. Read the rows while the session is
        open.

        Returns:
            Rows with the id, name, first address and external id of the person, and the fields of the consent; without
            empty fields.

        Raises:
            Forbidden: `admin-only`.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> root, stored = User("root", admin=True), Workspace(MemoryStorage(), "acme")
        >>> with stored.write(root) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))
        ...     _ = session.privacy.give_consent(jane, "newsletter")
        ...     rows = list(session.privacy.export_consents())
        >>> rows[0]["email"], rows[0]["purpose"]
        ('jane@doe.org', 'newsletter')
        >>> with Workspace(MemoryStorage(), "other").write(root) as session:
        ...     _ = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))
        ...     session.privacy.import_consents(rows).added
        1
        """
        self._transaction.check_admin("export consents")
        return consent_rows(self._transaction)

    def import_consents(self, rows: Iterable[Mapping[str, Any]]) -> ConsentImport:
        """Store consents from rows that `export_consents` gave, here or in another workspace; for admins.

        The withdrawal wins. A row with a withdrawal ends the consents to its purpose that were given before. A row
        without one is refused if the person withdrew a consent to the purpose here. A row that is here already changes
        nothing, so that the same rows may be imported twice.

        Args:
            rows: The rows. The person is the one with the id `person`, else the only one with the `external_id`, else
                the only one with the `email`. `given` is required; times are ISO 8601 with an offset.

        Returns:
            The numbers of rows by result, and each refused row with its reason.

        Raises:
            Forbidden: `admin-only`, `read-only-session`.
        """
        self._transaction.check_admin("import consents")
        self._transaction.require_writing()
        return ConsentReader(self._transaction).read(rows)

    def readmit(self, person: Annotated[Person | Company, MAY_BE_NEW]) -> int:
        """Allow somebody who was erased to be added again, because the person asked for it.

        Adding such a person, by hand or by an import, is refused with `person-erased` until this is called.

        Args:
            person: The person as it will be added. National phone numbers are parsed with the workspace's country.

        Returns:
            The number of marks that were removed; 0 if nobody with these details was erased.

        Raises:
            Forbidden: `staff-only`, `read-only-session`.

        >>> from contactcore import Invalid, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
        >>> jane = Person("Jane", "Doe", emails=["jane@doe.org"])
        >>> with workspace.write(root) as session:
        ...     added = session.contacts.add(jane)
        >>> receipt = workspace.privacy(root).erase(added)
        >>> with workspace.write(root) as session:
        ...     try:
        ...         session.contacts.add(jane)
        ...     except Invalid as error:
        ...         print(error.code)
        ...     marks = session.privacy.readmit(jane)
        ...     session.contacts.add(jane).display_name
        person-erased
        'Jane Doe'
        """
        check_staff(self._transaction.actor)
        self._transaction.require_writing()
        ready, _ = prepare(person, self._transaction.settings)
        return SuppressionRepository(self._transaction).lift(ready)

    def _owner(self, record: object) -> Loaded[Person | Company]:
        """The person, locked, whom the actor may change."""
        check_staff(self._transaction.actor)
        owner = self._contacts.lock_for_change(person_id_of(record))
        self._check_person(owner.entity)
        return owner

    @staticmethod
    def _check_person(contact: Person | Company) -> None:
        if not isinstance(contact, Person):
            message = "This is a company: only people consent."
            raise Invalid("not-a-person", message, path="person", value=contact.id)
