"""An address book as vCards: imported with a preview, edited, exported as vCards and JSContact."""

from __future__ import annotations

import io
import json

import attrs

from contactcore import User, Workspace
from contactcore.formats import vcard
from contactcore_memory import MemoryStorage

CARDS = """BEGIN:VCARD
VERSION:3.0
N:Weber;Sophie;;;
FN:Sophie Weber
ORG:Praxis Weber
TITLE:Ärztin
item1.TEL:+49 170 1234567
item1.X-ABLabel:Notfall
REV:2026-01-15T10:11:12Z
END:VCARD
BEGIN:VCARD
VERSION:3.0
EMAIL:nobody@
END:VCARD
"""


def main() -> None:
    amelie = User("amelie")
    workspace = Workspace(MemoryStorage(), name="acme", country="FR")
    imports = workspace.imports(amelie)

    plan = imports.plan(CARDS)
    preview = imports.preview(plan)
    print(f"{preview.rows} cards: {preview.created} to create, {preview.rejected} rejected")
    for problem in imports.apply(plan).problems:
        print(f"line {problem.line} {problem.column}: {problem.reason}")

    with workspace.write(amelie) as session:
        (card,) = session.contacts.page(kind="person", role="any").items
        session.contacts.save(attrs.evolve(session.contacts.get(card.id), description="Met at the fair."))

    out, objects = io.BytesIO(), io.BytesIO()
    print(workspace.exports(amelie).vcards(out, version="4.0"), "cards written")
    for one in vcard.read(out.getvalue()):
        if one.card is not None:
            print(one.card.contact.display_name, one.card.organization, one.card.title, sep=" | ")
    workspace.exports(amelie).jscontact(objects)
    print([card["uid"][:9] for card in json.loads(objects.getvalue())])


if __name__ == "__main__":
    main()
