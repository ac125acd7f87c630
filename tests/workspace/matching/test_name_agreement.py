"""Names that may be those of one contact, and names that contradict each other."""

from __future__ import annotations

import pytest
from hypothesis import given

from contactcore.workspace.matching.name_agreement import names_agree
from support.entity_strategies import names

pytestmark = pytest.mark.req("IMP-2")


@pytest.mark.parametrize(
    "other",
    ["Ann Lee", "A. Lee", "Anne Lee", "Lee, Ann", "LEE Ann", "Dr. Ann Lee", "Ann", "Ann Marie Lee", "Anm Lee", ""],
)
def test_a_name_agrees_with_its_initial_its_beginning_and_a_typing_error(other):
    for whole in (True, False):
        assert names_agree("Ann Lee", other, whole=whole)
        assert names_agree(other, "Ann Lee", whole=whole)


def test_names_contradict_each_other_when_no_part_agrees():
    assert not names_agree("Ann Lee", "Bob Ray")
    assert not names_agree("Dr Ann Lee", "Dr Bob Ray")
    assert names_agree("Ann Lee", "Ann Ray")
    assert not names_agree("Ann Lee", "Ann Ray", whole=True)
    assert not names_agree("Li", "Lu")


@pytest.mark.parametrize(
    ("one", "other"), [("Meyer", "Meier"), ("Lopez", "Loepz"), ("Clark", "Clarke"), ("Dana", "Danna")]
)
def test_one_typing_error_is_forgiven_and_two_are_not(one, other):
    assert names_agree(one, other)
    assert not names_agree(one, other[::-1])


@given(first=names(), second=names())
def test_agreement_has_no_direction_and_each_name_agrees_with_itself(first, second):
    for whole in (True, False):
        assert names_agree(first, second, whole=whole) == names_agree(second, first, whole=whole)
        assert names_agree(first, first, whole=whole)
