from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import Any

import attrs
import pytest

from contactcore import Company, Invalid, Person
from contactcore.mapping.entities import ENTITY_OF
from contactcore.storage import Stored
from contactcore.workspace.repositories.repository import Repository

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
    def dying(self, actor: Any) -> Any:
        if not left[0]:
            raise _Killed
        left[0] -= 1
        with honest(self, actor) as transaction:
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
