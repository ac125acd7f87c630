"""Plans of imports: a file with its columns, and the decisions of the caller (IMP-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats import tabular
from contactcore.formats.card_rows.card_mapper import CardMapper
from contactcore.formats.card_rows.card_table import CardColumns, CardTable, open_cards
from contactcore.formats.contact_rows.contact_builder import DRAFT_FIELDS
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.named_entries import find_entry
from contactcore.formats.contact_rows.row_columns import RowColumns
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.drafts import Draft
from contactcore.formats.tabular.reading import is_date
from contactcore.formats.tabular.sources import source_of
from contactcore.formats.vcard import ReadCard
from contactcore.mapping import json
from contactcore.model import AccessPolicy, Actor, Company, FieldType, Settings, SystemActor
from contactcore.storage import LONGEST_BODY
from contactcore.values import Tag
from contactcore.values.country import read_country
from contactcore.values.written_dates import assumed, order_assumed
from contactcore.workspace.imports.compact_hash_map import CompactHashMap

__all__ = ["Plan", "make_plan"]

_POLICIES = ("skip", "update", "create", "overwrite")
_PART_IDS = ("site_id", "item_id")
_SAMPLE = 5
_CHUNK = 1 << 20


@attrs.define(slots=False, eq=False)
class Plan:
    r"""The plan of an import, which can be inspected and changed before anything is imported.

    Attributes:
        actor: The name of the actor who made the plan; only this actor can use it.
        workspace: The name of the workspace that the plan was made for.
        columns: The file and its columns; a file of cards has none.
        policy: `"skip"`, `"update"`, `"create"` or `"overwrite"`.
        strict: Whether a row with any fault is rejected.
        country: The ISO 3166 country of national phone numbers; `""` for none.
        access: The access policy of the new contacts.
        responsibles: The names of their responsible users.
        tags: The tags for every contact that a row creates or updates, in addition to the tags of the row.
        type: The slug of the type of contacts whose row has no type; `""` for none.
        own_rights: The fields, of `access` and `responsibles`, that a row of an export decides itself, because the
            caller has not.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
    >>> plan = imports.plan("Prénom;Nom\nZoé;Çelik\n")
    >>> plan.detected.delimiter, plan.mapping, plan.sample[0].given
    (';', {'Prénom': 'given', 'Nom': 'family'}, 'Zoé')
    """

    actor: str
    workspace: str
    columns: RowColumns | CardColumns
    policy: str
    strict: bool
    country: str
    access: AccessPolicy
    responsibles: tuple[str, ...]
    tags: tuple[Tag, ...]
    type: str
    own_rights: frozenset[str] = frozenset()

    @property
    def table(self) -> tabular.Table | CardTable:
        """The file, as a table of rows; `CardTable` for a file of vCards or JSContact, whose rows are the cards."""
        return self.columns.table

    @property
    def format(self) -> str:
        """`"vcard"`, `"jscontact"`, or `"table"` for a file of rows and columns."""
        return self.columns.table.format if isinstance(self.columns, CardColumns) else "table"

    def rows(self, after: str | None = None) -> Iterator[tabular.Row | ReadCard]:
        """The rows of the file, or its cards.

        Args:
            after: The position of a row; the rows behind it follow. None, the default, for all rows.
        """
        table = self.table
        if isinstance(table, CardTable):
            return table.rows(after=after, country=self.country)
        return table.rows(after=after)

    def mapper(self, settings: Settings, new_id: Callable[[], str]) -> RowMapper | CardMapper:
        """The mapper that makes contacts of the rows.

        Args:
            settings: The settings of the workspace.
            new_id: Source of ids.
        """
        options = self.options
        if isinstance(self.columns, CardColumns):
            return CardMapper(options, new_id)
        return RowMapper(options, settings, new_id)

    @property
    def detected(self) -> tabular.Detected:
        """The encoding, delimiter, quote, header and preamble of the file, as detected or given."""
        return self.table.detected

    @property
    def mapping(self) -> dict[str, str]:
        """The fields by the headers of the columns, in the order of the file.

        The cells of a column with the field `"ignore"` are stored with the contact as `unmapped`.
        """
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
            own_rights=self.own_rights,
            overwrites=self.policy == "overwrite",
        )

    def own_ids(self) -> CompactHashMap:
        """The ids of the contacts, sites and items of an export, each with the number 1; empty for any other file."""
        found = CompactHashMap()
        table = self.table
        columns = [header for header, one in self.columns.native.items() if one.name == "id" or one.key in _PART_IDS]
        if columns and not isinstance(table, CardTable):
            places = [self.detected.columns.index(column) for column in columns]
            for row in table.rows():
                for place in places:
                    if place < len(row.cells) and (id := row.cells[place].strip()):
                        found.put(id, 1)
        return found

    def as_dict(self) -> dict[str, Any]:
        """The plan as one JSON object, without the rows of the file."""
        return {
            "actor": self.actor,
            "workspace": self.workspace,
            "format": self.format,
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
        """The header of the first column that is mapped to a field of a contact; the field itself without one.

        Args:
            field: The name of the field, such as `"emails"`.
        """
        return self.columns.first_columns.get(DRAFT_FIELDS.get(field, field), field)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of the file as a whole, such as a missing header."""
        return self.table.problems

    @property
    def guesses(self) -> tuple[RowProblem, ...]:
        """A note for each column whose field was guessed by its cells (IMP-11)."""
        line = self.detected.header_line or 1
        reason = "The field of this column was guessed by its cells: {}. Check the mapping."
        fields = self.columns.mapping
        return tuple(
            RowProblem(line, one.header, "", reason.format(fields[one.header]), "column-guessed")
            for one in self.table.mapping.columns
            if one.how == "content" and fields[one.header] == one.field
        )

    def assumed_orders(self, settings: Settings) -> tuple[RowProblem, ...]:
        """A note for each column of dates of which no cell in the first rows decides the order of day and month.

        Args:
            settings: The settings of the workspace at the time of the import.
        """
        line, day_first = self.detected.header_line or 1, self.table.mapping.day_first
        dates = {f"fields.{one.slug}" for one in settings.fields if one.type is FieldType.DATE}
        columns = (header for header, field in self.columns.mapping.items() if field in dates or is_date(field))
        found = ((header, assumed(self.table.sample(header))) for header in columns)
        return tuple(
            RowProblem(line, header, text, order_assumed(text, day_first=day_first), "date-order-assumed")
            for header, text in found
            if text is not None
        )

    def gone_fields(self, settings: Settings) -> tuple[RowProblem, ...]:
        """A problem for each column whose custom field the workspace no longer has; its cells are kept as `unmapped`.

        Args:
            settings: The settings of the workspace at the time of the import.
        """
        line = self.detected.header_line or 1
        known = {definition.slug for definition in settings.fields}
        reason = "The workspace has no such field any more. The cells are kept beside the contacts."
        return tuple(
            RowProblem(line, header, f"fields.{slug}", reason, "field-unknown")
            for header, slug in self.columns.custom.items()
            if slug not in known
        )

    @cached_property
    def sample(self) -> tuple[Draft, ...]:
        """The drafts of the first rows; none for a file of cards, see `cards`."""
        table = self.table
        return () if isinstance(table, CardTable) else tuple(row.draft for row in islice(table.rows(), _SAMPLE))

    @cached_property
    def cards(self) -> tuple[ReadCard, ...]:
        """The first cards of a file of vCards or JSContact; none for a table."""
        return tuple(row for row in islice(self.rows(), _SAMPLE) if isinstance(row, ReadCard))

    def with_mapping(self, changes: Mapping[str, str], settings: Settings) -> Plan:
        r"""A copy of the plan with other fields for some columns (IMP-1).

        Args:
            changes: The new fields by the headers of their columns: names of `contactcore.formats.tabular.FIELDS`, or
                `"fields.<slug>"` for a custom field.
            settings: The settings of the workspace, which define its custom fields.

        Raises:
            Invalid: `mapping-header`, `mapping-field`, `field-unknown`.

        >>> from contactcore import Settings, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> plan = Workspace(MemoryStorage(), name="acme").imports(User("amelie")).plan("Name,Code\nJo Doe,7\n")
        >>> plan.with_mapping({"Code": "ignore"}, Settings()).mapping
        {'Name': 'full_name', 'Code': 'ignore'}
        """
        return attrs.evolve(self, columns=self.columns.with_fields(changes, settings.fields))

    def has_lines(self, count: int) -> bool:
        r"""Whether the file of a table has at least this many line feeds; False for a file of vCards.

        Args:
            count: The number of line feeds.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> plan = Workspace(MemoryStorage(), name="acme").imports(User("amelie")).plan("Name\nJo Doe\n")
        >>> plan.has_lines(2), plan.has_lines(3)
        (True, False)
        """
        if isinstance(self.table, CardTable):
            return False
        with self.table._source.open() as stream:  # noqa: SLF001 - tables do not publish their source
            while count > 0 and (chunk := stream.read(_CHUNK)):
                count -= chunk.count(b"\n")
        return count <= 0

    def fingerprint(self, actor: Actor) -> tuple[str, int]:
        """The key of the import, and the size of the file in bytes.

        The key is a SHA-256 of the file, the decisions and the actor: equal imports have equal keys.

        Args:
            actor: The actor who runs the import.
        """
        digest = hashlib.sha256()
        size = 0
        with self.table._source.open() as stream:  # noqa: SLF001 - tables do not publish their source
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
            "own_rights": sorted(self.own_rights),
        }
        digest.update(json.dump(decisions))
        return digest.hexdigest(), size


