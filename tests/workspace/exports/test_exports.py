"""What is exported comes back: field by field into an empty workspace, and without any change into its own."""

from __future__ import annotations

import csv
import io

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contactcore import Address, Company, Person, User, Workspace
from contactcore.errors import Invalid
from contactcore.values import EmailAddress, PartialDate, PhoneNumber, SocialProfile, Website
from contactcore_memory import MemoryStorage
from support.actors import ROOT
from support.entity_strategies import with_one_billing

pytestmark = pytest.mark.req("IMP-4")


_LINE = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=12)
_WORD = st.text("abcÉŁ東=+-@';,\"|\\ 019", min_size=1, max_size=8).filter(str.strip)
_KINDS = st.sampled_from(["", "work", "cell", "büro (nord)", "2", "fax", "home"])
_EMAILS = st.builds(lambda n, kind: EmailAddress(f"p{n}@example.org", kind), st.integers(0, 10**9), _KINDS)
_PHONES = st.builds(
    lambda n, ext, kind: PhoneNumber(f"+33144{n:06d}{f' x{ext}' if ext else ''}", kind=kind),
    st.integers(0, 999_999),
    st.sampled_from(["", "12"]),
    _KINDS,
)
_WEBSITES = st.builds(lambda n, kind: Website(f"https://x{n}.example/a,b;c", kind), st.integers(0, 99), _KINDS)
_SOCIALS = st.sampled_from(
    [
        SocialProfile("linkedin", "jane"),
        SocialProfile("x", "@jane"),
        SocialProfile("skype", "jane.doe"),
        SocialProfile("", "https://club.example/jane"),
    ]
)
_ADDRESSES = st.builds(
    Address,
    street=_WORD,
    street2=st.sampled_from(["", "Building B, 2nd floor"]),
    city=_LINE,
    postal_code=st.sampled_from(["", "01000"]),
    country=st.sampled_from(["", "FR", "Narnia"]),
    label=st.sampled_from(["", "Office", "Head office"]),
    formatted=st.sampled_from(["", "1 rue X\n75001 Paris"]),
    billing=st.booleans(),
)
_SHARED = {
    "emails": st.lists(_EMAILS, max_size=3),
    "phones": st.lists(_PHONES, max_size=3),
    "websites": st.lists(_WEBSITES, max_size=2),
    "socials": st.lists(_SOCIALS, max_size=2),
    "addresses": st.lists(_ADDRESSES, max_size=2).map(with_one_billing),
    "type": st.sampled_from(["", "supplier"]),
    "categories": st.sampled_from([(), ("vip",), ("vip", "cold")]),
    "tags": st.lists(_WORD, max_size=3),
    "description": st.sampled_from(["", "=1+1", "a\n\nb;c", "'+x", "' quoted \""]),
    "currency": st.sampled_from([None, "PLN"]),
    "language": st.sampled_from([None, "pl", "fr-CA"]),
    "external_id": st.sampled_from(["", "0042"]),
    "fields": st.sampled_from([{}, {"size": 42, "likes": ("a;b", "c"), "member": True}]),
    "unmapped": st.dictionaries(st.sampled_from(["Phone", "E-mail", "Old id", "(extra 1)"]), _WORD, max_size=2),
    "listed": st.booleans(),
}
_PEOPLE = st.builds(
    Person,
    given_name=_WORD,
    family_name=_LINE,
    middle_name=_LINE,
    prefix=st.sampled_from(["", "Dr"]),
    nickname=_LINE,
    full_name=st.sampled_from(["", "Some Body"]),
    birthday=st.sampled_from(
        [None, PartialDate(1969, 4, 3), PartialDate(None, 5, 20), PartialDate(1969, 4), PartialDate(1969)]
    ),
    gender=st.sampled_from(["", "x"]),
    **_SHARED,
)
_COMPANIES = st.builds(Company, name=_WORD, division=_LINE, **_SHARED)


def _workspace() -> Workspace:
    workspace = Workspace(MemoryStorage(), name="acme", country="FR")
    with workspace.write(ROOT) as session:
        session.settings.add_category("VIP")
        session.settings.add_category("Cold")
        session.settings.define_field("Size", "number")
        session.settings.define_field("Likes", "choices", choices=["a;b", "c"])
        session.settings.define_field("Member", "yes-no")
    return workspace


def _all(workspace):
    with workspace.read(ROOT) as session:
        found = [session.contacts.get(card.id) for card in session.contacts.page(role="any", limit=500).items]
    # The source says how a contact came into its workspace.
    return sorted((attrs.evolve(one, id="", version=0, source="") for one in found), key=repr)


