"""An entity from plain data: a whole one, or a form of some fields laid over a stored one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, overload

from contactcore.errors import Invalid, shorten
from contactcore.formats.plain.entities import KINDS
from contactcore.formats.plain.fields import read_entity
from contactcore.formats.plain.laying_over import changeable_fields, lay_over
from contactcore.formats.plain.phones import read_region

__all__ = ["from_plain"]

_E = TypeVar("_E")


@overload
def from_plain(data: Mapping[str, Any], *, country: str | None = None) -> Any: ...
@overload
def from_plain(data: Mapping[str, Any], wanted: type[_E], *, country: str | None = None) -> _E: ...
@overload
def from_plain(data: Mapping[str, Any], *, country: str | None = None, onto: _E, also: Iterable[str] = ()) -> _E: ...
def from_plain(
    data: Mapping[str, Any],
    wanted: type[Any] = object,
    *,
    country: str | None = None,
    onto: Any = None,
    also: Iterable[str] = (),
) -> Any:
    """Build an entity from plain data, as a host application sends it, or lay a partial form over a stored entity.

    Without `onto` the result is the whole entity: a field that the data lacks has its default, so that saving the
    result erases what is stored in it. All fields are read, `id`, `version`, `access` and `responsibles` too. Give
    only data of trusted senders. For a form of some fields use `onto`, which keeps the other fields and who may see and
    change the contact.

    Args:
        data: Mapping with `kind` (`"person"`, `"company"`, `"affiliation"`, `"site"`, `"item"`, `"item-role"`,
            `"interaction"`, `"account-entry"`, `"payment-method"`, `"login"`, `"message"` or `"settings"`) and any
            fields of that entity. An e-mail address, phone number or website is text, or an object with `kind` and
            `text` (`url` for a website). Money is an object with `amount` and `currency`, both text, or one text. `id`
            and `version` are kept, which allows the output of `to_plain` to be changed and sent back. `display_name` is
            not read, because the library makes it of the other fields.
        wanted: The class that the result must have, such as `Person`; any entity by default. Type checkers then know
            the class of the result.
        country: ISO 3166 country of national phone numbers; the countries of the addresses in the data come before it,
            as for every contact. None or `""` keeps numbers that are text as text.
        onto: A stored person, company, affiliation, site, item or interaction, over which the data is laid; None (the
            default) for none. A field that the data lacks keeps its value, as does a custom field; null empties it. A
            list that is given takes the place of the stored list. `kind`, `id`, `version`, `access` and
            `responsibles`, the `contact_id`, `person_id` and `since` of what belongs to a contact, and the `actor` of
            an interaction, may only have their stored values, and so may what the library sets: `restricted`,
            `added_at`, `added_by`, `changed_at`, `changed_by` and `display_name`.
        also: The names of those fields, except `kind`, that the data may change; `()` by default. With `"version"` the
            version of a form counts, and `save` raises `Conflict` if somebody else was faster.

    Raises:
        Invalid: all problems at once: `plain-type` for a value of another type, `field-unknown`, `kind-unknown`
            (with the path `wanted` for a class that no entity has), `country-unknown`, `field-protected`,
            `field-read-only`, and the codes of the values.

    >>> from_plain({"kind": "person", "given_name": "Jane", "emails": ["jane@example.org"]}).display_name
    'Jane'
    >>> from_plain({"kind": "person", "given_name": 5})
    Traceback (most recent call last):
    contactcore.errors.Invalid: given_name: Give text here. (got 5)
    >>> from contactcore import Company
    >>> stored = Company("Bois", division="North", responsibles=["amelie"])
    >>> laid = from_plain({"name": "Bois & Fils"}, onto=stored)
    >>> laid.name, laid.division, laid.responsibles
    ('Bois & Fils', 'North', ('amelie',))
    """
    if not isinstance(data, Mapping):
        raise Invalid("plain-type", "Give an object with the fields of an entity.", value=data)
    if not isinstance(wanted, type) or not any(issubclass(entity, wanted) for entity in KINDS.values()):
        message = f"Give the class of an entity here, such as Person, not {shorten(wanted)}."
        raise Invalid("kind-unknown", message, path="wanted")
    region = read_region(country)
    if onto is not None:
        return lay_over(data, onto, wanted, region, changeable_fields(also))
    return read_entity(data, wanted, region)
