"""Forms of the web: the fields that an admin asks visitors for, the texts, and the defaults of the new contacts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, cast
from urllib.parse import urlsplit

import attrs

from contactcore.errors import Invalid, Problem, shorten
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.access import AccessPolicy
from contactcore.model.entry import CUSTOM
from contactcore.model.restoring import restored
from contactcore.read_only import EMPTY, ReadOnlyDict
from contactcore.values import Tag
from contactcore.values.texts import clean_line, clean_text

__all__ = ["FORM_FIELDS", "FORM_LANGUAGES", "OF_PERSON", "Form", "FormField", "FormTexts", "custom_slug", "in_language"]

FORM_LANGUAGES = ("en", "fr", "de", "pl", "es", "it")
"""The languages in which forms have labels and messages."""

OF_PERSON = "person."
"""The beginning of the names of the fields of a company's contact person."""

_SHARED = (*("email", "phone", "website", "street", "street2", "postal_code", "city", "region", "country", "message"),)
FORM_FIELDS: Mapping[str, tuple[str, ...]] = {
    "person": ("prefix", "given_name", "family_name", "birthday", *_SHARED),
    "company": (
        *("name", "division", *_SHARED),
        *(f"{OF_PERSON}{name}" for name in ("prefix", "given_name", "family_name", "position", "email", "phone")),
    ),
}
"""The kind of contact that a form makes -> the names of the built-in fields that it can ask for."""

_IDENTIFYING = frozenset(("given_name", "family_name", "name", "division", "email", "phone"))
_MOST_FIELDS = 50
_LONGEST_TEXT = 5_000
_PATH = re.compile(r"/(?![/\\])[^\s\\]*")

FormTexts = Mapping[str, str]
"""Language -> text; the language `""` is for every language without a text of its own."""


def in_language(texts: FormTexts, language: str) -> str:
    """The text in a language, else the one for every language, else the first one; `""` without texts.

    Args:
        texts: The texts by language.
        language: One of `FORM_LANGUAGES`.

    >>> in_language({"": "Hello", "fr": "Bonjour"}, "fr"), in_language({"": "Hello"}, "de"), in_language({}, "de")
    ('Bonjour', 'Hello', '')
    """
    return texts.get(language) or texts.get("") or next(iter(texts.values()), "")


def custom_slug(name: str) -> str:
    """The slug of the custom field that a field of a form is for; `""` for a built-in field.

    Args:
        name: The name of the field.

    >>> custom_slug("fields.size"), custom_slug("email")
    ('size', '')
    """
    return name.removeprefix(CUSTOM) if name.startswith(CUSTOM) else ""


def _texts(value: FormTexts | str) -> FormTexts:
    refused: Any
    if type(value) is ReadOnlyDict:
        return value
    if value is None or value == "":
        return EMPTY
    if isinstance(value, str):
        value = {"": value}
    if not isinstance(value, Mapping):
        refused = parsing.reject("not-a-mapping", "Give a text, or texts by their languages.", value)
        return cast("FormTexts", refused)
    problems: list[Problem] = []
    kept: dict[str, str] = {}
    for language, text in value.items():
        if language not in ("", *FORM_LANGUAGES):
            message = f"Languages of forms are {', '.join(FORM_LANGUAGES)}."
            problems.append(Problem("form-language-unknown", f"[{shorten(language)}]", message, language))
            continue
        try:
            kept[language] = clean_text(text, limit=_LONGEST_TEXT)
        except Invalid as error:
            problems.extend(error.under(f"[{language}]").problems)
    refused = parsing.Refusal(tuple(problems))
    return cast("FormTexts", refused if problems else ReadOnlyDict({one: text for one, text in kept.items() if text}))