def _exported(workspace, **options) -> bytes:
    out = io.BytesIO()
    workspace.exports(ROOT).csv(out, **options)
    return out.getvalue()


@given(contacts=st.lists(st.one_of(_PEOPLE, _COMPANIES), min_size=1, max_size=6))
@settings(
    max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_what_is_exported_is_imported_again_field_by_field(contacts):
    ours, theirs = _workspace(), _workspace()
    with ours.write(ROOT) as session:
        for contact in contacts:
            session.contacts.add(contact)
    data = _exported(ours)
    imports = theirs.imports(ROOT)
    report = imports.apply(imports.plan(data, policy="create"))
    assert report.created == len(contacts)
    assert [one for one in report.problems if one.code != "possible-duplicate"] == []
    assert _all(theirs) == _all(ours)
    before = _all(ours)
    for policy in ("skip", "update"):
        again = ours.imports(ROOT)
        report = again.apply(again.plan(data, policy=policy))
        assert report.skipped == len(contacts)
    assert _all(ours) == before


def test_whom_people_act_for_comes_back_with_the_primary_one(workspace, new_workspace, amelie):
    with workspace.write(amelie) as session:
        bois, cuir = session.contacts.add(Company("Bois", division="Nord")), session.contacts.add(Company("Cuir"))
        zoe = session.people.add(bois, Person("Zoe", "Aab"), position="CFO", department="Finance").person
        ann = session.people.add(bois, Person("Ann", "Zed", emails=["ann@x.fr"]), primary=True).person
        session.people.add(cuir, ann.id, position="Advisor")
    out = io.BytesIO()
    assert workspace.exports(amelie).csv(out, delimiter=";") == 4
    other = new_workspace()
    imports = other.imports(amelie)
    report = imports.apply(imports.plan(out.getvalue()))
    assert (report.created, report.people_created, report.companies_created) == (4, 2, 2)
    with other.read(amelie) as session:
        found = {card.name: card.id for card in session.contacts.page(role="any").items}
        first, second = session.people.list(found["Bois, Nord"])
        assert (first.person.given_name, first.primary) == ("Ann", True)
        assert (second.position, second.department) == ("CFO", "Finance")
        assert [one.position for one in session.people.list(found["Cuir"])] == ["Advisor"]
        assert session.contacts.get(found["Zoe Aab"]).listed is zoe.listed is False


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("hidden", [True, False])
def test_the_sequence_of_an_export_does_not_tell_of_a_hidden_primary(workspace, amelie, hidden):
    with workspace.write(User("bob")) as session:
        client = session.contacts.add(Company("Open", access="shared-write"))
        if hidden:
            session.people.add(client, Person("Hidden", access="private"))
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Other"))
        session.people.add(other, Person("Ann"))
        session.people.add(client, Person("Zoe"))
        session.contacts.add(Person("Mia"))
    out = io.BytesIO()
    assert workspace.exports(amelie).csv(out, kind="person") == 3
    rows = csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")))
    assert [row["First name"] for row in rows] == ["Ann", "Zoe", "Mia"]


@pytest.mark.req("ACC-3")
def test_an_export_holds_what_its_actor_may_see_and_nothing_else(workspace, amelie):
    with workspace.write(User("bob")) as session:
        session.contacts.add(Company("Secret", emails=["x@secret.fr"]))
        client = session.contacts.add(Company("Open", access="shared-read"))
        session.people.add(client, Person("Hidden", "Person", access="private"))
    out = io.BytesIO()
    assert workspace.exports(amelie).csv(out) == 1
    text = out.getvalue().decode("utf-8-sig")
    assert "Open" in text
    assert "ecret" not in text
    assert "Hidden" not in text


def test_cells_that_a_spreadsheet_would_run_are_defused(workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("=cmd()", "+1", phones=["+33144556677"]))
    out = io.BytesIO()
    workspace.exports(amelie).csv(out)
    cells = [cell for row in csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))) for cell in row]
    assert {"'=cmd()", "'+1", "'+33144556677"} <= set(cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_filters_narrow_an_export_and_unknown_ones_are_refused(workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Ann", "Lee", tags=["vip"]))
        session.contacts.add(Company("Bois"))
    out = io.BytesIO()
    assert workspace.exports(amelie).csv(out, tag="vip") == 1
    assert workspace.exports(amelie).csv(out, kind="company") == 1
    with pytest.raises(Invalid) as caught:
        workspace.exports(amelie).csv(out, colour="red")
    assert caught.value.code == "filter-unknown"


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("form", ["csv", "xlsx", "vcards", "jscontact"])
@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"colour": "red"}, "filter-unknown"),
        ({"limit": 5}, "filter-unknown"),
        ({"after": "x"}, "filter-unknown"),
        ({"before": "x"}, "filter-unknown"),
        ({"order": "added"}, "filter-unknown"),
        ({"kind": "firm"}, "kind-unknown"),
        ({"kind": ["person"]}, "kind-unknown"),
        ({"type": "nothing"}, "type-unknown"),
        ({"letter": "ZZZ"}, "letter-unknown"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_and_leaves_the_file_as_it_was(
    workspace, amelie, tmp_path, form, filters, code
):
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Bois"))
    file = tmp_path / "kept"
    file.write_text("kept")
    with pytest.raises(Invalid) as caught:
        getattr(workspace.exports(amelie), form)(file, **filters)
    assert caught.value.code == code
    assert file.read_text() == "kept"


@pytest.mark.parametrize("form", ["csv", "xlsx", "vcards", "jscontact"])
def test_an_export_of_one_letter_has_the_contacts_of_this_letter(workspace, amelie, form):
    with workspace.write(amelie) as session:
        for name in ("Bois", "Mill"):
            session.contacts.add(Company(name))
    assert getattr(workspace.exports(amelie), form)(io.BytesIO(), letter="B") == 1


def test_an_empty_workspace_exports_a_header(workspace, amelie):
    out = io.BytesIO()
    assert workspace.exports(amelie).csv(out) == 0
    imports = workspace.imports(amelie)
    assert imports.apply(imports.plan(out.getvalue())).rows == 0


@pytest.mark.parametrize("name", ["-", "N/A", "NULL", "#REF!"])
def test_a_company_of_ours_comes_back_whatever_it_is_called(name):
    there, here = (Workspace(MemoryStorage(), name="acme") for _ in range(2))
    with there.write(ROOT) as session:
        session.people.add(session.contacts.add(Company(name)), Person("Jo", "Doe"))
    file = io.BytesIO()
    there.exports(ROOT).csv(file)
    assert here.imports(ROOT).apply(here.imports(ROOT).plan(file.getvalue())).created == 2
    with here.read(ROOT) as session:
        assert {card.name for card in session.contacts.page(role="any").items} == {name, "Jo Doe"}


def _primaries(session):
    """The name of the primary contact person by the name of the company."""
    companies = session.contacts.page(kind="company", limit=500).items
    return {card.name: session.people.primary(card.id).person.given_name for card in companies}


@pytest.mark.req("PER-3")
def test_who_is_primary_comes_back_for_each_company_and_not_for_each_person(workspace, new_workspace, amelie):
    with workspace.write(amelie) as session:
        nord, sud = session.contacts.add(Company("Nord")), session.contacts.add(Company("Süd"))
        jane = session.people.add(nord, Person("Jane", "Aab")).person
        session.people.add(sud, jane.id)
        karl = session.people.add(sud, Person("Karl", "Zed"), primary=True).person
        session.people.add(nord, karl.id, position="Advisor")
        before = _primaries(session)
    assert before == {"Nord": "Jane", "Süd": "Karl"}
    out = io.BytesIO()
    workspace.exports(amelie).csv(out)
    other = new_workspace()
    imports = other.imports(amelie)
    report = imports.apply(imports.plan(out.getvalue()))
    assert list(report.problems) == []
    with other.read(amelie) as session:
        assert _primaries(session) == before


@pytest.mark.req("PER-3")
@pytest.mark.parametrize("policy", ["skip", "update"])
def test_an_import_leaves_the_primary_one_of_a_company_that_has_people(workspace, amelie, policy):
    file = (
        "Contact ID,Kind,First name,Last name,Company,Position,Primary contact\n"
        ",person,Karl,Zed,Süd,CFO,yes\n,person,Jane,Aab,Nord,,maybe\n"
    )
    with workspace.write(amelie) as session:
        sud = session.contacts.add(Company("Süd"))
        session.people.add(sud, Person("Mia"))
    imports = workspace.imports(amelie)
    plan = imports.plan(file, policy=policy)
    for report in (imports.preview(plan), imports.apply(plan)):
        found = [(one.line, one.column, one.value, one.code) for one in report.problems]
        assert found == [
            (2, "Primary contact", "yes", "kept-existing"),
            (3, "Primary contact", "maybe", "primary-yes-no"),
        ]
    with workspace.read(amelie) as session:
        assert _primaries(session) == {"Süd": "Mia", "Nord": "Jane"}
