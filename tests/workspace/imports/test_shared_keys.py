"""Keys that several contacts share: which contact a row finds depends neither on the batches nor on the preview."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import Company, Person, Workspace
from contactcore.workspace.imports import imports as module
from contactcore.workspace.imports.key_holders import KeyHolders
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, ROOT

pytestmark = [pytest.mark.req("IMP-2"), pytest.mark.req("IMP-3"), pytest.mark.cases_in_memory]

BATCHES: Final = (2, 3, 7, 1_000)
P: Final = "01 44 55 66 77"
Q: Final = "+48 601 000 001"

Row = tuple[str, str, str, str]


def outcome(rows: Sequence[Row], policy: str, batch: int, stored: Sequence[Row] = ()) -> dict[str, Any]:
    """What a preview and an import of the rows say, and the contacts afterwards."""
    space = Workspace(MemoryStorage(), "acme", language="en", country="FR")
    with space.write(ROOT) as session:
        session.settings.define_field("Size")
    imports = space.imports(AMELIE)
    if stored:
        imports.apply(imports.plan(text_of(stored), policy="create", access="shared-write"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BATCH", batch)
        plan = imports.plan(text_of(rows), policy=policy, access="shared-write")
        dry, report = imports.preview(plan), imports.apply(plan)
    found = {}
    for name, one in (("preview", dry), ("apply", report)):
        notes = [(problem.line, problem.code, problem.kind) for problem in one.problems]
        found[name] = (one.counts, notes, [(one.line, one.field, one.before, one.after) for one in one.changes])
    assert found["preview"] == found["apply"]
    return {**found, "contacts": contacts_of(space)}


def text_of(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([("Full name", "Email", "Phone", "Size"), *rows])
    return out.getvalue()


def contacts_of(space: Workspace) -> list[tuple[Any, ...]]:
    """The name, the addresses, the numbers and the fields of each contact, the oldest contact first."""
    with space.read(AMELIE) as session:
        page = session.contacts.page(role="any", limit=500).items
        found = [session.contacts.get(id) for id in sorted(card.id for card in page)]
    return [shown(one) for one in found]


def shown(one: Person | Company) -> tuple[Any, ...]:
    return one.display_name, [*map(str, one.emails)], [*map(str, one.phones)], dict(one.fields)


def lists(values: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(", ".join)


ROWS: Final = st.lists(
    st.tuples(
        st.sampled_from(["", "", "Zoe Lee", "Ann Lee", "A. Lee", "Lee", "Ann Ray", "Bob Fox"]),
        lists(["zoe@x.org", "s@x.org", "ann@x.org"]),
        lists([P, Q, "01 44 55 66 78"]),
        st.sampled_from(["", "S", "M"]),
    ),
    min_size=2,
    max_size=12,
)


@settings(max_examples=60)
@given(ROWS, st.sampled_from(["skip", "update", "overwrite", "create"]), st.lists(ROWS, max_size=1))
def test_a_row_finds_the_same_contact_wherever_batches_end(
    rows: list[Row], policy: str, stored: list[list[Row]]
) -> None:
    known = stored[0] if stored else []
    first, *others = [outcome(rows, policy, batch, known) for batch in BATCHES]
    assert all(one == first for one in others)


_HOLDER_LOSES_IT: Final = [
    [("Zoe Lee", "zoe@x.org", P, ""), ("Ann Lee", "ann@x.org", P, ""), ("Zoe Lee", "zoe@x.org", Q, "")],
    [("Zoe Lee", "zoe@x.org, s@x.org", "", ""), ("Ann Ray", "s@x.org", "", ""), ("Zoe Lee", "zoe@x.org", "", "")],
]
_OLDEST_GETS_IT: Final = [
    [("Zoe Lee", "zoe@x.org", Q, ""), ("Ann Lee", "ann@x.org", P, ""), ("Zoe Lee", "zoe@x.org", P, "")],
    [("Zoe Lee", "zoe@x.org", "", ""), ("Ann Ray", "s@x.org", "", ""), ("Zoe Lee", "zoe@x.org, s@x.org", "", "")],
]
_LAST: Final[list[Row]] = [("", "", P, "M"), ("", "s@x.org", "", "M")]


def sized(result: dict[str, Any]) -> list[str]:
    """The names of the contacts that have a size."""
    return [name for name, _, _, fields in result["contacts"] if fields]


@pytest.mark.parametrize("batch", [1, *BATCHES])
@pytest.mark.parametrize("stored", [0, 1, 2])
@pytest.mark.parametrize("key", [0, 1], ids=["number", "address"])
def test_a_contact_that_still_has_a_key_is_found_when_an_older_one_has_lost_it(
    batch: int, stored: int, key: int
) -> None:
    rows = [*_HOLDER_LOSES_IT[key], _LAST[key]]
    result = outcome(rows[stored:], "overwrite", batch, rows[:stored])
    assert sized(result) == [rows[1][0]]
    assert len(result["contacts"]) == 2


@pytest.mark.parametrize("batch", [1, *BATCHES])
@pytest.mark.parametrize("policy", ["update", "overwrite"])
@pytest.mark.parametrize("key", [0, 1], ids=["number", "address"])
def test_the_oldest_contact_is_found_by_a_key_that_it_got_last(batch: int, policy: str, key: int) -> None:
    result = outcome([*_OLDEST_GETS_IT[key], _LAST[key]], policy, batch)
    assert sized(result) == ["Zoe Lee"]
    assert len(result["contacts"]) == 2


@pytest.mark.parametrize("batch", [1, *BATCHES])
def test_a_new_contact_is_noted_beside_the_one_that_still_has_its_address(batch: int) -> None:
    result = outcome([*_HOLDER_LOSES_IT[1], ("Bob Fox", "s@x.org", "", "M")], "overwrite", batch)
    assert sized(result) == ["Bob Fox"]
    _, notes, _ = result["apply"]
    assert notes == [(3, "same-email", "note"), (5, "same-email", "note")]


@pytest.mark.parametrize("batch", [1, *BATCHES])
@pytest.mark.parametrize("policy", ["skip", "update", "overwrite"])
@pytest.mark.parametrize("stored", [True, False])
def test_a_row_with_a_number_and_another_address_is_another_person(batch: int, policy: str, stored: bool) -> None:
    ann, row = ("Ann Lee", "ann@x.org", P, ""), ("", "bob@y.org", P, "M")
    result = outcome([row] if stored else [ann, row], policy, batch, [ann] if stored else ())
    assert [(name, emails, fields) for name, emails, _, fields in result["contacts"]] == [
        ("Ann Lee", ["ann@x.org"], {}),
        ("bob@y.org", ["bob@y.org"], {"size": "M"}),
    ]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_a_key_of_many_contacts_is_that_of_the_oldest_one_that_is_left(batch: int) -> None:
    people = [(f"Ann Lee{number}", f"a{number}@x.org", P, "") for number in range(9)]
    without = [(name, email, Q, "") for name, email, *_ in people]
    back = [people[2], people[6], people[4]]
    rows = [
        *people,
        *without[:6],
        ("", "", P, "S"),
        *without[6:8],
        ("", "", P, "M"),
        *back,
        without[8],
        ("", "", P, "L"),
    ]
    result = outcome(rows, "overwrite", batch)
    assert {name: fields["size"] for name, _, _, fields in result["contacts"] if fields} == {
        "Ann Lee6": "S",
        "Ann Lee8": "M",
        "Ann Lee2": "L",
    }


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(0, 9)), max_size=40),
    st.sampled_from([None, lambda number: -number]),
)
def test_the_holder_with_the_least_rank_comes_first(acts: list[tuple[str, int | None]], rank: Any) -> None:
    holders, model = KeyHolders(rank), {"a": set[int](), "b": set[int]()}
    for key, number in acts:
        if number is not None:
            holders.add(key, number)
            model[key].add(number)
        elif model[key]:
            gone = holders.first(key)
            # One that was added again may stay there twice.
            while holders.first(key) == gone:
                holders.remove_first(key)
            model[key].remove(min(model[key], key=rank))
        assert holders.first(key) == min(model[key], key=rank, default=None)
