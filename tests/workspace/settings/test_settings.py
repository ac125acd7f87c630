"""The settings that a session shows belong to that session."""

from __future__ import annotations

from typing import Any


def test_whoever_spoils_the_settings_they_were_given_spoils_nobody_elses(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        session.settings.notices.add_topic("tides", module="invoices")
    with workspace.read(root) as session:
        session.settings.current.topics.clear()
    with workspace.read(root) as session:
        assert "tides" in session.settings.current.topics
