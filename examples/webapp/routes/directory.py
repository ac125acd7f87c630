"""The directory: letters, search as you type, filters, columns, pages, bulk acts, and exports."""

from __future__ import annotations

import io
from typing import Any

from starlette.responses import RedirectResponse, Response

from contactcore import BulkAct

from ..pages import Pages
from ..web import Visit

pages = Pages()

COLUMNS = ("type", "primary", "email", "phone", "city", "tags", "responsibles", "changed")
SHOWN_AT_FIRST = ("type", "primary", "phone", "city", "tags")
FILTERS = ("kind", "type", "category", "tag", "responsible", "access", "source", "without", "role")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vcf": "text/vcard; charset=utf-8",
    "json": "application/json",
}


def filters_of(visit: Visit) -> dict[str, Any]:
    """The filters of the query that are filled in."""
    return {name: value for name in FILTERS if (value := visit.asked(name))}


@pages.get("/", open_to="anybody")
def start(_: Visit) -> Response:
    return RedirectResponse("/contacts", status_code=303)


@pages.get("/contacts")
def show(visit: Visit) -> Response:
    filters, typed, order = filters_of(visit), visit.asked("q"), visit.asked("order", "name")
    letter, after, before = (visit.asked(name) or None for name in ("letter", "after", "before"))
    with visit.read() as session:
        settings = session.settings
        hits = session.contacts.search(typed, limit=50, **filters) if typed else ()
        page = None
        if not typed:
            page = session.contacts.page(
                letter=letter, after=after, before=before, order=order, limit=25, **_fitting(order, filters)
            )
        cards = [hit.card for hit in hits] if page is None else list(page.items)
        values = {
            "cards": cards,
            "hits": {hit.id: hit for hit in hits},
            "page": page,
            "typed": typed,
            "letter": letter,
            "order": order,
            "filters": filters,
            "columns": visit.request.session.get("columns", SHOWN_AT_FIRST),
            "all_columns": COLUMNS,
            "pictures": session.pictures.thumbnails(cards),
            "types": {one.slug: one for one in settings.types},
            "categories": {one.slug: one for one in settings.categories},
        }
        if visit.is_fragment:
            return visit.html("directory/rows.html", **values)
        values["letters"] = session.contacts.letters(**filters)
        values["tags"] = settings.tags
        values["total"] = sum(values["letters"].values())
    return visit.html("directory/page.html", **values)


def _fitting(order: str, filters: dict[str, Any]) -> dict[str, Any]:
    """The filters that go with an order; the newest first can be filtered by a few things only."""
    return filters if order == "name" else {k: v for k, v in filters.items() if k in {"responsible", "access"}}


@pages.post("/contacts/columns")
def choose_columns(visit: Visit) -> Response:
    visit.request.session["columns"] = [name for name in COLUMNS if name in visit.sent_all("column")]
    return visit.go("/contacts")


@pages.get("/contacts/export")
def export(visit: Visit) -> Response:
    format, filters, out = visit.asked("format", "csv"), filters_of(visit), io.BytesIO()
    exports = visit.workspace.exports(visit.user)
    if format == "xlsx":
        exports.xlsx(out, **filters)
    elif format == "vcf":
        exports.vcards(out, photos=True, **filters)
    elif format == "json":
        exports.jscontact(out, **filters)
    else:
        format = "csv"
        exports.csv(out, preset=visit.asked("preset", "own"), **filters)
    disposition = {"content-disposition": f'attachment; filename="contacts.{format}"'}
    return Response(out.getvalue(), media_type=MEDIA_TYPES[format], headers=disposition)


@pages.post("/contacts/bulk")
def bulk(visit: Visit) -> Response:
    act = BulkAct(
        add_tags=[tag] if (tag := visit.sent("add_tag")) else [],
        access=visit.sent("access") or None,
        delete=visit.sent("act") == "delete",
    )
    report = visit.workspace.maintenance(visit.user).bulk(ids=visit.sent_all("id")).apply(act)
    for refused in report.refused[:5]:
        visit.say("{name} was not changed: {reason}", name=refused.name, reason=refused.message_in(visit.language))
    visit.request.session["bulk"] = report.id
    visit.say("{count} contacts were changed.", count=report.changed)
    return visit.go("/contacts")


@pages.post("/contacts/bulk/undo")
def undo_bulk(visit: Visit) -> Response:
    report = visit.workspace.maintenance(visit.user).undo(visit.request.session.pop("bulk", ""))
    visit.say("{count} contacts are as before.", count=report.restored)
    return visit.go("/contacts")
