"""The quick door for plain cards gives exactly what the careful reader gives, for any bytes."""

from __future__ import annotations

import io
import random

import pytest
from benchmarks.varied_cards import varied_cards
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore.formats import vcard
from contactcore.formats.vcard import reading
from contactcore.formats.vcard.plain_cards import PlainCards
from contactcore.formats.vcard.reading import CardFile
from support import entity_strategies as some

pytestmark = pytest.mark.req("IMP-5")

HEADS = (
    *("N", "FN", "N;LANGUAGE=fr", "FN;TYPE=pref", "NICKNAME", "UID", "UID;VALUE=text", "BDAY", "BDAY;VALUE=date"),
    *("EMAIL", "EMAIL;TYPE=INTERNET,WORK,pref", "EMAIL;HOME", "email;type=home", "EMAIL;PREF=1;X-P=a", "EMAIL;PREF=2"),
    *("TEL", "TEL;TYPE=CELL", "TEL;CELL;VOICE;PREF", "TEL;TYPE=work,fax;VALUE=uri", "TEL;TYPE=iphone", "item1.TEL"),
    *("ADR", "ADR;TYPE=HOME", "ADR;TYPE=WORK,postal;X-A=b", "ADR;CC=FR", "ADR;TYPE=billing", "URL", "URL;TYPE=WORK"),
    *("ORG", "TITLE", "ROLE", "ORG;PREF=1", "CATEGORIES", "CATEGORIES;X=1", "NOTE", "NOTE;LANGUAGE=de", "X-AIM", "REV"),
    *("NOTE;ENCODING=QUOTED-PRINTABLE", "X-A;QUOTED-PRINTABLEX", "X-A;B", 'X-A;P="a;b"', "PHOTO;ENCODING=b", "KIND"),
    *("item1.X-ABLabel", "X-ABLabel", "GENDER", "LANG", "IMPP", "AGENT", "BEGIN", "END", "VERSION", "LABEL", "X A", ""),
)
VALUES = (
    *(
        "Doe;Jane;;;",
        "Doe;Jane;Marie;Dr.;Jr",
        ";;;;",
        "Doe",
        "Doe;Jane;;;;x",
        "Çelik;Zoé;;;",
        "山田;太郎;;;",
        "a,b;c",
        "O\\;B;x",
    ),
    *(
        "Jane Doe",
        "Dr. Jane  Marie Doe Jr",
        "Zoé Çelik",
        "",
        " ",
        ";",
        "x\\ny",
        "a\\, b",
        "trailing ",
        "\u2800",
        "e\u0301",
    ),
    *(
        "jane@bois.fr",
        "JANE@BOIS.FR",
        "info@Bois.fr",
        "jo@",
        "zoé@bois.fr",
        " jo@x.fr",
        "+33612345678",
        "tel:+33-6-12345678",
    ),
    *(
        "06 12 34 56 78",
        "+33 6 12 34 56 78",
        "tel:+33612345678;ext=1",
        "030 901820",
        "+1 (212) 555-1234",
        "+39 012345678",
    ),
    *(
        ";;1 rue X;Paris;;75001;France",
        ";;1 rue X\\, b;Köln;;;DE",
        ";;a\\nb;c;;;",
        ";;;;;;",
        ";;;;Bayern;;",
        ";;x,y;;;;Narnia",
    ),
    *(
        "https://bois.fr/a?b=1",
        "http://Bois.fr/",
        "bois.fr",
        "ftp://x.fr",
        "https://x.fr/ü",
        "1980-03-05",
        "19800305",
        "--0305",
    ),
    *(
        "1604-02-29",
        "1980-13-01",
        "1980-03-05T00:00:00",
        "VIP,Customers",
        "VIP,vip",
        ",",
        "a\\,b,c",
        "2.1",
        "3.0",
        "9.9",
    ),
    *(
        "VCARD",
        "x\x0cy",
        "x\x85y",
        "\ufeffx",
        "abc=",
        "\t",
        "a\\\\n",
        "a\\Nb",
        "=C3=A9=",
        "R0lGODlh",
        "+33 (0)6 12 34 56 78",
    ),
)
CRLF = st.just("\r\n")
ENDS = ("\r\n", "\n", "\r", "\n ", "\n\t", "\r\n  ", "\n\n", "\n \n ", "=\n")


