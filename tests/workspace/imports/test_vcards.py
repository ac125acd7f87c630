"""Files of vCards are imported as tables are: planned, previewed, applied, resumed, undone, and exported again."""

from __future__ import annotations

import io
import random
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contactcore import Company, Invalid, Person, User, Workspace
from contactcore.formats import vcard
from contactcore.workspace.imports import imports as engine
from contactcore_memory import MemoryStorage
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE, BOB, ROOT
from support.entity_strategies import contacts as some_contacts

pytestmark = pytest.mark.req("IMP-5")


def _card(*lines, version="3.0"):
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


JANE = _card(
    "N:Doe;Jane;;;",
    "FN:Jane Doe",
    "ORG:Bois & Fils;Sales",
    "TITLE:CFO",
    "EMAIL:jane@bois.fr",
    "TEL:01 44 55 66 77",
    "X-AIM:jane5",
    "CATEGORIES:VIP",
)


def _imported(workspace, actor, source, **options):
    imports = workspace.imports(actor)
    return imports.apply(imports.plan(source, **options))


def _by_name(found):
    return {one.display_name: one for one in found}


@pytest.fixture
def _small_batches(monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 3)


def test_a_card_becomes_a_contact_with_its_company_and_position(workspace, amelie, everybody):
    report = _imported(workspace, amelie, JANE)
    assert (report.rows, report.created, report.people_created, report.companies_created) == (1, 1, 1, 1)
    found = _by_name(everybody(workspace))
    jane, bois = found["Jane Doe"], found["Bois & Fils"]
    assert (str(jane.phones[0]), [tag.text for tag in jane.tags]) == ("+33144556677", ["VIP"])
    assert dict(jane.unmapped) == {"vCard X-AIM": "X-AIM:jane5"}
    assert (jane.source, jane.responsibles) == (f"import:{report.id}", ("amelie",))
    with workspace.read(amelie) as session:
        (place,) = session.people.list(bois)
    assert (place.person_id, place.position, place.department) == (jane.id, "CFO", "Sales")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_content_decides_not_the_name_of_the_file(workspace, amelie, tmp_path, encoding):
    cards = tmp_path / "contacts.csv"
    cards.write_bytes(("\r\n" + JANE).encode(encoding))
    assert workspace.imports(amelie).plan(cards).format == "vcard"
    table = tmp_path / "contacts.vcf"
    table.write_text("Name,E-mail\nJo Doe,jo@bois.fr\n", encoding="utf-8")
    assert workspace.imports(amelie).plan(table).format == "table"
    assert _imported(workspace, amelie, cards).created == 1
    assert _imported(workspace, amelie, table).created == 1


@pytest.mark.parametrize(
    "above", ["Forwarded by Ann\r\n\r\n", "Content-Type: text/vcard; charset=utf-8\r\n\r\n", "\ufeff\n--\n"]
)
def test_lines_above_the_first_card_are_reported_and_make_no_table_of_the_file(workspace, amelie, everybody, above):
    report = _imported(workspace, amelie, (above + JANE).encode())
    assert (report.rows, report.created) == (1, 1)
    assert "Jane Doe" in _by_name(everybody(workspace))
    assert "vcard-outside" in {problem.code for problem in report.problems}


def test_a_card_in_a_cell_leaves_the_file_a_table(workspace, amelie, everybody):
    note = JANE.replace("\r\n", "\n")
    report = _imported(workspace, amelie, f'Name,Notes\nKarl Roe,"see\n{note}"\nBo Li,\n'.encode())
    assert (report.rows, report.created) == (2, 2)
    assert {"Karl Roe", "Bo Li"} <= _by_name(everybody(workspace)).keys()


