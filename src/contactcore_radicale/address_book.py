"""The address book of a user: the cards of all contacts that the user sees, and what changed since a sync token."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import NamedTuple

import attrs

from contactcore import Company, Forbidden, Invalid, NotFound, Person, User, Workspace
from contactcore.formats.vcard.uids import uid_of
from contactcore.storage import Published
from contactcore.workspace.session import Session
from contactcore_radicale.book_state import Book, BookState, Entry
from contactcore_radicale.cards import (
    CardWriter,
    IncomingCard,
    ShownCard,
    added_contact,
    changed_contact,
    is_uid,
    named,
    wanted_name,
)
from contactcore_radicale.feed_reading import MOST_EVENTS, concerned, end_of_feed, events_after, mark_of
from contactcore_radicale.refusal import INVALID_CARD, Refusal

__all__ = ["AddressBook", "BookView", "country_of"]

_READER = User("carddav", admin=True)
"""Reads the feed and the country of the workspace, which are no personal data, and nothing else."""
_PAGE = 1_000
_TOKEN = "urn:contactcore:sync:"  # noqa: S105 - the beginning of each sync token, no secret


def country_of(workspace: Workspace) -> str:
    """The country by which the workspace reads national phone numbers; `""` for unknown.

    Args:
        workspace: The workspace.
    """
    with workspace.read(_READER) as session:
        return session.settings.country


@attrs.frozen
class BookView:
    """An address book at one moment.

    Attributes:
        book: How far it is known.
        entries: The cards by their names.
        state: The state that holds its changes.
    """

    book: Book
    entries: Mapping[str, Entry]
    state: BookState

    @property
    def token(self) -> str:
        """The sync token of this moment."""
        return f"{_TOKEN}{self.book.key}:{self.book.serial}"

    def changed_since(self, token: str) -> list[str]:
        """The names of the cards that were added, changed or removed since a token.

        Raises:
            ValueError: The token is of another book, is too old, or was never given out.
        """
        key, _, text = token.removeprefix(_TOKEN).partition(":")
        if not token.startswith(_TOKEN) or key != self.book.key or not (text.isascii() and text.isdecimal()):
            raise ValueError("The token is not one of this address book.")
        # A longer number is none that was given out, and `int` refuses very long ones.
        serial = int(text) if len(text) < 20 else -1
        if not self.book.floor <= serial <= self.book.serial:
            raise ValueError("The token is too old.")
        with self.state.locked():
            return self.state.changes(self.book, serial)


class _Found(NamedTuple):
    """A card with its contact."""

    entry: Entry
    contact: Person | Company
    shown: ShownCard


class AddressBook:
    """The address book of one user in one request.

    Args:
        workspace: The workspace.
        state: The cards that clients have seen.
        login: The name by which the user signed in.
        actor: The user of the workspace, under whose rights everything is read and written.
    """

    def __init__(self, workspace: Workspace, state: BookState, login: str, actor: User) -> None:
        self._workspace = workspace
        self._state = state
        self._login = login
        self._actor = actor
        self._writing: Session | None = None
        self._checked: dict[str, _Found | None] = {}

    @cached_property
    def view(self) -> BookView:
        """The book as it is now; it stays as it is for the rest of the request."""
        with self._state.locked():
            return self._refreshed()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, in which a card is looked at and changed. Two of them never overlap on one machine."""
        with self._state.locked():
            self.__dict__["view"] = self._refreshed()
            with self._workspace.write(self._actor) as session:
                self._writing = session
                try:
                    yield
                finally:
                    self._writing = None
                    self._checked.clear()

    def cards(self, names: Iterable[str]) -> Iterator[tuple[str, Entry, Person | Company, ShownCard] | str]:
        """The cards with these names; in the place of a card that is not there its name alone."""
        # A snapshot that is older than the book would lack cards that the client has seen in the list.
        entries = self.view.entries
        with self._session() as session:
            writer = CardWriter(session, self._today())
            for name in names:
                entry = entries.get(name)
                contact = None if entry is None else _seen(session, entry.contact)
                if entry is None or contact is None:
                    yield name
                else:
                    yield name, entry, contact, writer.write(contact, entry.uid)

    def card(self, name: str) -> _Found | None:
        """The card with a name; None if there is none that the user sees.

        Inside `writing` it is the one that was found first: its version is then the one that the request was judged
        by, and a change of somebody else since is a conflict.
        """
        if name not in self._checked:
            (found,) = self.cards([name])
            card = None if isinstance(found, str) else _Found(*found[1:])
            if self._writing is None:
                return card
            self._checked[name] = card
        return self._checked[name]

    def has_uid(self, uid: str) -> bool:
        """Whether a card of the book has a UID."""
        return any(entry.uid == uid for entry in self.view.entries.values())

    def put(self, name: str, card: IncomingCard) -> ShownCard:
        """Store the card of a client under a name; only inside `writing`.

        Returns:
            The card as it is stored.

        Raises:
            Refusal: The user may not change the contact, or the workspace refuses the card.
            Conflict: Somebody else changed the contact meanwhile.
        """
        session = self._written()
        found = self.card(name)
        with _refused():
            if found is None:
                contact = session.contacts.add(added_contact(card, name))
                uid, before = card.uid, None
            else:
                entry, contact, shown = found
                uid, before = entry.uid, shown.picture
                if contact.kind != card.contact.kind:
                    contact = session.contacts.convert(contact, card.contact.kind)
                contact = session.contacts.save(changed_contact(contact, shown, card))
            self._put_picture(session, contact, before, card)
        return CardWriter(session, self._today()).write(session.contacts.get(contact.id), uid)

    @staticmethod
    def _put_picture(session: Session, contact: Person | Company, before: bytes | None, card: IncomingCard) -> None:
        if before is not None and any(picture.data == before for picture in card.pictures):
            return
        if card.prepared is not None:
            session.pictures.set(contact.id, card.prepared)
        elif before is not None and not card.pictures:
            session.pictures.remove(contact.id)

    def delete(self, name: str) -> None:
        """Move the contact of a card to the trash; only inside `writing`.

        Raises:
            Refusal: The user may not delete the contact, or the application needs it.
        """
        found = self.card(name)
        if found is None:
            raise Refusal(404, "There is no such card.")
        with _refused():
            self._written().contacts.delete(found.contact)

    def rename(self, name: str, new: str) -> None:
        """Give a card another name; only inside `writing`.

        Raises:
            Refusal: The user may not change the contact, or the name cannot be kept.
        """
        found = self.card(name)
        if found is None:
            raise Refusal(404, "There is no such card.")
        with _refused():
            self._written().contacts.save(named(found.contact, new))

    def _written(self) -> Session:
        assert self._writing is not None
        return self._writing

    @contextmanager
    def _session(self) -> Iterator[Session]:
        if self._writing is not None:
            yield self._writing
        else:
            with self._workspace.read(self._actor) as session:
                yield session

    def _today(self) -> date:
        return self._workspace.host.clock().date()

    # Comparing with the workspace

    def _refreshed(self) -> BookView:
        """The book compared with the workspace; the state is locked."""
        book = self._state.book(self._workspace.name, self._login)
        events: list[Published] | None = None
        if book is not None:
            with self._workspace.read(_READER) as session:
                events = events_after(session, book.position, book.mark)
            if events is None:
                book = None  # the feed is not the one that the book was made of
        if book is None:
            # The position is read before the contacts, so that no change between the two is missed.
            with self._workspace.read(_READER) as session:
                position, mark = end_of_feed(session)
            book = attrs.evolve(self._state.start(self._workspace.name, self._login), position=position, mark=mark)
        entries = self._state.entries(book)
        actor, day = repr(self._actor), self._today().isoformat()
        if book.actor != actor or day < book.day or len(events or ()) > MOST_EVENTS:
            concerns = None
        else:
            concerns = concerned(events or ())
        if concerns is not None and day > book.day:
            concerns |= {id for id, entry in entries.items() if entry.until and entry.until <= day}
        if events:
            book = attrs.evolve(book, position=events[-1].position, mark=mark_of(events[-1]))
        if concerns is None or concerns:
            book, entries = self._compared(book, entries, concerns)
        if events or book.day != day or concerns is None:
            book = attrs.evolve(book, actor=actor, day=day)
            self._state.keep(book)
        return BookView(book, {entry.href: entry for entry in entries.values()}, self._state)

    def _compared(
        self, book: Book, entries: dict[str, Entry], concerns: set[str] | None
    ) -> tuple[Book, dict[str, Entry]]:
        """The book with the cards that the user sees now.

        Args:
            book: The book as it was.
            entries: Its cards by the ids of their contacts.
            concerns: The contacts whose cards may have changed; None for all.
        """
        with self._session() as session:
            writer = CardWriter(session, self._today())
            changed = _all(session) | entries.keys() if concerns is None else _affected(session, entries, concerns)
            contacts = {id: _seen(session, id) for id in changed}
            gone = [entries[id] for id in sorted(changed & entries.keys()) if contacts[id] is None]
            names = _Names(entry for id, entry in entries.items() if id not in changed)
            present: list[Entry] = []
            # Cards that the book has keep their names and UIDs before new ones take theirs.
            for id in sorted(changed, key=lambda id: (id not in entries, id)):
                contact = contacts[id]
                if contact is not None:
                    href, uid = names.given(contact, entries.get(id))
                    shown = writer.write(contact, uid)
                    changed_at = contact.changed_at or contact.added_at
                    modified = 0.0 if changed_at is None else changed_at.timestamp()
                    present.append(
                        Entry(id, href, uid, contact.version, shown.etag, modified, shown.place, shown.until)
                    )
        return self._stored(book, entries, gone, present)

    def _stored(
        self, book: Book, entries: dict[str, Entry], gone: list[Entry], present: list[Entry]
    ) -> tuple[Book, dict[str, Entry]]:
        changes = {entry.href: True for entry in gone}
        for entry in present:
            before = entries.get(entry.contact)
            if before is not None and before.href != entry.href:
                changes.setdefault(before.href, True)
        for entry in present:
            before = entries.get(entry.contact)
            if before is None or (before.href, before.etag) != (entry.href, entry.etag):
                changes[entry.href] = False
        self._state.replace(book, gone, present)
        if changes:
            book = attrs.evolve(book, serial=book.serial + 1, changed=time.time())
            book = attrs.evolve(book, floor=self._state.count(book, changes))
        removed = {entry.contact for entry in gone}
        kept = {id: entry for id, entry in entries.items() if id not in removed}
        return book, kept | {entry.contact: entry for entry in present}


