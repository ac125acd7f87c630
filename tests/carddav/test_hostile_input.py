"""Hostile cards, names and requests: each has a clear answer, none a traceback."""

from contextlib import closing

import pytest

from contactcore_memory import MemoryStorage
from contactcore_radicale.cards import LARGEST_CARD
from support.actors import AMELIE
from support.carddav import card

pytestmark = pytest.mark.req("IMP-5")


@pytest.fixture
def storage():
    """What this file tests does not depend on the storage."""
    with closing(MemoryStorage()) as fresh:
        yield fresh


NO_CARDS = {
    "nothing": b"",
    "no card": b"Hello",
    "html": b"<html><body>BEGIN:VCARD</body></html>",
    "a calendar": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
    "two cards": (card("1") + card("2")).encode(),
    "no end": card("1").partition("END")[0].encode(),
    "no uid": card("1").replace("UID:1\r\n", "").encode(),
    "an empty uid": card("").encode(),
    "a long uid": card("x" * 256).encode(),
    "a uid of control characters": card("a\x07b").encode(),
    "nobody": b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:\r\nN:;;;;\r\nEND:VCARD\r\n",
    "too many lines": card("1", "Jane Doe", *("X-A:1" for _ in range(10_001))).encode(),
    "random bytes": bytes(range(256)) * 100,
    "zeros": bytes(10_000),
    "text behind the card": (card("1") + "X-A:1\r\n").encode(),
    "a property that cannot be kept": card("1", "Jane Doe", "X-LONG:" + "x" * 1_000_000).encode(),
    "a card in the card": card("1", "Jane Doe", "BEGIN:VCARD", "FN:X", "END:VCARD").encode(),
    "a group": card("1", "All", "KIND:group", version="4.0").encode(),
    "a group of Apple": card("1", "All", "X-ADDRESSBOOKSERVER-KIND:group").encode(),
    "a place": card("1", "Here", "KIND:location", version="4.0").encode(),
}


@pytest.mark.parametrize("name", NO_CARDS)
def test_what_is_not_one_card_of_one_contact_is_refused(amelie, name):
    answer = amelie.put("1.vcf", NO_CARDS[name])
    assert answer.status == 403
    expected = "supported-address-data" if name.startswith(("a group", "a place")) else "valid-address-data"
    assert f"<C:{expected}/>" in answer.text
    assert "Traceback" not in answer.text + amelie.errors.getvalue()
    assert amelie.etags() == {}


