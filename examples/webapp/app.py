"""The application: its storage and workspaces, opened once, and its pages."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contactcore import Host, Workspace
from contactcore.storage import Storage

from .drawn_pictures import DrawnPictures
from .firms import FIRMS, USERS, user_address
from .mail import LocalMailbox, Post
from .routes import (
    accounts,
    checks,
    contacts,
    directory,
    duplicates,
    forms,
    handing_over,
    history,
    imports,
    items,
    mailbox,
    people,
    pictures,
    portal,
    privacy,
    roles,
    settings,
    signing_in,
    sites,
    timeline,
    trash,
)
from .sent_forms import SentForms
from .web import templates

__all__ = ["Services", "create_app", "open_services"]

LARGEST_BODY = 25_000_000  # bytes of a request; the largest picture has 10 MB
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
AREAS = (
    *(signing_in, directory, contacts, people, sites, items, roles, timeline, accounts, history, pictures),
    *(imports, duplicates, trash, privacy, handing_over, settings, forms, mailbox, portal, checks),
)


@attrs.define
class Services:
    """What the pages share: the workspaces by their names, the post, uploaded files, and jobs that run."""

    workspaces: Mapping[str, Workspace]
    post: Post
    uploads: Path
    jobs: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    lock: threading.Lock = attrs.field(factory=threading.Lock)
    sent: SentForms = attrs.field(factory=SentForms)
    pictures: DrawnPictures = attrs.field(factory=DrawnPictures)


def open_services(storage: Storage, address: str, *, smtp: str = "") -> Services:
    """Open the workspaces of all firms in one storage, each with the links of its letters."""
    pictures = DrawnPictures()
    host = Host(users=user_address, message_domain="crm.example", picture_provider=pictures)
    workspaces = {
        firm.slug: Workspace(
            storage,
            name=firm.title,  # letters have it
            language=firm.language,
            country=firm.country,
            currency=firm.currency,
            timezone=firm.timezone,
            host=host,
        )
        for firm in FIRMS.values()
    }
    for slug, workspace in workspaces.items():
        with workspace.write(USERS["ada"].actor) as session:
            session.settings.change(
                portal_link=f"{address}/portal/{slug}/password?token={{token}}",
                email_link=f"{address}/portal/{slug}/address?token={{token}}",
            )
    post = Post(storage, host, LocalMailbox(), smtp)
    return Services(workspaces, post, Path(tempfile.mkdtemp(prefix="webapp-uploads-")), pictures=pictures)


def create_app(services: Services, *, secret: str = "", https: bool = False) -> Starlette:
    """The application; `secret` signs the session cookies, and a new one ends all sessions."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        services.post.start()
        yield
        services.post.stop()
        shutil.rmtree(services.uploads, ignore_errors=True)

    pages = [route for area in AREAS for route in area.pages.routes]
    app = Starlette(
        routes=[*pages, Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))],
        middleware=[
            Middleware(Guard),
            Middleware(
                SessionMiddleware,
                secret_key=secret or secrets.token_urlsafe(32),
                session_cookie="webapp",
                same_site="lax",
                https_only=https,
                max_age=8 * 3600,
            ),
        ],
        exception_handlers={404: _not_found},
        lifespan=lifespan,
    )
    app.state.services = services
    return app


async def _not_found(_request: Request, _error: Exception) -> HTMLResponse:
    return HTMLResponse(templates.get_template("not_found.html").render(), status_code=404)


class Guard:
    """Limits the size of requests, and adds the headers of safety to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                for name, value in HEADERS.items():
                    if name.encode() not in present and not (static and name == "cache-control"):
                        message["headers"].append((name.encode(), value.encode()))
            await send(message)

        sizes = [value for name, value in scope["headers"] if name == b"content-length"]
        # A body without a length could grow for ever; browsers always send one.
        chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
        if chunked or any(not size.isdigit() or int(size) > LARGEST_BODY for size in sizes):
            answer = PlainTextResponse(f"A request has at most {LARGEST_BODY:,} bytes.", status_code=413)
            await answer(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)