class _Names:
    """The names and UIDs of the cards of a book, each of which only one card has.

    Args:
        entries: Cards that keep theirs.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        kept = list(entries)
        self._hrefs = {entry.href for entry in kept}
        self._uids = {entry.uid for entry in kept}

    def given(self, contact: Person | Company, before: Entry | None) -> tuple[str, str]:
        """The name and the UID of the card of a contact, which no other card gets any more."""
        own = uid_of("", contact.id)
        href = wanted_name(contact)
        if href in self._hrefs:
            # A name of its own, because another client may have chosen the id of this contact.
            candidates = (f"{contact.id}.vcf", *(f"{contact.id}-{number}.vcf" for number in range(1, 1_000)))
            kept = () if before is None else (before.href,)
            href = next(name for name in (*kept, *candidates) if name not in self._hrefs)
        uid = contact.external_id if is_uid(contact.external_id) else own
        if uid in self._uids:
            uid = own
        self._hrefs.add(href)
        self._uids.add(uid)
        return href, uid


def _all(session: Session) -> set[str]:
    """The ids of all contacts that the actor sees."""
    found: set[str] = set()
    after = None
    while True:
        page = session.contacts.page(role="any", limit=_PAGE, after=after)
        found.update(card.id for card in page)
        if page.next is None:
            return found
        after = page.next


def _affected(session: Session, entries: Mapping[str, Entry], concerns: set[str]) -> set[str]:
    """The contacts whose cards may have changed, and the people whose cards show one of them as their company."""
    found = concerns | {id for id, entry in entries.items() if entry.place in concerns}
    for id in concerns:
        if isinstance(_seen(session, id), Company):
            found |= {one.person_id for one in session.people.list(id)}
    return found


def _seen(session: Session, id: str) -> Person | Company | None:
    """A contact that the actor sees; None for any other, and for one that was merged into another."""
    try:
        found = session.contacts.get(id)
    except NotFound:
        return None
    return found if found.id == id else None


@contextmanager
def _refused() -> Iterator[None]:
    """Refuse a request with the reason that the workspace gives."""
    try:
        yield
    except Forbidden as error:
        raise Refusal(403, str(error)) from error
    except NotFound as error:
        raise Refusal(404, "There is no such card.") from error
    except Invalid as error:
        raise Refusal(403, str(error), INVALID_CARD) from error
