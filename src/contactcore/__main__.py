"""The command line: `contactcore ...` or `python -m contactcore ...`.

Exit status: 0 done, 1 done with rejected rows, 2 could not be done, with one plain line on stderr.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from contactcore.errors import ContactCoreError, StorageError
from contactcore.storage import Storage

__all__ = ["main", "open_storage"]

_DONE, _FAILED = 0, 2
_INTERRUPTED = "Interrupted. What was reported as done is stored; the same command goes on from there."


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status.

    Args:
        arguments: Those of the process by default.
    """
    try:
        import click

        from contactcore.command_line.commands import commands
    except KeyboardInterrupt:
        _fail(_INTERRUPTED)
    except ImportError:
        _fail("the command line needs its extra: pip install 'contactcore[cli]'")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that lacks a letter shows its number; it must not end the command halfway.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        group = commands(open_storage)
        # Not `group.main`: it would turn a reader that hung up into a failure.
        with group.make_context("contactcore", list(sys.argv[1:] if arguments is None else arguments)) as context:
            status = group.invoke(context)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        _fail(_INTERRUPTED)
    except ContactCoreError as error:
        _fail(str(error))
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing more may be written to it, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_DONE)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(status if isinstance(status, int) else _DONE)


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"contactcore: {' '.join(message.split())}\n")
    sys.exit(_FAILED)


def open_storage(address: str, *, create: bool = False, pretend: bool = False) -> Storage:
    """The storage at an address: a path, or `postgresql://...`.

    Args:
        address: Where.
        create: Whether a file that does not exist is made.
        pretend: Whether an empty storage in memory stands in for a file that does not exist.

    Raises:
        StorageError: `storage-missing` for a file that does not exist, `extra-missing`, or what the adapter says.
    """
    if address.startswith(("postgresql://", "postgres://")):
        import logging

        from contactcore_postgres import PostgresStorage

        # Each attempt to connect would be told on stderr, before the one line that says what went wrong.
        logging.getLogger("psycopg").addHandler(logging.NullHandler())
        return PostgresStorage(address)
    if not create and not os.path.exists(address):  # noqa: PTH110 - pathlib costs an import for one question
        if pretend:
            from contactcore_memory import MemoryStorage

            return MemoryStorage()
        raise StorageError(f"There is no database {address}; import something into it first.", "storage-missing")
    from contactcore_sqlite import SQLiteStorage

    return SQLiteStorage(address)


if __name__ == "__main__":
    main()
