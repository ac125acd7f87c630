"""The facts for which a message was queued, and those of the moment in which it is sent (NOT-8).

The deliverer asks here between the claim of a message and its sending. The rule decides. This module reads the facts
that the rule needs, and stores a withdrawal.
"""

from __future__ import annotations

import attrs

from contactcore.frozen import frozen
from contactcore.mapping.item_roles import ITEM_ROLES
from contactcore.mapping.items import ITEMS
from contactcore.mapping.messages import waiting_term
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Person
from contactcore.model.message import Grounds, Message
from contactcore.model.restoring import altered
from contactcore.rules.recipients import MailingPolicy, Recipients
from contactcore.rules.sending import SendingFacts, withdrawal_of
from contactcore.storage import Query
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.consents import ConsentRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.messages import MessageRepository, withdrawn
from contactcore.workspace.repositories.repository import Repository

__all__ = ["Ready", "link_grounds", "notice_grounds", "prepare_sending", "withdraw_refused", "withdraw_restricted"]


@frozen
class Ready:
    """A message that may be sent now.

    Attributes:
        message: The message.
        contents: The contents of its attachments, in their sequence; None for a content that is missing.
    """

    message: Message
    contents: tuple[bytes | None, ...] = ()


def notice_grounds(transaction: Transaction, client_id: str, recipients: Recipients) -> list[Grounds]:
    """Return the grounds of the notices to the chosen recipients, in their sequence.

    Args:
        transaction: The transaction that queues the notices.
        client_id: The id of the client.
        recipients: The recipients with the reasons of their choice.
    """
    ids = [one.affiliation_id for one in recipients.chosen if one.affiliation_id]
    stored = AffiliationRepository(transaction).get_many(ids)
    grounds = []
    for one in recipients.chosen:
        found = stored.get(one.affiliation_id)
        # Only what held for everybody can be judged again without the eyes of the actor.
        has_purpose = found is not None and recipients.purpose in found.entity.purposes
        grounds.append(
            Grounds(
                kind="notice",
                contact_id=client_id,
                person_id=one.person_id,
                affiliation_id=one.affiliation_id,
                topic=recipients.topic,
                subject_kind=recipients.about,
                choice=one.reason,
                purpose=recipients.purpose if has_purpose else "",
                primary=found is not None and found.entity.primary,
                item_id=recipients.item_id,
                holder_id=one.contact_id if one.contact_id != client_id else "",
            )
        )
    return grounds


def link_grounds(transaction: Transaction, login_id: str, person_id: str, token_hash: str) -> Grounds:
    """Return the grounds of a letter with a link for setting a password.

    Args:
        transaction: The transaction that queues the letter.
        login_id: The id of the login.
        person_id: The id of its person.
        token_hash: The SHA-256 of the token in the link.
    """
    today = transaction.today
    acting = (one.entity for one in AffiliationRepository(transaction).of_person(person_id))
    through = next((one.id for one in acting if one.active and (one.end is None or one.end >= today)), "")
    return Grounds(kind="link", person_id=person_id, affiliation_id=through, login_id=login_id, link=token_hash)


def prepare_sending(transaction: Transaction, message: Message) -> Ready | None:
    """Return a claimed message with the contents of its attachments; None if it must not be sent.

    A message that was changed, cancelled or erased since it was claimed must not be sent either.

    Args:
        transaction: A transaction that reads.
        message: The message as it was claimed.
    """
    current = MessageRepository(transaction).get_many([message.id]).get(message.id)
    if current is None or current.entity.version != message.version or current.entity.state != "waiting":
        return None
    if withdrawal_of(current.entity, _facts(transaction, current.entity)) is not None:
        return None
    contents = tuple(transaction.reader.blob(one.blob) for one in current.entity.attachments)
    return Ready(current.entity, contents)


def withdraw_refused(transaction: Transaction, message: Message) -> Message | None:
    """Withdraw a claimed message that must not be sent, and return it as it is stored now; None if it was erased.

    The rule is asked again behind the lock. A message that may be sent after all stays as it is.

    Args:
        transaction: A transaction that writes.
        message: The message as it was claimed.
    """
    messages = MessageRepository(transaction)
    if message.id not in messages.get_many([message.id]):
        return None
    locked = messages.lock_any(message.id)
    current = locked.entity
    if current.state != "waiting":
        return current
    reason = withdrawal_of(current, _facts(transaction, current))
    if reason is None:
        return current
    return messages.put(withdrawn(current, reason), locked.stored, event="withdrawn", code=reason.code)


def withdraw_restricted(transaction: Transaction, person_id: str) -> int:
    """Withdraw the waiting letters to a person whose data is restricted now, and return their number.

    Args:
        transaction: A transaction that writes.
        person_id: The id of the person.
    """
    messages = MessageRepository(transaction)
    waiting = [one.entity.id for one in messages.find(frozenset({waiting_term(person_id)}))]
    count = 0
    for id in sorted(waiting):
        locked = messages.lock_any(id)
        reason = withdrawal_of(locked.entity, _facts(transaction, locked.entity))
        if locked.entity.state == "waiting" and reason is not None and reason.code == "restricted":
            messages.put(withdrawn(locked.entity, reason), locked.stored, event="withdrawn", code=reason.code)
            count += 1
    return count


