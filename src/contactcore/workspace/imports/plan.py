"""The plan of an import: the file with its columns, and the decisions of the caller (IMP-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats import tabular
from contactcore.formats.contact_rows.contact_builder import DRAFT_FIELDS
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.named_entries import find_entry
from contactcore.formats.contact_rows.native_columns import FOREIGN, NativeColumn, native_columns
from contactcore.formats.drafts import Draft
from contactcore.mapping import json
from contactcore.model import AccessPolicy, Actor, Company, Settings, SystemActor
from contactcore.storage import LONGEST_BODY
from contactcore.text import fold
from contactcore.values import Tag
from contactcore.values.country import read_country

__all__ = ["POLICIES", "Plan", "make_plan"]

POLICIES = ("skip", "update", "create")
_SAMPLE = 5
_CHUNK = 1 << 20
_FIELD = "fields."


@attrs.define(slots=False, eq=False)
class Plan:
    """The plan of an import. It can be looked at and changed before anything is imported.

    Attributes:
        table: The file.
        policy: `"skip"`, `"update"` or `"create"`.
        strict: Whether a row with any fault is rejected as a whole.
        country: The country of national phone numbers, ISO 3166; `""` for none.
        access: The access policy of the new contacts.
        responsibles: Their responsible users.
        tags: Tags for every contact that a row creates or updates, beside the row's own.
        type: The slug of the type of contacts whose row names none.
        fields: Header -> slug of the custom field that the column is mapped to.
        native: Header -> content of a column of one of our own exports.
        splits_names: Whether a full name is split. It is where the file has no columns for given and family name.
    """

    table: tabular.Table
    policy: str
    strict: bool
    country: str
    access: AccessPolicy
    responsibles: tuple[str, ...]
    tags: tuple[Tag, ...]
    type: str
    fields: Mapping[str, str]
    native: Mapping[str, NativeColumn]
    splits_names: bool

    @property
    def detected(self) -> tabular.Detected:
        """Encoding, delimiter, quoting, header and preamble, as detected or given."""
        return self.table.detected

    @property
    def mapping(self) -> dict[str, str]:
        """Header -> field, in the order of the file; the cells of `"ignore"` are kept with the contact, unmapped."""
        mapping = self.table.mapping.as_dict()
        mapping |= {header: _FIELD + slug for header, slug in self.fields.items()}
        return mapping | {header: _native_field(column) for header, column in self.native.items()}

    @cached_property
    def options(self) -> MappingOptions:
        """The decisions by which the rows are mapped to contacts."""
        mapping = self.mapping
        headers = self.detected.columns
        first_columns: dict[str, str] = {}
        for header, field in mapping.items():
            # The name of the field alone, without its kind and number.
            first_columns.setdefault(field.partition("[")[0].partition(".")[0], header)
        return MappingOptions(
            headers=headers,
            first_columns=first_columns,
            custom_columns=self.fields,
            native_columns=self.native,
            ends_in_reasons=headers[-1:] == (tabular.REASON,) and mapping[tabular.REASON] == "drop",
            headers_language=self.table.mapping.language,
            country=self.country,
            strict=self.strict,
            splits_names=self.splits_names,
            largest_row=LONGEST_BODY // 2,
            access=self.access,
            responsibles=self.responsibles,
            tags=self.tags,
            type=self.type,
        )

    def column_of(self, field: str) -> str:
        """The first column of a field of a contact; the name of the field where no column is mapped to it."""
        return self.options.first_columns.get(DRAFT_FIELDS.get(field, field), field)

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
        custom = {header: field for header, field in changes.items() if str(field).startswith(_FIELD)}
        slugs = {definition.slug for definition in settings.fields}
        unknown = [
            Problem("field-unknown", f"mapping[{header}]", f"Define the field first. Known: {sorted(slugs)}.", field)
            for header, field in custom.items()
            if field.removeprefix(_FIELD) not in slugs
        ]
        if unknown:
            raise Invalid(unknown)
        table = self.table.with_mapping({**changes, **dict.fromkeys(custom, "ignore")})
        kept = {header: slug for header, slug in self.fields.items() if header not in changes}
        kept |= {header: field.removeprefix(_FIELD) for header, field in custom.items()}
        native = {header: column for header, column in self.native.items() if header not in changes}
        return attrs.evolve(self, table=table, fields=kept, native=native)

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


def _native_field(column: NativeColumn) -> str:
    number = f"[{column.number}]" if column.number else ""
    return f"{column.name}{number}{'.' if column.key else ''}{column.key}"


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
    native = native_columns(table.detected.columns)
    fields = _custom_columns(table, settings, native)
    foreign = {header: FOREIGN[header] for header in table.detected.columns if header in FOREIGN} if native else {}
    native = {header: column for header, column in native.items() if column.name != "fields"}
    table = table.with_mapping({**dict.fromkeys((*native, *fields), "ignore"), **foreign})
    owner = Company(
        "x", tags=tuple(tags), responsibles=_named(responsibles, actor), access=access or settings.default_access
    )
    plan = Plan(
        table=table,
        policy=policy,
        strict=strict,
        country=region,
        access=owner.access or settings.default_access,
        responsibles=owner.responsibles,
        tags=owner.tags,
        type=_type(type, settings),
        fields=fields,
        native=native,
        splits_names=True,
    )
    if mapping:
        plan = plan.with_mapping(mapping, settings)
    named = {"given", "family"} & set(plan.table.mapping.as_dict().values())
    return attrs.evolve(plan, splits_names=not named)


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


def _custom_columns(table: tabular.Table, settings: Settings, native: Mapping[str, NativeColumn]) -> dict[str, str]:
    """Header -> slug, for columns that carry the name of a custom field and are not mapped to another field."""
    by_name = {" ".join(fold(definition.name).split()): definition.slug for definition in settings.fields}
    by_name |= {definition.slug: definition.slug for definition in settings.fields}
    found = {}
    for column in table.mapping.columns:
        if column.field == "ignore" and (slug := by_name.get(" ".join(fold(column.header).split()))):
            found[column.header] = slug
    for header, native_column in native.items():
        if native_column.name == "fields" and native_column.key in by_name.values():
            found[header] = native_column.key
    return found
