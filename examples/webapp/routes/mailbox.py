"""The mail box of the demonstration: the letters that the deliverer sent, and the outbox of the firm."""

from __future__ import annotations

import re

from starlette.responses import Response

from ..pages import Pages
from ..web import Visit

pages = Pages()

LINK = re.compile(r"(https?://[^\s<>\"']+)")


@pages.get("/mailbox")
def show(visit: Visit) -> Response:
    letters = [(letter, LINK.split(letter.text)) for letter in reversed(visit.services.post.mailbox.letters)]
    return visit.html("mailbox.html", letters=letters)


@pages.get("/outbox")
def outbox(visit: Visit) -> Response:
    with visit.read() as session:
        return visit.html("outbox.html", messages=session.outbox.list(limit=100))
