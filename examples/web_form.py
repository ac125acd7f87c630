"""A contact form on a website: an application of WSGI shows it, receives it, and users decide on what came."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from contactcore import Form, FormField, Host, Person, Recipient, User, Workspace
from contactcore_memory import MemoryStorage

now = [datetime(2026, 3, 1, 9, tzinfo=UTC)]  # a clock that this example moves
host = Host(clock=lambda: now[0], users={"bob": Recipient("bob@acme.example", "Bob")}.get)
workspace = Workspace(MemoryStorage(), name="Acme", language="fr", country="FR", host=host)
root, bob = User("root", admin=True), User("bob")
with workspace.write(root) as session:
    form = session.forms.add(
        Form(
            "Contact",
            fields=["given_name", "family_name", FormField("email", required=True), "phone", "message"],
            responsibles=["bob"],
            tags=["website"],
            return_to="/thanks",
            consent={"fr": "J'accepte que vous gardiez ces données.", "en": "You may keep these data."},
            consent_version="2026-03",
        )
    )


def website(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The page `/contact`, as any server of WSGI calls it."""
    language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    if environ["REQUEST_METHOD"] == "POST":
        fields = parse_qs(environ["body"], keep_blank_values=True, max_num_fields=200)
        answer = workspace.forms.submit(form, fields, source=environ["REMOTE_ADDR"], language=language)
        if answer:
            start_response("303 See Other", [("Location", answer.return_to)])
            return []
        html = answer.html
    else:
        html = workspace.forms.render(form, language=language)
    policy = "default-src 'none'; form-action 'self'"  # no script and no style is needed
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)])
    return [f"<!DOCTYPE html><title>Contact</title>{html}".encode()]


def visit(fields: dict[str, str] | None = None) -> str:
    """What a browser does: open the page, or send it."""
    seen: list[Any] = []
    sent = {"REQUEST_METHOD": "POST", "body": urlencode(fields)} if fields else {"REQUEST_METHOD": "GET"}
    environ = {"REMOTE_ADDR": "192.0.2.7", "HTTP_ACCEPT_LANGUAGE": "fr-CA,fr;q=0.9", **sent}
    body = website(environ, lambda status, headers: seen.append(f"{status} {dict(headers).get('Location', '')}"))
    return "".join([*(part.decode() for part in body), *seen])


def fill_in(page: str, **fields: str) -> dict[str, str]:
    """The fields of a page that a visitor filled in."""
    now[0] += timedelta(seconds=30)
    return {"cc_token": re.findall('name="cc_token" value="([^"]+)"', page)[0], "cc_consent": "yes", **fields}


refused = visit(fill_in(visit(), given_name="Jo", email="jo@"))
print(re.findall('<p class="cc-error"[^>]*>([^<]+)', refused))
typed = fill_in(refused, given_name="Jo", family_name="Doe", email="jo@bois.example", message="Rappelez-moi.")
print(visit(typed), "|", visit(typed))  # a double click
print(visit(fill_in(visit(), given_name="Joan", email="JO@bois.example", phone="01 44 55 66 77")))

with workspace.write(bob) as session:
    submissions = session.forms.submissions
    print([(one.state, one.display_name) for one in submissions.page()])
    suggestion = submissions.suggestion(submissions.page(state="suggested").items[0])
    print([(field.name, field.state) for field in suggestion.fields])
    jo = submissions.accept(suggestion, ["phone"])
    assert isinstance(jo, Person)
    print(jo.given_name, jo.phones[0].international, jo.source)
