"""The generated contacts of the demonstration; the same numbers give the same contacts."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import normalize

from PIL import Image, ImageDraw

from contactcore import (
    AccountEntry,
    Address,
    Affiliation,
    Company,
    Form,
    FormField,
    Interaction,
    Item,
    PaymentMethod,
    Person,
    Site,
    Workspace,
)
from contactcore.workspace.session import Session

from .firms import USERS

__all__ = ["fill"]

ADMIN = USERS["ada"].actor
WORDS: Mapping[str, Any] = json.loads((Path(__file__).parent / "demo_words.json").read_text("utf-8"))
SHADES = ("#1f5f5b", "#7a4a2b", "#3b4a8c", "#8a2f4f", "#4d6b1f", "#5a5a66")


def fill(workspace: Workspace, count: int = 240) -> None:
    """Fill a workspace that is empty."""
    with workspace.write(ADMIN) as session:
        if session.contacts.count(role="any"):
            return
        language = session.settings.language.base
        _Generator(session, WORDS[language], Random(language)).fill(count)  # noqa: S311 - names, no secrets


class _Generator:
    """Makes the contacts of one firm.

    Args:
        session: A writing session of an admin.
        words: The words of the language.
        random: The source of choices.
    """

    def __init__(self, session: Session, words: Mapping[str, Any], random: Random) -> None:
        self._session = session
        self._words = words
        self._random = random
        self._country = session.settings.country
        self._currency = str(session.settings.currency)

    def fill(self, count: int) -> None:
        self._settings()
        for number in range(count):
            if number % 5 < 2:
                self._company(number)
            else:
                self._person(number)
        self._story()

    def _settings(self) -> None:
        settings = self._session.settings
        for name in self._words["categories"]:
            settings.add_category(name)
        settings.set_term(self._words["term"])
        for name in self._words["item_types"]:
            settings.item_types.add(name)
        settings.define_field(self._words["size"], "choice", choices=self._words["sizes"], on=["company"])
        settings.define_field(self._words["code"], on=["item"])
        settings.set_default_permissions(["invoices", "support"])
        settings.notices.set_default(["invoice"])
        own = ("emails", "phones", "addresses", "websites", "categories", "tags", "description", "currency")
        slug = settings.fields[0].slug
        settings.entry.ask("company", ["name", "division", "type", *own, f"fields.{slug}"], required=["name"])
        settings.entry.ask("person", ["given_name", "family_name", "birthday", "type", *own])
        # A residential client needs no company fields.
        settings.entry.ask("company", ["name", "type", *own], required=["name"], type="residential-client")
        self._session.forms.add(
            Form(
                self._words["form"],
                fields=["given_name", "family_name", FormField("email", required=True), "phone", "message"],
                title=self._words["form"],
                consent=self._words["consent"],
                consent_version="2026-01",
                tags=[self._words["tags"][-1]],
                responsibles=["eve"],
                access="shared-read",
                thank_you=True,
            )
        )

    def _some(self, name: str) -> Any:
        return self._random.choice(self._words[name])

    def _details(self, number: int, host: str) -> dict[str, Any]:
        street, numbered = self._some("streets"), self._random.randint(1, 90)
        postal_code, city = self._some("cities")
        pick = self._random.random()
        return {
            "emails": [f"{self._words['office']}@{host}"],
            "phones": [self._words["phone"].format(self._random.randint(10, 99), self._random.randint(100, 999))],
            "addresses": [
                Address(
                    self._words["street"].format(street, numbered),
                    city=city,
                    postal_code=postal_code,
                    country=self._country,
                    billing=True,
                )
            ],
            "tags": self._random.sample(self._words["tags"], self._random.choice((0, 0, 1, 1, 2))),
            "categories": [one.slug for one in self._session.settings.categories if self._random.random() < 0.2],
            "access": "private" if pick < 0.2 else "shared-write" if pick > 0.85 else "shared-read",
            "responsibles": [("eve", "eve", "ada")[number % 3]],
        }

    def _company(self, number: int) -> None:
        trade, place, form = self._some("trades"), self._some("families"), self._some("forms")
        name = self._words["company"].format(trade, place, form)
        host = f"{_plain(place)}-{number}.example"
        kind = self._random.choice(("commercial-client", "commercial-client", "supplier", "contractor"))
        slug = self._session.settings.fields[0].slug
        fields = {slug: self._some("sizes")}
        contact = Company(name, type=kind, fields=fields, websites=[host], **self._details(number, host))
        sites = [Site(self._some("sites"))] if number % 4 == 0 else []
        stored = self._session.contacts.add(
            contact, sites=sites, people=[self._contact_person(host) for _ in range(self._random.choice((1, 1, 2, 3)))]
        )
        if number % 3 == 0:
            self._session.account.post(stored, self._entry("invoice", f"{2026}-{number:03}", 120 + number * 7))
        if number % 6 == 0:
            self._session.pictures.set(stored, _logo(name, SHADES[number % len(SHADES)]))

    def _contact_person(self, host: str) -> Affiliation:
        given, family = self._some("given"), self._some("families")
        email = f"{_plain(given)}.{_plain(family)}@{host}"
        return Affiliation(position=self._some("positions"), person=Person(given, family, emails=[email]))

    def _person(self, number: int) -> None:
        given, family = self._some("given"), self._some("families")
        host = f"{_plain(given)}-{number}.example"
        day = date(1950, 1, 1) + timedelta(days=self._random.randint(0, 18_000))
        details = self._details(number, host)
        details["emails"] = [f"{_plain(given)}.{_plain(family)}@{host}"]
        contact = Person(given, family, type="residential-client", birthday=day.isoformat(), **details)
        kinds = [one.slug for one in self._session.settings.item_types]
        items = [Item(self._some("items"), type=self._random.choice(kinds)) for _ in range(number % 3)]
        stored = self._session.contacts.add(contact, items=items)
        if number % 4 == 0:
            when = datetime.now(UTC) - timedelta(days=self._random.randint(1, 300))
            self._session.timeline.add(stored, Interaction(self._some("notes"), start=when))

    def _entry(self, kind: str, key: str, amount: int, **more: Any) -> AccountEntry:
        return AccountEntry(kind, f"{amount}.00 {self._currency}", key=key, date=date(2026, 2, 3), **more)

    def _story(self) -> None:
        """One client with a bit of everything, for the first look."""
        words, session = self._words, self._session
        name, host = words["story"], "story.example"
        first, second, third = (self._contact_person(host) for _ in range(3))
        client = session.contacts.add(
            Company(
                name,
                division=words["division"],
                type="commercial-client",
                emails=[f"{words['office']}@{host}"],
                phones=[words["phone"].format(42, 555)],
                websites=[host],
                addresses=[_first_address(words)],
                tags=words["tags"][:2],
                categories=[session.settings.categories[0].slug],
                description=words["description"],
                access="shared-write",
                responsibles=["eve", "ada"],
                fields={session.settings.fields[0].slug: words["sizes"][1]},
            ),
            sites=[Site(words["sites"][0], access_notes=words["access_notes"])],
            items=[Item(one) for one in words["items"][:3]],
            people=[first, second, third],
        )
        session.sites.add_from_billing(client, words["sites"][1])
        items = session.items.of(client)
        now = datetime.now(UTC)
        for days, note, item in ((40, 0, 0), (12, 1, 1), (3, 2, 0)):
            about = Interaction(words["notes"][note], item_id=items[item].id, start=now - timedelta(days=days))
            session.timeline.add(client, about)
        visit = Interaction(words["visit"], type="appointment", item_id=items[1].id, start=now + timedelta(days=4))
        session.timeline.add(client, visit)
        session.account.post(client, self._entry("invoice", "2026-901", 480, number="2026-901", text=words["visit"]))
        session.account.post(client, self._entry("amendment", "2026-901-A", -60, amends="2026-901"))
        session.account.post(client, self._entry("payment", "P-17", 200))
        session.account.save_method(client, PaymentMethod("tok_demo", brand="Visa", last_four="4242", expiry="2029-05"))
        session.pictures.set(client, _logo(name, SHADES[0]))
        # The same client once more, as imports bring it.
        session.contacts.add(
            Company(name.upper(), emails=[f"{words['office']}@{host}"], phones=[words["phone"].format(42, 555)])
        )


def _first_address(words: Mapping[str, Any]) -> Address:
    postal_code, city = words["cities"][0]
    street = words["street"].format(words["streets"][0], 12)
    return Address(street, city=city, postal_code=postal_code, billing=True)


def _plain(text: str) -> str:
    """The letters of a name, for an address in the Internet."""
    import unicodedata

    folded = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    return "".join(letter for letter in folded.lower() if letter.isalnum()) or "x"


def _logo(name: str, shade: str) -> bytes:
    """A drawn logo."""
    image, file = Image.new("RGB", (600, 420), shade), io.BytesIO()
    pen = ImageDraw.Draw(image)
    pen.ellipse((190, 60, 410, 280), outline="#ffffff", width=14)
    pen.polygon([(300, 105), (375, 235), (225, 235)], fill="#ffffff")
    # The font of Pillow has the letters of English alone.
    plain = normalize("NFKD", name.replace("Ł", "L")).encode("ascii", "ignore").decode()
    initials = "".join(word[0] for word in plain.split() if word[0].isalpha())[:3].upper()
    pen.text((300, 350), initials, fill="#ffffff", anchor="mm", font_size=70)
    image.save(file, "PNG")
    return file.getvalue()
