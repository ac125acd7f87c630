"""Damaged and hostile cards: no error of our own, each fault named by its line, each limit by its name."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore import Address, Invalid, Person
from contactcore.formats import vcard
from contactcore.formats.vcard import card_lists, card_stream, physical_lines, reading
from contactcore.formats.vcard.address_lines import address_of
from contactcore.formats.vcard.content_lines import ContentLine

pytestmark = pytest.mark.req("IMP-5")
WHOLE = (
    b'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane Doe\r\nitem1.EMAIL;TYPE="work,pref":jane@bois.fr\r\n'
    b"item1.X-ABLabel:_$!<Work>!$_\r\nADR;TYPE=home:;;1 rue X\\, Y;Paris;;75001;France\r\nBDAY:1604-02-29\r\n"
    b"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=cp1252:=E9t=\r\n=E9\r\nPHOTO;ENCODING=b:AAAA\r\n AAAA\r\n"
    b"TEL;CELL:01 44 55 66 77\r\nLABEL;TYPE=home:1 rue X\r\nIMPP:skype:jane\r\nCATEGORIES:a,b\\,c\r\nEND:VCARD\r\n"
)


def _card(*lines):
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


def _codes(found):
    return [(problem.line, problem.column, problem.code, problem.kind) for problem in found.problems]


def _reads_or_refuses(data):
    try:
        found = vcard.loads(data)
    except Invalid as error:
        assert error.code == "vcard-none"  # noqa: PT017 - any other outcome is fine too
        return
    again = vcard.loads(vcard.dumps(found.contacts)) if found.contacts else found
    assert len(again.contacts) == len(found.contacts)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
@example("\ud800BEGIN:VCARD")
@example(b"\xff\xfeB\x00E")
def test_any_bytes_and_any_text_are_read_or_refused(data):
    _reads_or_refuses(data)


@given(st.binary(max_size=60), st.text(max_size=60))
@example(b"", "X\ud800:\ud800")
def test_any_bytes_inside_a_card_are_read(data, text):
    _reads_or_refuses(b"BEGIN:VCARD\nFN:Jo\n" + data + b"\nEND:VCARD")
    _reads_or_refuses(f"BEGIN:VCARD\nFN:Jo\n{text}\nEND:VCARD")


@given(st.integers(0, 10**9))
def test_a_mutated_card_is_read_or_refused(seed):
    chance = random.Random(seed)
    data = bytearray(WHOLE)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data))
        piece = bytes(chance.choice(b';:,=\\"^\r\n \x00\xe9\xffN') for _ in range(chance.randint(0, 3)))
        data[place : place + chance.randint(0, 4)] = piece
    _reads_or_refuses(bytes(data))


@pytest.mark.parametrize("data", ["", b"", "Name,Email\nJo,jo@x.fr\n", b"\x00" * 50, "BEGIN:VCALENDAR\nEND:VCALENDAR"])
def test_what_is_no_vcard_is_refused(data):
    with pytest.raises(Invalid) as caught:
        vcard.loads(data)
    assert caught.value.code == "vcard-none"


def test_a_path_is_no_text():
    with pytest.raises(Invalid) as caught:
        vcard.loads(None)
    assert caught.value.code == "vcard-type"


def test_one_bad_card_leaves_the_others():
    found = vcard.loads(_card("FN:Jo") + _card("X-A:b") + _card("FN:Ann"))
    assert [one.full_name for one in found.contacts] == ["Jo", "Ann"]
    assert _codes(found) == [(5, "", "nameless", "rejected")]


def test_a_bad_property_is_named_by_its_line_and_written_back():
    found = vcard.loads(_card("FN:Jo", "EMAIL:jo@", "BDAY:soon", "URL:javascript:alert(1)", "no name"))
    assert _codes(found)[:1] == [(7, "", "vcard-fold", "note")]
    found = vcard.loads(_card("FN:Jo", "EMAIL:jo@", "BDAY:soon", "URL:javascript:alert(1)"))
    assert _codes(found) == [
        (4, "EMAIL", "email-syntax", "fault"),
        (5, "BDAY", "date-syntax", "fault"),
        (6, "URL", "website-scheme", "fault"),
    ]
    written = vcard.dumps(found.contacts, "3.0")
    assert all(line in written for line in ("EMAIL:jo@\r\n", "BDAY:soon\r\n", "URL:javascript:alert(1)\r\n"))


def test_a_truncated_last_card_is_read_up_to_its_end():
    found = vcard.loads("BEGIN:VCARD\nFN:Jo\nEMAIL:jo@bois.fr")
    assert str(found.contacts[0].emails[0]) == "jo@bois.fr"
    assert _codes(found) == [(3, "", "vcard-unfinished", "note")]


def test_a_card_without_an_end_does_not_take_the_next_one_with_it():
    found = vcard.loads("BEGIN:VCARD\nFN:Jo\nBEGIN:VCARD\nFN:Ann\nEND:VCARD")
    assert [one.full_name for one in found.contacts] == ["Jo", "Ann"]


@pytest.mark.parametrize("blank", [False, True])
def test_the_agent_of_a_card_gives_it_no_value(blank):
    inline = ["AGENT:", "BEGIN:VCARD"] if blank else ["AGENT:begin:vcard"]
    agent = ["VERSION:2.1", "FN:Ann", "TEL:+33612345678", "END:VCARD"]
    found = vcard.loads(_card("FN:Jo", *inline, *agent, "EMAIL:jo@x.fr") + _card("FN:Al"))
    assert [one.full_name for one in found.contacts] == ["Jo", "Al"]
    jo = found.contacts[0]
    assert ([str(email) for email in jo.emails], jo.phones, dict(jo.unmapped)) == (["jo@x.fr"], (), {})
    assert [(code, line) for line, _, code, _ in _codes(found)] == [("vcard-nested", 5 if blank else 4)]


class _Counting:
    """A pattern that counts the bytes it is given."""

    def __init__(self, pattern):
        self._pattern = pattern
        self.seen = 0

    def match(self, text):
        self.seen += len(text)
        return self._pattern.match(text)


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("NOTE;ENCODING=QUOTED-PRINTABLE:", "a" * 70 + "="),
        ("PHOTO;ENCODING=BASE64:", "QUJD" * 19),
        ("PHOTO;ENCODING=BASE64", "QUJD" * 19),
        ("NOTE:", "a line that has lost its fold"),
        ("NOTE:", "two lines\rin one"),
    ],
)
def test_a_value_of_very_many_lines_is_not_looked_through_again_for_each_of_them(monkeypatch, head, part):
    counting = {name: _Counting(getattr(physical_lines, name)) for name in ("QUOTED_PRINTABLE", "BASE64", "_START")}
    for name, pattern in counting.items():
        monkeypatch.setattr(physical_lines, name, pattern)

    def seen(lines):
        before = sum(one.seen for one in counting.values())
        # A blank line behind a soft line break, and one in front of a fold, are read by the careful reader.
        vcard.loads(_card("FN:Jo", head, *[part] * lines, "", "EMAIL:jo@x.fr"))
        return sum(one.seen for one in counting.values()) - before

    few, many = seen(200), seen(2_000)
    assert 0 < many <= 12 * few


def test_a_line_without_a_name_below_the_beginning_costs_no_card():
    found = vcard.loads("BEGIN:VCARD\njunk\nFN:Jo\nEND:VCARD\njunk\nBEGIN:VCARD\n x\nFN:Ann\nEND:VCARD")
    assert [one.full_name for one in found.contacts] == ["Jo", "Ann"]
    assert [(line, code) for line, _, code, _ in _codes(found)] == [(2, "vcard-line"), (5, "vcard-outside")]


def test_an_agent_is_no_contact():
    found = vcard.loads("BEGIN:VCARD\nFN:Jo\nAGENT:\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\nNOTE:x\nEND:VCARD")
    assert [(one.full_name, one.description) for one in found.contacts] == [("Jo", "x")]
    assert [code for _, _, code, _ in _codes(found)] == ["vcard-nested"]


@pytest.mark.parametrize(
    ("module", "name", "code"),
    [(reading, "MOST_CARDS", "vcard-too-many"), (card_stream, "MOST_LINES", "vcard-too-many-lines")],
)
def test_more_than_a_limit_is_refused_by_its_name(monkeypatch, module, name, code):
    monkeypatch.setattr(module, name, 2)
    found = vcard.loads(_card("FN:Jo") * 2 + _card("FN:Ann", "GENDER:F", "X-A:1", "X-B:2"))
    assert [one.full_name for one in found.contacts] == ["Jo", "Jo"]
    assert [(one.code, one.rejected, " 2 " in one.reason) for one in found.problems] == [(code, True, True)]


def test_a_line_and_a_text_have_a_longest_length(monkeypatch):
    monkeypatch.setattr(reading, "_LONGEST_PLAIN", 0)
    monkeypatch.setattr(physical_lines, "LONGEST_LINE", 100)
    found = vcard.loads(_card("FN:Jo", "NOTE:" + "x" * 200))
    assert [(one.line, one.column, one.code) for one in found.problems] == [(4, "NOTE", "vcard-line-too-long")]
    monkeypatch.setattr(reading, "LONGEST_TEXT", 10)
    with pytest.raises(Invalid) as caught:
        vcard.loads(_card("FN:Jo"))
    assert (caught.value.code, "10" in caught.value.reason) == ("vcard-too-large", True)


def test_many_levels_are_named():
    text = "BEGIN:VCARD\nFN:Jo\n" + "BEGIN:X\n" * 50 + "END:X\n" * 50 + "END:VCARD"
    found = vcard.loads(text)
    assert [one.code for one in found.problems] == ["vcard-nested", "vcard-depth"]
    assert found.contacts == (Person(full_name="Jo"),)


def test_a_text_cannot_add_a_line_to_a_card():
    jo = Person("Jo\nEMAIL:a@b.fr", description="x\r\nEND:VCARD\r\nBEGIN:VCARD", unmapped={"vCard END": "END:VCARD"})
    found = vcard.loads(vcard.dumps([jo]))
    assert found.contacts == (jo,)


@pytest.mark.req("IMP-5")
def test_many_labels_are_joined_to_their_addresses_each_of_which_is_read_a_fixed_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = []

    def counted(line: ContentLine, label: str) -> Address | None:
        read.append(line.number)
        return address_of(line, label)

    monkeypatch.setattr(card_lists, "address_of", counted)
    costs = []
    for pairs in (50, 400):
        read.clear()
        lines = [
            text
            for number in range(pairs)
            for text in (f"item{number}.ADR:;;{number} rue A;Lyon;;;", f"item{number}.LABEL:{number} rue A\\, Lyon")
        ]
        found = vcard.loads("\r\n".join(["BEGIN:VCARD", "VERSION:3.0", "FN:Jo Doe", *lines, "END:VCARD", ""]))
        addresses = found.contacts[0].addresses
        assert [one.formatted for one in addresses] == [f"{number} rue A, Lyon" for number in range(pairs)]
        costs.append(len(read) / pairs)
    assert costs[1] <= costs[0]


def test_files_that_were_joined_have_a_mark_inside_and_lose_no_card():
    one, two = (f"\ufeffBEGIN:VCARD\r\nFN:{name}\r\nEND:VCARD\r\n" for name in ("Jo", "Ann"))
    for source in (one + two, (one + two).encode(), (one + two).encode("utf-16-le")):
        found = vcard.loads(source)
        assert [contact.full_name for contact in found.contacts] == ["Jo", "Ann"]
        assert found.problems == ()
