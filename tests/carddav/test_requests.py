"""Single requests of clients, and their answers."""

import pytest

from contactcore import Company, Person
from support.actors import AMELIE
from support.carddav import Visitor, card
from support.pictures import PHOTO

pytestmark = pytest.mark.req("IMP-5")

RENAME = """<propertyupdate xmlns="DAV:"><set><prop><displayname>Mine</displayname></prop></set></propertyupdate>"""
NEW_BOOK = """<mkcol xmlns="DAV:"><set><prop><resourcetype><collection/>
<addressbook xmlns="urn:ietf:params:xml:ns:carddav"/></resourcetype></prop></set></mkcol>"""


def contacts(workspace):
    with workspace.read(AMELIE) as session:
        return {one.name: session.contacts.get(one.id) for one in session.contacts.page(role="any")}


def test_a_new_card_is_kept_under_the_name_and_the_uid_that_the_client_chose(workspace, amelie):
    name = "urn:x, Jane's 'ł' 日.vcf"
    assert amelie.put(name, card("urn:x:7", "Jane Doe", "EMAIL:jane@bois.fr")).status == 201
    assert list(amelie.etags()) == [name]
    assert "UID:urn:x:7\r\n" in amelie.get(name).text
    (jane,) = contacts(workspace).values()
    assert (jane.external_id, jane.responsibles, str(jane.emails[0])) == ("urn:x:7", ("amelie",), "jane@bois.fr")


def test_a_contact_of_the_workspace_is_shown_under_its_id(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois & Fils"))
    assert list(amelie.etags()) == [f"{bois.id}.vcf"]
    assert f"UID:urn:uuid:{bois.id}\r\n" in amelie.get(f"{bois.id}.vcf").text


def test_the_etag_begins_with_the_version_of_the_contact(workspace, amelie):
    amelie.put("7.vcf", card("7"))
    first = amelie.get("7.vcf").etag
    amelie.put("7.vcf", card("7", "Jane Roe"))
    second = amelie.get("7.vcf").etag
    assert first.startswith('"1-')
    assert second.startswith('"2-')
    assert amelie.etags() == {"7.vcf": second}


def test_an_answer_to_a_put_has_no_etag_because_cards_are_not_stored_byte_by_byte(amelie):
    assert "ETag" not in amelie.put("7.vcf", card("7")).headers


def test_a_card_that_is_sent_back_unchanged_changes_nothing(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois & Fils"))
        session.people.add(bois, Person("Jane", "Doe", phones=["01 44 55 66 77"]), position="CFO", department="Sales")
        session.pictures.set(bois, PHOTO)
    before = amelie.etags()
    for name in before:
        assert amelie.put(name, amelie.get(name).text).status == 204
    assert amelie.etags() == before


@pytest.mark.req("DIR-15")
def test_a_put_with_an_outdated_etag_is_refused_and_changes_nothing(amelie):
    amelie.put("7.vcf", card("7"))
    outdated = amelie.get("7.vcf").etag
    amelie.put("7.vcf", card("7", "Jane Roe"), if_match=outdated)
    before = amelie.etags()
    assert amelie.put("7.vcf", card("7", "Jane Lee"), if_match=outdated).status == 412
    assert amelie.ask("DELETE", "7.vcf", if_match=outdated).status == 412
    assert amelie.put("7.vcf", card("7", "Jane Lee"), if_none_match="*").status == 412
    assert amelie.put("8.vcf", card("8"), if_match=outdated).status == 412
    assert amelie.etags() == before


@pytest.mark.req("DIR-11")
def test_a_deleted_card_is_in_the_trash(workspace, amelie):
    amelie.put("7.vcf", card("7"))
    assert amelie.ask("DELETE", "7.vcf", if_match=amelie.get("7.vcf").etag).status == 200
    assert amelie.get("7.vcf").status == amelie.ask("DELETE", "7.vcf").status == 404
    with workspace.write(AMELIE) as session:
        (one,) = session.trash.list()
        session.trash.restore(one)
    assert amelie.get("7.vcf").status == 200


@pytest.mark.req("DIR-11")
def test_the_deletion_of_a_contact_that_the_application_needs_is_refused_with_its_reason(workspace, amelie, needed):
    amelie.put("7.vcf", card("7"))
    (jane,) = contacts(workspace).values()
    needed[jane.id] = "has open invoices"
    answer = amelie.ask("DELETE", "7.vcf")
    assert answer.status == 403
    assert "has open invoices" in answer.text
    assert amelie.get("7.vcf").status == 200


def test_a_uid_that_another_card_of_the_book_has_is_refused(amelie):
    amelie.put("7.vcf", card("7"))
    answer = amelie.put("other.vcf", card("7"))
    assert answer.status == 409
    assert "no-uid-conflict" in answer.text
    assert amelie.put("7.vcf", card("8")).status == 409
    assert list(amelie.etags()) == ["7.vcf"]


def test_a_deleted_card_can_be_put_again_under_its_name_and_uid(amelie):
    amelie.put("7.vcf", card("7"))
    amelie.ask("DELETE", "7.vcf")
    assert amelie.put("7.vcf", card("7"), if_none_match="*").status == 201
    assert list(amelie.etags()) == ["7.vcf"]


def test_a_card_can_be_given_another_name_in_its_book(amelie):
    amelie.put("7.vcf", card("7"))
    move = {"destination": "http://localhost/amelie/contacts/eight.vcf"}
    token, _ = amelie.sync()
    assert amelie.ask("MOVE", "7.vcf", **move).status == 201
    assert list(amelie.etags()) == ["eight.vcf"]
    assert amelie.sync(token)[1] == {"7.vcf": "gone", **amelie.etags()}
    assert "UID:7\r\n" in amelie.get("eight.vcf").text
    amelie.put("8.vcf", card("8"))
    assert amelie.ask("MOVE", "8.vcf", **move).status == 412
    assert amelie.ask("MOVE", "8.vcf", **move, overwrite="T").status == 409
    assert sorted(amelie.etags()) == ["8.vcf", "eight.vcf"]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("MKCOL", "/amelie/other/", "", {}),
        ("MKCOL", "/amelie/other/", NEW_BOOK, {}),
        ("MKCALENDAR", "/amelie/calendar/", "", {}),
        ("PROPPATCH", "/amelie/contacts/", RENAME, {}),
        ("PROPPATCH", "/amelie/", RENAME, {}),
        ("DELETE", "/amelie/contacts/", "", {}),
        ("DELETE", "/amelie/", "", {}),
        ("PUT", "/amelie/contacts/", card("7"), {}),
        ("PUT", "/amelie/7.vcf", card("7"), {}),
        ("PUT", "/7.vcf", card("7"), {}),
        ("PUT", "/bob/contacts/7.vcf", card("7"), {}),
        ("GET", "/bob/contacts/", "", {}),
        ("PROPFIND", "/bob/", "", {}),
        ("MOVE", "/amelie/contacts/1.vcf", "", {"destination": "http://localhost/amelie/1.vcf"}),
        ("MOVE", "/amelie/contacts/1.vcf", "", {"destination": "http://localhost/bob/contacts/1.vcf"}),
    ],
)
def test_nothing_but_cards_of_the_own_book_can_be_changed(amelie, method, path, body, headers):
    amelie.put("1.vcf", card("1"))
    before = amelie.etags()
    assert amelie.ask(method, path, body, **headers).status in {403, 409}
    assert amelie.etags() == before


