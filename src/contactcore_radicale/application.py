"""The CardDAV server: Radicale with the address books of a workspace as its storage.

This is the only module that imports Radicale, whose licence is the GPL-3.
"""

from __future__ import annotations

import io
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import formatdate
from functools import cached_property
from typing import Any, overload
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from radicale import config, log
from radicale.app import Application as RadicaleApplication
from radicale.auth import BaseAuth
from radicale.item import Item
from radicale.item.filter import TIMESTAMP_MAX, TIMESTAMP_MIN
from radicale.pathutils import strip_path
from radicale.storage import BaseCollection, BaseStorage

from contactcore import Conflict, Invalid, StorageError, User, Workspace
from contactcore.errors import check_record, check_text
from contactcore_radicale.address_book import AddressBook, country_of
from contactcore_radicale.book_state import BookState, Entry
from contactcore_radicale.cards import IncomingCard, ShownCard, parse_card
from contactcore_radicale.refusal import Refusal
from contactcore_radicale.requests import body_of, check_xml, is_readable, placeholder_of

__all__ = ["application"]

_BOOK = "contacts"
"""The name of the one address book of each user, in the address `/<login>/contacts/`."""
_ATTEMPTS = 3
_incoming: ContextVar[IncomingCard] = ContextVar("incoming")
_log = logging.getLogger(__name__)


def application(
    workspace: Workspace,
    actors: Callable[[str], User | None] | Mapping[str, User],
    *,
    check_password: Callable[[str, str], bool] | None = None,
    name: str = "Contacts",
    state: str | os.PathLike[str] | None = None,
    configuration: str | os.PathLike[str] | Mapping[str, Mapping[str, Any]] | None = None,
) -> Application:
    """A WSGI application that serves the contacts of a workspace over CardDAV.

    Args:
        workspace: The workspace.
        actors: A function that returns the `User` for the name of a user who has signed in, or None for somebody
            without an address book; or a mapping with these users. It is called for every request.
        check_password: A function that says whether a password is that of a name; None, the default, if the section
            `auth` of the configuration says who may sign in. Without either nobody may.
        name: The name of the address book on the devices; `"Contacts"` by default.
        state: The path of a file with the cards that clients have seen, which the processes of one machine share; None,
            the default, to keep that in memory, so that clients compare all cards after each start.
        configuration: The path of a configuration file of Radicale, or its sections as a mapping; None, the default,
            for Radicale's own defaults. The sections `hook`, `rights`, `sharing`, `storage` and `web` are not used.

    Returns:
        The application, for one WSGI server of any number of threads. Its `close` closes the file.

    Raises:
        Invalid: `record-type`, `not-a-function`, `text-type`, `not-a-mapping` for an argument of another type;
            `file-unreadable` for a configuration that Radicale cannot read.
    """
    check_record(Workspace, workspace=workspace)
    if not isinstance(actors, Mapping):
        _check_function(actors=actors)
    if check_password is not None:
        _check_function(check_password=check_password)
    check_text(name=name)
    if not isinstance(state, str | os.PathLike | None):
        raise Invalid("text-type", f"Give the path as text or a Path, not {type(state).__name__}.", path="state")
    loaded = _loaded(configuration)
    kept = BookState(state)

    def storage(given: config.Configuration) -> _Storage:
        return _Storage(given, workspace, actors, kept, name)

    own: dict[str, dict[str, Any]] = {
        "storage": {"type": storage, "strict_preconditions": "False", "predefined_collections": "{}"},
        "rights": {
            "type": "owner_only",
            "permit_delete_collection": "False",
            "permit_overwrite_collection": "False",
        },
        # Clients choose names such as `urn:uuid:….vcf`. Control characters are refused all the same.
        "server": {"validate_path_value": "none"},
        "hook": {"type": "none"},
        "sharing": {"type": "none"},
        "web": {"type": "none"},
    }
    if check_password is not None:
        own["auth"] = {"type": lambda given: _Passwords(given, check_password)}
    loaded.update(own, "contactcore", privileged=True)
    options = (loaded.get("logging", option) for option in ("level", "backtrace_on_debug", "trace_filter"))
    log.set_level(*options)
    return Application(loaded, workspace, kept)


