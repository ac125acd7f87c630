"""Settings are read from records of earlier versions."""

from __future__ import annotations

from contactcore.mapping import json
from contactcore.mapping.settings import settings_of, settings_record
from contactcore.model import MODULES, Settings
from contactcore.storage import Stored


def test_settings_of_before_there_was_a_portal_are_read_with_the_defaults() -> None:
    record = settings_record(Settings(version=1))
    body = json.load(record.body)
    for name in ("modules", "default_permissions", "permission_presets", "templates_off", "portal_link"):
        del body[name]
    old = Stored(
        kind="settings",
        id=record.id,
        version=1,
        body=json.dump(body),
        card=b"{}",
        owner="",
        access=frozenset(),
    )
    assert settings_of(old) == Settings(version=1)
    assert [module.slug for module in settings_of(old).modules] == list(MODULES)
