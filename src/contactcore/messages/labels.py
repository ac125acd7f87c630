"""The names of fields and of other words of the library for people: a file of TOML for each language in `words/`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal, TypeAlias

from contactcore.messages.catalogue import base_of
from contactcore.read_only import EMPTY

__all__ = ["LabelGroup", "label_of", "labels"]

LabelGroup: TypeAlias = Literal[
    "field",
    "record",
    "kind",
    "cause",
    "change",
    "matched",
    "source",
    "entry",
    "field-type",
    "job",
    "login",
    "letter",
    "likeness",
    "verdict",
    "state",
    "status",
    "submission",
    "access",
    "erasure",
]
"""The group of a word."""


@functools.cache
def labels(language: str) -> Mapping[str, Mapping[str, str]]:
    """The labels of a language: what they name -> word -> label.

    Args:
        language: One of `MESSAGE_LANGUAGES`.
    """
    import tomllib
    from importlib import resources

    file = resources.files("contactcore.messages").joinpath("words", f"{language}.toml")
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def label_of(word: str, language: str, *, of: LabelGroup = "field") -> str:
    """The label of a word, as in `contactcore.wording.label_of`, of arguments that are known to be texts."""
    base = base_of(language)
    found: Mapping[str, str] = labels(base).get(of, EMPTY)
    if of != "field":
        return found.get(word, word)
    return _SEPARATOR.get(base, ": ").join(_parts(word, found))


_SEPARATOR: Mapping[str, str] = {"fr": "\N{NO-BREAK SPACE}: "}
"""Language -> the sign between the name of a numbered part and the name of a part in it, if it is not a colon."""


def _parts(path: str, known: Mapping[str, str] = EMPTY) -> list[str]:
    """The labels of the parts of a path that have a number, and of its last part."""
    *outer, last = path.split(".")
    found = [_part(one, known) for one in outer if "[" in one]
    return [*found, _part(last, known)]


def _part(part: str, known: Mapping[str, str]) -> str:
    name, bracket, rest = part.partition("[")
    label, key = known.get(name, name), rest.rstrip("]")
    if not bracket:
        return label
    # People count from 1.
    return f"{label} {int(key) + 1}" if key.isascii() and key.isdecimal() else f"{label} {key}"