def _check_function(**values: object) -> None:
    for name, value in values.items():
        if not callable(value):
            raise Invalid("not-a-function", f"Give a function here, not {type(value).__name__}.", path=name)


def _loaded(given: str | os.PathLike[str] | Mapping[str, Mapping[str, Any]] | None) -> config.Configuration:
    """The configuration of Radicale in a file or in sections."""
    if not isinstance(given, str | os.PathLike | Mapping | None):
        message = f"Give the path of a file, or sections with options, not {type(given).__name__}."
        raise Invalid("not-a-mapping", message, path="configuration")
    for name, section in given.items() if isinstance(given, Mapping) else ():
        if not isinstance(section, Mapping):
            raise Invalid("not-a-mapping", "Give the options by their names.", path=f"configuration.{name}")
    try:
        if isinstance(given, Mapping) or given is None:
            loaded = config.load()
            loaded.update(dict(given or {}), "application", privileged=True)
            return loaded
        return config.load([(os.fspath(given), False)])
    except (RuntimeError, ValueError) as error:
        raise Invalid("file-unreadable", f"The configuration cannot be read: {error}.", path="configuration") from error


class _Passwords(BaseAuth):
    """Asks the application that serves the address books for the passwords of its users."""

    def __init__(self, configuration: config.Configuration, check: Callable[[str, str], bool]) -> None:
        super().__init__(configuration)
        self._check = check

    def _login(self, login: str, password: str) -> str:
        return login if self._check(login, password) else ""


