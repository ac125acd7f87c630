"""What tells an edited copy of a record from an outdated one."""

from __future__ import annotations

import pytest

from contactcore import Affiliation, Company
from contactcore.rules.edits import has_version_of


@pytest.mark.parametrize(
    ("given", "stored", "expected"),
    [
        (Company("Bois", version=2), Company("Bois", version=2), True),
        (Company("Bois", version=1), Company("Bois", version=2), False),
        (Affiliation(version=5), Affiliation(version=2, revision=5), True),
        (Affiliation(version=2), Affiliation(version=2, revision=5), False),
        (Affiliation(version=2), Affiliation(version=2), True),
        (Company("Bois", version=5), Affiliation(version=2, revision=5), False),
        (Company("Bois", version=2), Affiliation(version=2, revision=5), True),
        (Affiliation(version=2), Company("Bois", version=2), True),
        ("id", Company("Bois", version=2), False),
    ],
)
@pytest.mark.req("DIR-14")
def test_a_copy_has_the_version_of_a_record_and_of_an_affiliation_its_revision(
    given: object, stored: object, expected: bool
) -> None:
    assert has_version_of(given, stored) is expected
