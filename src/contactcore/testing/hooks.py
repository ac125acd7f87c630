"""Hooks: what the author of a storage gives beside a fresh storage, to have more promises judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from contactcore.frozen import frozen
from contactcore.storage import Reader, Storage
from contactcore.testing.fixtures import OpenStorage

__all__ = ["HOOKS", "HookedLaw", "Hooks", "NotJudgedError"]

HOOKS: Final = {
    "reopen": "reopen(self, storage) closes a storage and returns another one at the same place",
    "files": "files(self, storage) returns the files and folders that hold its data; the logs of a server are left out",
    "in_another_process": "in_another_process(self, storage) returns a function that can be pickled, which opens "
    "another storage at the same place",
    "own_files": "own_files = True says that the process which commits writes the files too; False, that a server does",
    "records_walked": "records_walked(self, storage, workspace, call) runs a call on a reader of the workspace and "
    "returns the number of records, index entries, steps or pages that it has touched",
    "newer_release": "newer_release(self, storage) is a context in which the place looks as if a newer release had "
    "made it",
    "outdated_release": "outdated_release(self, storage) is a context in which the place looks as if a release had "
    "made it that can no longer be upgraded",
    "impatient_storage": "impatient_storage(self) gives a storage as fresh_storage does, whose writers wait only a "
    "fraction of a second for others",
    "view_rows": "view_rows(self, storage, workspace, name) returns the rows of a report view that belong to a "
    "workspace, each a tuple of the name of the workspace, the id and the columns",
}
"""Name of a hook -> its form and its meaning."""


class NotJudgedError(Exception):
    """A law cannot be judged: a hook is missing, or this system cannot do what the law needs."""


def _missing(name: str) -> Callable[..., object]:
    def missing(*_: object) -> object:
        raise NotJudgedError(name)

    return missing


@frozen
class Hooks:
    """The hooks of one author. A law uses only those that its subject names; they are there, or the law is not run.

    Attributes:
        reopen: Closes a storage and opens another one at the same place.
        files: The files and folders that hold the data of a storage.
        in_another_process: A function that can be pickled and opens another storage at the same place.
        records_walked: Runs a call on a reader of a workspace and counts what it has touched.
        newer_release: A context in which the place of a storage looks as if a newer release had made it.
        outdated_release: A context in which it looks as if a release had made it that can no longer be upgraded.
        impatient_storage: A fresh storage whose writers wait only a fraction of a second for others.
        view_rows: The rows of a report view of a workspace.
    """

    reopen: Callable[[Storage], Storage]
    files: Callable[[Storage], Iterable[Path]]
    in_another_process: Callable[[Storage], Callable[[], Storage]]
    records_walked: Callable[[Storage, str, Callable[[Reader], object]], int]
    newer_release: Callable[[Storage], AbstractContextManager[None]]
    outdated_release: Callable[[Storage], AbstractContextManager[None]]
    impatient_storage: Callable[[], Storage | AbstractContextManager[Storage]]
    view_rows: Callable[[Storage, str, str], Iterable[tuple[str | None, ...]]]

    @classmethod
    def of(cls, author: object) -> Hooks:
        """The hooks that a class of an author defines."""
        names = [field.name for field in attrs.fields(cls)]
        found: dict[str, Any] = {name: getattr(author, name, _missing(name)) for name in names}
        return cls(**found)


HookedLaw: TypeAlias = Callable[[OpenStorage, Hooks], None]
"""A clause that is judged with hooks; the docstring states it."""
