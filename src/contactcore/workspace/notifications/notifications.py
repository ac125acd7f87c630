"""The service of notifications: the recipients of a notice, with the reasons (NOT-1 to NOT-3, NOT-6, NOT-7)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from contactcore.errors import Invalid, collect
from contactcore.model import Company, Contact, Person, Settings
from contactcore.model.affiliation import Affiliation
from contactcore.model.message import Message
from contactcore.rules.portal_view import check_staff
from contactcore.rules.recipients import Chosen, MailingPolicy, Recipients, preselect, resolve
from contactcore.values.texts import refuse_unstorable
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import check_purpose, check_topic
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.people.people import visible_people
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.messages import enqueue

__all__ = ["Notifications", "mailing_policy"]


def mailing_policy(settings: Settings) -> MailingPolicy:
    """The decisions of a workspace about notices, in the form that the rules take.

    Args:
        settings: The settings of the workspace.
    """
    return MailingPolicy(
        topic_modules=settings.topic_modules,
        needs_permission=settings.notices_need_permission,
        default_permissions=settings.default_permissions,
        default_topics=settings.default_notifications,
        fall_backs=settings.fall_backs,
    )


@check_arguments()
class Notifications:
    """The recipients of notices; `session.notifications` is this service.

    An answer contains only contact persons that the actor sees (ACC-3). A job that mails invoices must therefore run as
    an admin, who sees all of them.

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
    ...     [str(one.to) for one in queued], again == queued
    (['jane@bois.fr'], [('Jane Doe', 'preference'), ('Joan Roe', 'preference-off')])
    'Nobody gets the ticket notice: Jane Doe has these notices switched off. Joan Roe has these notices switched off.'
    True
    (['joan@bois.fr'], True)
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def recipients(
        self,
        contact: str | Contact,
        topic: str,
        *,
        purpose: str | None = None,
        about: str | None = None,
    ) -> Recipients:
        """The recipients of a notice, and for every candidate the reason (NOT-2, NOT-6).

        The recipients are the current contact persons who want the topic. If the workspace requires permissions, a
        recipient also needs the permission for the module of the topic. Nobody else is mailed, unless an admin has set
        a fall-back for the topic.

        Args:
            contact: The client, or its id.
            topic: `"invoice"`, `"credit-note"`, `"estimate"`, `"ticket"`, `"project"`, `"contract"`, `"task"`, or a
                topic that an admin added.
            purpose: The purpose of which the fall-back `"purpose"` takes the primary person, such as `"billing"`; None
                by default.
            about: The kind of the subject, such as `"project"`; None by default. A notice of the topic `"task"` has
                recipients only if the subject is a `"project"`.

        Returns:
            The answer: `.chosen` lists the recipients, each with the address to use; `.explained` has a code and a
            reason for each candidate; `.note` is a summary in English. An answer without recipients is no error.

        Raises:
            NotFound: The contact does not exist, is in the trash, or is hidden from the actor.
            Forbidden: `staff-only` for a portal user, here and in all methods of the service.
            Invalid: `topic-unknown`, `purpose-unknown`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
        ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), notifications=[])
        ...     session.settings.notices.set_fall_back("invoice", ["client"])
        ...     [(str(one.email), one.reason) for one in session.notifications.recipients(client, "invoice").chosen]
        [('office@bois.fr', 'fall-back-client')]
        """
        client, people = self._candidates(contact)
        policy = self._policy(topic, purpose)
        return resolve(client, people, topic, self._transaction.today, policy, purpose=purpose, about=about)

    def preselected(self, contact: str | Contact, topic: str) -> tuple[str, ...]:
        """The ids of the people who are preselected when a user sends a document (NOT-3).

        Args:
            contact: The client, or its id.
            topic: As for `recipients`.

        Raises:
            NotFound, Invalid: As `recipients`.
        """
        client, people = self._candidates(contact)
        return preselect(client, people, topic, self._transaction.today, self._policy(topic, None))

    def by_hand(self, contact: str | Contact, topic: str, people: Iterable[str | Person]) -> Recipients:
        """The recipients of a document that a user sends: the selected people, whatever their preferences (NOT-3).

        Args:
            contact: The client, or its id.
            topic: As for `recipients`.
            people: The selected people, or their ids.

        Raises:
            NotFound: As `recipients`.
            Invalid: `topic-unknown`; `person-unknown` for a person who is not a contact person of the client.
        """
        client, candidates = self._candidates(contact)
        selected = [id_of(one) for one in people]
        known = {one.person_id for one in candidates} | ({client.id} if isinstance(client, Person) else set())
        for index, id in enumerate(selected):
            if id not in known:
                raise Invalid(
                    "person-unknown", "Select contact persons of the client.", path=f"people[{index}]", value=id
                )
        policy = self._policy(topic, None)
        return resolve(client, candidates, topic, self._transaction.today, policy, selected=selected)

    def send(
        self, contact: str | Contact, recipients: Recipients, *, subject: str, text: str, html: str = "", key: str = ""
    ) -> tuple[Message, ...]:
        """Queue a notice for each chosen recipient, in the transaction of the session (NOT-7).

        Args:
            contact: The client, or its id.
            recipients: The answer of `recipients` or `by_hand`; the feed records the reason of each choice.
            subject: The subject of the notice.
            text: The plain text of the notice.
            html: The HTML of the notice; `""`, the default, for none.
            key: The key of the subject, such as an invoice number; `""`, the default, for none. A notice with the same
                topic, client, key, person and address is queued only once.

        Returns:
            The messages, in the sequence of `recipients.chosen`; for a notice that was queued before, that message.

        Raises:
            NotFound: As `recipients`.
            Forbidden: `read-only-session`, `portal-reads-only`.
            Invalid: The problems of `Message`, such as `subject-empty`; `text-nul`, `text-surrogate` for the key.
        """
        self._transaction.require_writing()
        (key,) = collect(("key", lambda: refuse_unstorable(key)))
        client = ContactRepository(self._transaction).seen(contact)
        queued = []
        for one in recipients.chosen:
            message = Message(
                to=one.email,
                to_name=one.name,
                subject=subject,
                text=text,
                html=html,
                about=tuple(id for id in (client.id, one.person_id) if id),
                key=_message_key(recipients.topic, client.id, key, one) if key else "",
            )
            queued.append(enqueue(self._transaction, message))
        self._transaction.publish(
            "notice.queued",
            client.id,
            topic=recipients.topic,
            people=[one.person_id for one in recipients.chosen],
            reasons=[one.reason for one in recipients.chosen],
        )
        return tuple(queued)

    def _candidates(self, contact: str | Contact) -> tuple[Person | Company, tuple[Affiliation, ...]]:
        check_staff(self._transaction.actor)
        client = ContactRepository(self._transaction).get(contact)
        return client, visible_people(self._transaction, client.id)

    def _policy(self, topic: str, purpose: str | None) -> MailingPolicy:
        check_topic(self._transaction, topic)
        if purpose is not None:
            check_purpose(self._transaction, purpose)
        return mailing_policy(self._transaction.settings)


def _message_key(topic: str, client_id: str, key: str, recipient: Chosen) -> str:
    """The unique key of a notice to one recipient.

    It contains the person. Otherwise a notice to a hidden person could suppress a notice to another one at the same
    address, which would reveal the hidden person (ACC-3). It is a digest, because a key and an address may be longer
    than a unique key.
    """
    parts = (topic, client_id, key, recipient.person_id, recipient.email.key)
    return f"notice/{sha256(chr(0).join(parts).encode()).hexdigest()}"
