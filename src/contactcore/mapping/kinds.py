"""The kinds and the report views with which a storage is installed: all that it knows about the entities.

They stand apart from the entities, so that a workspace opens without loading a single one.
"""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.storage import Kind, Order, View

__all__ = ["FILE_REFERENCES", "INTERACTION_SCOPES", "KINDS", "KIND_OF", "NAMED", "NAMED_ORDER", "TRASH_ORDER", "VIEWS"]

TRASH_ORDER = Order("trash", terms=("trash:", "was:"))
"""The only order that records in the trash stand in: by the time of deletion."""

NAMED = "named"
"""The name of the order of records that name people whom they do not belong to (`contactcore.mapping.named`)."""

NAMED_ORDER = Order(NAMED, terms=("named:",))
"""The order itself. All its keys are empty, so that records are in the order of their ids."""

FILE_REFERENCES = ("shown", "upright", "former_shown", "former_upright")
"""The references of a picture to the contents that it needs, those of a picture that its import replaced included."""

INTERACTION_SCOPES = ("contact", "item", "site", "person")
"""The records in whose timelines an interaction may be."""

_ITEM_TERMS = ("contact:", "status:", "type:", "self:", "external:")

# A copy stores the kinds in this sequence. An owner precedes the entities that refer to it. The settings come last,
# because a workspace that has settings counts as complete.
KINDS = (
    Kind(
        "contact",
        (
            Order(
                "name",
                terms=(
                    "kind:",
                    "role:",
                    "type:",
                    "category:",
                    "tag:",
                    "email:",
                    "phone:",
                    "named:",
                    "external:",
                    "source:",
                    "without:",
                    "field:",
                ),
                words=True,
            ),
            Order("added", terms=()),
            Order("changed", terms=()),
            TRASH_ORDER,
        ),
    ),
    Kind(
        "affiliation",
        # Affiliations of one contact share one key. Ids are in order of time, so they stand in the order of creation.
        (
            Order("name", terms=("contact:", "person:", "email:", "named:", "primary:", "site:"), words=True),
            TRASH_ORDER,
        ),
        references={"contact": "contact", "person": "contact"},
    ),
    Kind("site", (Order("name", terms=("contact:",), words=True), TRASH_ORDER), references={"contact": "contact"}),
    Kind(
        "item",
        (Order("name", terms=_ITEM_TERMS, words=True), Order("own", terms=_ITEM_TERMS), TRASH_ORDER),
        references={"contact": "contact"},
    ),
    Kind(
        "account-entry",
        (
            Order("added", terms=("contact:", "amends:")),
            Order("date", terms=("contact:", "item:", "type:", "currency:", "amends:")),
            TRASH_ORDER,
        ),
        references={"contact": "contact"},
    ),
    Kind("payment-method", (Order("added", terms=("contact:",)), TRASH_ORDER), references={"contact": "contact"}),
    Kind(
        "interaction",
        (
            Order("time", terms=tuple(f"{scope}{end}" for scope in INTERACTION_SCOPES for end in (":", "."))),
            Order("type", terms=("contact:", "item:")),
            TRASH_ORDER,
            NAMED_ORDER,
        ),
        references={"contact": "contact", "item": "item"},
    ),
    # Ids are in the order of time, so the roles of an item stand in the sequence in which they were assigned.
    Kind(
        "item-role",
        (Order("added", terms=("contact:", "holder:", "item:")), TRASH_ORDER),
        references={"contact": "contact", "holder": "contact", "item": "item"},
    ),
    Kind("picture-file"),
    Kind(
        "picture",
        (Order("added", terms=("contact:", "item:", *(f"{name}:" for name in FILE_REFERENCES))), TRASH_ORDER),
        references={"contact": "contact", "item": "item", **dict.fromkeys(FILE_REFERENCES, "picture-file")},
    ),
    Kind(
        "submission",
        (Order("received", terms=("contact:", "state:", "form:", "email:")), TRASH_ORDER, NAMED_ORDER),
        references={"contact": "contact"},
    ),
    Kind("consent", (Order("added", terms=("contact:",)), TRASH_ORDER), references={"contact": "contact"}),
    # In no order: a mark is found only by somebody who knows what it was made of.
    Kind("suppression", steady=True),
    Kind("form", (Order("added", terms=()),)),
    Kind("form-secret"),
    Kind(
        "distinction",
        (Order("added", terms=("contact:", "other:")), TRASH_ORDER),
        references={"contact": "contact", "other": "contact"},
    ),
    Kind("redirect", (Order("added", terms=("contact:", "merge:")), TRASH_ORDER), references={"contact": "contact"}),
    Kind("tag", (Order("name", terms=()),), steady=True),
    Kind("job", (Order("added", terms=("name:", "done:")),)),
    Kind("job-part", (Order("added", terms=("job:",)),), references={"job": "job"}),
    Kind(
        "message",
        # Only what waits to be sent stands in the order `due`.
        (
            Order("due", terms=(), due=True),
            Order("added", terms=("state:", "about:", "waiting:", "blob:")),
            NAMED_ORDER,
        ),
    ),
    Kind("login", (Order("added", terms=("person:",)),), references={"person": "contact"}),
    # Apart from everything else, and in no order: it can only be read by its id or by the digest of a living token.
    Kind("credential"),
    Kind("counter", (Order("ends", terms=()),)),
    Kind("history", (Order("time", terms=("under:", "of:", "undo:")), NAMED_ORDER)),
    Kind("settings", steady=True),
)
"""The kinds with which a storage is installed."""

