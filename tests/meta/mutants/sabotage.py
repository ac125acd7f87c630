"""How a mutant is made: an honest storage in memory with one thing broken on purpose."""

from __future__ import annotations

from typing import ClassVar

from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter


class Mutant(MemoryStorage):
    """Broken by `Reading`, which readers and writers share, by `Writing`, or by its own methods."""

    Reading: ClassVar[type[MemoryReader]] = MemoryReader
    Writing: ClassVar[type[MemoryWriter]] = MemoryWriter
    breaks: ClassVar[tuple[str, ...]] = ()
    """The laws that catch it, and no others."""

    races: ClassVar[bool] = False
    """Whether it lets happen at the same time what must not; the laws then give it more time to do so."""

    def __init_subclass__(cls) -> None:
        cls.reader_class = cls.Reading
        if cls.Reading is MemoryReader:
            cls.writer_class = cls.Writing
        else:
            # Behind the writing half, which reads by no methods of its own, and before the honest reader.
            cls.writer_class = type("Both", (cls.Writing, cls.Reading), {})  # type: ignore[assignment] # made of both
