"""Work inside a connection and transaction of the host: both kinds of rows are kept together, or neither."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import attrs
import psycopg
import pytest
from psycopg.rows import dict_row

from contactcore import Company, Invalid, StorageError, User, Workspace
from contactcore_postgres import PostgresStorage

AMELIE = User("amelie", admin=True)
SETTINGS = (
    *("search_path", "lock_timeout", "statement_timeout", "contactcore.workspace", "enable_seqscan", "enable_sort"),
    *("plan_cache_mode", "jit"),
)


@pytest.fixture
def storage(dsn: str) -> Iterator[PostgresStorage]:
    with closing(PostgresStorage(dsn, patience=5)) as opened:
        Workspace(opened, name="acme")
        with psycopg.connect(dsn) as host:
            host.execute("CREATE TABLE invoice (number text PRIMARY KEY, client text)")
        yield opened


@pytest.fixture
def host(dsn: str, storage: PostgresStorage) -> Iterator[psycopg.Connection[Any]]:
    with closing(psycopg.connect(dsn)) as connection:
        yield connection


def names(storage: Any) -> list[str]:
    with Workspace(storage, name="acme").read(AMELIE) as session:
        return [card.name for card in session.contacts.iterate()]


def positions(storage: PostgresStorage) -> list[int]:
    with storage.read("acme") as reader:
        return [entry.position for entry in reader.feed()]


def invoices(dsn: str) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT number FROM invoice ORDER BY 1").fetchall()


def add(guest: Any, name: str) -> str:
    with Workspace(guest, name="acme").write(AMELIE) as session:
        return session.contacts.add(Company(name)).id


@pytest.mark.req("NOT-7")
def test_the_rows_of_the_host_and_ours_are_kept_together(storage, host, dsn):
    with host.transaction():
        host.execute("INSERT INTO invoice VALUES ('1', 'bois')")
        with storage.within(host) as guest:
            add(guest, "Bois & Fils")
            assert names(guest) == ["Bois & Fils"]
        assert names(storage) == []
        assert invoices(dsn) == []
    assert names(storage) == ["Bois & Fils"]
    assert invoices(dsn) == [("1",)]
    assert positions(storage) == list(range(1, len(positions(storage)) + 1)) != []


@pytest.mark.req("NOT-7")
def test_a_roll_back_of_the_host_takes_everything_back(storage, host, dsn):
    before = positions(storage)
    with storage.within(host) as guest:
        host.execute("INSERT INTO invoice VALUES ('1', 'bois')")
        add(guest, "Bois & Fils")
    host.rollback()
    assert names(storage) == []
    assert invoices(dsn) == []
    assert positions(storage) == before


@pytest.mark.req("NOT-7")
def test_an_error_that_leaves_the_block_undoes_the_block_alone(storage, host, dsn):
    with host.transaction():
        host.execute("INSERT INTO invoice VALUES ('1', 'bois')")
        with suppress(ZeroDivisionError), storage.within(host) as guest:
            add(guest, "Bois & Fils")
            _ = 1 / 0
        with storage.within(host) as guest:
            add(guest, "Pain & Cie")
    assert names(storage) == ["Pain & Cie"]
    assert invoices(dsn) == [("1",)]
    with storage.read("acme") as reader:
        assert b"Bois" not in b"".join(entry.event.data for entry in reader.feed())


@pytest.mark.req("NOT-7")
def test_a_refused_session_leaves_the_transaction_of_the_host_usable_and_publishes_nothing(storage, host):
    with host.transaction(), storage.within(host) as guest:
        with suppress(ZeroDivisionError), Workspace(guest, name="acme").write(AMELIE) as session:
            session.contacts.add(Company("Lost"))
            _ = 1 / 0
        host.execute("INSERT INTO invoice VALUES ('1', 'bois')")
        add(guest, "Kept")
    assert names(storage) == ["Kept"]
    fresh = positions(storage)
    assert fresh == list(range(1, len(fresh) + 1))


@pytest.mark.req("NOT-7")
def test_the_settings_of_the_host_are_the_same_after_each_session(storage, host):
    def settings() -> list[Any]:
        # A setting that was never made reads as None before, and as an empty text after.
        found = [host.execute("SELECT current_setting(%s, true)", [name]).fetchone() for name in SETTINGS]
        return [value or "" for (value,) in found]

    host.execute("SET lock_timeout = '7s'")
    host.execute("SET enable_sort = off")
    before = settings()
    with storage.within(host) as guest:
        add(guest, "Bois & Fils")
        assert settings() == before
        with pytest.raises(ZeroDivisionError), Workspace(guest, name="acme").write(AMELIE):
            raise ZeroDivisionError
        assert settings() == before
        names(guest)
        assert settings() == before
    assert settings() == before
    host.commit()
    assert settings() == before


@pytest.mark.req("NOT-7")
def test_the_server_shows_no_rows_of_a_workspace_outside_the_sessions(storage, app_dsn):
    with closing(psycopg.connect(app_dsn())) as host, storage.within(host) as guest:
        add(guest, "Bois & Fils")
        assert host.execute("SELECT count(*) FROM contactcore.record").fetchone() == (0,)
    assert names(storage) == []


@pytest.mark.req("NOT-7")
def test_events_of_several_sessions_follow_each_other_and_those_of_others_come_in_the_sequence_of_commits(
    storage, host, dsn
):
    add(storage, "Before")  # the first session of a workspace makes its settings, for which others would wait
    with host.transaction(), storage.within(host) as guest:
        add(guest, "First")
        other = threading.Thread(target=add, args=(storage, "Between"))
        other.start()
        other.join(20)  # the events of the block have no positions yet, so nobody waits
        assert not other.is_alive()
        add(guest, "Last")
    with storage.read("acme") as reader:
        entries = reader.feed()
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    added = [entry.event.subject for entry in entries if entry.event.name == "contact.added"]
    with Workspace(storage, name="acme").read(AMELIE) as session:
        assert [session.contacts.get(id).display_name for id in added] == ["Before", "Between", "First", "Last"]


@pytest.mark.req("NOT-7")
def test_the_host_cannot_commit_inside_the_block(storage, host):
    def commit_too_early() -> None:
        with storage.within(host) as guest:
            add(guest, "Bois & Fils")
            host.commit()

    with pytest.raises(StorageError):
        commit_too_early()
    host.rollback()
    assert names(storage) == []


@pytest.mark.req("NOT-7")
def test_a_connection_without_a_usable_transaction_is_refused(storage, host, dsn):
    with closing(psycopg.connect(dsn, autocommit=True)) as alone:
        with pytest.raises(Invalid) as caught, storage.within(alone):
            pass
        assert caught.value.code == "connection-without-transaction"
    with pytest.raises(psycopg.Error):
        host.execute("SELECT * FROM nothing")
    with pytest.raises(Invalid) as caught, storage.within(host):
        pass
    assert caught.value.code == "connection-without-transaction"
    with pytest.raises(Invalid) as caught, storage.within("postgresql://"):
        pass
    assert caught.value.code == "connection-type"


@pytest.mark.req("NOT-7")
def test_a_connection_to_another_database_is_refused(storage, server):
    other = server.database()
    try:
        with closing(PostgresStorage(other)) as second:
            Workspace(second, name="acme")
        with (
            closing(psycopg.connect(other)) as elsewhere,
            pytest.raises(StorageError) as caught,
            storage.within(elsewhere),
        ):
            pass
    finally:
        server.drop(other)
    assert caught.value.code == "connection-elsewhere"


@pytest.mark.req("NOT-7")
def test_a_guest_is_closed_at_the_end_of_its_block_and_scrubs_nothing(storage, host):
    with storage.within(host) as guest:
        with pytest.raises(StorageError) as caught:
            guest.scrub()
        assert caught.value.code == "storage-lent"
        assert guest.create("second")
        assert guest.workspaces() == ["second"]
        assert guest.drop("second")
        assert guest.workspaces() == []
    with pytest.raises(StorageError) as caught:
        names(guest)
    assert caught.value.code == "storage-closed"


@pytest.mark.req("NOT-7")
def test_ways_in_which_the_host_reads_values_change_nothing(storage, host):
    host.row_factory = dict_row
    host.adapters.register_loader("jsonb", psycopg.types.string.TextLoader)
    host.adapters.register_loader("bytea", psycopg.types.string.TextLoader)
    host.cursor_factory = psycopg.ClientCursor
    with host.transaction(), storage.within(host) as guest:
        add(guest, "Bois & Fils")
        with Workspace(guest, name="acme").write(AMELIE) as session:
            (card,) = session.contacts.iterate()
            session.contacts.save(session.contacts.get(card.id))
    assert names(storage) == ["Bois & Fils"]


SQLALCHEMY = """
import sys

