"""The messages and the labels that screens show, for any arguments: wrong ones are refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contactcore import messages
from contactcore.errors import Invalid, check_text
from contactcore.messages import LabelGroup
from contactcore.read_only import EMPTY

__all__ = ["label_of", "message_of"]


def message_of(
    code: str, language: str, facts: Mapping[str, Any] = EMPTY, *, context: str = "", default: str = ""
) -> str:
    """The message of a code in a language.

    Args:
        code: The stable code of a problem or of an answer.
        language: A BCP 47 tag such as `"fr"` or `"fr-CA"`. English replaces a language without a catalogue.
        facts: The facts of the problem, by name.
        context: The kind of answer, where the code has a meaning of its own there (`"row"` for a line of a report).
        default: The English message as it was raised. It is returned for English, for an unknown code, and if a fact of
            the message is missing.

    Raises:
        Invalid: `text-type` if an argument is no text; `not-a-mapping` for other facts.

    >>> message_of("password-too-short", "fr", {"limit": 12})
    'Choisissez un mot de passe d’au moins 12 caractères.'
    >>> message_of("past", "pl-PL"), message_of("past", "nl")
    ('Osoba nie działa już w imieniu klienta.', 'The person does not act for the client any more.')
    """
    check_text(code=code, language=language, context=context, default=default)
    if not isinstance(facts, Mapping):
        raise Invalid("not-a-mapping", "Give the facts by their names.", path="facts", value=facts)
    return messages.message_of(code, language, facts, context=context, default=default)


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
        Invalid: `text-type` if an argument is no text.

    >>> label_of("emails[1]", "en"), label_of("addresses[0].postal_code", "fr"), label_of("person.given_name", "pl")
    ('E-mail 2', 'Adresse 1\xa0: Code postal', 'Imię')
    >>> label_of("hand-over", "de", of="cause"), label_of("fields.size", "de")
    ('Übergabe', 'size')
    """
    check_text(word=word, language=language, of=of)
    return messages.label_of(word, language, of=of)
