"""The pictures of cards become those of contacts, in a preview, an import, its undo, and an export."""

from __future__ import annotations

import base64
import io
import json

import attrs
import pytest

from contactcore import Person, Workspace
from contactcore.formats import jscontact
from contactcore.formats.pictures import prepare
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.imports import run as running
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.pictures import PictureRepository
from support.actors import AMELIE, BOB, ROOT
from support.import_views import codes, named
from support.pictures import LOGO, PHOTO, corners, saved

pytestmark = [pytest.mark.req("IMP-5"), pytest.mark.cases_in_memory]

OTHER = saved(corners(60, 60), "PNG")


def _photo(data, name="PHOTO"):
    return f"{name};ENCODING=b;TYPE=JPEG:{base64.b64encode(data).decode()}"


def _card(name, *lines):
    given, _, family = name.partition(" ")
    head = ("BEGIN:VCARD", "VERSION:3.0", f"N:{family};{given};;;", f"FN:{name}", f"EMAIL:{given}@bois.fr".lower())
    return "\r\n".join((*head, *lines, "END:VCARD", ""))


JANE = _card("Jane Doe", _photo(PHOTO))


def _run(workspace, source, *, actor=AMELIE, **options):
    imports = workspace.imports(actor)
    plan = imports.plan(source, **options)
    before = imports.preview(plan)
    report = imports.apply(plan)
    assert before.counts == report.counts
    assert list(before.problems) == list(report.problems)
    assert [one.after for one in before.changes] == [one.after for one in report.changes]
    return report


def _shown(workspace, name="Jane Doe"):
    with workspace.read(AMELIE) as session:
        content = session.pictures.get(named(workspace, name))
    return None if content is None else content.data


def _with_picture(workspace, data=None, name="Jane Doe"):
    given, family = name.split()
    with workspace.write(AMELIE) as session:
        one = session.contacts.add(Person(given, family, emails=[f"{given}@bois.fr".lower()]))
        if data is not None:
            session.pictures.set(one, data)
    return one


def test_a_new_contact_gets_the_picture_of_its_card(workspace, kept):
    report = _run(workspace, JANE + _card("Ann Lee"))
    assert (report.created, report.pictures, list(report.problems)) == (2, 1, [])
    assert _shown(workspace) == prepare(PHOTO).data
    assert _shown(workspace, "Ann Lee") is None
    assert kept() == 2


def test_a_company_gets_its_logo(workspace):
    card = "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", "FN:Bois", "ORG:Bois", _photo(LOGO, "LOGO"), "END:VCARD", ""))
    assert _run(workspace, card).pictures == 1
    assert _shown(workspace, "Bois") == prepare(LOGO).data


@pytest.mark.parametrize("strict", [False, True])
def test_the_first_usable_picture_counts_and_the_others_are_named(workspace, strict):
    lines = (_photo(b"no picture"), "PHOTO;ENCODING=b:!!!!", _photo(PHOTO), _photo(OTHER))
    report = _run(workspace, _card("Jane Doe", *lines), strict=strict)
    assert (report.created, report.rejected, report.pictures) == (1, 0, 1)
    assert [(one.line, one.column, one.code, one.kind) for one in report.problems] == [
        (6, "PHOTO", "picture-not-kept", "note"),
        (7, "PHOTO", "picture-not-kept", "note"),
        (9, "PHOTO", "picture-not-kept", "note"),
    ]
    assert _shown(workspace) == prepare(PHOTO).data


def test_only_some_bad_pictures_of_a_card_are_tried(workspace):
    report = _run(workspace, _card("Jane Doe", *[_photo(b"no picture")] * 5, _photo(PHOTO)))
    assert (report.created, report.pictures, len(report.problems)) == (1, 0, 6)
    assert "was not tried" in report.problems[5].reason


@pytest.mark.parametrize("data", [PHOTO[:300], b"\x89PNG\r\n\x1a\n" + bytes(40), b"<svg/>", b"GIF89a"])
def test_a_damaged_picture_costs_nothing_but_itself(workspace, data):
    report = _run(workspace, _card("Jane Doe", _photo(data)))
    assert (report.created, report.pictures) == (1, 0)
    assert [one.code for one in report.problems] == ["picture-not-kept"]


def test_the_address_of_a_picture_is_kept_and_never_fetched(workspace):
    report = _run(workspace, _card("Jane Doe", "PHOTO;VALUE=uri:https://bois.fr/jane.jpg"))
    assert ([one.code for one in report.problems], report.pictures) == (["picture-not-fetched"], 0)
    assert "https://bois.fr/jane.jpg" in named(workspace, "Jane Doe").unmapped["vCard PHOTO"]
    assert _shown(workspace) is None


