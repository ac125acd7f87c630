"""Pictures: shown, uploaded, adjusted by sliders with a preview, chosen from candidates, and removed."""

from __future__ import annotations

import base64
from typing import Any

from starlette.responses import Response

from contactcore import Contact, Invalid, NotFound
from contactcore.formats.pictures import Crop, PreparedPicture, prepare
from contactcore.workspace.session import Session

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.get("/contacts/{id}/picture")
def show(visit: Visit) -> Response:
    with visit.read() as session:
        content = session.pictures.get(visit.id())
        if content is None:
            raise NotFound("page", "")
        return Response(content.data, media_type=content.media_type)


@pages.get("/thumbnails/{id}")
def thumbnail(visit: Visit) -> Response:
    with visit.read() as session:
        content = session.pictures.thumbnails([visit.id()]).get(visit.id())
        if content is None:
            raise NotFound("page", "")
        return Response(content.data, media_type=content.media_type)


@pages.get("/contacts/{id}/picture/edit")
def edit_form(visit: Visit) -> Response:
    with visit.read() as session:
        contact = session.contacts.get(visit.id())
        picture = session.pictures.of(contact)
        crop = picture.crop if picture else Crop()
        content = session.pictures.get(contact)
        return visit.html("contact/picture.html", contact=contact, picture=picture, image=_shown(content), crop=crop)


def _shown(content: Any) -> str:
    """A picture inside the page, because a preview is stored nowhere."""
    return f"data:{content.media_type};base64,{base64.b64encode(content.data).decode()}" if content else ""


def _crop(visit: Visit, data: bytes) -> PreparedPicture:
    """The picture with the zoom and the position of the sliders."""
    return prepare(data, crop={name: visit.sent(name) for name in ("zoom", "x", "y")}, clamp=True)


def _sent(visit: Visit) -> bytes:
    """The file of the form, else the whole stored picture."""
    name, data = visit.file("file")
    if name:
        return data
    with visit.read() as session:
        content = session.pictures.upright(visit.id())
    if content is None:
        raise Invalid("picture-missing", visit.t("Choose a file first."), path="data")
    return bytes(content.data)


@pages.post("/contacts/{id}/picture/preview")
def preview(visit: Visit) -> Response:
    """A part of the form: how the picture would look; nothing is stored."""
    with visit.problems_of_form() as problems:
        return visit.html("contact/preview.html", image=_shown(_crop(visit, _sent(visit))))
    return visit.html("contact/preview.html", image="", problems=problems)


@pages.post("/contacts/{id}/picture")
def save(visit: Visit) -> Response:
    with visit.problems_of_form() as problems:
        prepared = _crop(visit, _sent(visit))
        with visit.write() as session:
            session.pictures.set(visit.id(), prepared)
    if problems:
        with visit.read() as session:
            contact = session.contacts.get(visit.id())
            values = {"contact": contact, "picture": session.pictures.of(contact), "image": "", "crop": Crop()}
        return visit.html("contact/picture.html", 422, problems=problems, **values)
    visit.say("The picture was saved.")
    return visit.go(f"/contacts/{visit.id()}")


@pages.post("/contacts/{id}/picture/remove")
def remove(visit: Visit) -> Response:
    with visit.write() as session:
        session.pictures.remove(visit.id())
    return visit.go(f"/contacts/{visit.id()}")


@pages.get("/contacts/{id}/picture/candidates")
def candidates(visit: Visit) -> Response:
    """Pictures at other services that may show the contact; the provider is asked because somebody opens this page."""
    with visit.read() as session:
        contact = session.contacts.get(visit.id())
        return _candidates(visit, session, contact)


def _candidates(visit: Visit, session: Session, contact: Contact, **more: Any) -> Response:
    found = session.pictures.candidates(contact)
    pictures = visit.services.pictures
    pairs = [(one, _shown(prepare(pictures.fetch(visit.workspace.name, contact.id, one)).thumbnail)) for one in found]
    values = {"contact": contact, "pairs": pairs, **more}
    return visit.html("contact/candidates.html", 422 if more.get("problems") else 200, **values)


@pages.post("/contacts/{id}/picture/candidates")
def choose(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        session.pictures.choose(visit.id(), visit.sent("candidate"))
    if problems:
        with visit.read() as session:
            return _candidates(visit, session, session.contacts.get(visit.id()), problems=problems)
    visit.say("The picture was saved.")
    return visit.go(f"/contacts/{visit.id()}")
