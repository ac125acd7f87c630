"""A website with a form: pages are opened, filled in and sent as a browser does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Final

from contactcore.model import Form
from contactcore.workspace import Workspace
from contactcore.workspace.forms.public import FormAnswer
from support.clock import Clock

__all__ = ["JO", "Page", "Website", "send_form", "token_in"]

JO: Final = {
    "given_name": "Jo",
    "family_name": "Doe",
    "email": "jo@bois.fr",
    "phone": "01 44 55 66 77",
    "street": "1 rue Vauban",
    "city": "Lyon",
    "fields.taille": "1,5",
    "message": "Bonjour,\r\nrappelez-moi.",
}
"""What a visitor types."""

_TOKEN = re.compile(r'name="cc_token" value="([^"]*)"')


def token_in(html: str) -> str:
    """The signed facts in the HTML of a form."""
    found: list[str] = _TOKEN.findall(html)
    (token,) = found
    return token


class Website:
    """The website of a workspace.

    Args:
        workspace: The workspace.
        form: Its form.
    """

    def __init__(self, workspace: Workspace, form: Form) -> None:
        self.workspace = workspace
        self.form = form

    def open(self, language: str = "") -> str:
        """The HTML of a new page."""
        return self.workspace.forms.render(self.form, language=language)

    def token(self, language: str = "") -> str:
        """The signed facts of a new page."""
        return token_in(self.open(language))

    def submit(self, token: str, fields: Mapping[str, Any], *, source: str = "", agreed: bool = True) -> FormAnswer:
        """Send a page."""
        consent = {"cc_consent": "yes"} if agreed else {}
        return self.workspace.forms.submit(self.form, {**fields, **consent, "cc_token": token}, source=source)


def send_form(site: Website, clock: Clock, fields: Mapping[str, Any], language: str = "fr") -> FormAnswer:
    """Open a page, take ten seconds, and send it."""
    token = site.token(language)
    clock.forward(seconds=10)
    return site.submit(token, fields)


class Page(HTMLParser):
    """The elements of a page, and what they are tied to.

    Args:
        html: The HTML.

    Attributes:
        elements: Name of the tag and attributes of each element, in order.
        texts: The texts.
        problems: What is wrong with the nesting.
    """

    _VOID = frozenset(("input", "br"))

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.problems: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.problems += [f"<{tag}> stays open" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.problems.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, *tags: str) -> list[dict[str, str]]:
        """The attributes of all elements with one of these tags."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def named(self, name: str) -> dict[str, str]:
        """The attributes of the control with a name."""
        return next(one for one in self.all("input", "select", "textarea") if one.get("name") == name)
