"""A synchronisation lists the changes since the last one, each once."""

from datetime import timedelta

import attrs
import pytest

from contactcore import Company, Interaction, Person, User, Workspace
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, BOB, ROOT
from support.carddav import Visitor, card, configured

pytestmark = pytest.mark.req("IMP-5")


def test_a_token_names_additions_changes_and_removals_once(amelie):
    for name in ("1", "2", "3"):
        amelie.put(f"{name}.vcf", card(name))
    token, all_cards = amelie.sync()
    assert all_cards == amelie.etags()
    assert amelie.sync(token) == (token, {})
    amelie.put("2.vcf", card("2", "Jane Roe"))
    amelie.ask("DELETE", "3.vcf")
    amelie.put("4.vcf", card("4"))
    etags = amelie.etags()
    newer, changed = amelie.sync(token)
    assert changed == {"2.vcf": etags["2.vcf"], "3.vcf": "gone", "4.vcf": etags["4.vcf"]}
    assert amelie.sync(newer) == (newer, {})
    assert amelie.sync(token) == (newer, changed)


@pytest.mark.req("ACC-3")
def test_a_contact_that_becomes_invisible_is_gone_and_one_that_never_was_seen_is_not_named(workspace, bob):
    with workspace.write(AMELIE) as session:
        shared = session.contacts.add(Company("Bois", access="shared-read"))
        hidden = session.contacts.add(Company("Moulin"))
    token, seen = bob.sync()
    assert list(seen) == [f"{shared.id}.vcf"]
    with workspace.write(AMELIE) as session:
        session.contacts.share(shared.id, "private")
        session.contacts.delete(hidden.id)
        session.contacts.add(Company("Another"))
    assert bob.sync(token)[1] == {f"{shared.id}.vcf": "gone"}
    with workspace.write(AMELIE) as session:
        session.contacts.share(shared.id, "shared-read")
    assert list(bob.sync(token)[1].values()) == [bob.etags()[f"{shared.id}.vcf"]]


def test_changes_of_what_no_card_shows_are_not_named(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
    token, _ = amelie.sync()
    with workspace.write(AMELIE) as session:
        session.timeline.add(bois, Interaction("Called"))
    assert amelie.sync(token) == (token, {})


def test_a_card_changes_with_the_company_that_it_shows(workspace, amelie):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois; Fils"))
        jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO", department="Sales")
    name = f"{jane.person.id}.vcf"
    assert "ORG:Bois\\; Fils;Sales\r\nTITLE:CFO\r\n" in amelie.get(name).text

    def renamed(session):
        session.contacts.save(attrs.evolve(session.contacts.get(bois.id), name="Moulin"))

    def moved(session):
        (place,) = session.people.of(jane.person.id)
        session.people.save(attrs.evolve(place, position="CEO"))

    def deleted(session):
        (place,) = session.people.of(jane.person.id)
        session.people.remove(place)

    for change, line in ((renamed, "ORG:Moulin;Sales"), (moved, "TITLE:CEO"), (deleted, "")):
        token, _ = amelie.sync()
        with workspace.write(AMELIE) as session:
            change(session)
        _, changed = amelie.sync(token)
        assert changed[name] == amelie.get(name).etag
        assert line in amelie.get(name).text
    assert "ORG" not in amelie.get(name).text


@pytest.mark.req("ACC-3")
def test_a_card_does_not_name_a_company_that_the_user_does_not_see(workspace, amelie, bob):
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois", access="shared-read"))
        jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO")
    name = f"{jane.person.id}.vcf"
    token, _ = bob.sync()
    assert "ORG:Bois" in bob.get(name).text
    with workspace.write(AMELIE) as session:
        session.contacts.share(bois.id, "private", with_people=False)
    assert bob.sync(token)[1] == {f"{bois.id}.vcf": "gone", name: bob.get(name).etag}
    assert "ORG" not in bob.get(name).text
    assert "ORG:Bois" in amelie.get(name).text
    token, _ = bob.sync()
    with workspace.write(AMELIE) as session:
        session.contacts.share(bois.id, "shared-read")
    assert bob.sync(token)[1].keys() == {f"{bois.id}.vcf", name}
    assert bob.etags()[name] == bob.get(name).etag


def test_a_person_shows_a_company_from_the_first_to_the_last_day_there(workspace, amelie, clock):
    today = clock.now.date()
    with workspace.write(AMELIE) as session:
        bois, moulin = (session.contacts.add(Company(name)) for name in ("Bois", "Moulin"))
        jane = session.people.add(bois, Person("Jane", "Doe"), end=today).person
        session.people.add(moulin, jane, start=today + timedelta(days=3), end=today + timedelta(days=4))
    name = f"{jane.id}.vcf"
    token, _ = amelie.sync()
    shown = []
    for _ in range(7):
        text = amelie.get(name).text
        shown.append(text.partition("ORG:")[2].partition("\r\n")[0])
        assert amelie.sync(token)[1].get(name, amelie.etags()[name]) == amelie.get(name).etag
        clock.forward(days=1)
    assert shown == ["Bois", "", "", "Moulin", "Moulin", "", ""]
    clock.forward(days=-3)
    assert amelie.etags()[name] == amelie.get(name).etag
    assert "ORG:Moulin" in amelie.get(name).text


def test_imports_and_their_undo_are_named(workspace, amelie):
    token, _ = amelie.sync()
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan("First name,Company,E-mail\nJo,Bois,jo@bois.fr\nAnn,Bois,ann@bois.fr\n"))
    newer, changed = amelie.sync(token)
    assert len(changed) == 3
    assert changed == amelie.etags()
    imports.undo(report)
    assert set(amelie.sync(newer)[1].values()) == {"gone"}


