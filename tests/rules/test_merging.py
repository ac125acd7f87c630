"""Merged contacts have every value, and a joined affiliation has no right that one of the joined ones lacks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore import Address, Affiliation, Company, Person
from contactcore.model import Authority, NotificationPreferences, PermissionSet
from contactcore.rules.merging import check_rules, joined_affiliation, merged_contact

TODAY = date(2026, 1, 31)
DAYS = [TODAY + timedelta(days=number) for number in range(-4, 5)]
NO_RIGHTS = PermissionSet([])
BILLING = PermissionSet(["invoices"])

_DAY = st.sampled_from([None, *DAYS])
_DATES = st.tuples(_DAY, _DAY).map(lambda pair: pair if None in pair else tuple(sorted(pair)))  # type: ignore[type-var]


def _authority(slug: str) -> st.SearchStrategy[Authority]:
    return st.builds(
        lambda dates, joint: Authority(slug=slug, start=dates[0], end=dates[1], joint=joint), _DATES, st.booleans()
    )


@st.composite
def _affiliations(draw: Any) -> list[Affiliation]:
    slugs = ("contact", "collect-mail", "represent")
    found = []
    for number in range(draw(st.integers(2, 3))):
        granted = [draw(_authority(slug)) for slug in slugs if draw(st.integers(0, 3))]
        start, end = draw(_DATES)
        found.append(
            Affiliation(
                id=str(number),
                authorities=granted,
                start=start,
                end=end,
                active=draw(st.integers(0, 4)) > 0,
                permissions=draw(st.sampled_from([None, [], ["invoices"], ["invoices", "projects"]])),
                notifications=draw(st.sampled_from([None, [], ["invoice"], ["invoice", "booking"]])),
            )
        )
    return found


def deciding(affiliations: list[Affiliation]) -> list[Affiliation]:
    return [one for one in affiliations if one.is_current(TODAY)] or affiliations


def grants(affiliation: Affiliation, day: date) -> dict[str, bool]:
    """The authorities in force on a day, each with whether it is joint."""
    return {one.slug: one.joint for one in affiliation.authorities if one.holds_on(day)}


@pytest.mark.req("PER-4")
@given(_affiliations())
def test_a_joined_affiliation_has_the_authorities_that_all_current_ones_have_on_that_day(
    affiliations: list[Affiliation],
) -> None:
    joined = joined_affiliation(affiliations, TODAY, NO_RIGHTS)
    for day in DAYS:
        each = [grants(one, day) for one in deciding(affiliations)]
        common = set.intersection(*(set(some) for some in each))
        # One that may act only together with another one may not act alone after the merge.
        assert grants(joined, day) == {slug: joint for slug in common for joint in [_is_joint(affiliations, slug)]}


def _is_joint(affiliations: list[Affiliation], slug: str) -> bool:
    return any(grant.joint for one in deciding(affiliations) for grant in one.authorities if grant.slug == slug)


@pytest.mark.req("PER-4")
@given(_affiliations())
def test_a_union_has_the_first_grant_of_every_authority_that_a_current_one_has(affiliations: list[Affiliation]) -> None:
    joined = joined_affiliation(affiliations, TODAY, NO_RIGHTS, strict=False)
    first: dict[str, Authority] = {}
    for one in deciding(affiliations):
        for grant in one.authorities:
            first.setdefault(grant.slug, grant)
    assert joined.authorities == tuple(first.values())


@pytest.mark.req("PER-3")
def test_a_joined_affiliation_has_the_last_flag_that_a_current_one_got() -> None:
    def joined(*affiliations: Affiliation) -> tuple[bool, int]:
        one = joined_affiliation(affiliations, TODAY, NO_RIGHTS)
        return one.primary, one.primary_sequence

    plain, ended = Affiliation(), TODAY - timedelta(days=1)
    flagged, earlier = Affiliation(primary=True, primary_sequence=3), Affiliation(primary_sequence=2)
    assert joined(plain, flagged) == joined(flagged, plain) == joined(earlier, flagged) == (True, 3)
    assert joined(plain, attrs.evolve(flagged, end=ended)) == (False, 0)
    # Primary for those viewers only who do not see the primary person.
    assert joined(plain, Affiliation(primary_sequence=-2), Affiliation(primary_sequence=-1)) == (False, -1)
    assert joined(Affiliation(primary_sequence=-1), earlier) == (False, 2)


@given(affiliations=_affiliations(), default=st.sampled_from([NO_RIGHTS, BILLING]), strict=st.booleans())
@example(affiliations=[Affiliation(permissions=["projects"]), Affiliation()], default=BILLING, strict=False)
@example(affiliations=[Affiliation(permissions=["projects", "invoices"]), Affiliation()], default=BILLING, strict=True)
def test_permissions_and_topics_are_those_of_all_or_of_any(
    affiliations: list[Affiliation], default: PermissionSet, strict: bool
) -> None:
    joined = joined_affiliation(affiliations, TODAY, default, strict=strict)
    combine = set.intersection if strict else set.union
    modules = [set((one.permissions or default).modules) for one in deciding(affiliations)]
    assert set((joined.permissions or default).modules) == combine(*modules)
    topics = [set(one.notifications.topics) for one in deciding(affiliations) if one.notifications is not None]
    if topics:
        assert joined.notifications is not None
        assert set(joined.notifications.topics) == combine(*topics)
    else:
        assert joined.notifications is None
    if all(one.permissions is None for one in deciding(affiliations)):
        assert joined.permissions is None


@given(_affiliations())
def test_the_senior_current_affiliation_gives_the_dates_and_one_active_keeps_it_active(
    affiliations: list[Affiliation],
) -> None:
    joined = joined_affiliation(affiliations, TODAY, NO_RIGHTS)
    senior = min(deciding(affiliations), key=lambda one: one.seniority)
    assert (joined.start, joined.end) == (senior.start, senior.end)
    assert joined.active == any(one.active for one in deciding(affiliations))
    assert joined.id == affiliations[0].id


def test_texts_are_the_first_that_is_filled_and_information_is_kept_whole() -> None:
    one = Affiliation(id="1", information="Knows Jane.", email="a@bois.fr")
    other = Affiliation(
        id="2", position="CFO", department="Sales", information="Calls back.", site_id="mill", email="b@bois.fr",
        phone="+33144556677", retired=["old@bois.fr"], purposes=["billing"],
    )  # fmt: skip
    again = Affiliation(id="3", position="CEO", information="Knows Jane.", purposes=["technical", "billing"])
    joined = joined_affiliation([one, other, again], TODAY, NO_RIGHTS)
    assert (joined.position, joined.department, joined.site_id) == ("CFO", "Sales", "mill")
    assert (str(joined.email), str(joined.phone)) == ("a@bois.fr", "+33144556677")
    assert joined.information == "Knows Jane.\n\nCalls back."
    # The address that does not stay still finds the person.
    assert [one.key for one in joined.retired] == ["old@bois.fr", "b@bois.fr"]
    assert joined.purposes == ("billing", "technical")


def test_a_merged_person_has_the_rights_that_all_have() -> None:
    one = Person("Jane", id="1", permissions=["invoices", "projects"], notifications=["invoice", "booking"])
    other = Person("Jane", id="2", permissions=["invoices"], notifications=["invoice"])
    unset = Person("Jane", id="3")
    merged, _ = merged_contact([one, other], {}, BILLING)
    assert (merged.permissions, merged.notifications) == (BILLING, NotificationPreferences(["invoice"]))
    merged, _ = merged_contact([one, unset], {})
    assert merged.permissions == NO_RIGHTS
    merged, _ = merged_contact([one, unset], {}, BILLING)
    assert merged.permissions == BILLING
    assert merged.notifications == one.notifications
    merged, _ = merged_contact([unset, unset], {}, BILLING)
    assert (merged.permissions, merged.notifications) == (None, None)


def test_a_merged_contact_has_the_unmapped_columns_of_all_and_the_value_of_the_first() -> None:
    one = Company("Bois", id="1", unmapped={"Hobby": "Chess", "Pet": "Rex"})
    other = Company("Bois", id="2", unmapped={"Hobby": "Go", "Car": "Red"}, listed=False)
    merged, differences = merged_contact([one, other], {})
    assert merged.unmapped == {"Hobby": "Chess", "Pet": "Rex", "Car": "Red"}
    assert (merged.listed, differences) == (True, ())


def test_a_custom_field_that_the_chosen_contact_lacks_is_left_out() -> None:
    one = Company("Bois", id="1", fields={"size": "L", "colour": "red"})
    other = Company("Bois", id="2", fields={"colour": "blue", "car": "no"})
    merged, _ = merged_contact([one, other], {"fields.size": "2"})
    assert merged.fields == {"colour": "red", "car": "no"}


def test_a_merged_contact_has_one_billing_address_which_is_the_first_one_with_the_flag() -> None:
    home, mill = Address("1 rue Vauban", city="Lyon"), Address("2 rue Haute", city="Lyon")
    one = Company("Bois", id="1", addresses=[home])
    other = Company("Bois", id="2", addresses=[attrs.evolve(mill, billing=True), attrs.evolve(home, label="Seat")])
    third = Company("Bois", id="3", addresses=[attrs.evolve(home, billing=True)])
    merged, _ = merged_contact([one, other, third], {})
    assert [(each.street, each.billing) for each in merged.addresses] == [
        ("1 rue Vauban", False),
        ("2 rue Haute", True),
    ]


def test_rules_that_cannot_be_meant_are_named_and_a_contact_can_give_a_value() -> None:
    one, other = Person("Jane", id="1", nickname="J"), Person("Jane", id="2", nickname="Jo", emails=["a@b.fr"])
    wrong = {"nickname": "union", "emails": "oldest", "nothing": "winner"}
    assert [(found.code, found.path) for found in check_rules(wrong, [one, other])] == [
        ("merge-rule-unknown", "rules[nickname]"),
        ("merge-rule-unknown", "rules[emails]"),
        ("field-unknown", "rules[nothing]"),
    ]
    right = {"nickname": "2", "emails": "union", "description": "union", "type": "newest"}
    assert [*check_rules(right, [one, other])] == []
    merged, differences = merged_contact([one, other], {"nickname": "2"})
    assert merged.nickname == "Jo"
    found = {each.field: (each.rule, dict(each.values), each.result) for each in differences}
    assert found["nickname"] == ("2", {"1": "J", "2": "Jo"}, "Jo")
    assert set(found) == {"nickname", "emails"}
