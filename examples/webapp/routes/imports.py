"""The import wizard: a file, what was understood of it, a preview, the progress, the report, and the undo."""

from __future__ import annotations

import io
import re
import secrets
import threading
from itertools import islice
from pathlib import Path
from typing import Any

from starlette.responses import Response

from contactcore import ContactCoreError, Invalid, NotFound
from contactcore.formats.tabular import FIELDS, Row
from contactcore.workspace.imports.plan import Plan

from ..pages import Pages
from ..web import Visit

pages = Pages()

POLICIES = ("skip", "update", "create", "overwrite")
CHOICES = [name for name in FIELDS if "[" not in name and name != "drop"]
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")


@pages.get("/import")
def start(visit: Visit) -> Response:
    past = visit.workspace.imports(visit.user).list()
    return visit.html("imports/start.html", past=past)


@pages.post("/import")
def upload(visit: Visit) -> Response:
    name, data = visit.file("file")
    token = secrets.token_urlsafe(18)
    with visit.problems_of_form() as problems:
        if not name:
            raise Invalid("file-missing", visit.t("Choose a file first."), path="file")
        path = _path(visit, token)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        _plan(visit, token)
    if problems:
        past = visit.workspace.imports(visit.user).list()
        return visit.html("imports/start.html", 422, past=past, problems=problems)
    return visit.go(f"/import/{token}", file=name)


def _path(visit: Visit, token: str) -> Path:
    """The uploaded file of this user; nobody else's file can be named."""
    if not TOKEN.fullmatch(token):
        raise NotFound("page", "")
    return visit.services.uploads / visit.firm.slug / visit.user.name / token


def _plan(visit: Visit, token: str) -> Plan:
    """The plan of an uploaded file, with the decisions of the form or of the query."""
    path = _path(visit, token)
    if not path.exists():
        raise NotFound("page", "")
    given: dict[str, Any] = {}
    if mapping := dict(zip(visit.sent_all("header"), visit.sent_all("field"), strict=False)):
        given["mapping"] = mapping
    given |= {name: value for name in ("policy", "encoding", "delimiter", "type") if (value := visit.sent(name))}
    if tags := visit.sent("tags"):
        given["tags"] = [tag.strip() for tag in tags.split(",") if tag.strip()]
    return visit.workspace.imports(visit.user).plan(path, **given)


def _page(visit: Visit, plan: Plan, **more: Any) -> Response:
    with visit.read() as session:
        settings = session.settings
        fields = [*CHOICES, *(f"fields.{one.slug}" for one in settings.fields if {"person", "company"} & set(one.on))]
        sample = []
        if plan.format == "table":
            sample = [list(row.cells) for row in islice(plan.rows(), 3) if isinstance(row, Row)]
        values = {
            "plan": plan,
            "token": visit.id("token"),
            "file": visit.asked("file") or visit.sent("file_name"),
            "fields": sorted({*fields, *plan.mapping.values()}),
            "sample": sample,
            "policies": POLICIES,
            "types": settings.types,
            "tags": visit.sent("tags"),
            "report": None,
            **more,
        }
    return visit.html("imports/plan.html", 422 if more.get("problems") else 200, **values)


@pages.get("/import/{token}")
def understood(visit: Visit) -> Response:
    return _page(visit, _plan(visit, visit.id("token")))


@pages.post("/import/{token}")
def decide(visit: Visit) -> Response:
    """Show the preview with the decisions of the form, or begin the import."""
    token = visit.id("token")
    with visit.problems_of_form() as problems:
        plan = _plan(visit, token)
        if visit.sent("act") != "import":
            return _page(visit, plan, report=visit.workspace.imports(visit.user).preview(plan))
        return _begin(visit, plan, token)
    return _page(visit, visit.workspace.imports(visit.user).plan(_path(visit, token)), problems=problems)


def _begin(visit: Visit, plan: Plan, token: str) -> Response:
    """Run the import beside the requests; a real application has a worker process for this."""
    imports = visit.workspace.imports(visit.user)
    job: dict[str, Any] = {"progress": None, "report": None, "error": None}
    with visit.services.lock:
        begun = visit.services.jobs.setdefault(token, job)

    def run() -> None:
        try:
            job["report"] = imports.apply(plan, progress=lambda done: job.update(progress=done))
        except ContactCoreError as error:
            job["error"] = error

    if begun is job:  # a double click begins it once
        threading.Thread(target=run, daemon=True, name="import").start()
    return visit.go(f"/import/{token}/report")


def _job(visit: Visit) -> dict[str, Any]:
    token = visit.id("token")
    _path(visit, token)  # a name that could be a token
    job = visit.services.jobs.get(token)
    if job is None or not _path(visit, token).exists():
        raise NotFound("page", "")
    return job


@pages.get("/import/{token}/report")
def report(visit: Visit) -> Response:
    job = _job(visit)
    template = "imports/progress.html" if visit.is_fragment else "imports/report.html"
    values = {"token": visit.id("token"), "undone": None, **job}
    return visit.html(template, done=bool(job["report"] or job["error"]), **values)


@pages.get("/import/{token}/rejects")
def rejects(visit: Visit) -> Response:
    finished, out = _job(visit)["report"], io.BytesIO()
    if finished is None:
        raise NotFound("page", "")
    finished.write_rejects(out)
    vcard = finished.plan.format == "vcard"
    headers = {"content-disposition": f'attachment; filename="rejected.{"vcf" if vcard else "csv"}"'}
    return Response(out.getvalue(), media_type="text/vcard" if vcard else "text/csv", headers=headers)


@pages.post("/imports/{id}/undo")
def undo(visit: Visit) -> Response:
    undone = visit.workspace.imports(visit.user).undo(visit.id())
    return visit.html("imports/undone.html", undone=undone)