def test_a_preview_says_what_an_import_does_and_stores_nothing(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan(JANE + _card("EMAIL:jo@") + _card("KIND:group", "FN:Friends", version="4.0"))
    previewed = imports.preview(plan)
    assert everybody(workspace) == []
    report = imports.apply(plan)
    assert previewed.counts == report.counts
    assert (report.rows, report.created, report.rejected) == (3, 1, 2)
    assert list(previewed.problems) == list(report.problems)
    assert [(one.line, one.column, one.code) for one in report.problems] == [
        (14, "EMAIL", "email-syntax"),
        (12, "", "nameless"),
        (16, "KIND", "vcard-kind"),
    ]


def test_rejected_cards_are_saved_mended_and_imported_again(workspace, amelie, everybody):
    imports, out = workspace.imports(amelie), io.BytesIO()
    report = imports.apply(imports.plan(JANE + _card("EMAIL:jo@") + _card("FN:Ann")))
    assert report.write_rejects(out) == 1
    saved = out.getvalue().decode()
    assert saved.startswith("BEGIN:VCARD\r\nX-CONTACTCORE-REASON:")
    again = imports.apply(imports.plan(saved.replace("EMAIL:jo@", "EMAIL:jo@bois.fr")))
    assert (again.created, again.rejected) == (1, 0)
    assert "jo@bois.fr" in _by_name(everybody(workspace))
    assert all("REASON" not in name for one in everybody(workspace) for name in one.unmapped)


@pytest.mark.usefixtures("_small_batches")
def test_an_interrupted_import_resumes_and_doubles_nothing(workspace, amelie, everybody):
    cards = "".join(_card(f"FN:P{n}", f"EMAIL:p{n}@x.fr", f"ORG:Co{n % 4}") + "\r\njunk\r\n" for n in range(10))

    def stop(_):
        raise KeyboardInterrupt

    imports = workspace.imports(amelie)
    with pytest.raises(KeyboardInterrupt):
        imports.apply(imports.plan(cards), stop)
    report = imports.apply(imports.plan(cards))
    assert (report.rows_read, report.rows, report.created, report.companies_created) == (7, 10, 10, 4)
    assert len(everybody(workspace)) == 14
    again = imports.apply(imports.plan(cards))
    assert (again.created, again.skipped) == (0, 10)


_CHILD = """
import sys
from pathlib import Path
from contactcore import User, Workspace
from contactcore.workspace.imports import imports as engine
from contactcore_sqlite import SQLiteStorage

engine.BATCH = 20
imports = Workspace(SQLiteStorage(sys.argv[1]), name="acme", country="FR").imports(User("amelie"))
imports.apply(imports.plan(Path(sys.argv[2])), lambda progress: print(progress.rows, flush=True))
"""


def test_a_killed_process_loses_and_doubles_no_card(tmp_path, start_child, everybody):
    database, file = tmp_path / "crm.db", tmp_path / "people.vcf"
    cards = (_card(f"FN:Zoë P{n}", f"EMAIL:p{n}@x.fr", f"ORG:Co{n % 4}", "NOTE:one", "  two") for n in range(120))
    file.write_text("".join(cards), encoding="utf-16", newline="")
    child = start_child("-c", _CHILD, str(database), str(file))
    acknowledged = [int(child.line()) for _ in range(3)][-1]
    child.kill()
    assert child.killed()
    storage = SQLiteStorage(database)
    try:
        workspace = Workspace(storage, name="acme", country="FR")
        imports = workspace.imports(AMELIE)
        report = imports.apply(imports.plan(file))
        assert report.rows_read <= 120 - acknowledged
        assert (report.rows, report.created, report.companies_created, list(report.problems)) == (120, 120, 4, [])
        people = [one for one in everybody(workspace) if one.kind == "person"]
        assert sorted(one.full_name for one in people) == sorted(f"Zoë P{n}" for n in range(120))
        assert {one.description for one in people} == {"one two"}
    finally:
        storage.close()


def test_an_undo_takes_all_of_it_back(workspace, amelie, everybody):
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))
    report = _imported(workspace, amelie, JANE + _card("FN:Ann"), policy="update")
    assert (report.updated, report.created) == (1, 1)
    undone = workspace.imports(amelie).undo(report)
    assert (undone.removed, undone.restored, undone.kept) == (2, 1, ())
    (left,) = everybody(workspace)
    assert attrs.evolve(left, version=1) == jane


