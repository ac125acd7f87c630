"""Several contacts become one: values, records, rights, ids (IMP-7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import (
    AccountEntry,
    Address,
    Authority,
    Company,
    Conflict,
    Forbidden,
    Interaction,
    Invalid,
    Item,
    NotFound,
    PaymentMethod,
    Person,
    PortalUser,
    Site,
    Workspace,
    to_plain,
)
from contactcore.delivery import Deliverer
from contactcore.storage import Storage
from contactcore.workspace import Host
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore.workspace.merging import steps
from contactcore_memory import MemoryStorage
from support.actors import BOB, ROOT
from support.queued_mail import Takes

pytestmark = [pytest.mark.req("IMP-7"), pytest.mark.cases_in_memory]

PASSWORD = "correct horse"  # the passphrase of a test
DAY = date(2026, 1, 31)


def add(workspace: Any, actor: Any, *contacts: Any) -> list[Any]:
    with workspace.write(actor) as session:
        return [session.contacts.add(contact) for contact in contacts]


@pytest.fixture
def bois(workspace: Any, amelie: Any) -> Any:
    home = Address("1 rue Vauban", city="Lyon", billing=True)
    (one,) = add(workspace, amelie, Company("Bois & Fils", emails=["office@bois.fr"], tags=["VIP"], addresses=[home]))
    return one


@pytest.fixture
def twice(workspace: Any, amelie: Any) -> Any:
    there = Address("9 quai Nord", city="Sète", billing=True)
    (one,) = add(
        workspace,
        amelie,
        Company(
            "BOIS",
            division="North",
            emails=["OFFICE@bois.fr", "north@bois.fr"],
            phones=["01 44 55 66 77"],
            tags=["vip", "lead"],
            addresses=[there],
            description="Ring twice.",
        ),
    )
    return one


@pytest.fixture
def merging(workspace: Any, amelie: Any) -> Any:
    return workspace.merging(amelie)


def merged(workspace: Any, actor: Any, winner: Any, *losers: Any, **options: Any) -> Any:
    merging = workspace.merging(actor)
    return merging.apply(merging.plan(winner.id, [one.id for one in losers], **options), widen=True)


# Values


def test_lists_are_united_and_a_name_and_an_address_is_one_value(merging: Any, bois: Any, twice: Any) -> None:
    plan = merging.plan(bois, [twice])
    result = plan.result
    assert (result.name, result.division, result.description) == ("Bois & Fils", "", "Ring twice.")
    assert [email.text for email in result.emails] == ["office@bois.fr", "north@bois.fr"]
    assert [tag.text for tag in result.tags] == ["VIP", "lead"]
    assert [(one.street, one.city, one.billing) for one in result.addresses] == [
        ("1 rue Vauban", "Lyon", True),
        ("9 quai Nord", "Sète", False),
    ]
    rules = {one.field: one.rule for one in plan.differences}
    assert rules == {
        "name": "winner",
        "emails": "union",
        "phones": "union",
        "addresses": "union",
        "tags": "union",
        "description": "union",
    }
    assert plan.keeper_id == bois.id


def test_a_list_that_would_be_too_long_is_a_problem_of_the_plan(workspace: Any, amelie: Any, merging: Any) -> None:
    def company(letter: str, number: int) -> Company:
        homes = [Address(f"{n} rue {letter}", city="Lyon") for n in range(number)]
        tags, emails = ([f"{letter}{n}{end}" for n in range(number)] for end in ("", "@bois.fr"))
        return Company(letter, emails=emails, addresses=homes, tags=tags)

    winner, fits, other = add(workspace, amelie, company("A", 600), company("B", 400), company("C", 401))
    fitting = merging.plan(winner, [fits])
    with pytest.raises(Invalid) as refused:
        merging.plan(winner, [other])
    problems = [(one.code, one.path, one.facts) for one in refused.value.problems]
    assert problems == [("too-many", name, {"limit": 1_000}) for name in ("emails", "addresses", "tags")]
    rules = {"emails": "winner", "tags": other.id}
    with pytest.raises(Invalid) as refused:
        merging.plan(winner, [other], rules=rules)
    assert [one.path for one in refused.value.problems] == ["addresses"]
    assert len(merging.plan(winner, [other], rules={**rules, "addresses": "winner"}).result.tags) == 401
    # What was added since the plan is a conflict or a problem before anything is written.
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(fits, tags=[*fits.tags, "VIP"]))
    with pytest.raises(Conflict):
        merging.apply(fitting)
    with workspace.read(amelie) as session:
        assert session.contacts.get(winner.id) == winner
        assert session.contacts.get(other.id) == other
    assert merging.list() == ()


def test_the_caller_changes_the_rules_by_field(
    workspace: Any, amelie: Any, merging: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.save(attrs.evolve(bois, type="supplier", language="fr"))
    with workspace.write(amelie) as session:
        twice = session.contacts.save(attrs.evolve(twice, type="contractor"))
    chosen = {"name": twice.id, "emails": "winner", "type": "newest", "description": "winner", "language": "newest"}
    result = merging.plan(bois, [twice], rules=chosen).result
    assert (result.name, result.division, result.type) == ("BOIS", "North", "contractor")
    assert [email.text for email in result.emails] == ["office@bois.fr"]
    # An empty value never wins.
    assert (str(result.language), result.description) == ("fr", "Ring twice.")


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("field-unknown", {"shape": "winner"}),
        ("field-unknown", {"birthday": "winner"}),
        ("merge-rule-unknown", {"name": "oldest"}),
        ("merge-rule-unknown", {"type": "union"}),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(merging: Any, bois: Any, twice: Any, code: str, rules: Any) -> None:
    with pytest.raises(Invalid) as refused:
        merging.plan(bois, [twice], rules=rules)
    assert refused.value.code == code


# Records


def test_everything_that_belongs_to_the_losers_moves(
    workspace: Any, amelie: Any, root: Any, merging: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        mill = session.sites.add(twice, Site("Sawmill"))
        gone = session.sites.add(twice, Site("Old mill"))
        session.sites.delete(gone)
        van = session.items.add(twice, Item("Van"))
        session.items.assign(van, bois.id, "payer")
        session.items.assign(van, twice.id, "payer")
        jane = session.people.add(twice, Person("Jane", "Doe"), site=mill, position="CFO")
        session.timeline.add(twice, Interaction("Call", person_id=jane.person_id, item_id=van.id))
        session.account.post(twice, AccountEntry("invoice", "5 EUR", key="F1", date=DAY))
        session.account.save_method(twice, PaymentMethod("tok_1", last_four="4242"))
    plan = merging.plan(bois, [twice])
    assert dict(plan.moved) == {
        "affiliation": 1,
        "site": 1,
        "item": 1,
        "account-entry": 1,
        "payment-method": 1,
        "interaction": 1,
        "item-role": 2,
    }
    merge = merging.apply(plan)
    with workspace.write(root) as session:
        assert [one.name for one in session.sites.of(bois.id)] == ["Sawmill"]
        (moved,) = session.items.of(bois.id)
        assert [(one.contact.id, one.role.role) for one in session.items.roles(moved)] == [(bois.id, "payer")]
        (person,) = session.people.list(bois.id)
        assert (person.id, person.position, person.primary, person.site_id) == (jane.id, "CFO", True, mill.id)
        assert [one.title for one in session.timeline.page(bois.id).items] == ["Call"]
        assert [one.amount for one in session.account.balance(bois.id).values()] == [5]
        assert len(session.account.methods(bois.id)) == 1
        session.trash.restore(gone.id)
        assert session.sites.get(gone.id).contact_id == bois.id
        events = [one.event for one in session.feed() if one.event.name == "contact.merged"]
    assert [one.subject for one in events] == [twice.id]
    assert merging.list() == (merge,)
    assert (merge.winner_id, merge.loser_ids, merge.by, merge.state) == (bois.id, (twice.id,), "amelie", "done")


def test_affiliations_of_one_person_become_one_with_the_rights_that_all_have(
    workspace: Any, amelie: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        first = session.people.add(bois, Person("Zoe", "Roe"))
        jane = session.contacts.add(Person("Jane", "Doe"))
        kept = session.people.add(
            bois,
            jane,
            position="CFO",
            authorities=[Authority(slug="represent", joint=True), Authority(slug="contact")],
            permissions=["invoices", "projects"],
        )
        other = session.people.add(
            twice, jane.id, department="Sales", authorities=["represent"], permissions=["invoices"], primary=True
        )
    plan = workspace.merging(amelie).plan(bois.id, [twice.id])
    assert plan.joined == ("Jane Doe",)
    merge = workspace.merging(amelie).apply(plan)
    with workspace.read(amelie) as session:
        people = {one.id: one for one in session.people.list(bois.id)}
        assert people.keys() == {first.id, kept.id}
        one = people[kept.id]
        assert (one.position, one.department, one.permissions.modules) == ("CFO", "Sales", ("invoices",))
        assert [(each.slug, each.joint) for each in one.authorities] == [("represent", True)]
        # The primary contact person of the winner stays primary.
        assert [each.id for each in people.values() if each.primary] == [first.id]
        assert session.people.get(other.id).id == kept.id
    workspace.merging(amelie).undo(merge)
    with workspace.read(amelie) as session:
        assert session.people.get(other.id).primary
        assert session.people.get(kept.id).permissions.modules == ("invoices", "projects")
    union = merged(workspace, amelie, bois, twice, rights="union")
    with workspace.read(amelie) as session:
        assert session.people.get(kept.id).permissions.modules == ("invoices", "projects")
        assert {one.slug for one in session.people.get(kept.id).authorities} == {"represent", "contact"}
    assert union.id != merge.id


@pytest.mark.req("PER-3")
def test_the_primary_person_of_a_contact_stays_primary_when_a_second_record_of_the_person_is_merged(
    workspace: Any, amelie: Any, bois: Any, twice: Any
) -> None:
    jane, joan = add(workspace, amelie, Person("Jane", "Doe"), Person("Jane", "Doe-Smith"))
    with workspace.write(amelie) as session:
        zoe = session.people.add(bois, Person("Zoe", "Roe"))
        session.people.add(bois, jane)
        primary = session.people.add(bois, joan.id, primary=True)
        session.people.add(twice, jane.id)
        session.people.add(twice, joan.id)
    merge = merged(workspace, amelie, jane, joan)
    with workspace.read(amelie) as session:
        assert [one.person_id for one in session.people.list(bois.id) if one.primary] == [jane.id]
        assert [one.person_id for one in session.people.list(twice.id) if one.primary] == [jane.id]
    workspace.merging(amelie).undo(merge)
    with workspace.write(amelie) as session:
        people = session.people.list(bois.id)
        assert [one.id for one in people if one.primary] == [primary.id]
        session.people.remove(primary.id)
        assert [one.id for one in session.people.list(bois.id) if one.primary] == [zoe.id]


@pytest.mark.req("PER-3")
@pytest.mark.req("ACC-3")
def test_a_hidden_primary_person_of_the_winner_takes_the_flag_from_nobody_who_is_seen(
    workspace: Any, amelie: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(bois.id, "shared-write")
        session.contacts.share(twice.id, "shared-write")
        hidden = session.people.add(bois, Person("Zoe", "Roe", access="private", responsibles=["amelie"]))
        senior = session.people.add(twice, Person("Karl", "Roe", access="shared-write"), start="2001-01-01")
        shown = session.people.add(twice, Person("Jane", "Doe", access="shared-write"), primary=True)
    merge = merged(workspace, BOB, bois, twice)
    with workspace.read(BOB) as session:
        assert {one.id: one.primary for one in session.people.list(bois.id)} == {senior.id: False, shown.id: True}
    with workspace.read(amelie) as session:
        assert [one.id for one in session.people.list(bois.id) if one.primary] == [hidden.id]
    workspace.merging(BOB).undo(merge)
    with workspace.read(amelie) as session:
        for client, primary in ((bois, hidden), (twice, shown)):
            assert [one.id for one in session.people.list(client.id) if one.primary] == [primary.id]


def test_people_who_become_one_act_once_for_each_contact(workspace: Any, amelie: Any, bois: Any, twice: Any) -> None:
    jane, joan = add(workspace, amelie, Person("Jane", "Doe"), Person("Jane", "Doe-Smith"))
    with workspace.write(amelie) as session:
        session.people.add(bois, jane)
        session.people.add(bois, joan.id)
        session.people.add(twice, joan.id)
        session.people.add(jane, joan.id)
        session.timeline.add(twice, Interaction("Call", person_id=joan.id))
        session.timeline.add(bois, Interaction("Visit", person_id=joan.id))
        other = session.contacts.add(Company("Lune"))
        unrelated = session.timeline.add(other, Interaction("Letter", person_id=joan.id))
    merged(workspace, amelie, jane, joan)
    with workspace.read(amelie) as session:
        assert [one.person_id for one in session.people.list(bois.id)] == [jane.id]
        assert [(one.person_id, one.primary) for one in session.people.list(twice.id)] == [(jane.id, True)]
        assert session.people.list(jane.id) == ()
        assert [one.person_id for one in session.timeline.page(twice.id, person=jane.id).items] == [jane.id]
        # Nobody acts for that contact, but the interaction still names the person.
        assert session.timeline.get(unrelated.id).person_id == jane.id
        assert [one.title for one in session.timeline.page(other.id, person=jane.id).items] == ["Letter"]


def test_more_than_two_contacts_become_one(workspace: Any, amelie: Any, bois: Any, twice: Any) -> None:
    (third,) = add(workspace, amelie, Company("Bois Sud", emails=["sud@bois.fr"]))
    merge = merged(workspace, amelie, bois, twice, third)
    with workspace.read(amelie) as session:
        assert len(session.contacts.get(third.id).emails) == 3
        assert session.contacts.count() == 1
    workspace.merging(amelie).undo(merge.id)
    with workspace.read(amelie) as session:
        assert session.contacts.count() == 3


def test_a_declared_difference_follows_a_merge(workspace: Any, amelie: Any) -> None:
    jane, twice, other = add(workspace, amelie, *[Person("Jane", "Doe", emails=["jane@bois.fr"])] * 3)
    with workspace.write(amelie) as session:
        session.duplicates.mark_different(twice, other)
        session.duplicates.mark_different(jane, twice)
    merge = merged(workspace, amelie, jane, twice)
    with workspace.read(amelie) as session:
        assert session.duplicates.of(jane.id) == ()
        assert [one.other_id for one in session.duplicates.marked_different(jane.id)] == [other.id]
    workspace.merging(amelie).undo(merge)
    with workspace.read(amelie) as session:
        assert [one.id for one in session.duplicates.of(jane.id)] == [other.id]
        assert session.duplicates.of(twice.id) == ()


# Ids


def test_old_ids_lead_to_the_winner_everywhere_and_for_ever(
    workspace: Any, amelie: Any, root: Any, bois: Any, twice: Any
) -> None:
    (third,) = add(workspace, amelie, Company("Bois Sud"))
    with workspace.read(amelie) as session:
        page = session.contacts.page(limit=1)
    merged(workspace, amelie, bois, twice)
    merged(workspace, amelie, third, bois)
    with workspace.write(amelie) as session:
        assert session.contacts.get(twice.id).id == third.id
        assert [card.id for card in session.contacts.get_many([twice.id, bois.id, third.id])] == [third.id]
        site = session.sites.add(twice.id, Site("Mill"))
        assert site.contact_id == third.id
        assert [one.name for one in session.sites.of(bois.id)] == ["Mill"]
        names = {entry.cause for entry in session.history.of(twice.id)}
        assert {"hand", "merge"} <= names
        assert [card.id for card in session.contacts.page(after=page.next)] in ([third.id], [])
    file = f"Contact ID,Company,Phone\n{twice.id},Bois Sud,+33 1 44 55 66 88\n"
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(file, policy="update"))
    assert (report.created, report.updated) == (0, 1)
    with workspace.read(amelie) as session:
        assert "+33144556688" in [str(phone) for phone in session.contacts.get(third.id).phones]


def test_a_redirect_tells_nothing_to_somebody_who_does_not_see_the_winner(
    workspace: Any, amelie: Any, bob: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(twice, "shared-read")
    with workspace.read(bob) as session:
        assert session.contacts.get(twice.id).name == "BOIS"
    merged(workspace, amelie, bois, twice)
    with workspace.read(bob) as session:
        for id in (bois.id, twice.id, "nobody"):
            with pytest.raises(NotFound) as refused:
                session.contacts.get(id)
            assert refused.value.id == id
    # A file with the old id is imported as one with an id that never was.
    reports = []
    for id in (twice.id, "00000000-0000-7000-8000-000000000000"):
        imports = workspace.imports(bob)
        plan = imports.plan(f"Contact ID,Company\n{id},Nobody knows {id[:2]}\n", policy="update")
        reports.append((imports.preview(plan).counts, imports.apply(plan).counts))
    assert reports[0] == reports[1]
    with workspace.read(amelie) as session:
        assert session.contacts.get(bois.id).name == bois.name


def test_redirects_are_copied_and_go_with_the_winner(
    storage: Storage, workspace: Any, amelie: Any, root: Any, bois: Any, twice: Any
) -> None:
    merge = merged(workspace, amelie, bois, twice)
    target = MemoryStorage()
    copy_workspace(storage, target, "acme")
    with Workspace(target, "acme").read(amelie) as session:
        assert session.contacts.get(twice.id).id == bois.id
    Workspace(target, "acme").merging(amelie).undo(merge)
    with Workspace(target, "acme").read(amelie) as session:
        assert session.contacts.get(twice.id).name == "BOIS"
    with workspace.write(root) as session:
        session.contacts.delete(bois.id)
        with pytest.raises(NotFound):
            session.contacts.get(twice.id)
        session.trash.restore(bois.id)
        assert session.contacts.get(twice.id).id == bois.id
        session.contacts.delete(bois.id)
        session.trash.purge(bois.id)
        with pytest.raises(NotFound):
            session.contacts.get(twice.id)
    with workspace.storage.read("acme") as reader:
        assert reader.dump("redirect") == []
        assert not [one for one in reader.dump("job-part") if b"north@bois.fr" in one.body]


# Rights


def test_only_somebody_who_may_change_all_of_them_merges(
    workspace: Any, amelie: Any, bob: Any, bois: Any, twice: Any
) -> None:
    with pytest.raises(NotFound):
        workspace.merging(bob).plan(bois.id, [twice.id])
    with workspace.write(amelie) as session:
        session.contacts.share(bois, "shared-write")
    with pytest.raises(NotFound):
        workspace.merging(bob).plan(bois.id, [twice.id])
    with workspace.write(amelie) as session:
        session.contacts.share(twice, "shared-read")
    with pytest.raises(Forbidden) as refused:
        workspace.merging(bob).plan(bois.id, [twice.id])
    assert refused.value.code == "read-only"


def test_who_would_see_more_is_named_and_allowed_only_on_purpose(
    workspace: Any, amelie: Any, bob: Any, merging: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(bois, "private", responsibles=["amelie", "bob"])
    plan = merging.plan(bois.id, [twice.id])
    assert [(one.viewers, one.contact_id, one.name) for one in plan.widened] == [(("bob",), twice.id, "BOIS, North")]
    with pytest.raises(Invalid) as refused:
        merging.apply(plan)
    assert refused.value.code == "merge-widens"
    assert merging.list() == ()
    with workspace.read(bob) as session, pytest.raises(NotFound):
        session.contacts.get(twice.id)
    merging.apply(plan, widen=True)
    with workspace.read(bob) as session:
        assert session.contacts.get(twice.id).id == bois.id
    # The other way round nobody sees more.
    with workspace.write(amelie) as session:
        narrow = session.contacts.add(Company("Bois Sud"))
    assert merging.plan(narrow, [bois.id]).widened == ()


def test_the_plan_counts_only_what_the_actor_sees(
    workspace: Any, amelie: Any, bob: Any, root: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(bois, "shared-write")
        session.contacts.share(twice, "shared-write")
    with workspace.write(root) as session:
        hidden = session.contacts.add(Person("Hidden", "Roe", responsibles=["amelie"]))
        session.people.add(bois.id, hidden)
        session.people.add(twice.id, hidden.id)
    plan = workspace.merging(bob).plan(bois.id, [twice.id])
    assert (dict(plan.moved), plan.joined) == ({}, ())
    workspace.merging(bob).apply(plan)
    with workspace.read(amelie) as session:
        assert [one.person_id for one in session.people.list(bois.id)] == [hidden.id]


# Portal


def test_portal_users_of_a_loser_enter_the_winner(workspace: Any, amelie: Any, bois: Any, twice: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(twice, Person("Jane", "Doe", emails=["jane@bois.fr"]))
        login = session.portal.invite(jane, password=PASSWORD, send=False).login
        session.sites.add(bois, Site("Sawmill"))
    plan = workspace.merging(amelie).plan(bois.id, [twice.id])
    assert [(one.viewers, one.name) for one in plan.widened] == [(("portal",), "Bois & Fils")]
    merge = workspace.merging(amelie).apply(plan, widen=True)
    with pytest.raises(Forbidden), workspace.read(PortalUser(login.id, twice.id, login.epoch)):
        pass
    with workspace.read(PortalUser(login.id, bois.id, login.epoch)) as session:
        assert [one.name for one in session.sites.of(bois.id)] == ["Sawmill"]
    workspace.merging(amelie).undo(merge)
    with workspace.read(PortalUser(login.id, twice.id, login.epoch)) as session:
        assert session.sites.of(twice.id) == ()
    with pytest.raises(Forbidden), workspace.read(PortalUser(login.id, bois.id, login.epoch)):
        pass


def test_the_login_of_a_loser_moves_and_its_sessions_end(workspace: Any, amelie: Any, bois: Any) -> None:
    jane, joan = add(workspace, amelie, Person("Jane", "Doe"), Person("Joan", "Doe", emails=["joan@bois.fr"]))
    with workspace.write(amelie) as session:
        acting = session.people.add(bois, joan)
        login = session.portal.invite(acting, password=PASSWORD, send=False).login
    merge = merged(workspace, amelie, jane, joan)
    with pytest.raises(Forbidden) as refused, workspace.read(PortalUser(login.id, bois.id, login.epoch)):
        pass
    assert refused.value.code == "portal-session-ended"
    with workspace.write(amelie) as session:
        signed = session.portal.authenticate("joan@bois.fr", PASSWORD)
        assert signed.login.person_id == jane.id
        assert [one.id for one in session.portal.clients(signed.login)] == [bois.id]
    workspace.merging(amelie).undo(merge)
    with workspace.write(amelie) as session:
        assert session.portal.authenticate("joan@bois.fr", PASSWORD).login.person_id == joan.id


@pytest.mark.req("POR-9", "NOT-8")
@pytest.mark.parametrize("whose", ["winner", "loser"])
@pytest.mark.parametrize("by_hand", [False, True])
def test_no_link_reaches_an_address_that_a_merge_leaves_out(
    workspace: Any, storage: Any, amelie: Any, whose: str, by_hand: bool
) -> None:
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://portal.example/password?token={token}")
    jane, joan = (Person("Jane", "Doe", emails=[f"{name}@bois.fr", f"{name}@doe.org"]) for name in ("jane", "joan"))
    jane, joan = add(workspace, amelie, jane, joan)
    whom, other = (jane, joan) if whose == "winner" else (joan, jane)
    address = whom.emails[1].text if by_hand else ""
    with workspace.write(amelie) as session:
        token = session.portal.invite(whom.id, *filter(None, [address]), send=False).token
    with workspace.write(amelie) as session:
        session.portal.request_password(address or whom.emails[0].text)
    merging = workspace.merging(amelie)
    merge = merging.apply(merging.plan(jane.id, [joan.id], rules={"emails": other.id}), widen=True)
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.portal.set_password(token, PASSWORD)
    assert refused.value.code == "token-invalid"
    with workspace.write(amelie) as session:
        session.portal.request_password(address or whom.emails[0].text)
    transport = Takes()
    with Deliverer(storage, transport, sender="acme@acme.example", clock=workspace.host.clock) as deliverer:
        deliverer.run_once()
    assert transport.sent == []
    merging.undo(merge)
    with workspace.read(amelie) as session:
        login = session.portal.of(whom.id)
        assert login.email.text == (address or whom.emails[0].text)


def test_an_address_at_work_that_a_merge_leaves_out_still_finds_the_person(
    workspace: Any, amelie: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe"))
        for client, email in ((bois, "jane@bois.fr"), (twice, "j.doe@bois.fr")):
            session.people.add(client.id, jane.id, email=email)
    merge = merged(workspace, amelie, bois, twice)
    with workspace.read(amelie) as session:
        (acting,) = session.people.of(jane.id)
        assert acting.email.text == "jane@bois.fr"
        assert [email.text for email in acting.retired] == ["j.doe@bois.fr"]
        assert [one.id for one in session.people.recognise("j.doe@bois.fr")] == [jane.id]
    workspace.merging(amelie).undo(merge)
    with workspace.read(amelie) as session:
        assert {(one.email.text, one.retired) for one in session.people.of(jane.id)} == {
            ("jane@bois.fr", ()),
            ("j.doe@bois.fr", ()),
        }


def test_two_logins_are_refused_by_name(workspace: Any, amelie: Any, bois: Any) -> None:
    people = add(workspace, amelie, *[Person("Jane", "Doe", emails=[f"j{n}@bois.fr"]) for n in range(2)])
    with workspace.write(amelie) as session:
        for one in people:
            session.portal.invite(session.people.add(bois, one), password=PASSWORD, send=False)
    with pytest.raises(Invalid) as refused:
        workspace.merging(amelie).plan(people[0].id, [people[1].id])
    assert refused.value.code == "two-logins"


def test_a_waiting_letter_follows_a_merge_and_its_undo(workspace: Any, amelie: Any, root: Any) -> None:
    bois, twice = add(workspace, amelie, Company("Bois"), Company("BOIS"))
    with workspace.write(amelie) as session:
        jane = session.people.add(twice, Person("Jane", "Doe", emails=["jane@bois.fr"]), notifications=["invoice"])
        chosen = session.notifications.by_hand(twice, "invoice", [jane.person_id])
        (queued,) = session.notifications.send(twice, chosen, subject="Invoice", text="Here.")

    def about() -> tuple[str, tuple[str, ...]]:
        with workspace.read(root) as session:
            message = session.outbox.get(queued.message.id)
            return message.grounds.contact_id, message.about

    before = about()
    merge = merged(workspace, amelie, bois, twice)
    assert about()[0] == bois.id
    assert twice.id not in about()[1]
    workspace.merging(amelie).undo(merge)
    assert about() == before


# What cannot be meant


@pytest.mark.parametrize(
    ("code", "path", "ask"),
    [
        ("losers-missing", "losers", lambda m, one, other: m.plan(one, [])),
        ("same-contact", "winner", lambda m, one, other: m.plan(one, [one])),
        ("same-contact", "losers[0]", lambda m, one, other: m.plan(one, [other, other.id])),
        ("too-many", "losers", lambda m, one, other: m.plan(one, ["1"] * 51)),
        ("not-a-list", "losers", lambda m, one, other: m.plan(one, other)),
        ("rights-unknown", "rights", lambda m, one, other: m.plan(one, [other], rights="all")),
        ("edit-not-stored", "winner", lambda m, one, other: m.plan(attrs.evolve(one, name="X"), [other])),
        ("edit-not-stored", "losers[0]", lambda m, one, other: m.plan(one, [attrs.evolve(other, name="X")])),
        ("record-type", "plan", lambda m, one, other: m.apply("plan")),
        ("yes-no-type", "widen", lambda m, one, other: m.apply(m.plan(one, [other]), widen="yes")),
    ],
)
def test_a_merge_that_cannot_be_meant_is_refused(
    merging: Any, bois: Any, twice: Any, code: str, path: str, ask: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        ask(merging, bois, twice)
    assert (refused.value.code, refused.value.problems[0].path) == (code, path)


def test_across_kinds_in_the_trash_and_after_a_merge_there_is_a_named_answer(
    workspace: Any, amelie: Any, merging: Any, bois: Any, twice: Any
) -> None:
    jane, third = add(workspace, amelie, Person("Jane", "Doe"), Company("Sud"))
    merged(workspace, amelie, bois, twice)
    with workspace.write(amelie) as session:
        session.contacts.delete(third)
    cases = [
        ("kind-differs", bois.id, jane.id),
        ("merged-already", jane.id, twice.id),
        ("merged-already", twice.id, bois.id),
        ("contact-in-trash", bois.id, third.id),
        ("contact-in-trash", third.id, bois.id),
    ]
    for code, winner, loser in cases:
        with pytest.raises(Invalid) as refused:
            merging.plan(winner, [loser])
        assert refused.value.code == code
    with pytest.raises(NotFound):
        merging.plan(bois.id, ["nobody"])


def test_a_contact_that_changed_since_the_plan_is_a_conflict(
    workspace: Any, amelie: Any, merging: Any, bois: Any, twice: Any
) -> None:
    plan = merging.plan(bois, [twice])
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(twice, division="South"))
    with pytest.raises(Conflict):
        merging.apply(plan)
    with workspace.read(amelie) as session:
        assert session.contacts.get(twice.id).division == "South"


# Undo


def test_what_was_added_after_the_merge_stays_with_the_winner(
    workspace: Any, amelie: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        mill = session.sites.add(twice, Site("Sawmill"))
    merge = merged(workspace, amelie, bois, twice)
    with workspace.write(amelie) as session:
        session.sites.save(attrs.evolve(session.sites.get(mill.id), name="New mill"))
        session.sites.add(twice.id, Site("Depot"))
        session.people.add(bois.id, Person("Zoe"))
    undone = workspace.merging(amelie).undo(merge)
    assert undone.state == "undone"
    with workspace.read(amelie) as session:
        assert [one.name for one in session.sites.of(twice.id)] == ["New mill"]
        assert [one.name for one in session.sites.of(bois.id)] == ["Depot"]
        assert len(session.people.list(bois.id)) == 1


def test_an_undo_that_cannot_be_done_changes_nothing_and_says_why(
    workspace: Any, amelie: Any, bob: Any, root: Any, bois: Any, twice: Any
) -> None:
    (third,) = add(workspace, amelie, Company("Bois Sud"))
    merging = workspace.merging(amelie)
    merge = merged(workspace, amelie, bois, twice)

    def refusal(of: Any = merging) -> str:
        with pytest.raises(Invalid) as refused:
            of.undo(merge)
        return refused.value.code

    with pytest.raises(NotFound):
        workspace.merging(bob).undo(merge)
    with pytest.raises(NotFound):
        merging.undo("nobody")
    with workspace.write(amelie) as session:
        winner = session.contacts.get(bois.id)
        changed = session.contacts.save(attrs.evolve(winner, emails=["new@bois.fr"]))
    assert refusal() == "changed-since"
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(changed, emails=winner.emails))
        session.contacts.delete(bois.id)
    assert refusal() == "winner-deleted"
    with workspace.write(amelie) as session:
        session.trash.restore(bois.id)
    later = merged(workspace, amelie, third, bois)
    assert refusal() == "merged-since"
    merging.undo(later)
    assert merging.undo(merge).state == "undone"
    assert refusal() == "already-undone"
    assert refusal(workspace.merging(root)) == "already-undone"
    again = merged(workspace, amelie, bois, twice)
    with workspace.write(root) as session:
        session.contacts.delete(bois.id)
        session.trash.purge(bois.id)
    with pytest.raises(Invalid) as refused:
        merging.undo(again)
    assert refused.value.code == "winner-deleted"


@pytest.mark.req("DIR-1")
def test_a_merge_is_not_undone_while_somebody_whose_affiliation_comes_back_is_a_company(
    workspace: Any, amelie: Any, bois: Any, twice: Any
) -> None:
    with workspace.write(amelie) as session:
        jo = session.contacts.add(Person("Jo", "Doe"))
        for client in (bois, twice):
            session.people.add(client.id, jo.id)
    merge = merged(workspace, amelie, bois, twice)
    with workspace.write(amelie) as session:
        (acting,) = [one for one in session.people.list(bois.id) if one.person_id == jo.id]
        session.people.remove(acting)
        session.contacts.convert(jo.id, "company")
    with pytest.raises(Invalid) as refused:
        workspace.merging(amelie).undo(merge)
    assert [(one.code, one.path, one.value) for one in refused.value.problems] == [("changed-since", "kind", jo.id)]
    with workspace.write(amelie) as session:
        session.contacts.convert(jo.id, "person")
    workspace.merging(amelie).undo(merge)
    with workspace.read(amelie) as session:
        assert jo.id in [one.person_id for one in session.people.list(twice.id)]


@pytest.mark.req("ACC-3")
def test_somebody_hidden_who_is_a_company_now_does_not_prevent_the_undo_of_a_merge(
    workspace: Any, amelie: Any, bob: Any
) -> None:
    bois, twice = add(workspace, amelie, Company("Bois", access="shared-write"), Company("BOIS", access="shared-write"))
    (jo,) = add(workspace, bob, Person("Jo", "Doe"))
    with workspace.write(bob) as session:
        for client in (bois, twice):
            session.people.add(client.id, jo.id)
    merge = merged(workspace, amelie, bois, twice)
    with workspace.write(bob) as session:
        for one in session.people.list(bois.id):
            session.people.remove(one)
        session.contacts.convert(jo.id, "company")
    assert workspace.merging(amelie).undo(merge).state == "undone"
    with workspace.read(bob) as session:
        assert session.people.list(twice.id) == ()


def test_an_import_that_made_a_loser_is_undone_without_the_winner(workspace: Any, amelie: Any, bois: Any) -> None:
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("Company,E-mail\nBOIS,north@bois.fr\n"))
    with workspace.read(amelie) as session:
        (made,) = [card for card in session.contacts.page() if card.name == "BOIS"]
    merged(workspace, amelie, bois, made)
    imports.undo(report.id)
    with workspace.read(amelie) as session:
        assert session.contacts.get(made.id).id == bois.id
        assert len(session.contacts.get(bois.id).emails) == 2


def test_a_copy_of_a_loser_is_no_copy_of_the_winner(workspace: Any, amelie: Any) -> None:
    bois, twice = add(workspace, amelie, Company("Bois"), Company("BOIS"))
    jane = add(workspace, amelie, Person("Jane", "Doe"))[0]
    with workspace.write(amelie) as session:
        session.people.add(bois, jane)
        copy = session.people.add(twice, jane.id)
    merged(workspace, amelie, bois, twice)
    with workspace.write(amelie) as session:
        for act in (
            lambda: session.contacts.save(attrs.evolve(twice, version=2, name="Overwritten")),
            lambda: session.contacts.save(attrs.evolve(twice, name="Overwritten")),
            lambda: session.contacts.delete(twice),
            lambda: session.people.save(attrs.evolve(copy, position="CEO")),
        ):
            with pytest.raises(Conflict):
                act()
    with workspace.read(amelie) as session:
        assert session.contacts.get(bois.id).name == "Bois"


def test_the_history_undoes_no_merge(workspace: Any, amelie: Any, bois: Any, twice: Any) -> None:
    merge = merged(workspace, amelie, bois, twice)
    workspace.merging(amelie).undo(merge)
    with workspace.write(amelie) as session:
        undo, merging = session.history.of(bois.id).items[:2]
        assert (undo.cause, merging.cause, merging.cause_id) == ("undo", "merge", merge.id)
        for act in (undo, merging):
            with pytest.raises(Invalid) as refused:
                session.history.undo(act)
            assert refused.value.code == "merge-act"


# The host


class Billing:
    """The records of an application."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def merged(self, workspace: str, merge_id: str, winner_id: str, loser_ids: tuple[str, ...]) -> None:
        self.calls.append(("merged", workspace, merge_id, winner_id, *loser_ids))

    def unmerged(self, workspace: str, merge_id: str, winner_id: str, loser_ids: tuple[str, ...]) -> None:
        self.calls.append(("unmerged", workspace, merge_id, winner_id, *loser_ids))


