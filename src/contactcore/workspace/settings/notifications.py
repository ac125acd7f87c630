"""What admins decide about notices, purposes and authorities (NOT-1, NOT-2, PER-4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import NotificationPreferences, Settings
from contactcore.rules.recipients import FALL_BACKS
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import check_topic
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["NotificationSettings"]


@check_arguments()
class NotificationSettings:
    """The settings of notices; everybody reads them, admins change them (ACC-3).

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     session.settings.notices.add_topic("price-list")
    ...     session.settings.notices.set_fall_back("price-list", ["primary", "client"])
    ...     "price-list" in session.settings.notices.topics
    True

    Raises:
        Forbidden: `admin-only`, whatever somebody else would change.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def topics(self) -> dict[str, str]:
        """Topic -> the module that belongs to it, or `""`."""
        return dict(self._transaction.settings.topics)

    def add_topic(self, slug: str, module: str = "") -> None:
        """Add a topic of the host's own (NOT-1).

        Args:
            slug: Its stable name.
            module: The portal module that belongs to it, or `""`.

        Raises:
            Invalid: `topic-exists`, `module-unknown`.
        """
        settings = self._settings()
        name = self._slug(slug)
        if name in settings.topics:
            raise Invalid("topic-exists", "This topic exists already: choose another slug.", path="slug", value=slug)
        if module and module not in {one.slug for one in settings.modules}:
            raise Invalid("module-unknown", "Name a module of the portal.", path="module", value=module)
        self._store(settings, topics={**settings.topics, name: module})

    def set_default(self, topics: NotificationPreferences | Iterable[str]) -> None:
        """Set what contact persons get who have no preferences of their own.

        Raises:
            Invalid: `topic-unknown`.
        """
        wanted = topics if isinstance(topics, NotificationPreferences) else NotificationPreferences(topics)
        for topic in wanted.topics:
            check_topic(self._transaction, topic)
        self._store(self._settings(), default_notifications=wanted)

    def need_permission(self, *, on: bool) -> None:
        """Switch whether a notice also asks for the permission of its module; off by default (NOT-2)."""
        self._store(self._settings(), notices_need_permission=on)

    def set_fall_back(self, topic: str, steps: Iterable[str]) -> None:
        """Configure whom a notice goes to when nobody wants it; no steps for nobody, which is the default.

        Args:
            topic: The topic.
            steps: Some of `"purpose"`, `"primary"`, `"client"`; they are tried in this order.

        Raises:
            Invalid: `topic-unknown`, `fall-back-unknown`.
        """
        check_topic(self._transaction, topic)
        wanted = tuple(steps)
        for step in wanted:
            if step not in FALL_BACKS:
                raise Invalid("fall-back-unknown", f"Steps are {', '.join(FALL_BACKS)}.", path="steps", value=step)
        settings = self._settings()
        rest = {name: kept for name, kept in settings.fall_backs.items() if name != topic}
        self._store(settings, fall_backs={**rest, topic: wanted} if wanted else rest)

    def add_purpose(self, slug: str) -> None:
        """Let contacts have a primary person of its own for a purpose."""
        settings = self._settings()
        self._store(settings, purposes=(*settings.purposes, self._slug(slug)))

    def add_authority(self, slug: str) -> None:
        """Let an authority of the workspace's own be granted (PER-4)."""
        settings = self._settings()
        self._store(settings, authorities=(*settings.authorities, self._slug(slug)))

    def _slug(self, slug: str) -> str:
        name = clean_line(slug)
        if not name:
            raise Invalid("entry-nameless", "Give it a name.", path="slug", value=slug)
        return name

    def _settings(self) -> Settings:
        self._transaction.check_admin("change the settings")
        return self._transaction.settings

    def _store(self, settings: Settings, **changes: Any) -> None:
        self._transaction.check_admin("change the settings")
        store_settings(self._transaction, attrs.evolve(settings, **changes))
