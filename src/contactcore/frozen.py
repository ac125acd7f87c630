"""Frozen attrs classes that cost half as much at the start of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["frozen"]

if TYPE_CHECKING:
    # Type checkers know what `attrs.frozen` does to a class, and this does the same.
    from attrs import frozen
else:
    from typing import Any

    import attrs

    def frozen(kind: type | None = None, /, *, eq: bool = True, **options: Any) -> Any:
        """Make a class as `attrs.frozen` does; how to compare, hash and show its objects is written at the first use.

        attrs writes the Python code of these methods for each class and compiles it, which is half of what a class
        costs. A program would wait for hundreds of classes when it starts, and compare objects of a few. A class whose
        objects every session compares is made by `attrs.frozen` itself.

        Args:
            kind: The class; None if the decorator has options.
            eq: Whether objects with equal fields are equal.
            options: The options of `attrs.frozen` that concern none of these methods.

        >>> @frozen
        ... class Point:
        ...     x: int
        ...     y: int
        >>> Point(1, 2), Point(1, 2) == Point(1, 2), len({Point(1, 2), Point(1, 3)})
        (Point(x=1, y=2), True, 2)
        """
        if kind is None:
            return lambda one: frozen(one, eq=eq, **options)
        own = set(vars(kind))
        made: Any = attrs.frozen(kind, eq=False, repr=False, **options)

        def write() -> None:
            # The methods of a subclass with the same fields suit the class itself.
            twin = type(made)(made.__name__, (made,), {"__slots__": ()})
            written = vars(attrs.frozen(twin, init=False, slots=False, auto_detect=False))
            for name in stubs:
                setattr(made, name, written[name])

        def equals(self: Any, other: object) -> Any:
            write()
            return made.__eq__(self, other)

        def hashed(self: Any) -> int:
            write()
            return made.__hash__(self)

        def shown(self: Any) -> str:
            write()
            return made.__repr__(self)

        # As in attrs, a class keeps the methods that it has, and one that compares its objects itself also hashes them.
        stubs = {} if "__eq__" in own or not eq else {"__eq__": equals, "__hash__": hashed}
        stubs = {name: stub for name, stub in {**stubs, "__repr__": shown}.items() if name not in own}
        for name, stub in stubs.items():
            setattr(made, name, stub)
        return made
