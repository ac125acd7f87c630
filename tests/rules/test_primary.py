from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Affiliation, Invalid
from contactcore.rules.primary import effective_primary, enforce

TODAY = date(2026, 3, 1)
DAYS = st.sampled_from((None, date(2020, 1, 1), date(2026, 2, 28), date(2026, 3, 1)))


@st.composite
def sets(draw: Any) -> Any:
    """Affiliations of one contact, with marks as another program may have left them."""
    number = draw(st.integers(0, 5))
    return [
        Affiliation(
            id=str(at),
            since=f"2026-01-0{at + 1}",
            start=draw(st.sampled_from((None, date(2001, 1, 1), date(2015, 1, 1)))),
            end=draw(DAYS),
            active=draw(st.booleans()),
            primary=draw(st.booleans()),
            primary_sequence=draw(st.integers(-2, 3)),
        )
        for at in range(number)
    ]


def viewers(text: Any) -> Any:
    return frozenset({"visible:!admin", *(f"visible:{one}" for one in text.split())})


ACCESS = st.lists(st.sampled_from(("*", "=a", "=b", "=a =b", "")).map(viewers), min_size=5, max_size=5)


@pytest.mark.req("PER-3")
@given(sets(), ACCESS)
def test_exactly_one_is_primary_whenever_there_is_one_and_enforcing_again_changes_nothing(
    people: Any, access: Any
) -> None:
    seen = {one.id: access[at] for at, one in enumerate(people)}
    outcome = enforce(people, TODAY, None, seen)
    assert sum(one.primary for one in outcome.affiliations) == min(1, len(people))
    if any(one.is_current(TODAY) for one in people):
        assert outcome.primary is not None
        assert outcome.primary.is_current(TODAY)
    again = enforce(outcome.affiliations, TODAY, None, seen)
    assert again.changed == ()
    assert effective_primary(outcome.affiliations, TODAY) == outcome.primary


@pytest.mark.req("PER-3")
@given(sets(), ACCESS, st.integers(0, 4))
def test_the_callers_choice_is_heard_or_refused(people: Any, access: Any, at: Any) -> None:
    seen = {one.id: access[place] for place, one in enumerate(people)}
    wanted = next((one for one in people if one.id == str(at)), None)
    if wanted is None or not wanted.is_current(TODAY):
        with pytest.raises(Invalid):
            enforce(people, TODAY, str(at), seen)
    else:
        chosen = enforce(people, TODAY, str(at), seen).primary
        assert chosen is not None
        assert chosen.id == str(at)


@pytest.mark.req("PER-3")
@pytest.mark.req("ACC-3")
@given(sets(), ACCESS)
def test_what_a_viewer_is_shown_does_not_change_when_somebody_hidden_takes_the_mark(people: Any, access: Any) -> None:
    seen = {one.id: access[at] for at, one in enumerate(people)}
    settled = list(enforce(people, TODAY, None, seen).affiliations)
    hidden = Affiliation(id="9", since="2026-02-01")
    everybody = {**seen, "9": viewers("=hidden")}
    after = enforce([*settled, hidden], TODAY, "9", everybody).affiliations
    for viewer in ("*", "=a", "=b"):
        names = {f"visible:{viewer}", "visible:*"}
        before = [one for one in settled if seen[one.id] & names]
        then = [one for one in after if everybody[one.id] & names]
        shown = [effective_primary(view, TODAY) for view in (before, then)]
        assert [one and one.id for one in shown[:1]] == [one and one.id for one in shown[1:]]
