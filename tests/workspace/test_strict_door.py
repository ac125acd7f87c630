"""No public method accepts an argument that cannot be meant: it is refused by its path, and nothing changes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from contactcore import (
    AccountEntry,
    Company,
    Conflict,
    ContactCoreError,
    Forbidden,
    Invalid,
    NotFound,
    PaymentMethod,
    Person,
    Settings,
    User,
    Workspace,
    from_plain,
    to_plain,
)
from contactcore.mapping.kinds import KINDS
from contactcore.model import NotificationPreferences, PermissionSet
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT

pytestmark = pytest.mark.cases_in_memory

SERVICES = (
    *("account", "contacts", "documents", "notifications", "outbox", "people", "portal", "privacy", "settings"),
    "trash",
)
SECRETS = {
    *("authenticate", "request_password", "set_password", "change_password"),
    *("request_email", "confirm_email"),
}
"""These answer anything that is wrong as they answer a wrong password or a used token."""

NUL, HALF = "\0", "\ud800"
UNKNOWN = "no-such-slug"
SLUGS = {
    "topic": "invoice",
    "purpose": "billing",
    "authority": "represent",
    "template": "welcome",
}
"""Argument with a slug -> a slug of the workspace's list."""

ENTRIES = {"type": "supplier", "category": "wood", "module": "invoices", "field": "size"}
"""Noun in the name of a method of the settings -> the slug of an entry."""


