"""Damaged and hostile JSON: no error of our own, each fault named by its line and pointer, each limit by its name."""

from __future__ import annotations

import io
import json
import random
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contactcore import Invalid
from contactcore.formats import jscontact
from contactcore.formats.jscontact import card_file, reading
from contactcore.formats.jscontact.json_values import is_array, json_values
from support.jscontact import CARD

pytestmark = pytest.mark.req("IMP-5")
NONE = {"jscontact-none", "jscontact-encoding"}
PIECES = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"\n",
    b" ",
    b'"',
    b"\\",
    b'"a":',
    b"1",
    b"tru",
    b"\xef\xbb\xbf",
    b"\xe9",
    b'{"a":[1]}',
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _reads_or_refuses(data):
    try:
        found = jscontact.loads(data)
    except Invalid as error:
        assert error.code in NONE  # noqa: PT017 - any other outcome is fine too
        return
    again = jscontact.loads(jscontact.dumps(found.contacts)) if found.contacts else found
    assert len(again.contacts) == len(found.contacts)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
@example(b"\xff\xfe[")
@example('["')
@example('{"@type":"Card","name":{"full":"\\ud800"}}')
def test_any_bytes_and_any_text_are_read_or_refused(data):
    _reads_or_refuses(data)


@given(st.sampled_from(sorted(CARD)), JSON)
def test_any_value_of_a_property_is_read_or_named(name, value):
    card = {**CARD, name: value, "@type": "Card"}
    found = jscontact.loads(json.dumps(card))
    assert len(found.contacts) == 1 or found.problems
    _reads_or_refuses(json.dumps(card))


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_any_member_of_a_property_is_read_or_named(seed):
    chance = random.Random(seed)
    card = json.loads(json.dumps(CARD))
    place = card
    while isinstance(place, dict | list) and place and chance.random() < 0.8:
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        parent, place = place, place[key]
    if place is card:
        return
    parent[key] = chance.choice([None, True, 5, -1, 1e400, "", "\n", "\0", [], {}, [[]], {"": ""}, "\ud800", "x" * 99])
    card["@type"] = "Card"
    _reads_or_refuses(json.dumps(card))


@given(st.integers(0, 10**9))
def test_a_mutated_text_is_read_or_refused(seed):
    chance = random.Random(seed)
    data = bytearray(json.dumps([CARD, CARD]).encode())
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data))
        piece = bytes(chance.choice(b'{}[]":,\\ \x00\xe9\xffN') for _ in range(chance.randint(0, 3)))
        data[place : place + chance.randint(0, 4)] = piece
    _reads_or_refuses(bytes(data))


def test_one_broken_card_costs_no_other():
    text = '[{"@type":"Card","name":{"full":"Jo"}},\n{"@type":"Card",,},\n{"@type":"Card","name":{"full":"Ann"}}]'
    found = jscontact.loads(text)
    assert [one.full_name for one in found.contacts] == ["Jo", "Ann"]
    assert [(one.line, one.code, one.rejected) for one in found.problems] == [(2, "jscontact-syntax", True)]


@pytest.mark.parametrize("data", ["", b"", "[]", "{}", "null", "Name,Email\n", '{"a": 1}', "BEGIN:VCARD\nEND:VCARD"])
def test_what_is_no_card_is_refused(data):
    with pytest.raises(Invalid) as caught:
        jscontact.loads(data)
    assert caught.value.code == "jscontact-none"


@pytest.mark.parametrize(("data", "code"), [(None, "jscontact-type"), (b'{"a": "\xff"}', "jscontact-encoding")])
def test_what_is_no_text_is_refused(data, code):
    with pytest.raises(Invalid) as caught:
        jscontact.loads(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "bomb", ["[" * 100_000, '{"a":' * 100_000, "[" + "[" * 50 + "]" * 50 + "]", '"' + '\\"' * 200_000, "9" * 100_000]
)
def test_bombs_are_refused_or_named(bomb):
    jo = '{"@type":"Card","name":{"full":"Jo"}}'
    _reads_or_refuses(bomb)
    found = jscontact.loads(f"[{jo},\n{bomb}]")
    assert [one.full_name for one in found.contacts] == ["Jo"]
    assert {one.code for one in found.problems} <= {"jscontact-depth", "jscontact-syntax", "jscontact-card"}
    assert found.problems


def test_too_many_levels_inside_a_card_are_named():
    deep = '{"@type":"Card","x":' + "[" * 40 + "]" * 40 + "}"
    found = jscontact.loads(f'[{deep},{{"@type":"Card","name":{{"full":"Jo"}}}}]')
    assert [one.code for one in found.problems] == ["jscontact-depth"]
    assert len(found.contacts) == 1


