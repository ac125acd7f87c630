"""The service of submissions: users look at what visitors sent, take it over field by field, or undo it (IMP-6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import attrs

from contactcore.errors import Conflict, Invalid, Problem
from contactcore.formats.forms.asked import asked_fields
from contactcore.formats.forms.reading import (
    ADDRESS_FIELDS,
    ReadFields,
    address_from,
    contact_person_from,
    read_fields,
)
from contactcore.frozen import frozen
from contactcore.mapping.distinctions import DISTINCTIONS
from contactcore.mapping.entities import OWNED
from contactcore.mapping.history import difference, values_of
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.model.consent import Consent
from contactcore.model.entry import CUSTOM
from contactcore.model.form import OF_PERSON, Form
from contactcore.model.restoring import altered
from contactcore.model.submission import SUBMISSION_STATES, UNDECIDED, Submission
from contactcore.rules.access import check_staff, may_change, may_see, read_terms
from contactcore.rules.forms import SuggestedField, Suggestion, compare, defaults_in_force, taken_over
from contactcore.rules.likeness import names_of
from contactcore.rules.preparation import prepare
from contactcore.storage import Query
from contactcore.values.moment import timestamp
from contactcore.workspace.contacts.changing import store_changed
from contactcore.workspace.forms.receiving import acting_person, drafted, forget_consent, store_consent
from contactcore.workspace.kernel.arguments import AS_STORED, check_arguments
from contactcore.workspace.kernel.blocking import check_not_blocked
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.name_agreement import names_agree
from contactcore.workspace.people.adding import AddedPeople, Draft
from contactcore.workspace.people.recognising import recognise
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository, with_known_tags
from contactcore.workspace.repositories.forms import FormRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.merged_since import MergedSince
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.submissions import SubmissionRepository, former_values, with_former_values
from contactcore.workspace.repositories.suppressions import ERASED, ERASED_MESSAGE, SuppressionRepository
from contactcore.workspace.repositories.tags import first_spelling
from contactcore.workspace.trash.discarding import discard_each, plan_deletion

__all__ = ["SubmissionPage", "Submissions"]

_PERSON = "person"
"""The name of the contact person of a company among the fields of a suggestion."""


def _is_same_person(stored: Contact, came: Person, affiliation: Affiliation) -> bool:
    """Whether a contact person has an e-mail address of a person, at work too, or its number and its name."""
    emails = {email.key for email in (*stored.emails, *filter(None, (affiliation.email,)))}
    phones = {str(phone) for phone in (*stored.phones, *filter(None, (affiliation.phone,)))}
    if emails & {email.key for email in came.emails}:
        return _may_be_called(stored, came)
    return bool(phones & {str(phone) for phone in came.phones}) and names_of(stored) == names_of(came)


def _may_be_called(stored: Contact, came: Person) -> bool:
    """Whether the name that came does not contradict the stored one; families and colleagues share addresses.

    A married person keeps the given name.
    """
    (given, _, whole), (came_given, _, came_whole) = names_of(stored), names_of(came)
    if given and came_given and names_agree(given, came_given, whole=True):
        return True
    return names_agree(whole, came_whole, whole=True)


@frozen
class SubmissionPage:
    """One page of submissions, the latest first; iteration yields them.

    Attributes:
        items: The submissions.
        next: The cursor for `page(after=...)`; None on the last page.

    >>> page = SubmissionPage((Submission(id="1"),), next=None)
    >>> [one.id for one in page], len(page)
    (['1'], 1)
    """

    items: tuple[Submission, ...]
    next: str | None

    def __iter__(self) -> Iterator[Submission]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@check_arguments()
class Submissions:
    """The submissions of visitors, as one actor sees them; `session.forms.submissions` is this service.

    Who sees a contact sees its submissions, and who may change the contact may decide on them. A submission with the
    e-mail address of a stored contact, or with its phone number and name, waits beside this contact (`"suggested"`).
    Nothing of the contact changes until a user accepts a field. The trash lists and restores deleted submissions.

    Raises:
        Forbidden: `staff-only` for a portal user; `read-only` if the actor may not change the contact.

    Source: IMP-6.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._submissions = SubmissionRepository(transaction)

    def page(
        self, *, state: str = "", form: str | Form | None = None, limit: int = 50, after: str | None = None
    ) -> SubmissionPage:
        """The submissions that the actor sees, the latest first.

        Args:
            state: `"new"`, `"suggested"`, `"accepted"` or `"dismissed"`; `""` (the default) for all.
            form: The form, or its id; None (the default) for all forms.
            limit: The maximum number of submissions, 1 to 1,000; 50 by default.
            after: The cursor of the previous page; None (the default) for the first page.

        Raises:
            Invalid: `submission-state`, `limit-out-of-range`, and the refusals of cursors.
            NotFound: There is no such form.
            Forbidden: `staff-only`.
        """
        check_staff(self._transaction.actor)
        if state and state not in SUBMISSION_STATES:
            raise Invalid("submission-state", f"States are {', '.join(SUBMISSION_STATES)}.", path="state", value=state)
        groups = [frozenset({f"state:{state}"})] if state else []
        if form is not None:
            groups.append(frozenset({f"form:{FormRepository(self._transaction).seen(form).id}"}))
        query = Query(
            kind="submission",
            order="received",
            access=read_terms(self._transaction.actor),
            where=tuple(groups),
            limit=limit,
            after=after,
            descending=True,
        )
        found = self._transaction.reader.find_records(query)
        items = tuple(self._submissions.loaded(stored).entity for stored in found.records)
        return SubmissionPage(items, found.last if found.more else None)

    def of(self, contact: str | Contact) -> tuple[Submission, ...]:
        """The submissions of a contact, the latest first.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden: `staff-only`.
        """
        check_staff(self._transaction.actor)
        found = [one.entity for one in self._submissions.of(self._contacts.seen(contact).id)]
        return tuple(reversed(found))

    def get(self, submission: str | Submission) -> Submission:
        """The submission with an id.

        Args:
            submission: The submission, or its id.

        Raises:
            NotFound: There is no such submission, it is in the trash, or its contact is hidden from the actor.
            Forbidden: `staff-only`.
        """
        check_staff(self._transaction.actor)
        return self._submissions.get(submission)

    def suggestion(self, submission: str | Submission) -> Suggestion:
        """A submission beside its contact, field by field.

        Args:
            submission: The submission, or its id.

        Raises:
            NotFound, Forbidden: As `get`.
        """
        found = self.get(submission)
        contact = self._contacts.get(found.contact_id)
        fields = tuple(self._compared(found, contact))
        return Suggestion(submission=found, contact=contact, fields=fields)

    def accept(self, suggestion: Suggestion, fields: Sequence[str]) -> Contact:
        """Take over fields of a submission into the contact.

        E-mail addresses, phone numbers, websites and addresses are added behind the stored ones. All other fields are
        replaced. `person` makes the contact person of the submission one of the contact: the person whom the suggestion
        shows as `stored`, or a new one. `undo` brings the former state back.

        Args:
            suggestion: The result of `suggestion`, as the user saw it.
            fields: The names of the fields to take over, at least one.

        Returns:
            The stored contact.

        Raises:
            Conflict: The contact or the submission was changed since the suggestion was read.
            Invalid: `suggestion-field-unknown`, `suggestion-empty`; `submission-state` for a submission that is not
                suggested or dismissed; the problems of the contact.
            NotFound, Forbidden: As `get`; `read-only`.
        """
        check_staff(self._transaction.actor)
        self._transaction.require_writing()
        locked, owner = self._lock(suggestion.submission)
        if (owner.entity.id, owner.entity.version) != (suggestion.contact.id, suggestion.contact.version):
            raise Conflict(suggestion.contact, owner.entity)
        self._check_state(locked.entity, UNDECIDED)
        came = self._values(locked.entity, owner.entity)
        compared = list(self._compared(locked.entity, owner.entity))
        choices = [field.name for field in compared]
        if not fields:
            raise Invalid("suggestion-empty", "Name the fields to take over, or dismiss the submission.", path="fields")
        for index, name in enumerate(fields):
            if name not in choices:
                message = f"Fields of this suggestion are {', '.join(choices) or '(none)'}."
                raise Invalid("suggestion-field-unknown", message, path=f"fields[{index}]", value=name)
        acting = next((one for one in compared if one.name == _PERSON and one.name in fields), None)
        if acting is not None:
            self._check_person(suggestion, acting)
        is_new = acting is not None and acting.state != "same"
        draft = self._person_draft(locked.entity, owner.entity, None) if is_new else None
        # Whatever may be refused was checked above, and `_changed` refuses before it writes.
        changed = self._changed(owner, taken_over(owner.entity, came, fields))
        (after,) = self._contacts.stored([changed.id])
        former = {} if after is None else former_values(owner.stored, after)
        affiliation_id = self._add_person(self._contacts.lock_any(changed.id), draft)
        accepted = {
            "state": "accepted",
            "accepted": tuple(dict.fromkeys(fields)),
            "contact_version": self._contacts.load_any(changed.id).entity.version,
            "affiliation_id": affiliation_id,
            "before": former,
        }
        done = self._put(locked, changed.id, accepted, "accepted")
        store_consent(self._transaction, done, self._read(done)[0], self._contacts.lock_any(changed.id))
        return changed

    def dismiss(self, submission: Annotated[str | Submission, AS_STORED]) -> Submission:
        """Put a suggested submission aside; it stays with the contact, which does not change.

        Args:
            submission: The submission, or its id.

        Raises:
            Invalid: `submission-state` for a submission that is not suggested.
            Conflict, NotFound, Forbidden: As `accept`.
        """
        check_staff(self._transaction.actor)
        locked, owner = self._lock(submission)
        self._check_state(locked.entity, ("suggested",))
        return self._put(locked, owner.entity.id, {"state": "dismissed"}, "dismissed")

    def separate(self, submission: Annotated[str | Submission, AS_STORED]) -> Contact:
        """Make a new contact of a submission that does not belong to the suggested one; the submission goes with it.

        The new contact has the defaults of the form. The actor becomes responsible for it if the form names nobody.

        Args:
            submission: The submission, or its id.

        Returns:
            The new contact.

        Raises:
            Invalid: `submission-state` for a submission that is not suggested or dismissed; the problems of the fields.
            Conflict, NotFound, Forbidden: As `accept`.
        """
        check_staff(self._transaction.actor)
        locked, owner = self._lock(submission)
        self._check_state(locked.entity, UNDECIDED)
        transaction = self._transaction
        form, read = self._read(locked.entity)
        defaults = defaults_in_force(form, transaction.settings)
        users = transaction.letter_configuration
        defaults["responsibles"] = tuple(name for name in form.responsibles if users.knows(name))
        if (language := self._language_of(locked.entity)) is not None:
            defaults["language"] = language
        ready, problems = prepare(drafted(form, read, defaults), transaction.settings, creator=transaction.actor.name)
        if SuppressionRepository(transaction).is_marked(ready):
            problems = (*problems, Problem(ERASED, "", ERASED_MESSAGE))
        if problems:
            raise Invalid(problems)
        ready = with_known_tags(ready, None, lambda tag, audience: first_spelling(transaction, tag, audience))
        # A contact person that is stored already acts for the new company.
        known = owner.entity if form.makes == "company" and isinstance(owner.entity, Person) else None
        draft = self._person_draft(locked.entity, ready, known)
        contact = self._contacts.add_prepared(ready)
        affiliation_id = self._add_person(self._contacts.load_any(contact.id), draft)
        version = self._contacts.load_any(contact.id).entity.version
        values = {"state": "new", "contact_version": version, "affiliation_id": affiliation_id}
        done = self._put(locked, contact.id, values, "separated")
        store_consent(transaction, done, form, self._contacts.lock_any(contact.id))
        return contact

    def undo(self, submission: Annotated[str | Submission, AS_STORED]) -> Submission | None:
        """Undo what a submission did.

        A contact that the submission made goes to the trash with it, and with the contact person who came with it.
        Fields that were taken over get their former values back. A dismissed submission is suggested again. A consent
        that came with the submission is removed, unless it was withdrawn since.

        Args:
            submission: The submission, or its id.

        Returns:
            The submission, which is suggested again; None if it is in the trash with its contact.

        Raises:
            Invalid: `changed-since` if somebody changed the contact or the contact person since, `in-use` if other
                records belong to them: nothing is undone then; `submission-state` if there is nothing to undo.
            Conflict, NotFound, Forbidden: As `accept`; `blocked-by-host`.
            StorageError: `blockers-failed`.
        """
        check_staff(self._transaction.actor)
        locked, owner = self._lock(submission)
        found = locked.entity
        self._check_state(found, ("new", "accepted", "dismissed"))
        if found.state == "dismissed":
            return self._put(locked, owner.entity.id, {"state": "suggested"}, "undone")
        if owner.entity.version != found.contact_version:
            message = "Somebody changed the contact since: change it by hand."
            raise Invalid("changed-since", message, path="submission", value=found.id)
        if found.state == "new":
            self._discard(owner, found)
            return None
        self._check_not_merged(owner, found)
        self._remove_person(found)
        owner = self._contacts.lock_any(owner.entity.id)
        image = with_former_values(owner.stored, found.before)
        store_changed(self._transaction, self._contacts.loaded(image).entity, owner, with_people=False)
        undone = {"state": "suggested", "accepted": (), "contact_version": 0, "affiliation_id": "", "before": {}}
        return self._put(locked, owner.entity.id, undone, "undone")

    def delete(self, submission: Annotated[str | Submission, AS_STORED]) -> None:
        """Move a submission to the trash; its contact stays, and `session.trash.restore` brings the submission back.

        Args:
            submission: The submission, or its id.

        Raises:
            Conflict, NotFound, Forbidden: As `accept`.
        """
        check_staff(self._transaction.actor)
        locked, owner = self._lock(submission)
        self._submissions.discard(locked, owner)

    def _lock(self, submission: object) -> tuple[Loaded[Submission], Loaded[Person | Company]]:
        locked, owner = self._submissions.lock_with_owner(submission)
        # Several calls of one session may have other causes, and the first one counts.
        if self._transaction.cause[0] == "hand":
            self._transaction.cause = ("form", locked.entity.id)
        return locked, owner

    def _put(self, locked: Loaded[Submission], contact_id: str, changes: Mapping[str, Any], event: str) -> Submission:
        changed = altered(locked.entity, {"contact_id": contact_id, **changes})
        return self._submissions.put(changed, locked.stored, event=event)

    def _read(self, submission: Submission) -> tuple[Form, ReadFields]:
        """The fields of a submission as they are read with the form and the settings of today."""
        settings = self._transaction.settings
        form = FormRepository(self._transaction).load_any(submission.form_id).entity
        asked = [attrs.evolve(one, required=False) for one in asked_fields(form, settings)]
        known = {one.name for one in asked}
        values = {name: text for name, text in submission.fields.items() if name in known}
        return form, read_fields(asked, values, country=settings.country, language=submission.language)

    def _values(self, submission: Submission, contact: Contact) -> dict[str, Any]:
        """The values that can still be read and that the contact can have, with the address in place of its parts."""
        _, read = self._read(submission)
        definitions = self._transaction.settings.fields
        custom = {f"{CUSTOM}{one.slug}" for one in definitions if one.belongs_to(contact.kind, contact.type)}
        came = dict(read.values)
        if isinstance(contact, Person) and any(name.startswith(OF_PERSON) for name in came):
            # The details of the company are none of its contact person.
            came = {n.removeprefix(OF_PERSON): value for n, value in came.items() if n.startswith(OF_PERSON)}
        values = {
            name: value
            for name, value in came.items()
            if name not in ADDRESS_FIELDS and (name in custom or not name.startswith(CUSTOM))
        }
        address = address_from(came)
        return values if address is None else {**values, "address": address}

    def _compared(self, submission: Submission, contact: Contact) -> Iterator[SuggestedField]:
        """The fields of a submission beside those of its contact, with the contact person of a company at the end."""
        yield from compare(contact, self._values(submission, contact))
        if not isinstance(contact, Company):
            return
        try:
            came = contact_person_from(self._read(submission)[1].values)
        except Invalid:
            return
        if came is None or came.person is None:
            return
        transaction = self._transaction
        affiliations = AffiliationRepository(transaction).seen_of_contact(contact.id)
        acting = {one.entity.person_id: one.entity for one in affiliations}
        people = self._contacts.get_many(sorted(acting)).values()
        stored = next(
            (one.entity for one in people if _is_same_person(one.entity, came.person, acting[one.entity.id])), None
        )
        if stored is None:
            known = self._known_people(came.person)
            stored = known[0] if len(known) == 1 else None
        is_acting = stored is not None and stored.id in acting
        yield SuggestedField(name=_PERSON, stored=stored, came=came, state="same" if is_acting else "missing")

    def _known_people(self, came: Person) -> list[Person]:
        """The stored people with the e-mail address of a person, whose names do not contradict the one that came."""
        found = recognise(self._transaction, came.emails[0]) if came.emails else ()
        return [one for one in found if _may_be_called(one, came)]

    def _check_person(self, suggestion: Suggestion, acting: SuggestedField) -> None:
        """Check that a contact person is added whom the user saw.

        Raises:
            Conflict: It would be somebody else.
        """
        shown = next((one.stored for one in suggestion.fields if one.name == _PERSON), None)
        (stored,) = (None,) if shown is None else self._contacts.present([shown.id])
        if (None if stored is None else stored.id) != (None if acting.stored is None else acting.stored.id):
            message = "The contact person is another one than the suggestion showed: read the suggestion again."
            raise Conflict(shown, acting.stored, message, fields=())

    def _person_draft(self, submission: Submission, company: Person | Company, known: Person | None) -> Draft | None:
        """The contact person of a submission, after every check that may refuse; None for nobody.

        Args:
            submission: The submission.
            company: The company, which may be new. For a person there is nobody.
            known: The stored person who it is, unless the name contradicts that; None for the one with the same e-mail
                address, or a new one.

        Raises:
            Invalid: `person-ambiguous`, `person-erased`; the problems of the person.
        """
        transaction = self._transaction
        draft = acting_person(transaction, self._read(submission)[1], company, self._language_of(submission))
        if draft is None or not isinstance(company, Company):
            return None
        known_id = known.id if known is not None and _may_be_called(known, draft.person) else ""
        if not known_id:
            found = self._known_people(draft.person)
            if len(found) > 1:
                message = "Several people have this address: choose one of them, and add it with people.add."
                raise Invalid("person-ambiguous", message, path=_PERSON, value=draft.person.emails[0].key)
            known_id = found[0].id if found else ""
        if known_id:
            return AddedPeople(transaction).draft(company, known_id, {"position": draft.affiliation.position})
        if SuppressionRepository(transaction).is_marked(draft.person):
            raise Invalid(ERASED, ERASED_MESSAGE, path=_PERSON)
        return draft

    def _add_person(self, owner: Loaded[Person | Company], draft: Draft | None) -> str:
        """Store the contact person of a company, and return the id of the affiliation; `""` for nobody."""
        drafts = [] if draft is None else [draft]
        return next((one.id for one in AddedPeople(self._transaction).store(owner, drafts)), "")

    def _language_of(self, submission: Submission) -> str | None:
        """The language of a contact that a submission makes; None for that of the workspace."""
        language = submission.language
        return language if language and language != self._transaction.settings.language.base else None

    def _remove_person(self, submission: Submission) -> None:
        """Remove the affiliation that accepting made, its consent, and the person if it was made with it and is unused.

        Raises:
            Invalid: `changed-since` if somebody changed the affiliation.
            Forbidden: `blocked-by-host`, if the application needs the person. Both come before the first write.
            StorageError: `blockers-failed`.
        """
        affiliations = AffiliationRepository(self._transaction)
        (stored,) = affiliations.stored([submission.affiliation_id or "none"])
        made = None if stored is None or trashed_of(stored) is not None else affiliations.loaded(stored)
        if made is None:
            forget_consent(self._transaction, submission)
            return
        if self._is_changed(made):
            # Nobody learns of the changes of a person whom they no longer see.
            if not may_see(self._transaction.actor, made.access):
                forget_consent(self._transaction, submission)
                return
            message = "Somebody changed the contact person since: remove the person by hand."
            raise Invalid("changed-since", message, path="submission", value=submission.id)
        person = self._contacts.lock_any(made.entity.person_id)
        goes = self._came_with(person) and not self._is_used([person], submission)
        if goes:
            check_not_blocked(self._transaction, person.entity.id)
        forget_consent(self._transaction, submission)
        affiliations.remove(made.entity, made.stored)
        if goes:
            discard_each(self._transaction, [person])
        affiliations.reassign(submission.contact_id)

    @staticmethod
    def _is_changed(made: Loaded[Affiliation]) -> bool:
        """Whether somebody changed an affiliation that a submission made.

        A primary flag that moves, perhaps to somebody hidden, raises the version and not the revision.
        """
        return made.entity.revision != 1

    def _check_not_merged(self, owner: Loaded[Person | Company], submission: Submission) -> None:
        """Refuse to take away what another contact had too, or a contact person who is another one too by now.

        Raises:
            Invalid: `changed-since`.
        """
        received = "" if submission.received is None else timestamp(submission.received)
        merged = MergedSince(self._transaction, [owner.entity.id], received)
        before = values_of(with_former_values(owner.stored, submission.before))
        changes, id = difference(before, values_of(owner.stored)), owner.entity.id
        had = any(merged.had("contact", id, name, *values) for name, values in changes.items())
        if had or submission.affiliation_id in merged:
            message = "Another contact with the same values became a part of it since: undo that merge first."
            raise Invalid("changed-since", message, path="submission", value=submission.id)

    def _came_with(self, person: Loaded[Person | Company]) -> bool:
        """Whether a submission made a person whom nobody changed since, and whom the actor may take away."""
        one = person.entity
        is_as_made = one.source == "form" and one.version == 1 and not one.listed
        return is_as_made and bool(may_change(self._transaction.actor, person.access))

    def _changed(self, owner: Loaded[Person | Company], wanted: Contact) -> Contact:
        transaction = self._transaction
        ready, problems = prepare(wanted, transaction.settings, owner.entity, admin=transaction.actor.admin)
        if problems:
            raise Invalid(problems)
        return store_changed(transaction, ready, owner).contact

    def _discard(self, owner: Loaded[Person | Company], submission: Submission) -> None:
        """Move a contact that a submission made to the trash, with the contact person who came with it.

        Raises:
            Invalid: `changed-since` if somebody changed the contact person, `in-use` if somebody added something.
            Forbidden: `blocked-by-host`. All come before the first write.
            StorageError: `blockers-failed`.
        """
        deletion = plan_deletion(self._transaction, owner)
        along = [one for id, one in deletion.contacts.items() if id != owner.entity.id]
        made = [one for one in deletion.ended.values() if one.entity.id == submission.affiliation_id]
        seen = [one for one in made if may_see(self._transaction.actor, one.access)]
        if any(one.entity.version != 1 for one in along) or any(map(self._is_changed, seen)):
            message = "Somebody changed the contact person since: delete the contact by hand."
            raise Invalid("changed-since", message, path="submission", value=submission.id)
        if self._is_used([owner, *along], submission):
            message = "Other records belong to the contact: delete it by hand."
            raise Invalid("in-use", message, path="submission", value=submission.id)
        deletion.check(self._transaction)
        deletion.store(self._transaction)

    def _is_used(self, made: Sequence[Loaded[Person | Company]], submission: Submission) -> bool:
        """Whether somebody added something to contacts that a submission made, as far as the actor sees.

        What is hidden goes to the trash with them, as in any other deletion: a refusal would reveal it (ACC-3).
        """
        ids, actor = [one.entity.id for one in made], self._transaction.actor
        if any(True for _ in LoginRepository(self._transaction).of_people(ids)):
            return True
        own, source = {submission.id, submission.affiliation_id}, f"submission:{submission.id}"
        for entity_type in OWNED:
            if entity_type is DISTINCTIONS:
                continue  # a declaration about the contact, which nobody misses
            repository: Repository[Any] = Repository(self._transaction, entity_type)
            for one in repository.owned_by(*ids):
                # A consent that was withdrawn must not be given again by the same submission.
                came = isinstance(one.entity, Consent) and one.entity.source == source and one.entity.in_force
                is_seen = entity_type.reached_through_owner or may_see(actor, one.access)
                if one.stored.id not in own and not came and is_seen:
                    return True
        return False

    @staticmethod
    def _check_state(submission: Submission, states: Sequence[str]) -> None:
        if submission.state not in states:
            message = f"This needs a submission that is {' or '.join(states)}; it is {submission.state}."
            raise Invalid("submission-state", message, path="submission", value=submission.id)
