"""The templates of messages. Six languages are built in, and an application may override each template.

Overrides are plain data, because the settings store them: slug -> language -> `{"subject": ..., "text": ..., "html":
...}`. A part that is left out is taken from the built-in template. The HTML is an exception, because it must say the
same as the text: a new text without HTML gives a letter without HTML, and HTML without a text is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from contactcore.errors import Invalid, Problem
from contactcore.formats.letters import english, french, german, italian, polish, spanish
from contactcore.formats.placeholders import Template
from contactcore.frozen import frozen
from contactcore.values import Language
from contactcore.values.texts import clean_line

__all__ = ["LETTERS", "Letter", "LetterTemplate", "Overrides", "check_letters", "write_letter"]

Overrides: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]

LETTERS: Mapping[str, tuple[str, ...]] = {
    "welcome": ("name", "firm", "login", "link", "hours"),
    "set-password": ("name", "firm", "login", "link", "hours"),
    "confirm-email": ("name", "firm", "login", "email", "link", "hours"),
    "email-requested": ("name", "firm", "login"),
    "responsible-assigned": ("name", "firm", "contact", "by"),
    "responsible-imported": ("name", "firm", "by"),
    "responsible-several": ("name", "firm", "by"),
    "form-thanks": ("firm", "form"),
}
"""The built-in letters with their variables."""

_BUILT_IN = {
    "en": english.TEXTS,
    "fr": french.TEXTS,
    "de": german.TEXTS,
    "pl": polish.TEXTS,
    "es": spanish.TEXTS,
    "it": italian.TEXTS,
}
# The languages of ISO 639-1. A tag of three letters is accepted too, unless it is a longer code of a built-in language.
_LANGUAGES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905 # a table of codes is read as text
)
_LONGER_CODES = frozenset(("eng", "fra", "fre", "deu", "ger", "pol", "spa", "ita"))
_FALLBACK_LANGUAGE = "en"
_PARTS = ("subject", "text", "html")
_LONGEST_SUBJECT = 2_000


@frozen
class LetterTemplate:
    """The source of a letter's template.

    Attributes:
        subject: Template of the subject.
        text: Template of the plain text.
        html: Template of the HTML; `""` for none.
    """

    subject: str
    text: str
    html: str = ""

    def read(self) -> Iterator[tuple[str, Template]]:
        """Parse each part that is not empty, and yield its name with the parsed template.

        Raises:
            Invalid: a code of `Template.read`, with the name of the part as path.
        """
        for part in _PARTS:
            written: str = getattr(self, part)
            if written:
                try:
                    template = Template.read(written)
                except Invalid as error:
                    raise error.under(part) from None
                yield part, template


@frozen
class Letter:
    """A letter with all placeholders replaced.

    Attributes:
        subject: Subject, one line.
        text: Content as plain text.
        html: Content as HTML; `""` for none.
        language: Language of the template.
    """

    subject: str
    text: str
    html: str
    language: Language


def write_letter(
    slug: str, language: Language | str, values: Mapping[str, str], overrides: Overrides | None = None
) -> Letter:
    """Fill a letter, in the language of the reader, in this language without its region, or in English.

    Args:
        slug: A slug of `LETTERS`, such as `"welcome"`, or of `overrides`.
        language: Language of the reader.
        values: Values by the name of their variable. They are escaped in HTML, and the subject is put on one line.
        overrides: Templates of the workspace; none by default.

    Raises:
        Invalid: `letter-unknown`, `letter-incomplete`, `variable-unknown`, and the codes of `Template`.

    >>> values = {"name": "Jo", "firm": "Bois & Fils", "contact": "Zoë", "by": "Amélie"}
    >>> write_letter("responsible-assigned", "fr-CA", values).subject
    'Vous suivez désormais Zoë'
    """
    wanted = language if isinstance(language, Language) else Language(language)
    for name in dict.fromkeys((wanted.text, wanted.base, _FALLBACK_LANGUAGE)):
        found = _template(slug, name, overrides or {})
        if found is not None:
            filled = {part: _fill(part, template, values) for part, template in found.read()}
            return Letter(filled["subject"], filled["text"], filled.get("html", ""), Language(name))
    known = ", ".join(sorted({*LETTERS, *(overrides or {})}))
    raise Invalid("letter-unknown", f"Letters are {known}.", path="template", value=slug)


def check_letters(overrides: Overrides) -> None:
    """Refuse overrides with which `write_letter` would fail.

    Args:
        overrides: Templates of the workspace: slug -> language -> part -> template.

    Raises:
        Invalid: all problems at once, with paths such as `welcome.fr.text`: `language-syntax`, `letter-part-unknown`,
            `letter-incomplete`, `letter-link-missing`, `variable-unknown`, `letter-unknown`, `language-unknown`, and
            the codes of `Template`.

    >>> check_letters({"welcome": {"fr": {"html": "<p>Bonjour {{ name }}</p>"}}})
    Traceback (most recent call last):
    contactcore.errors.Invalid: welcome.fr.text: Give the text that belongs to the HTML too.
    """
    problems: list[Problem] = []
    for slug, languages in overrides.items():
        if slug not in LETTERS:
            known = ", ".join(sorted(LETTERS))
            problems.append(Problem("letter-unknown", slug, f"Letters are {known}.", slug, {"known": tuple(LETTERS)}))
            continue
        for language in languages:
            try:
                _check(slug, language, overrides)
            except Invalid as error:
                problems.extend(error.under(f"{slug}.{language}").problems)
    if problems:
        raise Invalid(problems)


def _check(slug: str, language: str, overrides: Overrides) -> None:
    tag = Language(language)
    if tag.text != language:
        raise Invalid("language-syntax", f"Write the language as {tag}.", value=language)
    if tag.base not in _LANGUAGES and (len(tag.base) != 3 or tag.base in _LONGER_CODES):
        raise Invalid("language-unknown", "Give a language by its shortest code, like fr.", value=language)
    problems: list[Problem] = []
    found = _template(slug, language, overrides)
    for part, template in () if found is None else found.read():
        try:
            template.check(LETTERS[slug])
        except Invalid as error:
            problems.extend(error.under(part).problems)
        if part != "subject" and "link" in LETTERS[slug] and "link" not in template.names:
            message = "Nobody could do what this letter asks for: give it {{ link }}."
            problems.append(Problem("letter-link-missing", part, message))
    if problems:
        raise Invalid(problems)


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
