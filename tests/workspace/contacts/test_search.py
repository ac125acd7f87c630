from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Company, Invalid, Person, Site, Workspace
from contactcore.mapping import terms
from contactcore.text import name_prefix, query_spellings


def found(session: Any, text: Any, **more: Any) -> Any:
    return [hit.name for hit in session.contacts.search(text, **more)]


@pytest.fixture
def session(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        yield session


@pytest.mark.req("DIR-10")
def test_accents_case_and_the_order_of_words_do_not_matter(session: Any) -> None:
    session.contacts.add(Person("Zoé", "L'Hôpital-Łoś"))
    for text in ("zoe", "ZOÉ", "hopital", "l'hop", "lhop", "los zo", "zoe los", "łoś"):
        assert found(session, text) == ["Zoé L'Hôpital-Łoś"], text
    for text in ("oe", "zoe x", "", "  ", "&", "zoé hopitaux"):
        assert found(session, text) == [], text


@pytest.mark.req("DIR-10")
def test_the_records_of_a_contact_that_the_directory_does_not_list_find_it_only_on_request(session: Any) -> None:
    session.contacts.add(Company("Bois", listed=False), people=[Person("Ann", "Lee")], sites=[Site("Mill")])
    session.contacts.add(Company("Forest"), people=[Person("Ann", "Ray")])
    assert found(session, "ann") == ["Forest"]
    assert found(session, "mill") == []
    assert found(session, "ann", role="any") == ["Ann Lee", "Ann Ray", "Bois", "Forest"]
    assert found(session, "mill", role="any") == ["Bois"]


@pytest.mark.req("DIR-10")
def test_names_that_begin_with_the_text_come_first_each_group_in_directory_order(session: Any) -> None:
    for name in ("Zum Bois", "Bois & Fils", "Acme Bois", "Boisson", "Bois"):
        session.contacts.add(Company(name))
    session.contacts.add(Person("Bo", "Adam"))
    assert found(session, "bo") == ["Bo Adam", "Bois", "Bois & Fils", "Boisson", "Acme Bois", "Zum Bois"]
    assert found(session, "bois") == ["Bois", "Bois & Fils", "Boisson", "Acme Bois", "Zum Bois"]
    assert found(session, "bois f") == ["Bois & Fils"]
    assert [hit.starts for hit in session.contacts.search("bois")] == [True, True, True, False, False]
    assert found(session, "bois", limit=4) == ["Bois", "Bois & Fils", "Boisson", "Acme Bois"]


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize(
    "text", ["0144556677", "01 44 55", "+33 1 44 55 66 77", "+33 (0)1 44", "0033 1 44", "33144", "01.44.55.66", "01-44"]
)
def test_a_phone_is_found_in_any_spelling(session: Any, text: Any) -> None:
    session.contacts.add(Company("Bois", phones=["01 44 55 66 77"]))
    session.contacts.add(Company("Other", phones=["+48 22 555 12 34"]))
    (hit,) = session.contacts.search(text)
    assert (hit.name, hit.matched[0].by, hit.matched[0].text) == ("Bois", "phone", "+33144556677")


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize("text", ["556677", "55 66 77", "55-66-77"])
def test_a_phone_is_found_by_its_last_six_digits(session: Any, text: Any) -> None:
    session.contacts.add(Company("Bois", phones=["01 44 55 66 77"]))
    session.contacts.add(Company("Wood", phones=["+1 212 555 6678"]))
    (hit,) = session.contacts.search(text)
    assert (hit.name, hit.matched[0].by) == ("Bois", "phone")


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Müller", ["mueller", "muller", "Müller", "MUELL", "Mu\u0308ller"]),
        ("Mueller", ["mueller", "Müller"]),
        ("Größe & Söhne", ["groesse", "grosse", "soehne", "größe und söhne", "groesse und soehne"]),
        ("Jørgensen", ["joergensen", "jorgensen", "Jørg"]),
        ("Åkesson", ["aakesson", "akesson"]),
        ("E.ON", ["eon", "e.on", "E.ON", "e on"]),
        ("EON Energie", ["e.on", "eon"]),
        ("AT&T", ["att", "at&t", "AT & T"]),
        ("H & M", ["hm", "h&m", "H & M"]),
        ("J. R. R. Tolkien Estate", ["jrr", "jrr tolkien", "J.R.R. Tolkien"]),
        ("Ernst & Young", ["ernst and young", "ernst und young", "ernst y young", "ernst & yo", "ernst et y"]),
        ("Ernst and Young", ["ernst & young", "ernst and young"]),
        ("Nowak i Synowie", ["nowak i synowie", "nowak & syn"]),
        ("Bois et Fils", ["bois & fils", "bois et fils"]),
    ],
)
def test_a_name_is_found_as_others_spell_it(session: Any, name: str, texts: list[str]) -> None:
    session.contacts.add(Company(name))
    session.contacts.add(Company("Andersen Tar"))
    for text in texts:
        assert found(session, text) == [name], text


