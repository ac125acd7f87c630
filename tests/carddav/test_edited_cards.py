"""What a client edits in a card is changed, and all else is kept."""

from contextlib import closing

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import Address, Company, Person, PhoneNumber, Workspace
from contactcore_memory import MemoryStorage
from support.actors import AMELIE
from support.carddav import Visitor, card, configured
from support.entity_strategies import contacts
from support.pictures import LOGO, PHOTO

pytestmark = pytest.mark.req("IMP-5")


@pytest.fixture
def storage():
    """What this file tests does not depend on the storage."""
    with closing(MemoryStorage()) as fresh:
        yield fresh


UNKNOWN = (
    "X-FOO;X-P=1:a\\,b\\;c;d,e",
    "item1.X-CALL:am",
    "item1.TEL:+33612345678",
    "item1.X-ABLABEL:Boat",
    "RELATED;VALUE=text:Joe; the brother",
    "X-SOCIALPROFILE;TYPE=x:https://x.com/jane",
    "CLIENTPIDMAP:1;urn:uuid:53e374d9-337e-4727-8803-a1e9c14e0556",
    "SOUND;TYPE=ogg;ENCODING=b:T2dnUw==",
    "TZ:+01:00",
    "GEO:48.85;2.35",
    "IMPP:xmpp:jane@bois.fr",
    "X-EVOLUTION-FILE-AS:Doe\\, Jane",
    "REV:20260101T000000Z",
)


def test_an_edit_of_one_field_keeps_all_unknown_properties(workspace, amelie):
    amelie.put("7.vcf", card("7", "Jane Doe", *UNKNOWN))
    shown = amelie.get("7.vcf").text
    assert [line for line in UNKNOWN if f"\r\n{line}\r\n" not in shown] == []
    amelie.put("7.vcf", shown.replace("Jane", "Joan"))
    edited = amelie.get("7.vcf").text
    assert "FN:Joan Doe" in edited
    assert [line for line in UNKNOWN if "Jane" not in line and f"\r\n{line}\r\n" not in edited] == []


def test_a_national_number_keeps_its_kind(workspace, amelie):
    numbers = ("TEL;TYPE=CELL:06 12 34 56 78", "TEL;TYPE=HOME,VOICE:01 44 55 66 77")
    assert amelie.put("7.vcf", card("7", "Jane Doe", *numbers)).status == 201
    shown = amelie.get("7.vcf").text
    assert amelie.put("7.vcf", shown.replace("TYPE=home", "TYPE=work")).status == 204
    with workspace.read(AMELIE) as session:
        (found,) = session.contacts.page()
        phones = session.contacts.get(found.id).phones
    assert [(phone.e164, phone.kind) for phone in phones] == [("+33612345678", "mobile"), ("+33144556677", "work")]


def test_a_national_number_is_kept_where_the_workspace_has_no_country(storage):
    with closing(configured(Workspace(storage, name="nowhere"))) as serve:
        amelie = Visitor(serve, "amelie")
        assert amelie.put("7.vcf", card("7", "Jane Doe", "TEL;TYPE=CELL:06 12 34 56 78")).status == 201
        shown = amelie.get("7.vcf")
        assert "TEL;TYPE=CELL:06 12 34 56 78\r\n" in shown.text
        assert amelie.put("7.vcf", shown.text).status == 204
        assert amelie.get("7.vcf").etag == shown.etag


def test_a_number_that_is_none_does_not_cost_the_contact(amelie):
    assert amelie.put("7.vcf", card("7", "Jane Doe", "TEL;TYPE=CELL:12", "TEL:ask Joe")).status == 201
    shown = amelie.get("7.vcf").text
    assert [text for text in ("12", "ask Joe") if f":{text}\r\n" not in shown] == []


