from __future__ import annotations

import io
from datetime import date

import attrs
import pytest

from contactcore import Company, Person, User, Workspace
from contactcore.errors import Invalid
from contactcore.rules.primary import enforce

pytestmark = [pytest.mark.req("IMP-2"), pytest.mark.cases_in_memory]


def _numbers(report):
    return (report.rows, report.created, report.updated, report.skipped, report.rejected)


def test_a_person_with_a_company_makes_the_company_once_and_acts_for_it(workspace, amelie, everybody):
    plan = workspace.imports(amelie).plan(
        "First name,Last name,Company,Job title,Department\n"
        "Jane,Doe,Bois & Fils,CFO,Finance\nJo,Roe,BOIS &  FILS,,\n,,Lonely Ltd,,North\n"
    )
    report = workspace.imports(amelie).apply(plan)
    assert _numbers(report) == (3, 3, 0, 0, 0)
    assert (report.people_created, report.companies_created) == (2, 2)
    client = next(one for one in everybody(workspace) if isinstance(one, Company) and one.name == "Bois & Fils")
    lonely = next(one for one in everybody(workspace) if isinstance(one, Company) and one.name == "Lonely Ltd")
    assert lonely.division == "North"
    with workspace.read(amelie) as session:
        jane, jo = session.people.list(client)
        assert (jane.person.given_name, jane.position, jane.department) == ("Jane", "CFO", "Finance")
        assert jane.primary
        assert not jo.primary
        assert session.contacts.count(kind="person") == 2, "people of rows of their own are listed"


@pytest.mark.req("PER-3")
def test_a_later_import_leaves_the_mark_where_it_is(workspace, amelie):
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        first = session.people.add(client, Person("Ann", "Lee"))
    imports = workspace.imports(amelie)
    imports.apply(imports.plan("First name,Last name,Company\nBob,Ray,Bois\nCid,Roy,Bois\n"))
    with workspace.read(amelie) as session:
        people = session.people.list(client)
        assert [one.id for one in people if one.primary] == [first.id]
        assert len(people) == 3


