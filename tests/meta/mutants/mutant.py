"""A mutant is an honest storage in memory with one change, and names the laws that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import attrs

from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter

__all__ = ["BrokenStorage", "Mutant", "Mutants", "broken"]


class BrokenStorage(MemoryStorage):
    """A storage with other readers and writers.

    A mutant that changes more than one method inherits it.
    """

    Reading: ClassVar[type[MemoryReader]] = MemoryReader
    """The readers; writers read by its methods too."""

    Writing: ClassVar[type[MemoryWriter]] = MemoryWriter

    def __init_subclass__(cls) -> None:
        cls.reader_class = cls.Reading
        if cls.Reading is MemoryReader:
            cls.writer_class = cls.Writing
        else:
            # A writer has no reading methods of its own, therefore it inherits those of `Reading`.
            cls.writer_class = type("Writing", (cls.Writing, cls.Reading), {})


def broken(owner: type, methods: dict[str, Any]) -> type[BrokenStorage]:
    """The storage in which some methods of `MemoryStorage`, `MemoryReader` or `MemoryWriter` are replaced."""
    if owner is MemoryStorage:
        return type("Broken", (BrokenStorage,), methods)
    part = "Reading" if owner is MemoryReader else "Writing"
    return type("Broken", (BrokenStorage,), {part: type(part, (owner,), methods)})


@attrs.frozen
class Mutant:
    """A broken storage.

    Attributes:
        name: What is wrong with it.
        breaks: Names of the laws that catch it; no other law does.
        storage: Makes the storage.
        races: Whether it allows at the same time what must not happen then; the laws wait longer for that.
    """

    name: str
    breaks: tuple[str, ...]
    storage: Callable[[], MemoryStorage]
    races: bool = False


class Mutants(list[Mutant]):
    """A table of mutants."""

    def change(
        self, owner: type, method: str, *breaks: str, races: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Adds a mutant in which one method is replaced by the decorated function.

        The function takes the object, the honest method and the arguments.

        Args:
            owner: `MemoryStorage`, `MemoryReader` or `MemoryWriter`.
            method: Name of the method.
            *breaks: Names of the laws that catch the mutant.
            races: See `Mutant`.
        """
        honest = getattr(owner, method)

        def add(change: Callable[..., Any]) -> Callable[..., Any]:
            def call(self: Any, *args: Any, **options: Any) -> Any:
                return change(self, partial(honest, self), *args, **options)

            self.append(Mutant(change.__name__, breaks, broken(owner, {method: call}), races=races))
            return change

        return add

    def named(self, caught: Mapping[str, tuple[str, ...]]) -> list[Mutant]:
        """The mutants, each with the laws that catch it.

        Args:
            caught: Name of a mutant -> names of the laws.
        """
        return [attrs.evolve(mutant, breaks=caught[mutant.name]) for mutant in self]

    def storage(self, *breaks: str, races: bool = False) -> Callable[[type[MemoryStorage]], type[MemoryStorage]]:
        """Adds the decorated storage as a mutant.

        Args:
            *breaks: Names of the laws that catch the mutant.
            races: See `Mutant`.
        """

        def add(storage: type[MemoryStorage]) -> type[MemoryStorage]:
            self.append(Mutant(storage.__name__, breaks, storage, races=races))
            return storage

        return add
