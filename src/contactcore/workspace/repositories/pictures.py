"""The repository of pictures: the picture of a contact or an item, with the contents that it needs."""

from __future__ import annotations

from collections.abc import Iterable

from contactcore.errors import StorageError
from contactcore.formats.pictures import PreparedPicture
from contactcore.mapping.pictures import PICTURES, picture_blob, picture_key
from contactcore.model import Company, Person, Picture
from contactcore.model.picture import PictureContent
from contactcore.model.restoring import altered
from contactcore.workspace.kernel.transaction import Transaction, removed_meanwhile
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.kept_files import keep_files
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["PictureRepository", "contact_pictures"]


class PictureRepository(BelongingRepository[Picture]):
    """The pictures of a workspace in one transaction.

    The reading methods serve the rules: the caller has checked that the actor sees the contacts and items.
    """

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, PICTURES)

    def of_owners(self, owner_ids: Iterable[str]) -> dict[str, Loaded[Picture]]:
        """Return the pictures of contacts and items by the ids of these, in two reads; those in the trash are absent.

        Args:
            owner_ids: The ids of contacts and items.
        """
        ids = list(dict.fromkeys(owner_ids))
        held = self.transaction.reader.holders([picture_key(id) for id in ids]) if ids else []
        of_owner = {id: one[1] for id, one in zip(ids, held, strict=True) if one is not None}
        found = self.get_many(of_owner.values())
        return {owner: found[id] for owner, id in of_owner.items() if id in found}

    def of_owner(self, owner_id: str) -> Loaded[Picture] | None:
        """Return the picture of a contact or an item; None if it has none."""
        return self.of_owners([owner_id]).get(owner_id)

    def set(
        self,
        prepared: PreparedPicture,
        owner: Loaded[Person | Company],
        item_id: str = "",
        *,
        import_id: str = "",
        former: Picture | None = None,
        quiet: bool = False,
    ) -> Picture:
        """Store the picture of a contact or an item, in the place of its former one.

        Args:
            prepared: The prepared picture.
            owner: The contact, locked.
            item_id: The id of its item, locked; `""` for the picture of the contact itself.
            import_id: The id of the import that stores the picture; `""` for none.
            former: The picture that the undo of the import brings back; None for none.
            quiet: Whether the feed gets no event of its own, because an event of the caller names the picture; False
                by default.

        Returns:
            The stored picture; the same version if it is the same picture.
        """
        contents = keep_files(self.transaction, (prepared.data, prepared.upright.data))
        values = {
            **_described(prepared, contents[prepared.data]),
            "upright_file": contents[prepared.upright.data],
            "upright_width": prepared.upright.width,
            "upright_height": prepared.upright.height,
            "import_id": import_id,
            "former": former,
        }
        before = self.of_owner(item_id or owner.entity.id)
        if before is None:
            new = Picture.restore({**values, "item_id": item_id})
            return self.add_new(new, owner, event="" if quiet else "added")
        return self._change(self.lock_any(before.entity.id), values, event="" if quiet else "changed")

    def adjust(self, locked: Loaded[Picture], prepared: PreparedPicture) -> Picture:
        """Store another part of a picture; the upright copy stays as it is.

        Args:
            locked: The picture, locked.
            prepared: The upright copy, prepared with the new crop.
        """
        contents = keep_files(self.transaction, (prepared.data,))
        return self._change(locked, {**_described(prepared, contents[prepared.data]), "import_id": "", "former": None})

    def _change(self, locked: Loaded[Picture], values: dict[str, object], *, event: str = "changed") -> Picture:
        changed = altered(locked.entity, values)
        return locked.entity if changed == locked.entity else self.put(changed, locked.stored, event=event)

    def remove_imported(self, contact_id: str, import_id: str) -> bool | None:
        """Remove the picture of a contact if an import stored it, and nobody changed it since.

        The picture that the import replaced comes back.

        Returns:
            Whether it was removed; None if the contact has no picture.
        """
        found = self.of_owner(contact_id)
        if found is None:
            return None
        locked = self.lock_any(found.entity.id)
        picture, former = locked.entity, locked.entity.former
        if picture.import_id != import_id:
            if former is not None and former.import_id == import_id:
                # Nobody can want the picture of an undone import back.
                self._change(locked, {"import_id": "", "former": None})
            return False
        if former is None:
            self.remove(picture, locked.stored)
        else:
            values = {name: getattr(former, name) for name in _OF_A_CONTENT}
            self._change(locked, {**values, "former": None})
        return True

    def imported(self, contact_ids: Iterable[str], import_id: str) -> frozenset[str]:
        """The contacts whose picture an import stored, unless anybody changed it since.

        Args:
            contact_ids: The ids of contacts.
            import_id: The id of the import.
        """
        found = self.of_owners(contact_ids)
        return frozenset(id for id, one in found.items() if one.entity.import_id == import_id)

    def set_imported(
        self, prepared: PreparedPicture, owner: Loaded[Person | Company], import_id: str, expected: str
    ) -> Picture:
        """Store the picture of a row of an import; see `set`.

        A picture that replaces one of somebody else keeps that one, so that the undo of the import brings it back. It
        is dropped when anybody sets or adjusts the picture.

        Args:
            prepared: The prepared picture.
            owner: The contact, locked.
            import_id: The id of the import.
            expected: The name of the file that the contact showed when the row was planned; `""` for no picture.

        Raises:
            StorageError: `storage-retry` if somebody set or changed the picture since. The batch is planned anew.
        """
        before = self.of_owner(owner.entity.id)
        if (before.entity.shown_file if before else "") != expected:
            raise removed_meanwhile()
        former = None
        if before is not None and before.entity.import_id == import_id:
            former = before.entity.former
        elif before is not None:
            # Of several imports that replace each other's pictures, the last one can be undone.
            last = {"import_id": ""} if before.entity.former is not None else {}
            former = altered(before.entity, {"former": None, "contact_id": "", "item_id": "", "since": None, **last})
        return self.set(prepared, owner, import_id=import_id, former=former, quiet=True)

    def content(self, picture: Picture) -> PictureContent:
        """Return the picture that is served."""
        return PictureContent(self._data(picture.shown_file), picture.width, picture.height, picture.media_type)

    def upright(self, picture: Picture) -> PictureContent:
        """Return the upright copy."""
        data = self._data(picture.upright_file)
        return PictureContent(data, picture.upright_width, picture.upright_height, picture.media_type)

    def _data(self, file_id: str) -> bytes:
        data = self.transaction.reader.blob(picture_blob(file_id))
        if data is None:
            raise StorageError("The content of a picture is missing: restore the storage.", "picture-lost")
        return data


_OF_A_CONTENT = (
    *("media_type", "width", "height", "size", "upright_width", "upright_height", "crop", "shown_file", "upright_file"),
    *("thumbnail", "import_id"),
)
"""The fields of a picture that change with its content."""


def _described(prepared: PreparedPicture, shown_file: str) -> dict[str, object]:
    return {
        "shown_file": shown_file,
        "width": prepared.width,
        "height": prepared.height,
        "media_type": prepared.media_type,
        "size": len(prepared.data),
        "thumbnail": prepared.thumbnail,
        "crop": prepared.crop,
    }


def contact_pictures(transaction: Transaction, contact_ids: Iterable[str]) -> dict[str, PictureContent]:
    """Return the pictures that are served of contacts, by the ids of these, such as for vCards.

    Args:
        transaction: The transaction.
        contact_ids: The ids of contacts that the actor sees.
    """
    pictures = PictureRepository(transaction)
    found = pictures.of_owners(contact_ids)
    return {id: pictures.content(one.entity) for id, one in found.items()}
