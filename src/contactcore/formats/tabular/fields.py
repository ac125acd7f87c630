"""The fields of a draft that a column can be mapped to, and their paths."""

from __future__ import annotations

import re

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS

__all__ = ["ADDRESS_PARTS", "FIELDS", "REASON", "SCALARS", "Target", "parse_field"]

SCALARS = (
    "kind",
    *(field.part for field in PERSON_NAME_FIELDS),
    "file_as",
    "particle",
    *(field.part for field in COMPANY_NAME_FIELDS),
    "position",
    "birthday",
    "anniversary",
    "gender",
    "notes",
    "tags",
    "categories",
    "type",
    "language",
    "currency",
    "photo_url",
    "external_id",
    "responsible",
    "site",
    "item",
)
"""Fields with a single value in a draft."""

ADDRESS_PARTS = (
    "street",
    "street2",
    "street3",
    "number",
    "city",
    "region",
    "postal_code",
    "postal_city",
    "country",
    "po_box",
    "extended",
    "formatted",
    "label",
)
"""Parts of an address. `street2` and `street3` are lines below `street`, `number` is the house number and is joined
with `street`, and `postal_city` holds a postal code and a city."""

_DATE_PARTS = ("year", "month", "day")

FIELDS: tuple[str, ...] = (
    *SCALARS,
    *(f"{date}.{part}" for date in ("birthday", "anniversary") for part in _DATE_PARTS),
    *(f"{many}{rest}" for many in ("emails", "phones", "websites") for rest in ("", "[KIND]", "[N]", "[N].label")),
    "socials[NETWORK]",
    *(f"addresses{key}.{part}" for key in ("", "[KIND]", "[N]") for part in ADDRESS_PARTS),
    "dates[N]",
    "dates[N].label",
    "ignore",
    "drop",
)
"""All fields for a mapping. KIND is a word such as `work`; N is a number that connects a value with its label."""

REASON = "Reason"
"""Header of the last column in a file of rejected rows."""

_PATH = re.compile(r"([a-z_]+)(?:\[([^\[\]]{1,60})\])?(?:\.([a-z_0-9]+))?")


@frozen
class Target:
    """A parsed path of a field.

    Attributes:
        name: Name of the field, such as `"emails"`.
        key: Text in brackets: a kind, a network, or a number; `""` for none.
        part: Text after the dot, such as `"city"`, `"label"` or `"year"`; `""` for none.
    """

    name: str
    key: str = ""
    part: str = ""

    def __str__(self) -> str:
        key = f"[{self.key}]" if self.key else ""
        part = f".{self.part}" if self.part else ""
        return f"{self.name}{key}{part}"


def _known(target: Target) -> bool:
    name, key, part = target.name, target.key, target.part
    if name in {"emails", "phones", "websites"}:
        return not part or (part == "label" and key.isdecimal())
    if name == "dates":
        return key.isdecimal() and part in {"", "label"}
    if name == "socials":
        return not part
    if name == "addresses":
        return part in ADDRESS_PARTS
    if name in {"birthday", "anniversary"}:
        return not key and part in {"", *_DATE_PARTS}
    return not key and not part and (name in SCALARS or name in {"ignore", "drop"})


def parse_field(path: str) -> Target:
    """Parse the path of a field.

    Args:
        path: One of `FIELDS`, with a word for KIND and a number for N.

    Raises:
        Invalid: `mapping-field`; the message and the fact `fields` list all fields.

    >>> parse_field("addresses[home].city")
    Target(name='addresses', key='home', part='city')
    """
    match = _PATH.fullmatch(path.strip()) if isinstance(path, str) else None
    target = Target(match[1], match[2] or "", match[3] or "") if match else None
    if target is None or not _known(target):
        raise Invalid(
            "mapping-field",
            f"There is no such field. Use one of: {', '.join(FIELDS)}.",
            path="mapping",
            value=path,
            facts={"fields": FIELDS},
        )
    return target