@pytest.mark.parametrize(
    ("policy", "had", "counts", "shown"),
    [
        ("skip", False, (0, 0, 1, 0), None),
        ("skip", True, (0, 0, 1, 0), OTHER),
        ("update", False, (0, 1, 0, 1), PHOTO),
        ("update", True, (0, 0, 1, 0), OTHER),
        ("overwrite", False, (0, 1, 0, 1), PHOTO),
        ("overwrite", True, (0, 1, 0, 1), PHOTO),
    ],
)
def test_a_policy_decides_on_the_picture_of_a_stored_contact(workspace, kept, policy, had, counts, shown):
    jane = _with_picture(workspace, OTHER if had else None)
    report = _run(workspace, JANE, policy=policy)
    assert (report.created, report.updated, report.skipped, report.pictures) == counts
    assert _shown(workspace) == (shown and prepare(shown).data)
    if policy == "update" and had:
        assert [one.code for one in report.problems] == ["kept-existing", "nothing-new"]
    changes = [(one.contact_id, one.field) for one in report.changes]
    assert changes == ([(jane.id, "picture")] if report.pictures else [])
    kept()


@pytest.mark.parametrize("policy", ["skip", "update", "overwrite"])
def test_the_same_picture_is_no_change(workspace, policy):
    _run(workspace, JANE)
    with workspace.read(AMELIE) as session:
        before = session.pictures.of(named(workspace, "Jane Doe"))
    report = _run(workspace, JANE, policy=policy)
    assert (report.updated, report.skipped, report.pictures) == (0, 1, 0)
    with workspace.read(AMELIE) as session:
        assert session.pictures.of(named(workspace, "Jane Doe")) == before


@pytest.mark.parametrize("format", ["3.0", "4.0", "jscontact"])
@pytest.mark.parametrize("picture", [PHOTO, LOGO])
def test_an_export_with_photos_comes_back(workspace, storage, format, picture):
    _with_picture(workspace, picture)
    out = io.BytesIO()
    exports = workspace.exports(AMELIE)
    if format == "jscontact":
        assert exports.jscontact(out, photos=True) == 1
        (card,) = jscontact.loads(out.getvalue()).cards
        assert [one.data for one in card.pictures] == [prepare(picture).data]
        return
    assert exports.vcards(out, version=format, photos=True) == 1
    report = _run(workspace, out.getvalue(), policy="overwrite")
    assert (report.skipped, report.pictures) == (1, 0)
    other = Workspace(storage, "elsewhere", country="FR")
    assert _run(other, out.getvalue()).pictures == 1
    assert _shown(other) == prepare(prepare(picture).data).data


def _files(data):
    """The contents that are kept for a picture."""
    prepared = prepare(data)
    return {prepared.data, prepared.upright.data}


def test_an_export_has_no_photos_unless_they_are_wanted(workspace):
    _with_picture(workspace, PHOTO)
    out = io.BytesIO()
    workspace.exports(AMELIE).vcards(out)
    assert b"PHOTO" not in out.getvalue()


def test_an_export_has_no_photo_of_a_hidden_contact(workspace):
    with workspace.write(AMELIE) as session:
        one = session.contacts.add(Person("Jane", "Doe", access="private"))
        session.pictures.set(one, PHOTO)
    out = io.BytesIO()
    assert workspace.exports(BOB).vcards(out, photos=True) == 0
    assert out.getvalue() == b""


def test_an_undo_removes_the_pictures_of_the_import_with_its_contacts(workspace, kept):
    report = _run(workspace, JANE)
    jane = named(workspace, "Jane Doe")
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.removed, undone.records, undone.kept) == (1, 0, ())
    with workspace.write(AMELIE) as session:
        session.trash.restore(jane)
    assert _shown(workspace) == prepare(PHOTO).data
    assert kept() == 2


def test_an_undo_removes_a_picture_that_was_all_the_import_changed(workspace, kept):
    _with_picture(workspace)
    report = _run(workspace, JANE, policy="update")
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.removed, undone.restored, undone.records, undone.kept) == (0, 0, 1, ())
    assert _shown(workspace) is None
    assert kept() == 0
    assert workspace.imports(AMELIE).undo(report.id).records == 1


