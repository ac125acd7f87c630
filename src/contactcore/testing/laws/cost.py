"""Cost: how many records a call touches. It is counted and not timed: the hook says how much was walked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from contactcore.storage import Reader, Record, Storage
from contactcore.testing import fixtures
from contactcore.testing.fixtures import OpenStorage, ask, contact, event, some
from contactcore.testing.hooks import HookedLaw, Hooks

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("records_walked",)

_FEW: Final = 10
"""Records that carry the rare term, word and access, in a directory of any size."""
_ME: Final = some("visible:*", "visible:me")
_RARE: Final = some("visible:rare")
_SMALL, _LARGE = "small", "large"

Walk = Callable[[str, Callable[[Reader], object]], int]


def _fill(storage: Storage, workspace: str, size: int) -> None:
    records: list[Record] = []
    for number in range(size):
        rare = number % (size // _FEW) == size // _FEW // 2
        records.append(
            contact(
                f"{number:06}",
                orders={"name": f"{number / size:.7f}", "recent": f"{1 - number / size:.7f}"},
                terms=some("tag:all", f"tag:{number % 4}", *(["tag:rare"] if rare else [])),
                words=some("all", f"w{number % 4}", *(["rare"] if rare else [])),
                keys=some(f"k{number}"),
                access=some("visible:rare" if rare else "visible:*" if number % 3 else "visible:me"),
                owner=f"s{number // 2}",
            )
        )
    with storage.write(workspace) as writer:
        writer.insert(records)
        writer.publish(event(f"{number}") for number in range(size))
        writer.keep_blob("d", b"bytes")
    storage.tidy(whole=True)


def _check(open_storage: OpenStorage, hooks: Hooks, calls: dict[str, Callable[[Reader], object]]) -> None:
    with open_storage() as storage:
        _fill(storage, _SMALL, fixtures.DIRECTORY)
        _fill(storage, _LARGE, 4 * fixtures.DIRECTORY)
        for name, call in calls.items():
            # The first call of all may load what the later ones find loaded.
            for workspace in (_SMALL, _LARGE):
                hooks.records_walked(storage, workspace, call)
            small, large = (hooks.records_walked(storage, workspace, call) for workspace in (_SMALL, _LARGE))
            assert small > 0, (
                f"{name}: records_walked answers 0; let it count each look-up, also one that finds nothing"
            )
            told = f"{name}: {small}, and {large} in a directory of four times its size"
            assert large <= max(small * 1.5, small + 12), told


def _page(**question: Any) -> Callable[[Reader], object]:
    query = ask(**{"access": _ME, "limit": 20, **question})
    return lambda reader: reader.find(query)


def _whole_page(**question: Any) -> Callable[[Reader], object]:
    query = ask(**{"access": _ME, "limit": 20, **question})
    return lambda reader: reader.find_records(query)


def a_page_costs_the_same_in_a_large_directory(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A page touches no more records in a large directory than in a small one, at its front, middle and end."""
    everywhere: dict[str, Callable[[Reader], object]] = {}
    for place, bounds in (("front", {}), ("middle", {"start": "0.5"}), ("end", {"descending": True})):
        everywhere[f"page at the {place}"] = _page(**bounds)
        everywhere[f"page of a term at the {place}"] = _page(where=(some("tag:all"),), **bounds)
        everywhere[f"page of a variantless order at the {place}"] = _page(order="recent", **bounds)
        everywhere[f"page of whole records at the {place}"] = _whole_page(**bounds)
        everywhere[f"page of owners at the {place}"] = _page(distinct_owner=True, **bounds)
    everywhere["page of a frequent word"] = _page(words=("al",))
    everywhere["page of frequent groups"] = _page(where=(some("tag:1", "tag:2"), some("tag:all")), words=("w",))
    _check(open_storage, hooks, everywhere)


def a_page_behind_a_cursor_costs_a_page(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A page behind a cursor touches no more records in the depth of a directory than at its front."""
    with open_storage() as storage:
        _fill(storage, _LARGE, 4 * fixtures.DIRECTORY)
        with storage.read(_LARGE) as reader:
            places = [reader.find(ask(start=f"0.{tenth}", limit=1)).last for tenth in (0, 5, 9)]
        question: dict[str, Any]
        for question in ({}, {"where": (some("tag:all"),)}, {"words": ("al",)}):
            calls = [_page(after=after, **question) for after in (*places, *places)]
            front, *depth = [hooks.records_walked(storage, _LARGE, call) for call in calls][3:]
            assert max(depth) <= max(front * 1.5, front + 12), f"{front} at the front, {depth} in the depth"


def a_question_costs_its_smallest_posting(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A question of several groups touches few records if one group is small, however large the others are."""
    _check(
        open_storage,
        hooks,
        {
            "rare term": _page(access=_RARE, where=(some("tag:rare"),)),
            "rare access and frequent term": _page(access=_RARE, where=(some("tag:all"),)),
            "rare term and frequent access": _page(where=(some("tag:rare"), some("tag:all"))),
            "rare and frequent word": _page(access=_RARE, words=("al", "ra")),
            "rare term and frequent word": _page(access=_RARE, words=("al",), where=(some("tag:rare"),)),
            "rare term, whole records": _whole_page(access=_RARE, where=(some("tag:rare"), some("tag:all"))),
            "a term of no record": _page(where=(some("tag:none"), some("tag:all"))),
            "a word of no record": _page(words=("none", "al")),
            "rare, counted": lambda reader: reader.count(ask(access=_RARE, where=(some("tag:all"),)), ["0.5"]),
        },
    )


def a_lookup_costs_the_same_in_a_large_workspace(open_storage: OpenStorage, hooks: Hooks) -> None:
    """`get`, `holders`, `feed`, `blob` and `dump` touch what they answer, however large the workspace is."""
    size = fixtures.DIRECTORY
    _check(
        open_storage,
        hooks,
        {
            "get": lambda reader: reader.get("contact", [f"{size - 1:06}", "none"]),
            "holders": lambda reader: reader.holders([f"k{size - 1}", "none"]),
            "feed": lambda reader: reader.feed(size - 20, 10),
            "blob": lambda reader: reader.blob("d"),
            "dump": lambda reader: reader.dump("contact", f"{size - 20:06}", 10),
        },
    )


LAWS: tuple[HookedLaw, ...] = (
    a_page_costs_the_same_in_a_large_directory,
    a_page_behind_a_cursor_costs_a_page,
    a_question_costs_its_smallest_posting,
    a_lookup_costs_the_same_in_a_large_workspace,
)
