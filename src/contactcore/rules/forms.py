"""Rules of forms of the web: the defaults that hold now, and what a submission says beside a stored contact (IMP-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

import attrs

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import Contact, Person, Settings
from contactcore.model.entry import CUSTOM
from contactcore.model.form import Form, custom_slug
from contactcore.model.submission import Submission
from contactcore.rules.preparation import offered
from contactcore.values import Address

__all__ = ["FieldState", "SuggestedField", "Suggestion", "compare", "defaults_in_force", "form_problems", "taken_over"]

FieldState = Literal["same", "missing", "different"]
"""Whether the stored contact has what came, has nothing there, or has something else."""

_NAMES = ("prefix", "given_name", "family_name", "birthday", "name", "division")
_LISTS: Mapping[str, str] = {"email": "emails", "phone": "phones", "website": "websites", "address": "addresses"}


@frozen(kw_only=True)
class SuggestedField:
    """A field of a submission beside the same field of the stored contact.

    Attributes:
        name: The name of the field, for `accept`; `address` for the whole postal address.
        stored: The value that the contact has: one value, or a tuple of values for e-mail addresses, phone numbers,
            websites and addresses; None for none. For `person`, the stored person whom `accept` adds; None for a new
            one.
        came: The value that the visitor gave.
        state: `"same"`, `"missing"` if the contact has nothing there, or `"different"`. A `person` is `"missing"` until
            the person acts for the contact.
    """

    name: str
    stored: Any
    came: Any
    state: FieldState


@frozen(kw_only=True)
class Suggestion:
    """A submission beside the stored contact that it may belong to.

    Attributes:
        submission: The submission.
        contact: The contact as it is stored.
        fields: The fields that can be taken over, and those that are the same. A field that this contact cannot have,
            or that can no longer be read, is left out; `submission.fields` has its text.
    """

    submission: Submission
    contact: Contact
    fields: tuple[SuggestedField, ...]


def form_problems(form: Form, settings: Settings, before: Form | None = None) -> Iterator[Problem]:
    """The problems of a form against the settings; what the stored form has may stay.

    Args:
        form: The new or changed form.
        settings: The settings of the workspace.
        before: The stored form; None for a new one.
    """
    if form.type and form.type not in offered(settings.types) and not (before and form.type == before.type):
        choices = ", ".join(entry.slug for entry in settings.types.offered) or "(none yet)"
        yield Problem("type-unknown", "type", f"Types are {choices}.", form.type)
    for index, slug in enumerate(form.categories):
        if slug not in offered(settings.categories) and slug not in (before.categories if before else ()):
            choices = ", ".join(entry.slug for entry in settings.categories.offered) or "(none yet)"
            yield Problem("category-unknown", f"categories[{index}]", f"Categories are {choices}.", slug)
    known = {one.slug for one in settings.fields if not one.archived and one.belongs_to(form.makes, form.type)}
    kept = {field.name for field in before.fields} if before else set()
    for index, field in enumerate(form.fields):
        slug = custom_slug(field.name)
        if slug and slug not in known and field.name not in kept:
            choices = ", ".join(f"{CUSTOM}{one}" for one in sorted(known)) or "(none yet)"
            message = f"Custom fields of a {form.makes} of this type are {choices}."
            yield Problem("form-field-unknown", f"fields[{index}]", message, field.name)


def defaults_in_force(form: Form, settings: Settings) -> dict[str, Any]:
    """The defaults of a new contact, as far as the settings still offer them.

    A removed type or category is replaced as the settings say, or left out. An archived one is left out.

    Args:
        form: The form.
        settings: The settings of the workspace.

    >>> defaults_in_force(Form("Contact", fields=["email"], type="nothing"), Settings())["type"]
    ''
    """
    types, categories = offered(settings.types), offered(settings.categories)
    type = settings.types.resolve(form.type) if form.type else ""
    kept = dict.fromkeys(settings.categories.resolve(slug) for slug in form.categories)
    return {
        "type": type if type in types else "",
        "categories": tuple(slug for slug in kept if slug in categories),
        "tags": form.tags,
        "access": form.access,
    }


def compare(contact: Contact, came: Mapping[str, Any]) -> Iterator[SuggestedField]:
    """Compare the fields that came with a stored contact.

    Args:
        contact: The stored contact.
        came: The values by the names of the fields, with an `address` in place of its parts.
    """
    for name, value in came.items():
        if name in _LISTS:
            stored = getattr(contact, _LISTS[name])
            same = any(_is_alike(value, one) for one in stored)
            yield SuggestedField(name=name, stored=stored or None, came=value, state=_state(bool(stored), same=same))
        elif name.startswith(CUSTOM):
            held = contact.fields.get(name.removeprefix(CUSTOM))
            yield SuggestedField(name=name, stored=held, came=value, state=_state(held is not None, same=held == value))
        elif name in _NAMES and name in attrs.fields_dict(type(contact)):
            held = getattr(contact, name) or None
            yield SuggestedField(name=name, stored=held, came=value, state=_state(held is not None, same=held == value))


def _state(has_value: bool, *, same: bool) -> FieldState:
    return "same" if same else "different" if has_value else "missing"


def _is_alike(one: Any, other: Any) -> bool:
    if isinstance(one, Address):
        return bool(one == attrs.evolve(other, billing=False, label=""))
    key = getattr(one, "key", None)
    if key is not None:
        return bool(key == other.key)
    number = getattr(one, "e164", None)
    return bool(number == other.e164) if number is not None else bool(one == other)


def taken_over(contact: Contact, came: Mapping[str, Any], names: Collection[str]) -> Contact:
    """The contact with fields of a submission.

    E-mail addresses, phone numbers, websites and addresses are added behind the stored ones. All other fields are
    replaced.

    Args:
        contact: The stored contact.
        came: As for `compare`.
        names: The names of the fields to take over.

    >>> jane = Person("Jane", "Doe", emails=["jane@bois.fr"])
    >>> taken_over(jane, {"family_name": "Roe", "given_name": "J."}, ["family_name"]).display_name
    'Jane Roe'
    """
    changes: dict[str, Any] = {}
    custom = dict(contact.fields)
    for field in compare(contact, came):
        if field.name not in names or field.state == "same":
            continue
        if field.name in _LISTS:
            changes[_LISTS[field.name]] = (*(field.stored or ()), field.came)
        elif field.name.startswith(CUSTOM):
            custom[field.name.removeprefix(CUSTOM)] = field.came
            changes["fields"] = custom
        else:
            changes[field.name] = field.came
    if isinstance(contact, Person) and {"given_name", "family_name"} & changes.keys():
        # The spelling of the whole name was that of the former name.
        changes["full_name"] = ""
    return attrs.evolve(contact, **changes)