class World:
    """A workspace with one record of every kind, and the arguments with which every method would succeed."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.workspace = Workspace(storage, "acme", country="FR", currency="EUR")
        with Workspace(storage, "other").write(ROOT) as session:
            self.elsewhere = session.contacts.add(Company("Elsewhere")).id
        with self.workspace.write(ROOT) as session:
            session.settings.add_category("Wood")
            session.settings.define_field("Size")
            session.settings.set_permission_preset("Accountant", ["invoices"])
            self.client = session.contacts.add(Company("Bois", emails=["office@bois.fr"]))
            self.other = session.contacts.add(Company("Sud"))
            self.jane = session.people.add(
                self.client, Person("Jane", emails=["jane@bois.fr"]), notifications=["invoice"]
            )
            self.joan = session.people.add(self.client, Person("Joan", emails=["joan@bois.fr"]))
            self.login = session.portal.invite(self.jane, send=False).login
            self.gone = session.contacts.add(Company("Gone"))
            session.contacts.delete(self.gone)
            self.saved = session.account.save_method(self.client, PaymentMethod("tok_1"))
            session.account.post(self.client, AccountEntry("invoice", "1 EUR", key="F1", date="2026-01-05"))
            self.recipients = session.notifications.recipients(self.client, "invoice")
            (self.message,) = session.notifications.send(self.client, self.recipients, subject="7", text="Here.")

    def state(self) -> list[object]:
        with self.storage.read("acme") as reader:
            return [*(reader.dump(kind.name) for kind in KINDS), reader.feed()]

    def methods(self, session: Session) -> Iterator[tuple[str, Callable[..., Any], list[str]]]:
        """Every public method of a session's services, with its name and those of its arguments."""
        named = [("session", session), ("settings.notices", session.settings.notices)]
        for place, service in [*named, *((name, getattr(session, name)) for name in SERVICES)]:
            for name in dir(type(service)):
                if not name.startswith("_") and name not in SECRETS and callable(getattr(type(service), name)):
                    method = getattr(service, name)
                    parameters = inspect.signature(method).parameters.values()
                    names = [one.name for one in parameters if one.kind is not one.VAR_KEYWORD]
                    yield f"{place}.{name}", method, names

    def good(self, method: str, argument: str) -> Any:
        """An argument that can be meant."""
        place, _, name = method.rpartition(".")
        if argument == "contact":
            fitting = {"contacts.add": Company("New"), "trash.restore": self.gone.id, "trash.purge": self.gone.id}
            fitting["trash.restore_with_report"] = self.gone.id
            fitting["trash.matches"] = Company("New")
            moved = {
                "people.change_employer": self.other.id,
                "contacts.save": self.client,
                "contacts.another": self.client,
                "contacts.check": self.client,
            }
            return {**fitting, **moved}.get(method, self.client.id)
        if argument in {"slug", "slugs"}:
            noun = next((noun for noun in ENTRIES if noun in name or (noun == "category" and "categories" in name)), "")
            slug = SLUGS["purpose"] if place == "settings.notices" else ENTRIES.get(noun, "")
            return (
                [slug]
                if argument == "slugs"
                else slug
                if name.startswith(("rename", "archive", "remove", "change"))
                else "new"
            )
        records = {
            "client": self.client.id,
            "person": self.jane.person_id,
            "affiliation": self.jane if method == "people.save" else self.jane.id,
            "whom": self.joan.id,
            "login": self.login.id,
            "message": self.message.id,
            "recipients": self.recipients,
            "successor": self.joan.id,
            "people": [self.jane.person_id],
            "rows": [self.jane],
            "method": self.saved.id if name == "remove_method" else PaymentMethod("tok_2"),
            "entry": AccountEntry("invoice", "1 EUR", key="F2", date="2026-01-05"),
            "about": "project" if place == "notifications" else self.client.id,
        }
        values = {
            "name": "Accountant" if "preset" in name else "Another name",
            "on": ["person"] if name == "define_field" else True,
            "list": "purposes",
            "steps": ["client"],
            "topics": ["invoice"],
            "modules": ["invoices"],
            "module": "invoices",
            "template": "welcome" if place == "settings" else "Hello {{ client.name }}",
            "text": "Bois",
            "key": "F1",
            "start": date(2026, 1, 1),
            "end": date(2026, 1, 31),
            "email": "jo@bois.fr",
            "subject": "Invoice",
            "access": "private",
            "kind": "person",
            "contacts": [self.client.id],
        }
        defaults = {**SLUGS, **values, **records}
        if method == "people.may" and argument == "on":
            return None
        if argument == "template" and place == "documents":
            return values["template"]
        return defaults.get(argument, inspect.Parameter.empty)

    def arguments(self, method: Callable[..., Any], name: str, names: list[str]) -> dict[str, Any]:
        """The needed arguments of a method."""
        parameters = inspect.signature(method).parameters
        given = {one: self.good(name, one) for one in names if parameters[one].default is inspect.Parameter.empty}
        return {one: value for one, value in given.items() if value is not inspect.Parameter.empty}

    def refused(self, wrong: Callable[[str, str, Any], Mapping[str, Any]]) -> list[str]:
        """The calls with a wrong argument that were not refused by its path, or that changed something.

        Args:
            wrong: Gives the wrong arguments by a description, for a method, an argument and its annotation.
        """
        faults = []
        asked = 0
        before = self.state()
        with self.workspace.write(ROOT) as session:
            for name, method, names in self.methods(session):
                hints = inspect.get_annotations(inspect.unwrap(getattr(type(method.__self__), method.__name__)))
                good = self.arguments(method, name, names)
                for argument in names:
                    for described, value in wrong(name, argument, hints.get(argument, "")).items():
                        asked += 1
                        fault = fault_of(method, {**good, argument: value}, argument)
                        if fault:
                            faults.append(f"{name}({argument}={described}): {fault}")
        assert asked > 20
        if self.state() != before:
            faults.append("something changed")
        return faults


def fault_of(method: Callable[..., Any], given: Mapping[str, Any], argument: str, code: str = "") -> str:
    """The reason why a call with a wrong argument was not refused as it should be; `""` if it was."""
    try:
        method(**given)
    except Invalid as error:
        paths = [one.path for one in error.problems]
        if code and error.code != code:
            return error.code
    except NotFound as error:
        paths = [error.path]
    except Exception as error:  # noqa: BLE001 - the fault under test
        return f"{type(error).__name__}: {error}"
    else:
        return "accepted"
    # Two arguments may have the same id.
    fitting = tuple(name for name, value in given.items() if value is given[argument])
    return "" if all(path.startswith(fitting) for path in paths) else f"paths {paths}"


@pytest.fixture
def world(storage: Storage) -> World:
    return World(storage)


RECORDS = {"contact", "client", "person", "affiliation", "whom", "login", "message", "successor"}
FREE = {"about": "a kind of subject may be the application's own", "module": "may_see answers `module-unknown`"}


def takes_day(hint: str) -> bool:
    return "date" in re.findall(r"\w+", hint)


def takes_id(method: str, argument: str, hint: str) -> bool:
    return argument in RECORDS and "str" in hint and method not in {"contacts.add", "contacts.save"}


