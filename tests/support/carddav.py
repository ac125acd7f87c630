"""The address books of a workspace over CardDAV: requests in this process, a server on a free port, and devices."""

from __future__ import annotations

import asyncio
import base64
import gc
import io
import threading
import warnings
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import quote, unquote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from xml.etree import ElementTree as ET

import attrs

from contactcore import User, Workspace
from support.actors import AMELIE, BOB, ROOT

__all__ = ["PASSWORD", "Answer", "Device", "Server", "Visitor", "card", "configured", "served"]

PASSWORD = "secret"
USERS: Mapping[str, User] = {"amelie": AMELIE, "bob": BOB, "root": ROOT}
_DAV = "{DAV:}"
_CARDDAV = "{urn:ietf:params:xml:ns:carddav}"


def configured(workspace: Workspace, **options: Any) -> Any:
    """The application over a workspace, without the pauses by which Radicale slows attackers down."""
    from contactcore_radicale import application

    given: dict[str, Any] = {
        "check_password": lambda login, password: password == PASSWORD,
        "configuration": {"auth": {"delay": "0"}, "server": {"delay_on_error": "0"}, "logging": {"level": "error"}},
        **options,
    }
    return application(workspace, given.pop("actors", USERS), **given)


def card(uid: str, name: str = "Jane Doe", *lines: str, version: str = "3.0") -> str:
    """A card as a client sends it."""
    given, _, family = name.partition(" ")
    own = (f"VERSION:{version}", f"UID:{uid}", f"N:{family};{given};;;", f"FN:{name}", *lines)
    return "\r\n".join(("BEGIN:VCARD", *own, "END:VCARD", ""))


@attrs.frozen
class Answer:
    """The answer to a request."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def etag(self) -> str:
        """The ETag."""
        return self.headers["ETag"]

    def responses(self) -> dict[str, str]:
        """The names of the cards of a multistatus -> the ETag, or `"gone"`."""
        found = {}
        for one in ET.fromstring(self.text).iter(f"{_DAV}response"):
            gone = " 404 " in f"{one.findtext(f'{_DAV}status')} "
            found[_name(one)] = "gone" if gone else one.findtext(f".//{_DAV}getetag") or ""
        return found

    def texts(self) -> dict[str, str]:
        """The names of the cards of a report -> their text."""
        return {
            unquote(one.findtext(f"{_DAV}href") or "").rpartition("/")[2]: one.findtext(f".//{_CARDDAV}address-data")
            or ""
            for one in ET.fromstring(self.text).iter(f"{_DAV}response")
        }

    def token(self) -> str:
        """The sync token of a multistatus."""
        return ET.fromstring(self.text).findtext(f".//{_DAV}sync-token") or ""


def _name(response: ET.Element) -> str:
    return unquote(response.findtext(f"{_DAV}href") or "").rpartition("/")[2]


class Visitor:
    """Somebody who asks the application, in this process.

    Args:
        serve: The application.
        login: The name of the user.
        password: The password.
    """

    def __init__(self, serve: Any, login: str, password: str = PASSWORD) -> None:
        self._serve = serve
        self.login = login
        self.password = password
        self.errors = io.StringIO()

    @property
    def book(self) -> str:
        """The path of the address book."""
        return f"/{self.login}/contacts/"

    def ask(self, method: str, path: str, body: str | bytes = b"", **headers: str) -> Answer:
        """The answer to a request; a path without a slash at its start is the name of a card."""
        content = body.encode() if isinstance(body, str) else body
        path = path if path.startswith("/") else self.book + path
        credentials = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": self.errors,
            "CONTENT_LENGTH": str(len(content)),
            **({"HTTP_AUTHORIZATION": f"Basic {credentials}"} if self.login else {}),
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        found: list[Any] = []
        text = b"".join(self._serve(environ, lambda status, fields: found.extend((status, fields))))
        return Answer(int(found[0].split()[0]), dict(found[1]), text.decode())

    def put(self, name: str, text: str | bytes, **headers: str) -> Answer:
        """Store a card."""
        return self.ask("PUT", name, text, **headers)

    def get(self, name: str) -> Answer:
        """Read a card."""
        return self.ask("GET", name)

    def etags(self) -> dict[str, str]:
        """The names of all cards -> their ETags."""
        body = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
        found = self.ask("PROPFIND", self.book, body, depth="1").responses()
        return {name: etag for name, etag in found.items() if name}

    def sync(self, token: str = "") -> tuple[str, dict[str, str]]:
        """A new sync token, and the cards that changed since another one."""
        answer = self.ask_sync(token)
        assert answer.status == 207, answer
        return answer.token(), answer.responses()

    def ask_sync(self, token: str) -> Answer:
        """The answer to the request for the changes since a token."""
        inside = f"<sync-token>{token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop>"
        return self.ask("REPORT", self.book, f'<sync-collection xmlns="DAV:">{inside}</sync-collection>')

    def multiget(self, *names: str) -> Answer:
        """Read several cards."""
        hrefs = "".join(f"<D:href>{self.book}{quote(name)}</D:href>" for name in names)
        start = '<addressbook-multiget xmlns="urn:ietf:params:xml:ns:carddav" xmlns:D="DAV:">'
        prop = "<D:prop><D:getetag/><address-data/></D:prop>"
        return self.ask("REPORT", self.book, f"{start}{prop}{hrefs}</addressbook-multiget>")


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Write no log."""


