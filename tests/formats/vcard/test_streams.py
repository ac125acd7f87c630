"""Cards are read one by one, from any place, and whatever the chunks of the stream are; they are written one by one."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Invalid, Person
from contactcore.formats import vcard
from contactcore.formats.vcard import card_stream, physical_lines, reading
from contactcore.formats.vcard.reading import CardFile
from support import entity_strategies as some

pytestmark = pytest.mark.req("IMP-5")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32")
PIECES = st.sampled_from(
    [
        *("FN:Zoë\U0001f600", "NOTE:a", " b", "\tc", "", "junk", "NOTE;ENCODING=QUOTED-PRINTABLE:=C3=A9=", "x=3D", ":"),
        *("PHOTO;ENCODING=BASE64:", "AAAAAAAA", "AAA=", "BEGIN:VCARD", "END:VCARD", "BEGIN:VNOTE", "X" * 90, "a.TEL:1"),
        *('X;A="', '";B=1:2', "EMAIL;TYPE=work", " ;PREF=1:jo@bois.fr", "VERSION:9", "\u2028", "NOTE:\x0b\x85"),
    ]
)


def _seen(found):
    return [(one.line, one.number, one.contact, one.problems, one.position) for one in found]


def _read(data, monkeypatch=None):
    try:
        return _seen(vcard.read(io.BytesIO(data)))
    except Invalid as error:
        return error.code


@given(
    st.lists(PIECES, max_size=25),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(ENCODINGS),
    st.sampled_from([4, 8, 12, 100]),
)
def test_the_chunks_of_a_stream_make_no_difference(pieces, end, encoding, chunk):
    data = end.join(["BEGIN:VCARD", *pieces, "END:VCARD", ""]).encode(encoding)
    whole = _read(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(physical_lines, "_CHUNK", chunk)
        assert _read(data) == whole


@given(st.lists(PIECES, max_size=25), st.sampled_from(["\r\n", "\n", "\r"]), st.sampled_from(ENCODINGS))
def test_reading_goes_on_behind_any_card(pieces, end, encoding):
    file = CardFile.of(end.join(["BEGIN:VCARD", *pieces, "END:VCARD", ""]).encode(encoding))
    whole = [(one.line, one.number, one.contact) for one in file.cards()]
    for place, one in enumerate(file.cards()):
        rest = [(other.line, other.number, other.contact) for other in file.cards(after=one.position)]
        assert rest == whole[place + 1 :]


@given(st.lists(some.contacts(), max_size=4), st.sampled_from(["3.0", "4.0"]))
def test_a_stream_has_the_same_cards_as_a_text(contacts, version):
    out = io.BytesIO()
    assert vcard.write(iter(contacts), out, version) == len(contacts)
    text = vcard.dumps(contacts, version)
    assert out.getvalue().decode() == text
    if contacts:
        found = list(vcard.read(io.BytesIO(out.getvalue())))
        assert tuple(one.contact for one in found) == vcard.loads(text).contacts


def test_memory_does_not_grow_with_the_file():
    card = b"BEGIN:VCARD\r\nFN:Jo\r\nNOTE:" + b"x" * 400 + b"\r\nEND:VCARD\r\n"
    peaks = []
    for count in (2_000, 8_000):
        file = io.BytesIO(card * count)
        tracemalloc.start()
        try:
            assert sum(1 for _ in vcard.read(file)) == count
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_endless_line_is_left_out_and_the_rest_is_read(monkeypatch, encoding):
    monkeypatch.setattr(reading, "_LONGEST_PLAIN", 0)
    monkeypatch.setattr(physical_lines, "LONGEST_LINE", 1_000)
    monkeypatch.setattr(physical_lines, "_CHUNK", 64)
    text = (
        f"BEGIN:VCARD\r\nFN:Jo\r\nNOTE:{'é' * 5_000}\r\nNICKNAME:J\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Ann\r\nEND:VCARD"
    )
    file = CardFile.of(text.encode(encoding))
    first, second = file.cards()
    assert (first.contact, second.contact) == (Person(full_name="Jo", nickname="J"), Person(full_name="Ann"))
    assert [(one.line, one.column, one.code) for one in first.problems] == [(3, "NOTE", "vcard-line-too-long")]
    assert [one.line for one in file.cards(after=first.position)] == [6]


def test_a_card_of_too_many_characters_is_left_out(monkeypatch):
    monkeypatch.setattr(reading, "_LONGEST_PLAIN", 0)
    monkeypatch.setattr(card_stream, "LARGEST_CARD", 100)
    text = (
        "BEGIN:VCARD\nFN:Jo\nNOTE:" + "x" * 60 + "\nX-A:" + "y" * 60 + "\nEND:VCARD\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n"
    )
    found = vcard.loads(text)
    assert [one.full_name for one in found.contacts] == ["Ann"]
    assert [(one.line, one.code, one.rejected) for one in found.problems] == [(1, "vcard-card-too-large", True)]


def test_a_line_of_a_megabyte_is_read_in_no_time_that_grows_with_its_square():
    note = "x" * 1_000_000
    folded = "".join(f"\r\n {note[start : start + 70]}" for start in range(0, len(note), 70))
    found = vcard.loads(f"BEGIN:VCARD\r\nFN:Jo\r\nX-A:{folded}\r\nX-B:{note}\r\nEND:VCARD\r\n")
    assert [(one.column, one.code) for one in found.problems] == [("X-A", "vcard-not-kept"), ("X-B", "vcard-not-kept")]


def test_a_file_is_read_from_a_path_and_an_empty_one_is_refused(tmp_path):
    path = tmp_path / "a.vcf"
    assert vcard.write([Person(full_name="Jo")], path) == 1
    assert [one.contact.full_name for one in vcard.read(path)] == ["Jo"]
    path.write_bytes(b"")
    with pytest.raises(Invalid) as caught:
        list(vcard.read(path))
    assert caught.value.code == "vcard-none"


@pytest.mark.parametrize("position", ["x", "1.2", "-1.1.1", "1.0.1", "1.1.x"])
def test_a_text_that_is_no_position_is_refused(position):
    with pytest.raises(Invalid) as caught:
        list(CardFile.of(b"BEGIN:VCARD\nEND:VCARD").cards(after=position))
    assert caught.value.code == "position"


def test_a_blank_line_ends_a_soft_break():
    lines = (
        "NOTE;ENCODING=QUOTED-PRINTABLE:a=",
        "",
        "NICKNAME;ENCODING=QUOTED-PRINTABLE:b=",
        "c",
        "X-A:d=",
        "",
        "X-B:e",
    )
    (jo,) = vcard.loads("\r\n".join(("BEGIN:VCARD", "FN:Jo", *lines, "END:VCARD"))).contacts
    assert (jo.description, jo.nickname) == ("a", "bc")
    assert list(jo.unmapped.values()) == ["X-A:d=", "X-B:e"]


def test_parameters_may_be_folded_before_the_colon():
    (jo,) = vcard.loads("BEGIN:VCARD\nFN:Jo\nEMAIL;TYPE=work\n ;PREF=1:jo@bois.fr\nEND:VCARD\n").contacts
    assert (str(jo.emails[0]), jo.emails[0].kind) == ("jo@bois.fr", "work")
