"""Imports, their undoing and all that users do meanwhile: the directory stays whole, whatever the sequence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, Final

import attrs
import pytest

from contactcore import Company, ContactCoreError, Host, Person, User, Workspace
from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.entities import ENTITY_OF
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation
from contactcore.storage import Storage
from contactcore.testing.oracle import stored
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.import_views import HEAD

pytestmark = [pytest.mark.req("DIR-11"), pytest.mark.req("IMP-3"), pytest.mark.usefixtures("small_transactions")]

ACTORS: Final = (AMELIE, BOB, ROOT)
FIRMS: Final = ("Bois", "Lune", "Sud")
GIVEN: Final = ("Ann", "Bob", "Cid", "Dan")


class _Killed(Exception):
    pass


def check_whole(space: Workspace) -> None:
    """Every record is what its body says, nothing is orphaned, and each contact with people has one primary."""
    with space.storage.read(space.name) as reader:
        contacts = {record.id: stored(record) for record in reader.dump("contact")}
        affiliations = {record.id: stored(record) for record in reader.dump("affiliation")}
        records = [*reader.dump("contact"), *reader.dump("affiliation")]
    with space.read(ROOT) as session:
        transaction = session._transaction
        # A change of the language that was killed leaves keys of the other language.
        killed = transaction.settings.leftovers or not transaction.index_context.has_one_order
        for record in records:
            repository: Repository[Any] = Repository(transaction, ENTITY_OF[record.kind])
            (found,) = repository.derived([stored(record)])
            if killed:
                assert found.orders.keys() & {transaction.order, "trash"} <= record.orders.keys(), "a record is lost"
                found = attrs.evolve(found, orders=record.orders)
            assert attrs.evolve(found, references=record.references) == record, "a record is not what its body says"
    roots = {id: trashed.root for id, one in contacts.items() if (trashed := trashed_of(one)) is not None}
    assert all(roots.get(root) == root for root in roots.values()), "a contact in the trash has no root"
    flags: dict[str, int] = {}
    for one in affiliations.values():
        affiliation, trashed = affiliation_of(one), trashed_of(one)
        ends = (affiliation.contact_id, affiliation.person_id)
        assert set(ends) <= contacts.keys(), "an affiliation is orphaned"
        if trashed is None:
            assert roots.keys().isdisjoint(ends), "an affiliation of a deleted contact is not deleted"
            flags[ends[0]] = flags.get(ends[0], 0) + affiliation.primary
        else:
            assert trashed.root in {roots.get(id) for id in ends}, "an affiliation waits for nobody in the trash"
    assert set(flags.values()) <= {1}, "not exactly one person is primary"


class Attack:
    """A workspace, and random acts of users, some of them in the middle of an import.

    Args:
        storage: Fresh storage.
        seed: Seed of the choices.
    """

    def __init__(self, storage: Storage, seed: int) -> None:
        self.random = Random(seed)
        host = Host(clock=Clock(tick=TICK), passwords=Passwords(memory=8, iterations=1))
        self.space = Workspace(storage, f"attack {seed}", language="fr", country="FR", host=host)
        self.imports: list[str] = []

    def step(self) -> None:
        """One random act."""
        choose = self.random.random()
        if choose < 0.35:
            self._import()
        elif choose < 0.45 and self.imports:
            self._undo()
        elif choose < 0.48:
            self._change_language()
        else:
            self._act()

    def _actor(self) -> User:
        return self.random.choice(ACTORS)

    def _act(self) -> None:
        with suppress(ContactCoreError, IndexError), self.space.write(self._actor()) as session:
            for _ in range(self.random.randint(1, 2)):
                self.random.choice(_ACTS)(self.random, session)

    def _between(self, _progress: object) -> None:
        choose = self.random.random()
        if choose < 0.15:
            raise _Killed
        if choose < 0.75:
            self._act()
            check_whole(self.space)

    def _import(self) -> None:
        rows = "".join(self._row() for _ in range(self.random.randint(1, 9)))
        responsibles = self.random.choice(((), ("bob",), ("amelie", "bob")))
        access = self.random.choice(("private", "shared-read", "shared-write"))
        policy = self.random.choice(("skip", "update", "update", "create"))
        imports = self.space.imports(self._actor())
        for _ in range(3):
            with suppress(_Killed):
                plan = imports.plan(HEAD + rows, policy=policy, access=access, responsibles=responsibles)
                report = imports.apply(plan, self._between)
                assert report.rows == rows.count("\n")
                self.imports.append(report.id)
                return

    def _row(self) -> str:
        choose = self.random
        given = choose.choice((*GIVEN, ""))
        family = "Doe" if given else ""
        firm = choose.choice((*FIRMS, "")) if given else choose.choice(FIRMS)
        email = choose.choice(("", f"{given or firm}@x.fr", f"{choose.choice(GIVEN)}@x.fr".lower()))
        position = choose.choice(("", "CEO")) if given else ""
        phone = choose.choice(("", "+33144556677"))
        return f"{given},{family},{firm},{position},{email},{phone},{choose.choice(('', 'vip'))}\n"

    def _undo(self) -> None:
        imports, id = self.space.imports(self.random.choice((AMELIE, ROOT))), self.random.choice(self.imports)
        with suppress(_Killed, ContactCoreError):
            imports.undo(id, self._between)

    def _change_language(self) -> None:
        def stop(done: int) -> None:
            if done > 5 and self.random.random() < 0.3:
                raise _Killed

        with suppress(_Killed):
            self.space.change_language(ROOT, self.random.choice(("fr", "hu", "pl", None)), progress=stop)


def _contact(random: Random, session: Session) -> Person | Company:
    return session.contacts.get(random.choice(session.contacts.page(role="any").items).id)


def _link(random: Random, session: Session) -> Affiliation:
    contacts = [session.contacts.get(card.id) for card in session.contacts.page(role="any")]
    return random.choice([one for contact in contacts for one in session.people.list(contact)])


def _rename(random: Random, session: Session) -> object:
    contact = _contact(random, session)
    if isinstance(contact, Company):
        return session.contacts.save(attrs.evolve(contact, name=random.choice(FIRMS)))
    return session.contacts.save(attrs.evolve(contact, given_name=random.choice(GIVEN)))


_ACTS: Final[list[Callable[[Random, Session], object]]] = [
    lambda r, s: s.contacts.add(Company(r.choice(FIRMS), access=r.choice(["private", "shared-write"]))),
    lambda r, s: s.people.add(_contact(r, s), Person(r.choice(GIVEN), "Doe", emails=[f"{r.choice(GIVEN)}@x.fr"])),
    lambda r, s: s.people.add(_contact(r, s), _contact(r, s).id, primary=r.random() < 0.5),
    lambda r, s: s.people.remove(_link(r, s)),
    lambda r, s: s.people.make_primary(_link(r, s)),
    lambda r, s: s.people.save(attrs.evolve(_link(r, s), position=r.choice(["CFO", "Clerk"]))),
    lambda r, s: s.people.change_employer(_link(r, s), _contact(r, s)),
    lambda r, s: s.contacts.save(attrs.evolve(_contact(r, s), description=f"d{r.randrange(9)}")),
    _rename,
    lambda r, s: s.contacts.share(
        _contact(r, s), r.choice(["private", "shared-read", "shared-write"]),
        responsibles=r.choice([None, ["amelie"], ["bob"]]), with_people=r.random() < 0.5,
    ),
    lambda r, s: s.portal.invite(_link(r, s), f"{r.choice(GIVEN)}@x.fr", send=False),
    lambda r, s: s.contacts.delete(_contact(r, s).id),
    lambda r, s: s.contacts.delete(_contact(r, s).id),
    lambda r, s: s.trash.restore(r.choice(s.trash.list())),
    lambda r, s: s.trash.restore(r.choice(s.trash.list())),
    lambda r, s: s.trash.purge(r.choice(s.trash.list())),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_a_directory_is_whole_after_any_sequence_of_imports_and_other_acts(storage: Storage, seed: int) -> None:
    attack = Attack(storage, seed)
    for _ in range(25):
        attack.step()
        check_whole(attack.space)
    assert attack.imports


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return _opened(storage)


def _opened(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", language="fr", country="FR", host=Host(clock=Clock(tick=TICK)))


def test_a_client_that_is_deleted_with_its_people_while_an_import_updates_them_is_made_anew(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        for given in GIVEN:
            session.people.add(bois, Person(given, "Doe", emails=[f"{given.lower()}@x.fr"]))
    deleted: list[str] = []

    def delete(_progress: object) -> None:
        if not deleted:
            with space.write(AMELIE) as session:
                session.contacts.delete(bois.id)
            deleted.append(bois.id)

    rows = "".join(f"{given},Doe,Bois,CEO,{given.lower()}@x.fr,,\n" for given in GIVEN) * 2
    imports = space.imports(AMELIE)
    report = imports.apply(imports.plan(HEAD + rows, policy="update"), delete)
    assert (report.updated, report.created, report.companies_created) == (4, 4, 1)
    check_whole(space)
    with space.write(AMELIE) as session:
        session.trash.restore(bois.id)
        assert {one.position for one in session.people.list(bois.id)} == {"CEO"}
        assert len(session.people.list(bois.id)) == len(GIVEN)
    check_whole(space)
    assert imports.undo(report).removed == 5
    check_whole(space)


def test_undoing_after_a_company_was_renamed_keeps_it_and_takes_its_people_back(space: Workspace) -> None:
    imports = space.imports(AMELIE)
    report = imports.apply(imports.plan(HEAD + "Ann,Doe,Bois,,ann@x.fr,,\nBob,Doe,Bois,,bob@x.fr,,\n"))
    with space.write(AMELIE) as session:
        (bois,) = [session.contacts.get(card.id) for card in session.contacts.page(kind="company")]
        session.contacts.save(attrs.evolve(bois, name="Lune"))
    undone = imports.undo(report)
    assert (undone.removed, [(one.id, one.code) for one in undone.kept]) == (2, [(bois.id, "changed-since")])
    check_whole(space)
    with space.write(AMELIE) as session:
        assert session.people.list(bois.id) == ()
        for card in session.trash.list():
            session.trash.restore(card)
        people = [one.person for one in session.people.list(bois.id)]
        assert sorted(person.given_name for person in people if person) == ["Ann", "Bob"]
    check_whole(space)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
@pytest.mark.parametrize("purged", [None, 0, 1, 2])
def test_contacts_that_were_deleted_one_after_another_come_back_in_any_order(
    order: tuple[int, ...], purged: int | None
) -> None:
    _delete_and_restore(_opened(MemoryStorage()), order, purged)


@pytest.mark.parametrize("purged", [None, 1])
def test_contacts_that_were_deleted_one_after_another_come_back_on_every_storage(
    space: Workspace, purged: int | None
) -> None:
    _delete_and_restore(space, (1, 0, 2), purged)


def _delete_and_restore(space: Workspace, order: tuple[int, ...], purged: int | None) -> None:
    with space.write(AMELIE) as session:
        first, second = session.contacts.add(Company("Bois")), session.contacts.add(Company("Lune"))
        ann = session.contacts.add(Person("Ann", "Doe"))
        for client in (first, second):
            session.people.add(client, ann.id)
            session.people.add(client, Person("Bob", "Ray"))
        contacts = [first.id, second.id, ann.id]
        for id in contacts:
            session.contacts.delete(id)
    check_whole(space)
    # An affiliation waits for the last of its owners, also where another one was purged.
    if purged is not None:
        with space.write(ROOT) as session:
            session.trash.purge(contacts[purged])
        check_whole(space)
    for number in order:
        if number != purged:
            with space.write(AMELIE) as session:
                session.trash.restore(contacts[number])
            check_whole(space)
    with space.read(ROOT) as session:
        assert session.trash.list() == ()
        left = [id for id in contacts[:2] if id != contacts[purged if purged is not None else 2]]
        for id in left:
            names = [one.person and one.person.given_name for one in session.people.list(id)]
            assert sorted(names) == (["Bob"] if purged == 2 else ["Ann", "Bob"])
            assert [one.primary for one in session.people.list(id)].count(True) == 1