def test_a_limit_is_refused_by_its_name(monkeypatch):
    cards = json.dumps([{"@type": "Card", "name": {"full": f"P{n}"}} for n in range(3)])
    monkeypatch.setattr(reading, "MOST_CARDS", 2)
    found = jscontact.loads(cards)
    assert [one.code for one in found.problems] == ["jscontact-too-many"]
    monkeypatch.setattr(reading, "LONGEST_TEXT", 10)
    with pytest.raises(Invalid) as caught:
        jscontact.loads(cards)
    assert caught.value.code == "jscontact-too-large"
    monkeypatch.undo()
    monkeypatch.setattr(card_file, "MOST_LINES", 1)
    found = jscontact.loads(json.dumps(CARD))
    assert [one.code for one in found.problems] == ["jscontact-too-many-values"]


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({"version": "9"}, [("version", "jscontact-version")]),
        ({"emails": {"a": {"address": 5}}}, [("emails/a", "jscontact-value")]),
        ({"emails": {"a": {"address": "jo@"}}}, [("emails/a", "email-syntax")]),
        ({"emails": [1]}, [("emails", "jscontact-value")]),
        ({"keywords": {"a": 1}}, [("keywords", "jscontact-value")]),
        ({"vCardProps": [5]}, [("vCardProps/0", "jscontact-value")]),
        ({"vCardProps": [["begin", {}, "text", "vcard"]]}, [("vCardProps/0", "jscontact-value")]),
        (
            {"emails": {"a": {"address": "a@b.fr", "vCardParams": {"a b": "c"}}}},
            [("emails/a/vCardParams/a b", "jscontact-value")],
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_pointer(members, codes):
    found = jscontact.loads(json.dumps({"@type": "Card", "name": {"full": "Jo"}, **members}))
    assert [(one.column, one.code) for one in found.problems] == codes
    assert len(found.contacts) == 1


def test_a_name_that_an_object_has_twice_is_noted():
    found = jscontact.loads('{"@type":"Card","name":{"full":"Jo","full":"Ann"}}')
    assert [(one.code, one.kind) for one in found.problems] == [("jscontact-repeated", "note")]


def test_a_group_is_no_contact():
    found = jscontact.loads('{"@type":"Card","kind":"group","name":{"full":"Friends"}}')
    assert [one.code for one in found.problems] == ["vcard-kind"]


class _Drops:
    """A stream that gives a few bytes at a time."""

    def __init__(self, data, size):
        self._stream = io.BytesIO(data)
        self._size = size

    def read(self, _):
        return self._stream.read(self._size)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join), st.integers(1, 7))
@example(b'[{"a\\\\":"]"}\n,\xef\xbb\xbf5]', 1)
@example(b"\xef\xbb\xbf", 1)
@example(b'"{{{{{{"a":{"a":[1]}"{', 1)
def test_the_size_of_the_pieces_changes_no_value(data, size):
    whole = list(json_values(io.BytesIO(data), 3, 20))
    assert list(json_values(_Drops(data, size), 3, 20)) == whole
    for one in whole:
        assert one.next_line == 1 + data.count(b"\n", 0, one.offset)
        inside = is_array(io.BytesIO(data))
        rest = json_values(io.BytesIO(data[one.offset :]), 3, 20, offset=one.offset, line=one.next_line, inside=inside)
        if data.count(b"[") <= 1 and b"]" not in data:
            assert list(rest) == [other for other in whole if other.start >= one.offset]


def test_a_file_of_many_cards_is_read_one_by_one_in_flat_memory():
    class Endless:
        def __init__(self, count):
            self.left = count

        def read(self, _):
            self.left -= 1
            return json.dumps(CARD).encode() + b"," if self.left >= 0 else b""

    peaks = []
    for count in (50, 400):
        tracemalloc.start()
        assert sum(1 for _ in json_values(Endless(count), 32, 10**6)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_a_card_that_is_too_large_costs_no_other(monkeypatch):
    monkeypatch.setattr(card_file, "LARGEST_CARD", 200)
    jo, large = ({"@type": "Card", "name": {"full": name}} for name in ("Jo", "x" * 300))
    found = list(jscontact.read(json.dumps([jo, large, jo]).encode()))
    assert [one.contact and one.contact.full_name for one in found] == ["Jo", None, "Jo"]
    assert [problem.code for one in found for problem in one.problems] == ["jscontact-card-too-large"]


def test_many_members_are_refused_before_they_are_read():
    bomb = b'{"@type":"Card","x":[' + b"[]," * 400_000 + b"1]}"
    (one,) = json_values(io.BytesIO(bomb), 32, 10**8)
    assert (one.large, one.value) == (True, None)


def test_bytes_of_another_encoding_cost_their_card_alone():
    jo = b'{"@type":"Card","name":{"full":"Jo"}}'
    found = jscontact.loads(b"[" + jo + b',{"@type":"Card","name":{"full":"Zo\xe9"}},' + jo + b"]")
    assert len(found.contacts) == 2
    assert [one.code for one in found.problems] == ["jscontact-encoding"]


def test_half_a_character_in_utf_16_is_named_with_its_value():
    data = '[{"@type":"Card","name":{"full":"Jo"},"nicknames":{"a":{"name":"x?"}}}]'.encode("utf-16-le")
    found = jscontact.loads(data.replace("?".encode("utf-16-le"), b"\x00\xd8"))
    assert [one.code for one in found.problems] == ["text-surrogate", "vcard-not-kept"]
