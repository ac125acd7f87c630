"""Conversion between the entries and payment methods of accounts and records.

Entries and methods have no access terms of their own; they are reached through their contact. The card of an entry has
its effect, so that a balance is computed from cards alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement, no_access
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.trash import trash_record
from contactcore.model import AccountEntry, PaymentMethod
from contactcore.rules.portal_view import known_method
from contactcore.storage import Card, Record, Stored
from contactcore.values import Money, PartialDate
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["ACCOUNT_ENTRIES", "PAYMENT_METHODS", "amends_term", "effect_on", "entry_key"]

_TEXTS = ("contact_id", "type", "key", "number", "text", "amends", "item_id", "item_name")
_DAYS = ("date", "due")
_METHOD_TEXTS = ("contact_id", "reference", "brand", "last_four")


def entry_key(key: str) -> str:
    """The unique key of an entry in the storage, in the trash too.

    Args:
        key: The key of the entry in the host.
    """
    return term("account-entry", key)


def amends_term(key: str) -> str:
    """The term by which the amendments of an invoice are found.

    Args:
        key: The key of the invoice in the host.
    """
    return term("amends", key)


def effect_on(card: Card) -> Money:
    """The change of the balance by an entry.

    Args:
        card: The card of the entry.
    """
    told = json.load(card.card)
    return Money.restore(told["effect"], told["currency"])


def _since(one: AccountEntry | PaymentMethod) -> dict[str, str]:
    return {} if one.since is None else {"since": timestamp(one.since)}


def _common(stored: Stored, body: Mapping[str, Any]) -> dict[str, Any]:
    """The values that entries and methods have alike."""
    since = {"since": parse_moment(body["since"])} if "since" in body else {}
    return {"id": stored.id, "version": stored.version, **since}


def _record(entry: AccountEntry, placement: Placement) -> Record:
    amount, code = f"{entry.amount.amount:f}", entry.amount.currency.text
    body: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(entry, name))}
    body |= {name: day.isoformat() for name in _DAYS if (day := getattr(entry, name))}
    body |= {"amount": amount, "currency": code, **_since(entry)}
    references, keys = {"contact": entry.contact_id}, frozenset({entry_key(entry.key)})
    if placement.trashed is not None:
        return trash_record("account-entry", entry, body, placement.trashed, references, keys=keys)
    terms = {f"contact:{entry.contact_id}", f"type:{entry.type}", f"currency:{code}"}
    if entry.item_id:
        terms.add(term("item", entry.item_id))
    if entry.amends:
        terms.add(amends_term(entry.amends))
    return Record(
        kind="account-entry",
        id=entry.id,
        version=entry.version,
        body=json.dump(body),
        card=json.dump({"effect": f"{entry.effect.amount:f}", "currency": code}),
        orders={"added": "", "date": entry.date.isoformat()},
        terms=frozenset(terms),
        keys=keys,
        references=references,
        owner=entry.contact_id,
        access=placement.access,
    )


def _entry(stored: Stored) -> AccountEntry:
    body = json.load(stored.body)
    values: dict[str, Any] = {name: body[name] for name in _TEXTS if name in body}
    values |= {name: date.fromisoformat(body[name]) for name in _DAYS if name in body}
    amount = Money.restore(body["amount"], body["currency"])
    return AccountEntry.restore({**_common(stored, body), "amount": amount, **values})


def _method_record(method: PaymentMethod, placement: Placement) -> Record:
    body: Mapping[str, Any] = {
        **{name: value for name in _METHOD_TEXTS if (value := getattr(method, name))},
        **_since(method),
        **({"expiry": str(method.expiry)} if method.expiry is not None else {}),
    }
    references = {"contact": method.contact_id}
    if placement.trashed is not None:
        return trash_record("payment-method", method, body, placement.trashed, references)
    return Record(
        kind="payment-method",
        id=method.id,
        version=method.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset({f"contact:{method.contact_id}"}),
        references=references,
        owner=method.contact_id,
        access=placement.access,
    )


def _method(stored: Stored) -> PaymentMethod:
    body = json.load(stored.body)
    values: dict[str, Any] = {name: body[name] for name in _METHOD_TEXTS if name in body}
    if "expiry" in body:
        values["expiry"] = PartialDate.parse(body["expiry"])
    return PaymentMethod.restore({**_common(stored, body), **values})


ACCOUNT_ENTRIES: EntityType[AccountEntry] = EntityType(
    kind=KIND_OF["account-entry"],
    load=lambda stored, _: _entry(stored),
    record=_record,
    owners=("contact",),
    access=no_access,
    follows_owner=True,
    reached_through_owner=True,
    event_data=lambda entry: {"contact": entry.contact_id},
)

PAYMENT_METHODS: EntityType[PaymentMethod] = EntityType(
    kind=KIND_OF["payment-method"],
    load=lambda stored, _: _method(stored),
    record=_method_record,
    owners=("contact",),
    access=no_access,
    follows_owner=True,
    reached_through_owner=True,
    for_client=known_method,
    event_data=lambda method: {"contact": method.contact_id},
)
