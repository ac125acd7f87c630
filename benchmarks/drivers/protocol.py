"""What a way of keeping contacts must be able to do in order to be measured."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import attrs

from benchmarks.workload import Counts, Part

__all__ = ["PAGE", "TOP", "Driver", "NewPerson", "Seen"]

PAGE, TOP = 50, 20


@attrs.frozen
class NewPerson:
    """A person as a form would give it; `serial` is unlike that of any other."""

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
    """A contact as every stack must give it back: the common shape in which answers are compared."""

    kind: str
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    cities: tuple[str, ...]
    tags: tuple[str, ...]
    people: tuple[str, ...]


class Driver(abc.ABC):
    """One store in one file. Users are names; `Any` stands for whatever the stack itself hands out.

    What is timed: `import_parts`, `get`, `page`, `search`, `create`, `update`. Each gives the stack's own objects,
    complete: nothing may be loaded later. Each write is durable when the call returns (WAL, synchronous=FULL).
    """

    name: ClassVar[str]
    same_order: ClassVar[bool] = True  # False: the stack has a collation of its own, and pages are compared as sets

    @abc.abstractmethod
    def open(self, path: Path) -> None:
        """A new, empty store at the path."""

    @abc.abstractmethod
    def close(self) -> None:
        """Nothing held any more."""

    @abc.abstractmethod
    def import_parts(self, parts: Sequence[Part]) -> Counts:
        """Every row of the files ended as good, bad or duplicate; a bad row leaves nothing."""

    @abc.abstractmethod
    def get(self, user: str, key: Any) -> Any:
        """One contact whole: e-mails, phones, addresses, tags and, of a company, its people."""

    @abc.abstractmethod
    def page(self, user: str, after: Any, limit: int) -> Any:
        """The next contacts in directory order that the user may see, with e-mails and phones."""

    @abc.abstractmethod
    def search(self, user: str, text: str, limit: int) -> Any:
        """Contacts of which each word of the text begins some word; names that begin with the text first."""

    @abc.abstractmethod
    def create(self, user: str, person: NewPerson) -> Any:
        """The key of a new person, shared for reading, checked and findable."""

    @abc.abstractmethod
    def update(self, user: str, key: Any, phone: str, note: str) -> None:
        """The contact has this one phone and this note; both are checked, and it is found by the new number."""

    @abc.abstractmethod
    def few(self) -> None:
        """Not timed: afterwards the user `few` sees what is private to `few` and nothing else of as many contacts."""

    # How answers are read, outside the measured time.

    @abc.abstractmethod
    def keys(self, contacts: Sequence[tuple[str, str]]) -> list[Any]:
        """The keys of contacts given by kind and name, which no other contact has."""

    @abc.abstractmethod
    def seen(self, answer: Any) -> Seen:
        """What `get` gave, in the common shape."""

    @abc.abstractmethod
    def names(self, answer: Any) -> list[str]:
        """The display names in what `page` or `search` gave."""

    @abc.abstractmethod
    def cursor(self, page: Any) -> Any:
        """Where the page after this one begins, or None."""

    def cursor_at(self, user: str, place: int) -> Any:
        """The cursor after `place` contacts, found by walking."""
        after = None
        while place > 0:
            page = self.page(user, after, min(place, 200))
            place -= len(self.names(page))
            after = self.cursor(page)
            if after is None:
                break
        return after