@frozen
class FormField:
    """A field of a form.

    Attributes:
        name: The name: a built-in field such as `email` (see `FORM_FIELDS`), or `fields.<slug>` for a custom field.
        required: Whether a visitor must fill it in; False by default.
        label: The label; by default that of the library, or the name of the custom field. One text for every language,
            or texts by language.
        help: A sentence that helps to fill in the field; none by default.

    >>> FormField("email", required=True, label={"fr": "Votre courriel"}).label["fr"]
    'Votre courriel'
    """

    name: str = attrs.field(converter=parsing.line)
    required: bool = attrs.field(default=False, converter=conversion.yes_no, kw_only=True)
    label: FormTexts = attrs.field(default=EMPTY, converter=_texts, hash=False, kw_only=True)
    help: FormTexts = attrs.field(default=EMPTY, converter=_texts, hash=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


def _field(value: object) -> FormField:
    return FormField(value) if isinstance(value, str) else parsing.only(FormField)(value)


_read_fields = parsing.many(FormField, _field)


def _fields(values: Iterable[FormField | str]) -> tuple[FormField, ...]:
    return _read_fields(values)


def _find_kind(value: str) -> str:
    if not isinstance(value, str) or value not in FORM_FIELDS:
        raise Invalid("kind-unknown", f"Kinds are {', '.join(FORM_FIELDS)}.", value=value)
    return value


_read_kind = parsing.converter(_find_kind)


def _kind(value: str) -> str:
    return _read_kind(value)


def _find_language(value: str) -> str:
    if value not in FORM_LANGUAGES:
        message = f"Languages of forms are {', '.join(FORM_LANGUAGES)}."
        raise Invalid("form-language-unknown", message, value=value)
    return value


_read_languages = parsing.many(str, _find_language)


def _languages(values: Iterable[str]) -> tuple[str, ...]:
    read = _read_languages(values)
    return read if isinstance(read, parsing.Refusal) else read or FORM_LANGUAGES


def _find_page(value: str | None) -> str:
    page = "" if value is None else clean_line(value, exact=True)
    if not page or _PATH.fullmatch(page):
        return page
    try:
        parts = urlsplit(page)
        is_page = parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_page = False
    if not is_page or re.search(r"[\s\\]", page):
        message = "Give the address of a page, like https://www.example.org/thanks, or its path, like /thanks."
        raise Invalid("form-return-page", message, value=value)
    return page


_read_page = parsing.converter(_find_page)


def _page(value: str | None) -> str:
    return _read_page(value)


def _access(value: AccessPolicy | str) -> AccessPolicy:
    return cast("AccessPolicy", conversion.policy(value or AccessPolicy.PRIVATE))


@frozen
class Form:
    """A form of the web; the definition is stored on the server only, and a visitor changes nothing of it (IMP-6).

    Attributes:
        name: The name for the users of the application.
        id: The id that the library assigns; `""` before the form is stored.
        version: The number of stored versions; 0 before the form is stored.
        makes: The kind of contact that a submission makes: `"person"` (the default) or `"company"`.
        fields: The fields in their order, at most 50: a `FormField` each, or its name. At least one of them is a name,
            an e-mail address or a phone number.
        title, introduction: Texts above the fields; none by default.
        button: The text of the button; by default that of the library.
        thanks: The text that a visitor reads after the submission; by default that of the library.
        consent: The wording that a visitor must agree to; none by default.
        consent_purpose: The purpose to which a visitor agrees by it, as `session.privacy.consents` shows it;
            `"contact"` by default.
        consent_version: The version of this wording, such as `"2026-03"`, which each submission keeps.
        type: The slug of the type of the new contacts; `""` for none.
        categories: Slugs of their categories.
        tags: Their tags.
        responsibles: The names of their responsible users. Without any, a private contact is seen by the admins only.
        access: Their access policy; private by default.
        return_to: The page to which the visitor goes after the submission: an address, or a path on the same site;
            `""` (the default) for none.
        languages: The languages in which the form is published, the preferred one first; by default all six, that of
            the workspace first.
        thank_you: Whether the visitor gets a letter of thanks; False by default.
        min_seconds: The time that a person needs to fill in the form, 0 to 3,600 seconds; 3 by default. A submission
            that comes earlier is refused.
        max_hours: The time for which a page with the form is valid, 1 to 720 hours; 24 by default.
        archived: Whether the form accepts no more submissions.

    Raises:
        Invalid: One error lists all problems, each with its field as path; `form-nameless`, `form-field-unknown`,
            `form-field-twice`, `form-anonymous` without a field that identifies the visitor, `form-language-unknown`,
            `form-return-page`, `form-consent-version` for a wording without a version, `form-age`.

    >>> form = Form("Contact", fields=["given_name", "family_name", FormField("email", required=True), "message"])
    >>> [field.name for field in form.fields if field.required], form.languages[0], form.access.value
    (['email'], 'en', 'private')
    """

    name: str = attrs.field(default="", converter=parsing.line)
    id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    version: int = attrs.field(default=0, converter=parsing.count, kw_only=True)
    makes: str = attrs.field(default="person", converter=_kind, kw_only=True)
    fields: tuple[FormField, ...] = attrs.field(default=(), converter=_fields, kw_only=True)
    title: FormTexts = attrs.field(default=EMPTY, converter=_texts, hash=False, kw_only=True)
    introduction: FormTexts = attrs.field(default=EMPTY, converter=_texts, hash=False, kw_only=True)
    button: FormTexts = attrs.field(default=EMPTY, converter=_texts, hash=False, kw_only=True)
    thanks: FormTexts = attrs.field(default=EMPTY, converter=_texts, hash=False, kw_only=True)
    consent: FormTexts = attrs.field(default=EMPTY, converter=_texts, hash=False, kw_only=True)
    consent_purpose: str = attrs.field(default="contact", converter=parsing.line, kw_only=True)
    consent_version: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    type: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    categories: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs, kw_only=True)
    tags: tuple[Tag, ...] = attrs.field(default=(), converter=value_conversion.tags, kw_only=True)
    responsibles: tuple[str, ...] = attrs.field(default=(), converter=conversion.user_names, kw_only=True)
    access: AccessPolicy = attrs.field(default=AccessPolicy.PRIVATE, converter=_access, kw_only=True)
    return_to: str = attrs.field(default="", converter=_page, kw_only=True)
    languages: tuple[str, ...] = attrs.field(default=FORM_LANGUAGES, converter=_languages, kw_only=True)
    thank_you: bool = attrs.field(default=False, converter=conversion.yes_no, kw_only=True)
    min_seconds: int = attrs.field(default=3, converter=parsing.count, kw_only=True)
    max_hours: int = attrs.field(default=24, converter=parsing.count, kw_only=True)
    archived: bool = attrs.field(default=False, converter=conversion.yes_no, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._problems())

    def _problems(self) -> Iterator[Problem]:
        if self.name == "":
            yield Problem("form-nameless", "name", "Give the form a name.")
        if isinstance(self.fields, tuple) and isinstance(self.makes, str):
            yield from self._field_problems()
        if isinstance(self.consent, Mapping) and self.consent and not self.consent_version:
            message = "Give the wording of the consent a version, such as 2026-03: each submission keeps it."
            yield Problem("form-consent-version", "consent_version", message)
        for name, fewest, most in (("min_seconds", 0, 3_600), ("max_hours", 1, 720)):
            value = getattr(self, name)
            if isinstance(value, int) and not fewest <= value <= most:
                facts = {"least": fewest, "most": most}
                yield Problem("form-age", name, f"Give a number from {fewest} to {most}.", value, facts)

    def _field_problems(self) -> Iterator[Problem]:
        known, seen = FORM_FIELDS[self.makes], set[str]()
        for index, field in enumerate(self.fields):
            if not custom_slug(field.name) and field.name not in known:
                message = f"Fields are {', '.join(known)}, and {CUSTOM}<slug> for a custom field."
                yield Problem("form-field-unknown", f"fields[{index}]", message, field.name)
            if field.name in seen:
                yield Problem("form-field-twice", f"fields[{index}]", "Ask for each field once.", field.name)
            seen.add(field.name)
        if len(self.fields) > _MOST_FIELDS:
            yield Problem(
                "too-many", "fields", f"A form has at most {_MOST_FIELDS} fields.", facts={"limit": _MOST_FIELDS}
            )
        if not seen & _IDENTIFYING:
            message = "Ask for a name, an e-mail address or a phone number, so that a contact can be made."
            yield Problem("form-anonymous", "fields", message)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored form without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)