@pytest.mark.req("DIR-17")
def test_every_method_refuses_a_wrong_type_by_the_path_of_the_argument(world: World) -> None:
    def wrong(method: str, argument: str, hint: str) -> dict[str, Any]:
        if hint in {"object", "Any"}:
            return {}
        junk: dict[str, Any] = {"object": object(), "float": 1.5, "class": Session, "a date": date}
        if "int" not in re.findall(r"\w+", hint):
            junk["a number of 5,001 digits"] = 10**5_000
        if takes_day(hint):
            junk |= {
                "a moment": datetime(2026, 1, 5, 12, tzinfo=UTC),
                "no date": "5",
                "nothing": "",
                "a month": "2026-01",
            }
        if "bytes" not in hint:
            junk["bytes"] = b"x"
        if not any(word in hint for word in ("Iterable", "Sequence")):
            junk["list"] = [[]]
        if not any(word in hint for word in ("Mapping", "dict")):
            junk["mapping"] = {"x": "y"}
        if "str" not in hint and "Literal" not in hint and "Target" not in hint and "Slug" not in hint:
            junk["text"] = "5"
        return junk

    assert world.refused(wrong) == []


@pytest.mark.req("DIR-17")
def test_every_method_that_takes_a_day_takes_its_text_too(world: World) -> None:
    taken = []
    with world.workspace.read(ROOT) as reading:
        methods = [(name, names) for name, _, names in world.methods(reading)]
    for name, names in methods:
        with world.workspace.write(ROOT) as session:
            method = next(method for place, method, _ in world.methods(session) if place == name)
            hints = inspect.get_annotations(inspect.unwrap(getattr(type(method.__self__), method.__name__)))
            days = [one for one in names if takes_day(hints.get(one, ""))]
            if name == "people.withdraw":
                session.people.grant(world.jane, "represent")
            if days:
                method(**{**world.arguments(method, name, names), **dict.fromkeys(days, "2026-01-05")})
                taken.append(name)
    assert {"account.statement", "account.balance", "people.may", "people.change_employer"} <= {*taken}


@pytest.mark.req("DIR-17")
def test_every_method_refuses_text_that_no_storage_takes(world: World) -> None:
    def wrong(method: str, argument: str, hint: str) -> dict[str, Any]:
        if "bool" in hint or "int" in hint or ("date" in hint and "str" not in hint):
            return {}
        if hint.startswith(("Iterable[", "Sequence[")) or "Iterable[" in hint:
            return {"a list with NUL": [NUL], "a list with half a character": [HALF]}
        if "dict[" in hint:
            return {"NUL": {world.client.id: NUL}, "half a character": {HALF: world.jane.id}}
        return (
            {"NUL": NUL, "half a character": f"x{HALF}"}
            if any(one in hint for one in ("str", "Slug", "Target"))
            else {}
        )

    assert world.refused(wrong) == []


@pytest.mark.req("DIR-17")
@pytest.mark.req("ACC-3")
@pytest.mark.req("ACC-4")
def test_every_method_answers_an_id_that_no_record_of_the_kind_has_in_the_same_way(world: World) -> None:
    def wrong(method: str, argument: str, hint: str) -> dict[str, Any]:
        if not takes_id(method, argument, hint):
            return {}
        unknown = {"nothing": "", "an unknown id": "nobody", "a long id": "x" * 5_000, "of elsewhere": world.elsewhere}
        ids = {
            "affiliation": world.jane.id,
            "login": world.login.id,
            "message": world.message.id,
            "contact": world.other.id,
        }
        own = {"client": "contact", "person": "contact", "whom": "affiliation", "successor": "affiliation"}
        ids.pop(own.get(argument, argument))
        if argument in {"person", "whom"}:
            ids.pop("contact", None)
            ids["of a company"] = world.other.id
        return {**unknown, **{f"the id of another kind ({kind})": id for kind, id in ids.items()}}

    assert world.refused(wrong) == []


@pytest.mark.req("DIR-17")
def test_every_method_refuses_a_stored_record_of_another_kind(world: World) -> None:
    def wrong(method: str, argument: str, hint: str) -> dict[str, Any]:
        if argument not in RECORDS:
            return {}
        wrongs: dict[str, Any] = {"a login": world.login, "a message": world.message, "settings": Settings()}
        if argument in {"contact", "client"}:
            wrongs["an affiliation"] = world.jane
        return {
            name: one
            for name, one in wrongs.items()
            if not (argument in name or (name == "a login" and "Login" in hint))
        }

    assert world.refused(wrong) == []


