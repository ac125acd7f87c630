"""The settings of a session are one value that many sessions share, so nobody can change it in place."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import attrs
import pytest

from contactcore import Invalid, Person, User, Workspace

pytestmark = pytest.mark.cases_in_memory


def test_the_settings_that_sessions_share_cannot_be_changed_in_place(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        session.settings.notices.add_topic("tides", module="invoices")
        session.settings.notices.set_fall_back("tides", ["client"])
        session.settings.notices.topics.clear()
    with workspace.read(root) as session:
        settings = session.settings.current
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            settings.topics = ()
        settings.fall_backs.clear()
        settings.topic_modules.clear()
        assert all(isinstance(getattr(settings, field.name), Hashable) for field in attrs.fields(type(settings)))
        assert hash(settings) == hash(attrs.evolve(settings))
    with workspace.read(root) as session:
        assert "tides" in session.settings.current.topics
        assert session.settings.notices.topics["tides"] == "invoices"
        assert session.settings.current.fall_backs == {"tides": ("client",)}


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", ["English", "klingon", "xx", "xx-klingon", "qq-FR", "zzz"])
def test_a_language_that_is_none_is_refused_by_name(storage, language):
    with pytest.raises(Invalid) as made:
        Workspace(storage, "acme", language=language)
    workspace = Workspace(storage, "acme")
    with pytest.raises(Invalid) as changed:
        workspace.change_language(User("root", admin=True), language)
    with pytest.raises(Invalid) as contact:
        Person("Jane", language=language)
    for error in (made.value, changed.value, contact.value):
        assert (error.path, error.code) == ("language", "language-unknown")


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize("language", ["gsw", "fil", "zh-Hant-TW", "sr-Latn", "iw", "mul"])
def test_rare_languages_are_languages(storage, language):
    assert str(Workspace(storage, "acme", language=language)._defaults.language) == language
