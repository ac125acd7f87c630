"""Several clients, threads and processes at once, and processes that are killed."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from contactcore import Company, User, Workspace
from contactcore_memory import MemoryStorage
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE
from support.carddav import PASSWORD, Visitor, card, configured, served

pytestmark = pytest.mark.req("IMP-5")

WRITER = """
import sys
from contactcore import Workspace
from contactcore_sqlite import SQLiteStorage
from support.carddav import Visitor, card, configured

folder, start = sys.argv[1:]
workspace = Workspace(SQLiteStorage(f"{folder}/crm.db"), name="acme")
amelie = Visitor(configured(workspace, state=f"{folder}/state.db"), "amelie")
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(start), 1_000):
    assert amelie.put(f"{number}.vcf", card(str(number))).status in {201, 204}
    token, names = amelie.sync()
    print(number, token, len(names), flush=True)
"""


def test_of_two_clients_who_put_the_same_new_uid_at_once_one_is_refused(serve):
    clients = [Visitor(serve, "amelie") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for number in range(5):
            uid = str(number)
            same = pool.map(lambda one, uid=uid: one.put(f"{uid}.vcf", card(uid), if_none_match="*").status, clients)
            assert sorted(same) == [201, 412, 412, 412]
            other = pool.map(
                lambda one, uid=uid: one.put(f"{clients.index(one)}-{uid}.vcf", card(f"x{uid}")).status, clients
            )
            assert sorted(other) == [201, 409, 409, 409]
    assert len(clients[0].etags()) == 10


def test_of_several_edits_of_one_version_at_once_one_succeeds(serve, amelie):
    amelie.put("1.vcf", card("1"))
    clients = [Visitor(serve, "amelie") for _ in range(4)]
    for number in range(5):
        etag = amelie.get("1.vcf").etag
        with ThreadPoolExecutor(4) as pool:
            edits = [
                pool.submit(one.put, "1.vcf", card("1", f"Edit {number}-{place}"), if_match=etag)
                for place, one in enumerate(clients)
            ]
        assert sorted(one.result().status for one in edits) == [204, 412, 412, 412]


def test_a_change_of_another_writer_between_the_check_and_the_write_is_not_overwritten(workspace, serve, amelie):
    amelie.put("1.vcf", card("1"))
    with ThreadPoolExecutor(2) as pool:
        for number in range(10):
            etag = amelie.get("1.vcf").etag
            other = pool.submit(workspace.run, AMELIE, lambda session, number=number: _rename_only(session, number))
            mine = pool.submit(amelie.put, "1.vcf", card("1", f"Device{number} Doe"), if_match=etag)
            other.result()
            status = mine.result().status
            text = amelie.get("1.vcf").text
            assert status in {204, 412}
            # The other writer always succeeds, before or after; the device never hides its change.
            assert f"FN:Office{number} Doe" in text


def _rename_only(session, number):
    (one,) = session.contacts.page()
    session.contacts.save(attrs.evolve(session.contacts.get(one.id), given_name=f"Office{number}"))


def test_two_processes_serve_one_book_with_the_same_tokens(start_child, tmp_path):
    children = [start_child("-c", WRITER, str(tmp_path), "0") for _ in range(2)]
    assert [child.line() for child in children] == ["ready", "ready"]
    for child in children:
        child.tell()
    seen = {}
    for _ in range(30):
        for child in children:
            line = child.line()
            assert line, child.process.stderr.read()
            _, token, count = line.split()
            seen[token] = int(count)
    for child in children:
        child.kill()
    workspace = Workspace(SQLiteStorage(tmp_path / "crm.db"), name="acme")
    serve = configured(workspace, state=tmp_path / "state.db")
    amelie = Visitor(serve, "amelie")
    _, everything = amelie.sync()
    for token, count in seen.items():
        # The cards that were known with a token, and those that it names, are all cards.
        assert len(everything) == count + len(amelie.sync(token)[1])
    serve.close()
    workspace.storage.close()


def test_after_a_kill_all_acknowledged_cards_are_there_once_and_old_tokens_hold(start_child, tmp_path):
    tokens = {}
    for start in (0, 100, 200):
        child = start_child("-c", WRITER, str(tmp_path), str(start))
        assert child.line() == "ready"
        child.tell()
        for number in range(start, start + 5):
            acknowledged, token, _ = child.line().split()
            assert int(acknowledged) == number
            tokens[token] = number
        child.kill()
    workspace = Workspace(SQLiteStorage(tmp_path / "crm.db"), name="acme")
    serve = configured(workspace, state=tmp_path / "state.db")
    amelie = Visitor(serve, "amelie")
    etags = amelie.etags()
    assert {f"{number}.vcf" for number in tokens.values()} <= etags.keys()
    for token, number in tokens.items():
        names = {int(name.removesuffix(".vcf")) for name in amelie.sync(token)[1]}
        assert {one for one in tokens.values() if one > number} <= names
        assert number not in names
    with workspace.read(AMELIE) as session:
        assert session.contacts.count() == len(etags)
    serve.close()
    workspace.storage.close()


def test_a_busy_storage_is_answered_with_try_again(tmp_path):
    workspace = Workspace(SQLiteStorage(tmp_path / "crm.db", patience=0.01), name="acme")
    serve = configured(workspace)
    amelie = Visitor(serve, "amelie")
    amelie.put("1.vcf", card("1"))
    etags = amelie.etags()
    other = sqlite3.connect(tmp_path / "crm.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = amelie.put("2.vcf", card("2"))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert amelie.etags() == etags
    other.execute("ROLLBACK")
    other.close()
    assert amelie.put("2.vcf", card("2")).status == 201
    serve.close()
    workspace.storage.close()


def test_actors_of_other_types_are_refused(workspace):
    with workspace.write(AMELIE) as session:
        session.contacts.add(Company("Bois", access="shared-read"))
    serve = configured(workspace, actors={"mallory": "mallory"})
    assert Visitor(serve, "mallory").ask("PROPFIND", "/mallory/contacts/", depth="1").status == 500
    serve.close()
    assert User("mallory").admin is False


def test_the_program_vdirsyncer_finds_the_book_and_synchronises_it(tmp_path):
    pytest.importorskip("vdirsyncer", reason="vdirsyncer is not installed")
    serve = configured(Workspace(MemoryStorage(), name="acme"))
    amelie = Visitor(serve, "amelie")
    amelie.put("1.vcf", card("1", "Jane Doe"))
    with served(serve) as server:
        (tmp_path / "config").write_text(f"""
[general]
status_path = "{tmp_path}/status"
[pair contacts]
a = "server"
b = "files"
collections = ["from a"]
[storage server]
type = "carddav"
url = "{server.address}/"
username = "amelie"
password = "{PASSWORD}"
[storage files]
type = "filesystem"
path = "{tmp_path}/files"
fileext = ".vcf"
""")

        def run(*command, **options):
            program = [sys.executable, "-m", "vdirsyncer", "-c", str(tmp_path / "config"), *command]
            done = subprocess.run(program, check=False, capture_output=True, text=True, **options)
            assert done.returncode == 0, done.stderr

        (tmp_path / "files" / "contacts").mkdir(parents=True)
        run("discover", input="y\n" * 3)
        (tmp_path / "files" / "contacts" / "2.vcf").write_text(card("2", "Ann Lee"))
        run("sync")
    assert sorted(amelie.etags()) == ["1.vcf", "2.vcf"]
    assert len(list((tmp_path / "files" / "contacts").glob("*.vcf"))) == 2
    serve.close()
