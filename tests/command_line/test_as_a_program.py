"""The command line as a program of its own: its output, what interrupts it, and what stops it for good."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from contactcore.testing.fixtures import expect_same


def _lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_the_module_runs_as_a_program_and_writes_utf_8(tmp_path):
    (tmp_path / "in.csv").write_text("First name,Last name\nZoë,Müller\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "contactcore"]
    subprocess.run([*command, "import", "in.csv", "--db", "crm.db"], cwd=tmp_path, env=environment, check=True)
    done = subprocess.run(
        [*command, "list", "--db", "crm.db"], cwd=tmp_path, env=environment, check=True, capture_output=True
    )
    assert "Zoë Müller" in done.stdout.decode("utf-8")


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_output_that_lacks_a_letter_stops_no_command(tmp_path, encoding):
    (tmp_path / "in.csv").write_text(
        "Company,E-mail\nĆwiek \U0001f4a5 é,c@cwiek.example\nZ,z@z.example\n", encoding="utf-8"
    )
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def ask(*arguments):
        command = [sys.executable, "-m", "contactcore", *arguments, "--db", "crm.db"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False)
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
        # An ASCII console is taken for one that says nothing, and gets UTF-8.
        return done.stdout.decode("utf-8" if encoding == "ascii" else encoding)

    ask("import", "in.csv")
    first, second = _lines(ask("list", "--json"))
    assert (first["name"], second["name"]) == ("Ćwiek \U0001f4a5 é", "Z")
    assert len(ask("list").splitlines()) == len(ask("search", "z").splitlines()) + 1
    assert "c@cwiek.example" in ask("show", first["id"])
    assert _lines(ask("show", first["id"], "--json"))[0]["name"] == first["name"]


def test_an_interrupt_while_the_commands_are_loaded_is_one_plain_line_too():
    script = (
        "import sys\n"
        "from contactcore.__main__ import main\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'contactcore.command_line.commands':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "main(['list', '--db', 'crm.db'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("contactcore: Interrupted. ")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_hangs_up_is_no_error(tmp_path):
    rows = "".join(f"Name{number},n{number}@example.org\n" for number in range(3000))
    (tmp_path / "many.csv").write_text("First name,E-mail\n" + rows, encoding="utf-8")
    command = [sys.executable, "-m", "contactcore"]
    subprocess.run([*command, "import", "many.csv", "--db", "crm.db"], cwd=tmp_path, check=True, capture_output=True)
    with subprocess.Popen(
        [*command, "list", "--db", "crm.db"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.readline()
        listing.stdout.close()
        assert (listing.stderr.read(), listing.wait()) == (b"", 0)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL on this system")
def test_a_killed_import_goes_on_where_it_stopped(tmp_path):
    rows = "".join(f"Name{number},n{number}@example.org\n" for number in range(6000))
    (tmp_path / "many.csv").write_text("First name,E-mail\n" + rows, encoding="utf-8")
    script = tmp_path / "child.py"
    script.write_text(
        "from contactcore import User, Workspace\n"
        "from contactcore_sqlite import SQLiteStorage\n"
        "imports = Workspace(SQLiteStorage('crm.db'), 'default').imports(User('admin', admin=True))\n"
        "imports.apply(imports.plan(__import__('pathlib').Path('many.csv')), lambda p: print(p.rows, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        acknowledged = int(child.stdout.readline())
        child.kill()
    done = subprocess.run(
        [sys.executable, "-m", "contactcore", "import", "many.csv", "--db", "crm.db"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("6000 rows: 6000 created, 0 updated, 0 skipped, 0 rejected")
    assert 0 < acknowledged < 6000
    listing = subprocess.run(
        [sys.executable, "-m", "contactcore", "list", "--db", "crm.db", "--json"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    emails = [line["emails"][0] for line in _lines(listing.stdout)]
    expect_same(sorted(emails), sorted(f"n{number}@example.org" for number in range(6000)))
