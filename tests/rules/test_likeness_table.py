"""The reasons, the weights and the keys of pairs, one by one (IMP-7)."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Address, Company, Person
from contactcore.rules.likeness import Compared, block_keys, compare, compared_fields

pytestmark = pytest.mark.req("IMP-7")


def person(given: str = "", family: str = "", **fields: Any) -> Compared:
    return Compared("", "person", given, family, " ".join(filter(None, (given, family))), **fields)


def company(name: str = "", **fields: Any) -> Compared:
    return Compared("", "company", name=name, **fields)


def place(street: str = "", code: str = "", city: str = "", *, kind: str = "person") -> Compared:
    return Compared("", kind, addresses=((street, code, city),))


def mail(*emails: str, kind: str = "person") -> Compared:
    return Compared("", kind, emails=emails)


def born(day: str) -> Compared:
    return Compared("", "person", birthday=day)


PAIRS = [
    # Names of people.
    (person("jane", "doe"), person("jane", "doe"), [("name", "same", 5.5)]),
    (person("anne marie", "doe"), person("annemarie", "doe"), [("name", "same", 5.5)]),
    (person("jane", "miller"), person("miller", "jane"), [("name", "swapped", 5.0)]),
    (person("jane", "miller"), person("millre", "jane"), [("name", "swapped", 5.0)]),
    (person("jane", "miller"), person("millre", "zoe"), [("name", "different", -16.0)]),
    (person("anna maria", "doe"), person("maria anna", "doe"), [("name", "swapped", 5.0)]),
    (person("jean pierre", "doe"), person("doe", "pierre jean"), [("name", "swapped", 5.0)]),
    (person("ana", "garcia lopez"), person("ana", "lopez garcia"), [("name", "swapped", 5.0)]),
    (person("anna maria", "doe"), person("maria ana", "doe"), [("name", "similar", 4.5)]),
    (person("anna maria", "doe"), person("maria anna", "roux"), [("name", "given-only", -1.5)]),
    (person("anna maria", "doe"), person("maria zoe", "doe"), [("name", "family-only", -14.0)]),
    (person("jane", "miller"), person("jnae", "miller"), [("name", "similar", 4.5)]),
    (person("jane", "miller"), person("jane", "millre"), [("name", "similar", 4.5)]),
    (person("jane", "miller"), person("jnae", "millre"), [("name", "similar", 3.0)]),
    (person("anna", "doe"), person("onna", "doe"), [("name", "similar", 4.5)]),
    (person("ann", "doe"), person("onn", "doe"), [("name", "family-only", -14.0)]),
    (person("j", "doe"), person("jane", "doe"), [("name", "short", 3.0)]),
    (person("j", "d"), person("jane", "doe"), [("name", "short", 3.0)]),
    (person("jane", "doe"), person("jane", "smith doe"), [("name", "short", 3.0)]),
    (person("", "doe"), person("jane", "doe"), [("name", "part", 1.5)]),
    (person("", "miller"), person("jane", "millre"), [("name", "part", 1.5)]),
    (person("", "doe"), person("jane", "smith doe"), [("name", "part", -0.5)]),
    (person("jane", "doe"), person("jane", "miller"), [("name", "given-only", -1.5)]),
    (person("jnae", "doe"), person("jane", "miller"), [("name", "given-only", -1.5)]),
    (person("jane", "doe"), person("zoe", "doe"), [("name", "family-only", -14.0)]),
    (person("jane", "miller"), person("zoe", "millre"), [("name", "family-only", -14.0)]),
    (person("jane", "doe"), person("zoe", "roux"), [("name", "different", -16.0)]),
    (person("jane", "doe"), person(), []),
    (person("thomas", "thomas"), person("thomas", "thomas"), [("name", "same", 5.5)]),
    (person("jane", "doe smith"), person("jane", "smith"), [("name", "short", 3.0)]),
    (person("elizabeth", "doe"), person("elisabet", "doe"), [("name", "similar", 4.5)]),
    # Names and birthdays.
    (
        person("jane", "doe", birthday="1990-03-04"),
        person("jane", "doe", birthday="1990-03-04"),
        [("birthday", "same", 6.0), ("name", "same", 5.5)],
    ),
    (
        person("jane", "doe", birthday="1990-03-04"),
        person("zoe", "doe", birthday="1990-03-04"),
        [("birthday", "same", 6.0), ("name", "family-only", -5.0)],
    ),
    (
        person("jane", "doe", birthday="1990-03-04"),
        person("zoe", "doe", birthday="1971-11-28"),
        [("birthday", "different", -5.0), ("name", "family-only", -14.0)],
    ),
    (
        person("jane", "doe", birthday="--03-04"),
        person("zoe", "doe", birthday="--03-04"),
        [("birthday", "same", 2.0), ("name", "family-only", -14.0)],
    ),
    (born("1990-03-04"), born("1990-04-03"), [("birthday", "similar", 2.5)]),
    (born("1990-03-04"), born("1990-03-05"), [("birthday", "similar", 2.5)]),
    (born("1990-03-04"), born("1991-03-05"), [("birthday", "part", 0.0)]),
    (born("1990-03-04"), born("1971-03-05"), [("birthday", "different", -5.0)]),
    (born("1990-03-04"), born("--03-04"), [("birthday", "part", 1.0)]),
    (born("1990-03-04"), born("1990"), [("birthday", "part", 1.0)]),
    (born("1990-03-04"), born("--11-28"), [("birthday", "different", -4.0)]),
    (born("--03-04"), born("--11-28"), [("birthday", "different", -4.0)]),
    (born("1990-03-04"), born(""), []),
    # Names of companies.
    (company("bois fils"), company("boisfils"), [("name", "same", 5.5)]),
    (company("bois fils"), company("fils bois"), [("name", "same", 5.5)]),
    (company("boulanger martin"), company("boulangers martin"), [("name", "similar", 4.5)]),
    (company("boulangerie martin"), company("boul angeriemartim"), [("name", "similar", 4.5)]),
    (company("alpha boulangerie"), company("boulangeries alpha"), [("name", "similar", 4.5)]),
    (company("bois"), company("bois energie services"), [("name", "part", 0.0)]),
    (company("bois"), company("granit"), [("name", "different", -8.0)]),
    (company("bois"), company(""), []),
    (
        company("bois", division="north"),
        company("bois", division="south"),
        [("name", "same", 5.5), ("division", "different", -12.0)],
    ),
    (
        company("bois", division="north"),
        company("bois"),
        [("name", "same", 5.5), ("division", "different", -3.0)],
    ),
    (company("bois", division="north"), company("bois", division="norths"), [("name", "same", 5.5)]),
    # E-mail addresses, phone numbers and websites.
    (mail("office@bois.fr", "a@x.fr"), mail("b@y.fr", "office@bois.fr"), [("email", "same", 7.0)]),
    (mail("office@bois.fr", kind="company"), mail("office@bois.fr", kind="company"), [("email", "same", 5.0)]),
    (mail("office@bois.fr"), mail("ofice@bois.fr"), [("email", "similar", 3.5)]),
    (mail("x@y.fr"), mail("z@y.fr"), [("email", "similar", 3.5)]),
    (mail("x@y.f"), mail("z@y.f"), []),
    (mail("x@y.f"), mail("xx@y.f"), []),
    (mail("one@bois.fr"), mail("office@granit.fr"), []),
    (mail("jane@bois.fr"), mail("jane@granit.example"), []),
    (mail("janed@bois.fr"), mail("janed@granit.example"), [("email", "part", 1.0)]),
    (mail("janed@bois.fr", "info@bois.fr"), mail("janed@granit.io", "info@granit.io"), [("email", "part", 1.0)]),
    (mail("janed@bois.fr", kind="company"), mail("janed@granit.io", kind="company"), []),
    (mail("a@one.io", "b@two.com", "office@bois.fr"), mail("ofice@bois.fr"), [("email", "similar", 3.5)]),
    (mail("a@one.io", "b@two.com", "c@three.net", "office@bois.fr"), mail("ofice@bois.fr"), []),
    (person(phones=("+1", "+2")), person(phones=("+2", "+3")), [("phone", "same", 5.0)]),
    (person(phones=("+1",)), person(phones=("+2",)), []),
    (company(websites=("x.fr", "y.fr")), company(websites=("y.fr",)), [("website", "same", 3.0)]),
    (company(websites=("x.fr",)), company(websites=("y.fr",)), []),
    # Addresses.
    (place("1 rue vauban", "69006", "lyon"), place("1 rue vauban", "69006", "lyon"), [("address", "same", 4.0)]),
    (place("1 rue vauban", "69006", "lyon"), place("1 rue vaubam", "69006", ""), [("address", "same", 4.0)]),
    (place("1 rue vauban", "", "lyon"), place("1 rue vauban", "69006", "lyon"), [("address", "same", 4.0)]),
    (place("1 rue vauban", "", "villeurbanne"), place("1 rue vauban", "", "villeurbane"), [("address", "same", 4.0)]),
    (place("1 rue vauban"), place("1 rue vauban", "69006"), [("address", "same", 4.0)]),
    (place("1 rue vauban"), place("1 rue vauban", "", "lyon"), [("address", "same", 4.0)]),
    (place("rue vauban", "69006", "lyon"), place("1 rue vauban", "69006", "lyon"), [("address", "same", 4.0)]),
    (place("rue vauban", "69006", "lyon"), place("rue vauban", "69006", "lyon"), [("address", "same", 4.0)]),
    (place("1 rue vauban", "69006", "lyon"), place("1 rue vauban", "34200", "sete"), [("address", "similar", 2.5)]),
    (place("1 rue vauban", "69006"), place("1 rue vauban", "34200"), [("address", "similar", 2.5)]),
    (place("1 rue vauban", "", "lyon"), place("1 rue vauban", "", "sete"), [("address", "similar", 2.5)]),
    (place("1 rue vauban", "69006"), place("1 rue vauban", "", "sete"), [("address", "similar", 2.5)]),
    (place("1 rue vauban", "69006", "lyon"), place("9 rue vauban", "69006", "lyon"), [("address", "part", 1.5)]),
    (place("1a rue vauban", "69006", "lyon"), place("9b rue vauban", "69006", "lyon"), [("address", "part", 1.5)]),
    (place("1 rue vauban", "69006", "lyon"), place("1 quai nord", "69003", "lyon"), [("address", "part", 1.0)]),
    (place("1 rue vauban", "69006", "lyon"), place("1 quai nord", "69006", "sete"), [("address", "part", 1.0)]),
    (place("1 rue vauban", "69006", "lyon"), place("", "69006", "lyon"), [("address", "part", 1.5)]),
    (place("1 rue vauban", "69006", "lyon"), place("9 quai nord", "34200", "sete"), [("address", "different", -1.0)]),
    (place("1 rue vauban", "69006", "lyon"), place("9 quai nord", "34200", ""), [("address", "different", -1.0)]),
    (place("", "69006", "lyon"), place("", "69006", "lyon"), [("address", "part", 1.5)]),
    (place("1 rue vauban", "69006", "lyon"), person(), []),
    (
        place("1 rue vauban", "69006", "lyon", kind="company"),
        place("9 quai nord", "34200", "sete", kind="company"),
        [("address", "different", -7.0)],
    ),
    (
        person(addresses=(("9 quai nord", "34200", "sete"), ("3 allee sud", "", "nice"), ("1 rue vauban", "", "lyon"))),
        place("1 rue vauban", "", "lyon"),
        [("address", "same", 4.0)],
    ),
    (
        person(
            addresses=(
                ("9 quai nord", "34200", "sete"),
                ("3 allee sud", "", "nice"),
                ("5 place ouest", "", "brest"),
                ("1 rue vauban", "", "lyon"),
            )
        ),
        place("1 rue vauban", "", "lyon"),
        [("address", "different", -1.0)],
    ),
    # A contact of each kind.
    (person("bois", emails=("office@bois.fr",)), company("bois", emails=("office@bois.fr",)), []),
]


@pytest.mark.parametrize(("one", "other", "reasons"), PAIRS)
def test_a_pair_has_its_reasons_with_their_weights_the_heaviest_first(
    one: Compared, other: Compared, reasons: list[tuple[str, str, float]]
) -> None:
    for found in (compare(one, other), compare(other, one)):
        assert [(reason.field, reason.verdict, reason.weight) for reason in found.reasons] == reasons
        if one.kind == other.kind:
            odds = 2.0 ** (sum(weight for _, _, weight in reasons) - 5)
            assert found.score == pytest.approx(odds / (1 + odds))
        else:
            assert found.score == 0


@pytest.mark.parametrize(
    ("contact", "fields"),
    [
        (
            Company("B.O.I.S. et Fils S.A.R.L.", division="Nord", websites=["bois.fr/contact"]),
            company("bois fils", division="nord", websites=("bois.fr",)),
        ),
        (Company("The Company"), company("the company")),
        (
            Person("Zoë", "Doe-Smith", phones=["+33144556677", "+33144556677"], birthday="1990-03-04"),
            person("zoe", "doe smith", phones=("+33144556677",), birthday="1990-03-04"),
        ),
        (Person(full_name="Anne Marie Doe"), person("anne marie", "doe")),
        (Person(nickname="Zoë"), person("", "zoe")),
        (Person("Zoë", phones=["ask the concierge"]), person("zoe")),
        (Person(family_name="Doe"), person("", "doe")),
        (
            Person(
                "Zoë",
                addresses=[Address(city="Lyon"), Address(postal_code="69006"), Address("1 rue Vauban")],
            ),
            person("zoe", addresses=(("", "", "lyon"), ("", "69006", ""), ("1 rue vauban", "", ""))),
        ),
        (
            Person(
                "Zoë",
                addresses=[
                    Address("1 rue Vauban", street2="Bât. C", city="Lyon", postal_code="69 006"),
                    Address(formatted="9 quai Nord, Sète"),
                ],
            ),
            person("zoe", addresses=(("1 rue vauban bat c", "69006", "lyon"), ("9 quai nord sete", "", ""))),
        ),
    ],
)
def test_a_contact_is_compared_by_its_folded_fields(contact: Person | Company, fields: Compared) -> None:
    assert compared_fields(contact) == fields


def test_only_the_first_twenty_values_of_a_list_are_compared() -> None:
    emails = [f"a{number}@bois.fr" for number in range(21)]
    assert compared_fields(Company("Bois", emails=emails)).emails == tuple(emails[:20])


HOME = ("1 rue vauban", "69006", "lyon")


@pytest.mark.parametrize(
    ("one", "keys"),
    [
        (person(), []),
        (person("jane"), ["n:jane"]),
        (person("zoe", "adams"), ["n:adams zoe", "f:adams|z", "g:zoe|a", "s:adazoe"]),
        (person("anne marie", "doe"), ["n:anne doe marie", "f:marie|a", "g:anne|m", "s:annmar"]),
        (person(emails=("a@x.fr", "b@x.fr"), phones=("+1", "+2")), ["e:a@x.fr", "e:b@x.fr", "p:+1", "p:+2"]),
        (person("jane", addresses=(HOME,)), ["n:jane", "c:jane|lyon", "a:1 rue vauban|69006"]),
        (person("jane", addresses=(("", "69006", ""),)), ["n:jane", "c:jane|69006"]),
        (person("jane", addresses=(("1 rue vauban", "", "lyon"),)), ["n:jane", "c:jane|lyon", "a:1 rue vauban|lyon"]),
        (person("jane", addresses=(("1 rue vauban", "", ""),)), ["n:jane"]),
        (person(addresses=(("1 rue vauban", "69006", ""),)), ["a:1 rue vauban|69006"]),
        (person("jane", birthday="1990-03-04"), ["n:jane", "b:jan|1990-03-04"]),
        (person("jane", websites=("x.fr",)), ["n:jane"]),
        (company("bois fils", websites=("x.fr", "y.fr")), ["n:bois fils", "f:fils|bois", "w:x.fr", "w:y.fr"]),
        (company("a grand bois", addresses=(HOME,)),
         ["n:a bois grand", "f:bois|grand", "c:grand|lyon", "c:bois|lyon", "a:1 rue vauban|69006"]),
    ],
)  # fmt: skip
def test_a_contact_has_its_keys_and_no_others(one: Compared, keys: list[str]) -> None:
    assert list(block_keys(one)) == [f"{one.kind}:{key}" for key in keys]


def test_the_digest_has_32_characters_and_depends_on_each_field_but_the_id() -> None:
    empty = Compared("", "person")
    changed = [
        Compared("", "company"), person("jane"), person("", "jane"), Compared("", "person", name="jane"),
        person(division="jane"), mail("jane"), person(phones=("jane",)), place("jane"), person(websites=("jane",)),
        born("jane"),
    ]  # fmt: skip
    digests = {one.digest for one in (empty, *changed)}
    assert len(digests) == 11
    assert {len(one) for one in digests} == {32}
    assert Compared("7", "person").digest == empty.digest
    assert len(person("\ud800").digest) == 32
