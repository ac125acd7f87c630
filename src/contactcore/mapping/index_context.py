"""The index context: the settings of a workspace that the derived parts of its records depend on."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from contactcore.frozen import frozen
from contactcore.mapping.index_keys import order_key
from contactcore.mapping.settings import settings_in
from contactcore.model import Settings
from contactcore.storage import Stored

if TYPE_CHECKING:
    from contactcore.text import Collation

__all__ = ["IndexContext", "Variant", "name_order", "own_order"]

_INDEX_VERSION = 5
"""The version of the values that are derived from records, such as the keys of e-mail addresses.

A release that derives them otherwise raises it. It is a part of the name of the directory's order, so that the next
`change_language` derives all of them again. 2: the key of an e-mail address folds nothing but the case. 3: a
number is found by any of its last digits. 4: contacts are found by what they lack and by custom fields, and have
places in the orders of time. 5: records are found by the people whom they name.
"""


def name_order(language: str, version: str) -> str:
    """The variant of the directory's order for a language and a version of the collation's tables.

    >>> name_order("fr", "1")
    'name:fr:1'
    """
    return f"name:{language}:{version}"


def own_order(order: str) -> str:
    """The variant of an entity's own order that belongs to a variant of the directory's order.

    >>> own_order("name:fr:1")
    'own:fr:1'
    """
    return order.replace("name", "own", 1)


@frozen
class Variant:
    """One variant of the directory order: the order of one language and one version of its collation.

    Attributes:
        order: The name of the order in the storage (`"name:fr:1"`).
        language: The language, a BCP 47 tag.
        collation: The collation of the language.
    """

    order: str
    language: str
    collation: Collation


@frozen
class IndexContext:
    """The directory orders of a workspace, and the settings that they come from.

    Attributes:
        settings: The settings.
        active: The order in which pages are read.
        target: The order that replaces `active` after a change of the language or of the collation tables. Until the
            directory is reindexed, every record that is written gets a key in both orders. Otherwise equal to
            `active`.
    """

    settings: Settings
    active: Variant
    target: Variant

    @classmethod
    def of(cls, settings: Settings) -> IndexContext:
        """The index context of some settings.

        Args:
            settings: The settings.
        """
        target = _variant(str(settings.next_language or settings.language), "")
        return cls(settings, _variant(str(settings.language), settings.order), target)

    @classmethod
    def in_force(cls, stored: Stored) -> IndexContext:
        """The index context of stored settings, shared by all transactions that read the same record.

        Args:
            stored: The record of the settings.
        """
        return _in_force(stored.version, stored.body)

    @property
    def language(self) -> str:
        """The language of the workspace, a BCP 47 tag."""
        return self.active.language

    @property
    def has_one_order(self) -> bool:
        """Whether `active` and `target` are the same order, so that the directory needs no reindexing."""
        return self.active.order == self.target.order

    @property
    def has_one_release(self) -> bool:
        """Whether both orders come from a release that derives the same values from a record."""
        return _index_version(self.active) == _index_version(self.target)

    def indexes_like(self, other: IndexContext) -> bool:
        """Whether both contexts derive the same indexed names from contacts.

        Args:
            other: Another index context.
        """
        mine = (self.language, self.active.order, self.target.order)
        return mine == (other.language, other.active.order, other.target.order)

    def keys(self, sort_name: Callable[[str], str]) -> dict[str, str]:
        """The order keys of an entity by the names of the orders.

        Args:
            sort_name: A function that returns the sort name of the entity in a language.
        """
        keys = {self.active.order: order_key(self.active.collation.key(sort_name(self.active.language)))}
        if not self.has_one_order:
            keys[self.target.order] = order_key(self.target.collation.key(sort_name(self.target.language)))
        return keys

    def own_keys(self, name: str) -> dict[str, str]:
        """The order keys of an entity with a directory of its own, beside the one of the contacts.

        Args:
            name: The name of the entity.
        """
        return {own_order(order): key for order, key in self.keys(lambda _: name).items()}


def _index_version(variant: Variant) -> str:
    return variant.order.rpartition(".")[2]


@lru_cache(maxsize=256)
def _in_force(version: int, stored: bytes) -> IndexContext:
    # Every transaction needs the index context, but settings seldom change, so the same bytes are decoded only once.
    return IndexContext.of(settings_in(version, stored))


@lru_cache(maxsize=256)
def _variant(language: str, order: str) -> Variant:
    from contactcore.text import collation  # the tables of a language are made for the first act that needs them

    rules = collation(language)
    return Variant(order or name_order(language, f"{rules.version}.{_INDEX_VERSION}"), language, rules)
