"""What the derived parts of a record depend on beside its body: the workspace's settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import attrs

from contactcore.mapping.settings import settings_in
from contactcore.mapping.terms import order_key
from contactcore.model import Settings
from contactcore.storage import Stored
from contactcore.text import Collation, collation

__all__ = ["IndexContext", "Variant", "name_order"]


def name_order(language: str, version: str) -> str:
    """The variant of the directory's order for a language and a version of the collation's tables.

    >>> name_order("fr", "1")
    'name:fr:1'
    """
    return f"name:{language}:{version}"


@attrs.frozen
class Variant:
    """One order of the directory.

    Attributes:
        order: Its name in the storage (`"name:fr:1"`).
        language: Whose order it is.
        collation: How it compares.
    """

    order: str
    language: str
    collation: Collation


@attrs.frozen
class IndexContext:
    """How a workspace orders and names things.

    Attributes:
        settings: The settings it was made of.
        active: The order that pages are read in.
        target: The order that the directory is being put in, or should be: after a change of the language or of the
            collation's tables. Whatever is written meanwhile gets its key in both. The same as `active` at rest.
    """

    settings: Settings
    active: Variant
    target: Variant

    @classmethod
    def of(cls, settings: Settings) -> IndexContext:
        """The index_context that is in force under these settings."""
        target = _variant(str(settings.next_language or settings.language), "")
        return cls(settings, _variant(str(settings.language), settings.order), target)

    @classmethod
    def in_force(cls, stored: Stored) -> IndexContext:
        """The index_context under stored settings, which is not to be changed: many share it."""
        return _in_force(stored.version, stored.body)

    @property
    def language(self) -> str:
        """The workspace's language, as a tag."""
        return self.active.language

    @property
    def at_rest(self) -> bool:
        """Whether the directory stands in the order it should stand in."""
        return self.active.order == self.target.order

    def keys(self, sort_name: Callable[[str], str]) -> dict[str, str]:
        """The order keys of something whose sort name depends on the language."""
        keys = {self.active.order: order_key(self.active.collation.key(sort_name(self.active.language)))}
        if not self.at_rest:
            keys[self.target.order] = order_key(self.target.collation.key(sort_name(self.target.language)))
        return keys


@lru_cache(maxsize=256)
def _in_force(version: int, stored: bytes) -> IndexContext:
    # Every transaction needs it, and settings seldom change: what the same bytes say is read once.
    return IndexContext.of(settings_in(version, stored))


@lru_cache(maxsize=256)
def _variant(language: str, order: str) -> Variant:
    rules = collation(language)
    return Variant(order or name_order(language, rules.version), language, rules)