@pytest.mark.req("DIR-17")
def test_every_method_refuses_an_unknown_slug_with_the_choices(world: World) -> None:
    def wrong(method: str, argument: str, hint: str) -> dict[str, Any]:
        if argument in FREE and not method.endswith("add_topic"):
            return {}
        if argument in {"modules", "topics"}:
            made = PermissionSet if argument == "modules" else NotificationPreferences
            return {
                "an unknown one": ["invoices" if argument == "modules" else "invoice", UNKNOWN],
                "a set": made([UNKNOWN]),
            }
        if argument in {"slugs", "steps"}:
            return {"an unknown one": [UNKNOWN]}
        is_entry = argument == "slug" and any(verb in method for verb in ("rename", "archive", "remove", "change"))
        is_slug = argument in {*SLUGS, "module", "replacement", "type", "access", "state", "target", "letter"}
        # The purposes of consents are the application's own.
        is_free = argument == "purpose" and method.startswith("privacy.")
        if (is_slug or is_entry) and not is_free and not (argument == "template" and "documents" in method):
            return {"unknown": UNKNOWN, **({} if argument in {"replacement", "module"} else {"empty": ""})}
        return {}

    assert world.refused(wrong) == []


@pytest.mark.req("DIR-17")
@pytest.mark.req("NOT-1")
@pytest.mark.req("POR-5")
@pytest.mark.req("PER-4")
@pytest.mark.parametrize(
    ("field", "good", "code"),
    [
        ("notifications", "invoice", "topic-unknown"),
        ("permissions", "invoices", "module-unknown"),
        ("authorities", "represent", "power-unknown"),
    ],
)
def test_no_path_stores_a_slug_that_is_not_on_the_list(world: World, field: str, good: str, code: str) -> None:
    wrong = {field: [good, "no-such"]}
    before = world.state()
    with world.workspace.write(ROOT) as session:
        people = session.people
        for call in (
            lambda: people.add(world.other, Person("New"), **wrong),
            lambda: people.add(world.other, "new@sud.fr", **wrong),
            lambda: people.add(world.other, world.jane, **wrong),
            lambda: people.save(attrs.evolve(people.get(world.jane), **wrong)),
            lambda: people.change_employer(world.jane, world.other, **wrong),
        ):
            with pytest.raises(Invalid) as refused:
                call()
            assert [(one.path, one.code) for one in refused.value.problems] == [(f"{field}[1]", code)]
            assert good in refused.value.reason
    assert world.state() == before


