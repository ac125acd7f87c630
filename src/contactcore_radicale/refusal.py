"""A refused request: its status, and the answer for the client and the user."""

from __future__ import annotations

from xml.sax.saxutils import escape

__all__ = ["INVALID_CARD", "UNSUPPORTED_CARD", "Refusal"]

INVALID_CARD = "valid-address-data"
"""The precondition of RFC 6352 (section 6.3.2.1) for a card that cannot be read."""
UNSUPPORTED_CARD = "supported-address-data"
"""The precondition of RFC 6352 (section 6.3.2.1) for a card of a kind that is not kept."""

_BUSY = 503
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

    def answer(self) -> tuple[int, dict[str, str], str, None]:
        """The answer as Radicale takes it: the status, the headers, the text, and no XML to log.

        >>> Refusal(403, "Only <admins>.").answer()
        (403, {'Content-Type': 'text/plain'}, 'Only <admins>.', None)
        >>> Refusal(403, "No card.", INVALID_CARD).answer()[2].count("<C:valid-address-data/>")
        1
        """
        if not self.precondition:
            retry = {"Retry-After": "30"} if self.status == _BUSY else {}
            return self.status, {"Content-Type": "text/plain", **retry}, self.reason, None
        text = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:" xmlns:C="{_CARDDAV}">'
            f"<C:{self.precondition}/><D:responsedescription>{escape(self.reason)}</D:responsedescription></D:error>"
        )
        return self.status, {"Content-Type": "application/xml"}, text, None
