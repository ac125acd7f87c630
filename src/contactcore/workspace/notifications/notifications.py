"""The service of notifications: the recipients of a notice, with the reasons (NOT-1 to NOT-4, NOT-6, NOT-7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import product
from typing import Annotated

import attrs

from contactcore.errors import Invalid, NotFound, collect
from contactcore.frozen import frozen
from contactcore.mapping.index_keys import term
from contactcore.mapping.items import ITEMS
from contactcore.model import Company, Contact, Item, Person
from contactcore.model.affiliation import Affiliation
from contactcore.model.attachment import AttachedFile, Attachment, check_attachments
from contactcore.model.message import Message
from contactcore.model.restoring import altered
from contactcore.rules.access import check_staff
from contactcore.rules.item_recipients import ResponsibleContact, candidate_ids, resolve_for_item
from contactcore.rules.recipients import Chosen, MailingPolicy, Recipients, preferred_address, preselect, resolve
from contactcore.values import EmailAddress
from contactcore.values.texts import refuse_unstorable
from contactcore.workspace.items.items import Items
from contactcore.workspace.kernel.arguments import AS_STORED, check_arguments
from contactcore.workspace.kernel.slugs import PurposeSlug, TopicSlug
from contactcore.workspace.kernel.transaction import Transaction, person_id_of
from contactcore.workspace.people.shown import visible_people
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.consents import ConsentRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.messages import MessageRepository, enqueue_once, keep_attachments
from contactcore.workspace.repositories.redirects import absorbed_by_each
from contactcore.workspace.repositories.sending import notice_grounds

__all__ = ["Notifications", "QueuedNotice"]

_ANYBODY = "anybody@example.org"


@frozen(kw_only=True)
class QueuedNotice:
    """The answer about a notice to one recipient.

    Attributes:
        id: The id of the message.
        to: The address of the recipient.
        person_id: The id of the contact person, or of a client who is a person; `""` for a company itself.
        state: The state of the message: `"waiting"`, `"sent"` or `"dead"`.
        withdrawn: The code of the reason why the message was withdrawn (see `Message`), or `""`.
        repeated: Whether this notice was queued before, so that nothing was queued now.
        message: The whole message, for admins and for the user who queued it; else None.
    """

    id: str
    to: EmailAddress
    person_id: str
    state: str
    withdrawn: str = ""
    repeated: bool = False
    message: Message | None = attrs.field(default=None, repr=False)


@check_arguments()
class Notifications:
    """The recipients of notices; `session.notifications` is this service.

    An answer contains only contact persons and responsible contacts that the actor sees (ACC-3). A job that mails
    invoices must therefore run as an admin, who sees all of them.

    >>> from contactcore import Company, Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), notifications=["invoice"])
    ...     joan = session.people.add(client, Person("Joan", "Roe", emails=["joan@bois.fr"]), notifications=[])
    ...     answer = session.notifications.recipients(client, "invoice")
    ...     [str(one.email) for one in answer.chosen], [(one.name, one.code) for one in answer.explained]
    ...     session.notifications.recipients(client, "ticket").note
    ...     session.notifications.preselected(client, "invoice") == (jane.person_id,)
    ...     by_hand = session.notifications.by_hand(client, "invoice", [joan.person_id])
    ...     queued = session.notifications.send(client, by_hand, subject="Invoice 7", text="Enclosed.", key="7")
    ...     again = session.notifications.send(client, by_hand, subject="Invoice 7", text="Enclosed.", key="7")
    ...     [str(one.to) for one in queued], [(one.state, one.repeated) for one in again], again[0].id == queued[0].id
    (['jane@bois.fr'], [('Jane Doe', 'preference'), ('Joan Roe', 'preference-off')])
    'Nobody gets the ticket notice: Jane Doe has these notices switched off. Joan Roe has these notices switched off.'
    True
    (['joan@bois.fr'], [('waiting', True)], True)
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def recipients(
        self,
        contact: str | Contact,
        topic: TopicSlug,
        *,
        purpose: PurposeSlug | None = None,
        about: str | None = None,
        item: str | Item | None = None,
    ) -> Recipients:
        """The recipients of a notice, and for every candidate the reason (NOT-2, NOT-4, NOT-6).

        The recipients are the current contact persons who want the topic. If the workspace requires permissions, a
        recipient also needs the permission for the module of the topic. Nobody else is mailed, unless an admin has set
        a fall-back for the topic.

        A notice about an item goes to the contact details of the item's owner, whatever the preferences: a person's
        own, a company's primary contact person, else the company's own. Other responsible contacts of the item get it
        if their role gets the topic.

        Args:
            contact: The client, or its id.
            topic: `"invoice"`, `"credit-note"`, `"estimate"`, `"ticket"`, `"project"`, `"contract"`, `"task"`; with an
                item `"booking"`, `"payment-request"`, `"reminder"`; or a topic that an admin added.
            purpose: The purpose of which the fall-back `"purpose"` takes the primary person, such as `"billing"`; None
                by default.
            about: The kind of the subject, the slug of a topic such as `"project"`; None by default. The topic
                `"task"` needs it, because such a notice has recipients only if the subject is a `"project"`.
            item: The item of the client that the notice is about, or its id; None, the default, for none. The topics of
                notices about items need it, and the others refuse it.

        Returns:
            The answer: `.chosen` lists the recipients, each with the address to use; `.explained` has a code and a
            reason for each candidate; `.note` is a summary in English. An answer without recipients is no error.

        Raises:
            NotFound: The contact does not exist, is in the trash, or is hidden from the actor.
            Forbidden: `staff-only` for a portal user, here and in all methods of the service.
            Invalid: `topic-unknown`, `purpose-unknown`; `about-missing` for a topic that needs the kind of the subject,
                or the item; `about-unknown` for a kind that is no slug of a topic; `topic-not-for-items` for an item
                with another topic; `item-of-another` for an item of another contact.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
        ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), notifications=[])
        ...     session.settings.notices.set_fall_back("invoice", ["client"])
        ...     [(str(one.email), one.reason) for one in session.notifications.recipients(client, "invoice").chosen]
        [('office@bois.fr', 'fall-back-client')]

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]), items=[Item("Tom")])
        ...     joan = session.contacts.add(Person("Joan", "Roe", emails=["joan@roe.org"]))
        ...     (tom,) = session.items.of(jane)
        ...     guardian = session.items.assign(tom, joan, "guardian")
        ...     answer = session.notifications.recipients(jane, "booking", item=tom)
        ...     [(str(one.email), one.reason) for one in answer.chosen]
        ...     session.notifications.recipients(jane, "payment-request", item=tom).explained[1].message
        [('jane@doe.org', 'owner'), ('joan@roe.org', 'role')]
        'Joan Roe has no role for the item that gets these notices.'
        """
        client, people = self._candidates(contact)
        responsible = self._responsible(client, people, topic, item)
        policy, today = self._policy_for(topic, client, people, responsible), self._transaction.today
        if responsible is not None:
            owner, others, item_id = responsible
            return resolve_for_item(owner, others, topic, today, policy, item_id=item_id)
        self._check_about(policy, topic, about)
        return resolve(client, people, topic, today, policy, purpose=purpose, about=about)

    def preselected(
        self,
        contact: str | Contact,
        topic: TopicSlug,
        *,
        about: str | None = None,
        item: str | Item | None = None,
    ) -> tuple[str, ...]:
        """The ids of the people who are preselected when a user sends a document (NOT-3).

        Args:
            contact: The client, or its id.
            topic: As for `recipients`.
            about: As for `recipients`.
            item: As for `recipients`. The answer then contains the id of a company whose own address is meant.

        Returns:
            The ids of the people.

        Raises:
            NotFound, Invalid: As `recipients`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr", notifications=["invoice"])
        ...     session.notifications.preselected(bois, "invoice") == (jane.person_id,)
        True
        """
        if item is not None:
            chosen = self.recipients(contact, topic, item=item).chosen
            return tuple(one.person_id or one.contact_id for one in chosen)
        client, people = self._candidates(contact)
        self._responsible(client, people, topic, None)
        policy = self._policy_for(topic, client, people)
        self._check_about(policy, topic, about)
        return preselect(client, people, topic, self._transaction.today, policy, about=about)

    def by_hand(
        self,
        contact: str | Contact,
        topic: TopicSlug,
        people: Iterable[str | Contact | Affiliation],
        *,
        item: str | Item | None = None,
    ) -> Recipients:
        """The recipients of a document that a user sends: the selected people, whatever their preferences (NOT-3).

        Args:
            contact: The client, or its id.
            topic: As for `recipients`.
            people: The selected people, their affiliations, or their ids. For a notice about an item also the owner and
                the responsible contacts of the item, companies included.
            item: As for `recipients`.

        Returns:
            The `Recipients`, for `send`.

        Raises:
            NotFound: As `recipients`.
            Invalid: `topic-unknown`; `person-unknown` for a person who is not a contact person of the client, and not
                responsible for the item; for an item as `recipients`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr", notifications=["invoice"])
        ...     [str(one.email) for one in session.notifications.by_hand(bois, "estimate", [jane]).chosen]
        ['jane@bois.fr']
        """
        client, candidates = self._candidates(contact)
        responsible = self._responsible(client, candidates, topic, item)
        policy, today = self._policy_for(topic, client, candidates, responsible), self._transaction.today
        selected = [person_id_of(one) for one in people]
        if responsible is not None:
            owner, others, item_id = responsible
            _check_selected(selected, candidate_ids(owner, others, today))
            return resolve_for_item(owner, others, topic, today, policy, item_id=item_id, selected=selected)
        own = {client.id} if isinstance(client, Person) else set()
        _check_selected(selected, {one.person_id for one in candidates} | own)
        return resolve(client, candidates, topic, today, policy, selected=selected)

    def send(
        self,
        contact: Annotated[str | Contact, AS_STORED],
        recipients: Recipients,
        *,
        subject: str,
        text: str,
        html: str = "",
        attachments: Sequence[Attachment] = (),
        key: str = "",
    ) -> tuple[QueuedNotice, ...]:
        """Queue a notice for each chosen recipient, in the transaction of the session (NOT-7).

        Just before a notice is sent, the rules are asked again. It is withdrawn if the person does not act for the
        client any more, has another address, or does not want the topic any more and was not chosen by hand (NOT-8). A
        notice about an item is withdrawn if the item is gone or has another owner, or if the role for it is gone.

        Args:
            contact: The client, or its id.
            recipients: The answer of `recipients` or `by_hand` about this client; the feed records the reason of each
                choice.
            subject: The subject of the notice.
            text: The plain text of the notice.
            html: The HTML of the notice; `""`, the default, for none.
            attachments: Files to send with it, at most 20 of at most 10,000,000 bytes, 15,000,000 bytes together; none
                by default. Their contents are kept until the last of these notices is sent (NOT-9).
            key: The key of the subject, such as an invoice number; `""`, the default, for none. A notice with the same
                topic, client, item, key, person and address is queued only once, also if the client or the person was
                merged since.

        Returns:
            An answer for each recipient, in the sequence of `recipients.chosen`. For a notice that was queued before,
            it has the id and the state of that message. The text is only for admins and for the user who queued it.

        Raises:
            NotFound: As `recipients`; a recipient was removed for good since the answer was given.
            Forbidden: `read-only-session`, `portal-reads-only`.
            Invalid: The problems of `Message`, such as `subject-empty`, without recipients too; `text-nul`,
                `text-surrogate` for the key; `notice-differs` if a notice with this key was queued with another
                content; `recipients-of-another` for the recipients of another client; `too-many`,
                `attachment-too-large`, `record-type` for the attachments.
                Nothing is queued then.

        >>> from contactcore import Attachment, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, "jane@bois.fr", notifications=["invoice"])
        ...     who = session.notifications.recipients(client, "invoice")
        ...     invoice = Attachment("invoice-7.pdf", b"%PDF-1.7", "application/pdf")
        ...     (one,) = session.notifications.send(
        ...         client, who, subject="Invoice 7", text="Enclosed.", attachments=[invoice], key="7"
        ...     )
        ...     one.state, one.repeated, [file.name for file in one.message.attachments]
        ('waiting', False, ['invoice-7.pdf'])
        """
        self._transaction.require_writing()
        (key,) = collect(("key", lambda: refuse_unstorable(key)))
        transaction = self._transaction
        client = ContactRepository(transaction).seen(contact)
        if recipients.client_id and recipients.client_id != client.id:
            message = "These are the recipients of another client: ask for those of this one."
            raise Invalid("recipients-of-another", message, path="recipients")
        recipients = self._still_there(recipients)
        given = check_attachments(attachments)
        files = [AttachedFile.of(one) for one in given]
        if not recipients.chosen:
            # What is wrong with the notice is said at once, and not only for a client who has recipients.
            Message(to=_ANYBODY, subject=subject, text=text, html=html)
        wanted = [
            Message(
                to=one.email,
                to_name=one.name,
                subject=subject,
                text=text,
                html=html,
                about=tuple(
                    dict.fromkeys(id for id in (client.id, one.person_id, one.contact_id, recipients.item_id) if id)
                ),
                key=_message_key(recipients, client.id, key, one) if key else "",
                grounds=grounds,
                attachments=files,
            )
            for one, grounds in zip(recipients.chosen, notice_grounds(transaction, client.id, recipients), strict=True)
        ]
        transaction.require_writing()
        earlier = self._queued_before(wanted, recipients, key)
        if given and any(one.key not in earlier for one in wanted):
            kept = keep_attachments(transaction, given)
            wanted = [attrs.evolve(one, attachments=kept) for one in wanted]
        answers = []
        for one, notice in zip(recipients.chosen, wanted, strict=True):
            before = earlier.get(notice.key)
            queued, is_new = (before, False) if before is not None else enqueue_once(transaction, notice)
            if not is_new:
                _check_content(queued, notice, key)
            answers.append(self._answer(one, queued, repeated=not is_new))
        self._publish(client.id, recipients, answers)
        return tuple(answers)

    def _still_there(self, recipients: Recipients) -> Recipients:
        """Return the recipients with the ids of today, because the answer may be older than this session.

        Raises:
            NotFound: A recipient was removed for good. The outbox would hold the address of somebody who was erased.
        """
        contacts = ContactRepository(self._transaction)
        named = dict.fromkeys(id for one in recipients.chosen for id in (one.person_id, one.contact_id) if id)
        ids = {"": ""}
        for id, stored in zip(named, contacts.stored(list(named)), strict=True):
            (present,) = contacts.present([id]) if stored is None else (stored,)
            if present is None:
                raise NotFound("contact", id)
            ids[id] = present.id
        chosen = [
            attrs.evolve(one, person_id=ids[one.person_id], contact_id=ids[one.contact_id]) for one in recipients.chosen
        ]
        return attrs.evolve(recipients, chosen=tuple(chosen))

    def _queued_before(self, wanted: Sequence[Message], recipients: Recipients, key: str) -> dict[str, Message]:
        """Return the messages that were queued with these keys before, by key.

        A notice that was queued for a contact which was merged since is the same notice.

        Raises:
            Invalid: `notice-differs`.
        """
        if not key:
            return {}
        messages = MessageRepository(self._transaction)
        named = {id for one in wanted for id in one.about}
        absorbed = absorbed_by_each(self._transaction, named)
        meant = {
            spelled: message
            for one, message in zip(recipients.chosen, wanted, strict=True)
            for spelled in (message.key, *_former_keys(recipients, message.about[0], key, one, absorbed))
        }
        holders = self._transaction.reader.holders([term("message", each) for each in meant])
        ids = [holder[1] for holder in holders if holder is not None]
        found = messages.get_many(ids) if ids else {}
        earlier: dict[str, Message] = {}
        for one in sorted((each.entity for each in found.values()), key=lambda each: each.id):
            message = meant[one.key]
            if message.key not in earlier or one.key == message.key:
                earlier[message.key] = one
        for one in wanted:
            if one.key in earlier:
                _check_content(earlier[one.key], one, key)
        return earlier

    def _answer(self, recipient: Chosen, message: Message, *, repeated: bool) -> QueuedNotice:
        return QueuedNotice(
            id=message.id,
            to=recipient.email,
            person_id=recipient.person_id,
            state=message.state,
            withdrawn=message.withdrawn,
            repeated=repeated,
            message=self._shown(message),
        )

    def _shown(self, message: Message) -> Message | None:
        """The message for an admin and the user who queued it; the user sees no flag that hidden people may have."""
        actor = self._transaction.actor
        if actor.admin:
            return message.shown()
        if message.queued_by != actor.name:
            return None
        grounds = message.grounds and altered(message.grounds, {"primary": False, "purpose": ""})
        return altered(message.shown(), {"grounds": grounds})

    def _publish(self, client_id: str, recipients: Recipients, answers: Sequence[QueuedNotice]) -> None:
        """Publish which notices were queued, which were queued before, and that a notice has no recipients."""
        if not answers:
            self._transaction.publish("notice.without-recipients", client_id, topic=recipients.topic)
        for event, repeated in (("notice.queued", False), ("notice.repeated", True)):
            pairs = [
                (one, answer)
                for one, answer in zip(recipients.chosen, answers, strict=True)
                if answer.repeated is repeated
            ]
            if pairs:
                self._transaction.publish(
                    event,
                    client_id,
                    topic=recipients.topic,
                    people=[one.person_id for one, _ in pairs],
                    reasons=[one.reason for one, _ in pairs],
                    messages=[answer.id for _, answer in pairs],
                )

    def _candidates(self, contact: str | Contact) -> tuple[Person | Company, tuple[Affiliation, ...]]:
        check_staff(self._transaction.actor)
        client = ContactRepository(self._transaction).get(contact)
        return client, visible_people(self._transaction, client.id)

    def _policy_for(
        self,
        topic: str,
        client: Person | Company,
        people: Iterable[Affiliation],
        responsible: tuple[ResponsibleContact, tuple[ResponsibleContact, ...], str] | None = None,
    ) -> MailingPolicy:
        """The settings for notices, with what is known about the candidates.

        These are the people who agree to the purpose of the topic if it needs a consent, and the addresses from which
        a message came back.
        """
        people = tuple(people)
        holders = () if responsible is None else (responsible[0], *responsible[1])
        everybody = [*people, *(each for one in holders for each in one.affiliations)]
        contacts = [client, *(one.contact for one in holders)]
        # An address is looked up where a notice may go to it: the preferred one of each.
        emails = [*filter(None, map(preferred_address, everybody)), *(one.emails[0] for one in contacts if one.emails)]
        bounced = MessageRepository(self._transaction).bounced(emails)
        policy = attrs.evolve(MailingPolicy.of(self._transaction.settings), bounced=bounced)
        purpose = policy.consent_for.get(topic, "")
        if not purpose:
            return policy
        ids = {*(one.id for one in contacts), *(one.person_id for one in everybody)}
        return attrs.evolve(policy, agreeing=ConsentRepository(self._transaction).in_force(ids, purpose))

    def _responsible(
        self, client: Person | Company, people: tuple[Affiliation, ...], topic: str, item: str | Item | None
    ) -> tuple[ResponsibleContact, tuple[ResponsibleContact, ...], str] | None:
        """The owner and the other responsible contacts of an item that the actor sees, and its id; None without one.

        Raises:
            Invalid: `about-missing`, `topic-not-for-items`, `item-of-another`.
        """
        for_items = topic in self._transaction.settings.item_topics
        if item is None:
            if for_items:
                message = f"Name the item that the notice is about: {topic} notices are sent only about an item."
                raise Invalid("about-missing", message, path="item")
            return None
        known: Item = BelongingRepository(self._transaction, ITEMS).get(item)
        if not for_items:
            topics = ", ".join(self._transaction.settings.item_topics) or "(none yet)"
            message = f"Topics of notices about items are {topics}: choose one of them, or leave the item out."
            raise Invalid("topic-not-for-items", message, path="topic", value=topic)
        if known.contact_id != client.id:
            message = "This item belongs to another contact: give the contact of the item."
            raise Invalid("item-of-another", message, path="item", value=known.id)
        found = [one for one in Items(self._transaction).roles(known) if one.contact.id != client.id]
        contacts = {one.contact.id: one.contact for one in found}
        others = tuple(
            ResponsibleContact(
                contact,
                visible_people(self._transaction, id),
                tuple(one.role.role for one in found if one.contact.id == id),
            )
            for id, contact in contacts.items()
        )
        return ResponsibleContact(client, people), others, known.id

    def _check_about(self, policy: MailingPolicy, topic: str, about: str | None) -> None:
        if about is None and topic in policy.only_for:
            kind = policy.only_for[topic]
            message = f"Say what the notice is about: {topic} notices are sent only about a {kind}."
            raise Invalid("about-missing", message, path="about")
        known = self._transaction.settings.topics.slugs
        if about is not None and about not in known:
            raise Invalid("about-unknown", f"Kinds of subjects are {', '.join(known)}.", path="about", value=about)


