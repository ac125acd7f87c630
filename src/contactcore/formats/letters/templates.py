"""The templates of messages: built in for English, French and Polish, each replaceable by the workspace.

Overrides are plain data, so that settings can keep them: slug -> language -> `{"subject": ..., "text": ..., "html":
...}`. A part that is left out is the built-in one, with one exception: HTML belongs to its text. Whoever gives another
text without HTML gets a letter without HTML, and HTML alone is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.letters import english, french, polish
from contactcore.formats.placeholders import Template
from contactcore.values import Language
from contactcore.values.texts import clean_line

__all__ = ["LETTERS", "Letter", "LetterTemplate", "Overrides", "check_letters", "write_letter"]

Overrides: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]

LETTERS: Mapping[str, tuple[str, ...]] = {
    "welcome": ("name", "firm", "login", "link", "hours"),
    "set-password": ("name", "firm", "login", "link", "hours"),
    "responsible-assigned": ("name", "firm", "contact", "by"),
    "responsible-imported": ("name", "firm", "by"),
}
"""The built-in letters and the variables of each."""

_BUILT_IN = {"en": english.TEXTS, "fr": french.TEXTS, "pl": polish.TEXTS}
_LAST_RESORT = "en"
_PARTS = ("subject", "text", "html")
_LONGEST_SUBJECT = 2_000


@attrs.frozen
class LetterTemplate:
    """The three parts of a letter's template, as written; `html` may be `""`."""

    subject: str
    text: str
    html: str = ""

    def read(self) -> Iterator[tuple[str, Template]]:
        """Each part that there is, read.

        Raises:
            Invalid: with the part's name as path.
        """
        for part in _PARTS:
            written: str = getattr(self, part)
            if written:
                try:
                    template = Template.read(written)
                except Invalid as error:
                    raise error.under(part) from None
                yield part, template


@attrs.frozen
class Letter:
    """A letter that is ready to be sent.

    Attributes:
        subject: One line.
        text: Plain text.
        html: The same as HTML, or `""`.
        language: The language that it was found in.
    """

    subject: str
    text: str
    html: str
    language: Language


def write_letter(
    slug: str, language: Language | str, values: Mapping[str, str], overrides: Overrides | None = None
) -> Letter:
    """The letter, in the language asked for if there is one, else without its region, else in English.

    Args:
        slug: One of `LETTERS`, such as `"welcome"`, or one that only `overrides` has.
        language: Of the reader.
        values: By the name of the variable. In HTML they are escaped; in the subject they stay on the line.
        overrides: The workspace's own templates.

    Raises:
        Invalid: `letter-unknown`, `letter-incomplete`, `variable-unknown`, and what `Template` refuses.

    >>> values = {"name": "Jo", "firm": "Bois & Fils", "contact": "Zoë", "by": "Amélie"}
    >>> write_letter("responsible-assigned", "fr-CA", values).subject
    'Vous suivez désormais Zoë'
    """
    wanted = language if isinstance(language, Language) else Language(language)
    for name in dict.fromkeys((wanted.text, wanted.base, _LAST_RESORT)):
        found = _template(slug, name, overrides or {})
        if found is not None:
            filled = {part: _fill(part, template, values) for part, template in found.read()}
            return Letter(filled["subject"], filled["text"], filled.get("html", ""), Language(name))
    known = ", ".join(sorted({*LETTERS, *(overrides or {})}))
    raise Invalid("letter-unknown", f"Letters are {known}.", path="template", value=slug)


def check_letters(overrides: Overrides) -> None:
    """Refuse overrides that would fail when a letter is written, before any is.

    Raises:
        Invalid: all problems at once, with paths such as `welcome.fr.text`.
    """
    problems: list[Problem] = []
    for slug, languages in overrides.items():
        for language in languages:
            try:
                _check(slug, language, overrides)
            except Invalid as error:
                problems.extend(error.under(f"{slug}.{language}").problems)
    if problems:
        raise Invalid(problems)


def _check(slug: str, language: str, overrides: Overrides) -> None:
    if Language(language).text != language:
        raise Invalid("language-syntax", f"Write the language as {Language(language)}.", value=language)
    found = _template(slug, language, overrides)
    for part, template in () if found is None else found.read():
        if slug in LETTERS:
            try:
                template.check(LETTERS[slug])
            except Invalid as error:
                raise error.under(part) from None


def _template(slug: str, language: str, overrides: Overrides) -> LetterTemplate | None:
    built_in = _BUILT_IN.get(language, {}).get(slug, {})
    own = overrides.get(slug, {}).get(language)
    if own is None:
        return LetterTemplate(**built_in) if built_in else None
    unknown = sorted(set(own) - set(_PARTS))
    if unknown:
        raise Invalid("letter-part-unknown", f"The parts of a letter are {', '.join(_PARTS)}.", path=unknown[0])
    parts = {**built_in, **own}
    if own.get("html") and not own.get("text"):
        raise Invalid("letter-incomplete", "Give the text that belongs to the HTML too.", path="text")
    if own.get("text") and "html" not in own:
        parts["html"] = ""
    for part in ("subject", "text"):
        if not parts.get(part):
            raise Invalid("letter-incomplete", f"Give the letter a {part}.", path=part)
    return LetterTemplate(**parts)


def _fill(part: str, template: Template, values: Mapping[str, str]) -> str:
    try:
        filled = template.fill(values, html=part == "html")
        return clean_line(filled[:_LONGEST_SUBJECT], limit=_LONGEST_SUBJECT) if part == "subject" else filled
    except Invalid as error:
        raise error.under(part) from None
