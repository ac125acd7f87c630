"""The settings for notices, purposes and authorities (NOT-1, NOT-2, PER-4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import ListEntry, NotificationPreferences, Settings, Topic
from contactcore.rules.recipients import FALL_BACKS
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import PREFERENCES, TopicSlug
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.portal_view import settings_seen
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["NotificationSettings"]


@check_arguments()
class NotificationSettings:
    """The workspace's settings for notices, purposes and authorities; everybody reads them, admins change them (ACC-3).

    The preferences of one contact person are the `NotificationPreferences` of the affiliation.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     session.settings.notices.add_topic("price-list")
    ...     session.settings.notices.set_fall_back("price-list", ["primary", "client"])
    ...     "price-list" in session.settings.notices.topics
    True


    Raises:
        Forbidden: `admin-only`, if another actor changes a setting.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def topics(self) -> dict[str, str]:
        """The topics of notices: slug -> the slug of the portal module that belongs to the topic, or `""`."""
        return self._settings.topic_modules

    def add_topic(self, slug: str, module: str = "", *, for_items: bool = False) -> None:
        """Add a topic of notices (NOT-1).

        Args:
            slug: The slug of the topic, which does not change later.
            module: The slug of the portal module that belongs to the topic; `""` (the default) for none.
            for_items: Whether its notices are about items, so that they go to the owner of the item (NOT-4); False by
                default.

        Raises:
            Invalid: `topic-exists`, `module-unknown`, `entry-nameless`.
        """
        self._check_admin()
        name, topics = _read_slug(slug), self._settings.topics
        if name in topics:
            raise Invalid("topic-exists", "This topic exists already: choose another slug.", path="slug", value=slug)
        if module and module not in self._settings.modules:
            known = ", ".join(self._settings.modules.slugs)
            raise Invalid("module-unknown", f"Modules are {known}.", path="module", value=module)
        self._store(topics=topics.with_entry(Topic(slug=name, name=name, module=module, for_items=for_items)))

    def set_for_items(self, topic: TopicSlug, *, on: bool) -> None:
        """Set whether the notices of a topic are about items, so that they go to the owner of the item (NOT-4).

        A workspace may have had a topic of its own with the slug `"booking"` before there were notices about items.

        Args:
            topic: The slug of the topic.
            on: True if its notices are about items.

        Raises:
            Invalid: `topic-unknown`; `fall-back-fixed` for a topic that has a fall-back.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.notices.add_topic("vaccination")
        ...     session.settings.notices.set_for_items("vaccination", on=True)
        ...     session.settings.current.item_topics
        ('booking', 'payment-request', 'reminder', 'vaccination')
        """
        self._check_admin()
        if on and self._settings.fall_backs.get(topic):
            raise Invalid("fall-back-fixed", "Remove the fall-back of the topic first.", path="topic", value=topic)
        self._store(topics=self._settings.topics.change(topic, for_items=on))

    def set_default(self, topics: Annotated[NotificationPreferences | Iterable[str], PREFERENCES]) -> None:
        """Set the notification preferences of contact persons who have none of their own (NOT-1).

        Args:
            topics: The preferences, or the slugs of the topics.

        Raises:
            Invalid: `topic-unknown`.
        """
        self._check_admin()
        wanted = topics if isinstance(topics, NotificationPreferences) else NotificationPreferences(topics)
        self._store(default_notifications=wanted)

    def need_permission(self, *, on: bool) -> None:
        """Set whether a notice also needs the permission for the module of its topic (NOT-2).

        Args:
            on: True if it needs the permission; False in a new workspace.
        """
        self._check_admin()
        self._store(notices_need_permission=on)

    def set_fall_back(self, topic: TopicSlug, steps: Iterable[str]) -> None:
        """Set the recipients of a notice that no contact person wants.

        Args:
            topic: The slug of the topic.
            steps: Some of `"purpose"`, `"primary"` and `"client"`, which are tried in this order. Without steps, as in
                a new workspace, nobody gets the notice.

        Raises:
            Invalid: `topic-unknown`, `fall-back-unknown`; `fall-back-fixed` for a topic of notices about items.
        """
        self._check_admin()
        wanted = tuple(steps)
        for index, step in enumerate(wanted):
            if step not in FALL_BACKS:
                message = f"Steps are {', '.join(FALL_BACKS)}."
                raise Invalid("fall-back-unknown", message, path=f"steps[{index}]", value=step)
        if wanted and topic in self._settings.item_topics:
            message = "Notices about items go to the owner of the item: leave the fall-back out."
            raise Invalid("fall-back-fixed", message, path="steps")
        self._store(topics=self._settings.topics.change(topic, fall_back=wanted))

    def add_purpose(self, slug: str) -> None:
        """Add a purpose for which contacts may have a separate primary person.

        Args:
            slug: The slug of the purpose, such as `"billing"`. An existing slug changes nothing.

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
        """Add an authority that can be granted to contact persons (PER-4).

        Args:
            slug: The slug of the authority, such as `"order"`. An existing slug changes nothing.

        Raises:
            Invalid: `entry-nameless`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.notices.add_authority("order")
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.grant(session.people.add(client, "jane@bois.fr"), "order")
        ...     session.people.may(jane.person_id, "order", client).reason
        'sole'
        """
        self._check_admin()
        name, authorities = _read_slug(slug), self._settings.authorities
        if name not in authorities:
            self._store(authorities=authorities.with_entry(ListEntry(slug=name, name=name)))

    @property
    def _settings(self) -> Settings:
        return settings_seen(self._transaction)

    def _check_admin(self) -> None:
        self._transaction.check_admin("change the settings")

    def _store(self, **changes: Any) -> None:
        store_settings(self._transaction, attrs.evolve(self._settings, **changes))


def _read_slug(slug: str) -> str:
    name = clean_line(slug)
    if not name:
        raise Invalid("entry-nameless", "Give it a name.", path="slug", value=slug)
    return name
