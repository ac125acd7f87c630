"""Who imports for others, and does not see what comes of it, gets the same from a long file as from a short one."""

from __future__ import annotations

import pytest

from contactcore.workspace.imports import imports as engine
from support.actors import BOB
from support.import_views import HEAD, primary_flags

FOR_BOB = {"access": "private", "responsibles": ["bob"], "policy": "update"}
FILE = (
    HEAD
    + "Ann,Lee,Bois,,ann@x.fr,,\n"
    + "".join(f"P{n},Doe,Bois,,p{n}@x.fr,,\n" for n in range(9))
    + "Ann,Lee,Lune,CEO,ann@x.fr,+33144556677,vip\n,,Bois,,info@bois.fr,,\n"
)


class _Killed(Exception):
    pass


def _directory(workspace):
    with workspace.read(BOB) as session:
        return [
            (
                one.display_name,
                [str(email) for email in one.emails],
                len(one.phones),
                [tag.text for tag in one.tags],
                [(link.person.given_name, link.position, link.primary) for link in session.people.list(one)],
            )
            for one in (session.contacts.get(card.id) for card in session.contacts.page(role="any", limit=100).items)
        ]


@pytest.mark.req("IMP-2")
@pytest.mark.req("PER-3")
@pytest.mark.parametrize("killed_after", [0, 4, 8])
def test_batches_that_follow_find_what_earlier_ones_made(new_workspace, amelie, monkeypatch, killed_after):
    short, long = new_workspace(), new_workspace()
    whole = short.imports(amelie)
    wanted = whole.apply(whole.plan(FILE, **FOR_BOB))
    monkeypatch.setattr(engine, "BATCH", 4)
    imports = long.imports(amelie)

    def stop(progress):
        if progress.rows == killed_after:
            raise _Killed

    if killed_after:
        with pytest.raises(_Killed):
            imports.apply(imports.plan(FILE, **FOR_BOB), stop)
    report = imports.apply(imports.plan(FILE, **FOR_BOB))
    assert (report.created, report.updated, report.skipped) == (wanted.created, wanted.updated, wanted.skipped)
    assert _directory(long) == _directory(short)
    assert set(primary_flags(long).values()) == {1}
