"""The specification itself: its clauses, its oracle, and the five lines of an adapter's author."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import contactcore.testing
from contactcore.storage import Query, Record, continues, matches, read_cursor, sort_key
from contactcore.testing import HOOKED_LAWS, HOOKS, KINDS, LARGE_LAWS, LAWS, clauses, drive, with_kinds
from contactcore.testing.hooks import Hooks
from contactcore.testing.laws import HOOKED
from contactcore.testing.machine import ACTIONS, DifferentialRun, steps_of
from contactcore.testing.oracle import OracleWorkspace
from contactcore.testing.records import queries, records
from contactcore_memory import MemoryStorage
from contactcore_memory.writing import MemoryWriter

ALL = (*LAWS, *LARGE_LAWS, *HOOKED_LAWS)


def test_every_hook_is_needed_by_a_subject_and_said_to_its_author() -> None:
    needed = {hook for hooks, _ in HOOKED.values() for hook in hooks}
    assert needed == HOOKS.keys()
    assert {field.name for field in attrs.fields(Hooks)} == HOOKS.keys() - {"own_files"}


def test_every_law_says_its_clause_in_one_sentence() -> None:
    sentences = [sentence for _, sentence in clauses()]
    assert len(sentences) == len(ALL)
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in sentences)
    names = [law.__name__ for law in ALL]
    assert len(set(names)) == len(names)


def test_every_law_of_a_module_is_listed() -> None:
    for law in ALL:
        module = sys.modules[law.__module__]
        written = [name for name, it in vars(module).items() if callable(it) and it.__module__ == module.__name__]
        listed = {one.__name__ for one in module.LAWS}
        assert {name for name in written if not name.startswith("_")} - {"fill"} == listed


@given(st.lists(records(), max_size=8), queries())
def test_the_oracle_and_the_port_mean_the_same(found: list[Record], query: Query) -> None:
    unique = tuple({(record.kind, record.id): record for record in found}.values())
    oracle = OracleWorkspace(KINDS, unique)
    kind = oracle.kind(query.kind)
    cursor = None if query.after is None else read_cursor(query.order, query.after)
    hits = [record for record in unique if matches(kind, query, record)]
    assert oracle.count(query, []) == (len(hits),)
    walk = sorted((sort_key(query, record) for record in hits), reverse=query.descending)
    behind = [id for key, id in walk if continues(query, cursor, (key, id))]
    if not query.distinct_owner:
        answer = oracle.find(query)
        assert [card.id for card in answer.cards] == behind[: query.limit]
        assert answer.more == (len(behind) > query.limit)


def test_a_history_changes_something_mostly() -> None:
    random = Random(7)
    storage = MemoryStorage()
    storage.install(KINDS)
    run, changes = DifferentialRun(storage), 0
    for _ in range(400):
        before = str(sorted(run.workspaces.items()))
        run.transact(random, random.choice(ACTIONS))
        changes += str(sorted(run.workspaces.items())) != before
    assert changes > 120
    assert sum(len(oracle.records) for oracle in run.workspaces.values()) > 8


def test_the_five_lines_of_an_author_run_the_specification(tmp_path: Path) -> None:
    recipe = (contactcore.testing.__doc__ or "").split("\n\n")[1:3]
    lines = "\n\n".join(recipe).replace("MyStorage(...)", "MemoryStorage()")
    code = "from contactcore_memory import MemoryStorage\n" + "\n".join(line[4:] for line in lines.splitlines())
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "test_law", str(tmp_path)]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert f"{len(LAWS)} passed" in finished.stdout


def test_a_broken_clause_is_told_with_the_values_that_differ(tmp_path: Path) -> None:
    code = (
        "from contactcore_memory import MemoryStorage\n"
        "from contactcore.testing import StorageSpecification\n"
        "class Forgetful(MemoryStorage):\n"
        "    def create(self, workspace):\n"
        "        return False\n"
        "class TestMine(StorageSpecification):\n"
        "    def fresh_storage(self):\n"
        "        return Forgetful()\n"
    )
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "created_once", str(tmp_path)]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 1
    assert "assert False is True" in finished.stdout


class ForgetsWordsOfTheSecond(MemoryStorage):
    """Fails only when a record has words already and another one comes with a certain word."""

    class writer_class(MemoryWriter):  # noqa: N801 - the name of the attribute
        def _put(self, changes):
            there = any(one.words for one in self.dump("contact"))
            mine = [new and there and "jo@x.fr" in new.words for _, new in changes]
            pairs = zip(mine, changes, strict=True)
            super()._put([(old, _without_words(new) if broken else new) for broken, (old, new) in pairs])


def _without_words(record: Record) -> Record:
    return attrs.evolve(record, words=frozenset())


def test_a_failing_history_is_shortened_and_told_with_its_seed_and_its_calls() -> None:
    with pytest.raises(AssertionError) as failed:
        drive(with_kinds(ForgetsWordsOfTheSecond), 400, 1)
    told = str(failed.value)
    assert re.match(r"The history of seed \d+ fails at step \d+ of 400\. These [1-4] of its steps fail too:\n", told)
    assert "  with storage.write('" in told
    assert "writer.insert([Record(kind='contact'" in told


def test_a_history_of_a_seed_is_the_same_each_time_and_reopens_where_it_can() -> None:
    assert steps_of(7, 300, reopens=True) == steps_of(7, 300, reopens=True)
    assert steps_of(7, 300, reopens=True) != steps_of(8, 300, reopens=True)
    kinds = {step.what for step in steps_of(7, 300, reopens=True)}
    assert kinds == {"transact", "drop", "copy", "reopen"}
    assert "reopen" not in {step.what for step in steps_of(7, 300, reopens=False)}


@pytest.mark.parametrize("workers", [[], ["-n", "2", "-p", "contactcore.testing.not_judged"]])
def test_the_last_line_names_what_was_not_judged(workers: list[str], tmp_path: Path) -> None:
    code = (
        "from contactcore_memory import MemoryStorage\n"
        "from contactcore.testing import StorageSpecification\n"
        "class TestMine(StorageSpecification):\n"
        "    own_files = False\n"
        "    def fresh_storage(self):\n"
        "        return MemoryStorage()\n"
        "    def in_another_process(self, storage):\n"
        "        return MemoryStorage\n"
    )
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "newer or disk or bytes", *workers]
    run = subprocess.run(
        [*command, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[-1] == (
        "not judged: TestMine: Files (no files), Releases (no reopen, no newer_release), "
        "The disk (a server writes the files)"
    )


def test_the_clauses_can_be_printed() -> None:
    command = [sys.executable, "-m", "contactcore.testing"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    for _, sentence in clauses():
        assert sentence in printed
    assert f" {len(ALL)}. " in printed


def test_who_reads_only_the_first_clauses_gets_no_traceback() -> None:
    command = [sys.executable, "-u", "-m", "contactcore.testing"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as printing:
        assert printing.stdout is not None
        assert printing.stderr is not None
        printing.stdout.close()
        assert printing.stderr.read() == b""
    assert printing.returncode == 0
