"""A contact as the card that clients see, and the card of a client as a change of a contact."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import quote, unquote

import attrs

from contactcore import Company, Invalid, NotFound, Person
from contactcore.formats import vcard
from contactcore.formats.pictures import PreparedPicture, prepare
from contactcore.formats.vcard import CardPicture
from contactcore.formats.vcard.uids import uid_of
from contactcore.model.restoring import altered
from contactcore.workspace.session import Session
from contactcore_radicale.refusal import INVALID_CARD, UNSUPPORTED_CARD, Refusal

__all__ = [
    "LARGEST_CARD",
    "LONGEST_NAME",
    "CardWriter",
    "IncomingCard",
    "ShownCard",
    "added_contact",
    "changed_contact",
    "is_uid",
    "named",
    "parse_card",
    "too_large",
    "wanted_name",
]

LARGEST_CARD = 10_000_000
"""Bytes of a card that a client sends, its photo included."""
LONGEST_NAME = 255
"""Code points of the name of a card in the address book, and of its UID."""

_VERSION: Literal["3.0"] = "3.0"
"""The version of all cards that clients are shown; every client reads it."""
_NAME = "vCard X-CONTACTCORE-HREF"
"""The entry of `unmapped` that keeps the name that a client chose for a card."""
_NAME_PREFIX = "X-CONTACTCORE-HREF:"
_ORG, _TITLE = "vCard ORG", "vCard TITLE"
_OF_CARDS = "vCard "
_NOT_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
"""The characters of texts that XML does not have. One of them would make the whole book unreadable for its clients."""
_LOSSES = frozenset((
    *("vcard-depth", "vcard-line", "vcard-line-too-long", "vcard-nested", "vcard-not-kept", "vcard-outside"),
    "vcard-unfinished",
))  # fmt: skip
"""Problems after which a part of the card would not be kept."""
_KEPT = frozenset((
    *("id", "version", "type", "categories", "currency", "fields", "responsibles", "access", "listed", "external_id"),
    *("source", "restricted", "added_at", "added_by", "changed_at", "changed_by", "permissions", "notifications"),
    "unmapped",
))  # fmt: skip
"""The fields that no card changes. `unmapped` is compared entry by entry."""


@attrs.frozen
class ShownCard:
    """A contact as a client sees it.

    Attributes:
        text: The card.
        etag: The ETag: the version of the contact, and a checksum of the card.
        place: The id of the company that the card shows as ORG; `""` for none.
        until: The first day on which the card may differ because an affiliation begins or ends; `""` for none.
        picture: The picture in the card; None for none.
    """

    text: str
    etag: str
    place: str
    until: str
    picture: bytes | None


@attrs.frozen
class IncomingCard:
    """A card that a client sent.

    Attributes:
        contact: The contact, as the card has it.
        uid: The UID.
        text: The card.
        country: The country by which its national phone numbers were read; `""` for unknown.
        pictures: The pictures in the card, as they came.
        prepared: The first of them that can be used; None for none.
    """

    contact: Person | Company
    uid: str
    text: bytes
    country: str
    pictures: tuple[CardPicture, ...]
    prepared: PreparedPicture | None


def is_uid(text: str) -> bool:
    """Whether a text can be the UID of a card.

    >>> is_uid("urn:uuid:7"), is_uid("7\u00ad")
    (True, False)
    """
    return 0 < len(text) <= LONGEST_NAME and text.isprintable()


def too_large() -> Refusal:
    """The refusal of a card that is too large."""
    return Refusal(413, f"A card has at most {LARGEST_CARD:,} bytes, its photo included.")


def parse_card(text: bytes, country: str = "") -> IncomingCard:
    r"""The one contact of a card that a client sent.

    Args:
        text: The body of the request, which nobody trusts.
        country: The ISO 3166 code of the country of national phone numbers; `""`, the default, for unknown.

    Raises:
        Refusal: 413 for a card that is too large, 403 for anything that is not one whole card of one person or company
            with a UID, and for a card of which a part cannot be kept.

    >>> parse_card(b"BEGIN:VCARD\nVERSION:3.0\nUID:7\nFN:Jane Doe\nEND:VCARD\n").uid
    '7'
    """
    if len(text) > LARGEST_CARD:
        raise too_large()
    try:
        found = _read(text, country)
    except Invalid as error:
        raise Refusal(403, str(error), INVALID_CARD) from error
    rejected = [one for one in found.problems if one.kind == "rejected"]
    if any(one.code == "vcard-kind" for one in rejected):
        reason = "Groups, places and devices are not kept: use the categories of the cards of their members."
        raise Refusal(403, reason, UNSUPPORTED_CARD)
    lost = [one for one in found.problems if one.code in _LOSSES]
    if len(found.cards) != 1 or rejected or lost:
        reason = next((f"Line {one.line}: {one.reason}" for one in (*rejected, *lost)), "Send one card.")
        raise Refusal(403, reason, INVALID_CARD)
    (card,) = found.cards
    uid = card.contact.external_id
    if not is_uid(uid):
        raise Refusal(403, f"A card needs a UID of 1 to {LONGEST_NAME} printable characters.", INVALID_CARD)
    prepared = next(filter(None, map(_usable, card.pictures)), None)
    return IncomingCard(card.contact, uid, text, country, card.pictures, prepared)


def _read(text: str | bytes, country: str) -> vcard.VCards:
    # A number that no workspace stores is kept in the card, and does not cost the contact.
    return vcard.loads(text, country=country or None, keep_national=False)


def _usable(picture: CardPicture) -> PreparedPicture | None:
    """A picture that can be stored; None for one that is damaged or beyond a limit, which never costs the contact."""
    try:
        return prepare(picture.data)
    except Invalid:
        return None


class CardWriter:
    """Writes contacts as cards, with the company where a person works.

    Args:
        session: The session of the actor.
        today: The day, which decides who still acts for a company.
    """

    def __init__(self, session: Session, today: date) -> None:
        self._session = session
        self._today = today
        self._companies: dict[str, Company | None] = {}

    def write(self, contact: Person | Company, uid: str) -> ShownCard:
        """The card of a contact.

        Args:
            contact: The contact, which the actor sees.
            uid: The UID of the card.
        """
        unmapped = {name: text for name, text in contact.unmapped.items() if name != _NAME}
        place = until = ""
        if isinstance(contact, Person) and _ORG not in unmapped:
            place, until = self._add_place(contact, unmapped)
        own = uid == uid_of("", contact.id)
        values: dict[str, Any] = {"unmapped": unmapped, "external_id": "" if own else uid}
        picture = self._session.pictures.get(contact.id)
        # Address books show a PHOTO and no LOGO, the one of a company too.
        shown = () if picture is None else (CardPicture("photo", picture.media_type, picture.data),)
        text = vcard.dumps([altered(contact, values)], version=_VERSION, pictures=lambda _: shown).translate(_NOT_XML)
        etag = f'"{contact.version}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
        return ShownCard(text, etag, place, until, None if picture is None else picture.data)

    def _add_place(self, person: Person, unmapped: dict[str, str]) -> tuple[str, str]:
        """Add ORG and TITLE of the eldest place of a person; the company, and the day when that may change."""
        affiliations = [one for one in self._session.people.of(person) if one.active]
        begins = [one.start for one in affiliations if one.start is not None]
        ends = [one.end + timedelta(days=1) for one in affiliations if one.end is not None and one.end < date.max]
        until = min((day.isoformat() for day in (*begins, *ends) if day > self._today), default="")
        for one in affiliations:
            begun = one.start is None or one.start <= self._today
            company = self._company(one.contact_id) if begun and (one.end is None or one.end >= self._today) else None
            if company is not None:
                parts = (company.display_name, one.department) if one.department else (company.display_name,)
                unmapped[_ORG] = f"ORG:{';'.join(map(_escaped, parts))}"
                if one.position and _TITLE not in unmapped:
                    unmapped[_TITLE] = f"TITLE:{_escaped(one.position)}"
                return company.id, until
        return "", until

    def _company(self, id: str) -> Company | None:
        if id not in self._companies:
            try:
                found = self._session.contacts.get(id)
            except NotFound:
                found = None
            self._companies[id] = found if isinstance(found, Company) else None
        return self._companies[id]


def _escaped(text: str) -> str:
    r"""A text as a component of a property.

    >>> print(_escaped("Bois; Fils"))
    Bois\; Fils
    """
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def wanted_name(contact: Person | Company) -> str:
    """The name of the card of a contact: the one that a client chose, else its id with `.vcf`."""
    line = contact.unmapped.get(_NAME, "").partition("\n")[0]
    chosen = unquote(line.removeprefix(_NAME_PREFIX)) if line.startswith(_NAME_PREFIX) else ""
    return chosen if _is_name(chosen) else f"{contact.id}.vcf"


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and "/" not in text and text not in {".", ".."}


def named(contact: Person | Company, name: str) -> Person | Company:
    """A contact whose card has a name that a client chose.

    Raises:
        Refusal: 403 for a name that cannot be kept.
    """
    if not _is_name(name):
        raise Refusal(403, f"The name of a card has 1 to {LONGEST_NAME} printable characters.")
    unmapped = {one: text for one, text in contact.unmapped.items() if one != _NAME}
    if name != f"{contact.id}.vcf":
        unmapped[_NAME] = _NAME_PREFIX + quote(name, safe="@+=~")
    return attrs.evolve(contact, unmapped=unmapped)


def added_contact(card: IncomingCard, name: str) -> Person | Company:
    """A new contact for a card that a client put under a name.

    Raises:
        Refusal: As `named`.
    """
    return named(card.contact, name)


def changed_contact(stored: Person | Company, shown: ShownCard, card: IncomingCard) -> Person | Company:
    """A stored contact with what a client changed in its card; all else stays as it is stored.

    The card that the client was shown is read again in the same way as the card that it sent. Only fields in which the
    two differ are changed. Nothing that a card does not hold, or that a client writes in another way, is lost.

    Args:
        stored: The contact, of the kind that the card has.
        shown: The card of the contact before.
        card: The card that the client sent.
    """
    base = _read(shown.text, card.country).cards[0].contact
    incoming = card.contact
    changes: dict[str, Any] = {}
    for name in (field.name for field in attrs.fields(type(stored)) if field.name not in _KEPT):
        wanted = getattr(incoming, name)
        if type(base) is not type(incoming) or getattr(base, name) != wanted:
            changes[name] = wanted
    unmapped = _changed_entries(stored.unmapped, base.unmapped, incoming.unmapped)
    if unmapped != dict(stored.unmapped):
        changes["unmapped"] = unmapped
    return attrs.evolve(stored, **changes)


def _changed_entries(stored: Mapping[str, str], base: Mapping[str, str], incoming: Mapping[str, str]) -> dict[str, str]:
    entries = dict(stored)
    for name in (*base, *incoming):
        wanted = incoming.get(name)
        if wanted == base.get(name) or name == _NAME:
            continue
        if wanted is not None:
            entries[name] = wanted
        elif name.startswith(_OF_CARDS):
            # A client drops what it does not know; only lines of cards are its own to remove.
            entries.pop(name, None)
    return entries