import attrs
import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from contactcore import Company, User, Workspace
from contactcore_postgres import PostgresStorage


class Base(DeclarativeBase):
    pass


class Invoice(Base):
    __tablename__ = "invoice"
    number: Mapped[str] = mapped_column(primary_key=True)
    client: Mapped[str]


dsn = sys.argv[1]
storage = PostgresStorage(dsn)
engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))


def add(orm, name):
    connection = orm.connection().connection.driver_connection
    with storage.within(connection) as guest, Workspace(guest, name="acme").write(User("amelie")) as session:
        return session.contacts.add(Company(name, access="shared-read", responsibles=["amelie"])).id


with Session(engine) as orm, orm.begin():
    orm.add(Invoice(number="1", client=add(orm, "Bois & Fils")))
try:
    with Session(engine) as orm, orm.begin():
        orm.add(Invoice(number="2", client="none"))
        orm.flush()
        add(orm, "Lost")
        raise ZeroDivisionError
except ZeroDivisionError:
    pass
with Session(engine) as orm:
    print([one.number for one in orm.query(Invoice)], len(orm.get_one(Invoice, "1").client) > 20)
engine.dispose()
storage.close()
"""
DJANGO = """
import sys

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from contactcore import Company, User, Workspace
from contactcore_postgres import PostgresStorage