@pytest.mark.parametrize(("policy", "counts"), [("skip", (0, 0, 1)), ("update", (0, 1, 0)), ("create", (1, 0, 0))])
def test_a_policy_treats_a_card_like_a_row(workspace, amelie, policy, counts):
    _imported(workspace, amelie, _card("FN:Jane Doe", "EMAIL:jane@bois.fr"))
    report = _imported(workspace, amelie, JANE, policy=policy)
    assert (report.created, report.updated, report.skipped) == counts


def test_a_strict_import_rejects_a_card_with_a_fault(workspace, amelie):
    report = _imported(workspace, amelie, _card("FN:Jo", "EMAIL:jo@") + JANE, strict=True)
    assert (report.created, report.rejected) == (1, 1)


def test_a_national_number_without_a_country_is_a_fault_and_is_kept(storage):
    workspace = Workspace(storage, "abroad")
    report = _imported(workspace, AMELIE, _card("FN:Jo", "TEL;TYPE=cell:06 12 34 56 78"))
    assert [one.code for one in report.problems] == ["phone-country-missing"]
    with workspace.read(AMELIE) as session:
        jo = session.contacts.get(session.contacts.page().items[0].id)
    assert dict(jo.unmapped) == {"vCard TEL": "TEL;TYPE=cell:06 12 34 56 78"}


def test_a_national_number_is_read_with_the_country_of_the_address(workspace, amelie, everybody):
    _imported(workspace, amelie, _card("FN:Jo", "ADR:;;Hauptstr. 1;Berlin;;10115;Germany", "TEL:030 901820"))
    assert str(everybody(workspace)[0].phones[0]) == "+4930901820"


@pytest.mark.parametrize(
    "options", [{"delimiter": ";"}, {"quotechar": '"'}, {"header": True}, {"mapping": {"FN": "full_name"}}]
)
def test_an_option_of_tables_is_refused_for_cards(workspace, amelie, options):
    with pytest.raises(Invalid) as caught:
        workspace.imports(amelie).plan(JANE, **options)
    assert (caught.value.code, caught.value.path) == ("vcard-option", *options)


def test_options_of_the_import_apply_to_cards(workspace, amelie, everybody):
    options = {"tags": ["fair"], "type": "supplier", "responsibles": ["bob"], "access": "shared-read"}
    _imported(workspace, amelie, JANE, **options)
    jane = _by_name(everybody(workspace))["Jane Doe"]
    assert [tag.text for tag in jane.tags] == ["fair", "VIP"]
    assert (jane.type, jane.responsibles, str(jane.access.value)) == ("supplier", ("bob",), "shared-read")


def test_several_organisations_are_several_companies(workspace, amelie, everybody):
    _imported(
        workspace,
        amelie,
        _card("FN:Jo", "a.ORG:Nord", "b.ORG;PREF=1:Sud;A;B", "a.TITLE:Chair", "b.TITLE:CEO", version="4.0"),
    )
    found = _by_name(everybody(workspace))
    with workspace.read(amelie) as session:
        places = {name: session.people.list(found[name])[0] for name in ("Nord", "Sud")}
    assert {name: (one.position, one.department) for name, one in places.items()} == {
        "Nord": ("Chair", ""),
        "Sud": ("CEO", "A, B"),
    }


def test_an_alternative_name_of_an_organisation_is_no_second_company(workspace, amelie, everybody):
    lines = ("ORG;ALTID=1;LANGUAGE=en:Wood", "ORG;ALTID=1;LANGUAGE=fr:Bois")
    _imported(workspace, amelie, _card("FN:Jo", *lines, version="4.0"))
    assert sorted(one.display_name for one in everybody(workspace)) == ["Jo", "Wood"]


