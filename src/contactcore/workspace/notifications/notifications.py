"""Who is mailed about what (NOT-1 to NOT-3, NOT-6)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from contactcore.errors import Invalid, collect
from contactcore.model import Company, Contact, Person, Settings
from contactcore.model.affiliation import Affiliation
from contactcore.model.message import Message
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
    """What the workspace decided about notices."""
    return MailingPolicy(
        topic_modules=settings.topic_modules,
        needs_permission=settings.notices_need_permission,
        default_permissions=settings.default_permissions,
        default_topics=settings.default_notifications,
        fall_backs=settings.fall_backs,
    )


@check_arguments()
class Notifications:
    """The recipients of notices.

    The answer speaks of the contact persons that the actor sees: whoever asks for the whole truth, as a job that mails
    invoices does, asks as an admin.

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
        """Who gets a notice, and for every other candidate why not (NOT-2, NOT-6).

        Args:
            contact: The client, or its id.
            topic: `"invoice"`, `"credit-note"`, `"estimate"`, `"ticket"`, `"project"`, `"contract"`, `"task"`, or one
                of the workspace's own.
            purpose: `"billing"`, ...: whose primary person a configured fall-back asks for first.
            about: The kind of thing that the notice is about; task notices are sent for tasks of a `"project"` only.

        Returns:
            `.chosen` with the address to use, `.explained` with a code for each candidate, and `.note` in a sentence.
            That nobody is mailed is an ordinary answer; no fall-back is taken unless the topic has one.

        Raises:
            NotFound: there is no such contact that the actor may see.
            Invalid: `topic-unknown`, `purpose-unknown`.
        """
        client, people = self._candidates(contact)
        policy = self._policy(topic, purpose)
        return resolve(client, people, topic, self._transaction.today, policy, purpose=purpose, about=about)

    def preselected(self, contact: str | Contact, topic: str) -> tuple[str, ...]:
        """Ids of the people who are ticked beforehand when a document is sent by hand (NOT-3).

        Args:
            contact: The client, or its id.
            topic: As for `recipients`.

        Raises:
            NotFound, Invalid: as `recipients`.
        """
        client, people = self._candidates(contact)
        return preselect(client, people, topic, self._transaction.today, self._policy(topic, None))

    def by_hand(self, contact: str | Contact, topic: str, people: Iterable[str | Person]) -> Recipients:
        """Who gets what is sent by hand: those who were selected, whatever their preference (NOT-3).

        Args:
            contact: The client, or its id.
            topic: As for `recipients`.
            people: Who was selected.

        Raises:
            NotFound: there is no such contact that the actor may see.
            Invalid: `topic-unknown`; `person-unknown`: somebody is no contact person of the client.
        """
        client, candidates = self._candidates(contact)
        selected = [id_of(one) for one in people]
        known = {one.person_id for one in candidates}
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
        """Queue a notice for everybody who was chosen, in this very transaction (NOT-7).

        Args:
            contact: The client, or its id.
            recipients: What `recipients` or `by_hand` gave; a choice by hand is recorded as such in the feed.
            subject, text, html: Of the notice.
            key: Names what the notice is about, such as an invoice number: the same notice about the same client is
                not queued twice for the same person at the same address.

        Returns:
            The queued messages; where one was queued before, that one.

        Raises:
            NotFound: there is no such contact that the actor may see.
            Forbidden: `read-only-session`.
            Invalid: what `Message` refuses.
        """
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
                key=_key(recipients.topic, client.id, key, one) if key else "",
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
        client = ContactRepository(self._transaction).get(contact)
        return client, visible_people(self._transaction, client.id)

    def _policy(self, topic: str, purpose: str | None) -> MailingPolicy:
        check_topic(self._transaction, topic)
        if purpose is not None:
            check_purpose(self._transaction, purpose)
        return mailing_policy(self._transaction.settings)


def _key(topic: str, client_id: str, key: str, one: Chosen) -> str:
    """Of one notice to one person: what somebody hidden was sent must not swallow another's, and tell of them (ACC-3).

    A digest, since numbers and addresses may be longer than a key.
    """
    parts = (topic, client_id, key, one.person_id, one.email.key)
    return f"notice/{sha256(chr(0).join(parts).encode()).hexdigest()}"
