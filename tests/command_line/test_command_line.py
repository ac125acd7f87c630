"""The command line: what it prints, the exit status, and one plain line for everything that goes wrong."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from contactcore import Company, Interaction, Item, Person, Site, Workspace
from contactcore.__main__ import main
from contactcore_sqlite import SQLiteStorage
from support.actors import ROOT
from support.pictures import PHOTO

CSV = (
    "First name,Last name,Company,E-mail,Phone\n"
    "Zoë,Müller,Bois & Fils,zoe@bois.fr,01 44 55 66 77\n"
    ",,Lonely Ltd,info@lonely.example,\n"
    "Jane,Doe,,jane@example.org,\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in.csv").write_text(CSV, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, capsysbinary):
    monkeypatch.chdir(folder)

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        captured = capsysbinary.readouterr()
        return left.value.code, captured.out.decode("utf-8"), captured.err.decode("utf-8")

    return call


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def imported(run):
    assert run("import", "in.csv", "--db", "crm.db", "--country", "FR")[0] == 0


@pytest.mark.req("IMP-2")
def test_import_accounts_for_every_row_and_writes_its_report(run, folder):
    status, out, err = run("import", "in.csv", "--db", "crm.db", "--region", "FR", "--report", "r.json")
    assert (status, err) == (0, "")
    report = json.loads((folder / "r.json").read_text("utf-8"))
    assert out.splitlines() == [
        "3 rows: 3 created, 0 updated, 0 skipped, 0 rejected (2 people, 2 companies)",
        f"Import {report['id']}: contactcore undo takes it back.",
    ]
    assert report["rows"] == report["created"] + report["updated"] + report["skipped"] + report["rejected"] == 3
    assert (report["people_created"], report["companies_created"], report["encoding"]) == (2, 2, "utf-8")
    assert report["mapping"]["E-mail"].startswith("emails")
    assert report["problems"] == []


@pytest.mark.req("IMP-2")
def test_import_names_the_first_problems_where_no_report_is_written(run, folder):
    rows = "".join(f"P{n},Doe,not-an-address\n" for n in range(13))
    (folder / "bad.csv").write_text("First name,Last name,E-mail\n" + rows, encoding="utf-8")
    status, out, err = run("import", "bad.csv", "--db", "crm.db", "--dry-run")
    assert (status, out.count("\n")) == (0, 1)
    told = err.splitlines()
    assert told[0].startswith("line 2, E-mail: 'not-an-address': An email address must have an @-sign.")
    assert told[10:] == ["... and 3 more; --report FILE names them all."]
    assert run("import", "bad.csv", "--db", "crm.db", "--report", "r.json")[2] == ""


@pytest.mark.req("IMP-1")
def test_import_names_the_columns_that_it_does_not_understand(run, folder):
    (folder / "eo.csv").write_text(
        "Antaŭnomo,Familia nomo,E-mail,,Chapéu\x1b\nJo,Doe,jo@x.fr,,gris\n", encoding="utf-8"
    )
    err = run("import", "eo.csv", "--db", "crm.db")[2]
    assert "Note: These columns are kept beside the contacts as they are" in err
    assert "'Familia nomo', 'Chapéu'." in err
    assert "E-mail" not in err
    assert "\x1b" not in err
    mapped = ["--map", "Antaŭnomo=given", "--map", "Familia nomo=family", "--map", "Chapéu\x1b=ignore"]
    assert run("import", "eo.csv", "--db", "crm.db", "--dry-run", *mapped, "--report", "r.json")[2] == ""


@pytest.mark.req("IMP-2")
def test_the_report_or_the_rejected_rows_alone_go_to_stdout(run, folder):
    (folder / "bad.csv").write_text("First name,E-mail\nJo,jo@example.org\n,nonsense\n", encoding="utf-8")
    status, out, err = run("import", "bad.csv", "--db", "crm.db", "--dry-run", "--report", "-")
    assert (status, json.loads(out)["rejected"]) == (1, 1)
    assert "1 rejected" in err
    status, out, _ = run("import", "bad.csv", "--db", "crm.db", "--dry-run", "--rejects", "-")
    assert (status, out.count("\n")) == (1, 2)
    assert "nonsense" in out
    both = run("import", "bad.csv", "--db", "crm.db", "--report", "-", "--rejects", "-")
    assert (both[0], both[1], both[2].count("\n")) == (2, "", 1)
    assert sorted(path.name for path in folder.iterdir()) == ["bad.csv", "in.csv"]


@pytest.mark.req("DIR-9")
def test_a_new_workspace_is_ordered_by_the_language_that_is_given(run, folder):
    (folder / "pl.csv").write_text("Imię,Nazwisko\nA,Łoś\nB,Lis\nC,Mak\n", encoding="utf-8")
    assert run("import", "pl.csv", "--db", "pl.db", "--language", "pl")[::2] == (0, "")
    names = [line.split("  ")[1] for line in run("list", "--db", "pl.db", "--letter", "Ł")[1].splitlines()]
    assert names == ["A Łoś"]
    status, _, err = run("import", "in.csv", "--db", "pl.db", "--language", "de", "--report", "r.json")
    assert (status, err) == (0, "Note: The workspace is there already and stays in the order of pl.\n")
    status, out, err = run("import", "in.csv", "--db", "no.db", "--language", "Klingonese")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_the_version_is_told(run):
    status, out, err = run("--version")
    assert (status, err) == (0, "")
    assert out.startswith("contactcore ")
    assert out.split()[1][0].isdigit()


@pytest.mark.req("IMP-2")
def test_rejected_rows_give_status_1_and_can_be_mended_and_imported(run, folder):
    (folder / "bad.csv").write_text("First name,E-mail\nJo,jo@example.org\n,nonsense\n", encoding="utf-8")
    status, out, _ = run("import", "bad.csv", "--db", "crm.db", "--rejects", "rejects.csv", "--report", "r.json")
    assert status == 1
    assert "1 rejected" in out
    (problem, *_) = json.loads((folder / "r.json").read_text("utf-8"))["problems"]
    assert {"line", "column", "value", "reason", "code"} <= set(problem)
    rejects = (folder / "rejects.csv").read_text("utf-8-sig")
    assert "nonsense" in rejects
    (folder / "rejects.csv").write_text(rejects.replace("nonsense", "ann@example.org"), encoding="utf-8")
    assert run("import", "rejects.csv", "--db", "crm.db")[0] == 0
    assert len(lines(run("list", "--db", "crm.db", "--json")[1])) == 2


@pytest.mark.req("IMP-3")
def test_a_dry_run_tells_the_same_numbers_and_leaves_nothing_behind(run, folder):
    status, out, _ = run("import", "in.csv", "--db", "crm.db", "--dry-run")
    assert (status, out[:27]) == (0, "Would be: 3 rows: 3 created")
    assert not (folder / "crm.db").exists()


@pytest.mark.req("IMP-3")
def test_undo_takes_an_import_back_and_names_what_stays(run):
    status, out, _ = run("import", "in.csv", "--db", "crm.db", "--region", "FR", "--policy", "update")
    id = out.splitlines()[-1].split()[1].rstrip(":")
    with closing(SQLiteStorage("crm.db")) as storage, Workspace(storage, "default").write(ROOT) as session:
        (jane,) = session.contacts.search("jane")
        session.contacts.save(attrs.evolve(session.contacts.get(jane.id), description="met"))
    numbers = "3 contacts moved to the trash, 0 restored, 0 affiliations taken back, 1 kept"
    status, out, err = run("undo", id, "--db", "crm.db")
    assert (status, err) == (0, "")
    kept, told = out.splitlines()
    assert kept.startswith(f"Kept contact {jane.id} Jane Doe: Somebody changed it")
    assert told == numbers
    assert [line["name"] for line in lines(run("list", "--db", "crm.db", "--role", "any", "--json")[1])] == ["Jane Doe"]
    assert run("undo", id, "--db", "crm.db")[1].splitlines()[-1] == f"Undone before: {numbers}"
    (report,) = lines(run("undo", id, "--db", "crm.db", "--json")[1])
    assert (report["id"], report["removed"], report["kept"][0]["code"]) == (id, 3, "changed-since")
    for arguments in (("undo", "nothing"), ("undo", id, "--user", "bob")):
        status, out, err = run(*arguments, "--db", "crm.db")
        assert (status, out, err.count("\n")) == (2, "", 1)


@pytest.mark.req("ACC-5")
@pytest.mark.usefixtures("imported")
def test_hand_over_counts_first_and_then_gives_everything_to_another_user(run):
    with closing(SQLiteStorage("crm.db")) as storage, Workspace(storage, "default").read(ROOT) as session:
        leaving = session.contacts.page(role="any").items[0]
        (leaving,) = session.contacts.get(leaving.id).responsibles
    hand_over = ("hand-over", leaving, "--to", "eve", "--db", "crm.db")
    (counted,) = lines(run(*hand_over, "--dry-run", "--json")[1])
    assert counted["id"] == ""
    assert counted["people"] + counted["contacts"] > 0
    told = run(*hand_over, "--dry-run")[1]
    status, out, err = run(*hand_over)
    assert (status, err, out) == (0, "", told.replace("would be handed over", "handed over"))
    (again,) = lines(run(*hand_over, "--json")[1])
    assert again["contacts"] == again["people"] == again["imports"] == 0
    for arguments in (("hand-over", "eve", "--to", "eve"), ("hand-over", "eve", "--to", "zoe", "--user", "bob")):
        status, out, err = run(*arguments, "--db", "crm.db")
        assert (status, out, err.count("\n")) == (2, "", 1)


@pytest.mark.req("IMP-7")
@pytest.mark.usefixtures("imported")
def test_duplicates_prints_pairs_with_their_reasons_for_people_and_as_json(run):
    assert run("duplicates", "--db", "crm.db") == (0, "", "")
    with closing(SQLiteStorage("crm.db")) as storage, Workspace(storage, "default").write(ROOT) as session:
        one, other = (session.contacts.add(Company(f"Twice{form}", emails=["a@twice.fr"])) for form in ("", " SARL"))
    status, out, err = run("duplicates", "--db", "crm.db", "--kind", "company")
    assert (status, err) == (0, "")
    assert out == f"0.98  {one.id}  Twice  {other.id}  Twice SARL  (name same, email same)\n"
    (pair,) = lines(run("duplicates", "--db", "crm.db", "--json", "--minimum", "0.9")[1])
    assert (pair["id"], pair["other_id"], len(pair["reasons"])) == (one.id, other.id, 2)
    assert run("duplicates", "--db", "crm.db", "--user", "bob") == (0, "", "")


@pytest.mark.req("IMP-7")
@pytest.mark.usefixtures("imported")
def test_merge_shows_first_and_then_merges_and_unmerge_undoes_it(run):
    with closing(SQLiteStorage("crm.db")) as storage, Workspace(storage, "default").write(ROOT) as session:
        one, other = (session.contacts.add(Company(name, emails=["a@twice.fr"])) for name in ("Twice", "Thrice"))
    arguments = ("merge", one.id, other.id, "--db", "crm.db", "--rule", f"name={other.id}")
    assert run(*arguments, "--dry-run") == (0, f"name: Thrice ({other.id})\n", "")
    assert lines(run(*arguments, "--dry-run", "--json")[1])[0]["result"]["name"] == "Thrice"
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    merge = out.rsplit(" ", 1)[1].strip()
    assert out == f"merged {other.id} into {one.id}; undo: unmerge {merge}\n"
    assert lines(run("show", other.id, "--db", "crm.db", "--json")[1])[0]["id"] == one.id
    assert run("unmerge", merge, "--db", "crm.db") == (0, f"took {other.id} out of {one.id}\n", "")
    for refused in (("unmerge", merge), ("merge", one.id, one.id), ("merge", one.id, other.id, "--rule", "name")):
        status, out, err = run(*refused, "--db", "crm.db")
        assert (status, out, err.count("\n")) == (2, "", 1)


@pytest.mark.usefixtures("imported")
def test_list_prints_the_directory_in_order_for_people_and_as_json(run):
    _, out, _ = run("list", "--db", "crm.db")
    assert [line.split("  ")[1] for line in out.splitlines()] == ["Bois & Fils", "Jane Doe", "Lonely Ltd", "Zoë Müller"]
    assert lines(run("list", "--db", "crm.db", "--letter", "l", "--json")[1])[0] == {
        "id": lines(run("search", "lonely", "--db", "crm.db", "--json")[1])[0]["id"],
        "kind": "company",
        "name": "Lonely Ltd",
        "emails": ["info@lonely.example"],
        "phones": [],
    }


@pytest.mark.usefixtures("imported")
def test_search_and_show_find_what_was_imported(run):
    (hit, *rest) = lines(run("search", "mull", "--db", "crm.db", "--json")[1])
    assert (hit["name"], hit["phones"]) == ("Zoë Müller", ["+33144556677"])
    assert [one["name"] for one in rest] == ["Bois & Fils"]
    shown = lines(run("show", hit["id"], "--db", "crm.db", "--json")[1])[0]
    assert (shown["given_name"], shown["emails"]) == ("Zoë", ["zoe@bois.fr"])
    assert [one["name"] for one in shown["acts_for"]] == ["Bois & Fils"]
    assert "Zoë Müller" in run("show", hit["id"], "--db", "crm.db")[1]


@pytest.mark.req("SIT-6")
@pytest.mark.usefixtures("imported")
def test_show_lists_sites_items_and_the_latest_interactions(run):
    (hit,) = lines(run("search", "lonely", "--db", "crm.db", "--json")[1])
    with closing(SQLiteStorage("crm.db")) as storage, Workspace(storage, "default").write(ROOT) as session:
        site = session.sites.add(hit["id"], Site("Workshop", phones=["+33 1 44 55 66 77"]))
        van, gone = (session.items.add(hit["id"], Item(name)) for name in ("Van", "Gone"))
        session.items.delete(gone)
        for number in range(12):
            start = datetime(2026, 3, 1, number, tzinfo=UTC)
            session.timeline.add(hit["id"], Interaction(f"Call {number}", start=start, item_id=van.id, body="secret"))
    (shown,) = lines(run("show", hit["id"], "--db", "crm.db", "--json")[1])
    assert [(one["id"], one["name"], one["phones"][0]["e164"]) for one in shown["sites"]] == [
        (site.id, "Workshop", "+33144556677")
    ]
    assert shown["items"] == [{"id": van.id, "name": "Van", "status": "open"}]
    assert [one["name"] for one in shown["interactions"]] == [f"Call {number}" for number in range(11, 1, -1)]
    assert {name: shown["interactions"][0][name] for name in ("type", "state", "start", "actor")} == {
        "type": "note",
        "state": "done",
        "start": "2026-03-01T11:00:00+00:00",
        "actor": "root",
    }
    out = run("show", hit["id"], "--db", "crm.db")[1]
    assert [text in out for text in ("Workshop", "Van", "Call 11", '"Call 1"', "Gone")] == [True] * 3 + [False] * 2


@pytest.mark.req("ACC-3")
@pytest.mark.usefixtures("imported")
def test_an_empty_user_name_is_refused_and_makes_no_admin(run):
    status, out, err = run("list", "--db", "crm.db", "--user", "")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_no_command_at_all_is_one_plain_line(run):
    assert run() == (2, "", "contactcore: Missing command.\n")


@pytest.mark.req("IMP-1")
def test_what_was_assumed_of_a_file_is_told_before_it_is_imported(run, folder):
    (folder / "bare.csv").write_text("First name,E-mail\n")
    code, _, err = run("import", "bare.csv", "--db", "crm.db")
    assert (code, err) == (0, "Note: The file has a header and no rows: there is nothing to import.\n")


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("option", ["--report", "--rejects"])
@pytest.mark.parametrize("path", ["missing/r", "in.csv", "./in.csv", "crm.db", "crm.db-wal"])
def test_an_account_that_could_not_be_written_is_refused_before_anything_is_imported(run, folder, option, path):
    status, out, err = run("import", "in.csv", "--db", "crm.db", option, path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert option in err
    assert (folder / "in.csv").read_text("utf-8") == CSV
    assert not (folder / "crm.db").exists()


@pytest.mark.req("IMP-4")
@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("path", ["crm.db", "../{folder}/crm.db", "crm.db-shm"])
def test_an_export_never_overwrites_its_database(run, folder, path):
    status, out, err = run("export", "--db", "crm.db", "-o", path.format(folder=folder.name))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert run("list", "--db", "crm.db")[0] == 0


def test_a_server_that_cannot_be_reached_is_one_plain_line(folder):
    code = (
        "import contactcore_postgres, logging; from contactcore.errors import StorageError\n"
        "def unreachable(address):\n"
        "    logging.getLogger('psycopg.pool').warning('error connecting')\n"
        "    raise StorageError('There is no server.')\n"
        "contactcore_postgres.PostgresStorage = unreachable\n"
        "from contactcore.__main__ import main; main(['list', '--db', 'postgresql://nowhere/x'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "contactcore: There is no server.\n")


@pytest.mark.req("ACC-3")
@pytest.mark.usefixtures("imported")
def test_a_user_sees_only_what_they_may(run):
    assert run("list", "--db", "crm.db", "--user", "bob")[:2] == (0, "")
    id = lines(run("search", "lonely", "--db", "crm.db", "--json")[1])[0]["id"]
    assert run("show", id, "--db", "crm.db", "--user", "bob")[0] == 2


@pytest.mark.req("ACC-4")
@pytest.mark.usefixtures("imported")
def test_another_workspace_of_the_same_file_is_empty(run):
    with closing(SQLiteStorage("crm.db")) as storage:
        storage.create("other")
    assert run("list", "--db", "crm.db", "--workspace", "other") == (0, "", "")


@pytest.mark.req("IMP-4")
@pytest.mark.usefixtures("imported")
def test_what_is_exported_imports_to_the_same_directory(run):
    assert run("export", "--db", "crm.db", "--format", "csv", "-o", "out.csv")[0] == 0
    assert run("import", "out.csv", "--db", "again.db", "--region", "FR")[0] == 0
    names = [
        [line.split("  ", 1)[1] for line in run("list", "--db", db)[1].splitlines()] for db in ("crm.db", "again.db")
    ]
    assert names[0] == names[1]
    assert run("export", "--db", "crm.db")[1].startswith("\ufeffContact ID,")


@pytest.mark.req("ACC-4")
@pytest.mark.usefixtures("imported")
def test_copy_moves_a_workspace_to_another_database_and_can_be_repeated(run):
    assert run("copy", "--from", "crm.db", "--to", "new.db")[0] == 0
    assert run("list", "--db", "new.db") == run("list", "--db", "crm.db")
    assert "the same on both sides" in run("copy", "--from", "crm.db", "--to", "new.db")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--db", "missing.db"],
        ["import", "missing.csv", "--db", "crm.db"],
        ["import", "in.csv", "--db", "no/such/folder/crm.db"],
        ["import", "in.csv", "--db", "crm.db", "--region", "Atlantis"],
        ["import", "in.csv", "--db", "crm.db", "--encoding", "klingon"],
        ["import", "in.csv", "--db", "crm.db", "--map", "E-mail"],
        ["import", "in.csv", "--db", "crm.db", "--map", "E-mail=nonsense"],
        ["import", "picture.csv", "--db", "crm.db"],
        ["list", "--db", "in.csv"],
        ["list", "--db", "."],
        ["list", "--db", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"],
        ["list"],
        ["frobnicate"],
        ["search", "--db", "in.csv"],
        ["export", "--db", "missing.db", "--format", "pdf"],
        ["deliver", "--db", "missing.db", "--smtp", "gopher://localhost"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_plain_line_and_status_2(run, folder, arguments):
    (folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("contactcore: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


@pytest.mark.req("IMP-2")
def test_an_import_of_a_file_that_cannot_be_read_leaves_no_database(run, folder):
    for wrong in ("missing.csv", "."):
        assert run("import", wrong, "--db", "new.db")[0] == 2
    # A variable of the shell that is not set must not copy everything.
    assert run("copy", "--from", "crm.db", "--to", "new.db", "--workspace", "")[0] == 2
    assert not (folder / "new.db").exists()


@pytest.mark.req("NOT-7")
def test_a_missing_mail_server_is_asked_for_with_the_name_of_the_variable(run, monkeypatch):
    monkeypatch.delenv("CONTACTCORE_SMTP", raising=False)
    status, _, err = run("deliver", "--db", "crm.db")
    assert status == 2
    assert "CONTACTCORE_SMTP" in err


@pytest.mark.req("DIR-14")
@pytest.mark.usefixtures("imported")
def test_history_shows_the_acts_and_restore_stores_an_earlier_state(run):
    (found,) = lines(run("search", "lonely", "--db", "crm.db", "--json")[1])
    with closing(SQLiteStorage("crm.db")) as storage, Workspace(storage, "default").write(ROOT) as session:
        read = session.contacts.get(found["id"])
        session.contacts.save(attrs.evolve(read, name="Lonely GmbH"))
    status, out, err = run("history", found["id"], "--db", "crm.db")
    assert (status, err) == (0, "")
    assert [line.split(" ", 1)[1].rpartition(" ")[0] for line in out.splitlines() if line[0] != " "] == [
        "root",
        "admin (import)",
    ]
    assert [line.strip() for line in out.splitlines() if line[0] == " "] == [
        f"change company {found['id']} Lonely GmbH",
        'name: "Lonely Ltd" -> "Lonely GmbH"',
        f"add company {found['id']} Lonely GmbH",
    ]
    last, first = lines(run("history", found["id"], "--db", "crm.db", "--json")[1])
    assert lines(run("history", found["id"], "--db", "crm.db", "--json", "--limit", "1")[1]) == [last]
    assert (first["cause"], last["changes"][0]["version"]) == ("import", 2)
    assert run("restore", found["id"], "--version", "1", "--db", "crm.db") == (
        0,
        f"{found['id']} Lonely Ltd: version 3\n",
        "",
    )
    (restored,) = lines(run("restore", found["id"], "--as-of", last["at"], "--db", "crm.db", "--json")[1])
    assert (restored["name"], restored["version"]) == ("Lonely GmbH", 4)
    for arguments in (("history", "nobody"), ("restore", found["id"]), ("restore", found["id"], "--version", "99")):
        status, out, err = run(*arguments, "--db", "crm.db")
        assert (status, out, err.count("\n")) == (2, "", 1)


VCF = "".join(
    f"BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}\r\nEND:VCARD\r\n"
    for lines in (
        "N:Müller;Zoë\r\nFN:Zoë Müller\r\nORG:Bois & Fils\r\nTEL:01 44 55 66 77",
        "FN:Jo\r\nX-A:b",
        "EMAIL:jo@",
    )
)


@pytest.mark.req("IMP-5")
def test_vcards_are_imported_like_a_table_and_exported(run, folder):
    (folder / "in.vcf").write_text(VCF, encoding="utf-8", newline="")
    status, out, err = run("import", "in.vcf", "--db", "crm.db", "--region", "FR", "--rejects", "bad.vcf")
    assert (status, out.splitlines()[0]) == (
        1,
        "3 rows: 2 created, 0 updated, 0 skipped, 1 rejected (2 people, 1 company); 2 problems reported",
    )
    assert err.splitlines()[0].startswith("line 15, EMAIL: 'jo@':")
    assert (folder / "bad.vcf").read_text("utf-8").startswith("BEGIN:VCARD\nX-CONTACTCORE-REASON:")
    status, out, err = run("export", "--db", "crm.db", "--format", "vcard", "--vcard-version", "3.0")
    assert (status, err) == (0, "3 contacts written\n")
    assert out.count("BEGIN:VCARD\r\nVERSION:3.0\r\n") == 3
    assert "TEL:+33144556677\r\n" in out
    status, _, _ = run("export", "--db", "crm.db", "-o", "out.json")
    cards = json.loads((folder / "out.json").read_text("utf-8"))
    assert (status, [card["@type"] for card in cards]) == (0, ["Card"] * 3)
    cards.append({"@type": "Card", "emails": {"a": {"address": "jo@"}}})
    (folder / "in.json").write_text(json.dumps(cards), encoding="utf-8")
    status, out, err = run("import", "in.json", "--db", "other.db", "--rejects", "bad.json")
    assert (status, out.splitlines()[0].partition(" rejected")[0]) == (1, "4 rows: 3 created, 0 updated, 0 skipped, 1")
    assert err.splitlines()[0].startswith("line 1, emails/a: 'jo@':")
    (bad,) = json.loads((folder / "bad.json").read_text("utf-8"))
    assert next(iter(bad)) == "contactcore:reason"


@pytest.mark.req("IMP-5")
def test_photos_are_imported_and_exported_when_they_are_wanted(run, folder):
    photo = base64.b64encode(PHOTO).decode()
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jo\r\nPHOTO;ENCODING=b:{photo}\r\nEND:VCARD\r\n"
    (folder / "in.vcf").write_text(card, encoding="utf-8", newline="")
    status, out, _ = run("import", "in.vcf", "--db", "crm.db")
    assert (status, "1 picture)" in out.splitlines()[0]) == (0, True)
    for format, mark in (("vcard", "PHOTO"), ("jscontact", '"media"')):
        assert mark not in run("export", "--db", "crm.db", "--format", format)[1]
        assert mark in run("export", "--db", "crm.db", "--format", format, "--photos")[1]


@pytest.mark.req("IMP-5")
@pytest.mark.parametrize(
    "options",
    [
        ("--format", "vcard", "--delimiter", ";"),
        ("--format", "jscontact", "--encoding", "utf-8"),
        ("--vcard-version", "3.0"),
        ("--format", "jscontact", "--vcard-version", "3.0"),
        ("--photos",),
    ],
)
def test_an_option_of_another_format_is_refused(run, imported, options):
    status, _, err = run("export", "--db", "crm.db", *options)
    assert (status, err.count("\n")) == (2, 1)
    assert "Only the format" in err


@pytest.mark.req("IMP-8")
@pytest.mark.usefixtures("imported")
def test_a_person_is_reported_and_erased(run, folder):
    with closing(SQLiteStorage("crm.db")) as storage, Workspace(storage, "default").write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"]))
    status, out, err = run("privacy-report", jane.id, "--db", "crm.db")
    assert (status, err, json.loads(out)["person"]["family_name"]) == (0, "", "Quixote")
    assert (
        run("privacy-report", jane.id, "--db", "crm.db", "--format", "html", "--language", "pl", "-o", "j.html")[0] == 0
    )
    assert "<h1>Dane przechowywane o osobie</h1>" in (folder / "j.html").read_text("utf-8")
    assert run("erase", jane.id, "--db", "crm.db", "--dry-run") == (0, "Nothing prevents the erasure.\n", "")
    assert lines(run("erase", jane.id, "--db", "crm.db", "--dry-run", "--json")[1]) == [{"obstacles": []}]
    status, out, err = run("erase", jane.id, "--db", "crm.db", "--scrub")
    assert (status, out.partition(":")[0], err) == (0, "erased", "")
    (again,) = lines(run("erase", jane.id, "--db", "crm.db", "--json")[1])
    assert (again["state"], again["erased"]["contact"], again["person_id"]) == ("erased", 1, jane.id)
    assert not [path for path in folder.iterdir() if path.name.startswith("crm.db") and b"quixote" in path.read_bytes()]
    for arguments in (
        *(("erase", "nobody"), ("privacy-report", "nobody"), ("erase", jane.id, "--user", "bob")),
        ("privacy-report", jane.id, "-o", "crm.db"),
    ):
        status, out, err = run(*arguments, "--db", "crm.db")
        assert (status, out, err.count("\n")) == (2, "", 1)


@pytest.mark.req("IMP-2")
def test_problems_and_errors_are_printed_in_the_language_that_is_asked_for(run, folder):
    (folder / "bad.csv").write_text("First name,Last name,E-mail\nAnn,Lee,ann@\n", encoding="utf-8")
    _, _, err = run("--messages", "fr", "import", "bad.csv", "--db", "crm.db")
    assert "Indiquez une seule adresse, par exemple nom@example.org." in err
    _, _, err = run("--messages", "pl", "show", "none", "--db", "crm.db")
    assert err == "contactcore: Taki rekord (none) nie istnieje albo nie masz do niego dostępu.\n"
    assert "may see" in run("show", "none", "--db", "crm.db")[2]
    status, _, err = run("--messages", "nl", "list", "--db", "crm.db")
    assert (status, "nl" in err) == (2, True)


_ON_A_WORKSPACE = {
    "list": (),
    "search": ("zoe",),
    "show": ("1",),
    "export": (),
    "imports": (),
    "undo": ("1",),
    "history": ("1",),
    "restore": ("1", "--version", "1"),
    "duplicates": (),
    "merge": ("1", "2"),
    "unmerge": ("1",),
    "hand-over": ("bob", "--to", "eve"),
    "privacy-report": ("1",),
    "erase": ("1",),
}


@pytest.mark.req("ACC-4")
@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("command", _ON_A_WORKSPACE)
def test_a_workspace_that_the_database_does_not_have_is_refused_with_those_that_it_has(run, command):
    status, out, err = run(command, *_ON_A_WORKSPACE[command], "--db", "crm.db", "--workspace", "acme")
    assert (status, out) == (2, "")
    assert err == (
        "contactcore: The database has no workspace 'acme'. It has default: name one of them with --workspace.\n"
    )


@pytest.mark.req("ACC-4")
def test_a_database_without_workspaces_says_so_and_one_with_many_names_some(run, folder):
    with closing(SQLiteStorage(folder / "crm.db")) as storage:
        Workspace(storage, "acme")
        assert "It has none: import something first." in run("list", "--db", "crm.db")[2]
        for number in range(7):
            storage.create(f"w{number}")
    assert "It has w0, w1, w2, w3, w4 ...: name one of them" in run("list", "--db", "crm.db")[2]


@pytest.mark.req("ACC-4")
@pytest.mark.usefixtures("imported")
def test_copy_of_a_workspace_that_is_not_there_makes_no_file(run, folder):
    status, _, err = run("copy", "--from", "crm.db", "--to", "new.db", "--workspace", "acme")
    assert (status, "The database has no workspace 'acme'. It has default" in err) == (2, True)
    assert not (folder / "new.db").exists()


@pytest.mark.req("ACC-4")
@pytest.mark.usefixtures("imported")
def test_copy_of_a_database_onto_itself_is_refused(run, folder):
    (folder / "other.db").symlink_to(folder / "crm.db")
    for goal in ("crm.db", "./crm.db", str(folder / "crm.db"), "other.db"):
        status, out, err = run("copy", "--from", "crm.db", "--to", goal)
        assert (status, out) == (2, "")
        assert err.startswith(
            "contactcore: --to: The source and the target are the same: give another path or address."
        )
    server = "postgresql://nobody@127.0.0.1:1/none"
    assert "The source and the target are the same" in run("copy", "--from", server, "--to", server)[2]


@pytest.mark.req("ACC-4")
@pytest.mark.parametrize(
    "command",
    [("copy", "--from", "none.db", "--to", "new.db"), ("list", "--db", "none.db"), ("export", "--db", "none.db")],
)
def test_a_path_without_a_database_is_to_be_checked(run, folder, command):
    status, out, err = run(*command)
    assert (status, out) == (2, "")
    assert err == "contactcore: There is no database none.db: check the path, or import something into it first.\n"
    assert [path.name for path in folder.iterdir()] == ["in.csv"]


@pytest.mark.req("NOT-7")
@pytest.mark.usefixtures("imported")
def test_a_sender_that_is_no_address_is_named_by_its_option(run):
    for sender in ("nobody", "ACME <nobody>"):
        status, _, err = run("deliver", "--db", "crm.db", "--smtp", "smtp://localhost:1", "--from", sender, "--once")
        assert (status, err.startswith("contactcore: from: ")) == (2, True)


@pytest.mark.req("IMP-4")
@pytest.mark.usefixtures("imported")
def test_a_flag_of_another_format_is_refused_without_a_value(run):
    message = "contactcore: --photos: Only the formats vcard and jscontact have this option: leave it out.\n"
    assert run("export", "--db", "crm.db", "--photos")[2] == message


@pytest.mark.req("IMP-2")
def test_a_standard_input_that_cannot_be_read_leaves_no_database(run, folder, monkeypatch):
    with Path(os.devnull).open(encoding="utf-8") as device:
        monkeypatch.setattr(sys, "stdin", device)
        status, out, err = run("import", "-", "--db", "new.db")
    assert (status, out) == (2, "")
    assert "This is no regular file" in err
    assert [path.name for path in folder.iterdir()] == ["in.csv"]
