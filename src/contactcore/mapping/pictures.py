"""Conversion between pictures and records.

The contents of pictures are blobs. A record of the kind `picture-file` stands for each of them, so that the storage
refuses to remove a content that a picture needs. Equal contents have one such record for all users.

A picture has the small picture for lists in its record: a list is answered by two reads, however many pictures it
shows.
"""

from __future__ import annotations

import base64
from typing import Any

import attrs

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement, no_access
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.trash import trash_record
from contactcore.model import Picture
from contactcore.model.crop import Crop
from contactcore.model.picture import PictureContent, PictureFile
from contactcore.rules.portal_view import known_picture
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["PICTURES", "PICTURE_FILES", "picture_blob", "picture_key"]

_AS_THEY_ARE = (
    *("contact_id", "item_id", "media_type", "width", "height", "size", "upright_width", "upright_height"),
    *("shown_file", "upright_file", "import_id"),
)


def picture_key(owner_id: str) -> str:
    """The unique key of the picture of a contact or an item, which has at most one.

    Args:
        owner_id: The id of the contact or the item.
    """
    return term("picture-of", owner_id)


def picture_blob(file_id: str) -> str:
    """The key under which the storage keeps the content of a picture file.

    Args:
        file_id: The id of the file.
    """
    return f"picture:{file_id}"


def _body(picture: Picture) -> dict[str, Any]:
    body: dict[str, Any] = {name: value for name in _AS_THEY_ARE if (value := getattr(picture, name))}
    if picture.crop != Crop():
        body["crop"] = attrs.asdict(picture.crop)
    if picture.since is not None:
        body["since"] = timestamp(picture.since)
    if picture.thumbnail is not None:
        small = picture.thumbnail
        body["thumbnail"] = [small.width, small.height, base64.b64encode(small.data).decode()]
    if picture.former is not None:
        body["former"] = _body(picture.former)
    return body


def _record(picture: Picture, placement: Placement) -> Record:
    body = _body(picture)
    references = {"contact": picture.contact_id, "shown": picture.shown_file, "upright": picture.upright_file}
    if picture.former is not None:
        references |= {"former_shown": picture.former.shown_file, "former_upright": picture.former.upright_file}
    if picture.item_id:
        references["item"] = picture.item_id
    keys = frozenset({picture_key(picture.owner_id)})
    if placement.trashed is not None:
        return trash_record("picture", picture, body, placement.trashed, references, keys=keys)
    return Record(
        kind="picture",
        id=picture.id,
        version=picture.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset(f"{name}:{id}" for name, id in references.items()),
        keys=keys,
        references=references,
        owner=picture.contact_id,
        access=placement.access,
    )


def _picture(stored: Stored) -> Picture:
    return Picture.restore({"id": stored.id, "version": stored.version, **_values(json.load(stored.body))})


def _values(body: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {name: body[name] for name in _AS_THEY_ARE if name in body}
    if "crop" in body:
        values["crop"] = Crop(**body["crop"])
    if "since" in body:
        values["since"] = parse_moment(body["since"])
    if "thumbnail" in body:
        width, height, data = body["thumbnail"]
        values["thumbnail"] = PictureContent(base64.b64decode(data), width, height, body["media_type"])
    if "former" in body:
        values["former"] = Picture.restore(_values(body["former"]))
    return values


def _files(picture: Picture) -> tuple[str, ...]:
    former = () if picture.former is None else _files(picture.former)
    return (picture.shown_file, picture.upright_file, *former)


PICTURE_FILES: EntityType[PictureFile] = EntityType(
    personal="none",
    kind=KIND_OF["picture-file"],
    load=lambda stored, _: PictureFile(stored.id, stored.version),
    record=lambda file, _: Record(kind="picture-file", id=file.id, version=file.version, body=b"{}"),
    blobs=lambda record: (picture_blob(record.id),),
)

PICTURES: EntityType[Picture] = EntityType(
    kind=KIND_OF["picture"],
    load=lambda stored, _: _picture(stored),
    record=_record,
    owners=("contact",),
    access=no_access,
    follows_owner=True,
    part_of="item",
    reached_through_owner=True,
    event_data=lambda picture: {"contact": picture.contact_id},
    for_client=known_picture,
    files=_files,
)