def test_an_undo_brings_the_picture_back_that_the_import_replaced(workspace, kept, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 1)
    jane = _with_picture(workspace, OTHER)
    crop = {"zoom": 2, "x": 0.25}
    with workspace.write(AMELIE) as session:
        before = session.pictures.adjust(jane, crop)
        small = session.pictures.thumbnails([jane])[jane.id]
    shown, files = _shown(workspace), kept()
    third = saved(corners(70, 70), "PNG")
    report = _run(workspace, JANE + _card("Jane Doe", _photo(third)), policy="overwrite")
    assert (report.pictures, _shown(workspace)) == (2, prepare(third).data)
    assert kept() == files + len(_files(third))
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.records, undone.kept) == (1, ())
    assert (_shown(workspace), kept()) == (shown, files)
    with workspace.read(AMELIE) as session:
        found = session.pictures.of(jane)
        assert attrs.evolve(found, version=before.version) == before
        assert session.pictures.thumbnails([jane])[jane.id] == small


@pytest.mark.parametrize("act", ["set", "adjust", "remove", "purge", "another import", "erase"])
def test_the_former_picture_is_dropped_when_the_undo_cannot_bring_it_back(workspace, kept, act):
    jane = _with_picture(workspace, OTHER)
    report = _run(workspace, JANE, policy="overwrite")
    assert kept() == len({*_files(OTHER), *_files(PHOTO)})
    third = saved(corners(70, 70), "PNG")
    with workspace.write(AMELIE) as session:
        if act == "set":
            session.pictures.set(jane, third)
        elif act == "adjust":
            session.pictures.adjust(jane, {"zoom": 2})
            adjusted = session.pictures.get(jane).data
        elif act == "remove":
            session.pictures.remove(jane)
        elif act == "purge":
            session.contacts.delete(jane)
    if act == "purge":
        with workspace.write(ROOT) as session:
            session.trash.purge(jane)
    elif act == "erase":
        workspace.privacy(ROOT).erase(jane)
    elif act == "another import":
        other = _run(workspace, _card("Jane Doe", _photo(third)), policy="overwrite")
        assert kept() == len({*_files(PHOTO), *_files(third)})
        undone = workspace.imports(AMELIE).undo(other.id)
        assert (undone.records, _shown(workspace)) == (1, prepare(PHOTO).data)
    undone = workspace.imports(AMELIE).undo(report.id)
    assert undone.records == 0
    if act == "another import":
        assert codes(undone) == [("Jane Doe", "picture-replaced")]
    left = {"set": _files(third), "another import": _files(PHOTO)}.get(act, ())
    assert kept() == (len({adjusted, prepare(PHOTO).upright.data}) if act == "adjust" else len(left))


def test_a_report_on_a_person_has_the_picture_that_an_undo_would_bring_back(workspace):
    jane = _with_picture(workspace, OTHER)
    _run(workspace, JANE, policy="overwrite")
    with workspace.read(ROOT) as session:
        (found,) = session.privacy.report(jane).data["records"]["picture"]
    assert base64.b64decode(found["former"]["data"]) == prepare(OTHER).upright.data


def test_an_undo_of_the_first_of_two_imports_leaves_its_picture_nowhere(workspace, kept):
    jane = _with_picture(workspace)
    first = _run(workspace, JANE, policy="overwrite")
    second = _run(workspace, _card("Jane Doe", _photo(OTHER)), policy="overwrite")
    undone = workspace.imports(AMELIE).undo(first.id)
    assert codes(undone) == [("Jane Doe", "picture-changed")]
    assert kept() == len(_files(OTHER))
    undone = workspace.imports(AMELIE).undo(second.id)
    assert (codes(undone), _shown(workspace)) == ([("Jane Doe", "picture-replaced")], prepare(OTHER).data)
    with workspace.read(AMELIE) as session:
        assert session.pictures.of(jane).version > 1


def test_the_former_picture_follows_its_contact_through_the_trash_and_to_another_storage(workspace, kept):
    jane = _with_picture(workspace, OTHER)
    report = _run(workspace, JANE, policy="overwrite")
    with workspace.write(AMELIE) as session:
        session.contacts.delete(jane)
    with workspace.write(AMELIE) as session:
        session.trash.restore(jane)
    assert kept() == len({*_files(OTHER), *_files(PHOTO)})
    assert workspace.imports(AMELIE).undo(report.id).records == 1
    assert _shown(workspace) == prepare(OTHER).data


def test_an_undo_takes_a_picture_back_that_the_import_replaced_by_another_of_its_own(workspace, kept, monkeypatch):
    _with_picture(workspace)
    monkeypatch.setattr(engine, "BATCH", 1)
    report = _run(workspace, JANE + _card("Jane Doe", _photo(OTHER)), policy="overwrite")
    assert (report.updated, report.pictures, _shown(workspace)) == (2, 2, prepare(OTHER).data)
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.records, undone.kept, _shown(workspace)) == (1, (), None)
    assert kept() == 0


