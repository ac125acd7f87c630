"""Tag spellings: how the rows of a file spell a tag, so that it depends neither on batches nor on a kill (DIR-6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from contactcore.values import Tag
from contactcore.workspace.repositories.tags import Audience

__all__ = ["Spelling", "TagSpellings"]

Spelling = Callable[[Tag, Audience], Tag]
"""A function that returns a tag in the spelling that every group of an audience knows."""

_MOST = 10_000
"""The maximum number of spellings in memory. A file with more different tags mostly has each of them once."""


class TagSpellings:
    """The spelling of each tag by those who see it, first by the earlier rows of the file, then by the directory.

    A batch is stored after all of its rows are planned, so the directory alone would know some of the earlier rows.

    Args:
        in_directory: The spelling of a tag in the directory; the tag itself if nobody of the audience knows another.

    >>> spellings = TagSpellings(lambda tag, audience: tag)
    >>> spellings.note([Tag("VIP")], frozenset({"visible:=amelie", "visible:=bob"}))
    [['VIP', ['visible:=amelie', 'visible:=bob']]]
    >>> spellings.spell(Tag("vip"), (frozenset({"visible:*", "visible:=bob"}),)).text
    'VIP'
    >>> spellings.spell(Tag("vip"), (frozenset({"visible:*"}),)).text
    'vip'
    """

    def __init__(self, in_directory: Spelling) -> None:
        self._in_directory = in_directory
        self._known: dict[str, dict[frozenset[str], Tag]] = {}
        self._count = 0
        self._of_batch: list[tuple[str, frozenset[str]]] = []
        self._noted: set[tuple[tuple[str, ...], frozenset[str]]] = set()
        self._found: dict[tuple[str, Audience], Tag] = {}

    def spell(self, tag: Tag, audience: Audience) -> Tag:
        """A tag in the spelling that an audience knows.

        Args:
            tag: The tag in any spelling.
            audience: Groups of access terms. Everybody in the audience has one term of each group.
        """
        for viewers, spelled in self._known.get(tag.key, {}).items():
            if all(group & viewers for group in audience):
                return spelled
        key = (tag.key, audience)
        found = self._found.get(key)
        if found is None:
            found = self._in_directory(tag, audience)
            # A spelling that the directory does not know becomes known by the row, unless the row is not stored.
            if found is not tag or self._count >= _MOST:
                if len(self._found) >= _MOST:
                    self._found.clear()
                self._found[key] = found
        return found

    def note(self, tags: Sequence[Tag], access: frozenset[str]) -> list[list[Any]]:
        """Note the tags of a contact that a row created or changed; returns the new entries for the part of the job.

        Args:
            tags: The tags, as the contact has them.
            access: The access terms of the contact.
        """
        seen = (tuple([tag.text for tag in tags]), access)
        if seen in self._noted:
            return []
        self._noted.add(seen)
        viewers = _viewers(access)
        fresh: list[list[Any]] = []
        for tag in tags:
            if self._count < _MOST and viewers not in self._known.get(tag.key, {}):
                self._add(tag, viewers)
                self._of_batch.append((tag.key, viewers))
                fresh.append([tag.text, sorted(viewers)])
        return fresh

    def restore(self, entries: Iterable[tuple[str, Collection[str]]]) -> None:
        """Note the entries of an earlier batch.

        Args:
            entries: What `note` returned.
        """
        for text, viewers in entries:
            self._add(Tag.restore(text), frozenset(viewers))

    def end_batch(self) -> None:
        """Keep what the rows of a stored batch have noted."""
        self._of_batch.clear()
        self._noted.clear()

    def forget_batch(self) -> None:
        """Forget what the rows of a batch have noted, which is planned again after its transaction failed."""
        for key, viewers in self._of_batch:
            del self._known[key][viewers]
        self._count -= len(self._of_batch)
        self.end_batch()

    def _add(self, tag: Tag, viewers: frozenset[str]) -> None:
        self._known.setdefault(tag.key, {})[viewers] = tag
        self._count += 1


@lru_cache(maxsize=64)  # the contacts of an import mostly have the same viewers
def _viewers(access: frozenset[str]) -> frozenset[str]:
    return frozenset(term for term in access if term.startswith("visible:"))