def test_a_card_of_version_4_loses_nothing_of_it_when_a_client_edits_it_in_version_3(amelie):
    lines = (
        *("GENDER:O;free text", "LANG:fr", "KIND:individual", "ANNIVERSARY:20100203", "BDAY:--0412"),
        *("ADR;LABEL=Rue A:;;Rue A 1;Paris;;75001;France", "TEL;VALUE=uri:tel:+33-1-44-55-66-77;ext=12"),
        *("MEMBER:urn:uuid:1", "HOBBY;INDEX=1;LEVEL=high:reading", "CREATED:20260101T000000Z"),
    )
    amelie.put("7.vcf", card("7", "Jane Doe", *lines, version="4.0"))
    shown = amelie.get("7.vcf").text
    amelie.put("7.vcf", shown.replace("Jane", "Joan"))
    assert amelie.get("7.vcf").text == shown.replace("Jane", "Joan")


def test_what_a_card_does_not_hold_is_kept_when_it_is_edited(workspace, amelie):
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(
            Person(
                "Jane",
                "Doe",
                external_id="crm-7",
                phones=[PhoneNumber("+33612345678", kind="work-fax"), "+33144556677"],
                addresses=[Address(street="Rue A 1", city="Paris", country="FR", billing=True)],
                currency="USD",
                listed=False,
                unmapped={"Column of a CSV file": "7"},
            )
        )
    name = f"{jane.id}.vcf"
    shown = amelie.get(name).text
    # A client that knows neither our own property nor the phones' types removes them.
    sent = "\r\n".join(line for line in shown.split("\r\n") if "UNMAPPED" not in line).replace("Jane", "Joan")
    assert amelie.put(name, sent).status == 204
    with workspace.read(AMELIE) as session:
        joan = session.contacts.get(jane.id)
    assert joan.given_name == "Joan"
    assert attrs.evolve(joan, given_name="Jane", version=1) == jane


def test_a_property_that_the_client_removes_is_removed(workspace, amelie):
    amelie.put("7.vcf", card("7", "Jane Doe", *UNKNOWN, "EMAIL:jane@bois.fr", "NOTE:Old"))
    shown = amelie.get("7.vcf").text
    kept = [line for line in shown.split("\r\n") if not line.startswith(("X-FOO", "EMAIL", "NOTE"))]
    amelie.put("7.vcf", "\r\n".join(kept))
    assert amelie.get("7.vcf").text.split("\r\n") == kept