@pytest.mark.req("DIR-10")
def test_a_name_begins_with_its_other_spelling(session: Any) -> None:
    for name in ("Müller", "Zum Mueller", "Ernst & Young"):
        session.contacts.add(Company(name))
    session.contacts.add(Person("Jürgen", "Groß"))
    assert [hit.starts for hit in session.contacts.search("mueller")] == [True, False]
    assert [hit.starts for hit in session.contacts.search("ernst and y")] == [True]
    assert [hit.starts for hit in session.contacts.search("juergen gross")] == [True]


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize("text", ["sarl", "SARL bois", "bois sar", "s.a.r.l.", "S.A.R.L. Bois"])
def test_initials_with_dots_are_found_without_them(session: Any, text: str) -> None:
    session.contacts.add(Company("S.A.R.L. Bois"))
    session.contacts.add(Company("Salon Bois"))
    assert found(session, text) == ["S.A.R.L. Bois"]
    assert session.contacts.search(text)[0].matched[0].by == "name"


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize("text", ["山", "山田", "太郎", "郎", "山田太"])
def test_a_name_without_blanks_is_found_by_any_part(session: Any, text: Any) -> None:
    session.contacts.add(Person("太郎", "山田"))
    assert found(session, text) == ["山田太郎"]


@pytest.mark.req("DIR-10")
def test_emails_and_tags_are_found_and_the_hit_says_what_matched(session: Any) -> None:
    session.contacts.add(Company("Acme", emails=["jane.doe@bois.fr"], tags=["Top client"]))
    for text, by in {"jane.doe@b": "email", "doe": "email", "bois": "email", "client": "tag", "acm": "name"}.items():
        (hit,) = session.contacts.search(text)
        assert by in {matched.by for matched in hit.matched}, text


@pytest.mark.req("DIR-10")
def test_a_company_is_found_by_its_people_together_with_its_own_name(session: Any) -> None:
    client = session.contacts.add(Company("Bois", tags=["vip"]))
    jane = session.people.add(
        client, Person("Jane", "Doe", emails=["jd@x.fr"]), email="office@y.fr", phone="+48225551234"
    )
    session.people.add(client, Person("Joe", "Roe"))
    for text in ("jane", "doe jane", "bois jane", "jd@x", "office@", "48225"):
        (hit,) = session.contacts.search(text)
        assert (hit.id, hit.matched[-1].by, hit.matched[-1].id) == (client.id, "person", jane.person_id), text
    for text in ("jane roe", "vip jane"):
        assert found(session, text) == [], text


