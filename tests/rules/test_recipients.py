"""Who is mailed, as a pure rule of a client and its people."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Company, Person
from contactcore.model import TOPICS, Affiliation, PermissionSet, derived_topics
from contactcore.rules.recipients import MailingPolicy, resolve


@pytest.mark.req("NOT-1")
def test_preferences_of_imported_people_follow_from_their_permissions():
    assert derived_topics(PermissionSet(["support", "projects"])).topics == ("ticket", "project", "task")
    assert derived_topics(PermissionSet()).topics == ()


def _people():
    return st.lists(
        st.builds(
            lambda number, topics, email, active, primary: Affiliation(
                id=str(number),
                person_id=str(number),
                person=Person("P", str(number), emails=[f"p{number}@bois.fr"] if email else []),
                notifications=topics,
                active=active,
                primary=primary,
            ),
            st.integers(0, 9),
            st.lists(st.sampled_from(TOPICS), unique=True),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        ),
        unique_by=lambda one: one.id,
    )


@pytest.mark.req("NOT-2")
@given(people=_people(), topic=st.sampled_from(TOPICS), steps=st.lists(st.sampled_from(["primary", "client"])))
def test_nobody_inactive_or_without_address_is_ever_mailed_and_everybody_is_explained(people, topic, steps):
    client = Company("Bois", emails=["office@bois.fr"])
    policy = MailingPolicy(fall_backs={topic: tuple(steps)})
    answer = resolve(client, people, topic, date(2026, 1, 1), policy, about="project")
    by_id = {one.person_id: one for one in people}
    for chosen in answer.chosen:
        if chosen.person_id:
            one = by_id[chosen.person_id]
            assert one.active
            assert one.person.emails
            assert topic in one.notifications or (not any(topic in each.notifications for each in people) or steps)
    assert {each.person_id for each in answer.explained} - {""} == set(by_id)
    assert {each.person_id for each in answer.explained if each.chosen} == {one.person_id for one in answer.chosen}
    if not steps:
        assert [one.person_id for one in answer.chosen] == [
            one.person_id
            for one in sorted(people, key=lambda each: (not each.primary, each.seniority))
            if one.active and one.person.emails and topic in one.notifications
        ]
