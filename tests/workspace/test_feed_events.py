"""The page about the feed lists every event with its data, and no event that cannot happen."""

from __future__ import annotations

import re
from pathlib import Path

import contactcore.workspace
from contactcore.mapping.kinds import KINDS
from support.feed_events import documented_events

CODE = "\n".join(path.read_text("utf-8") for path in Path(contactcore.workspace.__file__).parent.rglob("*.py"))
ACTS = {"bulk", "contacts", "import", "notice", "primary", "responsible", "user"}
"""The beginnings of the names of events that are about no record."""


def test_each_listed_event_is_about_a_kind_of_record_or_an_act() -> None:
    beginnings = {name.split(".")[0] for name in documented_events()}
    assert beginnings - ACTS <= {kind.name for kind in KINDS}
    assert beginnings >= ACTS


def test_each_listed_event_has_its_word_in_the_code() -> None:
    named = {word.rpartition(".")[2] for word in re.findall(r'"((?:[a-z-]+\.)?[a-z-]+)"', CODE)}
    named |= {"merged"} if '{kind}.merged"' in CODE else set()
    named |= {"sent", "dead"} if "message.{after.state}" in CODE else set()
    assert {name.partition(".")[2] for name in documented_events()} - named == set()