QUERY = """<addressbook-query xmlns="urn:ietf:params:xml:ns:carddav" xmlns:D="DAV:"><D:prop><D:getetag/></D:prop>
<filter><prop-filter name="UID"/></filter></addressbook-query>"""
STRANGE = {
    "odd names of properties": card(
        "1", "Jane Doe", "X_FOO:1", "X.FOO.B:1", "ÉX:1", "X FOO:1", "X-A;P;Q=:1", 'X-B;C="a;b":c'
    ),
    "a byte order mark": "\ufeff" + card("1"),
    "a long line": card("1", "Jane Doe", "X-LONG:" + "x" * 99_000),
    "a folded long line": card("1", "Jane Doe", "X-LONG:" + "\r\n ".join(["x" * 74] * 1_300)),
    "a huge note": card("1", "Jane Doe", "NOTE:" + "x" * 1_000_000),
    "bare line feeds": card("1").replace("\r\n", "\n"),
    "blank lines": "\r\n\r\n" + card("1").replace("\r\n", "\r\n\r\n"),
    "lower case": card("1").lower(),
    "no version": card("1").replace("VERSION:3.0\r\n", ""),
    "an unknown version": card("1").replace("3.0", "9.9"),
    "a broken photo": card("1", "Jane Doe", "PHOTO;ENCODING=b:!!!!"),
    "a photo elsewhere": card("1", "Jane Doe", "PHOTO;VALUE=uri:http://127.0.0.1:9/secret.png"),
    "a broken date": card("1", "Jane Doe", "BDAY:9999-99-99"),
    "a nested card": card("1", "Jane Doe", "AGENT:BEGIN:VCARD\\nFN:X\\nEND:VCARD"),
    "deep groups": card("1", "Jane Doe", "a.b.c.X-A:1"),
    "markup": card("1", "<script>alert(1)</script> ]]>", "NOTE:&amp;<!DOCTYPE x>"),
    "right to left": card("1", "\u202eenaJ eoD"),
    "many values": card("1", "Jane Doe", *(f"EMAIL:e{number}@bois.fr" for number in range(1_500))),
    "lone surrogates": card("1").encode().replace(b"Jane", b"Jan\xed\xa0\x80e"),
    "another encoding": card("1", "Zoé Doe").encode("latin-1"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_card_is_kept_or_refused_and_the_book_stays_readable(amelie, name):
    answer = amelie.put("1.vcf", STRANGE[name])
    assert answer.status in {201, 403}
    assert "Traceback" not in answer.text + amelie.errors.getvalue()
    etags = amelie.etags()
    assert list(etags) == (["1.vcf"] if answer.status == 201 else [])
    for one in etags:
        shown = amelie.get(one)
        assert (shown.status, shown.etag) == (200, etags[one])
        assert amelie.multiget(one).responses() == etags
        assert amelie.ask("REPORT", amelie.book, QUERY).responses() == etags
        assert amelie.put(one, shown.text, if_match=shown.etag).status == 204
        assert amelie.etags() == etags


def test_a_byte_order_mark_a_long_line_and_lower_case_cost_nothing(amelie):
    for name in ("a byte order mark", "a long line", "lower case", "a broken photo", "many values"):
        assert amelie.put("1.vcf", STRANGE[name]).status in {201, 204}, name


def test_a_character_that_xml_does_not_have_is_shown_as_another_one_and_kept(workspace, amelie):
    amelie.put("1.vcf", card("1", "Jane\uffff Doe", "NOTE:\ufffe"))
    assert "FN:Jane\ufffd Doe" in amelie.multiget("1.vcf").texts()["1.vcf"]
    amelie.put("1.vcf", amelie.get("1.vcf").text.replace("Doe", "Roe"))
    with workspace.read(AMELIE) as session:
        (one,) = session.contacts.page()
        assert session.contacts.get(one.id).description == "\ufffe"


def test_a_card_that_is_too_large_is_refused_before_it_is_read(amelie):
    assert amelie.put("1.vcf", bytes(LARGEST_CARD + 1)).status == 413
    body = card("1").encode()
    assert amelie.ask("PUT", "1.vcf", body, if_match="*").status == 412
    assert amelie.etags() == {}


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/amelie/contacts/../../bob/contacts/1.vcf", False),
        ("/amelie/contacts/..", False),
        ("/amelie/contacts/a/b.vcf", False),
        ("/amelie/contacts/./1.vcf", True),
        ("//amelie//contacts//1.vcf", True),
        ("/amelie/contacts/a\x00b.vcf", False),
        ("/amelie/contacts/a\nb.vcf", False),
        ("/amelie/contacts/a\x7fb.vcf", False),
        ("/amelie/contacts/a\u202eb.vcf", False),
        ("/amelie/contacts/a\udcffb.vcf", False),
        ("/amelie/contacts/" + "x" * 256, False),
        ("/amelie/contacts/" + "é" * 255, True),
        ("/amelie/contacts/%2e%2e%2f", True),
        ("/amelie/contacts/1.vcf/", True),
        ("/amelie/contacts/'; DROP TABLE entry; --", True),
        ('/amelie/contacts/<&">.vcf', True),
        ("/amelie/contacts/ .vcf ", True),
        ("/amelie/contacts/日本 🦊.vcf", True),
        ("/AMELIE/contacts/1.vcf", False),
        ("/amelie/Contacts/1.vcf", False),
    ],
)
def test_a_strange_name_is_kept_as_it_is_or_refused(amelie, bob, path, kept):
    answer = amelie.ask("PUT", path, card("1"))
    assert answer.status in ({201} if kept else {400, 403, 404, 409})
    assert "Traceback" not in answer.text + amelie.errors.getvalue()
    assert bob.etags() == {}
    names = list(amelie.etags())
    if kept:
        expected = path.rstrip("/").rpartition("/")[2]
        assert names == [expected]
        assert amelie.get(expected).status == 200
        assert amelie.multiget(expected).responses() == amelie.etags()
        assert amelie.ask("DELETE", expected).status == 200
    else:
        assert names == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<",
        "<a/>",
        '<sync-collection xmlns="DAV:"/>',
        '<addressbook-multiget xmlns="urn:ietf:params:xml:ns:carddav"/>',
        '<expand-property xmlns="DAV:"/>',
        '<calendar-query xmlns="urn:ietf:params:xml:ns:caldav"/>',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        '<addressbook-multiget xmlns="urn:ietf:params:xml:ns:carddav" xmlns:D="DAV:"><D:href/></addressbook-multiget>',
        "<a>" * 5_000 + "</a>" * 5_000,
    ],
    ids=range(11),
)
def test_a_strange_report_names_no_card_of_others_and_changes_nothing(amelie, bob, body):
    bob.put("secret.vcf", card("secret"))
    answer = amelie.ask("REPORT", "/amelie/contacts/", body)
    assert answer.status < 500
    assert "secret" not in answer.text
    assert "root:" not in answer.text
    assert amelie.etags() == {}


@pytest.mark.parametrize(
    "body",
    [
        '<propfind xmlns="DAV:"/>',
        "<a/>",
        '<D:propfind xmlns:D="DAV:"><D:prop><getetag/></D:prop></D:propfind>',
        "<a>" * 5_000 + "</a>" * 5_000,
    ],
    ids=["nothing", "another", "no namespace", "deep"],
)
def test_a_propfind_without_a_question_that_can_be_answered_is_refused(amelie, body):
    answer = amelie.ask("PROPFIND", "/amelie/contacts/", body)
    assert answer.status == 400
    assert "Traceback" not in answer.text + amelie.errors.getvalue()


def test_a_body_that_ends_too_early_is_refused(serve, amelie):
    class Shortened:
        """Gives nothing at all."""

        def read(self, size=-1):
            return b""

    original = amelie._serve
    amelie._serve = lambda environ, start: original({**environ, "wsgi.input": Shortened()}, start)
    assert amelie.put("1.vcf", card("1")).status == 400


def test_a_body_of_unknown_length_is_read_to_its_end(amelie):
    original = amelie._serve

    def chunked(environ, start):
        return original({**environ, "CONTENT_LENGTH": "", "wsgi.input_terminated": True}, start)

    amelie._serve = chunked
    assert amelie.put("1.vcf", card("1")).status == 201


@pytest.mark.parametrize(
    "credentials", ["Basic", "Basic ", "Basic !!!", "Basic YQ==", "Basic 4pyT", "BasicYTpi", "Other x"]
)
def test_credentials_that_cannot_be_read_are_those_of_nobody(amelie, credentials):
    amelie.login = ""
    assert amelie.ask("GET", "/amelie/contacts/", authorization=credentials).status == 401
