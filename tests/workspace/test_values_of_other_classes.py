"""Texts and numbers of a class of their own, as template engines and enumerations make them, are stored plainly."""

from __future__ import annotations

from enum import Enum, StrEnum
from itertools import count
from typing import Any

import attrs
import pytest

from contactcore import (
    AccountEntry,
    Address,
    Affiliation,
    Attachment,
    BulkAct,
    Company,
    Host,
    Interaction,
    Item,
    Person,
    Site,
    User,
    Workspace,
    from_plain,
)
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock


class Marked(str):
    """A text as a template engine marks it."""

    __slots__ = ()


class Counted(int):
    """A number as a table has it."""


class Measured(float):
    """A number as a table has it."""


class Size(StrEnum):
    LARGE = "L"


class Colour(str, Enum):  # noqa: UP042 - str() of its members is another text than they are
    RED = "red"


def firm(workspace: Workspace, text: Any, whole: Any, broken: Any) -> None:
    """A workspace in which everything was written with these classes of texts and numbers."""
    with workspace.write(ROOT) as session:
        settings = session.settings
        settings.change(portal_link=text("https://portal.acme.example/?token={token}"))
        settings.add_type(text("Partner"))
        settings.define_field(text("Size"), text("choice"), on=[text("company")], choices=[text("L"), text("S")])
        for name, type in (("Note", "text"), ("Letter", "long-text"), ("Staff", "number"), ("Since", "date")):
            settings.define_field(name, type, on=["company", "site", "item"])
        settings.define_field("Mail", "email", on=["company"])
    noted = {text("note"): text("x"), "letter": text("a\nb"), "staff": whole(5), "since": text("2026-01-05")}
    with workspace.write(User(text("root"), admin=True)) as session:
        client = session.contacts.add(
            Company(
                text("Bois"),
                emails=[text("office@bois.fr")],
                phones=[text("01 44 55 66 77")],
                tags=[text("VIP")],
                addresses=[Address(text("1 rue Vauban"), city=text("Lyon"), country=text("FR"))],
                fields={**noted, "size": text("L"), "mail": text("mail@bois.fr")},
                unmapped={text("Code"): text("7")},
            ),
            sites=[Site(text("Mill"), access_notes=text("Ring."), fields=noted)],
            items=[Item(text("Saw"), description=text("old"), fields={**noted, "staff": broken(1.5)})],
            people=[Affiliation(position=text("CFO"), person=Person(text("Jane"), emails=[text("jane@bois.fr")]))],
        )
        (jane,) = session.people.list(text(client.id))
        session.contacts.save(attrs.evolve(client, division=text("North"), version=whole(client.version)))
        session.timeline.add(
            client, Interaction(text("Call"), payload={text("a"): [text("b"), whole(5), broken(1.5), {"c": True}]})
        )
        session.account.post(client, AccountEntry(text("invoice"), text("1 EUR"), key=text("F1"), date="2026-01-05"))
        who = session.notifications.by_hand(client, text("invoice"), [jane])
        letter = Attachment(text("a.txt"), b"x", text("text/plain"))
        given = {"subject": text("7"), "text": text("Here."), "html": text("<p>"), "key": text("7")}
        session.notifications.send(client, who, attachments=[letter], **given)
        session.contacts.add(from_plain({text("kind"): text("company"), "name": text("Sud"), "fields": noted}))
    imports = workspace.imports(AMELIE)
    imports.apply(imports.plan("Name,Code\nJo Doe,7\n", tags=[text("fair")], mapping={text("Code"): text("notes")}))
    maintenance = workspace.maintenance(ROOT)
    maintenance.bulk(tag=text("VIP")).apply(BulkAct(add_tags=[text("seen")], access=text("shared-read")))


def contents(storage: Storage, text: Any, whole: Any, broken: Any) -> list[Any]:
    """Everything that a storage holds of such a workspace, which is dropped."""
    numbers = count()
    host = Host(clock=Clock(tick=TICK), ids=lambda _moment: f"id-{next(numbers)}")
    firm(Workspace(storage, "acme", language="fr", country="FR", currency="EUR", host=host), text, whole, broken)
    with storage.read("acme") as reader:
        held = [*(reader.dump(kind.name) for kind in KINDS), reader.feed()]
    storage.drop("acme")
    return held


@pytest.mark.req("DIR-8")
@pytest.mark.req("DIR-17")
def test_texts_and_numbers_of_other_classes_are_stored_as_plain_ones(storage: Storage) -> None:
    plain = contents(storage, str, int, float)
    assert contents(storage, Marked, Counted, Measured) == plain


@pytest.mark.req("DIR-8")
def test_a_member_of_an_enumeration_is_the_text_that_it_is(workspace: Workspace) -> None:
    with workspace.write(ROOT) as session:
        session.settings.define_field("Size", "choice", on=["company"], choices=["S", "L"])
        session.settings.define_field("Colour", "text", on=["company"])
    with workspace.write(AMELIE) as session:
        added = session.contacts.add(Company("Bois", fields={"size": Size.LARGE, "colour": Colour.RED}))
        session.timeline.add(added, Interaction("Call", payload={"size": Size.LARGE, Colour.RED: Colour.RED}))
    with workspace.read(AMELIE) as session:
        fields = session.contacts.get(added.id).fields
        (call,) = session.timeline.page(added)
    assert {name: (type(value), value) for name, value in fields.items()} == {
        "size": (str, "L"),
        "colour": (str, "red"),
    }
    assert {type(text) for pair in call.payload.items() for text in pair} == {str}
    assert call.payload == {"size": "L", "red": "red"}
