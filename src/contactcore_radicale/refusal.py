"""A refused request: its status, and what the client and the user are told."""

from __future__ import annotations

from xml.sax.saxutils import escape

__all__ = ["INVALID_CARD", "UNSUPPORTED_CARD", "Refusal"]

INVALID_CARD = "valid-address-data"
"""The precondition of RFC 6352 (section 6.3.2.1) for a card that cannot be read."""
UNSUPPORTED_CARD = "supported-address-data"
"""The precondition of RFC 6352 (section 6.3.2.1) for a card of a kind that is not kept."""

_CARDDAV = "urn:ietf:params:xml:ns:carddav"


class Refusal(Exception):
    """A request is refused, and nothing is changed.

    Args:
        status: The HTTP status.
        reason: The reason, as a sentence.
        precondition: The precondition of CardDAV that failed; `""`, the default, for none.
    """

    def __init__(self, status: int, reason: str, precondition: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.precondition = precondition

    def body(self) -> tuple[str, str]:
        """The media type and the text of the answer.

        >>> Refusal(403, "Only <admins>.").body()
        ('text/plain', 'Only <admins>.')
        >>> Refusal(403, "No card.", INVALID_CARD).body()[1].count("valid-address-data")
        1
        """
        if not self.precondition:
            return "text/plain", self.reason
        text = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:" xmlns:C="{_CARDDAV}">'
            f"<C:{self.precondition}/><D:responsedescription>{escape(self.reason)}</D:responsedescription></D:error>"
        )
        return "application/xml", text
