"""The plain values of a row follow the rules of the contact."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore import EmailAddress, Person, Tag
from contactcore.formats.contact_rows.contact_builder import _PLAIN
from formats.contact_rows.test_plain_rows import both_ways
from support import entity_strategies as some


@pytest.mark.req("IMP-2")
@given(
    st.one_of(
        st.tuples(st.just("emails"), st.lists(some.emails(), max_size=4).map(tuple)),
        st.tuples(st.just("phones"), st.lists(some.phones(), max_size=4).map(tuple)),
        st.tuples(st.just("tags"), st.lists(st.sampled_from(("vip", "VIP", "Press")).map(Tag), max_size=4).map(tuple)),
    )
)
@example(("emails", (EmailAddress("Jo@x.fr"), EmailAddress("jo@x.fr"))))
@example(("emails", (EmailAddress("jo@x.fr"), EmailAddress("JO@x.fr", "work"))))
def test_duplicates_of_a_list_are_dropped_as_the_contact_drops_them(given_values: tuple[str, tuple[Any, ...]]) -> None:
    field, values = given_values
    contact = Person("Jane", "Doe", **{field: values})
    assert _PLAIN[field](values) == getattr(contact, field)


@pytest.mark.req("IMP-2")
def test_two_spellings_of_one_mailbox_in_a_row_are_one_address() -> None:
    rows = both_ways(b"First name;Last name;E-mail 1;E-mail 2\nJane;Doe;Jo@x.fr;jo@x.fr\n")
    for row, _ in rows:
        assert [str(email) for email in row.contact.emails] == ["Jo@x.fr"]
    assert len(rows) == 1
