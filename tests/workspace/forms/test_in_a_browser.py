"""A visitor fills in a form in a real browser, with scripts and without (IMP-6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from contactcore import Form, FormField, Host, Workspace
from contactcore_memory import MemoryStorage
from support.actors import ROOT
from support.browser import Browser, missing_browser, started_browser
from support.clock import Clock

pytestmark = [
    pytest.mark.req("IMP-6"),
    pytest.mark.skipif(bool(missing_browser()), reason=missing_browser() or "a browser is there"),
]

POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'"


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class Firm:
    """A workspace with a website."""

    def __init__(self) -> None:
        # Each look at the clock is five seconds later than the one before.
        self.workspace = Workspace(
            MemoryStorage(), "acme", country="FR", host=Host(clock=Clock(tick=timedelta(seconds=5)))
        )
        with self.workspace.write(ROOT) as session:
            session.settings.define_field("Couleurs", "choices", choices=["rouge", "bleu"], on=["person"])
            fields = ["given_name", FormField("email", required=True, help="Pour notre réponse."), "phone", "birthday"]
            self.form = session.forms.add(
                Form(
                    "Contact",
                    fields=[*fields, "fields.couleurs", "message"],
                    consent={"fr": "J'accepte."},
                    consent_version="1",
                    return_to="/merci",
                )
            )

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        html = '<p id="thanks">Merci</p>'
        if environ["PATH_INFO"] == "/probe":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [b"<p>off</p><script>document.querySelector('p').textContent = 'on'</script>"]
        if environ["PATH_INFO"] == "/contact":
            html = self.workspace.forms.render(self.form, language=environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
            fields = parse_qs(body, keep_blank_values=True)
            answer = self.workspace.forms.submit(self.form, fields, source=environ["REMOTE_ADDR"])
            if answer:
                start_response("303 See Other", [("Location", answer.return_to)])
                return []
            html = answer.html
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY)]
        start_response("200 OK", headers)
        return [f'<!DOCTYPE html><html lang="fr"><title>Contact</title><body>{html}'.encode()]


@pytest.fixture
def firm() -> Firm:
    return Firm()


@pytest.fixture
def address(firm: Firm) -> Iterator[str]:
    """The address of the page with the form."""
    with make_server("127.0.0.1", 0, firm, handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/contact"
        server.shutdown()
        thread.join()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    with started_browser(tmp_path, scripts=request.param) as browser:
        yield browser


def test_scripts_run_only_where_they_may(request: pytest.FixtureRequest, address: str, browser: Browser) -> None:
    browser.open(address.replace("/contact", "/probe"))
    assert browser.text("p") == ("off" if "without" in request.node.name else "on")


def test_a_visitor_is_corrected_and_becomes_one_contact(firm: Firm, address: str, browser: Browser) -> None:
    browser.open(address)
    assert browser.height('[name="cc_more"]') == 0
    # The browser itself asks for what is required.
    browser.type('[name="given_name"]', "Jo")
    browser.click("button")
    assert browser.count('[name="email"]:invalid') == 1
    browser.type('[name="email"]', "jo@bois.fr")
    browser.type('[name="phone"]', "no number")
    browser.type('[name="message"]', "Bonjour,\nrappelez-moi.")
    browser.click('[value="bleu"]')
    browser.click('[name="cc_consent"]')
    browser.click("button")
    # The firm corrects the rest, beside the field and above.
    browser.find(".cc-problems")
    assert browser.count('[name="phone"][aria-invalid="true"]') == browser.count(".cc-error") == 1
    assert browser.count(".cc-problems a") == 1
    assert browser.property('[name="email"]', "value") == "jo@bois.fr"
    assert browser.property('[value="bleu"]', "checked") is True
    browser.type('[name="phone"]', "01 44 55 66 77")
    browser.click('[name="cc_consent"]')
    browser.click("button")
    browser.find("#thanks")
    assert browser.address().endswith("/merci")
    # The back button, and the same page once more.
    browser.back()
    assert browser.property('[name="email"]', "value") == "jo@bois.fr"
    browser.click("button")
    browser.find("#thanks")
    assert browser.address().endswith("/merci")
    with firm.workspace.read(ROOT) as session:
        (card,) = session.contacts.page()
        (submission,) = session.forms.submissions.of(card.id)
        contact = session.contacts.get(card.id)
    assert (card.name, str(contact.phones[0]), dict(contact.fields)) == ("Jo", "+33144556677", {"couleurs": ("bleu",)})
    assert submission.fields["message"].splitlines() == ["Bonjour,", "rappelez-moi."]


def test_each_control_has_a_name_for_screen_readers(address: str, browser: Browser) -> None:
    browser.open(address)
    names = ("given_name", "email", "phone", "birthday", "message", "cc_consent")
    labels = [browser.label(f'[name="{name}"]') for name in names]
    assert all(labels)
    assert len(set(labels)) == len(names)