def test_a_merged_contact_is_gone(workspace, amelie):
    amelie.put("1.vcf", card("1"))
    amelie.put("2.vcf", card("2"))
    token, _ = amelie.sync()
    with workspace.read(AMELIE) as session:
        winner, loser = sorted(session.contacts.page(), key=lambda one: session.contacts.get(one.id).external_id)
    merging = workspace.merging(AMELIE)
    merging.apply(merging.plan(winner.id, [loser.id]))
    changed = amelie.sync(token)[1]
    assert changed["2.vcf"] == "gone"
    assert list(amelie.etags()) == ["1.vcf"]


def refused(answer):
    return answer.status == 403 and "valid-sync-token" in answer.text


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "urn:contactcore:sync:",
        "urn:contactcore:sync:x:1",
        "urn:contactcore:sync:{key}",
        "urn:contactcore:sync:{key}:",
        "urn:contactcore:sync:{key}:2",
        "urn:contactcore:sync:{key}:-1",
        "urn:contactcore:sync:{key}:1 1",
        "urn:contactcore:sync:{key}:¹",
        "urn:contactcore:sync:{key}:" + "9" * 10_000,
        "http://radicale.org/ns/sync/1",
    ],
)
def test_a_token_that_was_never_given_out_is_refused_so_that_the_client_starts_again(amelie, token):
    amelie.put("1.vcf", card("1"))
    key = amelie.sync()[0].split(":")[3]
    assert refused(amelie.ask_sync(token.replace("{key}", key)))


@pytest.mark.req("ACC-3")
def test_a_token_of_another_user_or_another_workspace_is_refused(storage, workspace, serve, amelie, bob):
    with workspace.write(AMELIE) as session:
        session.contacts.add(Company("Bois", access="shared-read"))
    token, _ = amelie.sync()
    bob.sync()
    assert refused(bob.ask_sync(token))
    other = configured(Workspace(storage, name="other"))
    assert refused(Visitor(other, "amelie").ask_sync(token))
    other.close()


def test_a_token_of_a_state_that_was_lost_is_refused(workspace, amelie, tmp_path):
    token, _ = amelie.sync()
    again = configured(workspace)
    assert refused(Visitor(again, "amelie").ask_sync(token))
    again.close()


def test_a_token_outlives_the_application_if_the_state_is_a_file(workspace, tmp_path):
    first = configured(workspace, state=tmp_path / "state.db")
    amelie = Visitor(first, "amelie")
    amelie.put("1.vcf", card("1"))
    amelie.put("2.vcf", card("2"))
    token, _ = amelie.sync()
    first.close()
    second = configured(workspace, state=tmp_path / "state.db")
    amelie = Visitor(second, "amelie")
    assert amelie.sync(token) == (token, {})
    amelie.ask("DELETE", "1.vcf")
    third = configured(workspace, state=tmp_path / "state.db")
    assert Visitor(third, "amelie").sync(token)[1] == {"1.vcf": "gone"}
    second.close()
    third.close()


def test_more_rights_show_more_cards_at_once(workspace):
    rights = {"carla": User("carla")}
    serve = configured(workspace, actors=rights)
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
    carla = Visitor(serve, "carla")
    token, seen = carla.sync()
    assert seen == {}
    rights["carla"] = User("carla", admin=True)
    token, seen = carla.sync(token)
    assert list(seen) == [f"{bois.id}.vcf"]
    rights["carla"] = User("carla")
    assert carla.sync(token)[1] == {f"{bois.id}.vcf": "gone"}
    serve.close()


def test_a_workspace_that_was_restored_from_a_backup_starts_its_clients_again(tmp_path):
    tokens = []
    # The second workspace has the same name and as long a feed as the first one, as one that was restored and went on.
    for company in ("Bois", "Moulin"):
        workspace = Workspace(MemoryStorage(), name="acme")
        with workspace.write(AMELIE) as session:
            session.contacts.add(Company(company))
        serve = configured(workspace, state=tmp_path / "state.db")
        amelie = Visitor(serve, "amelie")
        assert all(refused(amelie.ask_sync(token)) for token in tokens)
        token, seen = amelie.sync()
        assert len(seen) == 1
        tokens.append(token)
        serve.close()


def test_a_long_feed_is_not_read_event_by_event_for_a_new_user(workspace, amelie, bob):
    with workspace.write(AMELIE) as session:
        for number in range(70):
            session.contacts.add(Company(f"Firm {number}", access="shared-read" if number == 69 else "private"))
    token, seen = bob.sync()
    assert len(seen) == 1
    with workspace.read(ROOT) as session:
        assert session.feed()[-1].position > 70
    with workspace.write(BOB) as session:
        session.contacts.add(Company("Last"))
    assert len(bob.sync(token)[1]) == 1


def test_names_of_removed_cards_are_forgotten_when_there_are_too_many(workspace, amelie, monkeypatch):
    monkeypatch.setattr("contactcore_radicale.book_state._MOST_GONE", 2)
    for number in range(4):
        amelie.put(f"{number}.vcf", card(str(number)))
    tokens = [amelie.sync()[0]]
    for number in range(4):
        amelie.ask("DELETE", f"{number}.vcf")
        tokens.append(amelie.sync()[0])
    assert [refused(amelie.ask_sync(token)) for token in tokens] == [True, True, False, False, False]
    assert amelie.sync(tokens[2])[1] == {"2.vcf": "gone", "3.vcf": "gone"}
