"""The sentences of the screens in three languages, from `texts.txt`; the library has the names of fields and words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGES", "sentences", "translate"]

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "pl": "Polski"}
_CODES = tuple(LANGUAGES)


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """English text -> language -> text."""
    lines = (Path(__file__).parent / "texts.txt").read_text("utf-8").splitlines()
    rows = ([part.strip() for part in line.split(" | ")] for line in lines if line and not line.startswith("#"))
    return {row[0]: dict(zip(_CODES, row, strict=True)) for row in rows}


def translate(text: str, language: str, values: Mapping[str, object]) -> str:
    """A sentence of the screens in a language; in English if the catalogue lacks it."""
    found = sentences().get(text, {}).get(language, text)
    return found.format_map(values) if values else found
