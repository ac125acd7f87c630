"""What an import is going to do: the file as it was understood, and the caller's decisions (IMP-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats import tabular
from contactcore.formats.drafts import Draft
from contactcore.mapping import json
from contactcore.model import AccessPolicy, Actor, Company, ListEntry, Settings, SystemActor
from contactcore.text import fold
from contactcore.values import Tag
from contactcore.values.country import read_country
from contactcore.workspace.imports.native_columns import PLAIN, NativeColumn, native_columns

__all__ = ["POLICIES", "Plan", "find_entry", "make_plan"]

POLICIES = ("skip", "update", "create")
_SAMPLE = 5
_CHUNK = 1 << 20
_FIELD = "fields."


@attrs.define(slots=False, eq=False)
class Plan:
    """An import that was prepared and can be looked at before anything happens.

    Attributes:
        table: The file.
        policy: `"skip"`, `"update"` or `"create"`.
        strict: Whether a row with any fault is rejected whole.
        country: ISO 3166, for national phone numbers; `""` for none.
        access: Of the contacts that are made.
        responsibles: Their responsible users.
        tags: For every contact that a row makes or updates, beside the row's own.
        type: The slug of the type of contacts whose row names none.
        fields: Header -> slug of the custom field that the column goes to.
        own: Header -> what one of our own exports holds there.
        splits_names: Whether a full name is parted: only where the file has no columns for given and family name.
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
    own: Mapping[str, NativeColumn]
    splits_names: bool

    @property
    def detected(self) -> tabular.Detected:
        """Encoding, delimiter, quoting, header and preamble, as they were found out or given."""
        return self.table.detected

    @property
    def mapping(self) -> dict[str, str]:
        """Header -> field, in the order of the file; `"ignore"` keeps the cells beside the contact."""
        mapping = self.table.mapping.as_dict()
        mapping |= {header: _FIELD + slug for header, slug in self.fields.items()}
        return mapping | {header: _own_field(column) for header, column in self.own.items()}

    @cached_property
    def first_columns(self) -> dict[str, str]:
        """The name of each field, without kind and number, and the first column that goes to it."""
        found: dict[str, str] = {}
        for header, field in self.mapping.items():
            found.setdefault(field.partition("[")[0].partition(".")[0], header)
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What concerns the file as a whole, such as a missing header."""
        return self.table.problems

    @cached_property
    def sample(self) -> tuple[Draft, ...]:
        """What the first rows say."""
        return tuple(row.draft for row in islice(self.table.rows(), _SAMPLE))

    def with_mapping(self, changes: Mapping[str, str], settings: Settings) -> Plan:
        """The same plan with some columns sent elsewhere; the caller's word wins (IMP-1).

        Args:
            changes: Header -> field: one of `contactcore.formats.tabular.FIELDS`, or `"fields.<slug>"`.
            settings: Those of the workspace, for its custom fields.

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
        own = {header: column for header, column in self.own.items() if header not in changes}
        return attrs.evolve(self, table=table, fields=kept, own=own)

    def fingerprint(self, actor: Actor) -> tuple[str, int]:
        """What tells this import from any other: the bytes, the decisions and who decided; and the file's size."""
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


def _own_field(column: NativeColumn) -> str:
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
    """Look at a file and put the decisions together; see `Imports.plan`."""
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
    own = native_columns(table.detected.columns)
    fields = _custom_columns(table, settings, own)
    table = table.with_mapping({**dict.fromkeys((*own, *fields), "ignore"), **_plain_columns(table, own)})
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
        own=own,
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


def find_entry(entries: Iterable[ListEntry], text: str) -> ListEntry | None:
    """The entry of an admin's list that a text names, by slug or by name."""
    folded = " ".join(fold(text).split())
    for entry in entries:
        if entry.offered and folded in (entry.slug, " ".join(fold(entry.name).split())):
            return entry
    return None


def _plain_columns(table: tabular.Table, own: Mapping[str, NativeColumn]) -> dict[str, str]:
    return {header: PLAIN[header] for header in table.detected.columns if header in PLAIN} if own else {}


def _custom_columns(table: tabular.Table, settings: Settings, own: dict[str, NativeColumn]) -> dict[str, str]:
    """Columns that carry the name of a custom field and that would else be kept beside the contacts."""
    by_name = {" ".join(fold(definition.name).split()): definition.slug for definition in settings.fields}
    by_name |= {definition.slug: definition.slug for definition in settings.fields}
    found = {}
    for column in table.mapping.columns:
        if column.field == "ignore" and (slug := by_name.get(" ".join(fold(column.header).split()))):
            found[column.header] = slug
    for header, own_column in list(own.items()):
        if own_column.name == "fields":
            if own_column.key in by_name.values():
                found[header] = own_column.key
            del own[header]
    return found