def test_the_records_of_the_application_follow_a_merge_and_its_undo(storage: Storage, amelie: Any) -> None:
    billing = Billing()
    workspace = Workspace(storage, "hosted", host=Host(references=billing))
    one, other = add(workspace, amelie, Company("Bois"), Company("BOIS"))
    merge = merged(workspace, amelie, one, other)
    workspace.merging(amelie).undo(merge)
    assert billing.calls == [
        ("merged", "hosted", merge.id, one.id, other.id),
        ("unmerged", "hosted", merge.id, one.id, other.id),
    ]
    with pytest.raises(Invalid) as refused:
        Host(references=lambda: None)
    assert refused.value.code == "not-references"


def test_an_error_of_the_application_undoes_the_merge(storage: Storage, amelie: Any) -> None:
    class Broken(Billing):
        def merged(self, *_: Any) -> None:
            raise RuntimeError

    workspace = Workspace(storage, "broken", host=Host(references=Broken()))
    one, other = add(workspace, amelie, Company("Bois"), Company("BOIS"))
    with pytest.raises(RuntimeError):
        merged(workspace, amelie, one, other)
    with workspace.read(amelie) as session:
        assert session.contacts.get(other.id).name == "BOIS"
    assert workspace.merging(amelie).list() == ()


# Large merges


