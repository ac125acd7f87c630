"""Checks of slugs: an unknown slug is refused, because a misspelled one would otherwise give the answer "nobody"."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["check_authority", "check_purpose", "check_topic"]


def check_authority(transaction: Transaction, authority: str) -> None:
    """Refuse an authority that the workspace does not know.

    Raises:
        Invalid: `power-unknown`.
    """
    known = transaction.settings.authorities.slugs
    if authority not in known:
        message = f"Authorities are {', '.join(known)}."
        raise Invalid("power-unknown", message, path="authority", value=authority)


def check_purpose(transaction: Transaction, purpose: str) -> None:
    """Refuse a purpose that the workspace does not know.

    Raises:
        Invalid: `purpose-unknown`.
    """
    known = transaction.settings.purposes.slugs
    if purpose not in known:
        raise Invalid("purpose-unknown", f"Purposes are {', '.join(known)}.", path="purpose", value=purpose)


def check_topic(transaction: Transaction, topic: str) -> None:
    """Refuse a topic that the workspace does not know.

    Raises:
        Invalid: `topic-unknown`.
    """
    known = transaction.settings.topics.slugs
    if topic not in known:
        raise Invalid("topic-unknown", f"Topics are {', '.join(known)}.", path="topic", value=topic)
