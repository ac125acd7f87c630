"""A class of `contactcore.frozen` behaves as one of `attrs.frozen`, from the first use of each method on."""

from __future__ import annotations

import copy
import itertools
import pickle
import threading
from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import attrs
import pytest

from contactcore.frozen import frozen

USES = {
    "equal": lambda one, same, other: (one == same, one != same, one == other, one == "text", one.__eq__("text")),
    "hashed": lambda one, same, other: (hash(one) == hash(same), len({one, same, other})),
    "shown": lambda one, same, other: [repr(each) for each in (one, same, other)],
}
_T = TypeVar("_T")


def classes(decorator: Any) -> dict[str, Any]:
    """Classes with everything that the library uses, made by a decorator."""

    @decorator
    class Point:
        x: int
        y: int = 0

    @decorator(kw_only=True)
    class Noted(Point):
        note: str = attrs.field(default="", eq=False)
        secret: str = attrs.field(default="s", repr=False)
        lists: dict[str, int] = attrs.field(factory=dict, hash=False)

    class Plain(Point):
        __slots__ = ()

    @decorator(init=False)
    class Folded:
        text: str

        def __init__(self, text: object) -> None:
            self.__attrs_init__(str(text).lower())

    @decorator
    class Alike:
        number: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Alike) and self.number // 10 == other.number // 10

        def __hash__(self) -> int:
            return hash(self.number // 10)

    @decorator
    class Named:
        name: str

        def __repr__(self) -> str:
            return f"<{self.name}>"

    @decorator
    class Empty:
        pass

    @decorator
    class Listed(Generic[_T]):
        entries: tuple[_T, ...]

    @decorator
    class Shape(ABC):
        sides: int

        @abstractmethod
        def area(self) -> int: ...

    @decorator
    class Square(Shape):
        def area(self) -> int:
            return self.sides

    return {
        "point": lambda x: Point(x, 2),
        "noted": lambda x: Noted(x=x, note=str(x), lists={"a": 1}),
        "plain": Plain,
        "folded": lambda x: Folded(f"A{x}"),
        "alike": Alike,
        "named": lambda x: Named(str(x)),
        "empty": lambda _: Empty(),
        "listed": lambda x: Listed((x,)),
        "square": Square,
    }


@pytest.mark.parametrize("name", list(classes(frozen)))
@pytest.mark.parametrize("uses", [*itertools.permutations(USES)], ids="-".join)
def test_objects_are_compared_hashed_and_shown_as_those_of_attrs_whatever_is_used_first(name, uses):
    ours, theirs = classes(frozen)[name], classes(attrs.frozen)[name]
    for _ in range(2):
        for use in uses:
            assert USES[use](ours(1), ours(1), ours(25)) == USES[use](theirs(1), theirs(1), theirs(25))


def test_a_class_without_comparison_compares_identities_and_is_shown():
    @frozen(eq=False)
    class Held:
        number: int

    one, other = Held(1), Held(1)
    assert one != other
    assert {one, other} - {one} == {other}
    assert repr(one).endswith("Held(number=1)")


def test_a_class_and_one_that_is_derived_from_it_are_never_equal():
    @frozen
    class Base:
        number: int

    @frozen
    class Derived(Base):
        pass

    assert Base(1) != Derived(1)
    assert Derived(1) == Derived(1)
    assert Derived(1) != Base(1)


def test_objects_stay_frozen_with_slots_and_are_copied():
    made = classes(frozen)["noted"](1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.x = 2
    assert not hasattr(made, "__dict__")
    assert copy.deepcopy(made) == made
    assert attrs.evolve(made, x=3).x == 3
    assert [field.name for field in attrs.fields(type(made))] == ["x", "y", "note", "secret", "lists"]


@frozen
class Kept:
    """A class that pickle finds by its name."""

    number: int


def test_an_object_is_pickled_before_and_after_its_first_comparison():
    before = pickle.dumps(Kept(1))
    assert pickle.loads(before) == Kept(1)
    assert pickle.loads(pickle.dumps(Kept(1))) == Kept(1)


def test_threads_that_compare_the_first_objects_at_once_agree():
    make = classes(frozen)["point"]
    begin, answers = threading.Barrier(8), []

    def compare() -> None:
        begin.wait()
        answers.append((make(1) == make(1), make(1) == make(2), len({make(1), make(1)}), repr(make(1))))

    threads = [threading.Thread(target=compare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {*answers} == {(True, False, 1, "Point(x=1, y=2)")}