dsn = sys.argv[1]
given = conninfo_to_dict(dsn)
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": given["dbname"],
            "HOST": given.get("host", ""),
            "PORT": given.get("port", ""),
            "USER": given.get("user", ""),
            "PASSWORD": given.get("password", ""),
        }
    },
    USE_TZ=True,
)
django.setup()
from django.db import connection, models, transaction


class Invoice(models.Model):
    number = models.CharField(max_length=20, primary_key=True)
    client = models.CharField(max_length=40)

    class Meta:
        app_label = "billing"
        db_table = "invoice"


storage = PostgresStorage(dsn)


def add(name):
    connection.ensure_connection()
    with storage.within(connection.connection) as guest, Workspace(guest, name="acme").write(User("amelie")) as session:
        return session.contacts.add(Company(name, access="shared-read", responsibles=["amelie"])).id


with transaction.atomic():
    client = add("Bois & Fils")
    Invoice.objects.create(number="1", client=client)
try:
    with transaction.atomic():
        Invoice.objects.create(number="2", client=add("Lost"))
        raise ZeroDivisionError
except ZeroDivisionError:
    pass
print(list(Invoice.objects.values_list("number", flat=True)), Invoice.objects.get(client=client).number)
connection.close()
storage.close()
"""


@pytest.mark.req("NOT-7")
@pytest.mark.parametrize(
    ("library", "text", "shown"), [("sqlalchemy", SQLALCHEMY, "['1'] True\n"), ("django", DJANGO, "['1'] 1\n")]
)
def test_a_program_commits_its_rows_with_ours_or_neither(library, text, shown, storage, dsn, tmp_path):
    pytest.importorskip(library, reason="its group of dependencies is `bench`")
    program = tmp_path / "program.py"
    program.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, str(program), dsn], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == (shown, 0), done.stderr
    assert names(storage) == ["Bois & Fils"]


@pytest.mark.req("NOT-7")
@pytest.mark.parametrize("by", ["the host", "another"])
def test_a_contact_that_is_read_again_shows_what_was_written_meanwhile(storage, host, by):
    bois = add(storage, "Bois & Fils")
    with storage.within(host) as guest, Workspace(guest, name="acme").read(AMELIE) as session:
        assert session.contacts.get(bois).display_name == "Bois & Fils"
        with Workspace(guest if by == "the host" else storage, name="acme").write(AMELIE) as writing:
            writing.contacts.save(attrs.evolve(writing.contacts.get(bois), name="Bois"))
        assert session.contacts.get(bois).display_name == "Bois"
