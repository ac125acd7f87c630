"""The settings of a workspace, and the lists that its admins edit (DIR-2, DIR-7, DIR-8, POR-3, POR-5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from contactcore.errors import Invalid
from contactcore.model import PortalUser, Settings
from contactcore.values import Currency, Language, Tag
from contactcore.values.moment import parse_local
from contactcore.values.timezone import zone_of
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.repositories.tags import tags_in_use
from contactcore.workspace.settings.contact_lists import ContactListSettings
from contactcore.workspace.settings.custom_fields import FieldSettings
from contactcore.workspace.settings.entry import EntrySettings
from contactcore.workspace.settings.notifications import NotificationSettings
from contactcore.workspace.settings.part import check_flags
from contactcore.workspace.settings.portal import PortalSettings
from contactcore.workspace.settings.services import ServiceSettings

__all__ = ["SettingsService"]

_SINGLE_SETTINGS = (
    *("country", "currency", "timezone", "default_access", "full_names_required"),
    *("portal_link", "email_link"),
)


@check_arguments()
class SettingsService(ContactListSettings, ServiceSettings, FieldSettings, PortalSettings):
    """The settings of a workspace; everybody reads them, admins change them (ACC-3).

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     partner = session.settings.add_type("Partner")
    ...     changed = session.settings.change(currency="EUR")
    ...     partner.slug, str(session.settings.currency), [one.slug for one in session.settings.types][-1]
    ('partner', 'EUR', 'partner')

    Raises:
        Forbidden: `admin-only`, if another actor changes a setting.
    """

    @property
    def language(self) -> Language:
        """The language by whose rules the directory is sorted."""
        return self.current.language

    @property
    def country(self) -> str:
        """The ISO 3166 code of the country whose national phone numbers are accepted; `""` for none."""
        return self.current.country

    @property
    def currency(self) -> Currency | None:
        """The ISO 4217 code of the currency of contacts without a currency; None for none."""
        return self.current.currency

    @property
    def timezone(self) -> str:
        """The name of the time zone whose day is "today" (DIR-16)."""
        return self.current.timezone

    @property
    def today(self) -> date:
        """The day in the time zone of the workspace, by which people act and entries count (DIR-16)."""
        return self._transaction.today

    def local_time(self, text: str) -> datetime:
        """The time that a text without a zone means in the time zone of the workspace (DIR-16).

        A form sends such a text, because people write what a clock shows. For a contact or an appointment in another
        zone, an application reads the text by itself. Where the clocks go back, the text means the first of two times.

        Args:
            text: A time in ISO 8601, such as `"2026-07-01T09:30"`; one with an offset keeps its moment.

        Returns:
            The time, in the zone of the workspace. Its `isoformat()` without the offset fills a field of a form again.

        Raises:
            Invalid: `time-syntax`, `time-skipped`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme", timezone="Europe/Paris").read(User("amelie")) as session:
        ...     session.settings.local_time("2026-07-01T09:30").isoformat()
        '2026-07-01T09:30:00+02:00'
        """
        return parse_local(text, zone_of(self.timezone))

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags on contacts that the actor sees, in alphabetical order (DIR-6)."""
        return () if isinstance(self._transaction.actor, PortalUser) else tags_in_use(self._transaction)

    @property
    def notices(self) -> NotificationSettings:
        """The settings for notices, purposes and authorities."""
        return NotificationSettings(self._transaction)

    @property
    def entry(self) -> EntrySettings:
        """The settings of entry: the fields that forms ask for and require, by kind and type (DIR-2)."""
        return EntrySettings(self._transaction)

    def change(self, **changes: Any) -> Settings:
        """Change settings that have a single value.

        `Workspace.change_language` changes the language, because it must sort the directory again.

        Args:
            changes: New values of `country`, `currency`, `timezone`, `default_access`, `full_names_required`,
                `portal_link` or `email_link`.

        Returns:
            All settings.

        Raises:
            Invalid: `setting-unknown`, `setting-not-yes-no`, `portal-link`, and the problems of the values.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.change(country="FR", full_names_required=True).country
        'FR'
        """
        self._check_admin()
        unknown = sorted(set(changes) - set(_SINGLE_SETTINGS))
        if unknown:
            raise Invalid("setting-unknown", f"Settings are {', '.join(_SINGLE_SETTINGS)}.", path=unknown[0])
        check_flags(changes)
        _check_links(changes)
        return self._store(**changes)


def _check_links(changes: dict[str, Any]) -> None:
    """Refuse an address that would send a token to another host, in clear, or twice.

    The model accepts more, so that a workspace with such an address can still be opened.
    """
    for name in sorted({"portal_link", "email_link"} & set(changes)):
        link = changes[name]
        if isinstance(link, str) and link.strip() and not _is_safe_link(link.strip()):
            message = (
                "Give an address with https:// (http:// for this machine alone) that has {token} once, behind its "
                "host: https://portal.example.org/password?token={token}."
            )
            raise Invalid("portal-link", message, path=name, value=link)


def _is_safe_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return False
    local = host == "localhost" or host.startswith("127.") or host == "::1"
    safe = parts.scheme == "https" or (parts.scheme == "http" and local)
    return safe and bool(host) and "@" not in parts.netloc and "{" not in parts.netloc and link.count("{token}") == 1
