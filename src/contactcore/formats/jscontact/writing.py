"""From contacts to JSContact (IMP-5)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from contactcore.formats.jscontact.card_objects import card_object
from contactcore.formats.tabular.destinations import destination
from contactcore.formats.vcard.card_writer import card_lines
from contactcore.formats.vcard.writing import Pictures, check_pictures, contacts_of, pictures_of
from contactcore.formats.vcard.written_lines import Position
from contactcore.model import Company, Person

__all__ = ["dumps", "write", "write_objects"]

_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""The namespace of addresses (RFC 9562 section 6.6)."""


def dumps(contacts: Iterable[Person | Company], *, pictures: Pictures | None = None) -> str:
    r"""Writes contacts as a JSON array of Card objects; `loads` gives them back.

    A card holds what `contactcore.formats.vcard.dumps` writes, by the mapping of RFC 9555. Each card has a `uid`: the
    external id, else the id, else one that is computed of the content.

    Args:
        contacts: People and companies.
        pictures: A function that returns the pictures of a contact; None, the default, for no pictures.

    Returns:
        The JSON text; encode it as UTF-8.

    Raises:
        Invalid: `record-type` for anything but contacts, `not-a-list` for anything but several,
            `not-a-function` for anything but a function that finds pictures.

    >>> from contactcore import Person
    >>> from contactcore.formats import jscontact
    >>> '"name":{"components":' in jscontact.dumps([Person("Jane", "Doe")])
    True

    Source: IMP-5; RFC 9553, RFC 9555.
    """
    check_pictures(pictures)
    cards = (_dumped(one, (), pictures) for one in contacts_of(contacts))
    separator = ",\n"
    return f"[{separator.join(cards)}]\n"


def write(contacts: Iterable[Person | Company], out: object, *, pictures: Pictures | None = None) -> int:
    r"""Writes contacts to a file as a JSON array of Card objects in UTF-8; memory does not grow with the file.

    Args:
        contacts: People and companies, for example a generator.
        out: Path of a file, which is replaced when it is complete, or a binary file object, which stays open.
        pictures: As for `dumps`.

    Returns:
        The number of cards.

    Raises:
        Invalid: As `dumps`; `file-unwritable`, `out`.

    >>> import io
    >>> from contactcore import Person
    >>> from contactcore.formats import jscontact
    >>> jscontact.write([Person("Jane", "Doe")], io.BytesIO())
    1

    Source: IMP-5.
    """
    return write_objects(((contact, ()) for contact in contacts_of(contacts)), out, pictures=pictures)


def write_objects(
    contacts: Iterable[tuple[Person | Company, Sequence[Position]]], out: object, *, pictures: Pictures | None = None
) -> int:
    """Writes contacts to a file, each with the places of a person in companies.

    Args:
        contacts: The contacts with their positions.
        out: As for `write`.
        pictures: As for `write`.

    Raises:
        Invalid: As `write`.
    """
    check_pictures(pictures)
    count = 0
    with destination(out) as stream:
        for contact, positions in contacts:
            text = _dumped(contact, positions, pictures)
            stream.write(("[" if not count else ",\n").encode() + text.encode("utf-8", "replace"))
            count += 1
        stream.write(b"]\n" if count else b"[]\n")
    return count


def _dumped(contact: Person | Company, positions: Sequence[Position], pictures: Pictures | None) -> str:
    shown = pictures_of(contact, pictures)
    card: dict[str, Any] = card_object(card_lines(contact, "4.0", positions=positions, pictures=shown))
    uid = card.pop("uid", "") or f"urn:uuid:{uuid.uuid5(_NAMESPACE, json.dumps(card, sort_keys=True))}"
    card = {"@type": card.pop("@type"), "version": card.pop("version"), "uid": uid, **card}
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))
