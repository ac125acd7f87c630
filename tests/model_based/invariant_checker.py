"""Checks what a workspace stores and what each actor sees in it, against the model."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import attrs

from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.entities import ENTITY_OF
from contactcore.model import AccessPolicy, User
from contactcore.testing.oracle import stored
from contactcore.text import collation
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from model_based.rights_checker import check_portal_users, check_rights
from model_based.workspace_driver import ACTORS, WorkspaceDriver
from support.actors import ROOT
from support.clock import TODAY

__all__ = ["InvariantChecker"]

_QUERIES: Final = (
    *("b", "bo", "bois f", "fils", "jane", "doe", "jane doe", "doe jane", "elan", "ÉL", "3", "3m", "vip", "ete", "zub"),
    *("jane.doe@b", "acme", "acme jane", "33144", "0144", "+48225", "山", "太", "петр", "%", "_", "zz", "neil", "csab"),
)


class InvariantChecker:
    """Compares a workspace with its model after actions.

    Args:
        driver: The workspace and its model.
    """

    def __init__(self, driver: WorkspaceDriver) -> None:
        self._driver = driver
        self._shown: dict[tuple[str, str], str] = {}
        self._person_of: dict[str, str] = {}

    def check(self, random: Random, *, thoroughly: bool = True, rights: bool = True) -> None:
        """Check what is stored and what each actor sees.

        Args:
            random: Chooses letters, filters and queries.
            thoroughly: Whether stored records, directory and search are checked; otherwise only primary persons.
            rights: Whether authorities, notifications and the portal are checked.
        """
        if thoroughly:
            self._check_stored()
        for actor in ACTORS:
            with self._driver.workspace.read(actor) as session:
                self._check_primaries(session, actor)
                if thoroughly:
                    self._check_directory(session, actor, random)
                if rights:
                    check_rights(self._driver, session, actor, random)
        if rights:
            check_portal_users(self._driver, random)

    def forget(self) -> None:
        """Forget who was shown as primary: actions were not checked."""
        self._shown.clear()

    def _check_stored(self) -> None:
        model, records = self._driver.model, self._driver.dump()
        kept = {record.id: record for record in records}
        assert set(kept) - {"settings"} == set(model.contacts) | set(model.affiliations), "the stored records differ"
        with self._driver.workspace.read(ROOT) as session:
            for record in records:
                if record.kind == "settings":
                    continue
                repository = Repository(session._transaction, ENTITY_OF[record.kind])
                (found,) = repository.derived([stored(record)])
                assert attrs.evolve(found, references=record.references) == record, (
                    "a derived field is no function of the body"
                )
                in_trash = bool(
                    model.affiliations[record.id].trash if record.kind == "affiliation" else model.trash.get(record.id)
                )
                marks = {term.partition(":")[0] for term in {*record.terms, *record.access}}
                assert (marks <= {"trash", "was"}) == in_trash, f"{record.id} has terms of the wrong place"
                assert not (in_trash and (record.words or record.keys)), "words or keys find the trash"
                assert set(record.references.values()) <= set(kept), "an orphan"
        for client in model.contacts:
            live = [
                affiliation
                for affiliation in model.affiliations.values()
                if affiliation.client == client and not affiliation.trash
            ]
            primary = [affiliation for affiliation in live if affiliation_of(stored(kept[affiliation.id])).primary]
            assert len(primary) == min(1, len(live)), "not exactly one person is primary"
            if any(affiliation.current(TODAY) for affiliation in live):
                assert primary[0].current(TODAY), "the primary person is not current"

    def _check_primaries(self, session: Session, actor: User) -> None:
        driver, model = self._driver, self._driver.model
        for client in model.contacts:
            seen = model.people_of(actor, client)
            before = self._shown.pop((actor.name, client), "")
            if not model.sees(actor, client):
                continue
            listed = session.people.list(client)
            assert {one.id for one in listed} == {affiliation.id for affiliation in seen}, "the people differ"
            assert all(one.primary_sequence == 0 and one.revision == 0 for one in listed), (
                "the primary sequence or the revision is shown"
            )
            shown = [one.id for one in listed if one.primary]
            assert len(shown) == min(1, len(seen)), "not exactly one person is shown as primary"
            if not shown:
                continue
            by_id = {affiliation.id: affiliation for affiliation in seen}
            self._shown[actor.name, client] = shown[0]
            self._person_of[shown[0]] = by_id[shown[0]].person
            current = {affiliation.id for affiliation in seen if affiliation.current(TODAY)}
            assert not current or shown[0] in current, "the person shown as primary is not current"
            if driver.chosen in current:
                assert shown[0] == driver.chosen, "the chosen person is not shown as primary"
            elif before in (current or by_id) and not driver.regranted:
                assert shown[0] == before, "another person is shown as primary without a reason"
            elif before and not driver.regranted and not driver.touched & {affiliation.person for affiliation in seen}:
                last = model.contacts.get(self._person_of.get(before, ""))
                if last and all(
                    model.audience_within(model.contacts[affiliation.person], last) for affiliation in seen
                ):
                    assert shown[0] == model.longest_standing(seen), "another person should be the successor"

    def _check_directory(self, session: Session, actor: User, random: Random) -> None:
        model, rules = self._driver.model, collation(self._driver.model.language)
        for role in ("listed", "any"):
            wanted = model.directory(actor, role=role)
            assert _pages(session, random.randint(1, 7), role=role) == wanted, "the directory differs"
            assert session.contacts.count(role=role) == len(wanted)
        letters = session.contacts.letters()
        assert sum(letters.values()) == len(model.directory(actor))
        letter = random.choice(rules.letters)
        assert [card.id for card in session.contacts.page(letter=letter, limit=100)] == model.directory(actor, letter)
        assert letters[letter] == len(model.directory(actor, letter))
        filters = random.choice(
            (
                {"kind": "person"},
                {"type": random.choice([*model.types])},
                {"category": random.choice([*model.categories])} if model.categories else {},
                {"tag": "vip"},
                {"responsible": "bob"},
                {"access": random.choice(tuple(AccessPolicy))},
                {"role": "person"},
            )
        )
        assert _pages(session, 3, **filters) == model.directory(actor, **filters), f"{filters} gives other contacts"
        for text in random.sample(_QUERIES, 3):
            asked = filters if random.random() < 0.3 else {}
            limit = random.randint(1, 30)
            hits = [hit.id for hit in session.contacts.search(text, limit=limit, **asked)]
            assert hits == model.search(actor, text, **asked)[:limit], (
                f"{actor.name} finds other contacts by {text!r} {asked}"
            )
        for card in session.contacts.page(role="any", limit=random.randint(1, 9)):
            contact = model.contacts[card.id]
            assert (card.version, card.type) == (contact.version, model.type_of(contact)), (
                "a card differs from its contact"
            )
            assert list(card.categories) == model.categories_of(contact)
            assert (card.access, card.listed) == (contact.access, contact.listed)
            primary = None if card.primary is None else card.primary.id
            assert primary == self._shown.get((actor.name, card.id)), "a line shows another person as primary"
        seen = {tag.text.casefold() for id in model.visible(actor) for tag in model.contacts[id].tags}
        assert {tag.text.casefold() for tag in session.settings.tags} == seen, "the tags of hidden contacts are shown"
        trash = [id for id, root in model.trash.items() if id == root and model.reaches(actor, model.contacts[id])]
        assert {card.id for card in session.trash.list(limit=1_000)} == set(trash), "the trash differs"


def _pages(session: Session, limit: int, **filters: Any) -> list[str]:
    """All ids of a directory, page by page; checks that the pages backwards give the same."""
    forth, cursor, last = list[str](), None, None
    while True:
        page = session.contacts.page(limit=limit, after=cursor, **filters)
        forth += [card.id for card in page]
        if page.next is None:
            break
        cursor, last = page.next, page
    if last is None:
        return forth
    back, cursor = [card.id for card in page], page.previous
    while cursor is not None:
        page = session.contacts.page(limit=limit, before=cursor, **filters)
        back = [card.id for card in page] + back
        cursor = page.previous
    assert back == forth, "the pages backwards differ"
    return forth
