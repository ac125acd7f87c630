from __future__ import annotations

from typing import Any

import pytest

from contactcore import Forbidden, Invalid


@pytest.mark.req("SIT-3")
def test_the_term_follows_the_language_of_the_workspace(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        assert session.settings.term.plural == "clients"
        session.settings.set_term("vehicles")
        assert session.settings.term.plural == "véhicules"
    workspace.change_language(root, "pl")
    with workspace.read(root) as session:
        assert session.settings.term.of(5) == "pojazdów"


@pytest.mark.req("SIT-3")
def test_an_admin_gives_a_term_in_singular_and_plural(workspace: Any, root: Any, amelie: Any) -> None:
    with workspace.write(root) as session:
        session.settings.set_own_term("cheval", "chevaux")
    with workspace.read(amelie) as session:
        assert [session.settings.term.of(count) for count in (0, 1, 2)] == ["cheval", "cheval", "chevaux"]
        assert session.settings.term.slug == "own"
    with workspace.write(root) as session:
        assert session.settings.set_term("pets").plural == "animaux"
        assert session.settings.current.own_term is None


@pytest.mark.req("SIT-3")
def test_only_an_admin_sets_a_term_and_only_one_that_exists(workspace: Any, root: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        for act in (lambda: session.settings.set_term("pets"), lambda: session.settings.set_own_term("a", "b")):
            with pytest.raises(Forbidden):
                act()
    with workspace.write(root) as session:
        for act, path, code in (
            (lambda: session.settings.set_term("horses"), "slug", "term-unknown"),
            (lambda: session.settings.set_own_term("cheval", ""), "words", "term-words"),
            (lambda: session.settings.set_own_term("a", "b", three="c"), "three", "term-words"),
        ):
            with pytest.raises(Invalid) as refusal:
                act()
            assert (refusal.value.path, refusal.value.code) == (path, code)
        assert session.settings.term.slug == "clients"
