"""Cards of real programs, and the rules of each version."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Company, Invalid, Person
from contactcore.formats import vcard

pytestmark = pytest.mark.req("IMP-5")


def _one(*lines, version="3.0", **more):
    text = "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))
    found = vcard.loads(text, **more)
    assert len(found.contacts) == 1
    return found.contacts[0]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\n\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_line_ends_and_encodings_make_no_difference(end, encoding):
    text = end.join(("begin:vcard", "version:3.0", "fn:Jürgen Łoś", "note:one", "  two", "end:vcard", ""))
    found = vcard.loads(text.encode(encoding))
    assert [(one.full_name, one.description) for one in found.contacts] == [("Jürgen Łoś", "one two")]
    assert found.problems == ()


def test_a_fold_inside_a_character_is_undone_before_decoding():
    raw = "BEGIN:VCARD\r\nFN:J\u00fcrgen\r\nEND:VCARD".encode().replace(b"\xc3\xbc", b"\xc3\r\n \xbc")
    assert vcard.loads(raw).contacts[0].full_name == "Jürgen"


def test_bytes_of_a_code_page_are_read_and_noted():
    found = vcard.loads("BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=cp1252:Zoë\nNOTE:déjà vu\nEND:VCARD".encode("cp1252"))
    assert (found.contacts[0].full_name, found.contacts[0].description) == ("Zoë", "déjà vu")
    assert [(one.line, one.code) for one in found.problems] == [(4, "vcard-encoding")]


def test_quoted_printable_with_soft_breaks_is_decoded():
    lines = (
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Mu=CC=88=",
        "ller;J=C3=B6;;;",
        "NOTE;QUOTED-PRINTABLE:one=0D=0A=",
        "two",
        "TEL;WORK;FAX:+33144556677",
    )
    one = _one(*lines, version="2.1")
    assert (one.family_name, one.given_name, one.description) == ("Müller", "Jö", "one\ntwo")
    assert one.phones[0].kind == "work-fax"


def test_escapes_are_undone_once():
    one = _one("N:O\\;Brien\\, Jr.;Pat\\\\rick;;;", "NOTE:a\\nb\\Nc\\\\nd")
    assert (one.family_name, one.given_name, one.description) == ("O;Brien, Jr.", "Pat\\rick", "a\nb\nc\\nd")


def test_the_preferred_value_comes_first():
    one = _one("FN:Jo", "EMAIL;PREF=2:b@x.fr", "EMAIL;PREF=1:a@x.fr", "TEL:+33144556677", "TEL;TYPE=pref:+33144556678")
    assert [str(email) for email in one.emails] == ["a@x.fr", "b@x.fr"]
    assert str(one.phones[0]) == "+33144556678"


def test_labels_of_groups_are_kinds():
    one = _one("FN:Jo", "i1.EMAIL:a@x.fr", "i1.X-ABLabel:_$!<Work>!$_", "i2.EMAIL:b@x.fr", "i2.X-ABLabel:Büro")
    assert [email.kind for email in one.emails] == ["work", "büro"]
    written = vcard.dumps([one], "3.0")
    assert "EMAIL;TYPE=work,pref:a@x.fr" in written
    assert "item1.X-ABLABEL:Büro" in written


def test_national_numbers_are_text_without_a_country_and_keep_their_types():
    lines = ("FN:Jo", "TEL;TYPE=cell:06 12 34 56 78")
    assert _one(*lines).phones == ("06 12 34 56 78",)
    assert "TEL;TYPE=cell:06 12 34 56 78" in vcard.dumps([_one(*lines)])
    assert [(str(one), one.kind) for one in _one(*lines, country="FR").phones] == [("+33612345678", "mobile")]


def test_an_unknown_country_is_refused():
    with pytest.raises(Invalid):
        vcard.loads("BEGIN:VCARD\nFN:Jo\nEND:VCARD", country="Narnia")


@pytest.mark.parametrize(
    "lines",
    [
        ("KIND:org", "FN:Bois", "ORG:Bois;Nord"),
        ("X-ABShowAs:COMPANY", "N:;;;;", "FN:Bois", "ORG:Bois;Nord;"),
        ("N:;;;;", "FN:Bois", "ORG:Bois;Nord"),
        ("ORG:Bois;Nord",),
    ],
)
def test_a_card_of_an_organisation_is_a_company(lines):
    assert _one(*lines) == Company("Bois", division="Nord")


def test_a_person_keeps_organisation_and_position_beside_the_contact():
    text = "BEGIN:VCARD\nFN:Jane Doe\nORG:Bois;Nord;Lyon\nTITLE:CFO\nROLE:Finance\nEND:VCARD"
    card = vcard.loads(text).cards[0]
    assert (card.organization, card.units, card.title, card.role) == ("Bois", ("Nord", "Lyon"), "CFO", "Finance")
    assert isinstance(card.contact, Person)
    assert all(line in vcard.dumps([card.contact]) for line in ("ORG:Bois;Nord;Lyon", "TITLE:CFO", "ROLE:Finance"))


def test_a_group_is_no_contact():
    found = vcard.loads("BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nMEMBER:mailto:x@x.fr\nEND:VCARD")
    assert found.contacts == ()
    assert [(one.line, one.code, one.kind) for one in found.problems] == [(1, "vcard-kind", "rejected")]


def test_pictures_are_noted_and_never_fetched():
    found = vcard.loads("BEGIN:VCARD\nFN:Jo\nPHOTO;ENCODING=b:AAAA\nLOGO:https://x.fr/a.png\nEND:VCARD")
    assert [(one.code, one.kind) for one in found.problems] == [
        ("picture-not-kept", "note"),
        ("picture-not-fetched", "note"),
    ]
    assert "LOGO:https://x.fr/a.png" in vcard.dumps(found.contacts)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("BDAY:1980-03-22", "1980-03-22"),
        ("BDAY:19800322T101112Z", "1980-03-22"),
        ("BDAY:--0415", "--04-15"),
        ("BDAY:1604-02-29", "--02-29"),
        ("BDAY;X-APPLE-OMIT-YEAR=1900:1900-07-07", "--07-07"),
    ],
)
def test_birthdays_are_read_in_all_their_forms(line, date):
    assert str(_one("FN:Jo", line).birthday) == date


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_an_edit_of_one_field_leaves_the_other_lines(version):
    lines = (
        'N;SORT-AS="Doe,J":Doe;Jane;;;',
        "FN:Jane Doe",
        "EMAIL;TYPE=work;X-ID=7:jane@bois.fr",
        "TEL;TYPE=cell,text:+33612345678",
        'ADR;TYPE=home;LABEL="1 rue X\\nParis":;;1 rue X;Paris;;75001;France',
        "GENDER:O;intersex",
        "X-AIM;TYPE=HOME:jane5",
        "item9.X-ABDATE:1975-03-01",
        "item9.X-ABLabel:_$!<Anniversary>!$_",
        'NOTE;X-P="a^nb^^c^\'d":hello',
        "REV:20260115T101112Z",
    )
    before = _one(*lines, version="4.0")
    assert before.addresses[0].lines() == ("1 rue X", "Paris")
    after = vcard.loads(vcard.dumps([attrs.evolve(before, nickname="Jay")], version)).contacts[0]
    assert attrs.evolve(after, nickname="", unmapped={}) == attrs.evolve(before, unmapped={})
    written = vcard.dumps([after], "4.0")
    for expected in (
        'N;SORT-AS="Doe,J":Doe;Jane;;;',
        "EMAIL;TYPE=work;X-ID=7:jane@bois.fr",
        "TEL;VALUE=uri;TYPE=cell,text:tel:+33612345678",
        "X-AIM;TYPE=HOME:jane5",
        "item9.X-ABDATE:1975-03-01",
        "item9.X-ABLABEL:_$!<Anniversary>!$_",
        "NOTE;X-P=a^nb^^c^'d:hello",
        "REV:20260115T101112Z",
    ):
        assert f"{expected}\r\n" in written


def test_an_edited_value_loses_the_parameters_of_the_old_one():
    before = _one("FN:Jo", "EMAIL;X-ID=7:a@x.fr")
    assert "X-ID" not in vcard.dumps([attrs.evolve(before, emails=["b@x.fr"])]).split("EMAIL")[1]
