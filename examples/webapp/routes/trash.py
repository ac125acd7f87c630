"""The trash: restoring, and purging for good."""

from __future__ import annotations

from starlette.responses import Response

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.get("/trash")
def show(visit: Visit) -> Response:
    with visit.read() as session:
        return visit.html("trash.html", cards=session.trash.list(limit=200))


@pages.post("/trash/{id}/restore")
def restore(visit: Visit) -> Response:
    with visit.write() as session:
        report = session.trash.restore_with_report(visit.id())
    for one in report.resolutions:
        visit.say("{reason}", reason=one.message_in(visit.language))
    visit.say("{name} is back.", name=report.record.display_name)
    return visit.go("/trash")


@pages.post("/trash/{id}/purge")
def purge(visit: Visit) -> Response:
    with visit.write() as session:
        session.trash.purge(visit.id())
    visit.say("It was removed for good.")
    return visit.go("/trash")