def test_a_title_without_a_company_stays_beside_the_contact(workspace, amelie, everybody):
    _imported(workspace, amelie, _card("FN:Jo", "TITLE:CFO"))
    assert dict(everybody(workspace)[0].unmapped) == {"vCard TITLE": "TITLE:CFO"}


def test_what_was_imported_is_found_again_in_its_own_export(workspace, amelie, everybody):
    _imported(workspace, amelie, JANE + _card("FN:Ann") + _card("X-ABShowAs:COMPANY", "ORG:Nord;Lyon"))
    before = everybody(workspace)
    out = io.BytesIO()
    assert workspace.exports(amelie).vcards(out) == 4
    report = _imported(workspace, amelie, out.getvalue(), policy="update")
    assert (report.created, report.updated, report.skipped) == (0, 0, 4)
    assert everybody(workspace) == before


def test_groups_that_join_companies_with_titles_are_no_lines_beside_the_contact(workspace, amelie, everybody):
    _imported(workspace, amelie, _card("FN:Jo Doe", "N:Doe;Jo;;;", "a.ORG:Mill", "b.ORG:Sud", "b.TITLE:CEO"))
    found = _by_name(everybody(workspace))
    assert dict(found["Jo Doe"].unmapped) == {}
    out = io.BytesIO()
    workspace.exports(amelie).vcards(out)
    assert _imported(workspace, amelie, out.getvalue(), policy="update").updated == 0
    with workspace.write(amelie) as session:
        session.people.remove(session.people.list(found["Sud"])[0])
    workspace.exports(amelie).vcards(out := io.BytesIO(), kind="person")
    assert (b"ORG:Mill" in out.getvalue(), b"ORG:Sud" in out.getvalue()) == (True, False)


def test_a_group_with_a_label_keeps_the_line_of_its_company(workspace, amelie, everybody):
    card = _card("FN:Jo Doe", "N:Doe;Jo;;;", "a.ORG:Mill", "a.X-ABLABEL:former", "b.ORG:Sud")
    _imported(workspace, amelie, card)
    jo = _by_name(everybody(workspace))["Jo Doe"]
    assert dict(jo.unmapped) == {"vCard X-ABLABEL": "a.X-ABLABEL:former", "vCard ORG": "a.ORG:Mill"}


def test_a_uid_is_the_same_in_every_export_and_after_another_workspace(workspace, new_workspace, amelie):
    _imported(workspace, amelie, JANE)
    files = [io.BytesIO() for _ in range(3)]
    workspace.exports(amelie).vcards(files[0])
    other = new_workspace()
    _imported(other, amelie, files[0].getvalue())
    other.exports(amelie).vcards(files[1])
    with workspace.write(amelie) as session:
        card = next(iter(session.contacts.page(role="any", kind="person").items))
        session.contacts.save(attrs.evolve(session.contacts.get(card.id), nickname="Jay"))
    workspace.exports(amelie).vcards(files[2])
    uids = [{line for line in one.getvalue().decode().splitlines() if line.startswith("UID")} for one in files]
    assert len(uids[0]) == 2
    assert uids[0] == uids[1] == uids[2]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_an_edit_of_one_field_leaves_the_other_lines_of_a_card(workspace, amelie, version):
    lines = (
        "KIND:individual",
        "N;ALTID=1;LANGUAGE=en:Doe;Jane,Joan;;;",
        "N;ALTID=1;LANGUAGE=fr:Dupont;Jeanne;;;",
        "FN:Jane Doe",
        "NICKNAME:Jay,JD",
        "item1.EMAIL;X-ID=7:jane@bois.fr",
        "item1.X-ABLABEL:Büro",
        "item2.TEL:+33612345678",
        "item2.X-CALLS:mornings",
        "ADR;X-A=1:;;1 rue X,2nd floor;Paris;;75001;France",
        "NOTE;LANGUAGE=en:hello",
        "NOTE;LANGUAGE=fr:bonjour",
        "CATEGORIES;X-P=1:VIP",
        "RELATED;TYPE=spouse:urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af",
        "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        "X-UNKNOWN;X-P=a^nb:1;2,3",
    )
    _imported(workspace, amelie, _card(*lines, version="4.0"))
    with workspace.write(amelie) as session:
        jane = session.contacts.get(session.contacts.page().items[0].id)
        session.contacts.save(attrs.evolve(jane, gender="female"))
    out = io.BytesIO()
    workspace.exports(amelie).vcards(out, version=version)
    written = out.getvalue().decode().replace("\r\n ", "").splitlines()
    for line in lines[1:]:
        same = line if version == "3.0" else line.replace("TEL:", "TEL;VALUE=uri:tel:")
        assert same in written


