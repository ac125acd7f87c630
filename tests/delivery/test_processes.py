"""Several deliverers at once, in processes of their own, on one file; and deliverers that are killed (NOT-7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contactcore_sqlite import SQLiteStorage
from support.child import Child, StartChild
from support.clock import Clock
from support.mail_server import MailServer, transport_to
from support.queued_mail import deliverer, outbox, queue

pytestmark = pytest.mark.req("NOT-7")

Start = Callable[[str], Child]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
def start(path: Path, server: MailServer, start_child: StartChild) -> Start:
    """Starts a deliverer, which waits for a line before it begins."""
    script = str(Path(__file__).with_name("sender.py"))
    return lambda mode: start_child(script, str(path), str(server.port), mode)


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
        assert [child.line() for child in children] == ["ready"] * 3
        for child in children:
            child.tell()
        results = [child.rest()[-1].split() for child in children]
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
        assert child.line() == "ready"
        child.tell()
        assert child.line() == "sent"
        child.kill()
        assert child.killed()
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
