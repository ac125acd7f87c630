"""Blocking: the pairs of contacts that are worth a comparison, among as many as fit in memory (IMP-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from contactcore.rules.likeness import Compared, block_keys

__all__ = ["candidate_pairs"]

_LARGEST_BLOCK = 60
_WINDOW = 12
"""In a larger block, a contact is compared with this number of neighbours in the sequence of the names."""


def candidate_pairs(contacts: Sequence[Compared]) -> Iterator[tuple[Compared, Compared]]:
    """Yield each pair of contacts that share a key, once.

    The number of pairs grows linearly with the number of contacts: a key that many contacts share, such as a frequent
    family name, pairs each of them only with its neighbours by name.

    Args:
        contacts: The compared fields of the contacts.

    >>> from contactcore.model import Person
    >>> from contactcore.rules.likeness import compared_fields
    >>> people = [compared_fields(Person(name, "Doe", id=name)) for name in ("Jane", "Zoe", "Janet")]
    >>> [(one.id, other.id) for one, other in candidate_pairs(people)]
    [('Jane', 'Janet')]
    """
    blocks: dict[int, list[int]] = defaultdict(list)
    for index, one in enumerate(contacts):
        for key in block_keys(one):
            # A collision of two keys costs some comparisons, and no key is kept as text.
            blocks[hash(key)].append(index)
    near = _neighbours(contacts, blocks)
    for index, one in enumerate(contacts):
        others = near.pop(index, set()) - {index}
        for key in block_keys(one):
            block = blocks[hash(key)]
            if len(block) <= _LARGEST_BLOCK:
                others.update(other for other in block if other > index)
        yield from ((one, contacts[other]) for other in sorted(others))


def _neighbours(contacts: Sequence[Compared], blocks: Mapping[int, list[int]]) -> dict[int, set[int]]:
    """The later contacts with which each contact is compared because they share a large block."""
    near: dict[int, set[int]] = defaultdict(set)
    for block in blocks.values():
        if len(block) > _LARGEST_BLOCK:
            ordered = sorted(block, key=lambda index: (contacts[index].name, contacts[index].birthday))
            for place, index in enumerate(ordered):
                for other in islice(ordered, place + 1, place + 1 + _WINDOW):
                    near[min(index, other)].add(max(index, other))
    return near
