"""Contacts keep their source and times in their records, and ranges of days are found by few terms."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Company
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import Placement
from contactcore.mapping.field_terms import day_terms, field_terms
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.trash import Trashed
from contactcore.model import FieldDefinition, Settings
from contactcore.testing.oracle import stored

BORN = FieldDefinition(slug="born", name="Born", type="date")
SETTINGS = Settings(fields=[BORN])
MOMENTS = st.one_of(
    st.none(),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
)


@pytest.mark.req("DIR-19")
@pytest.mark.req("DIR-21")
@given(
    source=st.sampled_from(["", "hand", "card", "import:7"]),
    added=MOMENTS,
    changed=MOMENTS,
    by=st.sampled_from(["", "amelie"]),
    trashed=st.booleans(),
)
def test_the_source_and_the_times_of_a_contact_are_read_as_they_were_stored(
    source: str, added: datetime | None, changed: datetime | None, by: str, trashed: bool
) -> None:
    last = changed if added is not None else None
    one = Company(
        "Bois",
        id="a",
        version=1,
        access="shared-read",
        source=source,
        added_at=added,
        added_by=by if added else "",
        changed_at=last or added,
        changed_by=by if added else "",
    )
    context = IndexContext.of(SETTINGS)
    access = frozenset({"visible:*"})
    gone = Trashed("2026-01-01", "amelie", "a", tuple(access)) if trashed else None
    record = CONTACTS.record(one, Placement(context=context, access=access, trashed=gone))
    read = CONTACTS.load(stored(record), context)
    names = ("source", "added_at", "added_by", "changed_at", "changed_by")
    assert [getattr(read, name) for name in names] == [getattr(one, name) for name in names]
    assert ("added" in record.orders, "changed" in record.orders) == ((added is not None) and not trashed,) * 2
    assert CONTACTS.record(read, Placement(context=context, access=access, trashed=gone)).card == record.card


@pytest.mark.req("DIR-21")
def test_a_record_without_a_source_is_of_unknown_source() -> None:
    context = IndexContext.of(SETTINGS)
    record = CONTACTS.record(Company("Bois", id="a", version=1), Placement(context=context))
    body = {
        name: value for name, value in json.loads(record.body).items() if name not in {"source", "added", "changed"}
    }
    old = attrs.evolve(stored(record), body=json.dumps(body).encode())
    read = CONTACTS.load(old, context)
    assert (read.source, read.added_at, read.changed_by) == ("", None, "")


@pytest.mark.req("DIR-19")
@given(first=st.dates(), last=st.dates(), day=st.dates(), near=st.integers(-3, 3))
def test_a_day_has_exactly_one_term_of_a_range_that_contains_it(first: date, last: date, day: date, near: int) -> None:
    edge = (first if near % 2 else last).toordinal() + near
    for one in (day, first, last, date.fromordinal(min(max(edge, 1), date.max.toordinal()))):
        wanted = [*day_terms(BORN, first, last)]
        own = set(field_terms({"born": one.isoformat()}, SETTINGS))
        assert len(own & set(wanted)) == (first <= one <= last)
        assert len(wanted) == len(set(wanted)) < 400