def _both(data, country=None, *, text=False, keep=True):
    """The cards through both doors, and those through the careful door alone."""
    file = CardFile.of(data.decode("utf-8", "surrogatepass") if text else data)
    place = (len(file.encoding.bom), 1, 0)
    with file.source.open(place[0]) as stream:
        careful = list(reading._CardStream(stream, file, country, place, keep_national=keep).cards())
    return list(file.cards(country, keep_national=keep)), careful


@st.composite
def card_texts(draw, ends=CRLF):
    parts = ["BEGIN:VCARD", draw(ends), "VERSION:", draw(st.sampled_from(["3.0", "4.0"])), draw(ends)]
    parts += ["N:Doe;Jane;;;", draw(ends)] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(0, 6))):
        parts += [draw(st.sampled_from(HEADS)), ":", draw(st.sampled_from(VALUES)), draw(ends)]
    return "".join([*parts, "END:VCARD", draw(ends)])


@given(st.lists(card_texts(), min_size=1, max_size=4), st.sampled_from([None, "FR", "DE", "US"]), st.booleans())
def test_both_doors_read_the_same_cards(cards, country, keep):
    quick, careful = _both("".join(cards).encode(), country, keep=keep)
    assert quick == careful
    assert repr(quick) == repr(careful)


@given(
    st.lists(
        card_texts(st.sampled_from(ENDS)) | st.sampled_from(["junk\n", "\n", "END:VCARD\n", "BEGIN:VCARD\n"]),
        max_size=5,
    ),
    st.integers(0, 1),
)
@example(["BEGIN:VCARD\nFN:a\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nFN:b\nEND:VCARD\nEND:VCARD\n"], 0)
@example(["BEGIN:VCARD\nN:a;b\nNOTE:x\n \n y\nEND:VCARD\n"], 0)
@example(["BEGIN:VCARD\nN:a;b\nEND:VCARD\n", "\n\n", "BEGIN:VCARD\nN:c;d\nEND:VCARD"], 0)
def test_folds_line_ends_and_rubbish_change_nothing(parts, text):
    quick, careful = _both("".join(parts).encode("utf-8", "surrogatepass"), "FR", text=bool(text))
    assert quick == careful


@given(st.integers(0, 10**9))
def test_any_damage_is_read_by_both_doors_alike(seed):
    chance = random.Random(seed)
    data = bytearray(varied_cards(6, seed).encode())
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(data))
        piece = bytes(chance.choice(b'\n\r ;:,"\\=.\x00\xe9\xffBEGIN') for _ in range(chance.randint(0, 3)))
        data[place : place + chance.randint(0, 4)] = piece
    quick, careful = _both(bytes(data), chance.choice([None, "FR"]))
    assert quick == careful


@given(
    st.lists(some.contacts(), min_size=1, max_size=4), st.sampled_from(["3.0", "4.0"]), st.sampled_from([None, "FR"])
)
def test_written_contacts_are_read_by_both_doors_alike(contacts, version, country):
    quick, careful = _both(vcard.dumps(contacts, version).encode(), country)
    assert quick == careful
    again = [vcard.dumps([one.contact], version) for one in quick if one.contact]
    assert again == [vcard.dumps([one.contact], version) for one in careful if one.contact]


@pytest.mark.parametrize("size", [40, 300, 5_000])
def test_the_size_of_the_pieces_changes_no_card(monkeypatch, size):
    data = varied_cards(60, 7).replace("END:VCARD\r\nBEGIN", "END:VCARD\r\n\r\nBEGIN", 5).encode()
    whole, careful = _both(data, "FR")
    assert whole == careful
    monkeypatch.setattr(reading, "_PIECE", size)
    assert list(CardFile.of(data).cards("FR")) == whole
    monkeypatch.setattr(reading, "_LONGEST_PIECE", 100)
    assert list(CardFile.of(io.BytesIO(data)).cards("FR")) == whole
    place = whole[20].position
    assert list(CardFile.of(data).cards("FR", after=place)) == whole[21:]


def test_most_cards_of_an_address_book_are_plain(monkeypatch):
    read, found = PlainCards.read, []

    def counted(self, text, start):
        found.append(read(self, text, start))
        return found[-1]

    monkeypatch.setattr(PlainCards, "read", counted)
    assert len(vcard.loads(varied_cards(200, 1, style="plain")).contacts) == 200
    assert sum(card is not None for card in found) > 150
