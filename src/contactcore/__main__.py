"""The command line: `contactcore ...` or `python -m contactcore ...`.

The exit status is 0 for done, 1 for done with rejected rows, and 2 for a command that failed. A failed command writes
one plain line to stderr.
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
_INTERRUPTED = "Interrupted. All progress that was reported is stored; run the same command again to resume."


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit the process with its status.

    Args:
        arguments: Arguments after the program name; `sys.argv[1:]` by default.
    """
    try:
        import click

        from contactcore.command_line.commands import commands
    except KeyboardInterrupt:
        _fail(_INTERRUPTED)
    except ImportError:
        _fail("the command line needs its extra: pip install 'contactcore[cli]'")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that cannot encode a letter shows its escape. The command must not fail halfway because of it.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        group = commands(open_storage)
        # `group.main` is not used, because it turns a broken pipe into a failure.
        with group.make_context("contactcore", list(sys.argv[1:] if arguments is None else arguments)) as context:
            status = group.invoke(context)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        _fail(_INTERRUPTED)
    except ContactCoreError as error:
        language = context.obj or "en"
        _fail(str(error) if language == "en" else error.message_in(language))
    except BrokenPipeError:
        # The reader of the output closed it. Python flushes stdout at exit and would fail again, so stdout is replaced.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_DONE)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(status if isinstance(status, int) else _DONE)


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"contactcore: {' '.join(message.split())}\n")
    sys.exit(_FAILED)


def open_storage(address: str, *, create: bool = False, pretend: bool = False) -> Storage:
    """Open the storage at an address.

    Args:
        address: Path of an SQLite file, or a `postgresql://` address.
        create: Whether a file that does not exist is created; False by default.
        pretend: Whether an empty storage in memory replaces a file that does not exist; False by default.

    Raises:
        StorageError: `storage-missing` for a file that does not exist, `extra-missing` for a driver that is not
            installed, or the error of the adapter.
    """
    if address.startswith(("postgresql://", "postgres://")):
        import logging

        from contactcore_postgres import PostgresStorage

        # psycopg logs each attempt to connect. Only the one line about the failure belongs on stderr.
        logging.getLogger("psycopg").addHandler(logging.NullHandler())
        return PostgresStorage(address)
    if not create and not os.path.exists(address):  # noqa: PTH110 - pathlib costs an import for one question
        if pretend:
            from contactcore_memory import MemoryStorage

            return MemoryStorage()
        message = f"There is no database {address or repr(address)}: check the path, or import something into it first."
        raise StorageError(message, "storage-missing")
    from contactcore_sqlite import SQLiteStorage

    return SQLiteStorage(address)


if __name__ == "__main__":
    main()
