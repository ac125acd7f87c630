"""The users of the tests."""

from __future__ import annotations

from typing import Final

from contactcore.model import User

__all__ = ["AMELIE", "BOB", "ROOT"]

AMELIE: Final = User("amelie")
BOB: Final = User("bob")
ROOT: Final = User("root", admin=True)