@pytest.mark.req("DIR-17")
def test_a_slug_that_the_stored_version_has_may_stay_but_comes_back_to_nobody(world: World) -> None:
    with world.workspace.write(ROOT) as session:
        session.settings.notices.add_authority("order")
        jane = session.people.grant(world.jane, "order")
    stored = world.workspace
    with stored.write(ROOT) as session:
        entries = session.settings.current.authorities.remove("order")
        from contactcore.workspace.repositories.settings import store_settings

        store_settings(session._transaction, attrs.evolve(session.settings.current, authorities=entries))
        saved = session.people.save(attrs.evolve(jane, position="CFO"))
        assert [one.slug for one in saved.authorities] == ["order"]
        with pytest.raises(Invalid):
            session.people.save(attrs.evolve(session.people.get(world.joan), authorities=["order"]))


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    ("filters", "path", "code"),
    [
        ({"type": "suplier"}, "type", "type-unknown"),
        ({"type": ["supplier", "x"]}, "type", "type-unknown"),
        ({"category": "iron"}, "category", "category-unknown"),
        ({"kind": "firm"}, "kind", "kind-unknown"),
        ({"kind": 5}, "kind", "kind-unknown"),
        ({"kind": []}, "kind", "kind-unknown"),
        ({"role": {}}, "role", "role-unknown"),
        ({"access": 5}, "access", "filter-type"),
        ({"access": {"a": 5}}, "access", "access-unknown"),
        ({"tag": NUL}, "tag", "text-nul"),
        ({"responsible": HALF}, "responsible", "text-surrogate"),
        ({"tag": 5}, "tag", "filter-type"),
        ({"colour": "red"}, "colour", "filter-unknown"),
    ],
)
def test_filters_name_what_there_is(world: World, filters: dict[str, Any], path: str, code: str) -> None:
    with world.workspace.read(AMELIE) as session:
        for ask in (
            session.contacts.page,
            session.contacts.count,
            session.contacts.letters,
            lambda **given: session.contacts.search("x", **given),
        ):
            with pytest.raises(Invalid) as refused:
                ask(**filters)
            assert (refused.value.path, refused.value.code) == (path, code)
    with pytest.raises(Invalid) as exported:
        world.workspace.exports(AMELIE).csv(object(), **filters)
    assert (exported.value.path, exported.value.code) == (path, code)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    ("path", "code", "ask"),
    [
        ("storage", "storage-type", lambda w: Workspace("crm.db", name="acme")),
        ("name", "text-type", lambda w: Workspace(w.storage, name=5)),
        ("name", "text-nul", lambda w: Workspace(w.storage, name=NUL)),
        ("actor", "actor-type", lambda w: w.workspace.read("amelie")),
        ("actor", "actor-type", lambda w: w.workspace.write(None)),
        ("actor", "actor-type", lambda w: w.workspace.imports("amelie")),
        ("actor", "actor-type", lambda w: w.workspace.exports(5)),
        ("actor", "actor-type", lambda w: w.workspace.change_language("root", "fr")),
        ("function", "not-a-function", lambda w: w.workspace.run(ROOT, "x")),
        ("attempts", "number-type", lambda w: w.workspace.run(ROOT, len, attempts="3")),
        ("language", "text-type", lambda w: w.workspace.change_language(ROOT, 5)),
        ("progress", "not-a-function", lambda w: w.workspace.change_language(ROOT, "fr", progress=1)),
        ("policy", "text-type", lambda w: w.workspace.imports(ROOT).plan("Name\nx\n", policy=5)),
        ("policy", "policy-unknown", lambda w: w.workspace.imports(ROOT).plan("Name\nx\n", policy="merge")),
        ("strict", "yes-no-type", lambda w: w.workspace.imports(ROOT).plan("Name\nx\n", strict="no")),
        ("mapping", "not-a-mapping", lambda w: w.workspace.imports(ROOT).plan("Name\nx\n", mapping=["a"])),
        ("responsibles", "not-a-list", lambda w: w.workspace.imports(ROOT).plan("Name\nx\n", responsibles="amelie")),
        ("plan", "record-type", lambda w: w.workspace.imports(ROOT).apply("file.csv")),
        ("plan", "record-type", lambda w: w.workspace.imports(ROOT).preview(None)),
        ("import_id", "record-type", lambda w: w.workspace.imports(ROOT).undo(7)),
        ("delimiter", "text-type", lambda w: w.workspace.exports(ROOT).csv(object(), delimiter=5)),
        ("actor", "actor-type", lambda w: w.workspace.maintenance("root")),
        ("user", "text-type", lambda w: w.workspace.maintenance(ROOT).hand_over(None, to="eve")),
        ("to", "text-nul", lambda w: w.workspace.maintenance(ROOT).hand_over("bob", to=NUL)),
        ("to", "text-type", lambda w: w.workspace.maintenance(ROOT).preview_hand_over("bob", to=["eve"])),
        ("progress", "not-a-function", lambda w: w.workspace.maintenance(ROOT).hand_over("a", to="b", progress=1)),
        ("ids", "not-a-list", lambda w: w.workspace.maintenance(ROOT).bulk(ids="1")),
        ("act", "record-type", lambda w: w.workspace.maintenance(ROOT).bulk(role="listed").apply({"delete": True})),
        ("act", "record-type", lambda w: w.workspace.maintenance(ROOT).bulk(role="listed").preview("delete")),
        ("bulk_id", "record-type", lambda w: w.workspace.maintenance(ROOT).undo(7)),
    ],
)
def test_the_entrance_refuses_what_cannot_be_meant(
    world: World, path: str, code: str, ask: Callable[[World], object]
) -> None:
    before = world.state()
    with pytest.raises(Invalid) as refused:
        ask(world)
    assert (refused.value.path, refused.value.code) == (path, code)
    assert world.state() == before


@pytest.mark.req("DIR-17")
def test_an_affiliation_stands_for_its_person_everywhere(world: World) -> None:
    with world.workspace.write(ROOT) as session:
        assert session.people.of(world.jane) == session.people.of(world.jane.person_id)
        assert session.people.may(world.jane, "represent", world.client).reason == "no-grant"
        assert session.notifications.by_hand(world.client, "invoice", [world.jane]).chosen
        assert session.people.add(world.other, world.jane).person_id == world.jane.person_id
        assert session.portal.of(world.jane) == session.portal.of(world.jane.person_id)


