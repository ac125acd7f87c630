"""Rows that overwrite, rows with one e-mail address and two names, and the list of past imports."""

from __future__ import annotations

import io

import pytest

from contactcore import Company, Invalid, Item, Person, Site, User

pytestmark = [pytest.mark.req("IMP-2"), pytest.mark.cases_in_memory]


def _jane(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        person = Person("Jane", "Doe", nickname="J", emails=["jane@bois.fr"], description="Old", access="private")
        return session.people.add(bois, person, position="CFO", end="2035-01-01")


_FILE = "First name,Last name,E-mail,Nickname,Notes,Company,Position\nJoan,Doe,jane@bois.fr,(clear),,Bois,CEO\n"


def test_an_overwriting_row_wins_an_empty_cell_leaves_and_the_marker_clears(workspace, amelie):
    jane = _jane(workspace, amelie)
    imports = workspace.imports(amelie)
    plan = imports.plan(_FILE, policy="overwrite")
    dry, report = imports.preview(plan), imports.apply(plan)
    expected = [
        ("given_name", "Jane", "Joan"),
        ("nickname", "J", ""),
        ("affiliation.position", "CFO", "CEO"),
    ]
    assert [(one.field, one.before, one.after) for one in dry.changes] == expected
    assert [*dry.changes] == [*report.changes]
    with workspace.read(amelie) as session:
        after = session.people.get(jane.id)
        assert (after.person.given_name, after.person.nickname, after.person.description) == ("Joan", "", "Old")
        assert (after.position, str(after.end)) == ("CEO", "2035-01-01")
    undone = imports.undo(report)
    assert (undone.restored, undone.affiliations, undone.kept) == (1, 1, ())
    with workspace.read(amelie) as session:
        again = session.people.get(jane.id)
        assert (again.person.given_name, again.person.nickname, again.position) == ("Jane", "J", "CFO")


def test_an_update_adds_and_never_overwrites(workspace, amelie):
    _jane(workspace, amelie)
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(_FILE.replace("(clear)", "Joanie"), policy="update"))
    assert [*report.changes] == []
    assert {one.code for one in report.problems} == {"kept-existing", "nothing-new"}


def test_a_policy_that_does_not_exist_is_refused(workspace, amelie):
    with pytest.raises(Invalid) as caught:
        workspace.imports(amelie).plan(_FILE, policy="replace")
    assert caught.value.code == "policy-unknown"