def test_the_book_is_found_from_the_root(amelie):
    found = amelie.ask("PROPFIND", "/", '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>')
    assert "<href>/amelie/</href>" in found.text
    home = amelie.ask("PROPFIND", "/amelie/", depth="1").text
    assert "<CR:addressbook />" in home
    assert "<displayname>Contacts</displayname>" in home
    assert amelie.ask("GET", "/.well-known/carddav").headers["Location"] == "/"


def test_cards_are_read_several_at_once_with_their_etags(amelie):
    for number in range(3):
        amelie.put(f"{number}.vcf", card(str(number), f"Jane Nr{number}"))
    answer = amelie.multiget("0.vcf", "2.vcf", "none.vcf")
    assert answer.responses() == {**{name: amelie.etags()[name] for name in ("0.vcf", "2.vcf")}, "none.vcf": "gone"}
    assert answer.texts()["2.vcf"] == amelie.get("2.vcf").text.replace("\r\n", "\n")


def test_cards_are_found_by_their_text(amelie):
    amelie.put("1.vcf", card("1", "Jane Doe"))
    amelie.put("2.vcf", card("2", "Zoé Roe", "EMAIL:zoe@bois.fr"))
    query = """<addressbook-query xmlns="urn:ietf:params:xml:ns:carddav" xmlns:D="DAV:"><D:prop><D:getetag/></D:prop>
    <filter><prop-filter name="EMAIL"><text-match match-type="contains">BOIS</text-match></prop-filter></filter>
    </addressbook-query>"""
    assert list(amelie.ask("REPORT", amelie.book, query).responses()) == ["2.vcf"]


def test_the_whole_book_is_one_file(amelie):
    amelie.put("1.vcf", card("1", "Jane Doe"))
    amelie.put("2.vcf", card("2", "Zoé Roe"))
    assert amelie.get(amelie.book).text == amelie.get("1.vcf").text + amelie.get("2.vcf").text


@pytest.mark.req("ACC-3")
def test_nobody_comes_in_without_the_right_password(serve, amelie):
    for visitor in (Visitor(serve, "amelie", "guess"), Visitor(serve, "")):
        assert visitor.put("7.vcf", card("7")).status == 401
        assert visitor.ask("PROPFIND", "/amelie/contacts/").status == 401
    assert amelie.etags() == {}


@pytest.mark.req("ACC-3")
def test_somebody_whom_the_application_does_not_name_has_no_address_book(serve):
    stranger = Visitor(serve, "mallory")
    assert "<CR:addressbook />" not in stranger.ask("PROPFIND", "/mallory/", depth="1").text
    assert stranger.ask("PROPFIND", stranger.book).status == 404
    assert stranger.put("7.vcf", card("7")).status == 409


def test_a_missing_configuration_lets_nobody_in(workspace):
    from contactcore_radicale import application

    serve = application(workspace, {"amelie": AMELIE}, configuration={"auth": {"delay": "0"}})
    assert Visitor(serve, "amelie").ask("PROPFIND", "/amelie/contacts/").status == 401
    serve.close()


def test_a_file_of_radicale_configures_the_sign_in(workspace, tmp_path):
    from contactcore_radicale import application

    (tmp_path / "users").write_text("amelie:secret\n")
    (tmp_path / "config").write_text(
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {tmp_path}/users\nhtpasswd_encryption = plain\ndelay = 0\n"
        "[storage]\ntype = multifilesystem\n[rights]\ntype = authenticated\n"
    )
    serve = application(
        workspace, lambda login: AMELIE if login == "amelie" else None, configuration=tmp_path / "config"
    )
    assert Visitor(serve, "amelie").put("7.vcf", card("7")).status == 201
    assert Visitor(serve, "amelie", "guess").get("7.vcf").status == 401
    serve.close()
