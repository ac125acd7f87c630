"""Staged contacts: the contacts that earlier rows of a file created or changed, for the later rows of the same file.

An import finds the contacts of committed batches in the directory, and stages only the contacts of the present batch. A
preview stores nothing in the directory. It keeps the match keys of the whole file in compact hash maps, and the
contacts in a temporary file, each with the places, the sites and the items that it would have.

Several contacts may have one key. The oldest of those that have it now is its contact, as it is in the directory.
"""

from __future__ import annotations

import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import IO, Any

import attrs

from contactcore.formats.contact_rows.mapped_row import PlainContact
from contactcore.mapping import json
from contactcore.mapping.affiliations import affiliation_body, affiliation_of
from contactcore.mapping.contacts import body_of, contact_of
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName
from contactcore.mapping.items import ITEMS, item_body
from contactcore.mapping.sites import SITES, site_body
from contactcore.model import Affiliation, Company, Item, Person, Site
from contactcore.model.restoring import fill_in
from contactcore.storage import Stored
from contactcore.values import Tag
from contactcore.workspace.imports.former_names import FormerNames
from contactcore.workspace.imports.key_holders import KeyHolders
from contactcore.workspace.imports.merging import Place, place_of
from contactcore.workspace.matching.match_keys import has_key

__all__ = ["StagedContact", "StagedContacts", "company_name"]

_TEXTS = frozenset(("position", "department"))


@attrs.define(eq=False)
class StagedContact:
    """A contact that rows of the file create or change.

    Attributes:
        access: The access terms of the contact.
        new: Whether a row of the file creates it; False for a contact of the directory.
        before: The stored contact; None for a contact that the present batch creates, or any batch of a preview.
        places: The places of a person by the ids of the companies, with the changes of the rows so far.
        parts: The sites and items of the contact that rows created or changed, by id: those of the present batch, and
            in a preview those of earlier batches too.
        line: The line of the row that creates it; 0 for a contact of the directory.
        ordinal: The number of the contact in the temporary file; None before it is written there.
        picture: The name of the file that the contact shows as its picture, with the pictures of the rows so far; `""`
            for no picture, None if nobody has looked yet.
        indexed: The indexed name of a new contact, if another process has derived it; else None.
        of_file: Whether a row of the file created it, in this batch or an earlier one.
    """

    _entity: Person | Company | PlainContact = attrs.field(alias="entity")
    access: frozenset[str]
    new: bool
    before: Person | Company | None = None
    places: dict[str, Place] = attrs.field(factory=dict)
    parts: dict[str, Site | Item] = attrs.field(factory=dict)
    line: int = 0
    ordinal: int | None = None
    picture: str | None = None
    indexed: IndexedName | None = None
    of_file: bool = attrs.field(default=attrs.Factory(lambda self: self.new, takes_self=True))

    @property
    def entity(self) -> Person | Company:
        """The contact with the changes of the rows so far."""
        entity = self._entity
        return entity.contact if isinstance(entity, PlainContact) else entity

    @entity.setter
    def entity(self, changed: Person | Company) -> None:
        self._entity = changed

    @property
    def plain(self) -> PlainContact | None:
        """The contact of a plain row, as long as no row changes it; None for any other contact."""
        entity = self._entity
        return entity if isinstance(entity, PlainContact) else None

    @property
    def id(self) -> str:
        """The id of the contact."""
        return self._entity.id

    @property
    def kind(self) -> str:
        """`"person"` or `"company"`."""
        return self._entity.kind

    def change_id(self, id: str) -> None:
        """Give a new contact another id before anybody knows the one that it has.

        Args:
            id: The id.
        """
        plain = self.plain
        if plain is not None:
            plain.id = id
        if plain is None or plain.is_made:
            fill_in(self.entity, {"id": id})

    @property
    def tags(self) -> Sequence[Tag]:
        """The tags of the contact."""
        plain = self.plain
        return self.entity.tags if plain is None else [*map(_tag, plain.tags)]

    @property
    def is_stored(self) -> bool:
        """Whether the contact is stored in the directory."""
        return self.before is not None


