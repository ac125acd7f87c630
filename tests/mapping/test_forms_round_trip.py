"""Forms and submissions are read as they were stored."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Company, from_plain, to_plain
from contactcore.mapping.entity_type import Placement
from contactcore.mapping.forms import FORM_SECRETS, FORMS, FormSecret
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.submissions import SUBMISSIONS
from contactcore.mapping.trash import Trashed
from contactcore.model import Form, Settings, Submission
from contactcore.storage.checks import check_records
from contactcore.testing.oracle import stored
from support.form_strategies import forms, submissions

pytestmark = pytest.mark.req("IMP-6")

CONTEXT = IndexContext.of(Settings())


@given(one=forms())
def test_a_form_is_read_as_it_was_stored(one: Form) -> None:
    one = attrs.evolve(one, id="a", version=1)
    record = FORMS.record(one, Placement(context=CONTEXT, access=frozenset({"visible:*"})))
    assert FORMS.load(stored(record), CONTEXT) == one
    assert from_plain(json.loads(json.dumps(to_plain(one)))) == one
    check_records({"form": FORMS.kind}, [record])


@given(one=submissions(), trashed=st.booleans())
def test_a_submission_is_read_as_it_was_stored(one: Submission, trashed: bool) -> None:
    one = attrs.evolve(one, id="a", version=1, contact_id="c")
    placement = Placement(
        context=CONTEXT,
        access=frozenset({"visible:*"}),
        owners={"contact": Company("Bois", id="c")},
        trashed=Trashed("2026-01-01", "amelie", "a", ("visible:*",)) if trashed else None,
    )
    record = SUBMISSIONS.record(one, placement)
    assert SUBMISSIONS.load(stored(record), CONTEXT) == one
    assert json.loads(record.card)["name"] == one.display_name
    assert bool(one.email) == any("email:" in term for term in record.terms)
    check_records({"submission": SUBMISSIONS.kind}, [record])


def test_a_secret_is_read_as_it_was_stored_and_not_shown() -> None:
    secret = FormSecret(key="k" * 43)
    record = FORM_SECRETS.record(secret, Placement(context=CONTEXT))
    assert FORM_SECRETS.load(stored(record), CONTEXT) == secret
    assert (record.access, record.terms, record.keys) == (frozenset(), frozenset(), frozenset())
    assert "kkk" not in repr(secret)
