"""The settings for notices, purposes and authorities (NOT-1, NOT-2, PER-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import AdminList, ListEntry, NotificationPreferences, Settings, Topic
from contactcore.model.starting_lists import AUTHORITIES
from contactcore.rules.recipients import FALL_BACKS
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import PREFERENCES, TopicSlug
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.portal_view import settings_seen
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["NotificationSettings"]

_LISTS = ("topics", "purposes", "authorities")


@check_arguments()
class NotificationSettings:
    """The workspace's settings for notices, purposes and authorities; everybody reads them, admins change them (ACC-3).

    The preferences of one contact person are the `NotificationPreferences` of the affiliation.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     added = session.settings.notices.add_topic("price-list")
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

    @property
    def purposes(self) -> tuple[ListEntry, ...]:
        """The purposes for which contacts may have a separate primary person; archived ones are left out."""
        return self._settings.purposes.offered

    @property
    def authorities(self) -> tuple[ListEntry, ...]:
        """The authorities that can be granted (PER-4); archived ones are left out."""
        return self._settings.authorities.offered

    def add_topic(self, name: str, module: str = "", *, slug: str = "", for_items: bool = False) -> Topic:
        """Add a topic of notices (NOT-1).

        Args:
            name: The name for people to read.
            module: The slug of the portal module that belongs to the topic; `""` (the default) for none.
            slug: The name for programs, in lower-case letters, digits and hyphens, which does not change later; made
                from the name by default.
            for_items: Whether its notices are about items, so that they go to the owner of the item (NOT-4); False by
                default.

        Returns:
            The new topic.

        Raises:
            Invalid: `entry-exists`, `slug-syntax`, `module-unknown`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.notices.add_topic("Booking reminders").slug
        'booking-reminders'
        """
        self._check_admin()
        if module and module not in self._settings.modules:
            known = ", ".join(self._settings.modules.slugs)
            raise Invalid("module-unknown", f"Modules are {known}.", path="module", value=module)
        topics = self._settings.topics.add(name, slug)
        return self._store(
            topics=topics.change(topics.entries[-1].slug, module=module, for_items=for_items)
        ).topics.entries[-1]

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
        ...     topic = session.settings.notices.add_topic("Vaccination")
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

    def need_consent(self, topic: TopicSlug, consent: str) -> None:
        """Set the purpose to which a person must have agreed to get the notices of a topic (IMP-8).

        A person without the consent is no recipient, not even if selected by hand, and `explained` says so. A company
        needs no consent.

        Args:
            topic: The slug of the topic.
            consent: The purpose, as `session.privacy.give_consent` names it; `""`, as in a new workspace, for none.

        Raises:
            Invalid: `topic-unknown`, and the problems of the purpose.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.notices.need_consent("estimate", "offers")
        ...     jane = session.contacts.add(Person("Jane", emails=["jane@doe.org"]))
        ...     before = session.notifications.by_hand(jane, "estimate", [jane]).explained[0].code
        ...     consent = session.privacy.give_consent(jane, "offers", source="phone")
        ...     before, session.notifications.by_hand(jane, "estimate", [jane]).explained[0].code
        ('no-consent', 'manual')
        """
        self._check_admin()
        self._store(topics=self._settings.topics.change(topic, consent=consent))

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

    def add_purpose(self, name: str, slug: str = "") -> ListEntry:
        """Add a purpose for which contacts may have a separate primary person.

        Args:
            name: The name for people to read.
            slug: The name for programs, in lower-case letters, digits and hyphens; made from the name by default.

        Returns:
            The new purpose.

        Raises:
            Invalid: `entry-exists`, `slug-syntax`, and the problems of the name.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
        ...     added = session.settings.notices.add_purpose("logistics")
        ...     jane = session.people.add(session.contacts.add(Company("Bois & Fils")), "jane@bois.fr")
        ...     session.people.make_primary_for(jane, "logistics").purposes
        ('logistics',)
        """
        self._check_admin()
        return self._store(purposes=self._settings.purposes.add(name, slug)).purposes.entries[-1]

    def add_authority(self, name: str, slug: str = "") -> ListEntry:
        """Add an authority that can be granted to contact persons (PER-4).

        Args:
            name: The name for people to read.
            slug: The name for programs, in lower-case letters, digits and hyphens; made from the name by default.

        Returns:
            The new authority.

        Raises:
            Invalid: `entry-exists`, `slug-syntax`, and the problems of the name.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     signing = session.settings.notices.add_authority("Sign contracts")
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.grant(session.people.add(client, "jane@bois.fr"), signing.slug)
        ...     session.people.may(jane.person_id, "sign-contracts", client).reason
        'sole'
        """
        self._check_admin()
        return self._store(authorities=self._settings.authorities.add(name, slug)).authorities.entries[-1]

    def rename(self, list: str, slug: str, name: str) -> None:
        """Rename a topic, a purpose or an authority; records that have it keep it.

        Args:
            list: `"topics"`, `"purposes"` or `"authorities"`.
            slug: The slug of the entry, which does not change.
            name: The new name.

        Raises:
            Invalid: `list-unknown`, `entry-unknown`, `entry-exists`, and the problems of the name.
        """
        self._change(list, lambda entries: entries.rename(slug, name))

    def archive(self, list: str, slug: str, *, archived: bool = True) -> None:
        """Archive a topic, a purpose or an authority, so that it is no longer offered, or offer it again.

        Records that have it keep it, and it stays valid.

        Args:
            list: `"topics"`, `"purposes"` or `"authorities"`.
            slug: The slug of the entry.
            archived: True by default; False to offer the entry again.

        Raises:
            Invalid: `list-unknown`, `entry-unknown`.
        """
        self._change(list, lambda entries: entries.archive(slug, archived=archived))

    def remove(self, list: str, slug: str) -> None:
        """Remove a topic, a purpose or an authority; records that have it keep it without any effect.

        Its slug is unknown from then on, and no other entry gets it.

        Args:
            list: `"topics"`, `"purposes"` or `"authorities"`.
            slug: The slug of the entry. The authorities `contact`, `collect-mail` and `represent` stay, because the
                library asks for them.

        Raises:
            Invalid: `list-unknown`, `entry-unknown`, `entry-needed`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.notices.rename("purposes", "technical", "Engineering")
        ...     session.settings.notices.remove("purposes", "billing")
        ...     [(one.slug, one.name) for one in session.settings.notices.purposes]
        [('technical', 'Engineering')]
        """
        if list == "authorities" and slug in AUTHORITIES:
            self._check_admin()
            message = "The library asks for this authority: archive it instead."
            raise Invalid("entry-needed", message, path="slug", value=slug)
        self._change(list, lambda entries: entries.remove(slug))

    def reorder(self, list: str, slugs: Sequence[str]) -> None:
        """Move topics, purposes or authorities to the front of their list; the others keep their order.

        Args:
            list: `"topics"`, `"purposes"` or `"authorities"`.
            slugs: The slugs of the entries, in the new order.

        Raises:
            Invalid: `list-unknown`, `entry-unknown`.
        """
        self._change(list, lambda entries: entries.reorder(slugs))

    def _change(self, list: str, change: Callable[[AdminList[Any]], AdminList[Any]]) -> None:
        self._check_admin()
        if list not in _LISTS:
            raise Invalid("list-unknown", f"Lists are {', '.join(_LISTS)}.", path="list", value=list)
        self._store(**{list: change(getattr(self._settings, list))})

    @property
    def _settings(self) -> Settings:
        return settings_seen(self._transaction)

    def _check_admin(self) -> None:
        self._transaction.check_admin("change the settings")

    def _store(self, **changes: Any) -> Settings:
        return store_settings(self._transaction, attrs.evolve(self._settings, **changes))
