"""Pictures follow their contacts and items to the trash, out of it, to other contacts, storages and the portal."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from typing import Any

import attrs
import pytest

from contactcore import BulkAct, Company, Forbidden, Item, NotFound, Person, PortalUser, Workspace
from contactcore.formats.pictures import Crop, prepare
from contactcore.mapping.kinds import FILE_REFERENCES, KINDS
from contactcore.mapping.pictures import picture_blob
from contactcore.storage import Storage
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.pictures import PictureRepository, contact_pictures
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, BOB, ROOT
from support.firm import Firm
from support.import_views import codes, imported, named
from support.pictures import LOGO, PHOTO, Kept

OpenFresh = Callable[[], AbstractContextManager[Storage]]


def seen(workspace: Workspace, record: Any, actor: Any = AMELIE) -> Any:
    with workspace.read(actor) as session:
        content = session.pictures.get(record)
        return None if content is None else (content.data, session.pictures.of(record).crop)


# The trash


@pytest.mark.req("DIR-11")
def test_a_deleted_contact_comes_back_with_its_pictures(
    workspace: Workspace, jane: Person, rex: Item, kept: Kept
) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(jane, PHOTO, Crop(2))
        session.pictures.set(rex, LOGO)
    before = [seen(workspace, one) for one in (jane, rex)]
    with workspace.write(AMELIE) as session:
        session.contacts.delete(jane)
        for record in (jane, rex, jane.id, rex.id):
            with pytest.raises(NotFound):
                session.pictures.of(record)
            with pytest.raises(NotFound):
                session.pictures.set(record, LOGO)
        assert session.pictures.thumbnails([jane, rex]) == {}
        assert [card.kind for card in session.trash.list()] == ["person"]
    assert kept() == 4
    with workspace.write(AMELIE) as session:
        session.trash.restore(jane)
    assert [seen(workspace, one) for one in (jane, rex)] == before
    with workspace.write(AMELIE) as session:
        assert session.pictures.adjust(jane, Crop(3)).crop == Crop(3)


@pytest.mark.req("DIR-11")
def test_the_purge_of_a_contact_drops_the_contents_that_no_other_picture_needs(
    workspace: Workspace, bois: Company, jane: Person, rex: Item, kept: Kept
) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(jane, PHOTO)
        session.pictures.set(rex, LOGO)
        session.pictures.set(bois, LOGO)
        session.contacts.delete(jane)
    assert kept() == 4
    with workspace.write(ROOT) as session:
        session.trash.purge(jane)
    assert kept() == 2
    assert seen(workspace, bois)[0] == prepare(LOGO).data


@pytest.mark.req("DIR-11")
def test_a_content_that_a_picture_in_the_trash_needs_stays(
    workspace: Workspace, bois: Company, jane: Person, kept: Kept
) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(jane, LOGO)
        session.pictures.set(bois, LOGO)
        session.contacts.delete(jane)
    with workspace.write(AMELIE) as session:
        session.pictures.remove(bois)
    assert kept() == 2
    with workspace.write(AMELIE) as session:
        session.trash.restore(jane)
    assert seen(workspace, jane)[0] == prepare(LOGO).data


@pytest.mark.req("SIT-7")
def test_a_deleted_item_takes_its_picture_along(workspace: Workspace, jane: Person, rex: Item, kept: Kept) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(jane, PHOTO)
        session.pictures.set(rex, LOGO)
        session.items.delete(rex)
        assert [*session.pictures.thumbnails([jane, rex])] == [jane.id]
    with workspace.write(AMELIE) as session:
        session.trash.restore(rex)
        assert session.pictures.get(rex) is not None
        session.items.delete(rex.id)
    with workspace.write(ROOT) as session:
        session.trash.purge(rex)
    assert kept() == 2
    assert seen(workspace, jane) is not None


@pytest.mark.req("DIR-11")
def test_an_item_that_was_deleted_before_its_contact_comes_back_with_its_picture(
    workspace: Workspace, jane: Person, rex: Item
) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(rex, LOGO)
        session.items.delete(rex)
        session.contacts.delete(jane)
        session.trash.restore(jane)
        assert session.pictures.thumbnails([rex]) == {}
        session.trash.restore(rex)
    assert seen(workspace, rex)[0] == prepare(LOGO).data


@pytest.mark.req("IMP-7", "PIC-1")
def test_the_id_of_a_merged_contact_stands_for_the_picture_of_the_one_that_it_became(
    workspace: Workspace, jane: Person
) -> None:
    with workspace.write(AMELIE) as session:
        twin = session.contacts.add(Person("Jane", "Doe", emails=["j@doe.org"]))
        session.pictures.set(twin, PHOTO)
    merging = workspace.merging(AMELIE)
    merge = merging.apply(merging.plan(jane.id, [twin.id]))
    with workspace.read(AMELIE) as session:
        assert session.pictures.get(twin.id) == session.pictures.get(jane)
        assert [*session.pictures.thumbnails([twin.id])] == [twin.id]
        assert [*session.pictures.thumbnails([twin.id, jane])] == [jane.id]
    merging.undo(merge)
    with workspace.read(AMELIE) as session:
        assert [*session.pictures.thumbnails([twin.id, jane])] == [twin.id]


# Moving, hiding, leaving


@pytest.mark.req("SIT-5")
def test_a_moved_item_keeps_its_picture(workspace: Workspace, bois: Company, rex: Item) -> None:
    with workspace.write(AMELIE) as session:
        old = session.pictures.set(rex, LOGO)
        session.items.move(rex, bois)
        moved = session.pictures.of(rex)
        assert moved == attrs.evolve(old, contact_id=bois.id, version=2)
        assert session.pictures.of(old) == moved
        assert session.pictures.adjust(rex, Crop(2)).contact_id == bois.id
        session.contacts.delete(bois)
    with workspace.write(ROOT) as session, pytest.raises(NotFound):
        session.pictures.of(rex)


@pytest.mark.req("ACC-3")
def test_the_pictures_of_a_contact_that_is_hidden_are_hidden_with_it(
    workspace: Workspace, jane: Person, rex: Item
) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(jane, PHOTO)
        picture = session.pictures.set(rex, LOGO)
        session.contacts.share(jane, "private")
    with workspace.read(BOB) as session:
        for record in (jane, rex, picture, jane.id, rex.id):
            with pytest.raises(NotFound):
                session.pictures.get(record)
            with pytest.raises(NotFound):
                session.pictures.preview(record)
        assert session.pictures.thumbnails([jane.id, rex.id]) == {}
    with workspace.write(AMELIE) as session:
        session.contacts.share(jane, "shared-read")
    with workspace.read(BOB) as session:
        assert [*session.pictures.thumbnails([rex.id, jane.id])] == [rex.id, jane.id]
        assert session.pictures.of(rex) == picture


@pytest.mark.req("ACC-3")
def test_who_was_shut_out_meanwhile_cannot_bring_a_picture_back(workspace: Workspace, jane: Person, kept: Kept) -> None:
    with workspace.write(AMELIE) as session:
        session.contacts.share(jane, "shared-write")
        session.pictures.set(jane, PHOTO)
    with workspace.read(BOB) as session:
        preview = session.pictures.preview(jane, Crop(2))
    with workspace.write(AMELIE) as session:
        session.contacts.share(jane, "private")
    with workspace.write(BOB) as session, pytest.raises(NotFound):
        session.pictures.set(jane.id, preview)
    assert seen(workspace, jane)[1] == Crop()


def test_what_a_user_who_leaves_hands_over_keeps_its_pictures(workspace: Workspace) -> None:
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois", access="private", responsibles=["amelie"]))
        session.pictures.set(bois, LOGO)
    workspace.maintenance(ROOT).hand_over("amelie", to="bob")
    assert seen(workspace, bois, BOB)[0] == prepare(LOGO).data


def test_a_bulk_act_that_deletes_is_undone_with_pictures(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(bois, LOGO)
    maintenance = workspace.maintenance(AMELIE)
    report = maintenance.bulk(ids=[bois.id]).apply(BulkAct(delete=True))
    with workspace.read(AMELIE) as session:
        assert session.pictures.thumbnails([bois]) == {}
    maintenance.undo(report)
    assert seen(workspace, bois)[0] == prepare(LOGO).data


def test_another_language_leaves_pictures_as_they_are(workspace: Workspace, jane: Person, rex: Item) -> None:
    with workspace.write(AMELIE) as session:
        picture = session.pictures.set(rex, LOGO)
    workspace.change_language(ROOT, "pl")
    with workspace.read(AMELIE) as session:
        assert session.pictures.of(rex) == picture


# Imports


@pytest.mark.req("IMP-3")
def test_the_undo_of_an_import_keeps_a_contact_that_got_a_picture_since(workspace: Workspace, kept: Kept) -> None:
    report = imported(workspace, AMELIE, "Jane,Doe,,,j@bois.fr,,\nJo,Roe,,,jo@bois.fr,,\n")
    with workspace.write(AMELIE) as session:
        session.pictures.set(named(workspace, "Jane Doe"), PHOTO)
    undone = workspace.imports(AMELIE).undo(report.id)
    assert (undone.removed, codes(undone)) == (1, [("Jane Doe", "in-use")])
    assert seen(workspace, named(workspace, "Jane Doe")) is not None
    assert kept() == 2


@pytest.mark.req("IMP-3")
def test_the_undo_of_an_import_takes_contacts_back_whose_pictures_are_removed(workspace: Workspace) -> None:
    report = imported(workspace, AMELIE, "Jane,Doe,,,j@bois.fr,,\n")
    with workspace.write(AMELIE) as session:
        session.pictures.set(named(workspace, "Jane Doe"), PHOTO)
        session.pictures.remove(named(workspace, "Jane Doe"))
    assert workspace.imports(AMELIE).undo(report.id).removed == 1


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("adjusted", [False, True])
def test_the_undo_takes_a_picture_back_that_the_import_stored_unless_somebody_adjusted_it(
    workspace: Workspace, kept: Kept, adjusted: bool
) -> None:
    photo = base64.b64encode(PHOTO).decode()
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Doe\r\nPHOTO;ENCODING=b:{photo}\r\nEND:VCARD\r\n"
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan(card))
    jane = named(workspace, "Jane Doe")
    if adjusted:
        with workspace.write(AMELIE) as session:
            session.pictures.adjust(jane, Crop(2))
    undone = imports.undo(report.id)
    if adjusted:
        assert (undone.removed, codes(undone)) == (0, [("Jane Doe", "in-use")])
        assert seen(workspace, jane)[1] == Crop(2)
        return
    assert (undone.removed, codes(undone)) == (1, [])
    assert kept() == 2
    with workspace.write(AMELIE) as session:
        session.trash.restore(jane)
    assert seen(workspace, jane)[0] == prepare(PHOTO).data


def test_a_picture_that_comes_with_a_contact_is_stored_in_its_transaction(workspace: Workspace, kept: Kept) -> None:
    with workspace.write(AMELIE) as session:
        transaction = session._transaction
        contacts = ContactRepository(transaction)
        new = [session.contacts.add(Person("Jane", f"Doe {number}")) for number in range(2)]
        for one in new:
            PictureRepository(transaction).set(prepare(PHOTO), contacts.lock(one))
    assert kept() == 2
    with workspace.read(AMELIE) as session:
        found = contact_pictures(session._transaction, [one.id for one in new])
        assert [found[one.id].data for one in new] == [prepare(PHOTO).data] * 2


# Copies


@pytest.mark.req("ACC-4")
def test_a_copy_has_the_pictures_and_goes_on_with_them(
    workspace: Workspace, storage: Storage, open_storage: OpenFresh, bois: Company, jane: Person, rex: Item
) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(bois, LOGO)
        session.pictures.set(rex, LOGO)
        session.pictures.set(jane, PHOTO, Crop(2, 0.1))
        session.contacts.delete(bois)
    with closing(MemoryStorage()) as there:
        copied = copy_workspace(storage, there, "acme")
        assert copy_workspace(storage, there, "acme").found == copied.records
        again = Workspace(there, "acme")
        assert [seen(again, one) for one in (jane, rex)] == [seen(workspace, one) for one in (jane, rex)]
        with again.write(ROOT) as session:
            session.trash.purge(bois)
            assert session.pictures.adjust(jane, Crop(3)).crop == Crop(3)
            session.pictures.remove(rex)
        with there.read("acme") as reader:
            (record,) = reader.dump("picture")
            assert {one.id for one in reader.dump("picture-file")} == {
                record.references[name] for name in FILE_REFERENCES if name in record.references
            }
            assert reader.blob(picture_blob(record.references["shown"])) is not None
            number = sum(len(reader.dump(kind.name)) for kind in KINDS)
        with open_storage() as back:
            assert copy_workspace(there, back, "acme", name="back").records == number


@pytest.mark.req("ACC-4")
def test_pictures_of_one_workspace_are_unknown_to_another(
    workspace: Workspace, new_workspace: Any, bois: Company
) -> None:
    with workspace.write(AMELIE) as session:
        session.pictures.set(bois, LOGO)
    other = new_workspace()
    with other.write(AMELIE) as session:
        client = session.contacts.add(Company("Other"))
        session.pictures.set(client, LOGO)
        session.pictures.remove(client)
        assert session.pictures.thumbnails([bois.id]) == {}
    assert seen(workspace, bois)[0] == prepare(LOGO).data


# The portal


@pytest.fixture
def firm(storage: Storage) -> Firm:
    return Firm(storage)


@pytest.mark.req("POR-8")
def test_a_portal_user_sees_the_picture_of_the_own_client_alone(firm: Firm) -> None:
    client, other = firm.client("Bois"), firm.client("Other")
    jane = firm.person(client)
    user = firm.user(firm.login(jane), client)
    with firm.workspace.write(ROOT) as session:
        rex = session.items.add(client, Item("Rex"))
        for record in (client, other, jane.person_id, rex):
            session.pictures.set(record, LOGO, Crop(2))
    assert isinstance(user, PortalUser)
    with firm.workspace.read(user) as session:
        content = session.pictures.get(client)
        assert content is not None
        assert content.data == prepare(LOGO, Crop(2)).data
        known = session.pictures.of(client)
        assert known is not None
        assert (known.width, known.upright_width, known.upright_file, known.crop) == (content.width, 0, "", Crop())
        assert (session.pictures.get(rex), session.pictures.of(rex)) == (None, None)
        assert [*session.pictures.thumbnails([client, other, jane.person_id, rex])] == [client.id]
        for hidden in (other, jane.person_id):
            with pytest.raises(NotFound):
                session.pictures.get(hidden)
        for act in (
            lambda: session.pictures.upright(client),
            lambda: session.pictures.preview(client),
            lambda: session.pictures.preview(LOGO),
            lambda: session.pictures.candidates(client),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "staff-only"
    with firm.workspace.write(user) as session:
        for act in (
            lambda: session.pictures.set(client, LOGO),
            lambda: session.pictures.adjust(client, Crop(2)),
            lambda: session.pictures.remove(client),
            lambda: session.pictures.choose(client, "a"),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "portal-reads-only"
