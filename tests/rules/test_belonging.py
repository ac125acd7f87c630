"""The rules of what belongs to a contact."""

from __future__ import annotations

import pytest

from contactcore import Item
from contactcore.rules.belonging import second_for_themself


@pytest.mark.req("SIT-2")
def test_each_item_but_the_first_that_stands_for_the_contact_is_a_problem_at_its_place() -> None:
    items = [Item("Rex"), Item(of_themself=True), Item("Tom"), Item(of_themself=True), Item(of_themself=True)]
    problems = [(one.code, one.path, one.value) for one in second_for_themself(items)]
    assert problems == [
        ("themself-twice", "items[3].of_themself", True),
        ("themself-twice", "items[4].of_themself", True),
    ]
    assert list(second_for_themself(items[:3])) == []
