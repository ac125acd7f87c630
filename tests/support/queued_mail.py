"""Messages in the outbox of a workspace, and a deliverer of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contactcore import Host, Workspace
from contactcore.delivery import Deliverer
from contactcore.model.message import Message
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from contactcore.workspace.repositories.messages import enqueue
from support.actors import ROOT
from support.clock import Clock

__all__ = ["Takes", "deliverer", "outbox", "queue"]


class Takes:
    """A transport that takes everything, and remembers whom it was for."""

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        self.sent: list[str] = []
        self.before = before

    def send(self, envelope: Any) -> Outcome:
        self.sent.append(envelope.recipient)
        self.before()
        return Outcome("sent")

    def close(self) -> None:
        pass


def queue(storage: Storage, clock: Clock, workspace: str = "acme", *to: str, **details: Any) -> list[Message]:
    """Put messages into the outbox of a workspace, in one transaction."""
    space = Workspace(storage, workspace, host=Host(clock=clock, message_domain="acme.example"))
    with space.write(ROOT) as session:
        return [
            enqueue(
                session._transaction,
                Message(**{"to": address, "subject": f"For {address}", "text": "Hello", **details}),
            )
            for address in to
        ]


def outbox(storage: Storage, clock: Clock, workspace: str = "acme", **filters: Any) -> list[Message]:
    """The messages of a workspace, the oldest first."""
    with Workspace(storage, workspace, host=Host(clock=clock)).read(ROOT) as session:
        return list(reversed(session.outbox.list(limit=1_000, **filters).items))


def deliverer(storage: Storage, transport: Any, clock: Clock, **options: Any) -> Deliverer:
    """A deliverer of the firm's messages."""
    return Deliverer(storage, transport, sender="Acme <no-reply@acme.example>", clock=clock, **options)