def test_the_company_of_a_person_is_shown_but_not_stored_in_the_person(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO").person
    name = f"{jane.id}.vcf"
    shown = amelie.get(name).text
    amelie.put(name, shown.replace("FN:", "NICKNAME:JD\r\nFN:"))
    with workspace.read(AMELIE) as session:
        stored = session.contacts.get(jane.id)
        assert (stored.nickname, dict(stored.unmapped)) == ("JD", {})
        assert [one.position for one in session.people.of(jane.id)] == ["CFO"]
    amelie.put(name, amelie.get(name).text.replace("TITLE:CFO", "TITLE:Boss"))
    assert "ORG:Bois\r\n" in amelie.get(name).text
    assert "TITLE:Boss\r\n" in amelie.get(name).text
    assert "TITLE:CFO" not in amelie.get(name).text
    amelie.put(name, amelie.get(name).text.replace("ORG:Bois", "ORG:Moulin"))
    assert "ORG:Moulin\r\n" in amelie.get(name).text
    with workspace.read(AMELIE) as session:
        assert [one.contact_id for one in session.people.of(jane.id)] == [bois.id]


def test_a_person_becomes_a_company_and_back(workspace, amelie):
    amelie.put("7.vcf", card("7", "Bois Fils", "EMAIL:office@bois.fr"))
    person = amelie.get("7.vcf").text
    company = person.replace("N:Fils;Bois;;;", "N:;;;;\r\nORG:Bois Fils\r\nX-ABSHOWAS:COMPANY")
    assert amelie.put("7.vcf", company).status == 204
    with workspace.read(AMELIE) as session:
        (one,) = session.contacts.page()
        assert (one.kind, one.name, one.emails) == ("company", "Bois Fils", ("office@bois.fr",))
    assert amelie.put("7.vcf", person).status == 204
    assert amelie.get("7.vcf").text == person


def test_a_contact_person_cannot_become_a_company(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Doe")).person
    answer = amelie.put(f"{jane.id}.vcf", card(f"urn:uuid:{jane.id}", "Jane Doe", "X-ABSHOWAS:COMPANY"))
    assert answer.status == 403
    assert "valid-address-data" in answer.text


def photo(data, kind="PHOTO"):
    import base64

    return f"{kind};ENCODING=b;TYPE=JPEG:{base64.b64encode(data).decode()}"


@pytest.mark.req("PIC-1")
def test_a_photo_is_set_kept_replaced_and_removed(workspace, amelie):
    def picture():
        with workspace.read(AMELIE) as session:
            (one,) = session.contacts.page()
            return session.pictures.get(one.id)

    amelie.put("7.vcf", card("7", "Jane Doe", photo(PHOTO)))
    first = picture()
    shown = amelie.get("7.vcf")
    assert (first.width, first.height) == (150, 300)
    assert shown.text.count("PHOTO;") == 1
    amelie.put("7.vcf", shown.text.replace("Jane", "Joan"))
    assert picture() == first
    amelie.put("7.vcf", card("7", "Jane Doe", photo(LOGO)))
    assert picture() != first
    assert amelie.get("7.vcf").etag != shown.etag
    amelie.put("7.vcf", card("7", "Jane Doe"))
    assert picture() is None


@pytest.mark.req("PIC-1")
def test_a_photo_that_cannot_be_used_does_not_cost_the_contact_nor_its_picture(workspace, amelie):
    amelie.put("7.vcf", card("7", "Jane Doe", photo(PHOTO)))
    before = amelie.get("7.vcf").text
    bomb = b"\x89PNG\r\n\x1a\n" + bytes(100)
    assert amelie.put("7.vcf", card("7", "Joan Doe", photo(bomb))).status == 204
    assert amelie.get("7.vcf").text == before.replace("Jane", "Joan")


def test_a_changed_picture_changes_the_etag_and_the_token(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
    token, before = amelie.sync()
    with workspace.write(AMELIE) as session:
        session.pictures.set(bois, LOGO)
    _, changed = amelie.sync(token)
    assert changed == amelie.etags() != before
    assert "PHOTO;" in amelie.get(f"{bois.id}.vcf").text


LINES = st.lists(
    st.builds(
        "{}{}:{}".format,
        st.sampled_from(("X-A", "X-B", "item1.X-C", "IMPP", "RELATED", "SORT-STRING", "TZ", "PROFILE", "KEY")),
        st.sampled_from(("", ";TYPE=home", ";X-P=v", ";TYPE=a,b;PREF=1")),
        st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20),
    ),
    max_size=6,
    unique=True,
)


@given(lines=LINES, name=st.sampled_from(("Jane Doe", "Zoé Ł", "J. R.")))
def test_any_card_is_shown_as_it_is_kept_and_an_edit_changes_one_line_of_it(lines, name):
    workspace = Workspace(MemoryStorage(), name="acme")
    serve = configured(workspace)
    amelie = Visitor(serve, "amelie")
    assert amelie.put("7.vcf", card("7", name, *lines)).status == 201
    shown = amelie.get("7.vcf")
    assert amelie.put("7.vcf", shown.text, if_match=shown.etag).status == 204
    assert amelie.get("7.vcf").etag == shown.etag
    edited = shown.text.replace("\r\nEND:", "\r\nX-Z:new\r\nEND:")
    assert amelie.put("7.vcf", edited).status == 204
    assert sorted(amelie.get("7.vcf").text.split("\r\n")) == sorted(edited.split("\r\n"))
    serve.close()


@given(contact=contacts())
@settings(max_examples=60)
def test_any_contact_whose_card_is_sent_back_unchanged_is_not_changed(contact):
    workspace = Workspace(MemoryStorage(), name="acme")
    own = {"id": "", "version": 0, "type": "", "categories": (), "fields": {}, "responsibles": (), "access": None}
    with workspace.write(AMELIE) as session:
        stored = session.contacts.add(attrs.evolve(contact, **own))
    serve = configured(workspace)
    amelie = Visitor(serve, "amelie")
    ((name, etag),) = amelie.etags().items()
    assert amelie.put(name, amelie.get(name).text, if_match=etag).status == 204
    with workspace.read(AMELIE) as session:
        assert session.contacts.get(stored.id) == stored
    assert amelie.etags() == {name: etag}
    serve.close()
