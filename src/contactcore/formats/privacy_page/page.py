"""The page itself: plain HTML without scripts; every text of it is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from contactcore.formats.privacy_page.words import WORDS

__all__ = ["PAGE_LANGUAGES", "held_html"]

PAGE_LANGUAGES = tuple(WORDS)
"""The languages of the page."""

_PARTS = ("person", "records", "elsewhere", "login", "messages", "history", "imports")
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_DEEPEST = 12
_HIDDEN = frozenset({"id", "version"})
"""What says nothing to the person: the document has it."""


def held_html(data: Mapping[str, Any], language: str) -> str:
    """Return the page of a document about a person.

    Args:
        data: The document, of JSON types.
        language: One of `PAGE_LANGUAGES`; any other language gives English.

    >>> page = held_html({"person": {"given_name": "<Jane>"}, "complete": True}, "fr")
    >>> "<dt>Prénom</dt><dd>&lt;Jane&gt;</dd>" in page, "<Jane>" in page
    (True, False)
    """
    words = WORDS.get(language, WORDS["en"])
    shown = language if language in WORDS else "en"
    body = "".join(_section(part, data[part], words) for part in _PARTS if part in data)
    note = "" if data.get("complete", True) else f"<p>{escape(words['partial'])}</p>"
    made = f"<p>{escape(words['made'])} {_text(data['made'])}</p>" if "made" in data else ""
    title = escape(words["heading"])
    return (
        f'<!DOCTYPE html>\n<html lang="{shown}">\n<head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:">'
        f"<title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{made}{note}{body}</body>\n</html>\n"
    )


def _section(name: str, value: Any, words: Mapping[str, str]) -> str:
    inside = _value(value, words, 0) if value else f"<p>{escape(words['nothing'])}</p>"
    return f"<section><h2>{_word(name, words)}</h2>{inside}</section>\n"


def _word(name: str, words: Mapping[str, str]) -> str:
    return escape(words.get(name) or name.replace("_", " ").replace("-", " "))


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?(?:\.\d+)?(?:Z|\+00:00)")
"""A time in UTC, which people read without seconds."""


def _value(value: Any, words: Mapping[str, str], depth: int) -> str:
    if depth > _DEEPEST:
        return escape(str(value))
    if isinstance(value, Mapping):
        return f"<dl>{''.join(_pairs(value, words, depth))}</dl>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"<ul>{''.join(f'<li>{_value(one, words, depth + 1)}</li>' for one in value)}</ul>"
    if isinstance(value, bool):
        return escape(words["yes" if value else "no"])
    return _text(value)


def _text(value: Any) -> str:
    return escape("" if value is None else _MOMENT.sub(r"\1 \2 UTC", str(value)))


def _pairs(value: Mapping[str, Any], words: Mapping[str, str], depth: int) -> Iterator[str]:
    media_type = value.get("media_type")
    hidden = _HIDDEN | ({"kind"} if "version" in value else frozenset())
    for name, one in value.items():
        is_repeated = name == "display_name" and one in (value.get("title"), value.get("name"))
        if name in hidden or str(name).endswith("_id") or is_repeated:
            continue
        if name == "data" and media_type in _PICTURES and isinstance(one, str):
            image = f'<img alt="" src="data:{escape(str(media_type))};base64,{escape(one)}">'
            yield f"<dt>{_word('picture', words)}</dt><dd>{image}</dd>"
        else:
            yield f"<dt>{_word(str(name), words)}</dt><dd>{_value(one, words, depth + 1)}</dd>"
