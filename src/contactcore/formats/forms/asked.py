"""The fields that a form asks for now: those of its definition, as far as the settings still have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contactcore.formats.forms.signing import digest_of
from contactcore.formats.forms.wording import label_of
from contactcore.frozen import frozen
from contactcore.model import FieldDefinition, FieldType, Settings
from contactcore.model.entry import CUSTOM
from contactcore.model.form import Form, FormField, custom_slug, in_language

__all__ = ["AskedField", "asked_digest", "asked_fields", "type_in_force"]

LINE, TEXT, EMAIL, PHONE, URL, DATE = "line", "text", "email", "phone", "url", "date"
_BUILT_IN: Mapping[str, tuple[str, str]] = {
    "prefix": (LINE, "honorific-prefix"),
    "given_name": (LINE, "given-name"),
    "family_name": (LINE, "family-name"),
    "birthday": (DATE, "bday"),
    "name": (LINE, "organization"),
    "division": (LINE, "off"),
    "email": (EMAIL, "email"),
    "phone": (PHONE, "tel"),
    "website": (URL, "url"),
    "street": (LINE, "address-line1"),
    "street2": (LINE, "address-line2"),
    "postal_code": (LINE, "postal-code"),
    "city": (LINE, "address-level2"),
    "region": (LINE, "address-level1"),
    "country": (LINE, "country-name"),
    "message": (TEXT, "off"),
    "person.prefix": (LINE, "honorific-prefix"),
    "person.given_name": (LINE, "given-name"),
    "person.family_name": (LINE, "family-name"),
    "person.position": (LINE, "organization-title"),
    "person.email": (EMAIL, "email"),
    "person.phone": (PHONE, "tel"),
}
"""Name of a built-in field -> what is typed into it, and its autocomplete token (HTML, autofill detail tokens)."""

_CUSTOM: Mapping[FieldType, str] = {
    FieldType.TEXT: LINE,
    FieldType.LONG_TEXT: TEXT,
    FieldType.NUMBER: "number",
    FieldType.DATE: DATE,
    FieldType.YES_NO: "yes-no",
    FieldType.CHOICE: "choice",
    FieldType.CHOICES: "choices",
    FieldType.EMAIL: EMAIL,
    FieldType.PHONE: PHONE,
    FieldType.URL: URL,
}


@frozen(kw_only=True)
class AskedField:
    """A field of a page.

    Attributes:
        name: The name, as in `FormField`.
        required: Whether it must be filled in.
        field: The field of the form; one without texts for a custom field that only its definition requires.
        typed: What is typed into it: `"line"`, `"text"`, `"email"`, `"phone"`, `"url"`, `"date"`, `"number"`,
            `"yes-no"`, `"choice"` or `"choices"`.
        autocomplete: The autocomplete token.
        definition: The definition of a custom field; None for a built-in one.
    """

    name: str
    required: bool
    field: FormField
    typed: str
    autocomplete: str = "off"
    definition: FieldDefinition | None = None

    def label(self, language: str) -> str:
        """The label in a language of forms."""
        own = in_language(self.field.label, language)
        if own:
            return own
        return label_of(self.name, language) if self.definition is None else self.definition.name


def type_in_force(form: Form, settings: Settings) -> str:
    """The type of the contacts that a form makes now; `""` if its type was archived, or removed without replacement.

    Args:
        form: The form.
        settings: The settings of the workspace.
    """
    resolved = settings.types.resolve(form.type) if form.type else ""
    entry = settings.types.get(resolved)
    return resolved if entry is not None and entry.offered else ""


def asked_fields(form: Form, settings: Settings) -> tuple[AskedField, ...]:
    """The fields that a form asks for now.

    A custom field that was archived or removed is left out. A custom field that its definition requires is always asked
    for, because no contact can be made without it.

    Args:
        form: The form.
        settings: The settings of the workspace.

    >>> form = Form("Contact", fields=["email", "fields.size"])
    >>> [one.name for one in asked_fields(form, Settings())]
    ['email']
    """
    type = type_in_force(form, settings)
    custom = {
        f"{CUSTOM}{one.slug}": one for one in settings.fields if not one.archived and one.belongs_to(form.makes, type)
    }
    return tuple(_asked(form, custom))


def _asked(form: Form, custom: Mapping[str, FieldDefinition]) -> Iterator[AskedField]:
    for field in form.fields:
        definition = custom.get(field.name)
        if definition is not None:
            yield _custom(field, definition)
        elif not custom_slug(field.name):
            typed, autocomplete = _BUILT_IN[field.name]
            required = field.required
            yield AskedField(name=field.name, required=required, field=field, typed=typed, autocomplete=autocomplete)
    names = {field.name for field in form.fields}
    for name, definition in custom.items():
        if definition.required and name not in names:
            yield _custom(FormField(name), definition)


def _custom(field: FormField, definition: FieldDefinition) -> AskedField:
    required = field.required or definition.required
    typed = _CUSTOM[definition.type]
    return AskedField(name=field.name, required=required, field=field, typed=typed, definition=definition)


def asked_digest(form: Form, asked: tuple[AskedField, ...], language: str) -> str:
    """The digest of what a page asks. A page with another digest was made before the form was changed.

    Args:
        form: The form.
        asked: The result of `asked_fields`.
        language: The language of the page.
    """
    consent = in_language(form.consent, language)
    return digest_of([form.consent_version if consent else "", consent, *(one.name for one in asked)])[:32]
