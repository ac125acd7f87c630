"""The service of pictures: logos of companies, photos of people, pictures of items (PIC-1 to PIC-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple

from contactcore.errors import Conflict, Invalid, NotFound
from contactcore.formats.pictures import Crop, PreparedPicture, prepare
from contactcore.formats.pictures.preparing import check_prepared
from contactcore.mapping.items import ITEMS
from contactcore.model import Company, Contact, Item, Person, Picture, PictureContent, PortalUser
from contactcore.model.picture_candidate import PictureCandidate
from contactcore.rules.access import check_staff, may_see
from contactcore.workspace.kernel.arguments import AS_STORED, check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.pictures.candidates import Candidates
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.pictures import PictureRepository
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["Pictures"]


class _Place(NamedTuple):
    """The contact of a picture, and the item if it is the picture of one."""

    contact_id: str
    item_id: str

    @property
    def id(self) -> str:
        return self.item_id or self.contact_id


@check_arguments()
class Pictures:
    """The pictures of contacts and items, as one actor sees them; `session.pictures` is this service.

    The picture of a company is its logo, and that of a person a photo. A contact and an item have at most one picture.
    Users who see the contact see its pictures, and those who may change the contact may change them. A portal user sees
    the picture of the own client alone.

    Each method takes the contact, the item or its `Picture`, or the id of a contact or an item. A `Picture` must have
    the stored version where something is changed.

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> header = bytes.fromhex("424d 3a000000 00000000 36000000 28000000 01000000 01000000 0100 1800")
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils"))
    ...     logo = session.pictures.set(bois, header + bytes(28))
    ...     logo.media_type, session.pictures.get(bois).width, [*session.pictures.thumbnails([bois])] == [bois.id]
    ('image/png', 1, True)

    Source: PIC-1 to PIC-5.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._items: BelongingRepository[Item] = BelongingRepository(transaction, ITEMS)
        self._pictures = PictureRepository(transaction)

    def set(
        self,
        record: Annotated[str | Contact | Item | Picture, AS_STORED],
        data: bytes | bytearray | memoryview | PreparedPicture,
        crop: Crop | Mapping[str, Any] | None = None,
    ) -> Picture:
        """Store the picture of a contact or an item, in the place of the former one.

        The file is prepared first (`contactcore.formats.pictures.prepare`). This may take seconds for a large file. A
        program that must not hold a writing session as long prepares the file before it opens the session.

        Args:
            record: The contact, the item or its picture, or the id of a contact or an item.
            data: The bytes of the file, which nobody trusts; or what `prepare` or `preview` returned.
            crop: The part to show, for bytes; the whole picture by default.

        Returns:
            The stored picture, without its bytes; with the same version if it is the same picture and crop.

        Raises:
            NotFound: There is no such contact or item, or the actor may not see it.
            Forbidden: `read-only`, `read-only-session`, `portal-reads-only`.
            Conflict: The picture was replaced, adjusted or removed after it was read.
            Invalid: The codes of `prepare`; `crop-prepared` for a crop beside a prepared picture, and
                `picture-unprepared` for a prepared picture that was changed.

        >>> from contactcore import Item, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> header = bytes.fromhex("424d 3a000000 00000000 36000000 28000000 01000000 01000000 0100 1800")
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"), items=[Item("Rex")])
        ...     (rex,) = session.items.of(jane)
        ...     session.pictures.set(rex, header + bytes(28)).item_id == rex.id, session.pictures.get(jane)
        (True, None)
        """
        place = self._place_to_change(record)
        if isinstance(data, PreparedPicture):
            if crop is not None:
                message = "The picture is prepared with its crop: give the bytes of the file, or leave the crop out."
                raise Invalid("crop-prepared", message, path="crop")
            try:
                check_prepared(data)
            except Invalid as error:
                raise error.under("data") from None
            ready = data
        else:
            ready = prepare(data, crop)
        return self._set(place, ready, record)

    def preview(
        self,
        source: str | Contact | Item | Picture | bytes | bytearray | memoryview,
        crop: Crop | Mapping[str, Any] | None = None,
    ) -> PreparedPicture:
        """Prepare a picture without storing it, to show how it would look (PIC-3).

        Args:
            source: The bytes of a file; or a contact, an item or a picture, or the id of a contact or an item, whose
                stored picture is shown.
            crop: The part to show; by default the whole file, or the part that is stored.

        Returns:
            The prepared picture, with its bytes. `set` accepts it.

        Raises:
            NotFound: There is no such contact or item, it has no picture, or the actor may not see it.
            Forbidden: `staff-only`.
            Invalid: The codes of `prepare`.
        """
        check_staff(self._transaction.actor)
        if isinstance(source, bytes | bytearray | memoryview):
            return prepare(source, crop)
        picture = self._existing(self._place(source)).entity
        return prepare(self._pictures.upright(picture).data, picture.crop if crop is None else crop)

    def adjust(
        self,
        record: Annotated[str | Contact | Item | Picture, AS_STORED],
        crop: Crop | Mapping[str, Any],
    ) -> Picture:
        """Show another part of a stored picture (PIC-3). The upright copy stays, so nothing is lost.

        Args:
            record: The contact, the item or its picture, or the id of a contact or an item.
            crop: The part to show.

        Returns:
            The stored picture; with the same version if nothing changed.

        Raises:
            NotFound, Forbidden, Conflict: As `set`; `NotFound` if there is no picture, too.
            Invalid: `crop-type`, `crop-zoom`, `crop-offset`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> header = bytes.fromhex("424d 3a000000 00000000 36000000 28000000 01000000 01000000 0100 1800")
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     logo = session.pictures.set(bois, header + bytes(28))
        ...     session.pictures.adjust(logo, {"zoom": 2}).version
        2
        """
        locked = self._lock(record)
        ready = prepare(self._pictures.upright(locked.entity).data, crop)
        return self._pictures.adjust(locked, ready)

    def of(self, record: str | Contact | Item | Picture) -> Picture | None:
        """The data of the picture of a contact or an item, without its bytes.

        Args:
            record: The contact, the item or its picture, or the id of a contact or an item.

        Returns:
            The picture, with its size, crop and version; None if there is none.

        Raises:
            NotFound: There is no such contact or item, or the actor may not see it.
        """
        found = self._found(self._place(record))
        return None if found is None else found.entity

    def get(self, record: str | Contact | Item | Picture) -> PictureContent | None:
        """The picture of a contact or an item as it is served, at most 200 x 300 pixels (PIC-2).

        Args:
            record: The contact, the item or its picture, or the id of a contact or an item.

        Returns:
            The bytes, their media type, and the size; None if there is no picture.

        Raises:
            NotFound: As `of`.
        """
        found = self._found(self._place(record))
        return None if found is None else self._pictures.content(found.entity)

    def upright(self, record: str | Contact | Item | Picture) -> PictureContent | None:
        """The whole picture, for a form that adjusts it: upright, without metadata, at most 2,000 pixels on a side.

        Args:
            record: The contact, the item or its picture, or the id of a contact or an item.

        Returns:
            The bytes, their media type, and the size; None if there is no picture.

        Raises:
            NotFound: As `of`.
            Forbidden: `staff-only`, because a crop may have cut off what a client must not see.
        """
        check_staff(self._transaction.actor)
        found = self._found(self._place(record))
        return None if found is None else self._pictures.upright(found.entity)

    def thumbnails(self, records: Iterable[str | Contact | Item]) -> dict[str, PictureContent]:
        """Small pictures of contacts and items for a list, at most 64 x 96 pixels each.

        The number of reads does not grow with the number of records.

        Args:
            records: At most 1,000 contacts, items, cards of lists, or ids.

        Returns:
            The id of each contact and item that has a picture -> the small picture, in the given sequence. Records that
            the actor does not see have none. The id of a merged contact stands for the contact that it became, unless
            that one is in the list too.

        Raises:
            Invalid: `too-many`, and the codes of wrong arguments.
        """
        wanted = list(dict.fromkeys(id_of(one) for one in records))
        if not wanted:
            return {}
        actor = self._transaction.actor
        repositories = (self._contacts,) if isinstance(actor, PortalUser) else (self._contacts, self._items)
        seen = {
            id: one.id
            for repository in repositories
            for id, one in zip(wanted, repository.present(wanted), strict=True)
            if one is not None and may_see(actor, one.access)
        }
        found = self._pictures.of_owners(seen[id] for id in wanted if id in seen)
        small = {id: found[seen[id]].entity.thumbnail for id in wanted if seen.get(id) in found}
        return {id: one for id, one in small.items() if one is not None}

    def remove(self, record: Annotated[str | Contact | Item | Picture, AS_STORED]) -> None:
        """Remove the picture of a contact or an item for good; it does not go to the trash.

        Args:
            record: The contact, the item or its picture, or the id of a contact or an item.

        Raises:
            NotFound, Forbidden, Conflict: As `adjust`.
        """
        locked = self._lock(record)
        self._pictures.remove(locked.entity, locked.stored)

    def candidates(self, contact: str | Contact) -> tuple[PictureCandidate, ...]:
        """Pictures at other services that may show a contact, by its e-mail addresses and social profiles (PIC-4).

        `Host.picture_provider` finds them. Without one there are none.

        Args:
            contact: The contact, or its id.

        Returns:
            The candidates, at most 100.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden: `staff-only`.
            StorageError: `picture-provider` if the provider fails.
        """
        check_staff(self._transaction.actor)
        return Candidates(self._transaction).of(self._contacts.get(contact))

    def choose(
        self,
        contact: Annotated[str | Contact, AS_STORED],
        candidate: str | PictureCandidate,
        crop: Crop | Mapping[str, Any] | None = None,
    ) -> Picture:
        """Store a candidate as the picture of a contact (PIC-4).

        The provider is asked for the candidates again, so a form cannot name any other address.

        Args:
            contact: The contact, or its id.
            candidate: A candidate that `candidates` returned for this contact, or its key.
            crop: The part to show; the whole picture by default.

        Returns:
            The stored picture.

        Raises:
            NotFound, Forbidden: As `set`.
            Invalid: `candidate-unknown`, `candidate-gone`, and the codes of `prepare`.
            StorageError: `picture-provider` if the provider fails.
        """
        place = self._place_to_change(contact)
        key = candidate.key if isinstance(candidate, PictureCandidate) else candidate
        data = Candidates(self._transaction).fetch(self._contacts.get(place.contact_id), key)
        try:
            ready = prepare(data, crop)
        except Invalid as error:
            if error.path != "data":
                raise
            raise Invalid(error.code, error.reason, path="candidate", facts=error.facts) from error
        return self._set(place, ready, contact)

    # Finding

    def _place(self, record: str | Contact | Item | Picture) -> _Place:
        """The contact, and the item, that a record stands for and that the actor sees."""
        if isinstance(record, Picture):
            return self._of_item(record.item_id) if record.item_id else self._of_contact(record.contact_id)
        if isinstance(record, Item):
            return self._of_item(record.id)
        id = id_of(record)
        try:
            return self._of_contact(id)
        except NotFound:
            if isinstance(record, Contact):
                raise
        try:
            return self._of_item(id)
        except NotFound:
            # The same error, whether a hidden contact or a hidden item has the id, or none.
            raise NotFound("contact", id) from None

    def _of_contact(self, id: str) -> _Place:
        return _Place(self._contacts.seen(id).id, "")

    def _of_item(self, id: str) -> _Place:
        stored = self._items.seen(id)
        return _Place(stored.owner, stored.id)

    def _place_to_change(self, record: str | Contact | Item | Picture) -> _Place:
        """As `_place`, where the actor may change pictures."""
        self._transaction.require_writing()
        place = self._place(record)
        self._transaction.check_change(self._contacts.seen(place.contact_id).access)
        return place

    def _found(self, place: _Place) -> Loaded[Picture] | None:
        if place.item_id and isinstance(self._transaction.actor, PortalUser):
            return None  # pictures of items are notes of staff, as their descriptions are
        return self._pictures.of_owner(place.id)

    def _existing(self, place: _Place) -> Loaded[Picture]:
        found = self._found(place)
        if found is None:
            raise NotFound("picture", place.id)
        return found

    # Changing

    def _lock_owner(self, place: _Place) -> Loaded[Person | Company]:
        if place.item_id:
            return self._items.lock_with_owner(place.item_id)[1]
        return self._contacts.lock_for_change(place.contact_id)

    def _lock(self, record: str | Contact | Item | Picture) -> Loaded[Picture]:
        """Lock an existing picture and its contact, which the actor may change."""
        place = self._place_to_change(record)
        self._lock_owner(place)
        found = self._pictures.lock_any(self._existing(place).entity.id)
        _check_version(record, found)
        return found

    def _set(self, place: _Place, ready: PreparedPicture, record: object) -> Picture:
        owner = self._lock_owner(place)
        _check_version(record, self._pictures.of_owner(place.id))
        return self._pictures.set(ready, owner, place.item_id)


def _check_version(given: object, stored: Loaded[Picture] | None) -> None:
    """Refuse an outdated copy of a picture."""
    if not isinstance(given, Picture):
        return
    current = None if stored is None else stored.entity
    if current is None or (current.id, current.version) != (given.id, given.version):
        raise Conflict(given, current)