@pytest.mark.req("DIR-10")
@pytest.mark.req("ACC-3")
def test_a_company_is_not_found_by_a_person_who_is_hidden(workspace: Any, amelie: Any, bob: Any, root: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
    with workspace.write(bob) as session:
        session.people.add(client, Person("Secret", "Agent", access="private", responsibles=["bob"]))
        assert found(session, "agent") == ["Bois"]
    with workspace.read(amelie) as session:
        assert found(session, "agent") == found(session, "bois agent") == found(session, "agent", role="any") == []
        assert session.people.list(client) == ()
    with workspace.read(root) as session:
        assert found(session, "secret") == ["Bois"]


@pytest.mark.req("DIR-10")
def test_filters_and_limits_leave_out_nobody_who_is_found_through_people(session: Any) -> None:
    for number in range(60):
        client = session.contacts.add(Company(f"C{number:02d}", type="supplier" if number >= 55 else ""))
        session.people.add(client, Person("Jane", "Doe"))
    assert found(session, "jane", type="supplier", limit=3) == ["C55", "C56", "C57"]
    assert found(session, "jane", limit=2) == ["C00", "C01"]
    assert len(found(session, "jane", limit=200)) == 60
    assert found(session, "jane", role="person", limit=1) == ["Jane Doe"]


@pytest.mark.req("DIR-10")
def test_clients_of_equal_names_stand_in_directory_order_too(session: Any) -> None:
    clients = [session.contacts.add(Company("Smith")) for _ in range(6)]
    for client in reversed(clients):
        session.people.add(client, Person("Jane"))
    assert [hit.id for hit in session.contacts.search("jane", limit=2)] == [clients[0].id, clients[1].id]


NAMES = ("Jo", "Ann", "Anne", "De la", "O'Neil", "Zoé", "Mac 7", "山田", "太郎", "Łoś", "")


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize("language", ["fr", "hu"])
def test_whether_a_name_begins_so_does_not_hang_on_how_much_is_typed(storage: Any, amelie: Any, language: str) -> None:
    rng = random.Random(language)
    with Workspace(storage, "many", language=language).write(amelie) as session:
        for _ in range(60):
            given, family, middle = (rng.choice(NAMES) for _ in range(3))
            if given or family:
                title = rng.choice(("", "", "Dr."))
                session.contacts.add(Person(given, family, middle_name=rng.choice(("", "", middle)), prefix=title))
            if given and family:
                session.contacts.add(Company(f"{family} & {given}"))
        standing = list(session.contacts.page(limit=200))
        for text in (
            "an",
            "jo an",
            "ann jo",
            "de la o",
            "oneil",
            "mac 7",
            "7 ann",
            "山田",
            "太郎 山",
            "zoe los",
            "an an",
        ):
            hits = session.contacts.search(text, limit=200)
            starting = {hit.id for hit in hits if hit.starts}
            assert [hit.id for hit in hits] == [
                card.id
                for group in (True, False)
                for card in standing
                if card.id in {hit.id for hit in hits} and (card.id in starting) is group
            ]
            for card in standing:
                stored = session.contacts.get(card.id)
                names = {card.name}
                if isinstance(stored, Person):
                    names.add(stored.sort_name_in(language))
                begins = any(name_prefix(name).startswith(name_prefix(text)) for name in names)
                assert (card.id in starting) is begins, (text, card.name)


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize("text", ["bo", "bois", "ann", "bo an", "01 44", "0144"])
@pytest.mark.parametrize("filters", [{}, {"tag": "vip"}], ids=["all", "filtered"])
def test_fewer_hits_are_the_first_of_many(session: Any, text: str, filters: Any) -> None:
    for number in range(24):
        name = ("Bois", "Annexe Bo", "Bois Anne", "Ceci", "Bo Ann 01 44")[number % 5]
        client = session.contacts.add(
            Company(
                f"{name} {number % 3}",
                tags=["vip"] if number % 2 else [],
                phones=["01 44 55 66 77"] if number % 7 == 0 else [],
            )
        )
        if number % 4:
            session.people.add(client, Person(("Anne", "Bob")[number % 2], f"Bonnet {number}"), phone="+33144112233")
    everything = [
        (hit.id, hit.starts, hit.words, hit.person) for hit in session.contacts.search(text, limit=200, **filters)
    ]
    assert len(everything) > 2
    for limit in {1, 2, 3, len(everything) // 2, len(everything) - 1, len(everything)}:
        fewer = session.contacts.search(text, limit=limit, **filters)
        assert [(hit.id, hit.starts, hit.words, hit.person) for hit in fewer] == everything[:limit]


@pytest.mark.req("DIR-10")
def test_what_is_found_follows_every_change(session: Any) -> None:
    import attrs

    client = session.contacts.add(Company("Bois"))
    jane = session.people.add(client, Person("Jane", emails=["j@x.fr"]))
    session.contacts.save(attrs.evolve(client, name="Forêt"))
    session.contacts.save(attrs.evolve(jane.person, given_name="Joan", emails=["k@x.fr"]))
    assert found(session, "joan foret") == found(session, "k@x") == ["Forêt"]
    assert found(session, "jane") == found(session, "bois") == found(session, "j@x") == []
    session.people.remove(jane)
    assert found(session, "joan") == []


@pytest.mark.parametrize(
    "text", ["%", "_", "*", '"', "a* OR b", "NEAR(", "\\", "'; --", "^a", "9" * 500, "0 1" * 300, "x" * 5000]
)
def test_no_sign_has_a_meaning_of_its_own(session: Any, text: Any) -> None:
    session.contacts.add(Company("Bois"))
    assert found(session, text) == []


def test_the_number_of_hits_has_a_limit(session: Any) -> None:
    for limit in (0, 201):
        with pytest.raises(Invalid) as refused:
            session.contacts.search("a", limit=limit)
        assert refused.value.code == "limit-out-of-range"


@pytest.mark.req("DIR-10")
def test_a_domain_is_found_at_every_letter_that_is_typed_of_it(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Wood", emails=["office@wood-mill.fr"]))
        client = session.contacts.add(Company("Stone"))
        session.people.add(client, Person("Jo", "Doe", emails=["jo@mail.mill.co.uk"]))
        session.contacts.add(Company("Other", emails=["office@wood-mill.de"]))
        for typed in ("wood-mill.fr", "mail.mill.co.uk"):
            for end in range(typed.index(".") + 2, len(typed) + 1):
                found = [hit.name for hit in session.contacts.search(typed[:end])]
                assert found == (["Wood"] if typed[0] == "w" else ["Stone"]), typed[:end]
                assert [hit.name for hit in session.contacts.search("@" + typed[:end])] == found


@pytest.mark.req("DIR-10")
def test_a_number_pasted_with_its_extension_is_found(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Wood", phones=["+1 212 555 1234 ext. 55"]))
        for typed in ("+1 (212) 555-1234 ext. 55", "+1 212-555-1234x55", "212 555 1234 ext 55"):
            assert [hit.name for hit in session.contacts.search(typed)] == ["Wood"], typed


@pytest.mark.req("DIR-10")
def test_a_number_is_found_by_any_four_or_more_of_its_last_digits_and_more_digits_never_lose_it(
    workspace: Any, amelie: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Wood", phones=["+49 30 1234567"]))
        client = session.contacts.add(Company("Stone"))
        session.people.add(client, Person("Jo", "Doe", phones=["+1 212 555 1234"]))
        session.contacts.add(Company("Other", phones=["+49 40 7654321", "+49 89 12345679"]))
        for number, name in (("49301234567", "Wood"), ("12125551234", "Stone")):
            for length in range(4, len(number) + 1):
                end = number[-length:]
                for typed in (end, f"{end[:2]} {end[2:]}", f"{end[:-3]}-{end[-3:]}", f"+{end}"):
                    assert name in [hit.name for hit in session.contacts.search(typed)], typed
        for typed in (
            "030/1234567",
            "(030) 123 45 67",
            "0049 30 1234567",
            "+49 (0)30 1234567",
            "wood 34567",
            "4567 wood",
        ):
            assert [hit.name for hit in session.contacts.search(typed)] == ["Wood"], typed
        assert session.contacts.search("567") == session.contacts.search("wood 1234") == ()
        (hit,) = session.contacts.search("234 567")
        assert [(one.by, one.text) for one in hit.matched] == [("phone", "+49301234567")]


@pytest.mark.req("DIR-10")
def test_digits_that_belong_to_a_word_are_no_end_of_a_number(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Jean", "Martin", emails=["jean.martin2195@mail.example.com"]))
        session.contacts.add(Person("Jean", "Martin", phones=["01 45 44 21 95"]))
        for typed in ("jean.martin2195", "martin2195", "jean martin2195", "Jean.Martin2195@"):
            (hit,) = session.contacts.search(typed)
            assert [str(email) for email in hit.card.emails] == ["jean.martin2195@mail.example.com"], typed
        assert session.contacts.search("martin 2195abc") == session.contacts.search("martin_2195") == ()
        assert len(session.contacts.search("martin 2195")) == 1


@given(st.lists(st.text("abzABZ ", max_size=200), min_size=1, max_size=30).map(" ".join))
@pytest.mark.req("DIR-10")
def test_plain_letters_are_read_as_every_text_is(text: str) -> None:
    every = [reading for spelling in query_spellings(text) for reading in terms._parse_other(spelling)]
    assert terms.parse_query(text) == list(dict.fromkeys(every))