class StagedContacts:
    """The contacts that earlier rows created or changed, by their match keys.

    Args:
        index_context: The index context of the workspace.
        whole_file: Whether contacts are kept after the end of their batch, as a preview needs.

    Attributes:
        former_names: The former names of the companies that the rows of the batch have renamed; in a preview, of those
            that all rows so far have renamed.
    """

    def __init__(self, index_context: IndexContext, *, whole_file: bool) -> None:
        self._index_context = index_context
        self._whole_file = whole_file
        self.former_names: FormerNames = FormerNames()
        self._recent: dict[str, StagedContact] = {}
        self._shared: dict[str, list[StagedContact]] = {}
        self._touched: dict[str, StagedContact] = {}
        self._of_file = KeyHolders()
        self._of_directory = KeyHolders(cache(self._id_of))
        self._offsets = array("Q")
        self._file: IO[bytes] | None = None

    def find(self, key: str) -> StagedContact | None:
        """The oldest contact with a key; None for none.

        Args:
            key: One of the keys of `lookup_keys`, `i:` and an own id, or `#` and the id of a stored contact.
        """
        if self._file is None:
            return self._recent.get(key)
        return self.oldest(key, of_file=False) or self.oldest(key, of_file=True)

    def oldest(self, key: str, *, of_file: bool) -> StagedContact | None:
        """The oldest contact with a key among those that the file created, or among the others; None for none.

        Args:
            key: As for `find`.
            of_file: Whether a row of the file created it.
        """
        staged = self._recent.get(key)
        if staged is not None and staged.of_file != of_file:
            staged = next((one for one in self._shared.get(key, ()) if one.of_file == of_file), None)
        if self._file is None:
            return staged
        number = (self._of_file if of_file else self._of_directory).first(key)
        if number is None or (staged is not None and staged.ordinal == number):
            return staged
        earlier = self._read(number)
        return earlier if staged is None or earlier.id < staged.id else staged

    def holders(self, key: str) -> Iterator[StagedContact]:
        """The contacts with a key, each once; also some that have it no longer.

        Args:
            key: As for `find`.
        """
        known: set[str] = set()
        first = self._recent.get(key)
        for staged in self._shared.get(key, () if first is None else (first,)):
            known.add(staged.id)
            yield staged
        if self._file is not None:
            for number in (*self._of_directory.all(key), *self._of_file.all(key)):
                staged = self._read(number)
                if staged.id not in known:
                    known.add(staged.id)
                    yield staged

    def has_none_of(self, keys: Sequence[str]) -> bool:
        """Whether `find` certainly returns None for each of these keys; False if it must be asked.

        Args:
            keys: Match keys.
        """
        if self._file is not None or self.former_names.concern(keys):
            return False
        return self._recent.keys().isdisjoint(keys)

    def changed(self, id: str) -> StagedContact | None:
        """The contact with an id if an earlier row changed it, or is a new company; else None.

        Args:
            id: The id of the contact.
        """
        return self.find(f"#{id}")

    def add(self, staged: StagedContact, keys: Iterable[str]) -> None:
        """Stage a contact with its keys; several contacts may have one key.

        Args:
            staged: The contact.
            keys: Its match keys.
        """
        self._touched[staged.id] = staged
        if not staged.new or staged.kind == "company":
            self._recent[f"#{staged.id}"] = staged
        recent = self._recent
        for key in keys:
            known = recent.setdefault(key, staged)
            if known is not staged:
                shared = self._shared.setdefault(key, [known])
                place = bisect_left(shared, _age(staged), key=_age)
                if place == len(shared) or shared[place] is not staged:
                    shared.insert(place, staged)
                    recent[key] = shared[0]

    def drop(self, staged: StagedContact, keys: Iterable[str]) -> None:
        """Forget keys that a contact has no longer; the next oldest contact with such a key has it then.

        Args:
            staged: The contact, with its change.
            keys: Match keys that it had.
        """
        for key in keys:
            shared = self._shared.pop(key, None)
            if shared is not None:
                rest = [one for one in shared if one is not staged]
                self._recent[key] = rest[0]
                if len(rest) > 1:
                    self._shared[key] = rest
            elif self._recent.get(key) is staged:
                del self._recent[key]
            if staged.ordinal is not None:
                self._drop_earlier(staged, key)

    def _drop_earlier(self, staged: StagedContact, key: str) -> None:
        holders = self._of_file if staged.of_file else self._of_directory
        number = holders.first(key)
        # A contact that is not the first one stays among the others, and is looked at when its turn comes.
        if number is None or number != staged.ordinal:
            return
        language = self._index_context.language
        while (number := holders.remove_first(key)) is not None:
            following = self._read(number)
            if number != staged.ordinal and has_key(following.entity, key, language):
                return

    def end_batch(self) -> None:
        """Release the contacts of the batch; a preview writes them to the temporary file before."""
        if self._whole_file and self._touched:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the import
            self._file.seek(0, 2)
            # The numbers of the contacts that the file creates are in the order of their age.
            for staged in sorted(self._touched.values(), key=_age):
                if staged.ordinal is None:
                    staged.ordinal = len(self._offsets)
                    self._offsets.append(0)
                self._offsets[staged.ordinal] = self._file.tell()
                self._file.write(_dump(staged))
            for key, first in self._recent.items():
                for staged in self._shared.get(key, (first,)):
                    if staged.ordinal is not None:
                        (self._of_file if staged.of_file else self._of_directory).add(key, staged.ordinal)
        self.forget_batch()

    def forget_batch(self) -> None:
        """Release the contacts of the batch, which is planned again after its transaction failed."""
        self._recent.clear()
        self._shared.clear()
        self._touched.clear()
        if not self._whole_file:
            self.former_names.clear()

    def close(self) -> None:
        """Release the temporary file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, ordinal: int) -> StagedContact:
        """A contact of an earlier batch, with the changes of the present batch."""
        staged = _load(self._line(ordinal), self._index_context)
        staged.ordinal = ordinal
        return self._touched.get(staged.id, staged)

    def _id_of(self, ordinal: int) -> str:
        id: str = json.load(self._line(ordinal))[0]
        return id

    def _line(self, ordinal: int) -> bytes:
        if self._file is None:
            raise AssertionError("a contact has a number when it is in the file")
        self._file.seek(self._offsets[ordinal])
        return self._file.readline()


def company_name(employer: StagedContact) -> tuple[str, str]:
    """The name and the division of an employer; `""` for the division of a person, whom a row may name by an id.

    Args:
        employer: The employer.
    """
    plain = employer.plain
    if plain is not None and plain.kind == "company":
        return plain.body.get("name", ""), plain.body.get("division", "")
    contact = employer.entity
    return (contact.name, contact.division) if isinstance(contact, Company) else (contact.display_name, "")


@lru_cache(maxsize=10_000)
def _tag(text: str) -> Tag:
    return Tag.restore(text)


def _age(staged: StagedContact) -> tuple[bool, str]:
    """What sorts contacts by age: those of the directory precede those of the file."""
    return staged.of_file, staged.id


def _dump(staged: StagedContact) -> bytes:
    contact = staged.entity
    body = body_of(contact).decode()
    access = sorted(staged.access)
    places = {company: _dump_place(place) for company, place in staged.places.items()}
    parts = [_dump_part(part) for part in staged.parts.values()]
    rest = [staged.new, places, parts, staged.line, body, staged.picture]
    data: list[Any] = [contact.id, contact.version, access, *rest]
    return json.dump(data) + b"\n"


def _dump_place(place: Place) -> Place:
    # The place of most people has a position and a department alone, which are their own body.
    return place if place.keys() <= _TEXTS else affiliation_body(Affiliation.restore(place))


def _dump_part(part: Site | Item) -> list[Any]:
    body = site_body(part) if isinstance(part, Site) else item_body(part)
    return [part.kind, part.id, part.version, body]


def _load(line: bytes, index_context: IndexContext) -> StagedContact:
    id, version, access, new, places, parts, source_line, body, picture = json.load(line)
    stored = Stored(
        kind="contact",
        id=id,
        version=version,
        body=body.encode(),
        card=b"{}",
        owner=id,
        access=frozenset(access),
    )
    contact = contact_of(stored, index_context)
    return StagedContact(
        contact,
        stored.access,
        new,
        None if new else contact,
        {company: _load_place(place, stored) for company, place in places.items()},
        {part[1]: _load_part(part, stored, index_context) for part in parts},
        source_line,
        None,
        picture,
    )


def _load_place(place: Place, person: Stored) -> Place:
    if place.keys() <= _TEXTS:
        return place
    return place_of(affiliation_of(attrs.evolve(person, kind="affiliation", body=json.dump(place))))


def _load_part(dumped: Sequence[Any], owner: Stored, index_context: IndexContext) -> Site | Item:
    kind, id, version, body = dumped
    stored = attrs.evolve(owner, kind=kind, id=id, version=version, body=json.dump(body))
    part: Site | Item = (SITES if kind == "site" else ITEMS).load(stored, index_context)
    return part
