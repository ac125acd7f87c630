"""Journals that are broken on purpose, each in a promise that needs files or processes to be seen, and a right one."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence

from contactcore.errors import StorageError
from contactcore.storage import Kind, View
from support.journal_storage import OLDEST, RELEASE, JournalStorage, JournalWriter, Line

__all__ = [
    "AcknowledgesFirst",
    "BlobsAreSpilled",
    "CallsOldReleasesNewer",
    "DeclarationsAreReadOnce",
    "DropLeaves",
    "FullIsAcknowledged",
    "FullIsNamedLost",
    "FullIsSeen",
    "IgnoresOldReleases",
    "IgnoresReleases",
    "LockOutlivesItsProcess",
    "LooksAtReleasesInInstall",
    "MendsOldReleases",
    "MendsReleases",
    "NewProcessesSeeOnly",
    "NoLockBetweenProcesses",
    "NoScrub",
    "NoSync",
    "NumbersWorkspacesAlone",
    "ScrubKeepsACopy",
    "ScrubKeepsBlobs",
    "TornCommits",
    "UnknownReleaseIsEmpty",
]


class NoSync(JournalStorage):
    def sync(self, file: int) -> None:
        pass


class NoLockBetweenProcesses(JournalStorage):
    def lock(self, file: int) -> None:
        pass


class NewProcessesSeeOnly(JournalStorage):
    """Reads the journal once, and again only before it writes."""

    def _refresh(self) -> None:
        if not self._inode or self._writing_thread is not None:
            super()._refresh()
        else:
            self._open.check_open()


class NoScrub(JournalStorage):
    def scrub(self) -> None:
        self._open.check_open()


class ScrubKeepsACopy(JournalStorage):
    def scrub(self) -> None:
        self._open.check_open()
        if self.path.exists():
            shutil.copy(self.path, self.path.with_suffix(".before"))
        super().scrub()


class ScrubKeepsBlobs(JournalStorage):
    def append(self, line: Line) -> None:
        with self.path.with_suffix(".blobs").open("ab") as file:
            for digest, _ in line.get("blobs", ()):
                before = self._snapshots.get(line["workspace"])
                file.write(b"" if before is None else before.blobs.get(digest) or b"")
        super().append(line)


class DropLeaves(JournalStorage):
    def drop(self, workspace: str) -> bool:
        self._open.check_open()
        if workspace in self._snapshots:
            self.path.with_suffix(f".{workspace[:20]}.dropped").write_bytes(b"")
        return super().drop(workspace)


class BlobsAreSpilled(JournalStorage):
    """Writes blobs to a file of their own before the commit, which an undone transaction leaves behind."""

    class Writer(JournalWriter):
        def keep_blob(self, digest: str, data: bytes) -> None:
            super().keep_blob(digest, data)
            with self.storage.path.with_suffix(".spilled").open("ab") as file:
                file.write(data)

    writer_class = Writer


class AcknowledgesFirst(JournalStorage):
    """Writes a commit down with the next one."""

    late: Line | None = None

    def append(self, line: Line) -> None:
        if self.late is not None:
            super().append(self.late)
        self.late = line

    def _refresh(self) -> None:
        if self.late is None:
            super()._refresh()


class TornCommits(JournalStorage):
    """Writes the events of a commit with the next commit."""

    def append(self, line: Line) -> None:
        if "drop" in line or not line["events"]:
            super().append(line)
            return
        held = getattr(self, "_held", [])
        self._held = line["events"]
        super().append({**line, "events": held})


class LockOutlivesItsProcess(JournalStorage):
    """Locks by a file that is made and removed."""

    def __init__(self, path: str, patience: float = 3.0) -> None:
        super().__init__(path, patience)

    def lock(self, file: int) -> None:
        super().lock(file)
        held = self.path.with_suffix(".held")
        deadline = time.monotonic() + self._patience
        while held.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        if held.exists():
            raise TimeoutError("the lock is held")
        held.touch()
        self._held = held

    def append(self, line: Line) -> None:
        super().append(line)
        self._held.unlink(missing_ok=True)

    class Writer(JournalWriter):
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "usable" and not value and "storage" in vars(self):
                self.storage.path.with_suffix(".held").unlink(missing_ok=True)

    writer_class = Writer


class NumbersWorkspacesAlone(JournalStorage):
    """Gives a new workspace the next number of its own, and keeps what has one number in one place."""

    def append(self, line: Line) -> None:
        if "workspace" in line:
            numbers = vars(self).setdefault("_numbers", {})
            if line["workspace"] not in numbers:
                given = vars(self)["_given"] = vars(self).get("_given", 0) + 1
                numbers[line["workspace"]] = given
            line = {**line, "number": numbers[line["workspace"]]}
        super().append(line)

    def _apply(self, line: Line) -> None:
        if "number" not in line:
            super()._apply(line)
            return
        numbers = vars(self).setdefault("_numbers", {})
        numbers[line["workspace"]] = line["number"]
        for name in [name for name, number in numbers.items() if number == line["number"]]:
            super()._apply({**line, "workspace": name})


class DeclarationsAreReadOnce(JournalStorage):
    """Compares the kinds that it found when it was opened."""

    def _kept_kinds(self) -> dict[str, Kind]:
        found = vars(self).setdefault("_found", super()._kept_kinds())
        return {**found, **self._kinds}


class FullIsAcknowledged(JournalStorage):
    """Goes on without what the disk had no room for."""

    def append(self, line: Line) -> None:
        try:
            super().append(line)
        except StorageError as error:
            if error.code != "storage-full":
                raise


class FullIsNamedLost(JournalStorage):
    def code_of(self, error: OSError) -> str:
        return "storage-lost"


class FullIsSeen(JournalStorage):
    """Shows this process what the disk had no room for."""

    def append(self, line: Line) -> None:
        try:
            super().append(line)
        except StorageError:
            self._apply(line)
            raise


class IgnoresReleases(JournalStorage):
    def check_release(self, number: int) -> None:
        pass


class LooksAtReleasesInInstall(JournalStorage):
    """A right journal: it looks at the release when kinds are installed, and refuses each record of an unknown kind."""

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        if self.path.exists():
            with self.path.open("rb") as file:
                super().check_release(json.loads(file.readline())["release"])
        super().install(kinds, views)

    def check_release(self, number: int) -> None:
        pass


class IgnoresOldReleases(JournalStorage):
    def check_release(self, number: int) -> None:
        if number > RELEASE:
            super().check_release(number)


class CallsOldReleasesNewer(JournalStorage):
    def check_release(self, number: int) -> None:
        super().check_release(number + 2 if number < OLDEST else number)


class MendsOldReleases(JournalStorage):
    """Refuses an outdated release once, and then makes the journal its own."""

    def check_release(self, number: int) -> None:
        if number < OLDEST:
            first, rest = self.path.read_bytes().split(b"\n", 1)
            self.path.write_bytes(first.replace(b"%d" % number, b"%d" % RELEASE) + b"\n" + rest)
        super().check_release(number)


class MendsReleases(JournalStorage):
    """Refuses a newer release once, and then makes the journal its own."""

    def check_release(self, number: int) -> None:
        if number > RELEASE:
            first, rest = self.path.read_bytes().split(b"\n", 1)
            self.path.write_bytes(first.replace(b"%d" % number, b"%d" % RELEASE) + b"\n" + rest)
        super().check_release(number)


class UnknownReleaseIsEmpty(JournalStorage):
    """Begins a new journal in place of that of a newer release."""

    def check_release(self, number: int) -> None:
        if number > RELEASE:
            first, _ = self.path.read_bytes().split(b"\n", 1)
            self.path.write_bytes(first + b"\n")
        super().check_release(number)
