"""The wording of forms in six languages: labels, buttons, and the messages that a visitor reads."""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.formats.forms.words import english, french, german, italian, polish, spanish
from contactcore.model.form import FORM_LANGUAGES, OF_PERSON

__all__ = ["chosen_language", "label_of", "message_of", "word"]

_WORDS = {"en": english, "fr": french, "de": german, "pl": polish, "es": spanish, "it": italian}

_FAMILIES: Mapping[str, str] = {
    "field-not-date": "date",
    "field-not-number": "number",
    "field-no-such-choice": "choice",
    "field-not-list": "choice",
    "field-not-yes-no": "choice",
    "text-too-long": "too-long",
}
"""Code of a problem -> the message of a visitor; other codes are found by their first word."""


def chosen_language(wanted: str, offered: tuple[str, ...]) -> str:
    """The language of a page: the first of the visitor's languages that the form has, else the form's first one.

    Args:
        wanted: A language tag such as `"fr-CA"`, or the value of a header `Accept-Language`; `""` for no wish.
        offered: The languages of the form, at least one.

    >>> chosen_language("nl,fr-CA;q=0.9,en;q=0.8", ("en", "fr")), chosen_language("", ("de", "fr"))
    ('fr', 'de')
    """
    tags = [_weighted(part) for part in wanted.replace("_", "-").lower().split(",")[:20]]
    # The sort keeps the sequence of equal weights.
    for _, tag in sorted(tags, key=lambda pair: -pair[0]):
        base = tag.partition("-")[0]
        if base in offered:
            return base
    return offered[0]


def _weighted(part: str) -> tuple[float, str]:
    tag, _, rest = part.strip().partition(";")
    _, found, weight = rest.partition("q=")
    try:
        return (float(weight) if found else 1.0), tag.strip()
    except ValueError:
        return 0.0, tag.strip()


def _of(language: str) -> object:
    return _WORDS[language if language in FORM_LANGUAGES else "en"]


def label_of(name: str, language: str) -> str:
    """The label of a built-in field.

    >>> label_of("family_name", "pl")
    'Nazwisko'
    >>> label_of("person.family_name", "de")
    'Ansprechpartner: Nachname'
    """
    labels: Mapping[str, str] = _of(language).LABELS  # type: ignore[attr-defined] # a module of words
    if name.startswith(OF_PERSON):
        return f"{word('person', language)}: {labels[name.removeprefix(OF_PERSON)]}"
    return labels[name]


def word(name: str, language: str) -> str:
    """A word of the page, such as `"send"`.

    >>> word("send", "de")
    'Absenden'
    """
    texts: Mapping[str, str] = _of(language).TEXTS  # type: ignore[attr-defined] # a module of words
    return texts[name]


def message_of(code: str, language: str) -> str:
    """The message of a visitor for the code of a problem or of an answer; a general one for a code without its own.

    >>> message_of("email-syntax", "fr"), message_of("address-empty", "en")
    ('Indiquez une adresse e-mail, comme nom@example.org.', 'Please check this field.')
    """
    messages: Mapping[str, str] = _of(language).MESSAGES  # type: ignore[attr-defined] # a module of words
    return messages.get(code) or messages.get(_FAMILIES.get(code) or code.partition("-")[0]) or messages["other"]
