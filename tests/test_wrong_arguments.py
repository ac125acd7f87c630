"""Whatever a caller gives to a public function, only errors of the library come out (DIR-17).

Left out are `restore`, which takes stored values as they are, the constructors of errors and enumerations, and the
answers that only the library makes. An error of the caller's own function or generator comes out as it is.
"""

from __future__ import annotations

import inspect
import io
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

import contactcore
import contactcore.delivery
import contactcore.model
import contactcore.values
import contactcore_radicale
from contactcore import (
    Affiliation,
    BulkAct,
    Company,
    Consent,
    ContactCoreError,
    Form,
    Host,
    Interaction,
    Invalid,
    Item,
    Money,
    Person,
    Settings,
    Site,
    User,
    Workspace,
)
from contactcore.delivery import Deliverer, SmtpServer, SmtpTransport
from contactcore.formats import documents, jscontact, pictures, vcard
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.model import Authority, ListEntry, PermissionSet
from contactcore.model.distinction import Distinction
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Message
from contactcore.model.permissions import derived_topics
from contactcore.model.term import Term
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore_memory import MemoryStorage
from contactcore_postgres import PostgresStorage
from contactcore_sqlite import SQLiteStorage
from support.wrong_values import NEEDED, WRONG

pytestmark = pytest.mark.req("DIR-17")

MORE: Mapping[str, Callable[[], object]] = {
    "infinity": lambda: 1e999,
    "not a number": lambda: float("nan"),
    "text": lambda: "nonsense",
    "[a lone surrogate]": lambda: ["\ud800"],
    "a pair": lambda: (1, 2),
    "a day": lambda: date(2026, 1, 1),
}
ALL_WRONG = WRONG | MORE

DAYS: Mapping[str, object] = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
SAMPLES: Mapping[str, Mapping[str, object]] = {
    **NEEDED,
    "AdminList": {"kind": ListEntry, "entries": [ListEntry(slug="a", name="A"), ListEntry(slug="b", name="B")]},
    "Affiliation": DAYS,
    "Authority": {"slug": "represent", **DAYS},
    "BulkAct": {"add_tags": ["new"], "add_categories": ["a"], "add_responsibles": ["amelie"]},
    "Settings": {"term": "pets"},
}
"""With more than a class needs, so that its methods have something to do."""

GOOD: Mapping[str, Callable[[], object]] = {
    "affiliation": lambda: Affiliation(id="1", person_id="2"),
    "affiliations": tuple,
    "address": lambda: "jo@example.org",
    "amounts": list,
    "authority": lambda: "represent",
    "client": lambda: Company("Bois"),
    "code": lambda: "past",
    "contact": lambda: Company("Bois"),
    "contacts": lambda: [Company("Bois")],
    "countries": lambda: ["FR", "DE"],
    "country": lambda: "FR",
    "data": lambda: {"kind": "person", "given_name": "Jo"},
    "email": lambda: "jo@example.org",
    "form": lambda: Form("A", fields=["email"]),
    "host": lambda: "mail.example",
    "interaction": lambda: Interaction("Call"),
    "item": lambda: Item("Rex"),
    "language": lambda: "nl",
    "name": lambda: "acme",
    "on": lambda: date(2026, 5, 1),
    "out": io.BytesIO,
    "path": lambda: "crm.db",
    "permissions": PermissionSet,
    "person": lambda: Person("Jo"),
    "port": lambda: 25,
    "sender": lambda: "post@acme.example",
    "server": lambda: SmtpServer(host="mail.example", port=25),
    "settings": Settings,
    "site": lambda: Site("Workshop"),
    "slug": lambda: "pets",
    "source": lambda: b"",
    "start": lambda: date(2026, 1, 1),
    "end": lambda: date(2026, 1, 2),
    "consent": lambda: Consent(purpose="newsletter"),
    "act": lambda: BulkAct(add_tags=["new"]),
    "storage": MemoryStorage,
    "template": lambda: "Dear {{ client.name }}",
    "text": lambda: "01 44 55 66 77",
    "today": lambda: date(2026, 5, 1),
    "topic": lambda: "invoice",
    "type": lambda: "invoice",
    "values": lambda: documents.values_of(Company("Bois"), (), Settings(), date(2026, 5, 1)),
    "word": lambda: "emails[1]",
}
"""A right value for an argument of this name; any text for the others."""


class Silent:
    """A transport that sends nothing."""

    def send(self, envelope: object) -> Any:
        raise AssertionError("nothing is sent")

    def close(self) -> None:
        pass


def _deliver_once(storage: Any, smtp: Any, sender: Any = "", pause: Any = 10.0) -> object:
    return contactcore.delivery.deliver(storage, smtp, sender=sender, once=True, pause=pause)