@attrs.frozen
class Server:
    """A server on a free port."""

    address: str

    def device(self, login: str) -> Device:
        """A new device of a user."""
        return Device(f"{self.address}/{login}/contacts/", login)


@contextmanager
def served(serve: Any) -> Iterator[Server]:
    """Serve an application on a free port."""
    with make_server("127.0.0.1", 0, serve, _ThreadingServer, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


class Device:
    """The contacts of a device, which vdirsyncer keeps equal to an address book.

    Args:
        address: The address of the address book.
        login: The name of the user.
    """

    def __init__(self, address: str, login: str) -> None:
        from vdirsyncer.storage.memory import MemoryStorage as Cards
        from vdirsyncer.sync.status import SqliteStatus

        self._address = address
        self._login = login
        self._cards = Cards(fileext=".vcf")
        # A thread of its own, because the driver of a browser keeps a loop in the thread of the tests.
        self._thread = ThreadPoolExecutor(1)
        self._status = self._thread.submit(SqliteStatus, ":memory:").result()

    def _run(self, program: Coroutine[Any, Any, Any]) -> Any:
        return self._thread.submit(asyncio.run, program).result()

    @property
    def texts(self) -> dict[str, str]:
        """The UIDs of the cards -> their text."""
        return {item.uid: item.raw for _, item in self._cards.items.values()}

    def add(self, text: str) -> None:
        """Add a card on the device."""
        from vdirsyncer.vobject import Item

        self._run(self._cards.upload(Item(text)))

    def change(self, uid: str, old: str, new: str) -> None:
        """Replace a text in a card."""
        from vdirsyncer.vobject import Item

        href, etag, text = self._found(uid)
        assert old in text
        self._run(self._cards.update(href, Item(text.replace(old, new)), etag))

    def delete(self, uid: str) -> None:
        """Delete a card on the device."""
        href, etag, _ = self._found(uid)
        self._run(self._cards.delete(href, etag))

    def _found(self, uid: str) -> tuple[str, str, str]:
        return next((href, etag, item.raw) for href, (etag, item) in self._cards.items.items() if item.uid == uid)

    def sync(self, **options: Any) -> list[Exception]:
        """Synchronise both ways; returns the conflicts and refusals of single cards."""
        with warnings.catch_warnings():
            # vdirsyncer leaves answers open that it has not read.
            warnings.simplefilter("ignore", ResourceWarning)
            problems: list[Exception] = self._run(self._sync(options))
            gc.collect()
        return problems

    async def _sync(self, options: dict[str, Any]) -> list[Exception]:
        import aiohttp
        from vdirsyncer.storage.dav import CardDAVStorage
        from vdirsyncer.sync import sync

        problems: list[Exception] = []
        async with aiohttp.TCPConnector(limit_per_host=4) as connector:
            book = CardDAVStorage(url=self._address, username=self._login, password=PASSWORD, connector=connector)
            await sync(book, self._cards, self._status, error_callback=problems.append, force_delete=True, **options)
        return problems

    def close(self) -> None:
        """Forget what was synchronised."""
        self._thread.submit(self._status.close).result()
        self._thread.shutdown()