def _check_selected(selected: Sequence[str], known: Collection[str]) -> None:
    for index, id in enumerate(selected):
        if id not in known:
            message = "Select contact persons of the client, or contacts that are responsible for the item."
            raise Invalid("person-unknown", message, path=f"people[{index}]", value=id)


def _check_content(queued: Message, wanted: Message, key: str) -> None:
    """Refuse a notice whose key belongs to a message with another content: it would be dropped silently."""
    if not queued.has_content_of(wanted):
        message = "A notice with this key was queued with another content: give this one a key of its own."
        raise Invalid("notice-differs", message, path="key", value=key)


def _message_key(recipients: Recipients, client_id: str, key: str, recipient: Chosen) -> str:
    """The unique key of a notice to one recipient.

    It contains the person. Otherwise a notice to a hidden person could suppress a notice to another one at the same
    address, which would reveal the hidden person (ACC-3). It is a digest, because a key and an address may be longer
    than a unique key.
    """
    parts = [recipients.topic, client_id, key, recipient.person_id, recipient.email.key]
    if recipients.item_id:
        parts += [recipients.item_id, recipient.contact_id]
    return f"notice/{sha256(chr(0).join(parts).encode()).hexdigest()}"


def _former_keys(
    recipients: Recipients, client_id: str, key: str, recipient: Chosen, absorbed: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """The keys that a notice had for the contacts which became a part of its client and its recipient since.

    Args:
        recipients, client_id, key, recipient: As in `_message_key`.
        absorbed: The ids of the contacts that became a part of others, by the id of these.
    """
    clients, people, holders = (
        (id, *absorbed.get(id, ())) for id in (client_id, recipient.person_id, recipient.contact_id)
    )
    if recipient.person_id == client_id and not recipients.item_id:
        # A fall-back to a client who is a person named no person in earlier releases.
        people = (*people, "")
    for client, person_id, contact_id in product(clients, people, holders):
        former = attrs.evolve(recipient, person_id=person_id, contact_id=contact_id)
        yield _message_key(recipients, client, key, former)
