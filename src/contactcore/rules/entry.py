"""The fields that are asked for and required when people type in a record (DIR-2, DIR-20)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import Contact, FieldDefinition, Item, Person, Settings, Site
from contactcore.model.entry import CUSTOM, EntryRule, built_in_fields

__all__ = ["EntryField", "entry_fields", "missing_fields"]


@frozen(kw_only=True)
class EntryField:
    """A field of a form.

    Attributes:
        name: The name of the attribute of the record, `billing_address`, or `fields.<slug>` for a custom field. It is
            the path of the problems of the field.
        required: Whether it must be filled in.
        definition: The definition of a custom field; None for a built-in field.
    """

    name: str
    required: bool
    definition: FieldDefinition | None = None


def entry_fields(settings: Settings, kind: str, type: str = "") -> tuple[EntryField, ...]:
    """The fields that a form for records of a kind and a type asks for, in their order.

    Without a rule, a form asks for all fields. A custom field that is required by its definition is always asked for.

    Args:
        settings: The settings of the workspace.
        kind: The kind of record.
        type: The slug of the type of the record; `""` for none.

    >>> from contactcore.model import Settings
    >>> rule = EntryRule(kind="company", fields=["name", "emails"], required=["emails"])
    >>> [(one.name, one.required) for one in entry_fields(Settings(entry=[rule]), "company", "supplier")]
    [('name', False), ('emails', True)]
    """
    rule = _rule(settings, kind, type)
    custom = {
        f"{CUSTOM}{one.slug}": one
        for one in settings.fields
        if not one.archived and one.belongs_to(kind, None if kind == "site" else type)
    }
    if rule is None:
        names = [*built_in_fields()[kind], *custom]
    else:
        names = [name for name in rule.fields if not name.startswith(CUSTOM) or name in custom]
        names += [name for name, one in custom.items() if one.required and name not in names]
    required = set() if rule is None else {*rule.required}
    required |= {name for name, one in custom.items() if one.required}
    return tuple(EntryField(name=name, required=name in required, definition=custom.get(name)) for name in names)


def missing_fields(
    settings: Settings, record: Contact | Site | Item, reported: Collection[str] = ()
) -> Iterator[Problem]:
    """The problems of the required fields that are empty: `field-required`.

    A person who is not listed is only a contact person, and no client: the rules of entry are for clients.

    Args:
        settings: The settings of the workspace.
        record: The record.
        reported: The paths of problems that were found already. A field among them is not reported twice.
    """
    if not settings.entry or (isinstance(record, Person) and not record.listed):
        return
    for field in entry_fields(settings, record.kind, getattr(record, "type", "")):
        refused = any(path.partition("[")[0] == field.name for path in reported)
        if not field.required or refused or _is_filled(record, field.name):
            continue
        shown = field.name.replace("_", " ") if field.definition is None else field.definition.name
        what = f"the {shown}" if field.definition is None else shown
        yield Problem("field-required", field.name, f"Fill in {what}.")


def _rule(settings: Settings, kind: str, type: str) -> EntryRule | None:
    """The rule for the type, else the general rule of the kind."""
    rules = {rule.type: rule for rule in settings.entry if rule.kind == kind}
    return rules.get(type) or rules.get("")


def _is_filled(record: Contact | Site | Item, name: str) -> bool:
    if name.startswith(CUSTOM):
        return name.removeprefix(CUSTOM) in record.fields
    return bool(getattr(record, name))
