"""Receiving: one submission becomes a new contact, or waits beside a stored one, in one transaction (IMP-6).

A submission never changes a stored contact, and its answer is the same whether or not there is one. A stored contact
counts only if everybody who would see the new contact sees it too. Otherwise the missing contact would tell a user that
there is a hidden one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.forms.asked import AskedField, asked_digest, asked_fields
from contactcore.formats.forms.reading import (
    ADDRESS_FIELDS,
    CONSENT,
    Posted,
    ReadFields,
    contact_from,
    contact_person_from,
    read_fields,
)
from contactcore.formats.forms.signing import SignedPage, digest_of
from contactcore.formats.letters import write_letter
from contactcore.frozen import frozen
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.index_keys import term
from contactcore.model import AccessPolicy, Affiliation, Company, Contact, Person
from contactcore.model.consent import Consent
from contactcore.model.form import OF_PERSON, Form, in_language
from contactcore.model.mailbox import Recipient
from contactcore.model.restoring import altered
from contactcore.model.submission import Submission
from contactcore.rules.access import RESTRICTED, access_of, audience_within
from contactcore.rules.forms import defaults_in_force
from contactcore.rules.limits import THANKS_BY_ADDRESS
from contactcore.rules.preparation import prepare
from contactcore.storage import LARGEST_PAGE, SYSTEM, Query
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.match_keys import match_name
from contactcore.workspace.people.adding import AddedPeople, Draft
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.consents import ConsentRepository
from contactcore.workspace.repositories.contacts import ContactRepository, shown_actor, with_known_tags
from contactcore.workspace.repositories.counters import count, is_exhausted
from contactcore.workspace.repositories.forms import FormRepository, lock_signing
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.messages import enqueue_letter, letter_to_user
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.submissions import SubmissionRepository
from contactcore.workspace.repositories.suppressions import SuppressionRepository
from contactcore.workspace.repositories.tags import first_spelling

__all__ = ["Verdict", "acting_person", "drafted", "forget_consent", "receive", "store_consent"]

_ASSIGNED = "responsible-assigned"
_THANKS = "form-thanks"
_MOST_PAGES = 5
"""The maximum number of pages of contacts with the same phone number. A number that more share identifies none."""

_FIRST, _LAST = -1, 3
"""The ranks of a restricted person among the contacts with a detail of a new one."""

_E = TypeVar("_E")

_FIELD_OF = {"emails": "email", "phones": "phone", "websites": "website"}


@frozen
class Verdict:
    """The result of a submission.

    Attributes:
        reason: The code of the answer; `"form-received"` if it was stored, now or before.
        problems: The problems of its fields, with the names of the fields as paths.
    """

    reason: str
    problems: tuple[Problem, ...] = ()


def receive(  # noqa: PLR0911 - one return for each answer
    transaction: Transaction, form_id: str, page: SignedPage, posted: Posted
) -> Verdict:
    """Store a submission whose page is valid, or say why not.

    Args:
        transaction: The transaction of the system.
        form_id: The id of the form.
        page: The signed facts of the page.
        posted: The fields that came.
    """
    lock_signing(transaction)
    transaction.cause = ("form", page.submission_id)
    form = FormRepository(transaction).load_any(form_id).entity
    submissions = SubmissionRepository(transaction)
    digest = digest_of(_flat(posted))
    (known,) = submissions.stored([page.submission_id])
    if known is not None:
        repeated = submissions.loaded(known).entity.digest == digest
        return Verdict("form-received" if repeated else "form-used")
    if form.archived:
        return Verdict("form-closed")
    asked = asked_fields(form, transaction.settings)
    if page.asked != asked_digest(form, asked, page.language):
        return Verdict("form-changed")
    read = _read(transaction, asked, posted, page.language)
    problems = [*posted.problems, *read.problems]
    wording = in_language(form.consent, page.language)
    if wording and not posted.agreed:
        problems.append(Problem("consent-missing", CONSENT, "Agree to the wording of the form."))
    if problems:
        return Verdict("form-invalid", tuple(problems))
    ready, acting, more = _prepared(transaction, form, read, page.language)
    if ready is None or more:
        return Verdict("form-invalid", more)
    given = [ready] if acting is None else [ready, acting.person]
    if any(SuppressionRepository(transaction).are_marked(given)):
        # The visitor does not learn that somebody was erased. Nothing that was typed is stored.
        _rehearse(transaction, ready, acting)
        transaction.publish("submission.suppressed", form.id)
        return Verdict("form-received")
    email = next((str(one.text) for one in ready.emails), "")
    new = Submission(
        id=page.submission_id,
        form_id=form.id,
        form_version=form.version,
        language=page.language,
        fields=read.came,
        email=email,
        consent=wording,
        consent_version=form.consent_version if wording else "",
        digest=digest,
    )
    owner = _store(transaction, ready, acting, new)
    if form.thank_you:
        _thank(transaction, form, given, page.language, owner.entity.id)
    return Verdict("form-received")


def _flat(posted: Posted) -> Iterator[str]:
    """The texts that came, in one sequence for every order of the fields."""
    yield "agreed" if posted.agreed else ""
    for name, value in sorted(posted.values.items(), key=lambda pair: pair[0]):
        texts = (value,) if isinstance(value, str) else value
        yield from (name, str(len(texts)), *texts)


def _read(transaction: Transaction, asked: tuple[AskedField, ...], posted: Posted, language: str) -> ReadFields:
    return read_fields(asked, posted.values, country=transaction.settings.country, language=language)


def drafted(form: Form, read: ReadFields, defaults: dict[str, Any]) -> Person | Company:
    """The contact that a form makes, before it is prepared.

    Args:
        form: The form.
        read: The fields that were read, without problems.
        defaults: The fields that the form and the page set.

    Raises:
        Invalid: The problems of the contact.
    """
    values, kind = contact_from(form.makes, read.values)
    return kind(**values, **defaults, source="form")


def _prepared(
    transaction: Transaction, form: Form, read: ReadFields, language: str
) -> tuple[Person | Company | None, Draft | None, tuple[Problem, ...]]:
    """The contact and its contact person ready to be stored, and their problems by the names of the fields."""
    settings, configuration = transaction.settings, transaction.letter_configuration
    defaults = defaults_in_force(form, settings)
    defaults["responsibles"] = tuple(name for name in form.responsibles if configuration.knows(name))
    if language != settings.language.base:
        defaults["language"] = language
    try:
        contact = drafted(form, read, defaults)
    except Invalid as error:
        return None, None, tuple(_of_form(problem) for problem in error.problems)
    ready, problems = prepare(contact, settings)
    named = [_of_form(problem) for problem in problems]
    acting: Draft | None = None
    try:
        acting = acting_person(transaction, read, ready, defaults.get("language"))
    except Invalid as error:
        named += error.problems
    if named:
        return None, None, tuple(named)
    ready = with_known_tags(ready, None, lambda tag, audience: first_spelling(transaction, tag, audience))
    return ready, acting, ()


def acting_person(
    transaction: Transaction, read: ReadFields, company: Person | Company, language: str | None = None
) -> Draft | None:
    """The new contact person that a submission names, with the access and the responsible users of the company.

    Args:
        transaction: The transaction.
        read: The fields that were read, without problems.
        company: The prepared company.
        language: The language of the person; None for that of the workspace.

    Returns:
        The draft; None if the submission names nobody.

    Raises:
        Invalid: The problems of the person, with the names of the fields of the form as paths.
    """
    try:
        given = contact_person_from(read.values)
    except Invalid as error:
        raise Invalid([_of_contact_person(problem) for problem in error.problems]) from None
    if given is None or given.person is None:
        return None
    person = attrs.evolve(
        given.person, listed=False, access=company.access, responsibles=company.responsibles, language=language
    )
    ready, problems = prepare(person, transaction.settings)
    if problems:
        raise Invalid([_of_contact_person(problem) for problem in problems])
    return Draft(affiliation=Affiliation(position=given.position), person=ready, known=None, primary=False)


def _of_contact_person(problem: Problem) -> Problem:
    named = _of_form(problem)
    # Somebody without a name and without any way to be reached is asked for the name.
    return attrs.evolve(named, path=f"{OF_PERSON}{named.path or 'family_name'}")


def _of_form(problem: Problem) -> Problem:
    """A problem of a contact, with the name of the field of the form as its path."""
    attribute, _, rest = problem.path.partition("[")
    path = _FIELD_OF.get(attribute, problem.path)
    if attribute == "addresses":
        part = rest.rpartition(".")[2]
        path = part if part in ADDRESS_FIELDS else "street"
    return attrs.evolve(problem, path=path)


def _store(
    transaction: Transaction, ready: Person | Company, acting: Draft | None, new: Submission
) -> Loaded[Person | Company]:
    """Store a submission with its contact, and return the contact."""
    contacts, submissions = ContactRepository(transaction), SubmissionRepository(transaction)
    known = _match(transaction, ready)
    if acting is not None:
        # Both are looked for in any case, so that the time of the answer tells a visitor nothing.
        known_person = _match(transaction, acting.person)
        known = known_person if _is_of_restricted(transaction, known_person) else known or known_person
    if known is None:
        owner = contacts.load_any(contacts.add_prepared(ready).id)
        made = () if acting is None else AddedPeople(transaction).store(owner, [acting])
        owner = contacts.load_any(owner.entity.id)
        new = altered(
            new,
            {
                "state": "new",
                "contact_version": owner.entity.version,
                "affiliation_id": next((one.id for one in made), ""),
            },
        )
        store_consent(transaction, new, FormRepository(transaction).load_any(new.form_id).entity, owner)
    else:
        # Both cases cost the same, so that the time of the answer tells a visitor nothing.
        _rehearse(transaction, ready, acting)
        owner = contacts.lock_any(known)
        new = altered(new, {"state": "suggested"})
    submissions.receive(new, owner)
    return owner


def store_consent(
    transaction: Transaction, submission: Submission, form: Form, owner: Loaded[Person | Company]
) -> None:
    """Store the consent that a visitor gave with a submission, once it belongs to a person (IMP-8).

    Args:
        transaction: The transaction.
        submission: The submission.
        form: Its form.
        owner: The contact that the submission belongs to, locked. The consent of a company is that of the contact
            person whom the submission made; nothing is stored without one.

    If the person withdrew a consent to the purpose since the visitor sent the form, the consent is stored as withdrawn.
    """
    if not submission.consent:
        return
    if not isinstance(owner.entity, Person):
        (found,) = AffiliationRepository(transaction).stored([submission.affiliation_id or "none"])
        if found is None:
            return
        owner = ContactRepository(transaction).lock_any(AFFILIATIONS.load(found, transaction.index_context).person_id)
    consents, source = ConsentRepository(transaction), f"submission:{submission.id}"
    if any(one.entity.source == source for one in consents.of(owner.stored.id)):
        # It was withdrawn after the submission was accepted, and stays so when it is accepted again.
        return
    given = submission.received or transaction.now
    consent = Consent(
        purpose=form.consent_purpose,
        wording=submission.consent,
        wording_version=submission.consent_version,
        source=source,
        given=given,
    )
    withdrawn = consents.withdrawn_since(owner.stored.id, consent.purpose, given)
    consents.add_new(attrs.evolve(consent, withdrawn=withdrawn), owner)


def forget_consent(transaction: Transaction, submission: Submission) -> None:
    """Remove the consent that a submission brought, because a user undoes what the submission did.

    A consent that was withdrawn since stays, because the withdrawal says more than the submission.
    """
    consents = ConsentRepository(transaction)
    (found,) = AffiliationRepository(transaction).stored([submission.affiliation_id or "none"])
    person_id = "" if found is None else AFFILIATIONS.load(found, transaction.index_context).person_id
    for one in [*consents.of(submission.contact_id), *(consents.of(person_id) if person_id else ())]:
        if one.entity.source == f"submission:{submission.id}" and one.entity.in_force:
            consents.remove(one.entity, one.stored)


def _rehearse(transaction: Transaction, ready: Person | Company, acting: Draft | None) -> None:
    """Do at the same cost what a new contact would cause, without effect."""
    submissions = SubmissionRepository(transaction)
    submissions.rehearse_contact(ready)
    if acting is not None:
        submissions.rehearse_contact(acting.person)
    _rehearse_letters(transaction, ready)


def _rehearse_letters(transaction: Transaction, ready: Contact) -> None:
    """Write, store and remove the letters that a new contact would cause."""
    for user in ready.responsibles:
        to = letter_to_user(transaction, _ASSIGNED, user)
        if to is not None:
            values = {"name": to.name or to.email.text, "firm": transaction.letter_configuration.workspace}
            values |= {"contact": ready.display_name, "by": shown_actor(transaction)}
            language = to.language or transaction.settings.language
            try:
                letter = write_letter(_ASSIGNED, language, values, transaction.letter_configuration.letters)
            except Invalid:
                continue
            LoginRepository(transaction).rehearse_letter(letter)


def _match(transaction: Transaction, ready: Person | Company) -> str | None:
    """The id of the stored contact that a new contact may be; None for none.

    It is one with the same e-mail address, of the same kind rather than another one; else one with the same phone
    number, of the same kind, and with the same name or without one. The oldest one counts.

    Somebody whose data is restricted counts too, although users do not see them: a second contact would show to all
    what is restricted, and be mailed. They come first if the name is the same as well, else last: others may share an
    address (IMP-8).
    """
    emails, phones = {email.key for email in ready.emails}, {str(phone) for phone in ready.phones}
    language = transaction.index_context.language
    name = match_name(ready, language)
    found: list[tuple[int, str]] = []
    for one, addresses in _candidates(transaction, ready):
        same_kind = one.kind == ready.kind
        rank = 0 if same_kind else 1
        if not emails & addresses:
            same_phone = phones & {str(phone) for phone in one.phones}
            if not (same_kind and same_phone and match_name(one, language) in {"", name}):
                continue
            rank = 2
        if isinstance(one, Person) and one.restricted:
            rank = _FIRST if match_name(one, language) == name else _LAST
        found.append((rank, one.id))
    return min(found)[1] if found else None


def _candidates(transaction: Transaction, ready: Person | Company) -> Iterator[tuple[Person | Company, set[str]]]:
    """Yield the contacts with a detail of a new one, as far as everybody who would see the new one sees them.

    Restricted people are among them. Each comes with the keys of its e-mail addresses, at work too.
    """
    access = access_of(ready, AccessPolicy.PRIVATE)
    terms = {term("email", email.key) for email in ready.emails} | {term("phone", str(phone)) for phone in ready.phones}
    for one in _with_terms(transaction, ContactRepository(transaction), terms, access):
        yield one.entity, {email.key for email in one.entity.emails}
    # A contact person may have no address but the one at work.
    affiliations: Repository[Affiliation] = AffiliationRepository(transaction)
    addresses: dict[str, set[str]] = {}
    seen: set[str] = set()
    for acting in _with_terms(transaction, affiliations, {term("email", email.key) for email in ready.emails}, None):
        if acting.entity.email is not None:
            addresses.setdefault(acting.entity.person_id, set()).add(acting.entity.email.key)
            seen |= {acting.entity.person_id} if audience_within(access, acting.access) else set()
    for person in ContactRepository(transaction).get_many(sorted(addresses)).values():
        if RESTRICTED in person.access or (person.stored.id in seen and audience_within(access, person.access)):
            yield person.entity, addresses[person.entity.id]


def _with_terms(
    transaction: Transaction, repository: Repository[_E], terms: Collection[str], access: Collection[str] | None
) -> Iterator[Loaded[_E]]:
    """Yield the records with one of some terms that everybody with some access sees, or that are restricted.

    All of them if the access is None.
    """
    query = Query(
        kind=repository.type.name,
        order=transaction.order,
        access=SYSTEM,
        where=(frozenset(terms),),
        limit=LARGEST_PAGE,
    )
    for _ in range(_MOST_PAGES if terms else 0):
        found = transaction.reader.find_records(query)
        for stored in found.records:
            if access is None or _counts(frozenset(access), stored.access):
                yield repository.loaded(stored)
        if not found.more:
            return
        query = attrs.evolve(query, after=found.last)


def _counts(access: frozenset[str], stored: frozenset[str]) -> bool:
    """Whether a stored record may be what a submission is about."""
    return RESTRICTED in stored or audience_within(access, stored)


def _is_of_restricted(transaction: Transaction, id: str | None) -> bool:
    found = ContactRepository(transaction).get_many([id]) if id is not None else {}
    return any(RESTRICTED in one.access for one in found.values())


def _is_restricted(transaction: Transaction, address: EmailAddress) -> bool:
    """Whether an address is that of somebody whose data is restricted, to whom nothing is mailed (IMP-8)."""
    contacts, terms = ContactRepository(transaction), {term("email", address.key)}
    if any(RESTRICTED in one.access for one in _with_terms(transaction, contacts, terms, frozenset())):
        return True
    affiliations: Repository[Affiliation] = AffiliationRepository(transaction)
    people = {one.entity.person_id for one in _with_terms(transaction, affiliations, terms, None)}
    return any(RESTRICTED in one.access for one in contacts.get_many(sorted(people)).values())


def _thank(transaction: Transaction, form: Form, given: Sequence[Contact], language: str, contact_id: str) -> None:
    """Queue the letter of thanks to the visitor; it contains nothing that the visitor typed.

    An address gets few of them, because anybody can type the address of somebody else.
    """
    # The contact person of a company is the visitor.
    address = next((email for one in reversed(given) for email in one.emails), None)
    if address is None or _THANKS in transaction.settings.templates_off:
        return
    if is_exhausted(transaction, THANKS_BY_ADDRESS, address.key) or _is_restricted(transaction, address):
        return
    count(transaction, THANKS_BY_ADDRESS, address.key)
    values = {"form": in_language(form.title, language) or transaction.letter_configuration.workspace}
    try:
        enqueue_letter(transaction, _THANKS, Recipient(address, language=language), values, about=(contact_id,))
    except Invalid:
        # A letter that cannot be written never undoes the submission.
        transaction.publish("submission.letter-unwritten", contact_id)