class Application(RadicaleApplication):
    """Radicale with exact answers to refused requests, and with the cards of clients as they were sent.

    Args:
        configuration: The configuration of Radicale.
        workspace: The workspace.
        state: The cards that clients have seen.
    """

    def __init__(self, configuration: config.Configuration, workspace: Workspace, state: BookState) -> None:
        super().__init__(configuration)
        self._workspace = workspace
        self._state = state

    def close(self) -> None:
        """Close the file with the cards that clients have seen."""
        self._state.close()

    def __call__(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request of a WSGI server."""
        try:
            # WSGI servers give the bytes of a path as Latin-1 (PEP 3333), and Radicale takes them as they are.
            path = str(environ.get("PATH_INFO", "")).encode("latin-1").decode()
        except UnicodeError:
            start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        given = {**environ, "PATH_INFO": path}
        if not is_readable(given.get("HTTP_AUTHORIZATION", "")):
            del given["HTTP_AUTHORIZATION"]
        return super().__call__(given, start_response)

    def do_PUT(  # noqa: N802 - the name of Radicale
        self,
        environ: Mapping[str, Any],
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[Any],
        request_info: dict[Any, Any],
    ) -> Any:
        """Store the card of a client, as it was sent.

        Radicale reads cards with another reader, which does not keep all of a card. It gets a card with the UID alone,
        by which it judges the request.
        """
        if not user:
            return super().do_PUT(environ, base_prefix, path, user, user_groups, request_info)
        card: IncomingCard | None = None

        def put() -> Any:
            nonlocal card
            card = card or parse_card(body_of(environ), country_of(self._workspace))
            placeholder = placeholder_of(card.uid)
            given = {**environ, "CONTENT_LENGTH": str(len(placeholder)), "wsgi.input": io.BytesIO(placeholder)}
            given["CONTENT_TYPE"] = "text/vcard; charset=utf-8"
            token = _incoming.set(card)
            try:
                status, headers, *more = super(Application, self).do_PUT(
                    given, base_prefix, path, user, user_groups, request_info
                )
            finally:
                _incoming.reset(token)
            # An ETag would say that the card is stored byte by byte (RFC 6352, section 6.3.2.3).
            return status, {name: value for name, value in dict(headers).items() if name != "ETag"}, *more

        return self._answered(put)

    def _read_xml_request_body(self, environ: Mapping[str, Any], *request: Any) -> ET.Element | None:
        """The body of a request, which Radicale reads with entities forbidden."""
        root: ET.Element | None = super()._read_xml_request_body(environ, *request)
        if root is not None:
            check_xml(str(environ["REQUEST_METHOD"]), root)
        return root

    def _answered(self, act: Callable[[], Any]) -> Any:
        """The answer to a request, or the refusal; a request that lost against another one is carried out again."""
        for _ in range(_ATTEMPTS):
            try:
                return act()
            except Refusal as refusal:
                return refusal.answer()
            except Conflict:
                continue
            except DefusedXmlException:
                return Refusal(400, "A request has no entities of XML.").answer()
            except (StorageError, sqlite3.Error) as error:
                _log.warning("The address books are busy: %s", error)
                break
        return Refusal(503, "The address book is busy. Try again.").answer()


def _answering(method: str) -> Callable[..., Any]:
    """A method of Radicale with exact answers to refused requests."""

    def answer(self: Application, *request: Any) -> Any:
        return self._answered(lambda: getattr(super(Application, self), method)(*request))

    return answer


for _method in ("GET", "HEAD", "PROPFIND", "REPORT", "DELETE", "MOVE", "MKCOL", "MKCALENDAR", "PROPPATCH"):
    setattr(Application, f"do_{_method}", _answering(f"do_{_method}"))


class _Card(Item):
    """A card of an address book, whose text is read when it is needed."""

    def __init__(self, collection: _Collection, entry: Entry, shown: ShownCard | None = None) -> None:
        super().__init__(
            collection=collection,
            href=entry.href,
            last_modified=formatdate(entry.modified, usegmt=True),
            text="" if shown is None else shown.text,
            etag=entry.etag if shown is None else shown.etag,
            uid=entry.uid,
            name="VCARD",
            component_name="",
            time_range=(TIMESTAMP_MIN, TIMESTAMP_MAX),
        )
        self._book = collection

    def serialize(self) -> str:
        """The text of the card."""
        if not self._text and self.href:
            self._text = self._book.texts.get(self.href, "")
        return self._text or ""


class _Collection(BaseCollection):
    """The root, the principal of a user, or the address book of a user.

    Args:
        path: The path without slashes at its ends.
        book: The address book; None for the root and a principal.
        name: The name of the address book on the devices.
    """

    def __init__(self, path: str, book: AddressBook | None = None, name: str = "") -> None:
        self._path = path
        self._book = book
        self._meta = {} if book is None else {"tag": "VADDRESSBOOK", "D:displayname": name}

    @property
    def path(self) -> str:
        """The path without slashes at its ends."""
        return self._path

    @property
    def book(self) -> AddressBook:
        """The address book."""
        if self._book is None:
            raise Refusal(403, "Only the address book has cards.")
        return self._book

    @property
    def etag(self) -> str:
        """A text that changes with each change of the address book."""
        return '""' if self._book is None else f'"{self._book.view.token}"'

    @property
    def last_modified(self) -> str:
        """The time of the last change."""
        return formatdate(0 if self._book is None else self._book.view.book.changed, usegmt=True)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts of all cards by their names."""
        return {item.href: item.serialize() for item in self.get_all() if item.href}

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """The sync token of now, and the names of the cards that changed since an older one."""
        view = self.book.view
        return view.token, view.changed_since(old_token) if old_token else list(view.entries)

    def get_multi(self, hrefs: Iterable[str]) -> Iterator[tuple[str, Item | None]]:
        """The cards with these names."""
        for found in self.book.cards(hrefs):
            if isinstance(found, str):
                yield found, None
            else:
                yield found[0], _Card(self, found[1], found[3])

    def get_all(self) -> Iterator[Item]:
        """All cards."""
        for _, item in self.get_multi(list(self.book.view.entries)):
            if item is not None:
                yield item

    def unread(self) -> Iterator[Item]:
        """All cards, whose texts are not read yet."""
        return (_Card(self, entry) for entry in self.book.view.entries.values())

    def get_filtered(self, filters: Iterable[Any]) -> Iterator[tuple[Item, bool]]:  # noqa: ARG002 - the interface of Radicale
        """All cards; Radicale compares them with the filters."""
        return ((item, False) for item in self.get_all())

    def has_uid(self, uid: str) -> bool:
        """Whether a card has a UID."""
        return self.book.has_uid(uid)

    def upload(self, href: str, item: Item) -> tuple[Item, Item | None]:  # noqa: ARG002 - the card as Radicale read it
        """Store the card of the request under a name."""
        card = _incoming.get()
        shown = self.book.put(href, card)
        return _Card(self, Entry("", href, card.uid, 0, shown.etag, 0.0), shown), None

    def delete(self, href: str | None = None) -> None:
        """Move the contact of a card to the trash."""
        if href is None:
            raise Refusal(403, "The address book cannot be deleted.")
        self.book.delete(href)

    @overload
    def get_meta(self, key: None = None) -> Mapping[str, str]: ...
    @overload
    def get_meta(self, key: str) -> str | None: ...
    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:
        """A property of the collection, or all of them."""
        return self._meta if key is None else self._meta.get(key)

    def set_meta(self, props: Mapping[str, str]) -> None:  # noqa: ARG002 - the interface of Radicale
        """Refused: the properties are fixed."""
        raise Refusal(403, "The name of the address book is fixed.")


class _Storage(BaseStorage):
    """The principals of the users, each with one address book."""

    _supports_unicode = True
    _supports_trailing_whitespace = True
    _supports_problematic_chars = True

    def __init__(
        self,
        configuration: config.Configuration,
        workspace: Workspace,
        actors: Callable[[str], User | None] | Mapping[str, User],
        state: BookState,
        name: str,
    ) -> None:
        super().__init__(configuration)
        self._workspace = workspace
        self._actor_of = actors.get if isinstance(actors, Mapping) else actors
        self._state = state
        self._name = name
        self._request = threading.local()

    @contextmanager
    def acquire_lock(self, mode: str, user: str = "", *_: Any, **__: Any) -> Iterator[None]:
        """Remember who asks; a request that writes gets a transaction, and one that reads needs no lock."""
        actor = self._actor_of(user) if user else None
        book = None if actor is None else AddressBook(self._workspace, self._state, user, actor)
        self._request.user, self._request.book = user, book
        try:
            if mode == "w" and book is not None:
                with book.writing():
                    yield
            else:
                yield
        finally:
            self._request.user, self._request.book = "", None

    def discover(self, path: str, depth: str = "0", *_: Any, **__: Any) -> Iterator[_Collection | Item]:
        """The collection or card at a path, with its contents if the depth is not 0; of the own user only."""
        user, book = self._request.user, self._request.book
        login, *below = strip_path(path).split("/")
        found: list[_Collection] = []
        if not login:
            found = [_Collection(""), *([_Collection(user)] if user else ())]
        elif user and login == user and not below:
            found = [_Collection(user), *([] if book is None else [self._address(user, book)])]
        elif user and login == user and book is not None and below[0] == _BOOK:
            yield from self._in_book(self._address(user, book), below[1:], deep=depth != "0")
        yield from found if depth != "0" else found[:1]

    def _address(self, user: str, book: AddressBook) -> _Collection:
        return _Collection(f"{user}/{_BOOK}", book, self._name)

    @staticmethod
    def _in_book(address: _Collection, names: list[str], *, deep: bool) -> Iterator[_Collection | Item]:
        """The address book, with its cards if asked for; or one card of it."""
        if not names:
            yield address
            if deep:
                yield from address.unread()
        elif len(names) == 1:
            found = address.book.card(names[0])
            if found is not None:
                yield _Card(address, found.entry, found.shown)

    def move(self, item: Item, to_collection: BaseCollection, to_href: str) -> None:
        """Give a card another name."""
        if not isinstance(to_collection, _Collection) or not item.href:
            raise Refusal(403, "A card cannot leave the address book.")
        to_collection.book.rename(item.href, to_href)

    def create_collection(self, *_: Any, **__: Any) -> tuple[BaseCollection, dict[str, Item], list[str]]:
        """Refused: each user has one address book."""
        raise Refusal(403, "There is one address book, and no other can be made.")

    def verify(self) -> bool:
        """The workspace is always in order."""
        return True
