"""The lists of a new workspace have names in its language (DIR-2, POR-5, NOT-1)."""

from __future__ import annotations

import pytest

from contactcore import Workspace
from contactcore.model.starting_lists import STARTING_LANGUAGES
from contactcore.storage import Storage
from contactcore.text import fold
from contactcore_memory import MemoryStorage
from support.actors import ROOT

LISTS = ("types", "interaction_types", "modules", "topics", "item_roles", "purposes", "authorities")


def lists(workspace: Workspace) -> dict[str, dict[str, str]]:
    with workspace.read(ROOT) as session:
        settings = session.settings.current
        return {name: {one.slug: one.name for one in getattr(settings, name)} for name in LISTS}


@pytest.mark.req("DIR-2")
@pytest.mark.req("POR-5")
@pytest.mark.req("NOT-1")
@pytest.mark.req("SIT-6")
@pytest.mark.req("PER-4")
def test_a_new_workspace_names_its_lists_in_its_language_and_keeps_the_slugs() -> None:
    english = lists(Workspace(MemoryStorage(), "en"))
    assert english["types"]["commercial-client"] == "Commercial client"
    assert english["authorities"]["collect-mail"] == "Collects mail"
    assert english["purposes"]["billing"] == "Billing"
    assert STARTING_LANGUAGES == ("en", "fr", "de", "pl", "es", "it")
    for language in STARTING_LANGUAGES[1:]:
        found = lists(Workspace(MemoryStorage(), "w", language=language))
        for name in LISTS:
            assert list(found[name]) == list(english[name])
            assert len({fold(one) for one in found[name].values()}) == len(found[name])
        assert [name for name in LISTS if found[name] == english[name]] == []
    assert lists(Workspace(MemoryStorage(), "w", language="fr-CA")) == lists(
        Workspace(MemoryStorage(), "w", language="fr")
    )
    assert lists(Workspace(MemoryStorage(), "w", language="ja")) == english


@pytest.mark.req("DIR-2")
def test_the_names_are_stored_and_a_change_of_the_language_leaves_them_to_the_admins(storage: Storage) -> None:
    workspace = Workspace(storage, "acme", language="de")
    before = lists(workspace)
    with workspace.write(ROOT) as session:
        session.settings.rename_type("supplier", "Zulieferer")
    workspace.change_language(ROOT, "fr")
    after = lists(Workspace(storage, "acme"))
    assert after["types"] == {**before["types"], "supplier": "Zulieferer"}
    assert (after["modules"], after["topics"]) == (before["modules"], before["topics"])