def _facts(transaction: Transaction, message: Message) -> SendingFacts:
    grounds = message.grounds
    ids = list(message.about)
    if grounds is not None:
        ids += [id for id in (grounds.contact_id, grounds.person_id, grounds.holder_id) if id]
    contacts = ContactRepository(transaction)
    stored = [one for one in contacts.stored(list(dict.fromkeys(ids))) if one is not None]
    facts = SendingFacts(
        on=transaction.today,
        now=timestamp(transaction.now),
        contacts={one.id: contacts.loaded(one).entity for one in stored},
        in_trash=frozenset(one.id for one in stored if trashed_of(one) is not None),
        policy=MailingPolicy.of(transaction.settings),
        templates_off=transaction.settings.templates_off,
        bounced=bool(MessageRepository(transaction).bounced([message.to])),
    )
    restricted = [id for id, one in facts.contacts.items() if one.restricted]
    if restricted:
        acting = [one.entity for id in restricted for one in AffiliationRepository(transaction).of_person(id)]
        at_work = frozenset(one.email.key for one in acting if one.email is not None)
        facts = attrs.evolve(facts, restricted_at_work=at_work)
    if grounds is None or facts.in_trash:
        return facts
    purpose = facts.policy.consent_for.get(grounds.topic, "")
    if purpose:
        agreeing = ConsentRepository(transaction).in_force(ids, purpose)
        facts = attrs.evolve(facts, policy=attrs.evolve(facts.policy, agreeing=agreeing))
    match grounds.kind:
        case "notice":
            if grounds.person_id in facts.contacts:
                facts = attrs.evolve(facts, affiliations=_between(transaction, grounds, facts))
            return _with_item(transaction, grounds, facts) if grounds.item_id else facts
        case "link" | "email":
            return _with_login(transaction, grounds, facts)
        case "responsible" | "import" | "several":
            return _with_user(transaction, grounds, facts)
    return facts


def _between(transaction: Transaction, grounds: Grounds, facts: SendingFacts) -> list[Affiliation]:
    contact_id, person = grounds.holder_id or grounds.contact_id, facts.contacts[grounds.person_id]
    if person.id == contact_id and isinstance(person, Person):
        # A client who is a person stands for themself, without an affiliation (PER-7).
        return [Affiliation.of_themself(person)]
    pair = (frozenset({f"contact:{contact_id}"}), frozenset({f"person:{person.id}"}))
    return [altered(one.entity, {"person": person}) for one in AffiliationRepository(transaction).find(*pair)]


def _with_item(transaction: Transaction, grounds: Grounds, facts: SendingFacts) -> SendingFacts:
    items, roles = Repository(transaction, ITEMS), Repository(transaction, ITEM_ROLES)
    (stored,) = items.stored([grounds.item_id])
    if stored is None:
        return facts
    held = roles.find(frozenset({f"item:{stored.id}"}), frozenset({f"holder:{grounds.holder_id}"}))
    return attrs.evolve(
        facts,
        item=items.loaded(stored).entity,
        item_in_trash=trashed_of(stored) is not None,
        roles=[one.entity.role for one in held] if grounds.holder_id else [],
    )


def _with_login(transaction: Transaction, grounds: Grounds, facts: SendingFacts) -> SendingFacts:
    logins = LoginRepository(transaction)
    found = logins.get_many([grounds.login_id]).get(grounds.login_id)
    known = [one.entity for one in AffiliationRepository(transaction).of_person(grounds.person_id)]
    present = ContactRepository(transaction).get_many(one.contact_id for one in known)
    return attrs.evolve(
        facts,
        login=None if found is None else found.entity,
        login_left=found is not None and not logins.is_at_its_address(found.entity),
        login_state="" if found is None else logins.state_of(found.entity),
        credential=logins.credentials.read(grounds.login_id),
        affiliations=[one for one in known if one.contact_id in present],
    )


def _with_user(transaction: Transaction, grounds: Grounds, facts: SendingFacts) -> SendingFacts:
    configuration = transaction.letter_configuration
    job = JobRepository(transaction).get_many([grounds.import_id]).get(grounds.import_id) if grounds.import_id else None
    access = frozenset({f"responsible:{grounds.user}"})
    query = Query(kind="contact", order=transaction.order, access=access, limit=1)
    return attrs.evolve(
        facts,
        users_known=configuration.users is not None,
        user_address=configuration.user(grounds.user),
        import_state="" if job is None else job.entity.state,
        looks_after_any=grounds.kind not in {"import", "several"} or bool(transaction.reader.find(query).cards),
    )
