"""Generated files: a preview says what an import does, wherever batches end, whatever kills it, on each storage."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from random import Random

import pytest

from contactcore import Invalid
from contactcore.storage import Storage
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.imports import row_worker
from contactcore.workspace.imports.row_worker import RowWorker
from support.actors import AMELIE
from support.generated_imports import Killed, contact_ids, directory, killing, new_space, said, scenario
from support.native_rows import with_ids
from support.seeds import check_seeds, seeds_on

OpenStorage = Callable[[], AbstractContextManager[Storage]]

pytestmark = [pytest.mark.req("IMP-2"), pytest.mark.req("IMP-3")]


def check_file(open_storage: OpenStorage, seed: int, *, native: bool, workers: int = 1) -> None:
    random = Random(seed)
    given, kills = scenario(random, native=native), random.choice((0, 1, 3) if workers == 1 else (1, 2))
    outcomes = []
    for batch, times in ((1_000, 0), (1, 0), (random.choice((2, 3, 7)), kills)):
        with open_storage() as storage:
            space = new_space(storage, given)
            imports, stored = space.imports(AMELIE), contact_ids(space)
            text = with_ids(given.text, stored) if native else given.text
            try:
                plan = imports.plan(text, policy=given.policy, **given.options)
            except Invalid:  # a file without any text
                return
            before = directory(space, live=True)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(engine, "BATCH", batch)
                dry, report = said(imports.preview(plan), stored), None
                with killing(Random(seed), times) as die:
                    while report is None:
                        with suppress(Killed):
                            report = imports.apply(
                                plan,
                                lambda told: die() if told.rows < given.rows else None,
                                workers=workers if times else 1,
                            )
            assert said(report, stored) == dry
            assert report.rows == given.rows
            outcomes.append((dry, directory(space)))
            # A strict update rejects a row for a field that a later row fills.
            if given.policy == "skip" or (given.policy == "update" and not given.required):
                again = imports.apply(plan)
                assert (again.created, again.updated) == (0, 0)
                assert directory(space) == outcomes[-1][1]
            undone = imports.undo(report)
            assert undone.kept == ()
            assert directory(space, live=True) == before
    assert outcomes[1:] == [outcomes[0], outcomes[0]]


@pytest.mark.req("IMP-9")
@pytest.mark.parametrize("native", [False, True], ids=["foreign", "native"])
def test_a_generated_file_is_previewed_imported_resumed_repeated_and_undone_alike(
    open_storage: OpenStorage, request: pytest.FixtureRequest, native: bool
) -> None:
    check_seeds(
        lambda seed: check_file(open_storage, seed, native=native), seeds_on(request.node.name, 60, 4), nightly=1_000
    )


@pytest.mark.parametrize("native", [False, True], ids=["foreign", "native"])
def test_a_generated_file_that_a_second_process_reads_and_that_is_killed_is_imported_alike(
    open_storage: OpenStorage, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, native: bool
) -> None:
    monkeypatch.setattr(row_worker, "_BLOCK", 3)
    # The first process reads nothing while the second one starts.
    monkeypatch.setattr(RowWorker, "is_ahead", lambda worker, number: True)
    check_seeds(
        lambda seed: check_file(open_storage, seed, native=native, workers=2),
        seeds_on(request.node.name, 2, 1),
        nightly=50,
    )
