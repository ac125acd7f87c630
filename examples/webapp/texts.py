"""The texts of the screens in three languages: `texts.txt` has the sentences, `labels.txt` the names of fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGES", "field_label", "sentences", "translate"]

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "pl": "Polski"}
_CODES = tuple(LANGUAGES)
_HERE = Path(__file__).parent


def _lines(name: str) -> Iterator[list[str]]:
    for line in (_HERE / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [part.strip() for part in line.split(" | ")]


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """English text -> language -> text."""
    return {parts[0]: dict(zip(_CODES, parts, strict=True)) for parts in _lines("texts.txt")}


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    return {parts[0]: dict(zip(_CODES, parts[1:], strict=True)) for parts in _lines("labels.txt")}


def translate(text: str, language: str, values: Mapping[str, object]) -> str:
    """A sentence of the screens in a language; in English if the catalogue lacks it."""
    found = sentences().get(text, {}).get(language, text)
    return found.format_map(values) if values else found


def field_label(path: str, language: str) -> str:
    """The name of a field for people: `emails[1]` is the second e-mail address."""
    if path in _labels():
        return _labels()[path][language]
    last = path.rpartition(".")[2]
    name, bracket, rest = last.partition("[")
    if not name.isidentifier() or name not in _labels():
        return path.rpartition(":")[2] if ":" in path else path.removeprefix("fields.")
    number = rest.rstrip("]")
    return _labels()[name][language] + (f" {int(number) + 1}" if bracket and number.isdecimal() else "")