def _created(workspace, amelie, file, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan(file)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    names = sorted(one.display_name for one in everybody(workspace))
    return names, [one.code for one in report.problems]


def test_one_address_with_two_names_makes_two_people_once(workspace, amelie, everybody):
    file = "First name,Last name,E-mail\nAnn,Lee,office@bois.fr\nBob,Ray,office@bois.fr\n"
    names, codes = _created(workspace, amelie, file, everybody)
    assert (names, codes) == (["Ann Lee", "Bob Ray"], ["same-email"])
    names, codes = _created(workspace, amelie, file, everybody)
    assert (names, codes) == (["Ann Lee", "Bob Ray"], ["duplicate", "duplicate"])


@pytest.mark.parametrize("name", ["A. Lee", "Anne Lee", '"Lee, Ann"'])
def test_one_address_with_two_spellings_of_a_name_makes_one_person(workspace, amelie, everybody, name):
    names, codes = _created(workspace, amelie, f"Name,E-mail\nAnn Lee,a@bois.fr\n{name},a@bois.fr\n", everybody)
    assert (names, codes) == (["Ann Lee"], ["duplicate"])


@pytest.mark.usefixtures("small_transactions")
@pytest.mark.parametrize("between", [0, 5])
def test_another_family_name_is_another_person_in_one_file_and_the_same_one_later(
    workspace, amelie, everybody, between
):
    others = "".join(f"Zoe{index},Roe{index},z{index}@bois.fr\n" for index in range(between))
    file = f"First name,Last name,E-mail\nAnn,Lee,a@bois.fr\n{others}Ann,Ray,a@bois.fr\n"
    names, codes = _created(workspace, amelie, file, everybody)
    assert names[:2] == ["Ann Lee", "Ann Ray"]
    assert codes == ["same-email"]
    names, codes = _created(workspace, amelie, "First name,Last name,E-mail\nAnn,Roy,a@bois.fr\n", everybody)
    assert names[:2] == ["Ann Lee", "Ann Ray"]
    assert codes == ["duplicate"]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("stored", [True, False])
def test_the_contact_of_a_shared_address_is_found_in_whatever_batch_a_row_is(
    workspace, amelie, everybody, monkeypatch, stored, batch
):
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    if stored:
        with workspace.write(amelie) as session:
            session.contacts.add(Person("Zoe", "Roe", emails=["office@bois.fr"]))
    rows = ("" if stored else "Zoe Roe") + "\nAnn Lee\nBob Ray\nA. Lee\nB. Ray\nZ. Roe\n"
    file = "Name,E-mail\n" + "".join(f"{name},office@bois.fr\n" for name in rows.split("\n") if name)
    names, codes = _created(workspace, amelie, file, everybody)
    if stored:
        # The first contact of the directory and the first one of the file have the address.
        assert names == ["Ann Lee", "B. Ray", "Bob Ray", "Zoe Roe"]
        assert codes == ["same-email", "same-email", "duplicate", "same-email", "duplicate"]
    else:
        assert names == ["A. Lee", "Ann Lee", "B. Ray", "Bob Ray", "Zoe Roe"]
        assert codes == ["same-email"] * 4 + ["duplicate"]


@pytest.mark.parametrize("policy", ["update", "overwrite"])
@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("key", ["0144556677", "office@bois.fr"])
def test_a_contact_that_got_its_name_by_a_row_is_not_the_one_of_another_name(
    workspace, amelie, everybody, monkeypatch, policy, stored, batch, key
):
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    if stored:
        with workspace.write(amelie) as session:
            kept = {"emails": [key]} if "@" in key else {"phones": [key]}
            session.contacts.add(Person(**kept, access="private"))
    names = ["Ann Lee", "Bob Ray", "Cid Fox"] if stored else ["", "Ann Lee", "Bob Ray", "Cid Fox"]
    file = "Name,E-mail,Phone\n" + "".join(f"{name},{key},\n" if "@" in key else f"{name},,{key}\n" for name in names)
    imports = workspace.imports(amelie)
    plan = imports.plan(file, policy=policy)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    assert (report.created, report.updated) == (2 if stored else 3, 1)
    assert sorted(one.display_name for one in everybody(workspace)) == ["Ann Lee", "Bob Ray", "Cid Fox"]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("stored", [True, False])
def test_an_overwriting_row_wins_against_an_affiliation_of_an_earlier_row(
    workspace, amelie, monkeypatch, stored, batch
):
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    if stored:
        with workspace.write(amelie) as session:
            bois = session.contacts.add(Company("Bois", access="private"))
            session.people.add(
                bois,
                Person("Ann", "Lee", full_name="Ann Lee", emails=["ann@bois.fr"], access="private"),
                position="CEO",
            )
    rows = ("CEO,", "CFO,", ",Sales", "CFO,Sales")
    file = "Name,E-mail,Company,Position,Department\n" + "".join(f"Ann Lee,ann@bois.fr,Bois,{row}\n" for row in rows)
    imports = workspace.imports(amelie)
    plan = imports.plan(file, policy="overwrite")
    dry, report = imports.preview(plan), imports.apply(plan)
    changes = [("affiliation.position", "CEO", "CFO"), ("affiliation.department", "", "Sales")]
    for one in (dry, report):
        assert [(change.field, change.before, change.after) for change in one.changes] == changes
        assert (one.created, one.updated, one.skipped) == ((0, 2, 2) if stored else (1, 2, 1))
    with workspace.read(amelie) as session:
        ((ann,),) = [session.people.list(card.id) for card in session.contacts.page(kind="company")]
        assert (ann.position, ann.department) == ("CFO", "Sales")


@pytest.mark.req("IMP-9")
def test_rows_with_different_ids_are_two_contacts(workspace, amelie, everybody):
    file = (
        "Contact ID,Kind,First name,Last name,Company,E-mail 1\n"
        "1,person,Ann,Lee,,a@bois.fr\n2,person,Ann,Lee,,a@bois.fr\n3,company,,,Bois,\n4,company,,,Bois,\n"
    )
    names, codes = _created(workspace, amelie, file, everybody)
    assert names == ["Ann Lee", "Ann Lee", "Bois", "Bois"]
    assert codes == []


@pytest.mark.req("IMP-9")
@pytest.mark.usefixtures("small_transactions")
def test_rows_refer_by_id_over_transactions_and_an_edited_division_makes_no_second_company(
    workspace, new_workspace, amelie
):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois", division="Nord"), sites=[Site("Mill")], items=[Item("Saw")])
        (mill,) = session.sites.of(bois)
        for index in range(9):
            session.people.add(bois, Person(f"P{index}", "Doe"), site=mill, end="2020-01-01" if index else None)
    out = io.BytesIO()
    workspace.exports(amelie).csv(out)
    edited = out.getvalue().replace(b"Nord", b"Sud", 1)
    for target in (workspace, new_workspace()):
        imports = target.imports(amelie)
        report = imports.apply(imports.plan(edited, policy="overwrite"))
        assert report.rejected == 0
        with target.read(amelie) as session:
            (client,) = session.contacts.page(kind="company").items
            assert client.name == "Bois, Sud"
            people = session.people.list(client.id)
            assert len(people) == 9
            assert [one.person.given_name for one in session.people.list(client.id, current=True)] == ["P0"]
            (site,) = session.sites.of(client.id)
            assert {one.site_id for one in people} == {site.id}
            assert [one.name for one in session.items.of(client.id)] == ["Saw"]


@pytest.mark.req("IMP-3")
def test_past_imports_are_listed_newest_first_to_their_user_and_to_admins(workspace, amelie):
    imports = workspace.imports(amelie)
    first = imports.apply(imports.plan("Name\nJo Doe\n"))
    second = imports.apply(imports.plan("Name\nAnn Lee\nBob Ray\n"))
    imports.undo(first)
    found = imports.list()
    assert [(one.id, one.state, one.counts.created) for one in found] == [
        (second.id, "done", 2),
        (first.id, "undone", 1),
    ]
    assert [one.id for one in imports.list(limit=1)] == [second.id]
    assert workspace.imports(User("bob")).list() == ()
    assert workspace.imports(User("root", admin=True)).list() == found
    with pytest.raises(Invalid) as caught:
        imports.list(limit=0)
    assert caught.value.code == "limit-out-of-range"


@pytest.mark.req("IMP-9")
@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("source", ["", "hand"])
def test_two_rows_of_one_file_are_two_people_whatever_source_the_file_names(
    workspace, amelie, everybody, monkeypatch, source, batch
):
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    file = (
        "Contact ID,Kind,First name,Last name,E-mail 1,Source\n"
        f"1,person,Ann,Lee,a@bois.fr,{source}\n,person,Ann,Ray,a@bois.fr,{source}\n"
    )
    names, codes = _created(workspace, amelie, file, everybody)
    assert names == ["Ann Lee", "Ann Ray"]
    assert codes == ["same-email"]
