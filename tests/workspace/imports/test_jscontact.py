"""Files of JSContact are imported as vCards are: planned, previewed, applied, resumed, undone, and exported again."""

from __future__ import annotations

import io
import json

import attrs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contactcore import Invalid, Person, Workspace
from contactcore.formats import jscontact
from contactcore.workspace.imports import imports as engine
from contactcore_memory import MemoryStorage
from support.actors import AMELIE
from support.entity_strategies import contacts as some_contacts

pytestmark = [pytest.mark.req("IMP-5"), pytest.mark.cases_in_memory]


def _card(name, **members):
    return {"@type": "Card", "version": "1.0", "name": {"full": name}, **members}


JANE = _card(
    "Jane Doe",
    uid="jane-1",
    emails={"a": {"address": "jane@bois.fr"}},
    phones={"b": {"number": "01 44 55 66 77"}},
    organizations={"c": {"name": "Bois & Fils", "units": [{"name": "Sales"}]}},
    titles={"d": {"name": "CFO", "organizationId": "c"}},
    keywords={"VIP": True},
)
BAD = {"@type": "Card", "emails": {"a": {"address": "jo@"}}}


def _imported(workspace, actor, source, **options):
    imports = workspace.imports(actor)
    return imports.apply(imports.plan(source, **options))


def test_a_card_becomes_a_contact_with_its_company_and_position(workspace, amelie, everybody):
    report = _imported(workspace, amelie, json.dumps([JANE]))
    assert (report.rows, report.created, report.people_created, report.companies_created) == (1, 1, 1, 1)
    found = {one.display_name: one for one in everybody(workspace)}
    jane, bois = found["Jane Doe"], found["Bois & Fils"]
    assert (str(jane.phones[0]), [tag.text for tag in jane.tags]) == ("+33144556677", ["VIP"])
    with workspace.read(amelie) as session:
        (place,) = session.people.list(bois)
    assert (place.person_id, place.position, place.department) == (jane.id, "CFO", "Sales")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le", "cp1252"])
def test_the_content_decides_in_any_encoding(workspace, amelie, everybody, tmp_path, encoding):
    file = tmp_path / "people.csv"
    file.write_bytes(("\n " + json.dumps([_card("Zoé"), BAD], ensure_ascii=False)).encode(encoding))
    given = {"encoding": encoding} if encoding == "cp1252" else {}
    plan = workspace.imports(amelie).plan(file, **given)
    assert plan.format == "jscontact"
    report = workspace.imports(amelie).apply(plan)
    assert (report.created, report.rejected) == (1, 1)
    assert [one.display_name for one in everybody(workspace)] == ["Zoé"]
    assert report.write_rejects(out := io.BytesIO()) == 1
    assert [one["@type"] for one in json.loads(out.getvalue())] == ["Card"]


@pytest.mark.parametrize("text", ["[1,2]\n", '{"a": "Card"}\n', "[x];y\n1;2\n"])
def test_other_json_is_no_file_of_cards(workspace, amelie, text):
    try:
        assert workspace.imports(amelie).plan(text).format == "table"
    except Invalid as error:
        assert error.code == "not-a-table"  # noqa: PT017 - either is right


