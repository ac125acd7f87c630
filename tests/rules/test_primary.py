from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Affiliation, Invalid, User
from contactcore.rules.access import read_terms
from contactcore.rules.primary import Flagged, effective_primary, enforce, merged_sequences

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


def _order(one: Affiliation) -> Any:
    return (str(one.start or (one.since and one.since.date()) or ""), one.id)


@pytest.mark.req("PER-3")
@given(sets())
def test_the_flag_is_kept_by_a_current_person_and_else_goes_to_the_most_senior_one(people: Any) -> None:
    outcome = enforce(people, TODAY)
    current = [one for one in people if one.is_current(TODAY)]
    among = current or people
    flagged = [one for one in among if one.primary_sequence]
    if not people:
        assert (outcome.primary, outcome.reason, outcome.affiliations, outcome.changed) == (None, "nobody", (), ())
        assert effective_primary([], TODAY) is None
        return
    if flagged:
        wanted = min(flagged, key=lambda one: (-one.primary_sequence, _order(one)))
        reasons = {"kept"}
    else:
        wanted = min(among, key=_order)
        reasons = {"nobody-current"} if not current else {"first"} if len(people) == 1 else {"succeeded"}
    assert outcome.primary is not None
    assert (outcome.primary.id, outcome.reason in reasons) == (wanted.id, True)
    assert [one.id for one in outcome.affiliations] == [one.id for one in people]
    assert list(outcome.changed) == [new for new, old in zip(outcome.affiliations, people, strict=True) if new != old]
    assert [one.id for one in outcome.affiliations if one.primary] == [wanted.id]


@pytest.mark.req("PER-3")
def test_a_choice_is_refused_with_its_field_and_value() -> None:
    past = Affiliation(id="1", end=date(2026, 2, 28))
    last_day = Affiliation(id="2", end=TODAY)
    for chosen, code in (("9", "primary-unknown"), ("1", "primary-not-current")):
        with pytest.raises(Invalid) as refused:
            enforce([past, last_day], TODAY, chosen)
        (problem,) = refused.value.problems
        assert (problem.code, problem.path, problem.value) == (code, "primary", chosen)
    outcome = enforce([past, last_day], TODAY, "2")
    assert (outcome.primary, outcome.reason) == (outcome.affiliations[1], "chosen")
    assert [one.primary for one in outcome.affiliations] == [False, True]


@pytest.mark.req("PER-3")
@pytest.mark.parametrize(
    ("details", "reason"),
    [({}, "first"), ({"active": False}, "nobody-current"), ({"primary": True}, "first"),
     ({"primary": True, "primary_sequence": 2}, "kept"), ({"primary_sequence": -1}, "kept")],
)  # fmt: skip
def test_the_only_person_is_primary_by_one_rule_whatever_the_flag_was(details: Any, reason: str) -> None:
    only = Affiliation(id="1", **details)
    outcome = enforce([only], TODAY)
    kept = only.primary_sequence if reason == "kept" else 1
    expected = attrs.evolve(only, primary=True, primary_sequence=kept)
    assert (outcome.primary, outcome.affiliations, outcome.reason) == (expected, (expected,), reason)
    assert outcome.changed == (() if expected == only else (expected,))


@pytest.mark.req("PER-3")
@pytest.mark.req("ACC-3")
def test_a_choice_that_some_do_not_see_leaves_them_the_former_primary_person() -> None:
    old, new = Affiliation(id="1", primary=True, primary_sequence=1), Affiliation(id="2", since="2026-02-01")
    hidden = {"1": viewers("=a =b"), "2": viewers("=a")}
    outcome = enforce([old, new], TODAY, "2", hidden)
    assert [(one.primary, one.primary_sequence) for one in outcome.affiliations] == [(False, 1), (True, 2)]
    open_to_all = {"1": viewers("=a"), "2": viewers("*")}
    outcome = enforce([old, new], TODAY, "2", open_to_all)
    assert [(one.primary, one.primary_sequence) for one in outcome.affiliations] == [(False, 0), (True, 2)]
    # The hidden person leaves: everybody sees the former one again, without a further change.
    past = attrs.evolve(new, primary=True, primary_sequence=2, end=date(2026, 2, 28))
    outcome = enforce([attrs.evolve(old, primary=False), past], TODAY, None, hidden)
    assert outcome.primary is not None
    assert (outcome.primary.id, outcome.reason) == ("1", "kept")
    assert [one.primary_sequence for one in outcome.affiliations] == [1, 0]


@pytest.mark.req("ACC-3")
def test_each_user_sees_a_primary_person_among_those_that_the_user_sees() -> None:
    people = [Affiliation(id=str(number), since=f"2026-01-0{number}") for number in (1, 2, 3)]
    access = {"1": viewers("=a"), "2": viewers("=b"), "3": viewers("=b")}
    outcome = enforce(people, TODAY, None, access)
    assert [one.primary_sequence for one in outcome.affiliations] == [1, -1, 0]
    assert effective_primary(outcome.affiliations[1:], TODAY) == outcome.affiliations[1]
    assert effective_primary(outcome.affiliations, TODAY) == outcome.primary == outcome.affiliations[0]


FLAGGED = st.lists(
    st.builds(
        Flagged,
        place=st.integers(0, 2),
        sequence=st.integers(-3, 3).filter(bool),
        current=st.booleans(),
        id=st.sampled_from("abcdef"),
        access=st.just(frozenset()),
    ),
    max_size=8,
    unique_by=(lambda one: (one.place, one.sequence), lambda one: (one.place, one.id)),
)


@pytest.mark.req("PER-3")
@pytest.mark.req("ACC-3")
@given(FLAGGED, ACCESS)
def test_each_viewer_finds_the_flag_of_the_first_merged_contact_whatever_hidden_flags_there_are(
    flagged: list[Flagged], access: Any
) -> None:
    flagged = [attrs.evolve(one, access=access["abcdef".index(one.id) % len(access)]) for one in flagged]
    all_of_them = merged_sequences(flagged)
    for viewer in (User("a"), User("b"), User("c")):
        seen = [one for one in flagged if one.access & read_terms(viewer)]
        alone = merged_sequences(seen)
        visible = {id: sequence for id, sequence in all_of_them.items() if any(one.id == id for one in seen)}
        assert sorted(visible, key=visible.__getitem__) == sorted(alone, key=alone.__getitem__)
        if seen:
            first = min(seen, key=lambda one: (not one.current, one.place, -one.sequence))
            assert max(visible, key=visible.__getitem__) == first.id
