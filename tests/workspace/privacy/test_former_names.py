"""An erasure recognises a person by what the person was called before, and however the name is written (IMP-8)."""

from __future__ import annotations

import unicodedata

import attrs
import pytest

from contactcore import Company, Host, Interaction, Person, Workspace
from contactcore.mapping.subject import Subject
from contactcore.storage import Storage
from support.actors import ROOT
from support.clock import TICK, Clock

pytestmark = pytest.mark.req("IMP-8")

JANE = Person("Zoltán", "Quixóte", emails=["jane@doe.fr"], phones=["+33144556677"])


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))


def erased_title(space: Workspace, company: str, person: str) -> list[str]:
    space.privacy(ROOT).erase(person)
    with space.read(ROOT) as session:
        return [one.title for one in session.timeline.page(company)]


def test_a_former_name_address_and_number_are_erased_from_texts_of_others(space: Workspace) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Smith", emails=["jane@smith.fr"], phones=["+33144556677"]))
        title = "Jane Smith, jane@smith.fr, 01 44 55 66 77, Ann Smith"
        session.timeline.add(bois, Interaction(title, person_id=jane.person_id))
    with space.write(ROOT) as session:
        known = session.contacts.get(jane.person_id, Person)
        session.contacts.save(attrs.evolve(known, family_name="Brown", emails=["jane@brown.fr"], phones=[]))
    assert erased_title(space, bois.id, jane.person_id) == ["…, …, …, Ann Smith"]


def test_the_name_of_the_company_that_became_the_person_is_erased_from_texts_of_others(space: Workspace) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        firm = session.contacts.add(Company("Quixote Lancers"))
    with space.write(ROOT) as session:
        jane = session.contacts.convert(firm, "person")
    with space.write(ROOT) as session:
        known = session.contacts.get(jane.id, Person)
        session.contacts.save(attrs.evolve(known, full_name="", given_name="Jane", family_name="Doe"))
        session.people.add(bois, jane.id)
        session.timeline.add(bois, Interaction("Wrote to Quixote Lancers", person_id=jane.id))
    assert erased_title(space, bois.id, jane.id) == ["Wrote to …"]


@pytest.mark.parametrize("leaves", [False, True])
def test_a_former_address_at_work_is_erased_from_texts_of_others(space: Workspace, leaves: bool) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        ann = session.people.add(bois, Person("Ann", "Nagy"), email="ann@bois.fr")
        acting = session.people.add(bois, Person("Jane", "Smith"), email="old@bois.fr", phone="+33144556677")
        title = "old@bois.fr, 01 44 55 66 77, ann@bois.fr"
        session.timeline.add(bois, Interaction(title, person_id=acting.person_id))
    with space.write(ROOT) as session:
        session.people.save(attrs.evolve(session.people.get(acting.id), email="new@bois.fr", phone=None))
    with space.write(ROOT) as session:
        if leaves:
            session.people.remove(acting.id)
    assert erased_title(space, bois.id, acting.person_id) == ["…, …, ann@bois.fr"]
    with space.read(ROOT) as session:
        assert str(session.people.get(ann.id).email) == "ann@bois.fr"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call Zoltan Quixote", "Call …"),
        ("ZOLTAN  QUIXOTE!", "…!"),
        ("Quixóte, Zoltán; Zoltán\nQuixóte", "…; …"),
        (unicodedata.normalize("NFD", "Ask Zoltán Quixóte."), "Ask …."),
        ("Zoltan Quixotes", "Zoltan Quixotes"),
        ("0144556677 01.44.55.66.77", "… …"),
        ("+33 (0)1 44 55 66 77 or (01) 44 55 66 77", "… or …"),
        ("0033144556677, (+33)144556677", "…, …"),
        ("01 44 55 66 78 and 10144556677", "01 44 55 66 78 and 10144556677"),
    ],
)
def test_a_name_and_a_number_are_recognised_however_they_are_written(text: str, expected: str) -> None:
    assert Subject("1", JANE, frozenset(), "en").redacted(text) == expected