@pytest.mark.req("DIR-17")
def test_an_unstored_record_and_a_name_in_place_of_an_id_are_named(world: World) -> None:
    with world.workspace.write(User("amelie", admin=True)) as session:
        with pytest.raises(Invalid) as unstored:
            session.contacts.get(Company("New"))
        with pytest.raises(Invalid) as name:
            session.people.add(world.client, "Jane Doe")
        changed = attrs.evolve(session.people.get(world.jane).person, given_name="Zoe")
        with pytest.raises(Invalid) as edited:
            session.people.add(world.other, changed)
    assert [(one.value.code, one.value.path) for one in (unstored, name, edited)] == [
        ("not-stored", "contact"),
        ("person-by-name", "person"),
        ("edit-not-stored", "person"),
    ]


def edited(world: World, session: Session, argument: str) -> list[Any]:
    """Copies of the records that an argument may be, each with a change and the stored version."""
    people = [
        attrs.evolve(one, **change)
        for one in [session.people.get(world.joan if argument in {"whom", "successor"} else world.jane)]
        for change in (
            {"position": "edited"},
            {"primary": not one.primary},
            {"purposes": ["billing"]},
            {"person": attrs.evolve(one.person, given_name="Zoe")},
        )
    ]
    return {
        "contact": [attrs.evolve(session.contacts.get(world.client.id), description="edited")],
        "person": [people[-1].person, *people],
        "affiliation": people,
        "successor": people,
        "whom": [people[-1].person, *people],
        "login": [attrs.evolve(session.portal.get(world.login), last_login="2026-01-01T00:00:00.000000Z")],
        "message": [attrs.evolve(session.outbox.get(world.message), subject="edited")],
    }[argument]


def outdated(world: World, argument: str) -> list[Any]:
    """Copies of the records that an argument may be, each with a change and a version that is not stored."""
    with world.workspace.read(ROOT) as session:
        jane = session.people.get(world.joan if argument in {"whom", "successor"} else world.jane)
        affiliation, person = attrs.evolve(jane, email="zoe@bois.fr"), attrs.evolve(jane.person, given_name="Zoe")
        changed = {
            "contact": [attrs.evolve(session.contacts.get(world.client.id), description="edited")],
            "person": [affiliation, person],
            "affiliation": [affiliation],
            "successor": [affiliation],
            "whom": [affiliation, person],
            "login": [attrs.evolve(session.portal.get(world.login), email="zoe@bois.fr")],
            "message": [attrs.evolve(session.outbox.get(world.message), subject="edited")],
        }[argument]
    return [attrs.evolve(one, version=version) for one in changed for version in (0, 99)]


def is_act(world: World, name: str, given: Mapping[str, Any]) -> bool:
    """Whether a method is refused in a session that only reads."""
    with world.workspace.read(ROOT) as session:
        method = next(method for place, method, _ in world.methods(session) if place == name)
        try:
            method(**given)
        except ContactCoreError as error:
            return isinstance(error, Forbidden) and error.code == "read-only-session"
    return False


@pytest.mark.req("DIR-17")
def test_every_act_refuses_a_changed_copy_of_any_version_of_a_record_that_it_does_not_store(world: World) -> None:
    # The copy in the hands of the caller is older than the deletion, which raised the version.
    elsewhere = {"trash.restore", "trash.restore_with_report", "trash.purge", "trash.preview"}
    stores = {("contacts.save", "contact"), ("people.save", "affiliation"), ("contacts.add", "contact")}
    faults, acts = [], set()
    before = world.state()
    with world.workspace.read(ROOT) as reading:
        methods = [(name, names) for name, _, names in world.methods(reading)]
    for name, names in methods:
        for argument in RECORDS & {*names} - {"client"}:
            if name in elsewhere or (name, argument) in stores:
                continue
            with world.workspace.read(ROOT) as session:
                method = next(method for place, method, _ in world.methods(session) if place == name)
                good = world.arguments(method, name, names)
                copies = edited(world, session, argument)
            if not is_act(world, name, good):
                continue
            acts.add(f"{name}({argument})")
            for copy in copies:
                with world.workspace.write(ROOT) as session:
                    method = next(method for place, method, _ in world.methods(session) if place == name)
                    if "Person" not in str(inspect.signature(method).parameters[argument]) and isinstance(copy, Person):
                        continue
                    fault = fault_of(method, {**good, argument: copy}, argument, "edit-not-stored")
                    faults.append((name, argument, fault))
            for copy in outdated(world, argument):
                with world.workspace.write(ROOT) as session:
                    method = next(method for place, method, _ in world.methods(session) if place == name)
                    if "Person" not in str(inspect.signature(method).parameters[argument]) and isinstance(copy, Person):
                        continue
                    with pytest.raises(Conflict) as refused:
                        method(**{**good, argument: copy})
                    assert refused.value.mine == copy, (name, argument)
                    assert refused.value.stored.id == copy.id, (name, argument)
    assert [fault for fault in faults if fault[-1]] == []
    assert len(acts) >= 20
    assert world.state() == before


