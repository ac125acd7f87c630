"""The account of a contact: the entries of the host's billing, amendments, and payment methods."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from contactcore import AccountEntry, Money, PaymentMethod

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.post("/contacts/{id}/account")
def post(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        contact = session.contacts.get(visit.id())
        currency = str(contact.currency or session.settings.currency or visit.firm.currency)
        names = ("text", "amends", "item_id")
        texts: dict[str, Any] = {name: value for name in names if (value := visit.sent(name))}
        session.account.post(
            contact,
            AccountEntry(
                visit.sent("type"),
                Money(visit.sent("amount").replace(",", "."), currency),
                key=visit.sent("key"),
                date=visit.sent("date") or session.settings.today,
                **texts,
            ),
        )
    visit.say_problems(problems)
    return visit.go(f"/contacts/{visit.id()}", tab="account")


@pages.post("/contacts/{id}/methods")
def save_method(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        texts: dict[str, Any] = {name: visit.sent(name) for name in ("brand", "last_four", "expiry")}
        session.account.save_method(visit.id(), PaymentMethod(visit.sent("reference"), **texts))
    visit.say_problems(problems)
    return visit.go(f"/contacts/{visit.id()}", tab="account")
