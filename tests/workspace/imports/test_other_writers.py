"""Others who write between the planning of a batch and its storing, on a server that lets several write at once."""

from __future__ import annotations

import os
from threading import Thread
from typing import Any

import attrs
import pytest

from contactcore import Company, Person, Workspace
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.kernel.transaction import Transaction
from support.actors import AMELIE, ROOT
from support.import_views import HEAD, primary_flags

pytestmark = [
    pytest.mark.req("IMP-2"),
    pytest.mark.parametrize("open_storage", ["postgres"], indirect=True),
    pytest.mark.skipif("postgres" not in os.environ.get("CONTACTCORE_STORAGES", "postgres"), reason="needs a server"),
]
ROWS = HEAD + "Ann,Lee,Bois,CFO,ann@x.fr,+33144556677,\nBob,Ray,Bois,,,,\n"


@pytest.mark.parametrize("act", ["delete", "purge", "rename", "change the person"])
def test_a_batch_whose_contacts_somebody_changed_meanwhile_is_planned_anew(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    honest, interrupted = engine.store_batch, list[str]()

    def change() -> None:
        with workspace.write(AMELIE) as session:
            if act in {"delete", "purge"}:
                session.contacts.delete(bois.id)
            elif act == "rename":
                session.contacts.save(attrs.evolve(bois, name="Lune"))
            else:
                session.contacts.save(attrs.evolve(ann, description="changed"))
        if act == "purge":
            with workspace.write(ROOT) as session:
                session.trash.purge(bois.id)

    def disturbed(transaction: Transaction, *more: Any) -> Any:
        if not interrupted:
            interrupted.append(act)
            other = Thread(target=change)
            other.start()
            other.join()
        return honest(transaction, *more)

    monkeypatch.setattr(engine, "store_batch", disturbed)
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan(ROWS, policy="update"))
    assert (report.created, report.updated) == (1, 1)
    # A company that is gone, or has another name, is made anew.
    assert report.companies_created == (act != "change the person")
    with workspace.read(AMELIE) as session:
        stored = session.contacts.get(ann.id)
        assert (str(stored.phones[0]), stored.description) == ("+33144556677", "changed" * (act == "change the person"))
        (place,) = session.people.of(ann.id)
        assert (session.contacts.get(place.contact_id).display_name, place.position) == ("Bois", "CFO")
        assert len(session.people.list(place.contact_id)) == 2
    assert set(primary_flags(workspace).values()) == {1}
