"""What holds of everything that a workspace stores, after any sequence of acts of any feature."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from contactcore import ContactCoreError, Workspace
from contactcore.mapping.entities import ENTITY_OF
from contactcore.mapping.kinds import KIND_OF, KINDS
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.storage import Record
from contactcore.testing.oracle import stored
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from support.actors import ROOT

__all__ = ["check_all_is_read", "check_whole", "dumped"]

_NO_TIME: Final = {"as-of-before", "as-of-deleted", "history-begins-later"}
"""The codes of a time at which a contact was not there, or that was trimmed."""
_ALL: Final = tuple(kind.name for kind in KINDS)
_OTHER_OWNER: Final = {"distinction", "item-role"}
"""The kinds whose records wait in the trash for another owner than the first one."""


def dumped(workspace: Workspace, kinds: Iterable[str] = _ALL) -> Iterator[Record]:
    """All records of a workspace.

    Args:
        workspace: The workspace.
        kinds: The names of the kinds; all by default.
    """
    with workspace.storage.read(workspace.name) as reader:
        for kind in kinds:
            after = ""
            while records := reader.dump(kind, after):
                yield from records
                after = records[-1].id


def check_whole(workspace: Workspace) -> None:
    """Check that records are what their bodies say, that none is orphaned, and what is one at most for each contact.

    Raises:
        AssertionError: A rule is broken.
    """
    records = list(dumped(workspace))
    _check_derived(workspace, records)
    bodies = {record.id: json.loads(record.body) for record in records if record.kind == "contact"}
    trash = {record.id: trashed_of(stored(record)) for record in records if record.kind == "contact"}
    assert all(one is None or one.root in trash for one in trash.values()), "a contact in the trash has no root"
    primaries: dict[str, int] = {}
    standing: list[str] = []
    for record in records:
        body, trashed = json.loads(record.body or b"{}"), trashed_of(stored(record))
        if record.kind == "affiliation":
            _check_affiliation(record.id, body, trashed, trash, bodies)
            if trashed is None:
                client = body["contact_id"]
                primaries[client] = primaries.get(client, 0) + body.get("primary", False)
        elif record.kind == "item" and trashed is None and body.get("of_themself"):
            standing.append(body["contact_id"])
        elif record.kind == "login":
            assert bodies[body["person_id"]]["kind"] == "person" or body["state"] == "closed", "a company has a login"
        if ENTITY_OF[record.kind].follows_owner and record.kind not in {"affiliation", "login"}:
            _check_with_owner(record, trashed, trash)
    assert set(primaries.values()) <= {1}, "not exactly one person is primary"
    assert len(standing) == len(set(standing)), "two items stand for one contact"


def _check_derived(workspace: Workspace, records: Iterable[Record]) -> None:
    ids = {(record.kind, record.id) for record in records}
    with workspace.read(ROOT) as session:
        for record in records:
            for name, id in record.references.items():
                assert (KIND_OF[record.kind].references[name], id) in ids, f"{record.kind} {record.id} is orphaned"
            if record.kind != "settings":
                repository: Repository[Any] = Repository(session._transaction, ENTITY_OF[record.kind])
                (found,) = repository.derived([stored(record)])
                # A part of a job is derived without its version.
                found = attrs.evolve(found, references=record.references, version=record.version)
                assert _comparable(found) == _comparable(record), f"{record.kind} {record.id} is not what its body says"


def _comparable(record: Record) -> Record:
    """A record without the terms of the directory, by which only contacts themselves are found."""
    if record.kind == "contact":
        return record
    return attrs.evolve(record, access=frozenset(term for term in record.access if not term.startswith("listed:")))


def _check_affiliation(
    id: str,
    body: Mapping[str, Any],
    trashed: Trashed | None,
    trash: Mapping[str, Trashed | None],
    bodies: Mapping[str, Mapping[str, Any]],
) -> None:
    ends = [trash[body["contact_id"]], trash[body["person_id"]]]
    assert bodies[body["person_id"]]["kind"] == "person", f"the affiliation {id} has a company as its person"
    if trashed is None:
        assert ends == [None, None], f"the affiliation {id} of a deleted contact is not deleted"
    else:
        assert trashed.root in {one.root for one in ends if one is not None}, f"the affiliation {id} waits for nobody"


def _check_with_owner(record: Record, trashed: Trashed | None, trash: Mapping[str, Trashed | None]) -> None:
    entity_type = ENTITY_OF[record.kind]
    owner = trash.get(record.references.get(entity_type.owners[0], ""))
    if owner is not None:
        assert trashed is not None, f"{record.kind} {record.id} of a deleted contact is not deleted"
    elif trashed is not None and record.kind not in _OTHER_OWNER and not entity_type.part_of:
        assert trashed.root == record.id, f"{record.kind} {record.id} was not deleted alone, and its contact is there"


def check_all_is_read(workspace: Workspace) -> None:
    """Check that everything of each contact is read and exported, at each time of its history too.

    Raises:
        AssertionError: A time has another answer than the contact, or that it was not there.
        ContactCoreError: Something cannot be read.
    """
    with workspace.read(ROOT) as session:
        for card in session.contacts.iterate(role="any"):
            _read(session, card.id)
        session.trash.list(limit=1_000)
    exports = workspace.exports(ROOT)
    for export in (exports.csv, exports.vcards, exports.jscontact):
        export(io.BytesIO())
    workspace.imports(ROOT).list()
    workspace.merging(ROOT).list()
    workspace.maintenance(ROOT).jobs()


def _read(session: Session, id: str) -> None:
    contact = session.contacts.get(id)
    reads: tuple[Callable[[str], object], ...] = (
        *(
            session.people.list,
            session.sites.of,
            session.items.of,
            session.forms.submissions.of,
            session.portal.openings,
        ),
        *(session.contacts.prefill, session.documents.values, session.duplicates.of, session.account.history),
    )
    for read in reads:
        read(id)
    session.timeline.page(id, limit=100)
    if contact.kind == "person":
        json.dumps(session.privacy.report(id).data)
    for act in session.history.of(id, limit=1_000):
        try:
            assert session.history.as_of(id, act.at).contact.id == id
        except ContactCoreError as error:
            assert error.code in _NO_TIME, error  # noqa: PT017 - each act has a time
