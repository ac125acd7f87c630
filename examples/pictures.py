"""Logos, photos and pictures of items: prepare, crop, show in a list, and choose from another service."""

import io

from PIL import Image

from contactcore import Company, EmailAddress, Host, Invalid, Item, Person, PictureCandidate, User, Workspace
from contactcore.formats.pictures import avatar_address
from contactcore_memory import MemoryStorage


def drawn(width: int, height: int) -> bytes:
    """A picture file, as a browser uploads it."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(file, "PNG")
    return file.getvalue()


class Services:
    """The picture provider of an application. A real one fetches addresses, with limits of time and size."""

    def candidates(
        self, _workspace: str, _contact: str, *, emails: tuple[EmailAddress, ...], **_profiles: object
    ) -> list[PictureCandidate]:
        return [PictureCandidate(one.text, source="Gravatar", address=avatar_address(one)) for one in emails]

    def fetch(self, _workspace: str, _contact: str, _candidate: PictureCandidate) -> bytes:
        return drawn(256, 256)


workspace = Workspace(MemoryStorage(), name="acme", host=Host(picture_provider=Services()))
amelie = User("amelie")

with workspace.write(amelie) as session:
    bois = session.contacts.add(Company("Bois & Fils"))
    jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@example.org"]), items=[Item("Rex")])
    logo = session.pictures.set(bois, drawn(400, 240))
    print("The logo:", logo.media_type, (logo.width, logo.height))
    try:
        session.pictures.set(jane, b"<svg onload='alert(1)'/>")
    except Invalid as error:
        print("Refused:", error)

with workspace.read(amelie) as session:  # a form shows what it would look like
    preview = session.pictures.preview(bois, {"zoom": 2, "x": 0.1})
    print("The preview:", (preview.width, preview.height))
with workspace.write(amelie) as session:
    adjusted = session.pictures.adjust(logo, preview.crop)
    print("Version", adjusted.version, "shows", adjusted.crop)
    session.pictures.adjust(bois, {"zoom": 1})
    (candidate,) = session.pictures.candidates(jane)
    print("Jane at", candidate.source, "->", session.pictures.choose(jane, candidate).width, "pixels")
with workspace.read(amelie) as session:
    names = {card.id: card.name for card in session.contacts.page()}
    small = session.pictures.thumbnails([bois.id])
    print("In the list:", {names[id]: (one.width, one.height) for id, one in small.items()})