def test_a_preview_says_what_an_import_does_and_stores_nothing(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    text = ",\n".join(
        (json.dumps(JANE), json.dumps(BAD), "5", '{"@type":"Card",,}', json.dumps(_card("Friends", kind="group")))
    )
    plan = imports.plan(f"[{text}]")
    previewed = imports.preview(plan)
    assert everybody(workspace) == []
    report = imports.apply(plan)
    assert previewed.counts == report.counts
    assert (report.rows, report.created, report.rejected) == (5, 1, 4)
    assert list(previewed.problems) == list(report.problems)
    assert [(one.line, one.column, one.code) for one in report.problems] == [
        (2, "emails/a", "email-syntax"),
        (2, "", "nameless"),
        (3, "", "jscontact-card"),
        (4, "", "jscontact-syntax"),
        (5, "KIND", "vcard-kind"),
    ]


def test_rejected_cards_are_saved_mended_and_imported_again(workspace, amelie, everybody):
    imports, out = workspace.imports(amelie), io.BytesIO()
    report = imports.apply(imports.plan(json.dumps([JANE, BAD, {"@type": "Card"}, _card("Ann")])))
    assert report.write_rejects(out) == 2
    saved = json.loads(out.getvalue())
    assert list(saved[0]) == ["contactcore:reason", *BAD]
    assert saved[0]["contactcore:reason"]
    again = imports.apply(imports.plan(out.getvalue().replace(b"jo@", b"jo@bois.fr")))
    assert (again.created, again.rejected) == (1, 1)
    jo = next(one for one in everybody(workspace) if one.display_name == "jo@bois.fr")
    assert "reason" not in repr(jo.unmapped)


def test_rejects_of_any_value_are_read_again_as_as_many_values(workspace, amelie):
    imports, out = workspace.imports(amelie), io.BytesIO()
    text = ",".join((json.dumps(_card("Ann")), "5", "{}", '["x"]', '{"@type":"Card","a":tru}', '"text"', "{ }"))
    report = imports.apply(imports.plan(f"[{text}]"))
    assert (report.created, report.rejected) == (1, 6)
    assert report.write_rejects(out) == 6
    kept = out.getvalue().replace(b"]\n", b"," + json.dumps(_card("Bo")).encode() + b"]")
    again = imports.apply(imports.plan(kept))
    assert (again.created, again.rejected) == (1, 6)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("form", ["array", "lines"])
def test_an_interrupted_import_resumes_and_doubles_nothing(monkeypatch, workspace, amelie, everybody, form, encoding):
    monkeypatch.setattr(engine, "BATCH", 3)
    cards = [
        json.dumps(_card(f"Pé{n}", organizations={"a": {"name": f"Co{n % 4}"}}), ensure_ascii=False) for n in range(10)
    ]
    text = f"[{', '.join(cards)}]\n" if form == "array" else "\n".join(cards)
    data = text.encode(encoding)

    def stop(_):
        raise KeyboardInterrupt

    imports = workspace.imports(amelie)
    with pytest.raises(KeyboardInterrupt):
        imports.apply(imports.plan(data), stop)
    report = imports.apply(imports.plan(data))
    assert (report.rows_read, report.rows, report.created, report.companies_created) == (7, 10, 10, 4)
    assert len(everybody(workspace)) == 14


def test_an_undo_takes_all_of_it_back(workspace, amelie, everybody):
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))
    report = _imported(workspace, amelie, json.dumps([JANE, _card("Ann")]), policy="update")
    assert (report.updated, report.created) == (1, 1)
    undone = workspace.imports(amelie).undo(report)
    assert (undone.removed, undone.restored, undone.kept) == (2, 1, ())
    (left,) = everybody(workspace)
    assert attrs.evolve(left, version=1) == jane


def test_an_option_of_tables_is_refused(workspace, amelie):
    with pytest.raises(Invalid) as caught:
        workspace.imports(amelie).plan(json.dumps([JANE]), delimiter=";")
    assert (caught.value.code, caught.value.path) == ("vcard-option", "delimiter")


def test_what_was_imported_is_found_again_in_its_own_export(workspace, amelie, everybody):
    _imported(workspace, amelie, json.dumps([JANE, _card("Ann"), _card("Nord", kind="org")]))
    before = everybody(workspace)
    out = io.BytesIO()
    assert workspace.exports(amelie).jscontact(out) == 4
    report = _imported(workspace, amelie, out.getvalue(), policy="update")
    assert (report.created, report.updated, report.skipped) == (0, 0, 4)
    assert everybody(workspace) == before


@given(st.lists(some_contacts(), min_size=1, max_size=3))
@example([Person(full_name="Jo", unmapped={"vCard ORG": "ORG:"})])
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_contacts_are_imported_from_their_cards(contacts):
    workspace = Workspace(MemoryStorage(), "acme")
    contacts = [attrs.evolve(one, id="") for one in contacts]
    report = _imported(workspace, AMELIE, jscontact.dumps(contacts), policy="create")
    assert (report.rows, report.rows_read) == (len(contacts), len(contacts))
    assert report.created + report.rejected == len(contacts)
