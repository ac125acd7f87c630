"""The interface of a driver: the operations that the benchmarks measure."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import attrs

from benchmarks.workload import Counts, Field, Part

__all__ = ["LEFT_OUT", "PAGE", "TOP", "Driver", "NewPerson", "Seen"]

PAGE, TOP = 50, 20
LEFT_OUT = (
    "order of a language",
    "access for several users and roles",
    "duplicates by phone and by name",
    "reason of each rejected row",
    "resuming a killed import",
    "history of fields",
    "undo of an import",
    "trash",
    "event feed",
)
"""The abilities of contactcore that no other driver has, and that its figures include."""


@attrs.frozen
class NewPerson:
    """A person as a form submits it; `serial` is unique."""

    serial: int
    given: str
    family: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    street: str
    city: str
    postal: str
    country: str
    tags: tuple[str, ...]
    note: str


@attrs.frozen
class Seen:
    """A contact in the common form in which the answers of all stacks are compared."""

    kind: str
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    cities: tuple[str, ...]
    tags: tuple[str, ...]
    people: tuple[str, ...]
    fields: Mapping[str, Any] = attrs.field(factory=dict)


class Driver(abc.ABC):
    """One store in one file. Users are names, and `Any` stands for the stack's own objects.

    `import_parts`, `get`, `page`, `search`, `create` and `update` are timed. They return complete objects: nothing may
    be loaded later. Each write is durable when the call returns (WAL, synchronous=FULL).
    """

    name: ClassVar[str]
    leaves_out: ClassVar[tuple[str, ...]] = LEFT_OUT
    same_order: ClassVar[bool] = True  # False: the stack has its own collation, and pages are compared as sets
    like: ClassVar[str] = ""  # the driver from which this one differs only in its import
    on_progress: Callable[[int], None] | None = None  # called during an import with the number of rows so far

    @abc.abstractmethod
    def open(self, path: Path) -> None:
        """Create an empty store at a path."""

    def define(self, fields: Sequence[Field]) -> None:  # noqa: B027 - the models of a peer already have the fields
        """Define the custom fields that a file has; not timed."""

    def told(self, rows: int) -> None:
        """Report the number of rows that the import has read so far."""
        if self.on_progress is not None:
            self.on_progress(rows)

    @abc.abstractmethod
    def close(self) -> None:
        """Release all resources."""

    @abc.abstractmethod
    def import_parts(self, parts: Sequence[Part]) -> Counts:
        """Import the files and count good, bad and duplicate rows. A bad row stores nothing."""

    @abc.abstractmethod
    def get(self, user: str, key: Any) -> Any:
        """Return one complete contact: e-mails, phones, addresses, tags, and the contact persons of a company."""

    @abc.abstractmethod
    def page(self, user: str, after: Any, limit: int) -> Any:
        """Return the next visible contacts in directory order, with e-mails and phones."""

    @abc.abstractmethod
    def search(self, user: str, text: str, limit: int) -> Any:
        """Return contacts that match the text: each of its words is a prefix. Names that begin with it come first."""

    @abc.abstractmethod
    def create(self, user: str, person: NewPerson) -> Any:
        """Validate and store a person that is shared for reading, make it searchable, and return its key."""

    @abc.abstractmethod
    def update(self, user: str, key: Any, phone: str, note: str) -> None:
        """Replace the phones of a contact with one number and replace its note; validate both, and reindex it."""

    @abc.abstractmethod
    def few(self) -> None:
        """Hide all contacts from the user `few` but those that are private to `few`; not timed."""

    # The methods below read answers and are not timed.

    @abc.abstractmethod
    def keys(self, contacts: Sequence[tuple[str, str]]) -> list[Any]:
        """Return the keys of contacts, given by kind and unique name."""

    @abc.abstractmethod
    def seen(self, answer: Any) -> Seen:
        """Convert an answer of `get` to the common form."""

    @abc.abstractmethod
    def names(self, answer: Any) -> list[str]:
        """Return the display names in an answer of `page` or `search`."""

    @abc.abstractmethod
    def cursor(self, page: Any) -> Any:
        """Return the cursor of the next page, or None."""

    def cursor_at(self, user: str, place: int) -> Any:
        """Return the cursor after `place` contacts, found by reading pages."""
        after = None
        while place > 0:
            page = self.page(user, after, min(place, 200))
            place -= len(self.names(page))
            after = self.cursor(page)
            if after is None:
                break
        return after
