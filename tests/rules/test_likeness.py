"""What speaks for two contacts being the same, and what against it (IMP-7)."""

from __future__ import annotations

import sys
from typing import Any

import attrs
import pytest
from hypothesis import given

from contactcore import Address, Company, Invalid, Person
from contactcore.rules import likeness as module
from contactcore.rules.blocking import candidate_pairs
from contactcore.rules.likeness import block_keys, compare, compared_fields
from support.entity_strategies import companies, people

pytestmark = pytest.mark.req("IMP-7")

HOME = Address("1 rue Vauban", city="Lyon", postal_code="69006")
MAIL = "office@bois.fr"


def score(one: Any, other: Any) -> float:
    return compare(compared_fields(one), compared_fields(other)).score


def verdicts(one: Any, other: Any) -> dict[str, str]:
    found = compare(compared_fields(one), compared_fields(other)).reasons
    return {reason.field: reason.verdict for reason in found}


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (Person("JANE", "DÓE", emails=[MAIL]), "same"),
        (Person("Jane ", " Doe", emails=[MAIL]), "same"),
        (Person("Doe", "Jane", emails=[MAIL]), "swapped"),
        (Person("Jnae", "Doe", emails=[MAIL]), "similar"),
        (Person("J.", "Doe", emails=[MAIL]), "short"),
        (Person("Jane", "Doe-Smith", emails=[MAIL]), "short"),
        (Person("", "Doe", emails=[MAIL]), "part"),
        (Person(full_name="Jane Doe", emails=[MAIL]), "same"),
        (Person("Jane Doe", emails=[MAIL]), "same"),
    ],
)
def test_another_spelling_of_a_person_with_the_same_address_is_a_duplicate(other: Person, verdict: str) -> None:
    jane = Person("Jane", "Doe", emails=[MAIL])
    assert verdicts(jane, other) == {"name": verdict, "email": "same"}
    assert score(jane, other) >= 0.8


def test_given_names_in_another_sequence_are_worth_a_look_and_with_an_address_a_duplicate() -> None:
    anna = Person("Anna Maria", "Kowalska", emails=[MAIL])
    assert 0.5 <= score(anna, Person("Maria Anna", "Kowalska")) < 0.8
    assert score(anna, Person("Maria-Anna", "Kowalska", emails=[MAIL])) >= 0.8


def test_a_married_name_needs_two_details() -> None:
    jane = Person("Jane", "Doe", emails=[MAIL], phones=["+33144556677"])
    assert score(jane, Person("Jane", "Miller", emails=[MAIL])) < 0.8
    assert score(jane, Person("Jane", "Miller", emails=[MAIL], phones=["+33144556677"])) >= 0.8


def test_a_family_and_colleagues_who_share_everything_but_the_name_are_no_duplicates() -> None:
    shared: dict[str, Any] = {"emails": [MAIL], "phones": ["+33144556677"], "addresses": [HOME]}
    jane = Person("Jane", "Doe", **shared)
    assert score(jane, Person("Zoe", "Doe", **shared)) < 0.5
    assert score(jane, Person("Zoe", "Roe", **shared)) < 0.5


def test_twins_are_no_certain_duplicates() -> None:
    jane = Person("Jane", "Doe", birthday="1990-03-04", addresses=[HOME])
    assert score(jane, Person("Zoe", "Doe", birthday="1990-03-04", addresses=[HOME])) < 0.8


def test_an_equal_name_alone_is_worth_a_look_and_no_more() -> None:
    assert 0.5 <= score(Person("Jane", "Doe"), Person("Jane", "Doe")) < 0.8
    assert 0.5 <= score(Company("Bois"), Company("BOIS SARL")) < 0.8


def test_another_birthday_speaks_against_a_namesake() -> None:
    assert score(Person("Jane", "Doe", birthday="1990-03-04"), Person("Jane", "Doe", birthday="1971-11-28")) < 0.1
    assert verdicts(Person("Jane", birthday="1990-03-04"), Person("Jane", birthday="1990-04-03"))["birthday"] == (
        "similar"
    )


def test_branches_of_one_company_are_no_duplicates() -> None:
    there = attrs.evolve(HOME, street="9 quai Nord", city="Sète", postal_code="34200")
    bois = Company("Bois & Fils", emails=[MAIL], websites=["bois.fr"], addresses=[HOME])
    assert score(bois, Company("Bois & Fils", emails=[MAIL], websites=["bois.fr"], addresses=[there])) < 0.8
    north = attrs.evolve(bois, division="North")
    assert score(north, attrs.evolve(bois, division="South")) < 0.8
    assert score(bois, Company("BOIS ET FILS S.A.R.L.", websites=["bois.fr"], addresses=[HOME])) >= 0.8


def test_a_person_and_a_company_are_never_the_same() -> None:
    assert score(Person("Bois", emails=[MAIL]), Company("Bois", emails=[MAIL])) == 0


@given(people(), people())
def test_the_score_of_a_pair_does_not_depend_on_its_sequence(one: Person, other: Person) -> None:
    first, second = compared_fields(one), compared_fields(other)
    assert compare(first, second) == compare(second, first)
    assert 0 <= compare(first, second).score <= 1


@given(companies(), companies())
def test_the_score_of_companies_does_not_depend_on_their_sequence(one: Company, other: Company) -> None:
    first, second = compared_fields(one), compared_fields(other)
    assert compare(first, second) == compare(second, first)


@given(people())
def test_a_contact_with_an_equal_copy_shares_a_key_with_it_and_no_reason_speaks_against_it(one: Person) -> None:
    compared = compared_fields(one)
    copy = attrs.evolve(compared, id="copy")
    assert all(reason.weight > 0 for reason in compare(compared, copy).reasons)
    if compared.name or compared.emails or compared.phones:
        assert list(candidate_pairs([compared, copy])) == [(compared, copy)]


@given(people())
def test_the_digest_changes_with_a_compared_field_and_with_no_other_field(one: Person) -> None:
    digest = compared_fields(one).digest
    assert compared_fields(attrs.evolve(one, description="changed", tags=["new"], id="7")).digest == digest
    assert compared_fields(attrs.evolve(one, emails=["new@digest.example"])).digest != digest


def test_a_key_that_very_many_share_pairs_each_with_few_neighbours() -> None:
    many = [compared_fields(Person(f"A{number:04}", "Doe", id=str(number))) for number in range(2_000)]
    assert len(list(candidate_pairs(many))) <= 2_000 * 12
    assert any("f:doe" in key for key in block_keys(many[0]))


def test_pairs_come_once() -> None:
    shared: dict[str, Any] = {"emails": [MAIL], "phones": ["+33144556677"], "addresses": [HOME]}
    some = [compared_fields(Person("Jane", "Doe", id=str(number), **shared)) for number in range(5)]
    pairs = [(one.id, other.id) for one, other in candidate_pairs(some)]
    assert len(pairs) == len(set(pairs)) == 10


def test_a_missing_extra_is_one_error_with_its_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    module.likeness_library.cache_clear()
    try:
        with pytest.raises(Invalid, match=r"pip install 'contactcore\[dedupe\]'") as refused:
            score(Person("Jane"), Person("Jane"))
        assert refused.value.code == "extra-missing"
    finally:
        module.likeness_library.cache_clear()
