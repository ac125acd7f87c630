"""A company, a person and an item that get pictures, and a look at what the storage keeps."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Item, Person, Workspace
from contactcore.mapping.kinds import FILE_REFERENCES
from contactcore.mapping.pictures import picture_blob
from contactcore.storage import Reader, Storage
from support.actors import AMELIE
from support.pictures import Kept


@pytest.fixture
def bois(workspace: Workspace) -> Any:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Company("Bois & Fils"))


@pytest.fixture
def jane(workspace: Workspace) -> Any:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]), items=[Item("Rex")])


@pytest.fixture
def rex(workspace: Workspace, jane: Any) -> Item:
    with workspace.read(AMELIE) as session:
        (item,) = session.items.of(jane)
        return item


@pytest.fixture
def kept(storage: Storage) -> Kept:
    dropped: set[str] = set()
    known: set[str] = set()

    def count() -> int:
        with storage.read("acme") as reader:
            ids = {record.id for record in reader.dump("picture-file")}
            known.update(ids)
            dropped.update(known - ids)
            assert all(reader.blob(picture_blob(id)) is not None for id in ids)
            assert all(reader.blob(picture_blob(id)) is None for id in dropped)
            assert ids == _needed(reader)
            return len(ids)

    return count


def _needed(reader: Reader) -> set[str]:
    records = reader.dump("picture")
    return {record.references[name] for record in records for name in FILE_REFERENCES if name in record.references}
