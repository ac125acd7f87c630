"""A workspace with a client, its people and a fixed day; Word templates made with python-docx."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import attrs
import pytest
from docx import Document

from contactcore import Address, Company, Host, Person, User, Workspace
from contactcore.formats.documents import Values, Variable
from contactcore.model import Authority
from contactcore.storage import Storage

TODAY = date(2026, 3, 5)
AMELIE = User("amelie")
ADMIN = User("root", admin=True)


@attrs.frozen
class Firm:
    workspace: Workspace
    client: str
    primary: str


@pytest.fixture
def firm(storage: Storage) -> Firm:
    """A French firm whose client, Bois & Fils, is signed for by Ada alone or by Bo and Cy together."""
    workspace = Workspace(
        storage,
        name="acme",
        language="fr",
        country="FR",
        currency="EUR",
        host=Host(clock=lambda: datetime(2026, 3, 5, tzinfo=UTC)),
    )
    with workspace.write(ADMIN) as session:
        session.settings.define_field("Contract date", "date")
        session.settings.define_field("Discount", "number")
        session.settings.define_field("VIP", "yes-no")
        session.settings.define_field("Colours", "choices", choices=["red", "green", "blue"])
    with workspace.write(AMELIE) as session:
        client = session.contacts.add(
            Company(
                "Bois & Fils",
                division="Lyon",
                emails=["office@bois.fr", "second@bois.fr"],
                phones=["01 44 55 66 77"],
                websites=["https://bois.fr"],
                type="commercial-client",
                tags=["vip", "wood"],
                addresses=[Address("1 rue <Vauban>", city="Munich", postal_code="80331", country="DE", billing=True)],
                fields={"contract-date": "2026-01-31", "discount": 12.5, "vip": True, "colours": ["red", "blue"]},
            )
        )
        primary = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), position="CFO")
        people = [("Bo", "B", True), ("Cy", "C", True), ("Ada", "A", False)]
        for given, family, joint in people:
            one = session.people.add(client, Person(given, family), position=f"Director {given}")
            session.people.save(attrs.evolve(one, authorities=[Authority(slug="represent", joint=joint)]))
        past = session.people.add(client, Person("Old", "Boss"))
        session.people.save(attrs.evolve(past, authorities=[Authority(slug="represent", end=date(2026, 3, 4))]))
    return Firm(workspace, client.id, primary.id)


@pytest.fixture(scope="session")
def docx_of() -> Callable[..., bytes]:
    """Makes a .docx of paragraphs, each a text or its runs."""

    def make(
        *paragraphs: str | list[str], header: str = "", footer: str = "", title: str = "", cell: str = ""
    ) -> bytes:
        document = Document()
        for paragraph in paragraphs:
            written = document.add_paragraph()
            for run in [paragraph] if isinstance(paragraph, str) else paragraph:
                written.add_run(run).bold = len(run) % 2 == 0
        if cell:
            document.add_table(1, 1).cell(0, 0).text = cell
        if header:
            document.sections[0].header.paragraphs[0].text = header
        if footer:
            document.sections[0].footer.paragraphs[0].text = footer
        if title:
            document.core_properties.title = title
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()

    return make


@pytest.fixture(scope="session")
def values() -> Callable[..., Values]:
    """Values of a catalogue that has just these variables."""

    def make(texts: dict[str, str], *more: str) -> Values:
        names = (*texts, *more)
        return Values(tuple(Variable(name, "text", name) for name in names), {k: v for k, v in texts.items() if v})

    return make


__all__ = ["ADMIN", "AMELIE", "TODAY", "Firm"]
