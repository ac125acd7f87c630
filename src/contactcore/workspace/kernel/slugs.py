"""The lists of slugs: an unknown slug is refused with the choices, because a misspelled one would switch nothing on.

A method annotates an argument with its list, as in `topic: TopicSlug`, and `check_arguments` checks it
(`contactcore.workspace.kernel.arguments`). The slugs inside an affiliation are checked by `affiliation_problems`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, TypeAlias

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import NotificationPreferences, PermissionSet, Settings

if TYPE_CHECKING:
    from contactcore.model.affiliation import Affiliation

__all__ = [
    "AUTHORITIES",
    "INTERACTION_TYPES",
    "ITEM_TOPICS",
    "MODULES",
    "PREFERENCES",
    "PURPOSES",
    "TOPICS",
    "AuthoritySlug",
    "InteractionTypeSlug",
    "PurposeSlug",
    "SlugList",
    "TopicSlug",
    "affiliation_problems",
]


@frozen(eq=False)
class SlugList:
    """One of the workspace's lists, from which arguments and records take their slugs.

    Attributes:
        noun: The name of the list at the beginning of a sentence (`"Topics"`).
        code: The code of the refusal of an unknown slug.
        known: A function that returns the slugs of the list.
    """

    noun: str
    code: str
    known: Callable[[Settings], Iterable[str]]

    def problems(self, settings: Settings, value: object, path: str, kept: Iterable[str] = ()) -> Iterator[Problem]:
        """The problems of the slugs in a value that are not on the list.

        Args:
            settings: The settings of the workspace.
            value: A slug, an `Authority`, a `PermissionSet`, `NotificationPreferences`, or a list of slugs.
            path: The path of the value.
            kept: Slugs that are accepted besides, because the stored version of the record has them.
        """
        known = tuple(self.known(settings))
        for place, slug in _slugs_in(value):
            if slug not in known and slug not in kept:
                choices = ", ".join(known) or "(none yet)"
                yield Problem(self.code, f"{path}{place}", f"{self.noun} are {choices}.", slug)


def _slugs_in(value: object) -> Iterator[tuple[str, str]]:
    """The slugs in a value, each with its place behind the path of the value."""
    from contactcore.model.authority import Authority  # loads what a session without affiliations does not need

    if isinstance(value, str):
        yield "", value
    elif isinstance(value, Authority):
        yield "", value.slug
    elif isinstance(value, PermissionSet):
        yield from _slugs_in(value.modules)
    elif isinstance(value, NotificationPreferences):
        yield from _slugs_in(value.topics)
    elif isinstance(value, Iterable):
        for index, entry in enumerate(value):
            for _, slug in _slugs_in(entry):
                yield f"[{index}]", slug


AUTHORITIES = SlugList("Authorities", "power-unknown", lambda settings: settings.authorities.slugs)
INTERACTION_TYPES = SlugList(
    "Interaction types", "interaction-type-unknown", lambda settings: settings.interaction_types.slugs
)
MODULES = SlugList("Modules", "module-unknown", lambda settings: settings.modules.slugs)
PURPOSES = SlugList("Purposes", "purpose-unknown", lambda settings: settings.purposes.slugs)
TOPICS = SlugList("Topics", "topic-unknown", lambda settings: settings.topics.slugs)
PREFERENCES = SlugList("Topics", "topic-unknown", lambda settings: settings.preference_topics)
ITEM_TOPICS = SlugList("Topics of notices about items", "topic-unknown", lambda settings: settings.item_topics)

AuthoritySlug: TypeAlias = Annotated[str, AUTHORITIES]
InteractionTypeSlug: TypeAlias = Annotated[str, INTERACTION_TYPES]
PurposeSlug: TypeAlias = Annotated[str, PURPOSES]
TopicSlug: TypeAlias = Annotated[str, TOPICS]

_OF_AFFILIATIONS = (
    ("purposes", PURPOSES),
    ("authorities", AUTHORITIES),
    ("permissions", MODULES),
    ("notifications", PREFERENCES),
)


def affiliation_problems(
    settings: Settings, affiliation: Affiliation, before: Affiliation | None = None
) -> Iterator[Problem]:
    """The problems of the slugs of an affiliation: purposes, authorities, permissions and topics of notices.

    A slug that the stored version has may stay, so that a person with a removed one can still be saved.

    Args:
        settings: The settings of the workspace.
        affiliation: The new or changed affiliation.
        before: The stored version; None for a new affiliation.
    """
    for name, slugs in _OF_AFFILIATIONS:
        kept = [] if before is None else [slug for _, slug in _slugs_in(getattr(before, name))]
        yield from slugs.problems(settings, getattr(affiliation, name), name, kept)
