"""The kinds of record that the library declares to every storage."""

from __future__ import annotations

from contactcore.storage import Kind, Order, View

__all__ = [
    "AFFILIATION",
    "CONTACT",
    "CREDENTIAL",
    "IMPORT",
    "IMPORT_PART",
    "KINDS",
    "LOGIN",
    "MESSAGE",
    "SETTINGS",
    "TAG",
    "VIEWS",
    "name_order",
]

_TRASH = Order("trash", terms=("trash:", "was:"))

CONTACT = Kind(
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
                "import:",
            ),
            words=True,
        ),
        _TRASH,
    ),
)
AFFILIATION = Kind(
    "affiliation",
    # All affiliations of a contact have the same key. Ids follow time, so they are in the order of their creation.
    (Order("name", terms=("contact:", "person:", "email:", "named:", "primary:"), words=True), _TRASH),
    references={"contact": "contact", "person": "contact"},
)
SETTINGS = Kind("settings")
TAG = Kind("tag", (Order("name", terms=()),))
IMPORT = Kind(
    "import", (Order("added", terms=("state:", "done:")),)
)  # the file and the options of a running import are a unique key
IMPORT_PART = Kind("import-part", (Order("added", terms=("import:",)),), references={"import": "import"})
MESSAGE = Kind(
    "message",
    # Only waiting messages have a key in the order `due`.
    (Order("due", terms=(), due=True), Order("added", terms=("state:", "about:"))),
)
LOGIN = Kind("login", (Order("added", terms=("person:",)),), references={"person": "contact"})
# Credentials have no order and no references: they can be read only by id, or by the digest of a valid token.
CREDENTIAL = Kind("credential")

KINDS = (CONTACT, AFFILIATION, SETTINGS, TAG, IMPORT, IMPORT_PART, MESSAGE, LOGIN, CREDENTIAL)

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
)


def name_order(language: str, version: str) -> str:
    """The name of the directory order of a language.

    Args:
        language: The language, a BCP 47 tag.
        version: The version of its collation (see `Collation.version`).

    >>> name_order("fr", "1")
    'name:fr:1'
    """
    return f"name:{language}:{version}"
