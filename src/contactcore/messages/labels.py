"""The names of fields and of other words of the library for people: a file of TOML for each language in `words/`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal, TypeAlias

from contactcore.messages.catalogue import base_of, refuse_other_than_text
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
    r"""The name of a field, or of another word of the library, as a screen shows it.

    The path of a problem becomes the name of its field. Names that belong to a workspace, such as those of custom
    fields, types and authorities, are in its settings.

    Args:
        word: The name or the path of a field (`"emails[1]"`), or a word that the library stores or returns.
        language: A BCP 47 tag such as `"fr"` or `"fr-CA"`. English replaces a language without labels.
        of: What the word is: `"field"` (the default); `"record"`, the kind of a record; `"kind"` of a phone number;
            `"cause"` and `"change"` of the history; `"matched"` of a search hit; `"source"` of a contact; `"entry"` of
            an account; `"field-type"`; `"job"`, `"login"`, `"state"`, `"status"`, `"submission"` and `"erasure"`, the
            states of jobs, logins, interactions, items, submissions and erasures; `"letter"`; `"likeness"` and
            `"verdict"` of a comparison; `"access"`.

    Returns:
        The label; the word itself if the library has none, such as the slug of a custom field.

    Raises:
        Invalid: `text-type`.

    >>> label_of("emails[1]", "en"), label_of("addresses[0].postal_code", "fr"), label_of("person.given_name", "pl")
    ('E-mail 2', 'Adresse 1\xa0: Code postal', 'Imię')
    >>> label_of("hand-over", "de", of="cause"), label_of("fields.size", "de")
    ('Übergabe', 'size')
    """
    refuse_other_than_text(word=word, of=of)
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
