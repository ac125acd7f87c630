from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.storage import LONGEST_BODY, LONGEST_KEY, LONGEST_TERM, Kind, Order, Record, check_record, declared
from contactcore.storage.checks import check_records

KINDS = {
    "contact": Kind("contact", (Order("name", words=True), Order("recent"))),
    "note": Kind("note", (Order("name"),), {"about": "contact"}),
}
PLAIN = Record(
    kind="note",
    id="1",
    orders={"name:pl": "Żak"},
    terms=frozenset({"tag:vip"}),
    words=frozenset({"żak", "zak"}),
    keys=frozenset({"k"}),
    references={"about": "2"},
    owner="2",
    access=frozenset({"visible:*"}),
)

FINE = ("", "x", "Żak", "^", "a" * LONGEST_TERM)
WRONG = ("\x00", "x\ud800", "a" * (LONGEST_TERM + 1), "ż" * (LONGEST_KEY + 1))
texts = st.sampled_from([*FINE, *WRONG])
sets = st.frozensets(texts, max_size=2)
words = st.frozensets(st.one_of(texts, st.sampled_from(["two words", "Capital", "ŻA", "ż b", "\x7f", "\u2003"])))
records = st.builds(
    Record,
    kind=st.sampled_from(["contact", "note", "other"]),
    id=st.one_of(texts, st.just("")),
    version=st.integers(0, 2),
    body=st.sampled_from([b"{}", b" " * (LONGEST_BODY + 1)]),
    orders=st.dictionaries(st.one_of(texts, st.sampled_from(["name", "name:pl", "due", "recent"])), texts, max_size=2),
    terms=sets,
    words=words,
    keys=sets,
    references=st.dictionaries(st.sampled_from(["about", "by"]), texts, max_size=1),
    owner=texts,
    access=sets,
)
# Mostly fine, so that the one that is not stands anywhere.
changes = st.sampled_from(
    ["id", "version", "body", "orders", "terms", "words", "keys", "references", "owner", "access"]
)


def refusal_of_each(batch: Sequence[Record]) -> tuple[object, ...] | None:
    try:
        for record in batch:
            check_record(declared(KINDS, record.kind), record)
    except Invalid as error:
        return (error.code, error.path, error.value, str(error))
    return None


def refusal_of_all(batch: Sequence[Record]) -> tuple[object, ...] | None:
    try:
        check_records(KINDS, batch)
    except Invalid as error:
        return (error.code, error.path, error.value, str(error))
    return None


@given(record=records, field=changes, at=st.integers(0, 2))
def test_a_batch_is_refused_for_what_the_first_wrong_record_in_it_is_refused(
    record: Record, field: str, at: int
) -> None:
    batch = [PLAIN, PLAIN, PLAIN]
    batch[at] = attrs.evolve(PLAIN, **{field: getattr(record, field)})
    assert refusal_of_all(batch) == refusal_of_each(batch)


@given(batch=st.lists(records, max_size=3))
def test_a_batch_is_refused_as_its_records_are_one_by_one(batch: list[Record]) -> None:
    assert refusal_of_all(batch) == refusal_of_each(batch)


@pytest.mark.parametrize("fault", WRONG)
def test_a_fault_in_any_text_refuses_the_batch(fault: str) -> None:
    for change in (
        {"id": fault},
        {"terms": frozenset({fault})},
        {"words": frozenset({fault})},
        {"keys": frozenset({fault})},
        {"owner": fault},
        {"access": frozenset({fault})},
        {"references": {"about": fault}},
        {"orders": {"name": fault * 2}},  # a key may be longer than the rest
        {"orders": {f"name:{fault}": "x"}},
    ):
        batch = [PLAIN, attrs.evolve(PLAIN, **change)]
        assert refusal_of_all(batch) == refusal_of_each(batch) is not None


def test_a_batch_without_fault_is_taken() -> None:
    check_records(KINDS, [PLAIN, attrs.evolve(PLAIN, kind="contact", references={})])
