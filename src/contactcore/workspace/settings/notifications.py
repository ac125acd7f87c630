"""The decisions of admins about notices, purposes and authorities (NOT-1, NOT-2, PER-4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import ListEntry, NotificationPreferences, Settings, Topic
from contactcore.rules.recipients import FALL_BACKS
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import check_topic
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["NotificationSettings"]


@check_arguments()
class NotificationSettings:
    """The workspace's decisions about notices; everybody reads them, admins change them (ACC-3).

    The wishes of one contact person are the `NotificationPreferences` of their affiliation.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     session.settings.notices.add_topic("price-list")
    ...     session.settings.notices.set_fall_back("price-list", ["primary", "client"])
    ...     "price-list" in session.settings.notices.topics
    True

    Raises:
        Forbidden: `admin-only`, for every change by somebody who is no admin.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def topics(self) -> dict[str, str]:
        """Topic -> the module that belongs to it, or `""`."""
        return self._settings.topic_modules

    def add_topic(self, slug: str, module: str = "") -> None:
        """Add a topic of the host's own (NOT-1).

        Args:
            slug: Its stable name.
            module: Slug of the portal module that belongs to it, or `""`.

        Raises:
            Invalid: `topic-exists`, `module-unknown`.
        """
        self._check_admin()
        name, topics = _read_slug(slug), self._settings.topics
        if name in topics:
            raise Invalid("topic-exists", "This topic exists already: choose another slug.", path="slug", value=slug)
        if module and module not in self._settings.modules:
            raise Invalid("module-unknown", "Name a module of the portal.", path="module", value=module)
        self._store(topics=topics.with_entry(Topic(slug=name, name=name, module=module)))

    def set_default(self, topics: NotificationPreferences | Iterable[str]) -> None:
        """Set the preferences of contact persons who have none of their own.

        Raises:
            Invalid: `topic-unknown`.
        """
        self._check_admin()
        wanted = topics if isinstance(topics, NotificationPreferences) else NotificationPreferences(topics)
        for topic in wanted.topics:
            check_topic(self._transaction, topic)
        self._store(default_notifications=wanted)

    def need_permission(self, *, on: bool) -> None:
        """Switch whether a notice also needs the permission of its module; off by default (NOT-2)."""
        self._check_admin()
        self._store(notices_need_permission=on)

    def set_fall_back(self, topic: str, steps: Iterable[str]) -> None:
        """Set the recipients of a notice that nobody wants; no steps for nobody, which is the default.

        Args:
            topic: Slug of the topic.
            steps: Some of `"purpose"`, `"primary"`, `"client"`; they are tried in this order.

        Raises:
            Invalid: `topic-unknown`, `fall-back-unknown`.
        """
        self._check_admin()
        check_topic(self._transaction, topic)
        wanted = tuple(steps)
        for step in wanted:
            if step not in FALL_BACKS:
                raise Invalid("fall-back-unknown", f"Steps are {', '.join(FALL_BACKS)}.", path="steps", value=step)
        self._store(topics=self._settings.topics.change(topic, fall_back=wanted))

    def add_purpose(self, slug: str) -> None:
        """Let contacts have a separate primary person for a purpose.

        Args:
            slug: Its stable name, such as `"billing"`; nothing changes where the workspace has it already.

        Raises:
            Invalid: `entry-nameless`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
        ...     session.settings.notices.add_purpose("logistics")
        ...     jane = session.people.add(session.contacts.add(Company("Bois & Fils")), "jane@bois.fr")
        ...     session.people.make_primary_for(jane, "logistics").purposes
        ('logistics',)
        """
        self._check_admin()
        name, purposes = _read_slug(slug), self._settings.purposes
        if name not in purposes:
            self._store(purposes=purposes.with_entry(ListEntry(slug=name, name=name)))

    def add_authority(self, slug: str) -> None:
        """Let an authority of the workspace's own be granted (PER-4).

        Args:
            slug: Its stable name, such as `"order"`; nothing changes where the workspace has it already.

        Raises:
            Invalid: `entry-nameless`.
        """
        self._check_admin()
        name, authorities = _read_slug(slug), self._settings.authorities
        if name not in authorities:
            self._store(authorities=authorities.with_entry(ListEntry(slug=name, name=name)))

    @property
    def _settings(self) -> Settings:
        return self._transaction.settings

    def _check_admin(self) -> None:
        self._transaction.check_admin("change the settings")

    def _store(self, **changes: Any) -> None:
        store_settings(self._transaction, attrs.evolve(self._settings, **changes))


def _read_slug(slug: str) -> str:
    name = clean_line(slug)
    if not name:
        raise Invalid("entry-nameless", "Give it a name.", path="slug", value=slug)
    return name
