"""Settings are read from records of earlier versions."""

from __future__ import annotations

import attrs
import pytest

from contactcore.mapping import json
from contactcore.mapping.settings import settings_of, settings_record
from contactcore.model import ITEM_TOPICS, MODULES, TOPIC_MODULES, Settings, Topic
from contactcore.storage import Stored


def stored_without(settings: Settings, *names: str) -> Stored:
    """The record of settings that an earlier release stored, without the attributes that came later."""
    record = settings_record(settings)
    body = json.load(record.body)
    for name in names:
        del body[name]
    return Stored(
        kind="settings",
        id=record.id,
        version=settings.version,
        body=json.dump(body),
        card=b"{}",
        owner="",
        access=frozenset(),
    )


def test_settings_of_before_there_was_a_portal_are_read_with_the_defaults() -> None:
    later = ("modules", "default_permissions", "permission_presets", "templates_off", "portal_link")
    old = stored_without(Settings(version=1), *later)
    assert settings_of(old) == Settings(version=1)
    assert [module.slug for module in settings_of(old).modules] == list(MODULES)


@pytest.mark.req("NOT-4")
def test_settings_of_before_there_were_notices_about_items_get_their_topics_and_roles() -> None:
    before = Settings(version=1, language="fr")
    topics = [attrs.evolve(topic, name=f"my {topic.slug}") for topic in before.topics if not topic.for_items]
    read = settings_of(stored_without(attrs.evolve(before, topics=topics), "item_roles"))
    assert read.topics.slugs == (*TOPIC_MODULES, *ITEM_TOPICS)
    assert [topic.name for topic in read.topics][-4:] == ["my contract", "Rendez-vous", "Demande de paiement", "Rappel"]
    assert read.item_topics == ITEM_TOPICS
    assert [(role.slug, role.name) for role in read.item_roles] == [
        ("guardian", "Responsable légal"),
        ("payer", "Payeur"),
        ("emergency", "Contact d'urgence"),
    ]


@pytest.mark.req("NOT-4")
def test_a_topic_that_an_admin_made_before_stays_as_it_was() -> None:
    own = Topic(slug="booking", name="Booking of rooms", module="projects", fall_back=["client"])
    gone = Topic(slug="reminder", name="Reminder", removed=True)
    before = Settings(version=1, topics=[own, gone])
    read = settings_of(stored_without(before, "item_roles"))
    assert [topic for topic in read.topics if topic.slug != "payment-request"] == [own, gone]
    assert read.item_topics == ("payment-request",)
    # The list is the admin's own from now on.
    assert settings_of(stored_without(read)) == read


@pytest.mark.req("NOT-4")
def test_a_topic_that_was_taken_off_the_list_of_today_stays_off() -> None:
    settings = Settings(version=2, topics=[])
    assert settings_of(stored_without(settings)).topics.slugs == ()
