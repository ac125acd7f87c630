"""Agreement of names: whether two names with one e-mail address may be those of one contact (IMP-2)."""

from __future__ import annotations

import re

from contactcore.mapping.indexed_names import folded

__all__ = ["names_agree"]

_BREAKS = re.compile(r"[\W_]+")
_LOOSE = frozenset(
    """
    dr mr mrs ms miss prof sir m mme mlle herr frau dott sig sra sr dhr mevr pan pani
    van von de der den het la le du des di da del della dos el al y e et und and of the
    """.split()  # noqa: SIM905 - a table of words is read as text
)
"""Titles and particles, which many names share."""
_SHORTEST_TYPED = 3
"""The letters of the shortest words that a typing error may make differ."""


def names_agree(first: str, second: str, *, whole: bool = False) -> bool:
    """Whether two names do not contradict each other.

    A part of one name agrees with a part of the other if they are equal, if one is the beginning or the initial of the
    other, or if they differ by one typing error. Names agree if any of their parts do. A missing name contradicts none.

    Args:
        first: A name.
        second: Another name.
        whole: Whether all parts of the shorter name must agree, each with another part; False by default.

    >>> [names_agree("Ann Lee", other) for other in ("A. Lee", "Anne Lee", "Lee, Ann", "Bob Ray")]
    [True, True, True, False]
    >>> names_agree("Ann Lee", "Ann Ray"), names_agree("Ann Lee", "Ann Ray", whole=True)
    (True, False)
    """
    if first == second:
        return True
    one, other = sorted((_parts(first), _parts(second)), key=len)
    if not one or not other:
        return True
    if not whole:
        return any(_agree(a, b) for a in one for b in other)
    rest = list(other)
    for part in one:
        # The nearest part is taken, so that an initial leaves an equal part to another one.
        found = next((b for test in (_equal, _agree) for b in rest if test(part, b)), None)
        if found is None:
            return False
        rest.remove(found)
    return True


def _parts(name: str) -> list[str]:
    parts = [part for part in _BREAKS.split(folded(name)) if part]
    return [part for part in parts if part not in _LOOSE] or parts


def _equal(a: str, b: str) -> bool:
    return a == b


def _agree(a: str, b: str) -> bool:
    if a.startswith(b) or b.startswith(a):
        return True
    return min(len(a), len(b)) >= _SHORTEST_TYPED and _is_one_error_away(a, b)


def _is_one_error_away(a: str, b: str) -> bool:
    """Whether one letter is left out, added or replaced, or two neighbours are exchanged."""
    short, long = sorted((a, b), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((index for index, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    swapped = short[start : start + 2] == long[start : start + 2][::-1]
    return swapped and short[start + 2 :] == long[start + 2 :]
