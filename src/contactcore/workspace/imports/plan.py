"""The plan of an import: the file with its columns, and the decisions of the caller (IMP-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats import tabular
from contactcore.formats.contact_rows.contact_builder import DRAFT_FIELDS
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.named_entries import find_entry
from contactcore.formats.contact_rows.row_columns import RowColumns
from contactcore.formats.drafts import Draft
from contactcore.mapping import json
from contactcore.model import AccessPolicy, Actor, Company, Settings, SystemActor
from contactcore.storage import LONGEST_BODY
from contactcore.values import Tag
from contactcore.values.country import read_country

__all__ = ["POLICIES", "Plan", "make_plan"]

POLICIES = ("skip", "update", "create")
_SAMPLE = 5
_CHUNK = 1 << 20


@attrs.define(slots=False, eq=False)
class Plan:
    """The plan of an import. It can be looked at and changed before anything is imported.

    Attributes:
        columns: The file and its columns.
        policy: `"skip"`, `"update"` or `"create"`.
        strict: Whether a row with any fault is rejected as a whole.
        country: The country of national phone numbers, ISO 3166; `""` for none.
        access: The access policy of the new contacts.
        responsibles: Their responsible users.
        tags: Tags for every contact that a row creates or updates, beside the row's own.
        type: The slug of the type of contacts whose row names none.
    """

    columns: RowColumns
    policy: str
    strict: bool
    country: str
    access: AccessPolicy
    responsibles: tuple[str, ...]
    tags: tuple[Tag, ...]
    type: str

    @property
    def table(self) -> tabular.Table:
        """The file."""
        return self.columns.table

    @property
    def detected(self) -> tabular.Detected:
        """Encoding, delimiter, quoting, header and preamble, as detected or given."""
        return self.table.detected

    @property
    def mapping(self) -> dict[str, str]:
        """Header -> field, in the order of the file; the cells of `"ignore"` are kept with the contact, unmapped."""
        return dict(self.columns.mapping)

    @property
    def options(self) -> MappingOptions:
        """The decisions by which the rows are mapped to contacts."""
        return MappingOptions(
            columns=self.columns,
            country=self.country,
            largest_row=LONGEST_BODY // 2,
            access=self.access,
            responsibles=self.responsibles,
            tags=self.tags,
            type=self.type,
        )

    def as_dict(self) -> dict[str, Any]:
        """The plan as one JSON object, without the rows of the file."""
        return {
            "encoding": self.detected.encoding,
            "delimiter": self.detected.delimiter,
            "mapping": self.mapping,
            "policy": self.policy,
            "strict": self.strict,
            "country": self.country,
            "access": self.access.value,
            "responsibles": [*self.responsibles],
            "tags": [tag.text for tag in self.tags],
            "type": self.type,
            "problems": self.problems,
        }

    def column_of(self, field: str) -> str:
        """The first column of a field of a contact; the name of the field where no column is mapped to it."""
        return self.columns.first_columns.get(DRAFT_FIELDS.get(field, field), field)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Notes about the file as a whole, such as a missing header."""
        return self.table.problems

    @cached_property
    def sample(self) -> tuple[Draft, ...]:
        """The drafts of the first rows."""
        return tuple(row.draft for row in islice(self.table.rows(), _SAMPLE))

    def with_mapping(self, changes: Mapping[str, str], settings: Settings) -> Plan:
        """The same plan with other fields for some columns (IMP-1).

        Args:
            changes: Header -> field: one of `contactcore.formats.tabular.FIELDS`, or `"fields.<slug>"`.
            settings: The settings of the workspace, for its custom fields.

        Raises:
            Invalid: `mapping-header`, `mapping-field`, `field-unknown`.
        """
        return attrs.evolve(self, columns=self.columns.with_fields(changes, settings.fields))

    def fingerprint(self, actor: Actor) -> tuple[str, int]:
        """A digest of the file, the decisions and the actor that identifies the import; and the size of the file."""
        digest = hashlib.sha256()
        size = 0
        with self.table._source.open() as stream:  # noqa: SLF001 - the table keeps what it reads from to itself
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
        decisions = {
            "actor": actor.name,
            "encoding": self.detected.encoding,
            "delimiter": self.detected.delimiter,
            "quotechar": self.detected.quotechar,
            "header": self.detected.header_line,
            "mapping": list(self.mapping.items()),
            "policy": self.policy,
            "strict": self.strict,
            "country": self.country,
            "access": self.access.value,
            "responsibles": self.responsibles,
            "tags": [tag.text for tag in self.tags],
            "type": self.type,
        }
        digest.update(json.dump(decisions))
        return digest.hexdigest(), size


def make_plan(
    source: object,
    settings: Settings,
    actor: Actor,
    *,
    encoding: str | None,
    delimiter: str | None,
    quotechar: str | None,
    header: bool | None,
    mapping: Mapping[str, str] | None,
    policy: str,
    strict: bool,
    country: str | None,
    access: AccessPolicy | str | None,
    responsibles: Iterable[str] | None,
    tags: Iterable[Tag | str],
    type: str,
) -> Plan:
    """Detect the format of a file and combine it with the decisions of the caller; see `Imports.plan`."""
    if policy not in POLICIES:
        raise Invalid("policy-unknown", f"The policy is one of {', '.join(POLICIES)}.", path="policy", value=policy)
    region = settings.country if country is None else read_country(country) if country else ""
    if region is None:
        raise Invalid("country-unknown", "Give a country by its code, such as FR.", path="country", value=country)
    table = tabular.read(
        source,
        encoding=encoding,
        delimiter=delimiter,
        quotechar=quotechar,
        header=header,
        language=settings.language.base,
        country=region or None,
    )
    owner = Company(
        "x", tags=tuple(tags), responsibles=_named(responsibles, actor), access=access or settings.default_access
    )
    plan = Plan(
        columns=RowColumns.of(table, settings.fields),
        policy=policy,
        strict=strict,
        country=region,
        access=owner.access or settings.default_access,
        responsibles=owner.responsibles,
        tags=owner.tags,
        type=_type(type, settings),
    )
    return plan.with_mapping(mapping, settings) if mapping else plan


def _named(responsibles: Iterable[str] | None, actor: Actor) -> tuple[str, ...]:
    named = tuple(responsibles or ())
    return named or (() if isinstance(actor, SystemActor) else (actor.name,))


def _type(wanted: str, settings: Settings) -> str:
    if not wanted:
        return ""
    entry = find_entry(settings.types, wanted)
    if entry is None:
        known = ", ".join(entry.slug for entry in settings.types if entry.offered)
        raise Invalid("type-unknown", f"Choose a type of the workspace's list: {known}.", path="type", value=wanted)
    return entry.slug
