"""Conversion between forms and records, and between the secret that signs forms and its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.parts import without_empty
from contactcore.model import AccessPolicy, Settings
from contactcore.model.form import Form, FormField
from contactcore.read_only import ReadOnlyDict
from contactcore.rules.access import contact_access
from contactcore.storage import Record, Stored
from contactcore.values import Tag

__all__ = ["FORMS", "FORM_SECRETS", "SECRET", "FormSecret"]

SECRET = "forms"  # noqa: S105 - an id, which is no secret
"""The id of the only secret of a workspace."""


@frozen(kw_only=True)
class FormSecret:
    """The secret with which a workspace signs its forms; no other read touches its record.

    Attributes:
        key: The random key.
        id: The id of the record.
        version: The number of stored versions.
    """

    key: str = attrs.field(repr=False)
    id: str = SECRET
    version: int = 1


_TEXTS = ("title", "introduction", "button", "thanks", "consent")
_AS_THEY_ARE = (
    *("name", "makes", "consent_version", "consent_purpose", "type", "categories", "responsibles", "return_to"),
    *("languages", "thank_you"),
    *("min_seconds", "max_hours", "archived"),
)
_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_AS_THEY_ARE, lambda value: value),
    **dict.fromkeys(_TEXTS, dict),
    "fields": lambda fields: [
        {"name": one.name, **without_empty({"required": one.required, "label": {**one.label}, "help": {**one.help}})}
        for one in fields
    ],
    "tags": lambda tags: [tag.text for tag in tags],
    "access": lambda access: access.value,
}


def _load_field(data: Mapping[str, Any]) -> FormField:
    texts = {name: ReadOnlyDict(data[name]) for name in ("label", "help") if name in data}
    return FormField(data["name"], required=data.get("required", False), **texts)


_LOADERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_TEXTS, ReadOnlyDict),
    **dict.fromkeys(("categories", "responsibles", "languages"), tuple),
    "fields": lambda fields: tuple(map(_load_field, fields)),
    "tags": lambda texts: tuple(Tag.restore(text) for text in texts),
    "access": AccessPolicy,
}
_NUMBERS = ("min_seconds", "max_hours")


def _record(form: Form, placement: Placement) -> Record:
    values = {name: dump(getattr(form, name)) for name, dump in _DUMPERS.items()}
    return Record(
        kind="form",
        id=form.id,
        version=form.version,
        # A number may be 0 although its default is not.
        body=json.dump({name: value for name, value in values.items() if value or name in _NUMBERS}),
        orders={"added": ""},
        access=placement.access,
    )


def _form(stored: Stored) -> Form:
    body = json.load(stored.body)
    values = {name: _LOADERS[name](body[name]) if name in _LOADERS else body[name] for name in _DUMPERS if name in body}
    return Form.restore({"id": stored.id, "version": stored.version, **values})


def _access(
    _form: Form, _settings: Settings, _stored: frozenset[str], _owners: tuple[frozenset[str], ...]
) -> frozenset[str]:
    """Every user sees the forms, as every user sees the settings; no portal user does."""
    return contact_access(AccessPolicy.SHARED_READ, (), listed=False)


FORMS: EntityType[Form] = EntityType(
    personal="none",
    kind=KIND_OF["form"],
    load=lambda stored, _: _form(stored),
    record=_record,
    access=_access,
)

FORM_SECRETS: EntityType[FormSecret] = EntityType(
    personal="none",
    kind=KIND_OF["form-secret"],
    load=lambda stored, _: FormSecret(id=stored.id, version=stored.version, key=json.load(stored.body)["key"]),
    record=lambda secret, _: Record(
        kind="form-secret", id=secret.id, version=secret.version, body=json.dump({"key": secret.key})
    ),
)
