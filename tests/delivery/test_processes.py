"""Several deliverers at once, in processes of their own, on one file; and deliverers that are killed (NOT-7)."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from delivery_stage import Clock, MailServer, deliverer, outbox, queue, transport_to

from contactcore_sqlite import SQLiteStorage

pytestmark = pytest.mark.req("NOT-7")

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
def start(path: Path, server: MailServer) -> Iterator[Start]:
    """Starts a deliverer, which waits for a line before it begins."""
    started: list[subprocess.Popen[str]] = []

    def run(mode: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", str(Path(__file__).with_name("sender.py")), str(path)]
        child = subprocess.Popen(
            [*command, str(server.port), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(child)
        return child

    yield run
    for child in started:
        child.kill()
        child.communicate()


def say(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def present() -> Clock:
    """The clock of the processes, which look at the real one, as the tests see it: messages are due since yesterday."""
    return Clock(datetime.now(UTC) - timedelta(days=1))


def test_several_processes_send_every_message_once(path: Path, server: MailServer, start: Start) -> None:
    with closing(SQLiteStorage(path)) as storage:
        queued = [
            message
            for firm in ("one", "two", "three")
            for message in queue(storage, present(), firm, *(f"to{number}@x.example" for number in range(12)))
        ]
        children = [start("all") for _ in range(3)]
        assert [line(child) for child in children] == ["ready"] * 3
        for child in children:
            say(child)
        results = [child.communicate(timeout=100)[0].split() for child in children]
        assert [child.returncode for child in children] == [0, 0, 0]
        assert sum(int(sent) for sent, _, _ in results) == len(queued)
        assert Counter(server.ids()) == Counter(message.message_id for message in queued)
        assert all(one.state == "sent" for firm in ("one", "two", "three") for one in outbox(storage, present(), firm))


@pytest.mark.parametrize("count", [1, 5])
def test_a_deliverer_killed_after_sending_leaves_its_work_to_others(
    path: Path, server: MailServer, start: Start, count: int
) -> None:
    clock = present()
    with closing(SQLiteStorage(path)) as storage:
        queued = queue(storage, clock, "acme", *(f"to{number}@x.example" for number in range(8)))
        child = start(str(count))
        assert line(child) == "ready"
        say(child)
        assert line(child) == "sent"
        child.kill()
        child.wait(60)
        assert [one.state for one in outbox(storage, clock)].count("sent") == count - 1
        (unsettled,) = server.ids()[-1:]
        with deliverer(storage, transport_to(server), clock) as other:
            clock.now = datetime.now(UTC)
            other.run_once()
            assert Counter(server.ids())[unsettled] == 1, "the lease of the dead process was not respected"
            clock.forward(minutes=11)
            other.run_once()
        assert all(one.state == "sent" for one in outbox(storage, clock))
    arrived = Counter(server.ids())
    assert arrived == Counter({message.message_id: 1 for message in queued} | {unsettled: 2})
    assert len(set(server.received)) <= len(queued) + 1
