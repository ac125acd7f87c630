"""How many round trips an act takes, and which error a caller gets when one of them fails halfway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import attrs
import psycopg
import pytest

from contactcore import Company, Duplicate, Host, Person, User, Workspace
from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, DuplicateKey, Event, Kind, Order, Query, Record
from contactcore.storage.records import Stored
from contactcore.workspace.session import Session
from contactcore_postgres import PostgresStorage
from contactcore_postgres import wire as wire_module
from contactcore_postgres.wire import Wire
from support.round_trips import counted_trips

KINDS = (Kind("contact", (Order("name", words=True),)), Kind("note", (), references={"about": "contact"}))
ACME = "acme"
AMELIE = User("amelie")


@pytest.fixture
def storage(dsn: str) -> Iterator[PostgresStorage]:
    with closing(PostgresStorage(dsn)) as opened:
        opened.install(KINDS)
        with opened.write(ACME) as writer:
            writer.insert([contact("1")])
        yield opened


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return counted_trips(monkeypatch)


def contact(id: str, **more: Any) -> Record:
    return Record(kind="contact", id=id, **{"orders": {"name": id}, **more})


def note(id: str, about: str) -> Record:
    return Record(kind="note", id=id, references={"about": about})


def ids_of(storage: PostgresStorage, kind: str = "contact") -> list[str]:
    with storage.read(ACME) as reader:
        return [record.id for record in reader.dump(kind)]


def person(number: int) -> Person:
    return Person("Jane", f"Doe{number}", emails=[f"jane{number}@x.fr"], phones=["0612345678"], tags=["vip"])


@pytest.fixture
def workspace(dsn: str, trips: list[str]) -> Iterator[Workspace]:
    with closing(PostgresStorage(dsn)) as opened:
        workspace = Workspace(opened, "acme", country="FR", language="fr")
        with workspace.write(
            AMELIE
        ) as session:  # the first one stores the settings, the tag and the history's beginning
            session.people.add(session.contacts.add(Company("Bois")), person(0))
        trips.clear()
        yield workspace


def test_a_person_is_added_in_three_round_trips(workspace: Workspace, trips: list[str]) -> None:
    with workspace.write(AMELIE) as session:
        session.contacts.add(person(1))
    # The beginning with the settings; the tags; and all that is written, with the commit.
    assert len(trips) == 3


def test_a_person_with_a_tag_that_many_contacts_have_is_added_in_three_round_trips(
    workspace: Workspace, trips: list[str]
) -> None:
    with workspace.write(AMELIE) as session:
        for number in range(60):
            session.contacts.add(Company(f"Sud {number}", tags=["Vip"], access="shared-read"))
            session.contacts.add(Company(f"Nord {number}"))
    trips.clear()
    with workspace.write(AMELIE) as session:
        added = session.contacts.add(person(1))
    assert [tag.text for tag in added.tags] == ["vip"]
    assert len(trips) == 3


def test_a_contact_without_tags_is_added_in_three_round_trips(workspace: Workspace, trips: list[str]) -> None:
    with workspace.write(AMELIE) as session:
        session.contacts.add(Company("Lune"))
    assert len(trips) == 3


@pytest.mark.parametrize(
    "change",
    [{"description": "changed"}, {"phones": ("0698765432",)}, {"name": "Lune"}],
    ids=lambda change: next(iter(change)),
)
def test_a_contact_is_read_and_changed_in_four_round_trips(
    workspace: Workspace, trips: list[str], change: dict[str, Any]
) -> None:
    with workspace.write(AMELIE) as session:
        id = session.contacts.add(Company("Sud", phones=["0612345678"])).id
    trips.clear()
    with workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(id), **change))
    # The beginning with the settings; the contact; its lock with what belongs to it; and all that is written.
    assert len(trips) == 4


def test_a_contact_that_was_read_before_is_changed_in_four_round_trips(workspace: Workspace, trips: list[str]) -> None:
    with workspace.write(AMELIE) as session:
        read = session.contacts.add(Company("Sud"))
    trips.clear()
    with workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(read, name="Nord"))
    assert len(trips) == 4


def test_a_contact_person_is_added_in_eight_round_trips(workspace: Workspace, trips: list[str]) -> None:
    with workspace.write(AMELIE) as session:
        id = session.contacts.add(Company("Sud")).id
    trips.clear()
    with workspace.write(AMELIE) as session:
        session.people.add(id, person(2))
    assert len(trips) == 8


def test_a_contact_is_read_in_one_round_trip(workspace: Workspace, trips: list[str]) -> None:
    with workspace.write(AMELIE) as session:
        id = session.contacts.add(Company("Sud")).id
    trips.clear()
    with workspace.read(AMELIE) as session:
        assert session.contacts.get(id).name == "Sud"
    # The beginning with the contact and the settings. Nobody waits for the end.
    assert len(trips) == 1


def test_settings_that_others_changed_since_the_last_session_are_those_of_a_page_and_a_search(
    dsn: str, workspace: Workspace
) -> None:
    with workspace.write(AMELIE) as session:
        for name in ("Zorn", "Ölmez", "Oswald"):
            session.contacts.add(Company(name))
    with workspace.read(AMELIE) as session:
        before = [card.name for card in session.contacts.page()]
    with closing(PostgresStorage(dsn)) as opened:
        Workspace(opened, "acme").change_language(User("root", admin=True), "sv")
    with workspace.read(AMELIE) as session:
        after = [card.name for card in session.contacts.page()]
        assert [hit.name for hit in session.contacts.search("zo")] == ["Zorn"]
    assert before.index("Ölmez") < before.index("Zorn")
    assert after.index("Ölmez") > after.index("Zorn")


@pytest.fixture
def directory(workspace: Workspace, trips: list[str]) -> Iterator[Session]:
    """A session that reads a directory of companies with and without people."""
    with workspace.write(AMELIE) as session:
        for number in range(3):
            session.people.add(session.contacts.add(Company(f"Sud {number}", tags=["vip"])), person(number + 1))
            session.contacts.add(Company(f"Nord {number}"))
    trips.clear()
    with workspace.read(AMELIE) as session:
        yield session


@pytest.mark.parametrize(
    ("act", "most"),
    [
        # The beginning with the settings, which are mostly those of the session before, and the contacts; and their
        # primary people. Nobody waits for the end.
        (lambda session: session.contacts.page(), 2),
        (lambda session: session.contacts.page(tag="vip"), 2),
        (lambda session: session.contacts.page(limit=2, after=session.contacts.page(limit=2).next), 4),
        (lambda session: session.contacts.search("sud"), 3),
        (lambda session: session.contacts.search("sud 1"), 3),
        (lambda session: session.contacts.search("doe2"), 4),
        (lambda session: session.contacts.search("jane"), 4),
        (lambda session: session.contacts.search("nobody"), 2),
        # A number may be a name too: both are searched together.
        (lambda session: session.contacts.search("0698765432"), 2),
        (lambda session: session.contacts.letters(), 2),
    ],
    ids=[
        "page",
        "filtered page",
        "two pages",
        "name",
        "two words",
        "person",
        "first name",
        "nothing",
        "number",
        "letters",
    ],
)
def test_a_directory_is_read_in_few_round_trips(
    directory: Session, trips: list[str], act: Callable[[Session], object], most: int
) -> None:
    act(directory)
    assert len(trips) == most


def test_a_question_that_is_announced_twice_is_asked_once(storage: PostgresStorage, trips: list[str]) -> None:
    query = Query(kind="contact", order="name", access=SYSTEM)
    with storage.read(ACME) as reader:
        reader.announce(query)
        reader.announce(query)
        trips.clear()
        reader.get("note", ["1"])
        reader.announce(query)
        assert [card.id for card in reader.find(query).cards] == ["1"]
        reader.get("note", ["2"])
    assert ["FROM posting" in trip for trip in trips] == [True, False]
    assert trips[0].count("LIMIT %(hits)s) UNION ALL") == 1


def test_a_reader_that_asks_nothing_sends_nothing(storage: PostgresStorage, trips: list[str]) -> None:
    trips.clear()
    with storage.read(ACME):
        pass
    assert trips == []


def test_a_writer_that_did_nothing_creates_its_workspace(storage: PostgresStorage) -> None:
    with storage.write("new"):
        pass
    assert storage.workspaces() == [ACME, "new"]


def test_ids_that_the_application_draws_twice_are_refused_as_taken(dsn: str) -> None:
    ids = iter(f"id{number}" for number in (*range(3), 1, *range(3, 9)))
    with closing(PostgresStorage(dsn)) as opened:
        workspace = Workspace(opened, "acme", host=Host(ids=lambda _: next(ids)))
        with workspace.write(AMELIE) as session:
            session.contacts.add(Company("Bois"))
            session.contacts.add(Company("Sud"))
        with pytest.raises(Duplicate), workspace.write(AMELIE) as session:
            session.contacts.add(Company("Nord"))
        with workspace.read(AMELIE) as session:
            assert [card.name for card in session.contacts.page()] == ["Bois", "Sud"]


@pytest.mark.parametrize("asked", [True, False], ids=["a further statement", "the commit"])
def test_a_fresh_record_whose_id_is_taken_is_refused_by_its_id(storage: PostgresStorage, *, asked: bool) -> None:
    for _ in range(2):  # the second time on a connection that was refused before
        with pytest.raises(DuplicateKey) as caught, storage.write(ACME) as writer:  # noqa: PT012
            writer.publish([Event(name="x", subject="1", at="now")])
            writer.insert_fresh([contact("2")])
            writer.insert_fresh([contact("1")])
            if asked:
                writer.get("contact", ["1"])
                pytest.fail("the refusal did not leave the next statement")
        assert (caught.value.key, caught.value.existing) == ("1", "1")
    assert ids_of(storage) == ["1"]
    with storage.read(ACME) as reader:
        assert reader.feed() == []


def test_the_record_that_is_refused_is_named_to_a_role_that_is_told_no_key(
    storage: PostgresStorage, app_dsn: Callable[[], str]
) -> None:
    with storage.write(ACME) as writer:
        writer.insert([contact("12")])
    with closing(PostgresStorage(app_dsn())) as app:
        app.install(KINDS)
        for fresh in ([contact("0")], [contact("0"), contact("3")], [contact("0"), note("12", "1")]):
            with pytest.raises(DuplicateKey) as caught, app.write(ACME) as writer:  # noqa: PT012
                writer.insert_fresh(fresh)
                writer.insert_fresh([contact("10"), contact("12")])
            assert (caught.value.key, caught.value.existing) == ("12", "12")


def test_a_fresh_record_that_is_refused_before_others_are_kept_voids_all(storage: PostgresStorage) -> None:
    with pytest.raises(DuplicateKey), storage.write(ACME) as writer:  # noqa: PT012
        writer.insert_fresh([contact("1")])
        writer.insert([contact("2")], existing="keep")
    assert ids_of(storage) == ["1"]


def test_a_record_of_this_transaction_that_was_deleted_is_no_target(storage: PostgresStorage) -> None:
    with pytest.raises(Exception, match="2"), storage.write(ACME) as writer:  # noqa: PT012
        writer.insert_fresh([contact("2")])
        writer.delete("contact", "2", 1)
        writer.insert_fresh([note("n", "2")])
    with storage.write(ACME) as writer:
        writer.insert_fresh([contact("3")])
        writer.insert_fresh([note("n", "3")])
    assert ids_of(storage, "note") == ["n"]


def test_an_announced_question_is_asked_with_the_next_one_and_not_again(
    storage: PostgresStorage, trips: list[str]
) -> None:
    query = Query(kind="contact", order="name", access=frozenset({"visible:*"}))
    with storage.read(ACME) as reader:
        trips.clear()
        reader.announce(("contact", ["1"]), query, records=[query])
        assert reader.get("note", ["1"]) == [None]
        assert [one and one.id for one in reader.get("contact", ["1"])] == ["1"]
        assert reader.find(query).cards == ()
        assert reader.find_records(query).records == ()
        assert len(trips) == 1
        reader.get("contact", ["1"])
        assert len(trips) == 2
        reader.announce(("contact", ["1"]))
        reader.get("contact", ["1"])
        reader.get("note", ["1"])
        assert "contact" not in trips[-1]
        assert len(trips) == 4


@pytest.mark.parametrize("announced", ["before the lock", "with the lock"])
def test_what_was_announced_includes_the_commit_of_the_former_holder_of_a_lock(
    storage: PostgresStorage, dsn: str, announced: str
) -> None:
    with closing(PostgresStorage(dsn)) as other, storage.write(ACME) as writer:
        other.install(KINDS)
        writer.announce(("note", ["n"]))
        if announced == "before the lock":
            writer.get("contact", ["1"])
        with other.write(ACME) as former:
            former.replace(contact("1", version=2), 1)
            former.insert([note("n", "1")])
        assert writer.lock("contact", "1").version == 2
        assert [type(one) for one in writer.get("note", ["n"])] == [Stored]


def end_connections(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


WRITES: dict[str, Callable[[Any], object]] = {
    "nothing is read before": lambda writer: writer.publish([Event(name="x", subject="1", at="now")]),
    "a fresh record": lambda writer: writer.insert_fresh([contact("2")]),
    "a lock": lambda writer: writer.lock("contact", "1"),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_connection_that_died_while_nobody_used_it_is_replaced_before_anything_is_written(
    storage: PostgresStorage, dsn: str, write: str
) -> None:
    end_connections(dsn)
    with storage.write(ACME) as writer:
        WRITES[write](writer)
    assert ids_of(storage)[0] == "1"


def test_a_connection_that_is_lost_after_the_first_statement_is_not_replaced(
    storage: PostgresStorage, dsn: str
) -> None:
    with pytest.raises(StorageError) as caught, storage.write(ACME) as writer:  # noqa: PT012
        writer.lock("contact", "1")
        writer.insert_fresh([contact("2")])
        end_connections(dsn)
        writer.get("contact", ["1"])
    assert caught.value.code == "storage-lost"
    assert ids_of(storage) == ["1"]


def test_an_interrupted_statement_leaves_a_connection_that_nobody_uses_again(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Wire) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), storage.write(ACME) as writer:  # noqa: PT012
        writer.insert([contact("2")])
        connection = writer._transaction.connection
        with monkeypatch.context() as patched:
            patched.setattr(Wire, "_results", interrupted)
            writer.get("contact", ["1"])
    assert connection.closed  # type: ignore[attr-defined]
    assert ids_of(storage) == ["1"]


def test_a_value_of_a_type_that_no_statement_has_leaves_the_connection_as_it_was(storage: PostgresStorage) -> None:
    with storage.write(ACME) as writer:
        connection = writer._transaction.connection
        with pytest.raises(TypeError):
            connection.answers([("SELECT %(a)s", {"a": 1.5})])
        writer.insert([contact("2")])
    assert ids_of(storage) == ["1", "2"]


def test_values_of_all_types_come_back_as_they_were(storage: PostgresStorage) -> None:
    values: dict[str, Any] = {
        "text": "Zoë \U0001f980 \\ \" '",
        "number": -(2**63),
        "data": b"\x00\xff",
        "none": None,
        "texts": ["", "é", 'a,b{}"\\', "NULL"],
        "numbers": [1, -1, 2**63 - 1],
        "gaps": [None, None],
        "datas": [b"", b"\x00"],
        "empty": [],
    }
    statement = (
        "SELECT %(text)s, %(number)s, %(data)s, %(none)s::text, %(texts)s, %(numbers)s, %(gaps)s::bigint[], %(datas)s,"
        " %(empty)s::bigint[], %(text)s"
    )
    with storage.write(ACME) as writer:
        assert writer._transaction.rows(statement, **values) == [(*values.values(), values["text"])]
        assert writer._transaction.rows("SELECT unnest(%(texts)s) ORDER BY 1", texts=["b", "a"]) == [("a",), ("b",)]


def test_a_connection_forgets_the_statements_that_it_has_not_used_for_long(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_module, "_MOST", 10)
    counted = "SELECT count(*) FROM pg_prepared_statements"
    with storage.write(ACME) as writer:
        for number in range(50):
            assert writer._transaction.rows(f"SELECT %(a)s + {number}", a=1) == [(1 + number,)]
            ((prepared,),) = writer._transaction.rows(counted)
            assert prepared <= 12
        assert [one and one.id for one in writer.get("contact", ["1"])] == ["1"]


def test_a_refused_statement_is_not_taken_for_prepared(storage: PostgresStorage) -> None:
    for _ in range(2):
        with pytest.raises(StorageError), storage.write(ACME) as writer:
            writer._transaction.run_all([("SELECT 1 / %(a)s", {"a": 0}), ("SELECT 'behind', %(a)s", {"a": 0})])
    with storage.write(ACME) as writer:
        assert writer._transaction.rows("SELECT 'behind', %(a)s", a=0) == [("behind", 0)]


def test_more_is_sent_and_answered_at_once_than_the_buffers_hold(storage: PostgresStorage) -> None:
    large = "x" * 1_000_000
    with storage.write(ACME) as writer:
        answers = writer._transaction.run_all([("SELECT %(a)s", {"a": large})] * 20)
    assert [len(answer.rows[0][0]) for answer in answers] == [1_000_000] * 20
