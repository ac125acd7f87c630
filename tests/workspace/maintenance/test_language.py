from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import attrs
import pytest

from contactcore import Company, Invalid, Person, Workspace
from contactcore.mapping import contact_parts, index_context
from contactcore.mapping.entities import ENTITY_OF
from contactcore.storage import Storage, Stored
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.maintenance import language as language_job
from contactcore.workspace.repositories.repository import Repository
from support.actors import AMELIE, ROOT

pytestmark = pytest.mark.cases_in_memory

NAMES = ("Łoś", "Lis", "Mak", "Csaba", "Cukor", "Zoé")


@pytest.fixture
def filled(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        for name in NAMES:
            session.people.add(session.contacts.add(Company(name)), Person("Béla", "Bartók"))
        session.contacts.delete(session.contacts.add(Person("Deleted", "Doe")))
    return workspace


def shown(workspace: Any, actor: Any) -> Any:
    with workspace.read(actor) as session:
        return [card.name for card in session.contacts.page()]


def leftovers(workspace: Any, actor: Any) -> Any:
    """Records that are not what their body and the settings say."""
    fields = [field.name for field in attrs.fields(Stored)]
    with workspace.read(actor) as session:
        transaction = session._transaction
        return [
            record.id
            for kind in ("contact", "affiliation")
            for record in transaction.reader.dump(kind)
            if Repository(transaction, ENTITY_OF[kind]).derived(
                [Stored(**{name: getattr(record, name) for name in fields})]
            )
            != [record]
        ]


@pytest.mark.req("DIR-9")
def test_a_change_of_language_puts_the_directory_in_its_order(filled: Any, amelie: Any, root: Any) -> None:
    assert shown(filled, amelie) == ["Csaba", "Cukor", "Lis", "Łoś", "Mak", "Zoé"]
    told = []
    done = filled.change_language(root, "hu", progress=told.append)
    assert (done, told[-1]) == (len(NAMES) * 3 + 1, done)
    assert shown(filled, amelie) == ["Cukor", "Csaba", "Lis", "Łoś", "Mak", "Zoé"]
    with filled.read(amelie) as session:
        assert str(session.settings.language) == "hu"
        assert {card.name for card in session.contacts.page(role="person")} == {"Bartók Béla"}
        assert [hit.name for hit in session.contacts.search("bela")] == [card.name for card in session.contacts.page()]
        assert session.trash.list()[0].name == "Doe Deleted"
    assert leftovers(filled, root) == []
    assert filled.change_language(root, "hu") == filled.change_language(root) == 0


@pytest.mark.req("DIR-9")
def test_cursors_of_the_old_order_are_refused(filled: Any, amelie: Any, root: Any) -> None:
    with filled.read(amelie) as session:
        cursor = session.contacts.page(limit=2).next
    filled.change_language(root, "en")
    with filled.read(amelie) as session, pytest.raises(Invalid) as refused:
        session.contacts.page(after=cursor)
    assert refused.value.code == "cursor-outdated"


class _Killed(Exception):
    pass


@contextmanager
def killed_after(monkeypatch: pytest.MonkeyPatch, workspace: Any, transactions: Any) -> Any:
    honest = type(workspace)._transaction
    left = [transactions]

    @contextmanager
    def dying(self, *given: Any) -> Any:
        if not left[0]:
            raise _Killed
        left[0] -= 1
        with honest(self, *given) as transaction:
            yield transaction

    with monkeypatch.context() as patched:
        patched.setattr(type(workspace), "_transaction", dying)
        yield


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize("transactions", range(1, 8))
@pytest.mark.parametrize("then", [None, "pl", "fr", "hu"])
def test_an_interrupted_change_is_finished_or_given_up_whole(
    monkeypatch: pytest.MonkeyPatch, filled: Any, amelie: Any, root: Any, transactions: Any, then: Any
) -> None:
    with killed_after(monkeypatch, filled, transactions), suppress(_Killed):
        filled.change_language(root, "hu")
    with filled.write(amelie) as session:
        added = session.contacts.add(Company("Csonka"))
    assert "Csonka" in shown(filled, amelie)
    filled.change_language(root, then)
    with filled.read(amelie) as session:
        assert str(session.settings.language) == (then or "hu")
        names = [card.name for card in session.contacts.page()]
        assert (names.index("Csonka") > names.index("Cukor")) == (then in {None, "hu"})
        assert session.contacts.get(added.id).version == 1
    assert leftovers(filled, root) == []


def test_an_unknown_language_is_refused(filled: Any, root: Any) -> None:
    with pytest.raises(Invalid):
        filled.change_language(root, "no language")


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small directories then take several steps for each type."""
    monkeypatch.setattr(language_job, "_BATCH", 4)


def steps_needed(space: Workspace, monkeypatch: pytest.MonkeyPatch, language: str) -> int:
    """The number of transactions of a whole change."""
    opened = []
    honest = Workspace._transaction

    @contextmanager
    def counted(self: Workspace, *given: Any) -> Iterator[Transaction]:
        opened.append(1)
        with honest(self, *given) as transaction:
            yield transaction

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "_transaction", counted)
        space.change_language(ROOT, language)
    return len(opened)


@pytest.mark.req("DIR-9")
@pytest.mark.usefixtures("small_steps")
def test_a_change_that_is_killed_after_each_transaction_goes_on_behind_its_cursor(
    monkeypatch: pytest.MonkeyPatch, filled: Workspace
) -> None:
    whole = steps_needed(filled, monkeypatch, "hu")
    filled.change_language(ROOT, "fr")
    counts = []
    for _ in range(whole):
        with killed_after(monkeypatch, filled, 2), suppress(_Killed):
            filled.change_language(ROOT, "hu", progress=counts.append)
        assert len(shown(filled, AMELIE)) == len(NAMES)
    assert filled.change_language(ROOT) == 0
    # Each record was put in order once, although no call did more than one step.
    assert sum(counts) == len(NAMES) * 3 + 1
    assert shown(filled, AMELIE) == ["Cukor", "Csaba", "Lis", "Łoś", "Mak", "Zoé"]
    assert leftovers(filled, ROOT) == []


@pytest.mark.req("DIR-9")
@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("killed", [(2, 2), (4, 3), (7, 5), (3, 12)])
def test_a_directory_is_whole_after_changes_that_were_killed_there_and_back_and_there_again(
    monkeypatch: pytest.MonkeyPatch, filled: Workspace, killed: tuple[int, int]
) -> None:
    names = set(NAMES)

    def write(name: str) -> None:
        """Add, rename, delete and look."""
        with filled.write(AMELIE) as session:
            added = session.contacts.add(Company(name))
            session.people.add(added, Person("Zsófia", "Bartók"))
            renamed = session.contacts.page().items[0]
            session.contacts.save(attrs.evolve(session.contacts.get(renamed.id), name=f"{renamed.name} {name}"))
            gone = session.contacts.add(Company("Gone"))
            session.contacts.delete(gone.id)
        names.discard(renamed.name)
        names.update((name, f"{renamed.name} {name}"))
        assert set(shown(filled, AMELIE)) == names

    for language, transactions in (("pl", killed[0]), ("fr", killed[1]), ("pl", killed[0]), ("fr", 100)):
        with killed_after(monkeypatch, filled, transactions), suppress(_Killed):
            filled.change_language(ROOT, language)
        assert set(shown(filled, AMELIE)) == names
        write(f"Csonka {len(names)}")
    filled.change_language(ROOT, "pl")
    assert set(shown(filled, AMELIE)) == names
    with filled.read(ROOT) as session:
        assert str(session.settings.language) == "pl"
        assert sum(session.contacts.letters().values()) == session.contacts.count() == len(names)
    assert leftovers(filled, ROOT) == []


@pytest.mark.req("DIR-9")
@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("step", range(1, 14))
def test_another_call_that_changes_its_mind_between_two_steps_loses_no_contact(
    monkeypatch: pytest.MonkeyPatch, filled: Workspace, step: int
) -> None:
    honest = Transactions.run
    looks: list[list[str]] = []

    def interrupted(self: Transactions, function: Callable[[Transaction], Any], *more: Any) -> Any:
        if len(looks) == step:
            # The other process is killed right after its first transaction.
            honest(self, lambda transaction: language_job._begin(transaction, "pl"))
        answer = honest(self, function, *more)
        looks.append(shown(filled, AMELIE))
        return answer

    monkeypatch.setattr(Transactions, "run", interrupted)
    filled.change_language(ROOT, "hu")
    assert {len(names) for names in looks} == {len(NAMES)}
    with filled.read(ROOT) as session:
        assert str(session.settings.language) == ("pl" if len(looks) > step else "hu")
    assert leftovers(filled, ROOT) == []


@pytest.mark.req("DIR-9")
@pytest.mark.usefixtures("small_steps")
def test_a_record_that_is_purged_between_finding_and_locking_it_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, filled: Workspace
) -> None:
    with filled.storage.write(filled.name) as writer:
        adapter = type(writer)
    honest, ghosts = adapter.dump, ["contact", "affiliation"]

    def dumped(self: Any, kind: str, after_id: str = "", limit: int = 1_000) -> Any:
        found = honest(self, kind, after_id, limit)
        if kind in ghosts:
            ghosts.remove(kind)
            return [*found, attrs.evolve(found[-1], id=f"{found[-1].id}-purged")]
        return found

    monkeypatch.setattr(adapter, "dump", dumped)
    assert filled.change_language(ROOT, "hu") == len(NAMES) * 3 + 1
    assert ghosts == []
    monkeypatch.undo()
    assert shown(filled, AMELIE) == ["Cukor", "Csaba", "Lis", "Łoś", "Mak", "Zoé"]
    assert leftovers(filled, ROOT) == []


@pytest.mark.req("DIR-9")
@pytest.mark.usefixtures("small_steps")
def test_changes_at_the_same_time_beside_a_writer_end_in_one_language_with_all_contacts(filled: Workspace) -> None:
    def change(language: str) -> None:
        for _ in range(2):
            filled.change_language(ROOT, language)

    def add() -> list[str]:
        names = []
        for number in range(15):
            name = f"Csonka {number:02}"
            filled.run(AMELIE, lambda session, name=name: session.contacts.add(Company(name)), 20)  # type: ignore[misc] # the default binds the name of this round
            names.append(name)
            assert set(names) <= set(shown(filled, AMELIE))
        return names

    with ThreadPoolExecutor(4) as pool:
        changes = [pool.submit(change, language) for language in ("hu", "pl", "fr")]
        added = pool.submit(add)
        for change_done in changes:
            change_done.result()
        names = added.result()
    filled.change_language(ROOT)
    assert sorted(shown(filled, AMELIE)) == sorted([*NAMES, *names])
    assert leftovers(filled, ROOT) == []


@pytest.mark.req("POR-1")
@pytest.mark.req("IMP-2")
def test_keys_of_an_older_release_are_derived_again(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    def old_key(address: EmailAddress) -> str:
        return address.text.casefold()

    space = Workspace(storage, name="acme")
    monkeypatch.setattr(index_context, "_INDEX_VERSION", 1)
    index_context._variant.cache_clear()
    index_context._in_force.cache_clear()
    with monkeypatch.context() as older:
        older.setattr(EmailAddress, "key", property(old_key))
        older.setattr(contact_parts, "email_key", str.casefold)
        with space.write(ROOT) as session:
            session.settings.change(portal_link="https://acme.example/set-password?token={{token}}")
            client = session.contacts.add(Company("Bois"))
            people = [Person("Jo", name, emails=[f"{name}@x.fr"]) for name in ("straße", "maße")]
            jo, al = [session.people.add(client, person) for person in people]
            session.portal.invite(jo)
            session.contacts.delete(al.person_id)
    monkeypatch.undo()
    index_context._variant.cache_clear()
    index_context._in_force.cache_clear()

    def logins() -> list[frozenset[str]]:
        with storage.read("acme") as reader:
            return [record.keys for record in reader.dump("login")]

    def terms() -> set[str]:
        with storage.read("acme") as reader:
            found = {term for record in reader.dump("contact") for term in record.terms}
        return {term for term in found if "email:" in term}

    assert terms() == {"email:strasse@x.fr", "was:email:masse@x.fr"}
    assert any("login:strasse@x.fr" in keys for keys in logins())
    assert space.change_language(ROOT) > 0
    assert terms() == {"email:straße@x.fr", "was:email:maße@x.fr"}
    assert any("login:straße@x.fr" in keys for keys in logins())
    assert leftovers(space, ROOT) == []
    assert space.change_language(ROOT) == 0
    with space.write(ROOT) as session:
        other = session.people.add(client, Person("Jo", "Strasse", emails=["STRASSE@x.fr"]))
        session.portal.invite(other)


@pytest.mark.req("DIR-19")
@pytest.mark.req("DIR-2")
def test_times_and_missing_tags_of_an_older_release_are_derived_again(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = Workspace(storage, name="acme")
    monkeypatch.setattr(index_context, "_INDEX_VERSION", 3)
    index_context._variant.cache_clear()
    index_context._in_force.cache_clear()
    with space.write(ROOT) as session:
        session.contacts.add(Company("Bois"))
        session.contacts.delete(session.contacts.add(Company("Deleted")))
        writer = session._transaction.writer
        # An earlier release stored neither the terms nor the keys.
        for record in writer.dump("contact"):
            orders = {name: key for name, key in record.orders.items() if name not in {"added", "changed"}}
            terms = frozenset(term for term in record.terms if not term.startswith("without:"))
            writer.reindex([attrs.evolve(record, orders=orders, terms=terms)])
    monkeypatch.undo()
    index_context._variant.cache_clear()
    index_context._in_force.cache_clear()

    def found() -> list[tuple[str, ...]]:
        with space.read(ROOT) as session:
            pages = [session.contacts.page(without="tag"), session.contacts.page(order="added")]
            return [tuple(card.name for card in page) for page in [*pages, session.contacts.page(order="changed")]]

    assert found() == [(), (), ()]
    assert space.change_language(ROOT) > 0
    assert found() == [("Bois",)] * 3
    assert leftovers(space, ROOT) == []
    assert space.change_language(ROOT) == 0
