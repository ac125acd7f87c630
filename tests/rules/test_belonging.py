"""The rules of what belongs to a contact."""

from __future__ import annotations

import pytest

from contactcore import Company, Item, PhoneNumber, Settings, Site
from contactcore.rules.belonging import prepare_site, second_for_themself
from contactcore.workspace.imports.merging import changed_values


@pytest.mark.req("SIT-2")
def test_each_item_but_the_first_that_stands_for_the_contact_is_a_problem_at_its_place() -> None:
    items = [Item("Rex"), Item(of_themself=True), Item("Tom"), Item(of_themself=True), Item(of_themself=True)]
    problems = [(one.code, one.path, one.value) for one in second_for_themself(items)]
    assert problems == [
        ("themself-twice", "items[3].of_themself", True),
        ("themself-twice", "items[4].of_themself", True),
    ]
    assert list(second_for_themself(items[:3])) == []


@pytest.mark.req("SIT-1")
def test_a_list_of_a_site_keeps_to_its_length_and_a_row_says_what_finds_no_room() -> None:
    phones = tuple(PhoneNumber(f"+336{number:08}") for number in range(1_002))
    full, over = Site("Mill", phones=phones[:1_000]), Site("Mill", phones=phones[:1_001])
    owner = Company("Bois")
    assert [one.code for one in prepare_site(over, Settings(), owner, full)[1]] == ["too-many"]
    assert prepare_site(over, Settings(), owner, over)[1] == ()
    almost = Site("Mill", phones=phones[:999])
    changes, kept = changed_values(almost, {"phones": phones[999:]}, overwrite=False)
    assert (len(changes["phones"]), kept) == (1_000, [("phones", str(phone)) for phone in phones[1_000:]])