@pytest.mark.req("DIR-17")
@pytest.mark.req("ACC-3")
def test_a_changed_copy_of_a_record_that_the_actor_may_not_see_is_answered_like_a_missing_one(world: World) -> None:
    with world.workspace.read(ROOT) as session:
        client, jane = edited(world, session, "contact")[0], edited(world, session, "affiliation")[0]
        login = edited(world, session, "login")[0]
    with world.workspace.write(AMELIE) as session:
        for act, given, argument in (
            (session.contacts.share, client, "contact"),
            (session.people.make_primary, jane, "affiliation"),
            (session.portal.suspend, login, "login"),
        ):
            with pytest.raises(NotFound) as error:
                act(given)
            assert error.value.path == argument


@pytest.mark.req("DIR-17")
@pytest.mark.req("DIR-15")
def test_a_copy_from_before_a_change_of_the_same_session_is_known_to_have_changes_or_not(world: World) -> None:
    with world.workspace.write(ROOT) as session:
        jane, joan = session.people.get(world.jane), session.people.get(world.joan)
        client = session.contacts.get(world.client.id)
        session.people.make_primary(joan)
        session.people.make_primary_for(joan, "billing")
        assert session.people.make_primary(jane).primary
        session.contacts.save(attrs.evolve(client, description="new"))
        session.contacts.share(client, "shared-read")
        supplier = session.contacts.add(Company("Nord", type="supplier"))
        session.settings.remove_type("supplier")
        session.contacts.share(supplier, "shared-read")
        karl = session.people.add(world.client.id, Person("Karl", "Doe"), email="wrong@bois.fr")
        session.people.grant(karl, "represent")
        for act in (session.portal.invite, session.people.make_primary):
            with pytest.raises(Invalid) as refused:
                act(attrs.evolve(karl, email="right@bois.fr"))
            assert refused.value.code == "edit-not-stored"
        assert str(session.portal.invite(karl, send=False).login.email) == "wrong@bois.fr"


@pytest.mark.req("DIR-17")
@pytest.mark.req("DIR-15")
def test_an_outdated_copy_stands_for_its_record_but_not_where_a_letter_goes_by_it(world: World) -> None:
    with world.workspace.write(ROOT) as session:
        client, jane, login = (
            session.contacts.get(world.client.id),
            session.people.get(world.jane),
            session.portal.get(world.login),
        )
    with world.workspace.write(ROOT) as session:
        session.contacts.save(attrs.evolve(client, description="new"))
        changed = session.people.save(attrs.evolve(jane, position="new"))
        session.portal.suspend(world.login)
        session.portal.reopen(world.login)
    with world.workspace.write(ROOT) as session:
        session.contacts.share(client, "shared-read")
        session.people.make_primary_for(jane, "billing")
        session.portal.suspend(login)
        assert session.contacts.get(client.id).description == "new"
        assert session.people.get(jane.id).position == "new"
        with pytest.raises(Conflict) as refused:
            session.portal.invite(jane)
        assert refused.value.stored.position == changed.position


@pytest.mark.req("DIR-17")
def test_a_copy_that_went_through_json_is_no_changed_copy(world: World) -> None:
    with world.workspace.write(ROOT) as session:
        jane = from_plain(to_plain(session.people.get(world.jane)))
        session.people.make_primary(jane)
        session.contacts.share(from_plain(to_plain(session.contacts.get(world.client.id))), "shared-read")
        session.portal.suspend(from_plain(to_plain(session.portal.get(world.login))))
        session.outbox.cancel(from_plain(to_plain(session.outbox.get(world.message))))