def test_hidden_contacts_are_not_exported_and_not_found(workspace, amelie, bob):
    _imported(workspace, amelie, JANE)
    out = io.BytesIO()
    assert workspace.exports(bob).vcards(out) == 0
    report = _imported(workspace, bob, JANE)
    assert (report.created, list(report.problems)) == (1, [])


def test_a_mere_contact_person_is_exported(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        session.people.add(bois, Person("Jane", "Doe"), position="CFO")
    out = io.BytesIO()
    assert workspace.exports(amelie).vcards(out, version="3.0") == 2
    assert b"ORG:Bois\r\nTITLE:CFO\r\n" in out.getvalue()


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(several=st.lists(some_contacts(), max_size=4), version=st.sampled_from(["3.0", "4.0"]))
def test_exported_contacts_come_back_into_an_empty_workspace(several, version):
    workspace, other = (Workspace(MemoryStorage(), name, country="FR") for name in ("a", "b"))
    stored = []
    with workspace.write(ROOT) as session:
        for one in several:
            try:
                plain = attrs.evolve(
                    one, id="", version=0, type="", categories=(), fields={}, responsibles=(), unmapped={}
                )
                if plain.external_id:
                    # Two contacts with one external id are one contact for the check below.
                    plain = attrs.evolve(plain, external_id=f"{len(stored)} {plain.external_id}"[:100])
                stored.append(session.contacts.add(plain))
            except Invalid:
                continue
    out = io.BytesIO()
    assert workspace.exports(ROOT).vcards(out, version=version) == len(stored)
    if not stored:
        return
    report = _imported(other, ROOT, out.getvalue(), policy="create")
    assert (report.created, report.rejected) == (len(stored), 0)
    expected = vcard.loads(vcard.dumps(stored, version), country="FR").contacts
    with other.read(ROOT) as session:
        found = [session.contacts.get(one.id) for one in session.contacts.page(role="any", limit=100).items]
    keys = {one.external_id: one for one in found}
    for one in expected:
        back = keys[one.external_id]
        shared = ("emails", "phones", "websites", "socials", "addresses", "tags", "description", "language")
        assert [getattr(back, name) for name in shared] == [getattr(one, name) for name in shared]
        assert back.display_name == one.display_name


def test_a_file_is_read_from_a_path_and_from_a_stream(workspace, amelie, tmp_path):
    path = Path(tmp_path / "a.vcf")
    path.write_bytes(JANE.encode())
    imports = workspace.imports(amelie)
    assert imports.preview(imports.plan(path)).created == 1
    with path.open("rb") as stream:
        plan = imports.plan(stream)
        assert [one.contact.display_name for one in plan.cards] == ["Jane Doe"]
        assert (imports.apply(plan).created, plan.sample, plan.mapping) == (1, (), {})


def test_an_update_adds_the_lines_of_a_newer_card(workspace, amelie, everybody):
    _imported(workspace, amelie, _card("FN:Jo", "EMAIL:jo@x.fr", "X-AIM:jo", "X-B:1", "REV:20250101T000000Z"))
    newer = _card("FN:Jo", "EMAIL:jo@x.fr", "TEL;X-P=1:+33144556677", "X-AIM:jo", "X-AIM:jo2", "REV:20260101T000000Z")
    assert _imported(workspace, amelie, newer, policy="update").updated == 1
    out = io.BytesIO()
    workspace.exports(amelie).vcards(out)
    (text,) = [out.getvalue().decode()]
    found = [line for line in text.splitlines() if line.startswith(("X-", "REV", "TEL"))]
    lines = ["TEL;VALUE=uri;X-P=1:tel:+33144556677", "X-AIM:jo", "X-AIM:jo2", "X-B:1", "REV:20260101T000000Z"]
    assert sorted(found) == sorted(lines)


def test_a_card_that_no_record_can_hold_is_rejected(workspace, amelie):
    large = [f"X-{name}:{'é' * 90_000}" for name in "ABCDEF"]
    report = _imported(workspace, amelie, _card("FN:Jo", *large) + JANE)
    assert (report.created, report.rejected) == (1, 1)
    assert [one.code for one in report.problems] == ["row-too-large"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(seed=521508, policy="skip", strict=False)
@given(seed=st.integers(0, 10**9), policy=st.sampled_from(["skip", "update", "create"]), strict=st.booleans())
def test_every_card_of_a_damaged_file_is_accounted_for(seed, policy, strict):
    chance = random.Random(seed)
    data = bytearray(
        (JANE + _card("FN:Ann", "ORG:Sud;A;B", "ADR;LABEL=x:;;1 rue;Lyon;;;France", "UID:5") + JANE).encode()
    )
    for _ in range(chance.randint(1, 10)):
        place = chance.randrange(12, len(data))
        piece = bytes(chance.choice(b';:,=\\"^\r\n \x00\xe9\xffN') for _ in range(chance.randint(0, 3)))
        data[place : place + chance.randint(0, 4)] = piece
    workspace = Workspace(MemoryStorage(), "a", country="FR")
    imports = workspace.imports(ROOT)
    try:
        plan = imports.plan(bytes(data), policy=policy, strict=strict)
    except Invalid as error:
        assert error.code == "not-a-table"  # noqa: PT017 - any other outcome is fine too
        return
    previewed, report = imports.preview(plan), imports.apply(plan)
    assert previewed.counts == report.counts
    assert report.rows == report.created + report.updated + report.skipped + report.rejected
    out, saved = io.BytesIO(), io.BytesIO()
    if plan.format == "vcard":
        assert report.rows >= 1
        assert report.write_rejects(saved) == report.rejected
    written = workspace.exports(ROOT).vcards(out)
    assert written == report.people_created + report.companies_created
    imports.undo(report)


def test_a_plan_of_cards_belongs_to_its_actor(workspace):
    plan = workspace.imports(AMELIE).plan(JANE)
    with pytest.raises(Invalid):
        workspace.imports(BOB).apply(plan)
    assert workspace.imports(User("amelie")).apply(plan).created == 1


@pytest.mark.parametrize("group", ["", "g{}."])
def test_a_card_of_thousands_of_companies_makes_a_hundred(workspace, amelie, everybody, group):
    lines = [line for n in range(1_500) for line in (f"{group}ORG:Firm {n}", f"{group}TITLE:Title {n}")]
    lines = [line.format(place // 2) for place, line in enumerate(lines)]
    report = _imported(workspace, amelie, _card("N:Doe;Jane;;;", *lines))
    assert (report.people_created, report.companies_created) == (1, 100)
    assert [one.code for one in report.problems] == ["too-many"]
    jane = _by_name(everybody(workspace))["Jane Doe"]
    # A group that only joins a company and a position is not kept where both are stored.
    assert jane.unmapped["vCard ORG"].count("\n") + 1 == 1_400
