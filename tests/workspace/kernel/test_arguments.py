"""Arguments of another type than a method declares: refused by name at the door, before anything is done."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contactcore import Company, Invalid, Person, Workspace
from contactcore.workspace.session import Session
from contactcore_memory import MemoryStorage
from support.actors import ROOT

SERVICES = ("contacts", "documents", "notifications", "outbox", "people", "portal", "settings", "trash")
LENIENT = {
    *("authenticate", "request_password", "set_password", "change_password"),
    *("request_email", "confirm_email"),
}
"""These answer junk as they answer a wrong password."""


@pytest.fixture
def session() -> Iterator[Session]:
    with Workspace(MemoryStorage(), name="acme").write(ROOT) as session:
        yield session


def methods(session: Session) -> Iterator[tuple[Callable[..., Any], list[str]]]:
    found: list[object] = [session, session.settings.notices, *(getattr(session, name) for name in SERVICES)]
    for service in found:
        for name in dir(type(service)):
            if name.startswith("_") or name in LENIENT or not callable(getattr(type(service), name)):
                continue
            method = getattr(service, name)
            named = [
                one.name for one in inspect.signature(method).parameters.values() if one.kind is not one.VAR_KEYWORD
            ]
            if named:
                yield method, named


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize(
    "junk", [object(), b"bytes", 1.5, len, Session], ids=["object", "bytes", "float", "function", "class"]
)
def test_no_method_of_a_service_lets_an_argument_of_another_type_in(session: Session, junk: object) -> None:
    asked = 0
    for method, names in methods(session):
        asked += 1
        with pytest.raises(Invalid) as refused:
            method(**dict.fromkeys(names, junk))
        assert str(refused.value), method
    assert asked > 60


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(
    ("path", "code", "ask"),
    [
        ("limit", "number-type", lambda session, bois: session.contacts.page(limit="5")),
        ("limit", "number-type", lambda session, bois: session.contacts.search("b", limit=True)),
        ("limit", "number-type", lambda session, bois: session.trash.list(limit=None)),
        ("limit", "number-type", lambda session, bois: session.feed(0, 1.5)),
        ("letter", "text-type", lambda session, bois: session.contacts.count(letter=3)),
        ("after", "text-type", lambda session, bois: session.contacts.page(after=b"abc")),
        ("text", "text-type", lambda session, bois: session.contacts.search(None)),
        ("contact", "record-type", lambda session, bois: session.contacts.get(None)),
        ("contact", "record-type", lambda session, bois: session.contacts.add("Bois")),
        ("affiliation", "record-type", lambda session, bois: session.people.save("a")),
        ("responsibles", "not-a-list", lambda session, bois: session.contacts.share(bois, responsibles="amelie")),
        ("successors", "not-a-mapping", lambda session, bois: session.contacts.delete(bois, successors=["a"])),
        ("people", "not-a-list", lambda session, bois: session.notifications.by_hand(bois, "invoice", "jane")),
        (
            "together_with",
            "not-a-list",
            lambda session, bois: session.people.may("a", "represent", bois, together_with=1),
        ),
        ("on", "date-type", lambda session, bois: session.people.may("a", "represent", bois, on=datetime.now(UTC))),
        ("on", "yes-no-type", lambda session, bois: session.settings.notices.need_permission(on="no")),
        ("archived", "yes-no-type", lambda session, bois: session.settings.archive_category("a", archived="no")),
        ("slugs[1]", "text-type", lambda session, bois: session.settings.reorder_types(["supplier", []])),
        ("key", "text-surrogate", lambda session, bois: notice(session, bois, key="\ud800")),
    ],
)
def test_an_argument_of_another_type_is_refused_by_its_name(
    session: Session, path: str, code: str, ask: Callable[[Session, Company], object]
) -> None:
    bois = session.contacts.add(Company("Bois"))
    with pytest.raises(Invalid) as refused:
        ask(session, bois)
    assert (refused.value.path, refused.value.code) == (path, code)


def notice(session: Session, client: Company, key: str) -> object:
    jane = session.people.add(client, Person("Jane", emails=["jane@bois.fr"]))
    by_hand = session.notifications.by_hand(client, "invoice", [jane.person_id])
    return session.notifications.send(client, by_hand, subject="Invoice", text="Here.", key=key)


@pytest.mark.req("NOT-3")
def test_somebody_selected_who_is_no_record_is_refused(session: Session) -> None:
    bois = session.contacts.add(Company("Bois"))
    with pytest.raises(Invalid) as refused:
        session.notifications.by_hand(bois, "invoice", [None])  # type: ignore[list-item] # the fault under test
    assert refused.value.code == "record-type"


@pytest.mark.req("POR-2")
def test_a_refused_argument_is_not_repeated_since_it_may_be_a_secret(session: Session) -> None:
    bois = session.contacts.add(Company("Bois"))
    jane = session.people.add(bois, Person("Jane", emails=["jane@bois.fr"]))
    with pytest.raises(Invalid) as refused:
        session.portal.invite(jane, password=b"correct horse battery")  # type: ignore[arg-type] # the fault under test
    assert refused.value.value is None
    assert "horse" not in str(refused.value)


@pytest.mark.req("DIR-2")
def test_an_order_given_by_a_generator_is_taken_over(session: Session) -> None:
    wanted = ["supplier", "contractor"]
    session.settings.reorder_types(slug for slug in wanted)  # type: ignore[arg-type] # the fault under test
    assert [one.slug for one in session.settings.types][:2] == wanted


@pytest.mark.req("DIR-11")
def test_a_card_or_a_hit_stands_for_its_contact(session: Session) -> None:
    bois = session.contacts.add(Company("Bois"))
    (card,) = session.contacts.page().items
    (hit,) = session.contacts.search("bois")
    assert session.contacts.get(card) == session.contacts.get(hit.card) == session.contacts.get(hit) == bois
    division: str = session.contacts.get(card, Company).division
    assert division == ""
    moment = session.contacts.get(card).changed_at
    assert moment is None or session.contacts.get(hit, as_of=moment) == bois


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    ("message", "ask"),
    [
        ("Give an Affiliation here, not str.", lambda session, bois: session.people.save("a")),
        ("Give an Affiliation, or an id, here, not int.", lambda session, bois: session.people.get(5)),
        ("Give an Item here, not int.", lambda session, bois: session.items.add(bois, 5)),
        ("Give a Site here, not int.", lambda session, bois: session.sites.add(bois, 5)),
        ("Give an AccountEntry here, not int.", lambda session, bois: session.account.post(bois, 5)),
        (
            "Give a Person or an Affiliation, or an id, here, not int.",
            lambda session, bois: session.contacts.add(Company("Sud"), people=[5]),
        ),
    ],
)
def test_a_refused_record_names_the_accepted_ones_with_their_articles(
    session: Session, message: str, ask: Callable[[Session, Company], object]
) -> None:
    bois = session.contacts.add(Company("Bois"))
    with pytest.raises(Invalid) as refused:
        ask(session, bois)
    assert (refused.value.code, refused.value.problems[0].message) == ("record-type", message)