KIND_OF: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
"""The kinds by their names."""

VIEWS = (
    View(
        "report_person",
        "contact",
        {
            "given_name": ("given_name",),
            "family_name": ("family_name",),
            "type": ("type",),
            "description": ("description",),
            "kind": ("kind",),
        },
    ),
    View(
        "report_company",
        "contact",
        {
            "name": ("name",),
            "division": ("division",),
            "type": ("type",),
            "description": ("description",),
            "kind": ("kind",),
        },
    ),
    View("report_email", "contact", {"email": ("text",), "kind": ("kind",)}, each=("emails",)),
    View("report_phone", "contact", {"phone": ("number",), "kind": ("kind",)}, each=("phones",)),
    View(
        "report_address",
        "contact",
        {
            "label": ("label",),
            "street": ("street",),
            "postal_code": ("postal_code",),
            "city": ("city",),
            "region": ("region",),
            "country": ("country",),
        },
        each=("addresses",),
    ),
    View(
        "report_affiliation",
        "affiliation",
        {
            "contact_id": ("contact_id",),
            "person_id": ("person_id",),
            "position": ("position",),
            "primary": ("primary",),
        },
    ),
    View(
        "report_site",
        "site",
        {
            "contact_id": ("contact_id",),
            "name": ("name",),
            "street": ("address", "street"),
            "postal_code": ("address", "postal_code"),
            "city": ("address", "city"),
            "country": ("address", "country"),
        },
    ),
    View(
        "report_item",
        "item",
        {
            "contact_id": ("contact_id",),
            "name": ("name",),
            "type": ("type",),
            "status": ("status",),
            "description": ("description",),
        },
    ),
    View(
        "report_account_entry",
        "account-entry",
        {
            **{
                name: (name,)
                for name in (
                    *("contact_id", "type", "amount", "currency", "date", "due"),
                    *("number", "key", "amends", "item_id", "item_name"),
                )
            },
            # A report that sums leaves out the accounts of deleted contacts.
            "trashed": ("trashed", "at"),
        },
    ),
    View(
        "report_payment_method",
        "payment-method",
        {name: (name,) for name in ("contact_id", "brand", "last_four", "expiry")},
    ),
    View(
        "report_interaction",
        "interaction",
        {
            name: (name,)
            for name in (
                *("contact_id", "item_id", "site_id", "person_id", "type", "state", "start", "end", "timezone"),
                *("title", "actor"),
            )
        },
    ),
    View(
        "report_item_role",
        "item-role",
        {
            "item_id": ("item_id",),
            "contact_id": ("contact_id",),
            "holder_id": ("holder_id",),
            "role": ("role",),
            "information": ("information",),
        },
    ),
)
"""The report views with which a storage is installed."""
