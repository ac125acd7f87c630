"""The firms and the users of the demonstration."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from contactcore import Recipient, User

__all__ = ["FIRMS", "USERS", "Firm", "StaffUser", "user_address"]


@attrs.frozen
class Firm:
    """A firm: a workspace with its language, country, currency and time zone."""

    slug: str
    title: str
    language: str
    country: str
    currency: str
    timezone: str


@attrs.frozen
class StaffUser:
    """A user of the demonstration; a real application signs its users in by itself."""

    actor: User
    title: str
    role: str


FIRMS: Mapping[str, Firm] = {
    one.slug: one
    for one in (
        Firm("northfield", "Northfield Services", "en", "GB", "GBP", "Europe/London"),
        Firm("lumiere", "Atelier Lumière", "fr", "FR", "EUR", "Europe/Paris"),
        Firm("wisla", "Biuro Wisła", "pl", "PL", "PLN", "Europe/Warsaw"),
    )
}
USERS: Mapping[str, StaffUser] = {
    "ada": StaffUser(User("ada", admin=True), "Ada", "admin"),
    "eve": StaffUser(User("eve"), "Eve", "editor"),
    "vic": StaffUser(User("vic", read_only=True), "Vic", "viewer"),
}


def user_address(name: str) -> Recipient | None:
    """The address for letters to a user, as `Host(users=...)` asks for it."""
    return Recipient(f"{name}@staff.example", USERS[name].title) if name in USERS else None
