"""Pictures in any sequence of acts: no content is lost or left behind, and hidden contacts hide their pictures."""

from __future__ import annotations

import base64
import hashlib
from random import Random
from typing import Any

import pytest

from contactcore import Conflict, Forbidden, Invalid, Item, NotFound, Person, Picture, User, Workspace
from contactcore.formats.pictures import Crop, prepare
from contactcore.mapping.kinds import FILE_REFERENCES
from contactcore.mapping.pictures import PICTURES, picture_blob
from contactcore.testing.oracle import stored
from support.actors import AMELIE, BOB, ROOT
from support.pictures import corners, saved
from support.seeds import check_seeds, seeds_on

FILES = [saved(corners(20 + 10 * number, 30), "PNG") for number in range(3)]
READY = [prepare(file) for file in FILES]
USERS = (AMELIE, BOB, ROOT)
NAMES = ("Jane", "Joan", "Ann")


class _Sequence:
    """Acts of three users on a few people, their items and their pictures."""

    def __init__(self, workspace: Workspace, seed: int) -> None:
        self.workspace = workspace
        self.chance = Random(seed)
        self.people: list[str] = []
        self.items: list[str] = []
        self.imports: list[str] = []
        self.merges: list[Any] = []
        self.seen: list[Picture] = []
        self.done: list[str] = []
        self.files: set[str] = set()
        for name in NAMES:
            self.add(name)

    def add(self, name: str) -> None:
        with self.workspace.write(AMELIE) as session:
            person = session.contacts.add(
                Person(name, "Doe", emails=[f"{name.lower()}{len(self.people)}@doe.org"]), items=[Item("Rex")]
            )
            self.people.append(person.id)
            self.items += [item.id for item in session.items.of(person)]

    def step(self) -> str:
        """One act; the name of the act and of the refusal, if it was refused."""
        act = self.chance.choice(
            (
                *("set",) * 5,
                *("adjust",) * 3,
                *("share", "import", "import", "undo import", "merge", "undo merge", "undo last"),
                *("remove", "delete", "restore", "purge", "hand over", "move", "delete item", "stale"),
            )
        )
        actor = self.chance.choice(USERS)
        try:
            getattr(self, f"_{act.replace(' ', '_')}")(actor)
        except (Conflict, Forbidden, Invalid, NotFound) as refusal:
            act += f" ({refusal.code})"
        self.done.append(f"{actor.name}: {act}")
        return act

    def _record(self) -> str:
        return self.chance.choice(self.chance.choice((self.people, self.items)))

    def _set(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            self.seen.append(session.pictures.set(self._record(), self.chance.choice(READY)))

    def _stale(self, actor: User) -> None:
        if self.seen:
            with self.workspace.write(actor) as session:
                session.pictures.set(self.chance.choice(self.seen), self.chance.choice(READY))

    def _adjust(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.pictures.adjust(self._record(), Crop(self.chance.choice((1, 2))))

    def _remove(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.pictures.remove(self._record())

    def _share(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            access = self.chance.choice(("private", "shared-read", "shared-write"))
            session.contacts.share(self.chance.choice(self.people), access)

    def _delete(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.contacts.delete(self.chance.choice(self.people))

    def _delete_item(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.items.delete(self.chance.choice(self.items))

    def _move(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.items.move(self.chance.choice(self.items), self.chance.choice(self.people))

    def _restore(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.trash.restore(self._record())

    def _purge(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.trash.purge(self._record())
        self.add(self.chance.choice(NAMES))

    def _import(self, actor: User) -> None:
        number = self.chance.randrange(len(self.people))
        name = self.chance.choice(NAMES)
        photo = base64.b64encode(self.chance.choice(FILES)).decode()
        lines = (f"N:Doe;{name};;;", f"EMAIL:{name.lower()}{number}@doe.org", f"PHOTO;ENCODING=b:{photo}")
        card = "\n".join(("BEGIN:VCARD", *lines, "END:VCARD", ""))
        imports = self.workspace.imports(actor)
        report = imports.apply(imports.plan(card, policy=self.chance.choice(("update", "overwrite", "overwrite"))))
        self.imports.append(report.id)

    def _undo_import(self, actor: User) -> None:
        if self.imports:
            self.workspace.imports(actor).undo(self.chance.choice(self.imports[-3:]))

    def _merge(self, actor: User) -> None:
        merging = self.workspace.merging(actor)
        winner, loser = self.chance.sample(self.people, 2)
        self.merges.append(merging.apply(merging.plan(winner, [loser]), widen=True))

    def _undo_merge(self, actor: User) -> None:
        if self.merges:
            self.workspace.merging(actor).undo(self.chance.choice(self.merges[-2:]))

    def _undo_last(self, actor: User) -> None:
        with self.workspace.write(actor) as session:
            session.history.undo(session.history.of(self.chance.choice(self.people)).items[0])

    def _hand_over(self, actor: User) -> None:
        leaving, staying = self.chance.sample(("amelie", "bob"), 2)
        self.workspace.maintenance(actor).hand_over(leaving, to=staying)

    # What must be true after each act

    def check(self) -> None:
        """Everybody sees the stored picture of what everybody sees, and nothing of the rest."""
        shown = self._stored()
        for actor in USERS:
            with self.workspace.read(actor) as session:
                # The id of a merged contact stands for the contact that it became.
                visible = {id: _seen_as(session.contacts, id) for id in self.people}
                visible |= {id: _seen_as(session.items, id) for id in self.items}
                for id, current in visible.items():
                    if current:
                        content = session.pictures.get(id)
                        digest = None if content is None else hashlib.sha256(content.data).hexdigest()
                        assert digest == shown.get(current)
                    else:
                        with pytest.raises(NotFound):
                            session.pictures.of(id)
                thumbnails = session.pictures.thumbnails(list(visible))
                assert thumbnails.keys() == {current for current in visible.values() if current in shown}

    def _stored(self) -> dict[str, str]:
        """The digests of pictures outside of the trash, by their contacts and items; all contents are needed."""
        with self.workspace.storage.read(self.workspace.name) as reader:
            records = list(reader.dump("picture"))
            files = {record.id for record in reader.dump("picture-file")}
            assert files == {
                record.references[name] for record in records for name in FILE_REFERENCES if name in record.references
            }
            for id in self.files | files:
                data = reader.blob(picture_blob(id))
                assert (data is not None) == (id in files)
                assert data is None or hashlib.sha256(data).hexdigest() == id
            self.files |= files
        shown = [PICTURES.load(stored(record), None) for record in records if b'"trashed"' not in record.body]
        return {one.owner_id: one.shown_file for one in shown}


def _seen_as(service: Any, id: str) -> str:
    """The id of the record that an id stands for; `""` if the actor does not see it."""
    try:
        return str(service.get(id).id)
    except NotFound:
        return ""


@pytest.mark.req("PIC-5", "ACC-3", "DIR-11", "IMP-3", "IMP-7")
def test_no_sequence_of_acts_loses_a_picture_or_leaves_a_content_behind(
    new_workspace: Any, request: pytest.FixtureRequest
) -> None:
    def check(seed: int) -> None:
        play = _Sequence(new_workspace(), seed)
        for _ in range(25):
            play.step()
            try:
                play.check()
            except (AssertionError, NotFound) as error:
                error.add_note("\n".join(play.done))
                raise

    check_seeds(check, seeds_on(request.node.name, 12, 1), nightly=200)
