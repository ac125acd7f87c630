"""Fresh storages of every kind, a clock, child processes, and the profiles `dev`, `ci`, `fresh` and `nightly`."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import Phase, settings

from contactcore.storage import Storage
from contactcore_memory import MemoryStorage
from support.child import StartChild, starting_children
from support.clock import Clock
from support.quick_runs import keep_compiled_modules, keep_files_in_memory
from support.seeds import NIGHTLY

if TYPE_CHECKING:
    from support.kept_postgres import EmptiedDatabase

keep_compiled_modules(Path(__file__).parents[1])
keep_files_in_memory()

pytest_plugins = ["contactcore.testing.not_judged"]

# A failed assertion in these modules then shows its values.
pytest.register_assert_rewrite("model_based")

settings.register_profile("dev", max_examples=20, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("fresh", max_examples=100, deadline=None)
settings.register_profile("nightly", max_examples=1_000, deadline=None)
# The one-line mutants need to know that a test fails, and not its smallest example.
settings.register_profile(
    "mutants", max_examples=100, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("CONTACTCORE_PROFILE", "ci"))

Opener: TypeAlias = Callable[[pytest.FixtureRequest], AbstractContextManager[Storage]]
"""Opens a storage without workspaces and without kinds."""

OpenFresh: TypeAlias = Callable[[], AbstractContextManager[Storage]]

_numbers = count()


def _open_memory(request: pytest.FixtureRequest) -> AbstractContextManager[Storage]:
    return closing(MemoryStorage())


def _open_sqlite(request: pytest.FixtureRequest) -> AbstractContextManager[Storage]:
    folder: Path = request.getfixturevalue("tmp_path")
    from contactcore_sqlite import SQLiteStorage

    return closing(SQLiteStorage(folder / f"{next(_numbers)}.db"))


def _open_postgres(request: pytest.FixtureRequest) -> AbstractContextManager[Storage]:
    # One database serves the whole session. Emptying it is quicker than making another one.
    return request.getfixturevalue("emptied_database").opened()


@contextmanager
def _open_citus(request: pytest.FixtureRequest) -> Iterator[Storage]:
    from contactcore_postgres import PostgresStorage
    from support.postgres_server import forget_kinds

    with closing(PostgresStorage(os.environ["CONTACTCORE_CITUS_DSN"])) as storage:
        storage.install(())
        storage.distribute()
        for workspace in storage.workspaces():
            storage.drop(workspace)
        forget_kinds(os.environ["CONTACTCORE_CITUS_DSN"])
        yield storage


_ALL: dict[str, Opener] = {"memory": _open_memory, "sqlite": _open_sqlite, "postgres": _open_postgres}
# `CONTACTCORE_STORAGES=memory,sqlite` leaves out the server, which takes seconds to start. `citus` is the cluster whose
# coordinator `CONTACTCORE_CITUS_DSN` names.
_CHOICES = _ALL | {"citus": _open_citus}
OPENERS = {name: _CHOICES[name] for name in os.environ.get("CONTACTCORE_STORAGES", ",".join(_ALL)).split(",")}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Leave neighbours to one worker, which then prepares a module or a class once; an idle worker takes over some."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, except at night, the cases that differ in a rule above the storage and have run in memory."""
    if NIGHTLY:
        return
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    represented: set[tuple[str, str]] = set()
    for item in items:
        storage = item.callspec.params.get("open_storage", "") if hasattr(item, "callspec") else ""
        if item.get_closest_marker("cases_in_memory") is None or storage in {"", next(iter(OPENERS))}:
            kept.append(item)
            continue
        test = (item.nodeid.partition("[")[0], storage)
        (left_out if test in represented else kept).append(item)
        represented.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over the collected tests, which stay until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A database of a server of this session, or of the server named in `CONTACTCORE_POSTGRES_DSN`."""
    from support.postgres_server import session_server

    server = session_server()
    address: str = server.database()
    yield address
    server.drop(address)


@pytest.fixture(scope="session")
def emptied_database(postgres_address: str) -> Iterator[EmptiedDatabase]:
    """The database of `postgres_address` with the tables, emptied when a storage is opened."""
    from support.kept_postgres import EmptiedDatabase

    with closing(EmptiedDatabase(postgres_address)) as database:
        yield database


@pytest.fixture(params=list(OPENERS))
def open_storage(request: pytest.FixtureRequest) -> OpenFresh:
    """Opens fresh storages of one kind, one after another, without installed record kinds."""
    opener = OPENERS[request.param]
    return lambda: opener(request)


@pytest.fixture
def storage(open_storage: OpenFresh) -> Iterator[Storage]:
    """One fresh storage."""
    with open_storage() as fresh:
        yield fresh


@pytest.fixture
def clock() -> Clock:
    """A clock that only the test moves."""
    return Clock()


@pytest.fixture
def start_child() -> Iterator[StartChild]:
    """Starts programs in processes of their own, and kills them at the end of the test."""
    with starting_children() as start:
        yield start
