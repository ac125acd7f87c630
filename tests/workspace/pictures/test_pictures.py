"""The pictures of contacts and items (PIC-1 to PIC-5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import attrs
import pytest
from PIL import Image

from contactcore import Company, Conflict, Forbidden, Invalid, NotFound, Person, Picture, Workspace, to_plain
from contactcore.formats.pictures import Crop, prepare
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT
from support.counting_storage import CountingStorage
from support.pictures import LOGO, PHOTO, Kept, corners, exif, opened, saved

pytestmark = pytest.mark.cases_in_memory

Owners = list[Any]


@pytest.fixture
def owners(bois: Company, jane: Person, rex: Any) -> Owners:
    return [bois, jane, rex]


@pytest.mark.req("PIC-1")
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("by_id", [False, True])
def test_a_company_a_person_and_an_item_have_a_picture_of_their_own(
    workspace: Workspace, owners: Owners, place: int, by_id: bool
) -> None:
    owner = owners[place].id if by_id else owners[place]
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(owner, LOGO)
    assert (stored.version, stored.media_type, stored.width, stored.height) == (1, "image/png", 200, 120)
    with workspace.read(AMELIE) as session:
        content = session.pictures.get(owner)
        assert content is not None
        assert (content.data, content.width, content.height) == (prepare(LOGO).data, 200, 120)
        assert (content.size, content.media_type) == (stored.size, "image/png")
        assert session.pictures.of(owner) == session.pictures.of(stored) == stored
        others = [one for one in owners if one is not owners[place]]
        assert [session.pictures.get(one) for one in others] == [None, None]
        assert [session.pictures.upright(one) for one in others] == [None, None]
        assert [*session.pictures.thumbnails(owners)] == [owners[place].id]


@pytest.mark.req("PIC-2")
@pytest.mark.req("PIC-5")
def test_nothing_of_the_file_is_kept_but_its_pixels(workspace: Workspace, jane: Person, storage: Storage) -> None:
    file = saved(corners(2600, 400), "JPEG", exif=exif(6, "secret words"))
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(jane, file)
    assert (stored.width, stored.height) == (46, 300)
    assert (stored.upright_width, stored.upright_height) == (308, 2000)
    with storage.read("acme") as reader:
        blobs = [reader.blob(f"picture:{record.id}") for record in reader.dump("picture-file")]
        bodies = [record.body for record in reader.dump("picture")]
    assert len(blobs) == 2
    assert not any(b"secret" in (data or b"secret") or data == file for data in [*blobs, *bodies])
    assert all(not opened(data).getexif() for data in blobs if data)


@pytest.mark.req("PIC-3")
def test_a_picture_is_adjusted_again_from_the_upright_copy(workspace: Workspace, jane: Person, kept: Kept) -> None:
    with workspace.write(AMELIE) as session:
        first = session.pictures.set(jane, PHOTO, crop={"zoom": 2, "x": 0.1})
        whole = session.pictures.upright(jane)
        assert whole is not None
        assert (whole.width, whole.height) == (first.upright_width, first.upright_height) == (300, 600)
        assert session.pictures.preview(jane).data == prepare(whole.data, first.crop).data
        preview = session.pictures.preview(jane, {"zoom": 3, "y": 0.25})
        assert session.pictures.of(jane) == first
        second = session.pictures.adjust(first, {"zoom": 3, "y": 0.25})
        assert (second.version, second.crop, second.since) == (2, Crop(3, 0, 0.25), first.since)
        content = session.pictures.get(jane)
        assert content is not None
        assert content.data == preview.data
        assert session.pictures.upright(jane) == whole
        assert session.pictures.adjust(jane, second.crop) == second
    assert kept() == 2


@pytest.mark.req("PIC-3")
def test_what_was_previewed_is_stored_without_preparing_it_again(workspace: Workspace, bois: Company) -> None:
    with workspace.read(AMELIE) as session:
        preview = session.pictures.preview(LOGO, Crop(2, 0.1))
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(bois, preview)
        content = session.pictures.get(bois)
        assert content is not None
        assert (content.data, stored.crop) == (preview.data, Crop(2, 0.1))
        assert session.pictures.set(bois, LOGO, Crop(2, 0.1)) == stored
        with pytest.raises(Invalid) as refused:
            session.pictures.set(bois, preview, Crop(2))
    assert (refused.value.code, refused.value.path) == ("crop-prepared", "crop")


_READY = prepare(PHOTO)


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize(
    "change",
    [
        {"data": b"<svg onload='alert(1)'/>"},
        {"data": _READY.data + b"<script>alert(1)</script>"},
        {"data": saved(corners(150, 300), "JPEG", exif=exif(1))},
        {"data": _READY.upright.data},
        {"data": "text"},
        {"data": b""},
        {"media_type": "image/svg+xml"},
        {"media_type": "image/png"},
        {"width": 1},
        {"upright": None},
        {"upright": attrs.evolve(_READY.upright, height=0)},
        {"upright": attrs.evolve(_READY.upright, data=saved(corners(2_001, 10), "JPEG"), width=2_001, height=10)},
        {"thumbnail": attrs.evolve(_READY.thumbnail, data=_READY.data, width=150, height=300)},
        {"crop": Crop(2, 0.4)},
        {"crop": None},
    ],
)
def test_a_prepared_picture_that_was_changed_is_refused(workspace: Workspace, bois: Company, change: Any) -> None:
    with workspace.write(AMELIE) as session:
        with pytest.raises(Invalid) as refused:
            session.pictures.set(bois, attrs.evolve(_READY, **change))
        assert (refused.value.code, refused.value.path) == ("picture-unprepared", "data")
        assert session.pictures.set(bois, _READY).version == 1


@pytest.mark.req("PIC-5")
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_a_prepared_picture_with_many_details_is_stored(workspace: Workspace, bois: Company, format: str) -> None:
    noise = Image.frombytes("RGB", (300, 300), Random(1).randbytes(300 * 300 * 3))
    prepared = prepare(saved(noise, format), crop={"zoom": 2, "x": 0.2, "y": 0})
    assert prepared.upright.size > 65_536  # Pillow writes a PNG of this size in several chunks
    with workspace.write(AMELIE) as session:
        session.pictures.set(bois, prepared)
        assert session.pictures.get(bois).data == prepared.data


@pytest.mark.parametrize(
    ("data", "crop", "code", "path"),
    [
        (b"<svg/>", None, "picture-format", "data"),
        (b"", None, "picture-empty", "data"),
        ("text", None, "record-type", "data"),
        (None, None, "record-type", "data"),
        (LOGO, {"zoom": 0}, "crop-zoom", "crop.zoom"),
        (LOGO, {"zoom": 1, "x": 0.2}, "crop-offset", "crop.x"),
        (LOGO, 5, "record-type", "crop"),
    ],
)
def test_a_refused_picture_leaves_the_former_one(
    workspace: Workspace, bois: Company, kept: Kept, data: Any, crop: Any, code: str, path: str
) -> None:
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(bois, PHOTO)
        with pytest.raises(Invalid) as refused:
            session.pictures.set(bois, data, crop)
        assert (refused.value.code, refused.value.path) == (code, path)
        assert session.pictures.of(bois) == stored
    assert kept() == 2


def test_replacing_keeps_the_contents_of_the_new_picture_alone(workspace: Workspace, bois: Company, kept: Kept) -> None:
    with workspace.write(AMELIE) as session:
        first = session.pictures.set(bois, PHOTO)
    assert kept() == 2
    with workspace.write(AMELIE) as session:
        second = session.pictures.set(bois, LOGO)
        assert (second.id, second.version) == (first.id, 2)
        assert session.pictures.set(bois, LOGO) == second
    assert kept() == 2
    with workspace.write(AMELIE) as session:
        session.pictures.remove(second)
        assert session.pictures.of(bois) is None
        assert session.trash.list() == ()
        with pytest.raises(NotFound):
            session.pictures.remove(bois)
        with pytest.raises(NotFound):
            session.pictures.adjust(bois, Crop())
        with pytest.raises(NotFound):
            session.pictures.preview(bois)
    assert kept() == 0


def test_equal_contents_are_kept_once_and_as_long_as_a_picture_needs_them(
    workspace: Workspace, owners: Owners, kept: Kept
) -> None:
    small = saved(corners(100, 60), "PNG")
    with workspace.write(AMELIE) as session:
        for owner in owners:
            session.pictures.set(owner, small)
    assert kept() == 1  # a small picture is its own upright copy
    for count, owner in zip((1, 1, 0), owners, strict=True):
        with workspace.write(AMELIE) as session:
            session.pictures.remove(owner)
        assert kept() == count


@pytest.mark.req("DIR-15")
def test_an_outdated_picture_is_a_conflict(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        old = session.pictures.set(bois, LOGO)
        new = session.pictures.adjust(old, Crop(2))
    with workspace.write(AMELIE) as session:
        for act in (
            lambda: session.pictures.set(old, PHOTO),
            lambda: session.pictures.adjust(old, Crop(3)),
            lambda: session.pictures.remove(old),
        ):
            with pytest.raises(Conflict) as conflict:
                act()
            assert (conflict.value.mine, conflict.value.stored) == (old, new)
        session.pictures.remove(new)
        with pytest.raises(Conflict) as conflict:
            session.pictures.set(new, PHOTO)
        assert conflict.value.stored is None


@pytest.mark.req("DIR-17")
def test_a_changed_copy_of_a_picture_is_refused(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(bois, LOGO)
        with pytest.raises(Invalid) as refused:
            session.pictures.remove(attrs.evolve(stored, crop=Crop(2)))
    assert refused.value.code == "edit-not-stored"


def test_plain_data_has_no_bytes_and_no_digest(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(bois, LOGO, {"zoom": 2})
        shown = [to_plain(one) for one in (stored, session.pictures.get(bois), session.pictures.thumbnails([bois]))]
    assert shown[0]["crop"] == {"zoom": 2.0, "x": 0.0, "y": 0.0}
    assert shown[1] == {"width": 200, "height": 240, "media_type": "image/png", "size": stored.size}
    written = json.dumps(shown)
    assert stored.shown_file not in written + repr(stored)
    assert stored.upright_file not in written + repr(stored)
    assert len(written) < 1_000


def test_an_id_that_no_record_has_is_not_found(workspace: Workspace) -> None:
    with workspace.write(AMELIE) as session:
        for act in (
            lambda: session.pictures.of("nobody"),
            lambda: session.pictures.get("nobody"),
            lambda: session.pictures.upright("nobody"),
            lambda: session.pictures.preview("nobody"),
            lambda: session.pictures.set("nobody", LOGO),
            lambda: session.pictures.adjust("nobody", Crop()),
            lambda: session.pictures.remove("nobody"),
            lambda: session.pictures.candidates("nobody"),
            lambda: session.pictures.choose("nobody", "a"),
        ):
            with pytest.raises(NotFound) as error:
                act()
            assert (error.value.what, error.value.id) == ("contact", "nobody")
        assert session.pictures.thumbnails(["nobody", "nothing"]) == {}


def test_a_session_that_only_reads_changes_no_picture(workspace: Workspace, bois: Company) -> None:
    with workspace.read(AMELIE) as session, pytest.raises(Forbidden) as refused:
        session.pictures.set(bois, LOGO)
    assert refused.value.code == "read-only-session"


def test_a_failed_session_keeps_nothing(workspace: Workspace, bois: Company, kept: Kept) -> None:
    def fail() -> None:
        with workspace.write(AMELIE) as session:
            session.pictures.set(bois, LOGO)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert kept() == 0
    with workspace.read(AMELIE) as session:
        assert session.pictures.of(bois) is None


def test_the_feed_names_pictures_and_contacts_alone(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(bois, LOGO)
        session.pictures.adjust(bois, Crop(2))
        session.pictures.remove(bois)
    with workspace.read(ROOT) as session:
        events = [one.event for one in session.feed() if one.event.name.startswith("picture")]
    assert [one.name for one in events] == ["picture.added", "picture.changed", "picture.removed"]
    assert {one.subject for one in events} == {stored.id}
    assert all(json.loads(one.data) == {"actor": "amelie", "contact": bois.id} for one in events)


@pytest.mark.req("PIC-1")
def test_a_list_reads_all_its_small_pictures_at_once(storage: Storage) -> None:
    counting = CountingStorage(storage)
    workspace = Workspace(counting, "acme")
    with workspace.write(AMELIE) as session:
        clients = [session.contacts.add(Company(f"Client {number}")) for number in range(20)]
        for client in clients[::2]:
            session.pictures.set(client, LOGO)
    with workspace.read(AMELIE) as session:
        cards = session.contacts.page().items
        counting.calls.restart()
        found = session.pictures.thumbnails(cards)
        assert counting.calls.by_name == {"get": 3, "holders": 1}
    assert list(found) == [card.id for card in cards if card.id in {client.id for client in clients[::2]}]
    assert {(one.width, one.height, opened(one.data).size) for one in found.values()} == {(64, 38, (64, 38))}


@pytest.mark.parametrize("wrong", ["one", 5, [5], None])
def test_wrong_lists_of_records_are_refused(workspace: Workspace, wrong: Any) -> None:
    with workspace.read(AMELIE) as session, pytest.raises(Invalid):
        session.pictures.thumbnails(wrong)


def test_a_reader_of_a_contact_sees_its_picture_and_does_not_change_it(workspace: Workspace) -> None:
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois", access="shared-read", responsibles=["amelie"]))
        session.pictures.set(bois, LOGO)
    with workspace.write(BOB) as session:
        assert session.pictures.get(bois) is not None
        assert session.pictures.upright(bois) is not None
        for act in (
            lambda: session.pictures.set(bois, PHOTO),
            lambda: session.pictures.adjust(bois, Crop(2)),
            lambda: session.pictures.remove(bois),
            lambda: session.pictures.choose(bois, "a"),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "read-only"


@pytest.mark.req("ACC-3")
def test_a_hidden_picture_reveals_itself_in_no_way(workspace: Workspace, kept: Kept) -> None:
    with workspace.write(AMELIE) as session:
        hidden = session.contacts.add(Company("Hidden", access="private", responsibles=["amelie"]))
        secret = session.pictures.set(hidden, LOGO)
    outcomes = []
    for number, file in enumerate((LOGO, saved(corners(400, 244), "PNG"))):
        with workspace.write(BOB) as session:
            mine = session.contacts.add(Company(f"Mine {number}"))
            stored = session.pictures.set(mine, file)
            outcomes.append((stored.version, stored.width, stored.media_type, [*session.pictures.thumbnails([mine])]))
            assert session.pictures.thumbnails([hidden.id, mine.id, secret.id]).keys() == {mine.id}
            for record in (hidden, hidden.id, secret, secret.id):
                with pytest.raises(NotFound):
                    session.pictures.of(record)
                with pytest.raises(NotFound):
                    session.pictures.set(record, PHOTO)
            session.pictures.remove(stored)
        outcomes[-1] = (*outcomes[-1][:3], len(outcomes[-1][3]))
    assert outcomes[0] == outcomes[1]
    assert kept() == 2  # the picture that is equal to the hidden one was removed, the hidden one stays
    with workspace.read(AMELIE) as session:
        content = session.pictures.get(hidden)
        assert content is not None
        assert content.data == prepare(LOGO).data


@pytest.mark.req("PIC-1")
def test_a_contact_of_the_other_kind_keeps_its_picture(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        stored = session.pictures.set(bois, LOGO)
        person = session.contacts.convert(bois, "person")
        assert session.pictures.of(person) == stored


def test_a_picture_is_made_by_the_service_alone() -> None:
    picture = Picture(crop={"zoom": 2})
    assert picture.crop == Crop(2)
    make: Callable[..., Picture] = Picture
    with pytest.raises(Invalid) as refused:
        make(width="a", crop=5, thumbnail=b"x")
    assert {problem.path for problem in refused.value.problems} == {"width", "crop", "thumbnail"}
