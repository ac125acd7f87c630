"""The quick door for plain cards gives exactly what the careful reader gives, for any bytes."""

from __future__ import annotations

import io
import random
import unicodedata

import pytest
from benchmarks.program_cards import PROGRAMS, program_cards
from benchmarks.varied_cards import varied_cards
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore import Company, Invalid, Person, PhoneNumber
from contactcore.formats import vcard
from contactcore.formats.vcard import plain_addresses, plain_cards, plain_groups, plain_values, reading
from contactcore.formats.vcard.card_stream import CardStream
from contactcore.formats.vcard.card_values import NATIONAL
from contactcore.formats.vcard.card_writer import card_lines
from contactcore.formats.vcard.content_lines import fold
from contactcore.formats.vcard.extras import checksum
from contactcore.formats.vcard.person_lines import NAME_PARTS
from contactcore.formats.vcard.picture import CardPicture
from contactcore.formats.vcard.plain_cards import SIMPLE, PlainCards
from contactcore.formats.vcard.plain_writing import PlainWriter
from contactcore.formats.vcard.reading import CardFile
from contactcore.formats.vcard.written_lines import Position
from contactcore.model.restoring import altered
from contactcore.read_only import ReadOnlyDict
from contactcore.values.texts import IGNORABLE
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
        ";x;a\\n \\Nb\\nc;;;;France",
        ";;a\\nb\\nc;;;;",
        ";;a;b\\nc;;;",
        ";;\\n;b;;;",
        ";;;b\\nc;;;",
        ";\\nb;;c;;;",
        ";b\\\\n;c",
        ";;a,b\\n,c;d;;;DE",
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
        careful = list(CardStream(stream, file.encoding, country, place, keep_national=keep, text=text).cards())
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


@given(
    st.integers(0, 10**9),
    st.sampled_from(sorted(PROGRAMS)),
    st.sampled_from([None, "FR", "US"]),
    st.booleans(),
    st.booleans(),
)
def test_cards_of_every_program_are_read_by_both_doors_alike(seed, program, country, keep, text):
    quick, careful = _both(program_cards(5, seed, program).encode(), country, text=text, keep=keep)
    assert quick == careful
    assert repr(quick) == repr(careful)


@pytest.mark.parametrize("program", ["Apple", "Google", "Outlook"])
def test_forgotten_heads_and_labels_change_no_card(monkeypatch, program):
    monkeypatch.setattr(plain_cards, "_MOST_SHAPES", 3)
    monkeypatch.setattr(plain_groups, "MOST_LABELS", 3)
    monkeypatch.setattr(plain_values, "MOST_TAGS", 3)
    monkeypatch.setattr(plain_addresses, "MOST_COUNTRIES", 3)
    for module in (plain_cards, plain_groups, plain_addresses):
        monkeypatch.setattr(module, "LONGEST_HEAD", 22)
    quick, careful = _both(program_cards(40, 5, program).encode(), "FR")
    assert quick == careful


@given(st.integers(0, 10**9))
@example(2441013)
def test_any_damage_is_read_by_both_doors_alike(seed):
    chance = random.Random(seed)
    program = random.Random(seed).choice(["", *PROGRAMS])
    data = bytearray((program_cards(6, seed, program) if program else varied_cards(6, seed)).encode())
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(data))
        piece = bytes(chance.choice(b'\n\r ;:,"\\=.\x00\xe9\xffBEGIN') for _ in range(chance.randint(0, 3)))
        data[place : place + chance.randint(0, 4)] = piece
    quick, careful = _both(bytes(data), chance.choice([None, "FR"]))
    assert quick == careful


@pytest.mark.parametrize("rest", [":", "x", "\r:\n", "\n:\n", "\nFN:b\n", " ", "\n \n"])
def test_lines_behind_the_last_card_are_reported_by_both_doors(rest):
    quick, careful = _both(f"BEGIN:VCARD\nN:a;b\nEND:VCARD{rest}".encode())
    assert quick == careful
    assert bool(quick[0].problems) == bool(rest.strip() and rest[0] in "\r\n")


@given(st.text("0123456789 ./-()+", min_size=4, max_size=20))
def test_a_number_that_stays_text_is_one_that_lacks_its_country(text):
    if NATIONAL.fullmatch(text):
        with pytest.raises(Invalid) as refused:
            PhoneNumber(text)
        assert refused.value.code == "phone-country-missing"


def test_simple_bytes_are_those_of_printable_characters_with_one_spelling():
    simple = [chr(code) for code in range(0x11000) if not 0xD800 <= code < 0xE000]
    simple = [letter for letter in simple if not letter.encode().translate(None, SIMPLE) and letter != "\n"]
    assert len(simple) > 700
    text = "".join(simple)
    assert text.isprintable()
    assert unicodedata.is_normalized("NFC", text)
    assert IGNORABLE.search(text) is None


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


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("country", [None, "FR"])
def test_nine_of_ten_cards_of_the_known_programs_are_plain(monkeypatch, program, country):
    read, found = PlainCards.read, []

    def counted(self, *given, **named):
        found.append(read(self, *given, **named))
        return found[-1]

    monkeypatch.setattr(PlainCards, "read", counted)
    cards = vcard.loads(program_cards(200, 1, program), country=country).cards
    assert len(cards) == len(found) == 200
    assert sum(card is not None for card in found) >= 180


