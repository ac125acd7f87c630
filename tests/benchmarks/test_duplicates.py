"""The benchmark of the search for duplicates judges what it says, on a directory that is what it says."""

from __future__ import annotations

from random import Random

import pytest
from benchmarks.duplicates import generated, judge, table

from contactcore import Person

pytestmark = pytest.mark.req("IMP-7")


def test_the_generated_directory_is_searched_with_a_precision_and_a_recall_above_nine_tenths() -> None:
    figures = judge(*generated(2_000, Random(7)))
    assert figures.contacts >= 2_000
    assert figures.known > 200
    assert figures.precision > 0.9
    assert figures.recall > 0.9
    assert figures.blocked > 0.99


def test_known_pairs_that_are_not_found_lower_the_recall() -> None:
    people = [Person("Jane", "Doe", id="1", emails=["a@b.fr"]), Person("Jane", "Doe", id="2", emails=["a@b.fr"])]
    known = frozenset({frozenset(("1", "2")), frozenset(("1", "3"))})
    figures = judge([*people, Person("Zoe", "Roe", id="3")], known)
    assert (figures.precision, figures.recall, figures.blocked) == (1.0, 0.5, 0.5)
    assert table({"three": figures}).splitlines()[1].split()[:5] == ["three", "3", "2", "1.000", "0.500"]
