"""The catalogues: a file of TOML for each language, which is read when its first message is needed.

An entry is a sentence with the facts of the problem by name (`{limit}`). Where the sentence depends on a number, the
entry is a table: `by` names the fact, and the other keys are plural categories of the Unicode CLDR. A table of entries,
such as `[row]`, holds what codes mean in one kind of answer only.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from contactcore.read_only import EMPTY

__all__ = ["MESSAGE_LANGUAGES", "base_of", "catalogue", "is_plural", "message_of", "plural_of", "written"]

MESSAGE_LANGUAGES = ("en", "fr", "pl", "de", "es", "it")
"""The languages with a catalogue of messages."""

_GROUPS = {
    "en": (",", 4),
    "fr": ("\N{NARROW NO-BREAK SPACE}", 4),
    "pl": ("\N{NO-BREAK SPACE}", 5),
    "de": (".", 4),
    "es": (".", 5),
    "it": (".", 4),
}
"""Language -> the sign between groups of three digits, and the fewest digits of a number that has groups (CLDR)."""

_LONGEST = 200
"""The most characters of a fact in a message."""


@functools.cache
def catalogue(language: str) -> Mapping[str, Any]:
    """The entries of a language, by code.

    Args:
        language: One of `MESSAGE_LANGUAGES`.
    """
    # Most processes never need a catalogue.
    import tomllib
    from importlib import resources

    file = resources.files("contactcore.messages").joinpath(f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def base_of(language: str) -> str:
    """The language of the catalogues that stands for a tag: its language without the region, else English.

    >>> base_of("fr_CA"), base_of("nl")
    ('fr', 'en')
    """
    base = language.replace("_", "-").partition("-")[0].lower()
    return base if base in MESSAGE_LANGUAGES else "en"


def message_of(
    code: str, language: str, facts: Mapping[str, Any] = EMPTY, *, context: str = "", default: str = ""
) -> str:
    """The message of a code, as in `contactcore.wording.message_of`, of arguments that have the right types."""
    base = base_of(language)
    if base == "en" and default:
        return default
    entries = catalogue(base)
    entry = entries.get(context, EMPTY).get(code) if context else None
    if entry is None:
        entry = entries.get(code)
    if isinstance(entry, dict):
        entry = _chosen(entry, base, facts) if is_plural(entry) else None
    if entry is None:
        return default or code
    try:
        return str(entry).format_map({name: written(value, base) for name, value in facts.items()})
    except (KeyError, ValueError):
        return default or code


def is_plural(entry: object) -> bool:
    """Whether an entry depends on a number; any other table holds the entries of a context."""
    return isinstance(entry, dict) and "by" in entry


def _chosen(forms: Mapping[str, str], language: str, facts: Mapping[str, Any]) -> str | None:
    count = facts.get(forms["by"])
    category = plural_of(language, count) if isinstance(count, int) else "other"
    return forms.get(category, forms["other"])


def plural_of(language: str, count: int) -> str:
    """The plural category of a whole number.

    Args:
        language: One of `MESSAGE_LANGUAGES`.
        count: The number, 0 or more.

    >>> [plural_of("pl", count) for count in (1, 2, 5, 12, 22)], plural_of("fr", 0)
    (['one', 'few', 'many', 'many', 'few'], 'one')

    Source: Unicode CLDR, Language Plural Rules. Its category for whole millions in Romance languages needs `de` or `di`
    behind the number, and no entry has a number of that size written out.
    """
    if language == "pl":
        if count == 1:
            return "one"
        few = count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14}
        return "few" if few else "many"
    return "one" if count == 1 or (language == "fr" and count == 0) else "other"


def written(value: object, language: str) -> str:
    r"""A fact as a message shows it: numbers in groups of three digits, lists with commas, and texts on one line.

    Args:
        value: The fact.
        language: One of `MESSAGE_LANGUAGES`.

    >>> written(10000, "fr"), written(1000, "pl"), written(["a", "b"], "de")
    ('10\u202f000', '1000', 'a, b')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        sign, fewest = _GROUPS[language]
        return f"{value:,}".replace(",", sign) if len(str(abs(value))) >= fewest else str(value)
    text = ", ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