class Killed(BaseException):
    """Ends a merge as a killed process does."""


def test_a_large_merge_and_its_undo_resume_after_a_kill(
    workspace: Any, amelie: Any, bois: Any, twice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 4)
    with workspace.write(amelie) as session:
        for number in range(11):
            session.timeline.add(twice, Interaction(f"Call {number}"))
    merging = workspace.merging(amelie)
    plan = merging.plan(bois.id, [twice.id])

    def kill(_: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        merging.apply(plan, progress=kill)
    assert [one.state for one in merging.list()] == ["running"]
    with workspace.read(amelie) as session:
        assert len(session.timeline.page(bois.id).items) == 4
        assert session.contacts.get(twice.id).name == "BOIS"
    merge = merging.apply(plan)
    assert merge.state == "done"
    with workspace.read(amelie) as session:
        assert len(session.timeline.page(bois.id).items) == 11
    with pytest.raises(Killed):
        merging.undo(merge, progress=kill)
    assert merging.get(merge).state == "undoing"
    assert merging.undo(merge).state == "undone"
    with workspace.read(amelie) as session:
        assert len(session.timeline.page(twice.id).items) == 11
        assert session.timeline.page(bois.id).items == ()


def test_a_killed_merge_can_be_undone(
    workspace: Any, amelie: Any, bois: Any, twice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 4)
    with workspace.write(amelie) as session:
        for number in range(9):
            session.timeline.add(twice, Interaction(f"Call {number}"))
    merging = workspace.merging(amelie)

    def kill(_: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        merging.apply(merging.plan(bois.id, [twice.id]), progress=kill)
    assert merging.undo(merging.list()[0]).state == "undone"
    with workspace.read(amelie) as session:
        assert len(session.timeline.page(twice.id).items) == 9


@pytest.mark.parametrize("killed", ["merge", "undo"])
def test_a_killed_act_is_not_undone_as_long_as_its_records_cannot_go_back(
    workspace: Any, amelie: Any, bois: Any, twice: Any, killed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 4)
    (third,) = add(workspace, amelie, Company("Third"))
    with workspace.write(amelie) as session:
        for number in range(9):
            session.timeline.add(twice, Interaction(f"Call {number}"))
    merging = workspace.merging(amelie)

    def kill(_: int) -> None:
        raise Killed

    plan = merging.plan(bois.id, [twice.id])
    if killed == "merge":
        with pytest.raises(Killed):
            merging.apply(plan, progress=kill)
    else:
        merging.apply(plan)
        with pytest.raises(Killed):
            merging.undo(merging.list()[0], progress=kill)
    (first,) = merging.list()
    later = merging.apply(merging.plan(third.id, [bois.id]))
    with pytest.raises(Invalid) as refused:
        merging.undo(first)
    assert refused.value.code == "merged-since"
    merging.undo(later)
    with workspace.write(amelie) as session:
        session.contacts.delete(session.contacts.get(bois.id))
    with pytest.raises(Invalid) as refused:
        merging.undo(first)
    assert refused.value.code == "winner-deleted"
    with workspace.write(amelie) as session:
        session.trash.restore(bois.id)
    assert merging.undo(first).state == "undone"
    with workspace.read(amelie) as session:
        assert len(session.timeline.page(twice.id).items) == 9


def test_the_undo_of_a_killed_merge_leaves_the_records_of_a_purged_contact_where_they_are(
    workspace: Any, amelie: Any, root: Any, bois: Any, twice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 4)
    with workspace.write(amelie) as session:
        for number in range(9):
            session.timeline.add(twice, Interaction(f"Call {number}"))
    merging = workspace.merging(amelie)

    def kill(_: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        merging.apply(merging.plan(bois.id, [twice.id]), progress=kill)
    with workspace.write(amelie) as session:
        session.contacts.delete(session.contacts.get(twice.id))
    with workspace.write(root) as session:
        session.trash.purge(twice.id)
    assert merging.undo(merging.list()[0]).state == "undone"
    with workspace.read(amelie) as session:
        assert len(session.timeline.page(bois.id).items) == 4


def test_a_killed_merge_is_undone_only_by_somebody_who_may_change_the_contacts(
    workspace: Any, amelie: Any, root: Any, bois: Any, twice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 4)
    with workspace.write(amelie) as session:
        for number in range(9):
            session.timeline.add(twice, Interaction(f"Call {number}"))
    merging = workspace.merging(amelie)

    def kill(_: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        merging.apply(merging.plan(bois.id, [twice.id]), progress=kill)
    with workspace.write(root) as session:
        stored = session.contacts.get(twice.id)
        session.contacts.save(attrs.evolve(stored, access="private", responsibles=["bob"]))
    with pytest.raises(Forbidden) as refused:
        merging.undo(merging.list()[0])
    assert refused.value.code == "undo-read-only"


@pytest.mark.req("DIR-14")
@pytest.mark.parametrize("access", ["shared-read", "private"])
def test_a_merge_is_undone_only_by_somebody_who_may_change_the_contact_that_stayed(
    workspace: Any, amelie: Any, root: Any, bois: Any, twice: Any, access: str
) -> None:
    merging = workspace.merging(amelie)
    merged = merging.apply(merging.plan(bois.id, [twice.id]))
    with workspace.write(root) as session:
        stored = session.contacts.get(bois.id)
        session.contacts.save(attrs.evolve(stored, access=access, responsibles=["bob"]))
    with pytest.raises(Forbidden) as refused:
        merging.undo(merged)
    assert refused.value.code == "undo-read-only"
    with workspace.read(root) as session:
        assert session.contacts.get(twice.id).id == bois.id
    assert workspace.merging(root).undo(merged).state == "undone"


@pytest.mark.req("DIR-14", "IMP-7")
def test_the_history_undoes_no_part_of_a_merge_or_of_its_undo(
    workspace: Any, amelie: Any, merging: Any, bois: Any, twice: Any
) -> None:
    merge = merged(workspace, amelie, bois, twice)
    for _ in range(2):
        with workspace.write(amelie) as session:
            act = session.history.of(bois).items[0]
            with pytest.raises(Invalid) as refused:
                session.history.undo(act)
            assert (refused.value.code, refused.value.problems[0].value) == ("merge-act", act.id)
        if merging.get(merge).state == "done":
            merging.undo(merge)
    with workspace.read(amelie) as session:
        assert session.contacts.get(twice.id).name == "BOIS"


def test_plans_and_merges_become_json(merging: Any, bois: Any, twice: Any) -> None:
    plan = merging.plan(bois, [twice])
    assert to_plain(plan)["result"]["name"] == "Bois & Fils"
    assert to_plain(merging.apply(plan))["state"] == "done"


def test_a_portal_user_merges_nothing(workspace: Any, bois: Any) -> None:
    with pytest.raises(Forbidden) as refused:
        workspace.merging(PortalUser("login", bois.id, 0))
    assert refused.value.code == "staff-only"


@pytest.mark.req("ACC-3")
def test_a_hidden_contact_in_the_trash_is_answered_as_a_missing_one(workspace: Any, amelie: Any, bob: Any) -> None:
    (hidden,) = add(workspace, amelie, Company("Hidden", access="private"))
    (own,) = add(workspace, bob, Company("Own"))
    with workspace.write(amelie) as session:
        session.contacts.delete(hidden)
    with pytest.raises(NotFound):
        workspace.merging(bob).plan(own.id, [hidden.id])
