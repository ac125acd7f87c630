"""A refused call changes nothing: an application that survives the refusal commits no half of an act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from random import Random
from typing import Any, Final

from contactcore.errors import ContactCoreError, StorageError
from contactcore.mapping.kinds import KINDS
from contactcore.storage import LARGEST_PAGE, Storage
from contactcore.workspace.session import Session
from model_based.noninterference import public_calls
from model_based.paired_workspaces import KEEPER, VIEWER, PairedWorkspace, step
from model_based.viewer_calls import GENERATORS, Arguments
from support.actors import ROOT

__all__ = ["check_refusals"]

_ACTORS: Final = (VIEWER, VIEWER, KEEPER, ROOT)
_COUNTED: Final = frozenset({"counter"})
"""The kinds that count refused attempts on purpose."""

Stored = Mapping[tuple[str, str], tuple[int, bytes, frozenset[str]]]


class _Undone(Exception):
    """Ends a session on purpose."""


def check_refusals(
    open_storage: Callable[[], AbstractContextManager[Storage]], seed: int, steps: int = 40, calls: int = 250
) -> None:
    """Run one random history, then random calls of all methods; what is stored is compared around each refusal.

    Args:
        open_storage: Opens a fresh storage.
        seed: Seed of the random choices.
        steps: Number of steps of the history.
        calls: Number of random calls, besides one call of each method.

    Raises:
        AssertionError: A refused call wrote something.
    """
    random = Random(seed)
    with open_storage() as first, open_storage() as second:
        full, bare = PairedWorkspace(first, "pair 1"), PairedWorkspace(second, "pair 2")
        for _ in range(steps):
            step(random, (full, bare))
        names = [*full.ids, "nobody"]
        with full.workspace.read(VIEWER) as session:
            paths = sorted(set(public_calls(session)) & set(GENERATORS))
        for path in [*paths, *random.choices(paths, k=calls)]:
            make = GENERATORS[path](random, names)
            actor, keep = random.choice(_ACTORS), random.random() < 0.3
            with suppress(ContactCoreError, _Undone), full.workspace.write(actor) as session:
                _call(session, path, full, make)
                if not keep:
                    raise _Undone


def _call(
    session: Session,
    path: str,
    workspace: PairedWorkspace,
    make: Callable[[PairedWorkspace, Session], Arguments],
) -> None:
    target: Any = session
    for part in path.split("."):
        target = getattr(target, part)
    if not callable(target):
        return
    args, kwargs = make(workspace, session)
    before = _stored(session)
    try:
        target(*args, **kwargs)
    except StorageError:
        raise  # the transaction is void
    except ContactCoreError as error:
        _check_unchanged(before, _stored(session), f"{path} was refused ({error})")
        raise


def _check_unchanged(before: Stored, after: Stored, what: str) -> None:
    changed = sorted({key[0] for key in {**before, **after} if before.get(key) != after.get(key)})
    assert not changed, f"{what} and changed records: {changed}"


def _stored(session: Session) -> Stored:
    reader = session._transaction.reader
    return {
        (record.kind, record.id): (record.version, record.body, record.access)
        for kind in KINDS
        if kind.name not in _COUNTED
        for record in reader.dump(kind.name, limit=LARGEST_PAGE)
    }