def test_the_same_person_three_times_is_one_and_another_address_is_another_person(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    report = imports.apply(
        imports.plan(
            "First name,Last name,E-mail,Notes\nAnn,Lee,ann@example.com,\nAnn,Lee,ANN@EXAMPLE.COM,\n"
            "ANN,LEE,ann@example.com ,x\nAnn,Lee,other@example.com,\n"
        )
    )
    assert _numbers(report) == (4, 2, 0, 2, 0)
    assert [(one.line, one.code) for one in report.problems] == [(3, "duplicate"), (4, "duplicate")]
    assert len(everybody(workspace)) == 2


@pytest.mark.parametrize("policy", ["skip", "update", "create"])
def test_the_policy_says_what_happens_to_a_known_contact(workspace, amelie, everybody, policy):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Ann", "Lee", emails=["ann@example.com"], description="old"))
    imports = workspace.imports(amelie)
    report = imports.apply(
        imports.plan(
            "First name,Last name,E-mail,Phone,Notes\nAnna,Lee,ann@example.com,+33144556677,new\n", policy=policy
        )
    )
    found = everybody(workspace)
    if policy == "skip":
        assert _numbers(report) == (1, 0, 0, 1, 0)
        assert found[0].phones == ()
    elif policy == "update":
        assert _numbers(report) == (1, 0, 1, 0, 0)
        assert [str(phone) for phone in found[0].phones] == ["+33144556677"]
        assert found[0].description == "old\n\nnew"
        assert found[0].given_name == "Ann", "an update never overwrites"
        assert [(one.column, one.value, one.code) for one in report.problems] == [
            ("First name", "Anna", "kept-existing")
        ]
        assert imports.apply(imports.plan(b"First name,E-mail\nAnn,ann@example.com\n", policy=policy)).skipped == 1
    else:
        assert _numbers(report) == (1, 1, 0, 0, 0)
        assert len(found) == 2
        assert [one.code for one in report.problems] == ["possible-duplicate"]


@pytest.mark.req("IMP-2")
def test_an_update_tells_that_somebody_holds_another_position_there(workspace, amelie):
    imports = workspace.imports(amelie)
    rows = "First name,Company,Position,Department,E-mail\nAnn,Bois,{},ann@example.com\n"
    imports.apply(imports.plan(rows.format("CFO,"), policy="update"))
    report = imports.apply(imports.plan(rows.format("CEO,Sales"), policy="update"))
    assert _numbers(report) == (1, 0, 1, 0, 0)
    assert [(one.column, one.value, one.code) for one in report.problems] == [("Position", "CEO", "kept-existing")]
    with workspace.read(amelie) as session:
        (client,) = session.contacts.page(kind="company")
        (joined,) = session.people.list(client)
        assert (joined.position, joined.department) == ("CFO", "Sales")


def test_a_switchboard_never_merges_two_names(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    text = "First name,Last name,Phone\nAnn,Lee,+33144556677\nBob,Ray,+33144556677\nAnn,Lee,01 44 55 66 77\n"
    assert _numbers(imports.apply(imports.plan(text))) == (3, 2, 0, 1, 0)


def test_a_namesake_in_the_same_company_with_another_address_is_another_person(workspace, amelie):
    imports = workspace.imports(amelie)
    text = (
        "First name,Last name,Company,E-mail\nAnn,Lee,Bois,a@x.fr\nAnn,Lee,Bois,b@x.fr\nAnn,Lee,Bois,\nAnn,Lee,Cuir,\n"
    )
    report = imports.apply(imports.plan(text))
    assert _numbers(report) == (4, 3, 0, 1, 0)
    again = imports.apply(imports.plan(text))
    assert _numbers(again) == (4, 0, 0, 4, 0)


def test_a_company_first_named_by_a_person_is_described_by_its_own_row(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan("First name,Last name,Company,E-mail\nAnn,Lee,Bois,\n,,Bois,info@bois.fr\n,,Bois,\n")
    assert _numbers(imports.preview(plan)) == (3, 1, 1, 1, 0)
    assert _numbers(imports.apply(plan)) == (3, 1, 1, 1, 0)
    (company,) = [one for one in everybody(workspace) if one.kind == "company"]
    assert [str(email) for email in company.emails] == ["info@bois.fr"]


def test_a_lenient_import_keeps_the_rest_of_a_row_and_a_strict_one_rejects_it(
    workspace, new_workspace, amelie, everybody
):
    text = "First name,Last name,E-mail,Phone,Birthday\nAnn,Lee,ann@example.com,call me,someday\n"
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(text))
    assert _numbers(report) == (1, 1, 0, 0, 0)
    phone = next(one for one in report.problems if one.column == "Phone")
    assert (phone.line, phone.value, phone.code) == (2, "call me", "phone-syntax")
    (ann,) = everybody(workspace)
    assert ann.unmapped == {"Phone": "call me", "Birthday": "someday"}
    strict = new_workspace().imports(amelie)
    report = strict.apply(strict.plan(text, strict=True))
    assert _numbers(report) == (1, 0, 0, 0, 1)


def test_rejected_rows_are_written_out_mended_and_imported(workspace, amelie):
    imports = workspace.imports(amelie)
    report = imports.apply(
        imports.plan("Nom;Téléphone\nZoé Çelik;0144556677\nJo Roe;call me\n".encode("cp1252"), strict=True)
    )
    out = io.BytesIO()
    assert report.write_rejects(out) == 1
    text = out.getvalue().decode("cp1252")
    assert text.splitlines()[0] == "Nom;Téléphone;Reason"
    assert text.splitlines()[1].startswith("Jo Roe;call me;")
    mended = out.getvalue().replace(b"call me", b"0144556688")
    assert imports.apply(imports.plan(mended, strict=True)).created == 1


def test_columns_go_to_custom_fields_by_name_or_by_the_callers_word(workspace, amelie, everybody):
    root = User("root", admin=True)
    with workspace.write(root) as session:
        session.settings.define_field("Shoe size", "number")
    imports = workspace.imports(amelie)
    plan = imports.plan("Name,Shoe size,X\nAnn,42,7\nBob,big,\n", mapping={"X": "ignore"})
    assert plan.mapping["Shoe size"] == "fields.shoe-size"
    report = imports.apply(plan)
    ann, bob = everybody(workspace)
    assert (ann.fields, ann.unmapped) == ({"shoe-size": 42}, {"X": "7"})
    assert (bob.fields, bob.unmapped) == ({}, {"Shoe size": "big"})
    assert [(one.line, one.column, one.code) for one in report.problems] == [(3, "Shoe size", "field-not-number")]
    mapped = imports.plan("Name,X\nAnn,42\n", mapping={"X": "fields.shoe-size"})
    assert mapped.mapping["X"] == "fields.shoe-size"
    with pytest.raises(Invalid) as caught:
        imports.plan("Name,X\nAnn,42\n", mapping={"X": "fields.hat"})
    assert caught.value.code == "field-unknown"


@pytest.mark.req("DIR-8")
def test_a_custom_field_takes_the_column_that_would_else_be_kept_beside_the_contact(workspace, amelie, everybody):
    with workspace.write(User("root", admin=True)) as session:
        session.settings.define_field("Hobby", "text")
    imports = workspace.imports(amelie)
    plan = imports.plan("First Name,Last Name,E-mail Address,Hobby,Business Phone\nAnn,Lee,ann@x.fr,Chess,\n")
    assert plan.mapping["Hobby"] == "fields.hobby"
    imports.apply(plan)
    assert [(one.fields, one.unmapped) for one in everybody(workspace)] == [({"hobby": "Chess"}, {})]


def test_types_and_categories_are_found_by_name_or_kept_beside_the_contact(workspace, amelie, everybody):
    with workspace.write(User("root", admin=True)) as session:
        session.settings.add_category("Key account")
    imports = workspace.imports(amelie)
    report = imports.apply(
        imports.plan(
            "Name,Kind of client,Groups\nAnn,Supplier,key account\nBob,Friend,Foes\n",
            mapping={"Kind of client": "type", "Groups": "categories"},
            tags=["from file"],
        )
    )
    ann, bob = everybody(workspace)
    assert (ann.type, ann.categories, [str(tag) for tag in ann.tags]) == ("supplier", ("key-account",), ["from file"])
    assert bob.unmapped == {"Kind of client": "Friend", "Groups": "Foes"}
    assert sorted(one.code for one in report.problems) == ["category-unknown", "type-unknown"]


@pytest.mark.req("ACC-3")
def test_an_import_neither_finds_nor_touches_what_its_actor_may_not_see(workspace, amelie, everybody):
    with workspace.write(User("bob")) as session:
        session.contacts.add(Company("Secret", emails=["x@secret.fr"], responsibles=["bob"]))
        session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    imports = workspace.imports(amelie)
    report = imports.apply(
        imports.plan("First name,Last name,Company,E-mail\nAnn,Lee,Secret,ann@x.fr\n", policy="update")
    )
    assert _numbers(report) == (1, 1, 0, 0, 0)
    assert report.companies_created == 1
    assert list(report.problems) == []
    assert len(everybody(workspace)) == 4


@pytest.mark.req("ACC-2")
def test_what_the_actor_may_only_read_is_skipped_with_a_reason(workspace, amelie, everybody):
    with workspace.write(User("bob")) as session:
        session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"], access="shared-read"))
        session.contacts.add(Company("Bois", access="shared-read"))
    imports = workspace.imports(amelie)
    report = imports.apply(
        imports.plan(
            "First name,Last name,Company,E-mail,Notes\nAnn,Lee,,ann@x.fr,new\nCid,Roy,Bois,,\n", policy="update"
        )
    )
    assert _numbers(report) == (2, 1, 0, 1, 0)
    assert [(one.line, one.code) for one in report.problems] == [(2, "read-only"), (3, "read-only")]
    assert len(everybody(workspace)) == 3


@pytest.mark.req("IMP-3")
def test_a_skipped_row_says_which_item_is_left_out_with_it(workspace, amelie):
    imports = workspace.imports(amelie)
    rows = ("Ann,Lee,ann@x.fr,Rex", "Ann,Lee,ann@x.fr,Bella", "Ann,Lee,ann@x.fr,Rex")
    text = "\n".join(("First name,Last name,E-mail,Item", *rows, "")).encode()
    report = imports.apply(imports.plan(text))
    left_out = [(one.line, one.value) for one in report.problems if one.code == "part-left-out"]
    assert (report.created, report.skipped, left_out) == (1, 2, [(3, "Bella")])
    imports.apply(imports.plan(text, policy="update"))
    with workspace.read(amelie) as session:
        (ann,) = session.contacts.page()
        assert {one.name for one in session.items.of(ann.id)} == {"Rex", "Bella"}
    again = imports.apply(imports.plan(text, strict=True))
    assert [one.code for one in again.problems] == ["duplicate"] * 3


@pytest.mark.req("ACC-1")
def test_contacts_get_the_access_and_responsibles_of_the_plan(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    text = "First name,Last name,E-mail,Company\nAnn,Lee,a@x.fr,Bois\nAnn,Lee,a@x.fr,Bois\n"
    report = imports.apply(imports.plan(text, access="private", responsibles=["bob"]))
    assert _numbers(report) == (2, 1, 0, 1, 0), "a row finds what the same file made, seen or not"
    assert {one.responsibles for one in everybody(workspace)} == {("bob",)}


@pytest.mark.parametrize("policy", ["skip", "update", "create"])
@pytest.mark.req("IMP-3")
def test_a_dry_run_writes_nothing_and_tells_what_the_run_does(workspace, amelie, everybody, policy, monkeypatch):
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", 30)
    imports = workspace.imports(amelie)
    rows = "".join(
        f"P{n % 42},Doe,{'Co' + str(n % 6) if n % 3 else ''},p{n % 42}@x.fr,{n if n % 5 else 'bad'},Note {n % 54}\n"
        for n in range(90)
    )
    plan = imports.plan("First name,Last name,Company,E-mail,Phone,Notes\n" + rows, policy=policy)
    dry = imports.preview(plan)
    assert everybody(workspace) == []
    told = []
    wet = imports.apply(plan, told.append)
    assert dry.counts == wet.counts
    assert [(one.line, one.code) for one in dry.problems] == [(one.line, one.code) for one in wet.problems]
    assert wet.rows == wet.created + wet.updated + wet.skipped + wet.rejected == 90
    assert [one.rows for one in told] == [30, 60, 90]
    assert told[-1].fraction == 1.0
    assert len(everybody(workspace)) == wet.people_created + wet.companies_created


def test_a_finished_import_applied_again_finds_everything_known(workspace, amelie):
    imports = workspace.imports(amelie)
    plan = imports.plan("Name,E-mail\nAnn Lee,a@x.fr\nBob Ray,b@x.fr\n")
    first, second = imports.apply(plan), imports.apply(plan)
    assert (first.created, second.skipped) == (2, 2)
    assert first.id != second.id


def test_the_report_is_one_json_object(workspace, amelie):
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("Nom;E-mail\nZoé;nope\n"))
    found = report.as_dict()
    assert found["encoding"] == "utf-8"
    assert found["delimiter"] == ";"
    assert found["mapping"]["E-mail"] == "emails"
    assert found["rows"] == 1
    assert set(found["problems"][0]) == {"line", "column", "value", "reason", "code", "kind"}
    assert found["problems"][0] == report.problems[0].as_dict() == report.problems[-1].as_dict()


def test_the_feed_carries_the_ids_of_what_was_imported(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    imports.apply(imports.plan("Name\nAnn\nBob\n"))
    with workspace.read(User("root", admin=True)) as session:
        (event,) = [one.event for one in session._transaction.reader.feed() if one.event.name == "contacts.imported"]
    for contact in everybody(workspace):
        assert contact.id.encode() in event.data


def test_two_imports_at_once_make_a_company_once(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan("Name,Company\n" + "".join(f"P{n},Bois\n" for n in range(600)))
    other = imports.plan("Name,Company\nZoe,Bois\n")
    done = []

    def between(progress):
        if not done:
            done.append(imports.apply(other))

    imports.apply(plan, between)
    assert done[0].companies_created == 0
    companies = [one for one in everybody(workspace) if isinstance(one, Company)]
    assert len(companies) == 1
    with workspace.read(amelie) as session:
        assert sum(one.primary for one in session.people.list(companies[0])) == 1


def test_an_updated_name_is_found_in_the_company_too(workspace, amelie):
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        session.people.add(client, Person(emails=["jane@bois.fr"]))
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("First name,Last name,E-mail\nJane,Doe,jane@bois.fr\n", policy="update"))
    assert report.updated == 1
    with workspace.read(amelie) as session:
        assert [hit.id for hit in session.contacts.search("doe") if hit.kind == "company"] == [client.id]


def test_a_row_without_any_name_adds_to_a_company_of_its_address(workspace, amelie, everybody):
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Bois", emails=["info@bois.fr"]))
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("E-mail,Phone\ninfo@bois.fr,+33144556677\n", policy="update"))
    assert _numbers(report) == (1, 0, 1, 0, 0)
    (company,) = everybody(workspace)
    assert (company.name, [str(phone) for phone in company.phones]) == ("Bois", ["+33144556677"])


@pytest.mark.req("PER-3")
@pytest.mark.parametrize("people", [1, 2, 5])
def test_the_mark_of_a_new_company_stands_where_the_rule_puts_it(workspace, amelie, people):
    imports = workspace.imports(amelie)
    imports.apply(imports.plan("First name,Company\n" + "".join(f"Ann {n},Bois\n" for n in range(people))))
    with workspace.read(amelie) as session:
        (company,) = session.contacts.page(kind="company")
        joined = session.people.list(company)
    today = str(joined[0].since)[:10]
    unmarked = [attrs.evolve(one, primary=False, primary_sequence=0) for one in joined]
    ruled = enforce(unmarked, date.fromisoformat(today)).affiliations
    assert len(joined) == people
    assert [(one.id, one.primary) for one in joined] == [(one.id, one.primary) for one in ruled]


def test_plans_are_values_to_look_at(workspace, amelie):
    imports = workspace.imports(amelie)
    plan = imports.plan("Prénom,Nom\nZoé,Çelik\n")
    assert plan.mapping == {"Prénom": "given", "Nom": "family"}
    assert plan.sample[0].family == "Çelik"
    with pytest.raises(Invalid) as caught:
        imports.plan("Nom\nA\n", policy="merge")
    assert caught.value.code == "policy-unknown"
    assert attrs.evolve(plan, strict=True).strict
    assert isinstance(workspace, Workspace)