def make_plan(
    source: object,
    settings: Settings,
    actor: Actor,
    workspace: str,
    *,
    encoding: str | None,
    delimiter: str | None,
    quotechar: str | None,
    header: bool | None,
    sheet: str | None,
    mapping: Mapping[str, str] | None,
    policy: str,
    strict: bool,
    country: str | None,
    access: AccessPolicy | str | None,
    responsibles: Iterable[str] | None,
    tags: Iterable[Tag | str],
    type: str,
) -> Plan:
    """The plan of an import, with the detected format of the file; see `Imports.plan`."""
    if policy not in _POLICIES:
        raise Invalid("policy-unknown", f"The policy is one of {', '.join(_POLICIES)}.", path="policy", value=policy)
    region = settings.country if country is None else read_country(country) if country else ""
    if region is None:
        raise Invalid("country-unknown", "Give a country by its code, such as FR.", path="country", value=country)
    origin = source_of(source)
    cards = open_cards(
        origin,
        encoding=encoding,
        language=settings.language.base,
        delimiter=delimiter,
        quotechar=quotechar,
        header=header,
        sheet=sheet,
        mapping=mapping or None,
    )
    columns: RowColumns | CardColumns
    if cards is not None:
        columns = CardColumns(cards)
    else:
        table = tabular.read(
            origin,
            encoding=encoding,
            delimiter=delimiter,
            quotechar=quotechar,
            header=header,
            sheet=sheet,
            language=settings.language.base,
            country=region or None,
        )
        if any(note.code == "text-may-be-path" for note in table.problems):
            raise Invalid("source", "This text is a path, and no table: give it as a Path.", path="file", value=source)
        columns = RowColumns.of(table, settings.fields)
    # A company validates the values as every new contact does.
    model = Company(
        "x", tags=tuple(tags), responsibles=_responsibles(responsibles, actor), access=access or settings.default_access
    )
    plan = Plan(
        actor=actor.name,
        workspace=workspace,
        columns=columns,
        policy=policy,
        strict=strict,
        country=region,
        access=model.access or settings.default_access,
        responsibles=model.responsibles,
        tags=model.tags,
        type=_type(type, settings),
        own_rights=frozenset(
            name for name, given in (("access", access), ("responsibles", responsibles)) if given is None
        ),
    )
    return plan.with_mapping(mapping, settings) if mapping else plan


def _responsibles(responsibles: Iterable[str] | None, actor: Actor) -> tuple[str, ...]:
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
