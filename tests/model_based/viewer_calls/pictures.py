"""The viewer's calls of pictures."""

from __future__ import annotations

from random import Random
from typing import Final

from contactcore.errors import ContactCoreError
from contactcore.workspace.session import Session
from model_based.paired_workspaces import EMAILS, PICTURES, PairedWorkspace
from model_based.viewer_calls.arguments import Arguments, Choice, Generator, one_name, several_names

__all__ = ["PICTURE_CALLS"]


def _of_picture(random: Random, names: list[str]) -> Choice:
    """Makes a contact or an item, or its picture, the argument of a call."""
    name, itself = random.choice(names), random.random() < 0.3

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            found = session.pictures.of(workspace.id(name)) if itself else None
        except ContactCoreError:
            found = None
        return (found or workspace.id(name),), {}

    return arguments


def _cropped(random: Random, names: list[str]) -> Choice:
    choose, crop = _of_picture(random, names), {"zoom": random.choice((1, 2, 60))}
    return lambda workspace, session: ((*choose(workspace, session)[0], crop), {})


def _with_picture(random: Random, names: list[str]) -> Choice:
    choose, picture = _of_picture(random, names), random.choice(PICTURES)
    return lambda workspace, session: ((*choose(workspace, session)[0], picture), {})


def _chosen(random: Random, names: list[str]) -> Choice:
    name, key = random.choice(names), random.choice((*EMAILS, "nothing"))
    return lambda workspace, _: ((workspace.id(name), key), {})


PICTURE_CALLS: Final[dict[str, Generator]] = {
    "pictures.adjust": _cropped,
    "pictures.candidates": one_name,
    "pictures.choose": _chosen,
    "pictures.get": _of_picture,
    "pictures.of": _of_picture,
    "pictures.preview": _of_picture,
    "pictures.remove": _of_picture,
    "pictures.set": _with_picture,
    "pictures.thumbnails": several_names,
    "pictures.upright": _of_picture,
}