TEXTS = st.sampled_from(["Bois & Fils", "Doe; Sons", "Sales", "x\ny", "Zoé\xa0Ltd"])
POSITIONS = st.lists(st.builds(Position, TEXTS, TEXTS | st.just(""), TEXTS | st.just("")), max_size=3)
PICTURES = st.lists(
    st.builds(
        CardPicture,
        st.sampled_from(["photo", "logo"]),
        st.sampled_from(["image/jpeg", "image/x-y", "text/plain", ""]),
        st.binary(min_size=1, max_size=200),
    ),
    max_size=2,
)
BESIDE = st.fixed_dictionaries(
    {},
    optional={
        "vCard ORG": st.sampled_from(["ORG:Bois & Fils;x", "ORG:a\nORG:b", "item1.ORG:c", "TITLE:wrong", "ORG"]),
        "vCard TITLE": st.sampled_from(["TITLE:Sales", "TITLE;X=1:a\nTITLE;X=1:a", "title:x"]),
        "vCard REV": st.sampled_from(["REV:1\nREV:2", "item1.REV:1\nitem2.REV:2"]),
        "vCard N": st.just("N:Doe"),
        "vCard KEY": st.just("KEY;ENCODING=b:AAAA"),
        "vCard X-A": st.sampled_from(["X-A:a\xa0b", "X-A:a\x85b", "item2.X-A:1"]),
        "other": st.just("text"),
    },
)
ENTRIES = (
    *(
        "X-P=a",
        "TYPE=x",
        'X-ABLABEL="a b"',
        "X-ABLABEL=é",
        "X-ABADR=fr",
        "X-GROUP=item1",
        'X-VALUE="a;b^nc"',
        'X-VALUE="a, b";X-P=q',
        "PREF=3",
    ),
    *("X-LINES=1", "X-NAME=IMPP;X-VALUE=z", "SERVICE-TYPE=github", "X-VALUE=v;X-GROUP=item2;X-ABLABEL=l", "LABEL=q"),
)


@st.composite
def beside_values(draw):
    """A contact with lines and parameters that are kept beside its values, as an import leaves them."""
    contact = draw(some.contacts())
    person = [("NICKNAME", "nickname"), ("BDAY", "birthday"), ("X-PHONETIC-FIRST-NAME", "phonetic_given_name")]
    values = [("FN", contact.display_name), ("LANG", contact.language), ("NOTE", contact.description)]
    values += [("UID", contact.external_id or f"urn:uuid:{contact.id}")]
    if isinstance(contact, Person):
        values += [(name, getattr(contact, field)) for name, field in person]
        values += [("N", tuple(getattr(contact, part) for part in NAME_PARTS))]
    else:
        values += [("ORG", (contact.name, contact.division))]
    values += [("EMAIL", email.text) for email in contact.emails]
    values += [("TEL", getattr(phone, "key", phone)) for phone in contact.phones]
    values += [("URL", website.url) for website in contact.websites]
    values += [("ADR", address) for address in contact.addresses]
    values += [("SOCIALPROFILE", profile.key) for profile in contact.socials]
    entries = draw(st.lists(st.tuples(st.sampled_from(values), st.sampled_from(ENTRIES)), max_size=6))
    kept = draw(BESIDE)
    lines = [f"{name};{parameters}:{checksum(value)}" for (name, value), parameters in entries]
    if lines:
        kept["vCard parameters"] = "\n".join(lines)
    return altered(contact, {"unmapped": ReadOnlyDict({**contact.unmapped, **kept})})


@given(some.contacts() | beside_values(), st.sampled_from(["3.0", "4.0"]), POSITIONS, PICTURES)
def test_both_writers_write_the_same_card(contact, version, positions, pictures):
    plain = PlainWriter(version)
    written = plain.card(contact, positions, pictures)
    assert written is None or written == fold(card_lines(contact, version, positions=positions, pictures=pictures))
    assert plain.card(contact, positions, pictures) == written


@given(st.integers(0, 10**9), st.sampled_from(sorted(PROGRAMS)), st.sampled_from(["3.0", "4.0"]))
def test_both_writers_write_the_same_card_again_that_a_program_wrote(seed, program, version):
    plain = PlainWriter(version)
    cards = vcard.loads(program_cards(5, seed, program), country="FR").cards
    for card in (*cards, *reversed(cards)):
        written = plain.card(card.contact, pictures=card.pictures)
        assert written is None or written == fold(card_lines(card.contact, version, pictures=card.pictures))


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_contacts_of_the_known_programs_are_written_by_the_quick_writer(program, version):
    plain = PlainWriter(version)
    cards = vcard.loads(program_cards(200, 1, program), country="FR").cards
    assert {type(card.contact) for card in cards} == {Person, Company}
    assert sum(plain.card(card.contact, pictures=card.pictures) is not None for card in cards) >= 198
