"""From contacts to vCards (IMP-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from contactcore.errors import Invalid, records_of
from contactcore.formats.tabular.destinations import destination
from contactcore.formats.vcard.card_writer import card_lines
from contactcore.formats.vcard.content_lines import fold
from contactcore.formats.vcard.picture import CardPicture
from contactcore.formats.vcard.plain_writing import PlainWriter
from contactcore.formats.vcard.written_lines import Position
from contactcore.model import Company, Person

__all__ = ["Pictures", "check_pictures", "contacts_of", "dumps", "pictures_of", "write", "write_cards"]

Pictures = Callable[[Person | Company], Iterable[CardPicture]]
"""Returns the pictures that the card of a contact gets."""

_VERSIONS = ("3.0", "4.0")


def dumps(
    contacts: Iterable[Person | Company], version: Literal["3.0", "4.0"] = "4.0", *, pictures: Pictures | None = None
) -> str:
    r"""Writes contacts as vCards; `loads` gives them back.

    A card holds what others may know of a contact. The type, categories, custom fields, the currency, the responsible
    users, the access and the portal's settings stay in the workspace. The UID is the external id of the contact, else
    its id, so that each export of a stored contact has the same UID.

    Args:
        contacts: People and companies.
        version: `"4.0"` by default, or `"3.0"`.
        pictures: A function that returns the pictures of a contact; None, the default, for no pictures.

    Returns:
        The cards, with CRLF; encode the text as UTF-8.

    Raises:
        Invalid: `vcard-version` for any other version, `record-type` for anything but contacts, `not-a-list` for
            anything but several, `not-a-function` for anything but a function that finds pictures.

    >>> from contactcore import Person
    >>> from contactcore.formats import vcard
    >>> print(vcard.dumps([Person("Jane", "Doe", emails=["jane@example.org"])]).replace("\r", ""))
    BEGIN:VCARD
    VERSION:4.0
    N:Doe;Jane;;;
    FN:Jane Doe
    EMAIL:jane@example.org
    END:VCARD
    <BLANKLINE>

    Source: IMP-5; RFC 2426, RFC 6350, RFC 6868, RFC 9554.
    """
    _check_version(version)
    check_pictures(pictures)
    return "".join(_cards(((contact, ()) for contact in contacts_of(contacts)), version, pictures))


def write(
    contacts: Iterable[Person | Company],
    out: object,
    version: Literal["3.0", "4.0"] = "4.0",
    *,
    pictures: Pictures | None = None,
) -> int:
    r"""Writes contacts to a file of vCards one by one, in UTF-8; memory does not grow with the file.

    Args:
        contacts: People and companies, for example a generator.
        out: Path of a file, which is replaced when it is complete, or a binary file object, which stays open.
        version: As for `dumps`.
        pictures: As for `dumps`.

    Returns:
        The number of cards.

    Raises:
        Invalid: As `dumps`; `file-unwritable`, `out`.

    >>> import io
    >>> from contactcore import Person
    >>> from contactcore.formats import vcard
    >>> file = io.BytesIO()
    >>> vcard.write([Person("Jane", "Doe")], file), file.getvalue()[:11]
    (1, b'BEGIN:VCARD')

    Source: IMP-5.
    """
    return write_cards(((contact, ()) for contact in contacts_of(contacts)), out, version, pictures=pictures)


def write_cards(
    contacts: Iterable[tuple[Person | Company, Sequence[Position]]],
    out: object,
    version: str,
    *,
    pictures: Pictures | None = None,
) -> int:
    """Writes contacts to a file of vCards, each with the places of a person in companies.

    Args:
        contacts: The contacts with their positions.
        out: As for `write`.
        version: As for `write`.
        pictures: As for `write`.

    Raises:
        Invalid: As `write`.
    """
    _check_version(version)
    check_pictures(pictures)
    count = 0
    with destination(out) as stream:
        for card in _cards(contacts, version, pictures):
            stream.write(card.encode())
            count += 1
    return count


def _check_version(version: object) -> None:
    if version not in _VERSIONS:
        raise Invalid("vcard-version", 'Choose the version "3.0" or "4.0".', path="version", value=version)


def contacts_of(contacts: object) -> Iterator[Person | Company]:
    """The people and companies of a caller's argument, one by one.

    Raises:
        Invalid: `record-type`, `not-a-list`.
    """
    if isinstance(contacts, str | bytes | Mapping) or not isinstance(contacts, Iterable):
        raise Invalid("not-a-list", "Give a list here, even for a single entry.", path="contacts")
    for index, contact in enumerate(contacts):
        if not isinstance(contact, Person | Company):
            reason = "Give a Person or a Company here."
            raise Invalid("record-type", reason, path=f"contacts[{index}]", value=type(contact).__name__)
        yield contact


def check_pictures(pictures: object) -> None:
    """Refuse an argument that is no function which finds pictures.

    Args:
        pictures: The argument; None for no pictures.

    Raises:
        Invalid: `not-a-function`.
    """
    if pictures is not None and not callable(pictures):
        message = f"Give a function here, not {type(pictures).__name__}."
        raise Invalid("not-a-function", message, path="pictures")


def pictures_of(contact: Person | Company, pictures: Pictures | None) -> tuple[CardPicture, ...]:
    """The pictures that a caller's function finds for a contact.

    Args:
        contact: The contact.
        pictures: The function; None for no pictures.

    Raises:
        Invalid: `not-a-list`, `record-type` for anything but pictures.
    """
    return () if pictures is None else tuple(records_of(CardPicture, pictures=pictures(contact)))


def _cards(
    contacts: Iterable[tuple[Person | Company, Sequence[Position]]], version: str, pictures: Pictures | None
) -> Iterator[str]:
    """The text of each card."""
    plain = PlainWriter(version)
    for contact, positions in contacts:
        found = pictures_of(contact, pictures)
        text = plain.card(contact, positions, found)
        yield fold(card_lines(contact, version, positions=positions, pictures=found)) if text is None else text