def _stopped() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


FUNCTIONS: Mapping[str, tuple[Callable[..., Any], Mapping[str, Callable[[], object]]]] = {
    "from_plain": (contactcore.from_plain, {}),
    "from_plain onto": (contactcore.from_plain, {"data": dict, "onto": lambda: Company("Bois")}),
    "to_plain": (contactcore.to_plain, {}),
    "label_of": (contactcore.label_of, {}),
    "message_of": (contactcore.message_of, {}),
    "derived_topics": (derived_topics, {}),
    "vcard.dumps": (vcard.dumps, {}),
    "vcard.loads": (vcard.loads, {}),
    "vcard.read": (vcard.read, {}),
    "vcard.write": (vcard.write, {}),
    "jscontact.dumps": (jscontact.dumps, {}),
    "jscontact.loads": (jscontact.loads, {}),
    "jscontact.read": (jscontact.read, {}),
    "jscontact.write": (jscontact.write, {}),
    "documents.names_in": (documents.names_in, {}),
    "documents.missing": (documents.missing, {}),
    "documents.render": (documents.render, {}),
    "documents.values_of": (documents.values_of, {}),
    "documents.variables": (documents.variables, {}),
    "pictures.avatar_address": (pictures.avatar_address, {}),
    "pictures.prepare": (pictures.prepare, {}),
    "RowProblem.of": (RowProblem.of, {}),
    "Mailbox.parse": (Mailbox.parse, {}),
    "Term.known": (Term.known, {}),
    "Message.has_content_of": (Message(to="jo@example.org", subject="A", text="A").has_content_of, {}),
    "Distinction.holds": (Distinction(contact_id="1", other_id="2").holds, {}),
    "Workspace": (Workspace, {}),
    "Host": (Host, {}),
    "copy_workspace": (copy_workspace, {"source": MemoryStorage, "target": MemoryStorage}),
    "MemoryStorage": (MemoryStorage, {}),
    "MemoryStorage.workspaces": (MemoryStorage().workspaces, {}),
    "SQLiteStorage": (SQLiteStorage, {}),
    "PostgresStorage": (PostgresStorage, {"dsn": lambda: "postgresql://user@localhost/crm"}),
    "Deliverer": (Deliverer, {"transport": Silent}),
    "Deliverer.run": (Deliverer(MemoryStorage(), Silent(), sender="a@acme.example").run, {"stop": _stopped}),
    "Deliverer.run_once": (Deliverer(MemoryStorage(), Silent(), sender="a@acme.example").run_once, {}),
    "deliver": (_deliver_once, {"smtp": lambda: "smtp://localhost?tls=none"}),
    "SmtpServer": (SmtpServer, {}),
    "SmtpServer.parse": (SmtpServer.parse, {}),
    "SmtpTransport": (SmtpTransport, {}),
    "radicale": (
        contactcore_radicale.application,
        {"workspace": lambda: Workspace(MemoryStorage(), name="acme"), "actors": dict},
    ),
}
"""Name -> the function, and right values for its arguments where those of `GOOD` are not."""


def _refuse(error: object) -> str:
    return f"{type(error).__name__}: {contactcore.errors.shorten(error)}"


def _unhandled(function: Callable[..., Any], own: Mapping[str, Callable[[], object]]) -> Iterator[str]:
    """The wrong values, one argument at a time, for which something else than an error of the library comes out."""
    parameters = [
        one
        for one in inspect.signature(function).parameters.values()
        if one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    ]
    known = {**GOOD, **own}
    needed = [one.name for one in parameters if one.default is one.empty or one.name in own]
    for parameter in parameters:
        for wrong, make in ALL_WRONG.items():
            given = {name: known.get(name, lambda: "a")() for name in needed}
            value = make()
            if callable(value) and parameter.name in CALLED:
                continue
            try:
                answer = function(**{**given, parameter.name: value})
                if isinstance(answer, Iterator):
                    list(answer)
                elif hasattr(answer, "__enter__"):
                    with answer:
                        pass
            except ContactCoreError:
                continue
            except Exception as error:  # noqa: BLE001 - any of them is a fault
                yield f"{parameter.name} = {wrong}: {_refuse(error)}"


CALLED = {"pictures", "function", "progress"}
"""A function of the caller is called; its errors are the caller's."""


