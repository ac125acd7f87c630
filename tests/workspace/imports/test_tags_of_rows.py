"""The spelling of the tags of rows depends neither on the batches nor on a kill (DIR-6)."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import Company, Workspace
from contactcore.storage import Storage
from contactcore.values import Tag
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.imports import tag_spellings
from contactcore.workspace.imports.tag_spellings import TagSpellings
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, BOB, ROOT
from support.seeds import examples

pytestmark = [pytest.mark.req("DIR-6"), pytest.mark.req("IMP-3"), pytest.mark.cases_in_memory]

HEAD = "Company,Email,Tags,Responsible\n"
_numbers = count()


class _Killed(Exception):
    pass


def spelled(storage: Storage, text: str, batch: int, *, kill: bool, **options: Any) -> dict[str, list[str]]:
    """The tags of each company after an import."""
    space = Workspace(storage, f"tags {next(_numbers)}", language="fr", country="FR")
    with space.write(ROOT) as session:
        session.contacts.add(Company("Ours", emails=["ours@x.fr"], tags=["ViP"], access="shared-write"))
        session.contacts.add(Company("Theirs", tags=["SeCret"], responsibles=["amelie"], access="private"))
        session.contacts.add(Company("Zoo", emails=["zoo@x.fr"], access="shared-write"))
    imports = space.imports(AMELIE)
    plan = imports.plan(text, **options)

    def stop(_: object) -> None:
        if kill:
            raise _Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "BATCH", batch)
        dry = imports.preview(plan)
        while True:
            try:
                report = imports.apply(plan, stop)
                break
            except _Killed:
                if imports.list()[0].state == "done":
                    report = dry
                    break
    assert [*report.changes] == [*dry.changes]
    with space.read(ROOT) as session:
        cards = session.contacts.page(role="any", limit=500).items
        return {card.name: [tag.text for tag in session.contacts.get(card.id).tags] for card in cards}


def test_viewers_who_know_the_tag_of_an_earlier_row_get_its_spelling(storage: Storage) -> None:
    text = HEAD + 'One,,wood,"amelie, bob"\nTwo,,Wood,\nThree,,WOOD,bob\n'
    for batch in (1, 2, 1_000):
        found = spelled(storage, text, batch, kill=False)
        assert (found["One"], found["Two"], found["Three"]) == (["wood"], ["wood"], ["wood"])


def test_the_spelling_of_a_row_reveals_nothing_to_those_who_do_not_see_its_contact(storage: Storage) -> None:
    text = HEAD + 'One,,secret,\nTwo,,SECRET,"amelie, bob"\nThree,,secret,"bob, amelie"\n'
    for batch in (1, 2, 1_000):
        found = spelled(storage, text, batch, kill=batch < 1_000)
        assert (found["One"], found["Two"], found["Three"]) == (["SeCret"], ["SECRET"], ["SECRET"])


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_a_tag_that_a_row_takes_away_keeps_its_spelling_for_the_rows_below(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(engine, "BATCH", batch)
    space = Workspace(storage, f"tags {next(_numbers)}", language="fr", country="FR")
    with space.write(AMELIE) as session:
        session.contacts.add(Company("Ours", emails=["ours@x.fr"], tags=["ViP"], access="private"))
    with space.write(BOB) as session:
        session.contacts.add(Company("Yards", tags=["Vip"], access="shared-read"))
    imports = space.imports(AMELIE)
    imports.apply(imports.plan("Company,Email,Tags\n,ours@x.fr,wood\nNew,,vip\n", policy="overwrite", access="private"))
    with space.read(AMELIE) as session:
        cards = session.contacts.page().items
        tags = {card.name: [tag.text for tag in session.contacts.get(card.id).tags] for card in cards}
    assert tags == {"Ours": ["wood"], "New": ["ViP"], "Yards": ["Vip"]}


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "zoo@x.fr", "ours@x.fr", "a@x.fr"]),
        st.sampled_from(["vip", "VIP", "secret", "wood", "Wood", "WOOD", "wood, vip", "Wood, Secret", "", "(clear)"]),
        st.sampled_from(["", "amelie", "bob", "amelie, bob"]),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=examples(50))
@given(_ROWS, st.sampled_from(["skip", "update", "create", "overwrite"]), st.sampled_from(["private", "shared-write"]))
def test_tags_are_spelled_alike_wherever_batches_end_and_runs_are_killed(
    rows: list[tuple[str, str, str]], policy: str, access: str
) -> None:
    known = ("zoo@x.fr", "ours@x.fr")  # a row without a name changes the company that is stored
    names = ["" if email in known else f"C{n}" for n, (email, _, _) in enumerate(rows)]
    text = HEAD + "".join(
        f'{name},{email},"{tags}","{users}"\n' for name, (email, tags, users) in zip(names, rows, strict=True)
    )
    storage, options = MemoryStorage(), {"policy": policy, "access": access}
    whole = spelled(storage, text, 1_000, kill=False, **options)
    for batch, kill in ((1, False), (2, False), (1, True), (3, True)):
        assert spelled(storage, text, batch, kill=kill, **options) == whole


def test_a_batch_that_is_planned_again_forgets_the_spellings_of_its_first_plan(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contactcore.errors import StorageError

    real, failures = JobRepository.save, list[object]()

    def disturbed(jobs: JobRepository, job: Any) -> Any:
        if job.cursor and not failures:
            failures.append(job)
            raise StorageError("Somebody else was faster.", "storage-retry")
        return real(jobs, job)

    monkeypatch.setattr(JobRepository, "save", disturbed)
    found = spelled(storage, HEAD + 'One,,wood,"amelie, bob"\nTwo,,Wood,\n', 1_000, kill=False)
    assert failures
    assert (found["One"], found["Two"]) == (["wood"], ["wood"])


def test_spellings_take_no_more_memory_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag_spellings, "_MOST", 3)
    asked: list[str] = []

    def in_directory(tag: Tag, audience: object) -> Tag:
        asked.append(tag.text)
        return tag

    spellings, everybody = TagSpellings(in_directory), frozenset({"visible:*"})
    entries = [spellings.note([Tag(f"t{n}")], everybody) for n in range(5)]
    assert [len(one) for one in entries] == [1, 1, 1, 0, 0]
    assert [spellings.spell(Tag(text), (everybody,)).text for text in ("T2", "T4", "t4", "T5")] == [
        *("t2", "T4", "T4", "T5")
    ]
    assert asked == ["T4", "T5"]
    spellings.forget_batch()
    assert spellings.spell(Tag("T0"), (everybody,)).text == "T0"
