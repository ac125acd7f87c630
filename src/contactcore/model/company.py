"""Companies and every other organisation."""

from __future__ import annotations

import attrs

from contactcore.model import parsing
from contactcore.model.contact import Contact

__all__ = ["Company"]


@attrs.frozen
class Company(Contact):
    """A company, an association, a public office.

    Attributes:
        name: As it signs.
        division: A division or branch of it (DIR-5).

    >>> Company("Bois & Fils", emails=["office@bois.fr"]).display_name
    'Bois & Fils'
    """

    name: str = attrs.field(default="", converter=parsing.line)
    division: str = attrs.field(default="", converter=parsing.line, kw_only=True)

    @property
    def kind(self) -> str:
        """`"company"`."""
        return "company"

    @property
    def display_name(self) -> str:
        """The name, with the division where there is one."""
        if self.name and self.division:
            return f"{self.name}, {self.division}"
        return self.name or self.division or self._reachable_name()

    def _has_name(self) -> bool:
        return bool(self.name or self.division)
