"""A deliverer in a process of its own: `sender.py FILE PORT MODE`.

With the mode `all` it sends the due messages and prints how many. With a number it prints `sent` when the server has
taken this number of messages and the result of the last one is not recorded yet, and waits there to be killed.
"""

from __future__ import annotations

import sys
from contextlib import closing

from contactcore.delivery import Deliverer, SmtpServer, SmtpTransport
from contactcore.formats.letters.envelope import Envelope
from contactcore.rules.redelivery import Outcome
from contactcore_sqlite import SQLiteStorage


class Waiting(SmtpTransport):
    """Stops between sending a message and recording the result."""

    def __init__(self, server: SmtpServer, after: int) -> None:
        super().__init__(server)
        self.left = after

    def send(self, envelope: Envelope) -> Outcome:
        outcome = super().send(envelope)
        self.left -= 1
        if self.left == 0:
            print("sent", flush=True)  # noqa: T201 - the test reads it
            sys.stdin.read()
        return outcome


def main(path: str, port: str, mode: str) -> None:
    server = SmtpServer.parse(f"smtp://127.0.0.1:{port}?tls=none&hello=localhost&timeout=60")
    transport = SmtpTransport(server) if mode == "all" else Waiting(server, int(mode))
    with closing(SQLiteStorage(path, patience=60)) as storage:
        print("ready", flush=True)  # noqa: T201 - the test reads it
        sys.stdin.readline()
        with Deliverer(storage, transport, sender="no-reply@acme.example", batch=3) as deliverer:
            tally = deliverer.run_once()
    print(tally.sent, tally.put_off, tally.dead, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