@cache
def _methods() -> dict[str, Callable[..., Any]]:
    """The public methods of the values and entities, on samples."""
    found: dict[str, Callable[..., Any]] = {}
    for door in (contactcore, contactcore.values, contactcore.model):
        for name in door.__all__:
            kind = getattr(door, name)
            if not isinstance(kind, type) or not attrs.has(kind) or inspect.isabstract(kind) or name == "Problem":
                continue
            if name in {"Host", "Workspace"}:
                continue
            sample = kind(**SAMPLES.get(name, {}))
            for method in dir(kind):
                static = inspect.getattr_static(kind, method)
                if method.startswith("_") or method == "restore":
                    continue
                if isinstance(static, classmethod | staticmethod) or inspect.isfunction(static):
                    found[f"{name}.{method}"] = getattr(sample, method)
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_errors_of_the_library_come_out_of_a_function_with_wrong_arguments(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # for the text that is meant as a path
    function, own = FUNCTIONS[name]
    assert list(_unhandled(function, own)) == []


@pytest.mark.parametrize("name", _methods())
def test_only_errors_of_the_library_come_out_of_a_method_with_wrong_arguments(name: str) -> None:
    assert list(_unhandled(_methods()[name], {})) == []


def test_the_methods_of_all_public_values_are_called() -> None:
    assert {
        "Affiliation.of_themself",
        "Affiliation.is_current",
        "BulkAct.applied_to",
        "Money.totals",
        "Person.sort_name_in",
        "PersonName.full_name",
        "PhoneNumber.parse_in",
        "Settings.term_in",
    } <= set(_methods())
    assert len(_methods()) > 40


def _services(session: Any) -> Iterator[tuple[str, Any]]:
    """A session and everything that its properties give."""
    seen: list[tuple[str, Any]] = [("session", session)]
    while seen:
        path, service = seen.pop()
        yield path, service
        for name in dir(type(service)):
            if name.startswith("_") or inspect.isfunction(inspect.getattr_static(type(service), name)):
                continue
            try:
                found = getattr(service, name)
            except ContactCoreError:
                continue
            if type(found).__module__.startswith("contactcore.workspace") and path.count(".") < 3:
                seen.append((f"{path}.{name}", found))


def test_only_errors_of_the_library_come_out_of_a_session_with_one_wrong_argument() -> None:
    workspace = Workspace(MemoryStorage(), name="acme")
    asked, faults = 0, []
    with workspace.write(User("root", admin=True)) as session:
        client = session.contacts.add(Company("Bois"))
        jane = session.people.add(client, Person("Jane", emails=["jane@bois.fr"]))
        own = {"contact": lambda: client, "client": lambda: client, "affiliation": lambda: jane}
        for path, service in _services(session):
            for name in dir(type(service)):
                member = inspect.getattr_static(type(service), name)
                if not name.startswith("_") and inspect.isfunction(member):
                    method = getattr(service, name)
                    asked += 1
                    faults += [f"{path}.{name}: {fault}" for fault in _unhandled(method, own)]
    assert faults == []
    assert asked > 150


def test_amounts_that_are_no_money_are_refused_by_their_place() -> None:
    with pytest.raises(Invalid) as refused:
        Money.totals([Money(1, "EUR"), "5 EUR"])  # type: ignore[list-item] # the fault under test
    assert (refused.value.code, refused.value.path) == ("record-type", "amounts[1]")


def test_a_class_that_no_entity_has_is_refused_by_its_argument() -> None:
    for wanted in (int, "Person", None, (Person, Company)):
        with pytest.raises(Invalid) as refused:
            contactcore.from_plain({"kind": "person", "given_name": "Jo"}, wanted)  # type: ignore[call-overload]
        assert (refused.value.code, refused.value.path) == ("kind-unknown", "wanted")


def test_what_is_no_picture_is_refused_by_its_place() -> None:
    found: Any = lambda contact: [5]  # noqa: E731 - a function of the caller
    for write in (vcard.dumps, jscontact.dumps):
        with pytest.raises(Invalid) as refused:
            write([Company("Bois")], pictures=found)
        assert (refused.value.code, refused.value.path) == ("record-type", "pictures[0]")


def test_representatives_without_their_authority_are_refused_by_their_place() -> None:
    jane = Affiliation(person=Person("Jane"))
    for pair in ((jane, 5), (5, Authority(slug="represent")), (jane,)):
        with pytest.raises(Invalid) as refused:
            documents.values_of(Company("Bois"), (), Settings(), date(2026, 5, 1), representatives=[pair])  # type: ignore[list-item]
        assert (refused.value.code, refused.value.path) == ("record-type", "representatives[0]")


def test_an_error_of_the_callers_generator_comes_out_as_it_is() -> None:
    def amounts() -> Iterator[Money]:
        yield Money(1, "EUR")
        raise LookupError("of the caller")

    with pytest.raises(LookupError, match="of the caller"):
        Money.totals(amounts())
