"""Companies and other organisations."""

from __future__ import annotations

import attrs

from contactcore.frozen import frozen
from contactcore.model import parsing
from contactcore.model.contact import Contact

__all__ = ["Company"]


@frozen
class Company(Contact):
    """A company, an association, a public office.

    Attributes:
        name: The name in the company's own spelling.
        division: The name of a division or branch (DIR-5).

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
        """The name and the division; without both, the first e-mail address or phone number."""
        if self.name and self.division:
            return f"{self.name}, {self.division}"
        return self.name or self.division or self._reachable_name()

    def _has_name(self) -> bool:
        return bool(self.name or self.division)
