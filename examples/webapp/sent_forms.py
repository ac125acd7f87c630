"""Forms that are sent twice, too late, or by another site: nothing is done twice, nothing that was typed is lost."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

__all__ = ["SentForms", "is_from_here", "kept_fields", "local_path", "same_token"]

NOT_KEPT = {"csrf", "once", "current", "new", "password", "cc_token"}
MOST_REMEMBERED = 10_000


def same_token(session: Mapping[str, Any], form: FormData) -> bool:
    """Whether a form has the token of the session, which no other site knows."""
    sent, kept = form.get("csrf"), session.get("csrf", "")
    return isinstance(sent, str) and bool(kept) and secrets.compare_digest(sent, kept)


def is_from_here(request: Request) -> bool:
    """Whether a page of this application sent the form; browsers name the origin of each form."""
    return request.headers.get("origin", "") == f"{request.url.scheme}://{request.url.netloc}"


def kept_fields(form: FormData) -> list[tuple[str, str]]:
    """What people typed, to be sent again; neither files nor passwords."""
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in NOT_KEPT]


def local_path(path: str) -> str:
    """A path of this application only; browsers read a backslash as a slash."""
    return "/" + path.lstrip("/\\")


@attrs.define
class SentForms:
    """The forms that were carried out, each with the page that followed: the same form again leads there too.

    It is kept in this process. An application of several processes keeps it where they all see it.
    """

    _followed: OrderedDict[str, tuple[str, dict[str, Any]]] = attrs.field(factory=OrderedDict)
    _running: dict[str, threading.Lock] = attrs.field(factory=dict)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def once(
        self, form: FormData, session: dict[str, Any], path: str, act: Callable[[], Response]
    ) -> tuple[Response, bool]:
        """Carry out a form, or answer as the first time; a refused form may be sent again.

        Args:
            form: The form, with the number of the page on which it stands (`once`).
            session: The session. What the first answer put there, which the browser dropped, is put there again.
            path: The page that receives the form.
            act: The function that carries it out.

        Returns:
            The answer, and whether the form was carried out before.
        """
        if not isinstance(form.get("once"), str):
            return act(), False
        key = _digest(form, session.get("csrf", ""), path)
        with self._lock:
            running = self._running.setdefault(key, threading.Lock())
        with running:  # the second click waits for the first one
            if key in self._followed:
                to, left = self._followed[key]
                session.update(left)
                return RedirectResponse(to, status_code=303), True
            try:
                answer = act()
                if answer.status_code == 303:
                    self._remember(key, answer.headers["location"], dict(session))
            finally:
                with self._lock:
                    self._running.pop(key, None)
            return answer, False

    def _remember(self, key: str, to: str, session: dict[str, Any]) -> None:
        with self._lock:
            self._followed[key] = (to, session)
            if len(self._followed) > MOST_REMEMBERED:
                self._followed.popitem(last=False)


def _digest(form: FormData, csrf: str, path: str) -> str:
    """A form that differs in one character is another form."""
    digest = hashlib.sha256(f"{csrf}\0{path}".encode())
    for name, value in form.multi_items():
        digest.update(f"\0{name}\0".encode())
        if isinstance(value, UploadFile):
            digest.update(value.file.read())
            value.file.seek(0)
        else:
            digest.update(value.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
