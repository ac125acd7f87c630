"""Users who come to look after contacts are told on every path in, and once for each import (NOT-5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from contactcore import Company, Host, Person, User, Workspace
from contactcore.mapping import json
from contactcore.mapping.messages import message_of
from contactcore.model.mailbox import Recipient
from contactcore.model.message import Message
from contactcore.storage import Storage
from contactcore.testing.oracle import stored
from contactcore.workspace.imports.report import Progress, Report
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock

pytestmark = [pytest.mark.req("NOT-5"), pytest.mark.cases_in_memory]

USERS: Final = {
    "amelie": Recipient("amelie@acme.example", "Amélie", "fr"),
    "bob": Recipient("bob@acme.example", "Bob", "en"),
    "zoe": Recipient("zoe@acme.example", "Zoé", "pl"),
}
ROWS: Final = "First name,Last name,Company,E-mail\n" + "".join(f"P{n},Doe,Co{n % 3},p{n}@x.fr\n" for n in range(10))
FOR_ALL: Final = {"access": "private", "responsibles": ["amelie", "bob", "nobody", "zoe"]}


class _Killed(Exception):
    pass


@pytest.fixture
def space(storage: Storage) -> Workspace:
    host = Host(clock=Clock(tick=TICK), users=lambda name: USERS.get(name, True))
    return Workspace(storage, "acme", language="fr", country="FR", host=host)


def events(space: Workspace) -> list[tuple[str, str]]:
    """Subject and user of each event that names a responsible user."""
    with space.storage.read(space.name) as reader:
        told = [one.event for one in reader.feed(limit=5_000) if one.event.name == "responsible.assigned"]
    return [(event.subject, json.load(event.data)["user"]) for event in told]


def letters(space: Workspace) -> list[Message]:
    with space.storage.read(space.name) as reader:
        return [message_of(stored(record)) for record in reader.dump("message")]


def mailed(space: Workspace) -> list[tuple[str, str]]:
    return [(str(letter.to).partition("@")[0], letter.template) for letter in letters(space)]


def imported(
    space: Workspace,
    text: str = ROWS,
    actor: User = AMELIE,
    progress: Callable[[Progress], object] | None = None,
    **options: Any,
) -> Report:
    imports = space.imports(actor)
    return imports.apply(imports.plan(text, **FOR_ALL | options), progress)


def test_a_contact_that_is_added_for_others_tells_each_of_them(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois", responsibles=["amelie", "bob", "nobody"]))
        session.contacts.add(Company("Mine"))
    assert events(space) == [(client.id, "bob"), (client.id, "nobody")]
    assert mailed(space) == [("bob", "responsible-assigned")]


@pytest.mark.parametrize("way", ["save", "share"])
def test_a_contact_that_gets_other_users_tells_the_new_ones(space: Workspace, way: str) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois", responsibles=["amelie", "bob"]))
    with space.write(AMELIE) as session:
        if way == "save":
            session.contacts.save(attrs.evolve(client, responsibles=["amelie", "bob", "zoe"]))
        else:
            session.contacts.share(client, "private", responsibles=["amelie", "bob", "zoe"])
    assert events(space) == [(client.id, "bob"), (client.id, "zoe")]
    assert mailed(space) == [("bob", "responsible-assigned"), ("zoe", "responsible-assigned")]
    with space.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(client.id), division="North"))
        session.contacts.share(client.id, "shared-read")
    assert len(events(space)) == 2


def test_a_contact_person_for_others_is_an_event_for_each_and_a_letter_to_those_who_do_not_know_the_client(
    space: Workspace,
) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois", responsibles=["amelie", "bob"]))
    with space.write(AMELIE) as session:
        copied = session.people.add(client, Person("Jane", "Doe"))
        other = session.people.add(client, Person("Jo", "Doe", responsibles=["amelie", "bob", "zoe"]))
    people = [(copied.person_id, "bob"), (other.person_id, "bob"), (other.person_id, "zoe")]
    assert events(space) == [(client.id, "bob"), *people]
    assert [(who, letter.about) for (who, _), letter in zip(mailed(space), letters(space), strict=True)] == [
        ("bob", (client.id,)),
        ("zoe", (other.person_id,)),
    ]


@pytest.mark.usefixtures("small_transactions")
def test_an_import_for_others_tells_each_of_them_once(space: Workspace) -> None:
    report = imported(space)
    assert report.created == 10
    assert events(space) == [(report.id, "bob"), (report.id, "nobody"), (report.id, "zoe")]
    assert mailed(space) == [("bob", "responsible-imported"), ("zoe", "responsible-imported")]


@pytest.mark.parametrize(
    ("user", "language", "subject"),
    [
        ("amelie", "fr", "Vous suivez désormais des contacts importés"),
        ("bob", "en", "You look after imported contacts"),
        ("zoe", "pl", "Zaimportowane kontakty pod Twoją opieką"),
    ],
)
def test_the_letter_of_an_import_is_in_the_language_of_its_reader(
    space: Workspace, user: str, language: str, subject: str
) -> None:
    actor = ROOT if user == "amelie" else AMELIE
    imported(space, actor=actor, responsibles=[user])
    (letter,) = letters(space)
    assert (letter.template, str(letter.language), letter.to_name) == (
        "responsible-imported",
        language,
        USERS[user].name,
    )
    assert letter.subject == subject
    by = "Amélie" if actor is AMELIE else "root"
    assert by in letter.text
    assert by in letter.html
    # The letter names no contact: its reader may have lost the right to see one by the time it is read.
    assert "Doe" not in letter.text + letter.html
    assert "{{" not in letter.subject + letter.text + letter.html


@pytest.mark.usefixtures("small_transactions")
@pytest.mark.parametrize("batches", [1, 2])
def test_an_import_that_was_killed_and_goes_on_tells_nobody_twice(space: Workspace, batches: int) -> None:
    calls = []

    def stop(progress: Progress) -> None:
        calls.append(progress)
        if len(calls) == batches:
            raise _Killed

    with pytest.raises(_Killed):
        imported(space, progress=stop)
    told = (events(space), mailed(space))
    assert len(told[0]) == 3
    report = imported(space)
    assert report.created == 10
    assert (events(space), mailed(space)) == told
    assert {subject for subject, _ in told[0]} == {report.id}


@pytest.mark.usefixtures("small_transactions")
def test_an_import_whose_first_batch_makes_nothing_tells_when_a_later_one_does(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        for number in range(4):
            session.contacts.add(Person(f"P{number}", "Doe", emails=[f"p{number}@x.fr"]))
    report = imported(space, "First name,Last name,E-mail\n" + "".join(f"P{n},Doe,p{n}@x.fr\n" for n in range(10)))
    assert (report.created, report.skipped) == (6, 4)
    assert [user for _, user in events(space)] == ["bob", "nobody", "zoe"]
    assert len(letters(space)) == 2


def test_a_company_that_is_made_for_a_person_who_is_known_counts_too(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        session.contacts.add(Person("P0", "Doe", emails=["p0@x.fr"]))
    report = imported(space, ROWS.partition("P1,")[0], policy="update")
    assert (report.updated, report.companies_created) == (1, 1)
    assert [user for _, user in events(space)] == ["bob", "nobody", "zoe"]


def test_a_dry_run_tells_nobody(space: Workspace) -> None:
    imports = space.imports(AMELIE)
    assert imports.preview(imports.plan(ROWS, **FOR_ALL)).created == 10
    assert (events(space), letters(space)) == ([], [])


@pytest.mark.parametrize("policy", ["skip", "update"])
def test_an_import_that_makes_nothing_tells_nobody(space: Workspace, policy: str) -> None:
    with space.write(AMELIE) as session:
        for number in range(2):
            session.contacts.add(Person(f"P{number}", "Doe", emails=[f"p{number}@x.fr"]))
    text = "First name,Last name,E-mail,Phone\nP0,Doe,p0@x.fr,+33144556677\nP1,Doe,p1@x.fr,\n,,,\n"
    report = imported(space, text, policy=policy)
    assert (report.created, report.updated) == (0, policy == "update")
    assert (events(space), letters(space)) == ([], [])


def test_the_actor_alone_is_told_of_nothing(space: Workspace) -> None:
    imported(space, responsibles=["amelie"])
    imported(space, actor=BOB, responsibles=())
    assert (events(space), letters(space)) == ([], [])


def test_each_of_two_imports_tells(space: Workspace) -> None:
    first = imported(space)
    second = imported(space, ROWS.replace("@x.fr", "@y.fr"))
    assert second.created == 10
    assert [subject for subject, user in events(space) if user == "bob"] == [first.id, second.id]
    assert mailed(space) == [("bob", "responsible-imported"), ("zoe", "responsible-imported")] * 2


@pytest.mark.req("NOT-8")
@pytest.mark.req("IMP-3")
def test_the_waiting_letter_of_an_import_that_was_undone_whole_is_withdrawn(space: Workspace) -> None:
    report, other = imported(space), imported(space, ROWS.replace("@x.fr", "@y.fr").replace("Co", "Firm"))
    undone = space.imports(AMELIE).undo(report)
    assert undone.kept == ()
    assert [letter.state for letter in letters(space)] == ["dead", "dead", "waiting", "waiting"]
    assert {letter.last_error for letter in letters(space)[:2]} == {"The import was undone."}
    # Undoing again changes nothing, and neither does the undoing of an import whose letters were sent.
    space.imports(AMELIE).undo(report)
    with space.write(ROOT) as session:
        for letter in letters(space)[2:]:
            session.outbox.cancel(letter.id)
    before = letters(space)
    space.imports(AMELIE).undo(other)
    assert letters(space) == before


@pytest.mark.req("NOT-8")
@pytest.mark.req("IMP-3")
def test_the_letter_of_an_import_of_which_something_stays_is_sent(space: Workspace) -> None:
    report = imported(space)
    with space.write(BOB) as session:
        (card,) = [card for card in session.contacts.page() if card.name == "P0 Doe"]
        session.contacts.save(attrs.evolve(session.contacts.get(card.id), description="met her"))
    assert len(space.imports(AMELIE).undo(report).kept) > 0
    assert [letter.state for letter in letters(space)] == ["waiting", "waiting"]