@pytest.mark.parametrize("batch", [1, 10])
def test_two_rows_of_one_contact_give_it_one_picture(workspace, kept, monkeypatch, batch):
    monkeypatch.setattr(engine, "BATCH", batch)
    report = _run(workspace, _card("Jane Doe") + JANE + _card("Jane Doe", _photo(OTHER)), policy="update")
    assert (report.created, report.updated, report.skipped, report.pictures) == (1, 1, 1, 1)
    assert _shown(workspace) == prepare(PHOTO).data
    assert workspace.imports(AMELIE).undo(report.id).removed == 1
    kept()


def test_an_undo_keeps_a_picture_that_somebody_changed_since(workspace):
    jane = _with_picture(workspace)
    report = _run(workspace, JANE, policy="update")
    with workspace.write(AMELIE) as session:
        session.pictures.set(jane, OTHER)
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.records, codes(undone)) == (0, [("Jane Doe", "picture-changed")])
    assert _shown(workspace) == prepare(OTHER).data


def test_an_undo_finds_nothing_to_do_for_a_picture_or_a_contact_that_is_gone(workspace):
    jane, ann = _with_picture(workspace), _with_picture(workspace, name="Ann Lee")
    report = _run(workspace, JANE + _card("Ann Lee", _photo(PHOTO)), policy="update")
    with workspace.write(AMELIE) as session:
        session.pictures.remove(jane)
        session.contacts.delete(ann)
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.records, [one.code for one in undone.kept]) == (0, ["deleted-since"])


def test_an_undo_leaves_the_picture_of_a_contact_that_the_actor_may_no_longer_change(workspace):
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"], access="shared-read"))
    report = _run(workspace, JANE, policy="update")
    with workspace.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(jane, responsibles=["bob"]))
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.records, codes(undone)) == (0, [("Jane Doe", "read-only")])
    assert _shown(workspace) is not None


def test_an_import_that_was_killed_goes_on_and_loses_and_doubles_no_picture(workspace, kept, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 2)
    cards = "".join(_card(f"P{n} Doe", _photo(saved(corners(60 + n, 60), "PNG"))) for n in range(7))
    imports = workspace.imports(AMELIE)
    plan = imports.plan(cards)

    def stop(progress):
        if progress.rows == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.apply(plan, progress=stop)
    report = imports.apply(plan)
    assert (report.rows_read, report.created, report.pictures) == (3, 7, 7)
    assert all(_shown(workspace, f"P{n} Doe") for n in range(7))
    assert kept() == 7
    assert imports.undo(report.id).removed == 7


def test_a_batch_ends_early_when_its_pictures_are_large(workspace, monkeypatch):
    monkeypatch.setattr(running, "_MOST_PICTURE_BYTES", 1)
    rows = []
    imports = workspace.imports(AMELIE)
    cards = JANE + _card("Ann Lee") + _card("Bea Lee", _photo(OTHER))
    imports.apply(imports.plan(cards), progress=lambda progress: rows.append(progress.rows))
    assert rows == [1, 3]


def test_a_picture_that_somebody_sets_between_planning_and_storing_is_not_replaced(workspace, monkeypatch):
    jane = _with_picture(workspace)
    plain, raced = engine.store_batch, []

    def racing(transaction, import_id, batch):
        if not raced:
            raced.append(1)
            PictureRepository(transaction).set(prepare(OTHER), ContactRepository(transaction).lock_any(jane.id))
            with pytest.raises(Exception, match="again") as refused:
                plain(transaction, import_id, batch)
            raise refused.value
        return plain(transaction, import_id, batch)

    monkeypatch.setattr(engine, "store_batch", racing)
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan(JANE, policy="update"))
    assert (report.updated, _shown(workspace)) == (1, prepare(PHOTO).data)


def test_the_feed_has_one_event_for_the_pictures_of_a_batch(workspace):
    report = _run(workspace, JANE + _card("Ann Lee", _photo(PHOTO)))
    with workspace.read(ROOT) as session:
        pictures = [session.pictures.of(named(workspace, name)).id for name in ("Jane Doe", "Ann Lee")]
        found = [one.event for one in session.feed(limit=1_000)]
    events = [one for one in found if one.name.startswith(("picture", "contacts.imported"))]
    assert [(one.name, one.subject) for one in events] == [("contacts.imported", report.id)]
    assert sorted(json.loads(events[0].data)["pictures"]) == sorted(pictures)
