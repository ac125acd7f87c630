"""A contact has one item at most that stands for itself, whatever comes back in which sequence (SIT-2)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Invalid, Item, Person
from support.actors import AMELIE

pytestmark = [pytest.mark.req("SIT-2"), pytest.mark.cases_in_memory]

SELF = {"of_themself": True}


@pytest.fixture
def jane(workspace: Any) -> Any:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Person("Jane", "Doe"))


def added(workspace: Any, owner: Any, name: str, **details: Any) -> Any:
    with workspace.write(AMELIE) as session:
        return session.items.add(owner, Item(name, **details))


def deleted(workspace: Any, item: Any) -> Any:
    """The act by which an item is deleted."""
    with workspace.write(AMELIE) as session:
        session.items.delete(item.id)
    with workspace.read(AMELIE) as session:
        return session.history.of(item.contact_id).items[0]


def shown(workspace: Any, owner: Any) -> dict[str, bool]:
    with workspace.read(AMELIE) as session:
        return {item.name: item.of_themself for item in session.items.of(owner)}


@pytest.mark.req("DIR-11")
def test_a_restored_item_stands_for_the_contact_unless_another_one_does_by_now(workspace: Any, jane: Any) -> None:
    first = added(workspace, jane, "First", **SELF)
    deleted(workspace, first)
    with workspace.write(AMELIE) as session:
        assert session.trash.restore_with_report(first.id).resolutions == ()
    assert shown(workspace, jane) == {"First": True}
    deleted(workspace, first)
    added(workspace, jane, "Second", **SELF)
    with workspace.write(AMELIE) as session:
        (resolution,) = session.trash.restore_with_report(first.id).resolutions
    assert (resolution.code, resolution.kind, resolution.id) == ("themself-kept", "item", first.id)
    assert "Jane Doe" in resolution.message
    assert shown(workspace, jane) == {"First": False, "Second": True}


@pytest.mark.req("DIR-14")
def test_no_undo_lets_a_second_item_stand_for_the_contact(workspace: Any, jane: Any) -> None:
    first = added(workspace, jane, "First", **SELF)
    with workspace.write(AMELIE) as session:
        session.items.save(attrs.evolve(first, of_themself=False))
    with workspace.read(AMELIE) as session:
        changed = session.history.of(first.id).items[0]
    second = added(workspace, jane, "Second", **SELF)
    removed = deleted(workspace, second)
    again = added(workspace, jane, "Again", **SELF)
    for act in (changed, removed):
        with workspace.write(AMELIE) as session, pytest.raises(Invalid) as refused:
            session.history.undo(act)
        assert [(one.code, one.path) for one in refused.value.problems] == [("themself-twice", "of_themself")]
    assert shown(workspace, jane) == {"First": False, "Again": True}
    deleted(workspace, again)
    with workspace.write(AMELIE) as session:
        session.history.undo(removed)
    assert shown(workspace, jane) == {"First": False, "Second": True}


@pytest.mark.req("DIR-14")
def test_an_act_that_passed_the_flag_on_is_undone_whole(workspace: Any, jane: Any) -> None:
    first, second = added(workspace, jane, "First", **SELF), added(workspace, jane, "Second")
    with workspace.write(AMELIE) as session:
        session.items.save(attrs.evolve(first, of_themself=False))
        session.items.save(attrs.evolve(second, of_themself=True))
    for expected in ({"First": True, "Second": False}, {"First": False, "Second": True}):
        with workspace.write(AMELIE) as session:
            session.history.undo(session.history.of(jane).items[0])
        assert shown(workspace, jane) == expected


@pytest.mark.req("IMP-7")
def test_the_undo_of_a_merge_gives_the_flag_back_where_no_other_item_has_it(workspace: Any, jane: Any) -> None:
    with workspace.write(AMELIE) as session:
        twice, other = session.contacts.add(Person("Jane", "Doe")), session.contacts.add(Person("Joe", "Roe"))
    added(workspace, jane, "First", **SELF)
    stays, moves = added(workspace, twice, "Second", **SELF), added(workspace, other, "Third", **SELF)
    merging = workspace.merging(AMELIE)
    merge = merging.apply(merging.plan(jane.id, [twice.id, other.id]))
    assert shown(workspace, jane) == {"First": True, "Second": False, "Third": False}
    with workspace.write(AMELIE) as session:
        zoe = session.contacts.add(Person("Zoé", "Roux"), items=[Item("Own", of_themself=True)])
        session.items.move(moves.id, zoe)
    merging.undo(merge)
    assert shown(workspace, twice) == {stays.name: True}
    assert shown(workspace, zoe) == {"Own": True, "Third": False}


COLUMNS = "Contact ID,Kind,Item ID,Item,Of themself\n"


@pytest.mark.req("IMP-9")
def test_no_row_of_an_import_lets_a_second_item_stand_for_the_contact(workspace: Any, jane: Any) -> None:
    added(workspace, jane, "First", **SELF)
    second = added(workspace, jane, "Second")
    imports = workspace.imports(AMELIE)
    rows = f"{jane.id},item,{second.id},Second,yes\n"
    report = imports.apply(imports.plan(COLUMNS + rows, policy="overwrite"))
    assert [(one.line, one.code) for one in report.problems if one.code != "nothing-new"] == [(2, "themself-twice")]
    assert shown(workspace, jane) == {"First": True, "Second": False}


@pytest.mark.req("IMP-3")
def test_the_undo_of_an_import_lets_no_second_item_stand_for_the_contact(workspace: Any, jane: Any) -> None:
    first = added(workspace, jane, "First", **SELF)
    imports = workspace.imports(AMELIE)
    rows = f"{jane.id},item,{first.id},First,(clear)\n"
    report = imports.apply(imports.plan(COLUMNS + rows, policy="overwrite"))
    assert shown(workspace, jane) == {"First": False}
    added(workspace, jane, "Second", **SELF)
    imports.undo(report)
    assert shown(workspace, jane) == {"First": False, "Second": True}
