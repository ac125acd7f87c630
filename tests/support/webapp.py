"""The web application of the examples: pages asked for in this process, and a server for a real browser."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from contactcore import Address, Affiliation, Company, Item, Person, Site, User
from contactcore.storage import Storage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

ROOT = User("ada", admin=True)
HOSTILE = "<script>alert(1)</script>"
TABS = ("overview", "people", "sites", "items", "timeline", "account", "history")
FORMS = ("edit", "delete", "picture/edit", "picture/candidates", "people/add", "sites/add", "items/add", "notify")
SECTIONS = ("lists", "fields", "terms", "portal", "forms", "defaults")
CONTACT_PAGES = [*(f"/contacts/{{id}}?tab={tab}" for tab in TABS), *(f"/contacts/{{id}}/{form}" for form in FORMS)]
STAFF_PAGES = [
    *("/contacts", "/contacts?q=a", "/contacts?order=changed", "/contacts?letter=C&kind=company"),
    *("/items", "/items/add", "/duplicates", "/import", "/submissions", "/trash", "/outbox", "/mailbox"),
    *("/privacy", "/privacy?q=hostile", "/handing-over", "/handing-over?user=vic&to=eve"),
    *("/add?kind=person", "/add?kind=company", *(f"/settings?section={section}" for section in SECTIONS)),
]


def token(html: str) -> str:
    """The token of a form against requests of other sites."""
    found = re.search('name="csrf" value="([^"]+)"', html)
    assert found, html
    return found[1]


def part(name: str) -> Any:
    """A module of the application; type checkers know it under another name, because it is no installed package."""
    return import_module(f"examples.webapp.{name}")


class Visitor:
    """Somebody who asks for pages without a browser.

    Args:
        client: A client of the application.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def sign_in(self, user: str = "ada", firm: str = "northfield") -> Visitor:
        """Sign in as a user of the demonstration."""
        self.post("/sign-in", on="/sign-in", firm=firm, user=user)
        return self

    def get(self, path: str, **headers: str) -> Any:
        """A page, after redirections."""
        return self._client.get(path, headers=headers, follow_redirects=True)

    def post(self, path: str, /, *, on: str = "/add", files: Any = None, **fields: Any) -> Any:
        """Send a form that stands on a page, with its token."""
        sent = {"csrf": token(self.get(on).text), **fields}
        return self._client.post(path, data=sent, files=files, follow_redirects=True)


def filled(storage: Storage) -> Any:
    """What the pages of an application share, with some generated contacts in one firm."""
    open_services, fill = part("app").open_services, part("demo").fill
    opened = open_services(storage, "http://127.0.0.1")
    fill(opened.workspaces["northfield"], 4)
    return opened


@contextmanager
def serving(storage: Storage, contacts: int, firm: str) -> Iterator[tuple[str, Any]]:
    """A server of the application on a port of its own: its address, and what its pages share."""
    import socket

    import uvicorn

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        services = part("app").open_services(storage, address)
        part("demo").fill(services.workspaces[firm], contacts)
        server = uvicorn.Server(uvicorn.Config(part("app").create_app(services), log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield address, services
        finally:
            server.should_exit = True
            thread.join()


def full_contact(services: Any, **rights: Any) -> Company:
    """A contact with hostile text in everything that it has."""
    with services.workspaces["northfield"].write(ROOT) as session:
        added: Company = session.contacts.add(
            Company(
                HOSTILE,
                division=HOSTILE,
                description=HOSTILE,
                tags=[HOSTILE],
                emails=["office@hostile.example"],
                addresses=[Address(HOSTILE, city=HOSTILE, billing=True)],
                **rights,
            ),
            sites=[Site(HOSTILE, access_notes=HOSTILE)],
            items=[Item(HOSTILE, description=HOSTILE)],
            people=[Affiliation(position=HOSTILE, information=HOSTILE, person=Person(HOSTILE, HOSTILE))],
        )
    return added


def sign_in(page: Any, user: str, firm: str) -> None:
    """Sign in as a user of the demonstration, in a browser."""
    page.goto("/sign-in")
    page.locator(f"input[name=firm][value={firm}]").check()
    page.locator(f"input[name=user][value={user}]").check()
    page.locator("button.main").click()
    page.wait_for_url("**/contacts")


def letter_to(page: Any, site: Any, address: str, *, other_than: str = "") -> str:
    """The text of the latest letter to an address, once it has arrived in the mail box of the demonstration."""
    mailbox = site[1].post.mailbox
    for _ in range(200):
        for letter in reversed(mailbox.letters):
            if letter.to == address and letter.text != other_than:
                return str(letter.text)
        page.wait_for_timeout(50)
    raise AssertionError(f"no letter to {address}")


def faults_of_access(page: Any) -> list[str]:
    """The serious findings of axe on the page."""
    import pytest

    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed (group browser)")
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']} {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
