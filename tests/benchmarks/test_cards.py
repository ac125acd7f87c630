"""The benchmark of vCards reads and writes what it says."""

from __future__ import annotations

import pytest
from benchmarks.cards import cards, measure, peak

from contactcore.formats import vcard


@pytest.mark.req("IMP-5")
def test_each_card_of_the_benchmark_is_a_contact_without_a_problem() -> None:
    found = vcard.loads(cards(3))
    assert [one.display_name for one in found.contacts] == [f"Dr. Jane Marie Doe{n}" for n in range(3)]
    assert found.problems == ()


@pytest.mark.req("IMP-5")
def test_every_work_has_a_figure() -> None:
    figures = measure(5, 1)
    assert {"lines", "contacts", "writing"} <= figures.keys()
    assert min(figures.values()) > 0
    assert peak(5) > 0
