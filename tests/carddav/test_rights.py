"""What users with different rights see and change on their devices."""

import pytest

from contactcore import Company, Person
from support.actors import AMELIE, BOB, ROOT
from support.carddav import card

pytestmark = pytest.mark.req("ACC-3")


@pytest.fixture
def hidden(workspace, amelie):
    """A contact that only amelie and admins see."""
    amelie.put("hidden.vcf", card("hidden", "Hidden Doe"))
    with workspace.read(AMELIE) as session:
        (one,) = session.contacts.page()
    return one


def answers(visitor, name, uid):
    """The answers to all requests for a card, from a user who may not see its contact."""
    return [
        visitor.get(name),
        visitor.multiget(name),
        visitor.ask("DELETE", name),
        visitor.ask("MOVE", name, destination=f"http://localhost{visitor.book}new.vcf"),
        visitor.put(name, card(uid, "Own Card"), if_match='"1-x"'),
        visitor.put(name, card(uid, "Own Card"), if_none_match="*"),
        visitor.put(name, card(uid, "Own Card")),
        visitor.ask("DELETE", name),
        visitor.get(name),
    ]


def test_a_hidden_contact_answers_as_one_that_never_was(hidden, bob):
    for name in ("hidden.vcf", f"{hidden.id}.vcf"):
        unknown = name.replace("hidden", "unseen").replace(hidden.id[-4:], "ffff")
        uid = name.removesuffix(".vcf")
        found = answers(bob, name, uid)
        expected = answers(bob, unknown, unknown.removesuffix(".vcf"))
        assert [one.status for one in found] == [one.status for one in expected]
        assert [one.text.replace(uid, "") for one in found] == [
            one.text.replace(unknown.removesuffix(".vcf"), "") for one in expected
        ]


def test_a_card_under_the_name_or_with_the_uid_of_a_hidden_contact_is_another_contact(hidden, amelie, bob, root):
    before = amelie.etags()
    assert bob.put("hidden.vcf", card("hidden", "Bob's Card")).status == 201
    assert bob.put(f"{hidden.id}.vcf", card(f"urn:uuid:{hidden.id}", "Other Card")).status == 201
    assert "Bob's Card" in bob.get("hidden.vcf").text
    assert amelie.etags() == before
    texts = [root.get(name).text for name in root.etags()]
    assert sorted(text.split("FN:")[1].split("\r\n")[0] for text in texts) == ["Bob's Card", "Hidden Doe", "Other Card"]
    assert len({text.split("UID:")[1].split("\r\n")[0] for text in texts}) == 3


def test_two_cards_that_share_a_name_and_a_uid_are_both_changed_by_somebody_who_sees_them(hidden, bob, root):
    bob.put("hidden.vcf", card("hidden", "Bob's Card"))
    before = root.etags()
    for name in before:
        text = root.get(name).text
        assert root.put(name, text.replace("\r\nEND", "\r\nNOTE:seen\r\nEND")).status == 204
        assert "NOTE:seen" in root.get(name).text
        assert text.partition("UID:")[2].partition("\r\n")[0] in root.get(name).text
    assert before.keys() == root.etags().keys()
    assert list(bob.etags()) == ["hidden.vcf"]


def test_a_card_keeps_its_name_and_uid_when_an_older_contact_with_them_becomes_visible(workspace, hidden, bob):
    bob.put("hidden.vcf", card("hidden", "Bob's Card"))
    before = bob.etags()
    with workspace.write(AMELIE) as session:
        session.contacts.share(hidden.id, "shared-read")
    with workspace.write(ROOT) as session:  # after which all cards are compared
        session.settings.change(country="PL")
    after = bob.etags()
    assert after == {**before, f"{hidden.id}.vcf": after[f"{hidden.id}.vcf"]}
    assert "Bob's Card" in bob.get("hidden.vcf").text
    assert f"UID:urn:uuid:{hidden.id}\r\n" in bob.get(f"{hidden.id}.vcf").text


def test_a_contact_that_a_user_may_only_read_cannot_be_changed(workspace, amelie, bob):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois", access="shared-read"))
    name = f"{bois.id}.vcf"
    text, before = bob.get(name).text, bob.etags()
    answers = [
        bob.put(name, text.replace("Bois", "Moulin")),
        bob.ask("DELETE", name),
        bob.ask("MOVE", name, destination="http://localhost/bob/contacts/x.vcf"),
    ]
    assert [one.status for one in answers] == [403, 403, 403]
    assert all("read-only" in one.text or "may" in one.text for one in answers)
    assert bob.etags() == before
    assert amelie.put(name, text.replace("Bois", "Moulin")).status == 204
    assert "FN:Moulin" in bob.get(name).text


def test_a_contact_that_all_may_change_is_changed_by_all(workspace, amelie, bob):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois", access="shared-write"))
    name = f"{bois.id}.vcf"
    outdated = amelie.get(name)
    assert bob.put(name, outdated.text.replace("Bois", "Moulin"), if_match=outdated.etag).status == 204
    assert amelie.put(name, outdated.text.replace("Bois", "Usine"), if_match=outdated.etag).status == 412
    assert "FN:Moulin" in amelie.get(name).text


def test_a_person_who_is_only_a_contact_person_is_in_the_book_and_goes_with_the_company(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        session.people.add(bois, Person("Jane", "Doe"))
    assert len(amelie.etags()) == 2
    amelie.ask("DELETE", f"{bois.id}.vcf")
    assert amelie.etags() == {}


def test_a_new_card_belongs_to_the_user_who_put_it(workspace, bob):
    bob.put("7.vcf", card("7"))
    with workspace.read(BOB) as session:
        (one,) = session.contacts.page()
    assert (one.responsibles, one.access.value, one.added_by) == (("bob",), "private", "bob")
