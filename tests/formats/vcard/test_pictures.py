"""Pictures of cards: every encoding, none fetched, and written back by a function of the caller."""

from __future__ import annotations

import pytest

from contactcore import Person
from contactcore.formats import vcard
from contactcore.formats.vcard import CardPicture

pytestmark = pytest.mark.req("IMP-5")
GIF = CardPicture("photo", "image/gif", b"GIF89a")


def _card(*lines):
    return vcard.loads("\r\n".join(("BEGIN:VCARD", "FN:Jo", *lines, "END:VCARD", "")))


@pytest.mark.parametrize(
    "lines",
    [
        ("PHOTO;TYPE=GIF;ENCODING=b:R0lGODlh",),
        ("PHOTO;ENCODING=BASE64;TYPE=GIF:", " R0lG", " ODlh"),
        ("PHOTO;GIF;BASE64:", "R0lGODlh", ""),
        ("PHOTO:data:image/gif;base64,R0lGODlh",),
        ("PHOTO;VALUE=uri:data:image/gif;base64,R0lG", " ODlh"),
        ("PHOTO:data:image/gif\\;base64\\,R0lGODlh",),
        ("PHOTO:data:image/gif,GIF%38%39a",),
        ("PHOTO;MEDIATYPE=image/gif:data:;base64,R0lGODlh",),
    ],
)
def test_a_picture_is_read_in_every_encoding(lines):
    found = _card(*lines)
    assert found.cards[0].pictures == (GIF,)
    assert [one.code for one in found.problems] == ["picture-not-kept"]


@pytest.mark.parametrize("value", ["PHOTO;ENCODING=b:%%%", "PHOTO:data:image/gif;base64,", "PHOTO;ENCODING=b:A"])
def test_an_unreadable_picture_is_named_and_costs_nothing_else(value):
    found = _card(value)
    assert (found.cards[0].pictures, len(found.contacts)) == ((), 1)
    assert [(one.line, one.code, one.kind) for one in found.problems] == [(3, "picture-unreadable", "fault")]


def test_the_address_of_a_picture_is_kept_and_not_fetched():
    found = _card("PHOTO;VALUE=uri:https://x.fr/a.gif")
    assert found.cards[0].pictures == ()
    assert "PHOTO;VALUE=uri:https://x.fr/a.gif" in vcard.dumps(found.contacts)


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_pictures_are_written_by_a_function_of_the_caller(version):
    jo, ann = Person(full_name="Jo"), Person(full_name="Ann")
    pictures = {"Jo": [GIF, CardPicture("logo", "", b"\0" * 200)]}
    text = vcard.dumps([jo, ann], version, pictures=lambda contact: pictures.get(contact.full_name, ()))
    found = vcard.loads(text)
    assert [one.pictures and one.pictures[0] for one in found.cards] == [GIF, ()]
    assert found.cards[0].pictures[1].data == b"\0" * 200
