"""Submissions: what visitors sent through forms of the web, kept as it came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

import attrs

from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.restoring import restored
from contactcore.read_only import EMPTY

__all__ = ["SUBMISSION_STATES", "UNDECIDED", "Submission", "SubmissionState"]

SubmissionState = Literal["new", "suggested", "accepted", "dismissed"]
"""Whether a submission made a contact, waits beside a stored one, was taken over by a user, or was put aside."""

SUBMISSION_STATES: tuple[SubmissionState, ...] = ("new", "suggested", "accepted", "dismissed")

UNDECIDED: tuple[SubmissionState, ...] = ("suggested", "dismissed")
"""The states in which a user may take a submission over, or make a contact of it."""


@frozen(kw_only=True)
class Submission:
    """The data that a visitor sent through a form (IMP-6).

    A submission belongs to one contact: the contact that it made, or the stored contact with the same e-mail address
    or phone number. Users who see the contact see its submissions. The library makes submissions; nobody changes what
    came.

    Attributes:
        id: The id, which the page with the form had already, so that sending a page twice gives one submission.
        version: The number of stored versions.
        contact_id: The id of the contact.
        form_id: The id of the form.
        form_version: The version of the form.
        language: The language of the page (`"fr"`).
        fields: The texts that the visitor typed, by the names of the fields; a tuple of texts for several choices.
        email: The e-mail address that the visitor gave, in its usual spelling; `""` for none.
        consent: The wording that the visitor agreed to; `""` if the form asks for no consent.
        consent_version: The version of that wording.
        received: The time, in UTC; also the time of the consent.
        state: `"new"` if it made the contact, `"suggested"` until a user looks at it, then `"accepted"` or
            `"dismissed"`.
        accepted: The names of the fields that a user took over.
        contact_version: The version of the contact after it was made, or after the fields were taken over; 0 before
            that, and after a merge that gave the submission another contact, in which nothing is undone.
        affiliation_id: The id of the affiliation that it made for the contact person of a company; `""` for none.
        before: The former values of the contact that taking over replaced, for the undo.
        digest: The digest of the fields, by which a repeated submission is recognised.

    >>> Submission(id="1", contact_id="2", form_id="3", fields={"email": "jo@bois.fr"}).state
    'new'
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.count)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    form_id: str = attrs.field(default="", converter=parsing.as_given)
    form_version: int = attrs.field(default=0, converter=parsing.count)
    language: str = attrs.field(default="", converter=parsing.as_given)
    fields: Mapping[str, Any] = attrs.field(default=EMPTY, converter=conversion.fields, hash=False)
    email: str = attrs.field(default="", converter=parsing.line)
    consent: str = attrs.field(default="", converter=parsing.text)
    consent_version: str = attrs.field(default="", converter=parsing.line)
    received: datetime | None = attrs.field(default=None, converter=conversion.moment)
    state: str = attrs.field(default="new", converter=parsing.line)
    accepted: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    contact_version: int = attrs.field(default=0, converter=parsing.count)
    affiliation_id: str = attrs.field(default="", converter=parsing.as_given)
    before: Mapping[str, Any] = attrs.field(default=EMPTY, converter=conversion.fields, hash=False, repr=False)
    digest: str = attrs.field(default="", converter=parsing.as_given, repr=False)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored submission without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def kind(self) -> str:
        """`"submission"`."""
        return "submission"

    @property
    def display_name(self) -> str:
        """The name that the visitor typed, else the e-mail address or the phone number."""
        typed = {name: value for name, value in self.fields.items() if isinstance(value, str)}
        names = [typed.get(name, "") for name in ("prefix", "given_name", "family_name", "name", "division")]
        others = (typed.get(name, "") for name in ("email", "phone"))
        return " ".join(" ".join(filter(None, names)).split())[:200] or next(filter(None, others), "")

    @property
    def since(self) -> datetime | None:
        """When the submission was received, in UTC, under the name that other records of a contact have for it."""
        return self.received
