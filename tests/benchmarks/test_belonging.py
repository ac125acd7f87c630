"""The benchmark of what belongs to contacts asks what it says, in a workspace that is what it says."""

from __future__ import annotations

from random import Random

from benchmarks.belonging import CALLS, fill, measure, table

from contactcore import User, Workspace
from contactcore_memory import MemoryStorage


def test_each_contact_has_two_sites_three_items_and_twenty_interactions() -> None:
    workspace = Workspace(MemoryStorage(), "acme")
    ids = fill(workspace, 4, Random(7))
    with workspace.read(User("amelie")) as session:
        assert session.contacts.count() == len(ids) == 4
        for id in ids:
            assert (len(session.sites.of(id)), len(session.items.of(id))) == (2, 3)
            assert sum(session.timeline.counts(id).values()) == 20


def test_every_call_has_a_figure_and_a_line() -> None:
    figures = measure(3, calls=2)
    assert all(figures[name] > 0 for name in CALLS)
    assert [line[:24].strip() for line in table({3: figures, 4: figures}).splitlines()[1:]] == ["stored, each", *CALLS]
