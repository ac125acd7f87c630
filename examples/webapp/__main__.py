"""Start the web application: `python -m examples.webapp`."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import uvicorn

from contactcore.storage import Storage

from .app import create_app, open_services
from .demo import fill


def open_storage(address: str) -> Storage:
    """The storage at the path of a file, or at the address of a PostgreSQL server."""
    if address.startswith(("postgresql://", "postgres://")):
        from contactcore_postgres import PostgresStorage

        return PostgresStorage(address)
    from contactcore_sqlite import SQLiteStorage

    return SQLiteStorage(address)


def main() -> None:
    """Read the options, fill the workspaces that are empty, and serve."""
    reader = argparse.ArgumentParser(prog="python -m examples.webapp", description=__doc__)
    reader.add_argument("--db", help="an SQLite file, or postgresql://...; by default a new temporary file")
    reader.add_argument("--host", default="127.0.0.1", help="the address to listen at; by default this machine only")
    reader.add_argument("--port", type=int, default=8000)
    reader.add_argument("--contacts", type=int, default=240, help="the number of generated contacts of each firm")
    reader.add_argument("--smtp", default="", help="a mail server for the letters, smtp://...; else /mailbox has them")
    options = reader.parse_args()
    address = f"http://{options.host}:{options.port}"
    storage = open_storage(options.db or str(Path(tempfile.mkdtemp(prefix="webapp-")) / "crm.db"))
    try:
        services = open_services(storage, address, smtp=options.smtp)
        started = time.perf_counter()
        for workspace in services.workspaces.values():
            fill(workspace, options.contacts)
        print(f"Three firms are ready ({time.perf_counter() - started:.1f} s): {address}")
        app = create_app(services, secret=os.environ.get("WEBAPP_SECRET", ""))
        uvicorn.run(app, host=options.host, port=options.port, log_level="warning")
    finally:
        storage.close()


main()
