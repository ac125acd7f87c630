"""The settings of entry: the fields that forms ask for, and those that must be filled in (DIR-2)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.model.entry import CUSTOM, ENTRY_KINDS, EntryRule, built_in_fields
from contactcore.rules.entry import EntryField, entry_fields
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.portal_view import settings_seen
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["EntrySettings"]


@check_arguments()
class EntrySettings:
    """The workspace's settings of entry, by kind and type; everybody reads them, admins change them.

    A form reads `fields`. A record that somebody types in needs the required fields; a residential client can be asked
    for less than a commercial one. Files, cards and forms of the web need any name, an e-mail address or a phone number
    only (DIR-1); a strict import rejects rows without a required field.

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
    ...     entry = session.settings.entry
    ...     general = entry.ask("company", ["type", "name", "emails"], required=["type"])
    ...     more = ["name", "emails", "billing_address"]
    ...     commercial = entry.ask("company", more, required=["billing_address"], type="commercial-client")
    ...     [(one.name, one.required) for one in entry.fields("company", type="commercial-client")]
    ...     [problem.path for problem in session.contacts.check(Company("Bois & Fils"))]
    [('name', False), ('emails', False), ('billing_address', True)]
    ['type']

    Raises:
        Forbidden: `admin-only`, if another actor changes a setting.

    Source: DIR-2, DIR-20.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def rules(self) -> tuple[EntryRule, ...]:
        """All rules of entry, in the sequence in which they were set."""
        return settings_seen(self._transaction).entry

    def fields(self, kind: str, *, type: str = "") -> tuple[EntryField, ...]:
        """The fields that a form asks for, in their order, with whether each must be filled in.

        Args:
            kind: The kind of record: `"person"`, `"company"`, `"site"` or `"item"`.
            type: The slug of the type of the record; `""`, the default, for none.

        Returns:
            The fields of the rule for the type, else of the rule for the kind, else all fields. Custom fields that are
            required by their definition are always among them.

        Raises:
            Invalid: `kind-unknown`, `type-unknown`, `item-type-unknown`.
        """
        self._check(kind, type)
        return entry_fields(settings_seen(self._transaction), kind, type)

    def ask(
        self, kind: str, fields: Sequence[str] | None = None, *, required: Sequence[str] = (), type: str = ""
    ) -> tuple[EntryField, ...]:
        """Set the fields that forms ask for, and those that must be filled in, in place of an earlier rule.

        Args:
            kind: The kind of record: `"person"`, `"company"`, `"site"` or `"item"`.
            fields: The names of the fields, in the order of the form: attributes such as `emails`, `billing_address`,
                and `fields.<slug>` for custom fields; None, the default, for all fields.
            required: Those of the fields that must be filled in; none by default. `"type"` means that a type must be
                chosen.
            type: The slug of the type for which the rule holds; `""`, the default, for every type without a rule of
                its own.

        Returns:
            The fields, as `fields` returns them.

        Raises:
            Invalid: `kind-unknown`, `type-unknown`, `item-type-unknown`; `entry-field-unknown` for a field that these
                records do not have, with the choices; `entry-not-asked` for a required field that is not asked for.
        """
        self._transaction.check_admin("change the settings")
        self._check(kind, type)
        settings = self._transaction.settings
        custom = [one for one in settings.fields if not one.archived and one.belongs_to(kind, type or None)]
        choices = [*built_in_fields()[kind], *(f"{CUSTOM}{one.slug}" for one in custom)]
        asked = choices if fields is None else [*fields]
        problems = [
            Problem("entry-field-unknown", f"{path}[{index}]", f"Fields are {', '.join(choices)}.", name)
            for path, names in (("fields", asked), ("required", required))
            for index, name in enumerate(names)
            if name not in choices
        ]
        problems += [
            Problem("entry-not-asked", f"required[{index}]", "Ask for this field too, or do not require it.", name)
            for index, name in enumerate(required)
            if name in choices and name not in asked
        ]
        if problems:
            raise Invalid(problems)
        self._store(kind, type, EntryRule(kind=kind, type=type, fields=asked, required=required))
        return self.fields(kind, type=type)

    def forget(self, kind: str, *, type: str = "") -> None:
        """Remove a rule: forms ask for all fields again, or for those of the general rule.

        Args:
            kind: The kind of record.
            type: The slug of the type; `""`, the default, for the general rule.

        Raises:
            Invalid: `entry-rule-unknown` if there is no such rule; `kind-unknown`.
        """
        self._transaction.check_admin("change the settings")
        if not any((rule.kind, rule.type) == (kind, type) for rule in self.rules):
            known = ", ".join(f"{rule.kind} {rule.type}".strip() for rule in self.rules) or "(none yet)"
            raise Invalid("entry-rule-unknown", f"Rules are {known}.", path="type", value=type)
        self._store(kind, type, None)

    def _check(self, kind: str, type: str) -> None:
        if kind not in ENTRY_KINDS:
            raise Invalid("kind-unknown", f"Kinds are {', '.join(ENTRY_KINDS)}.", path="kind", value=kind)
        settings = settings_seen(self._transaction)
        entries = {"item": settings.item_types, "site": None}.get(kind, settings.types)
        if type and entries is None:
            raise Invalid("type-unknown", "Sites have no types: leave it out.", path="type", value=type)
        if type and entries is not None and type not in entries.slugs:
            choices = ", ".join(entries.slugs) or "(none yet)"
            code = "item-type-unknown" if kind == "item" else "type-unknown"
            raise Invalid(code, f"Types are {choices}.", path="type", value=type)

    def _store(self, kind: str, type: str, rule: EntryRule | None) -> None:
        kept = [one for one in self.rules if (one.kind, one.type) != (kind, type)]
        store_settings(
            self._transaction, attrs.evolve(self._transaction.settings, entry=[*kept, *([rule] if rule else [])])
        )
