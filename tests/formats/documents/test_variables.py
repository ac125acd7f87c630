"""The values of the variables of documents (PER-6)."""

from __future__ import annotations

from datetime import date

import pytest

from contactcore import Company
from contactcore.formats.documents import values_of
from contactcore.model import FieldDefinition, Settings

pytestmark = pytest.mark.req("PER-6")


def test_an_archived_field_still_says_what_the_client_holds() -> None:
    settings = Settings(fields=(FieldDefinition(slug="old", name="Old", archived=True),))
    client = Company("X", fields={"old": "kept"})
    assert values_of(client, (), settings, date(2026, 1, 1)).texts["fields.old"] == "kept"
