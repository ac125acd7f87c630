"""Every page answers on every storage, escapes what people typed, and has the headers of safety."""

from __future__ import annotations

import pytest

from support.webapp import CONTACT_PAGES, HOSTILE, STAFF_PAGES, filled, full_contact


@pytest.fixture
def services(storage):
    return filled(storage)


def test_every_page_answers_escapes_what_people_typed_and_has_the_headers_of_safety(visitor, services):
    contact = full_contact(services)
    visitor.sign_in()
    for path in [*STAFF_PAGES, *(page.format(id=contact.id) for page in CONTACT_PAGES)]:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert HOSTILE not in answer.text, path
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "&lt;script&gt;" in visitor.get(f"/contacts/{contact.id}").text
