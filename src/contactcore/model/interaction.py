"""Interactions: the events of the timeline of a contact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, Self, get_args

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.payload import payload
from contactcore.model.restoring import restored
from contactcore.read_only import EMPTY
from contactcore.values.texts import clean_line
from contactcore.values.timezone import parse_timezone, zone_name, zone_of

__all__ = ["Interaction", "InteractionState", "LinkedFile", "reversed_times"]

InteractionState = Literal["planned", "done", "cancelled"]
"""Whether an interaction is still to come, took place, or was called off."""

MOST_FILES = 50
"""The maximum number of files of an interaction. The longest texts of that many still fit into one record."""

_LONGEST_NAME = 100
_FIRST_YEAR, _LAST_YEAR = 1800, 2999
# Such an address runs a program, or holds the file itself.
_NO_REFERENCE = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)


def _find_reference(value: str) -> str:
    reference = clean_line(value, exact=True)
    if not reference:
        raise Invalid("reference-empty", "Give the address of the file, or its id in your application.", value=value)
    if _NO_REFERENCE.match(reference):
        message = "Give the address of the file, or its id in your application, not a program or the file itself."
        raise Invalid("reference-scheme", message, value=value[:100])
    return reference


_read_reference = parsing.converter(_find_reference)


def _reference(value: str) -> str:
    return _read_reference(value)


@frozen
class LinkedFile:
    """A file that an interaction names; the application keeps it.

    Attributes:
        reference: The address of the file, or its id in the application.
        name: The name for people to read; `""` for none.

    Raises:
        Invalid: `reference-empty`, `reference-scheme` for an address such as `javascript:...` or `data:...`.

    >>> LinkedFile("https://files.example.org/7.pdf", name="Estimate").name
    'Estimate'
    """

    reference: str = attrs.field(converter=_reference)
    name: str = attrs.field(default="", converter=parsing.line)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


def _find_state(value: str) -> str:
    state = clean_line(value)
    if state and state not in get_args(InteractionState):
        choices = ", ".join(get_args(InteractionState))
        raise Invalid("state-unknown", f"The states of an interaction are {choices}.", value=value)
    return state


_read_state = parsing.converter(_find_state)
_read_timezone = parsing.converter(lambda name: parse_timezone(name) if name != "" else "")
_read_files = parsing.many(LinkedFile, LinkedFile)


def _state(value: str) -> str:
    return _read_state(value)


def _moment(value: datetime | str | None) -> datetime | None:
    if isinstance(value, datetime) and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        return _out_of_range(value)
    read = conversion.moment(value)
    if not isinstance(read, datetime):
        return read
    # The constructor needs the name of the zone that the time has.
    moment = value if isinstance(value, datetime) else read
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else _out_of_range(moment)


def _out_of_range(value: datetime) -> datetime:
    message = f"The year must be from {_FIRST_YEAR} to {_LAST_YEAR}."
    facts = {"first": str(_FIRST_YEAR), "last": str(_LAST_YEAR)}
    refused: datetime = parsing.reject("time-range", message, value.isoformat(), facts)
    return refused


def _timezone(value: str) -> str:
    return _read_timezone(value)


def _files(values: Iterable[LinkedFile | str]) -> tuple[LinkedFile, ...]:
    read = _read_files(values)
    if isinstance(read, tuple) and len(read) > MOST_FILES:
        refused: tuple[LinkedFile, ...] = parsing.reject(
            "too-many", f"An interaction has at most {MOST_FILES} files.", facts={"limit": MOST_FILES}
        )
        return refused
    return read


def reversed_times(start: object, end: object) -> Iterator[Problem]:
    """The problem of an interaction that ends before it starts; refused and missing times are ignored.

    Args:
        start: The start.
        end: The end.
    """
    if isinstance(start, datetime) and isinstance(end, datetime) and end < start:
        message = "The end lies before the start: correct one of them, or leave the end out."
        yield Problem("times-reversed", "end", message, end.isoformat())


@frozen
class Interaction:
    """Something that happened or will happen with a contact: a note, an appointment, a message (SIT-6).

    `start` and `end` are in UTC. `local_start` and `local_end` are the same times in the time zone of the interaction.

    Attributes:
        title: The subject; an interaction without a title needs a body.
        id: The id that the library assigns; `""` before the interaction is stored.
        version: The number of stored versions; 0 before the interaction is stored.
        contact_id: The id of the contact; set by the library.
        type: The slug of one of the workspace's types of interactions: `"note"`, the default, `"appointment"`,
            `"payment-request"`, `"document"`, `"message"`, `"action"`, or one that an admin added. `""` if the type was
            removed from the list since.
        item_id: The id of an item of the contact; `""` for none.
        site_id: The id of a site of the contact; `""` for none, and for a site that is not there now.
        person_id: The id of a person who took part; `""` for none, and for a person whom the actor does not see.
        actor: The name of the user who recorded the interaction; set by the library.
        start: The start: a datetime with its time zone, or text in ISO 8601 with an offset. The time of the recording
            by default.
        end: The end; None for none.
        timezone: The name of the time zone of the place where it happens. That of `start` by default, else that of the
            workspace.
        body: Text of several lines.
        state: `"planned"`, `"done"` or `"cancelled"`. By default an interaction that starts in the future is planned,
            and any other one is done.
        payload: Data of the application, of JSON types, at most 50,000 bytes of JSON. Its lists become tuples.
        attachments: The files that belong to the interaction, at most 50: a `LinkedFile` each, or its reference as
            text.
        since: The time of the recording, in UTC; set by the library.

    Raises:
        Invalid: One error lists all problems, each with its field as path; `interaction-empty` without title and body,
            `times-reversed`, `time-without-zone`, `time-range`, `time-syntax`, `timezone-unknown`,
            `state-unknown`, `payload-type`, `payload-too-large`, `payload-too-deep`.

    >>> from zoneinfo import ZoneInfo
    >>> visit = Interaction("Roof", type="appointment", start=datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Europe/Paris")))
    >>> visit.start.hour, visit.timezone, visit.local_start.hour
    (7, 'Europe/Paris', 9)
    """

    title: str = attrs.field(default="", converter=parsing.line)
    id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    version: int = attrs.field(default=0, converter=parsing.whole_number, kw_only=True)
    contact_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    type: str = attrs.field(default="note", converter=parsing.line, kw_only=True)
    item_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    site_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    person_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    actor: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    start: datetime | None = attrs.field(default=None, converter=_moment, kw_only=True)
    end: datetime | None = attrs.field(default=None, converter=_moment, kw_only=True)
    timezone: str = attrs.field(default="", converter=_timezone, kw_only=True)
    body: str = attrs.field(default="", converter=parsing.text, kw_only=True)
    state: str = attrs.field(default="", converter=_state, kw_only=True)
    payload: Mapping[str, Any] = attrs.field(default=EMPTY, converter=payload, hash=False, kw_only=True)
    attachments: tuple[LinkedFile, ...] = attrs.field(default=(), converter=_files, kw_only=True)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._problems())
        if self.start is not None and not self.timezone:
            object.__setattr__(self, "timezone", zone_name(self.start))
        # The name of the zone is kept, so the times themselves compare and sort as moments.
        for name in ("start", "end"):
            moment: datetime | None = getattr(self, name)
            if moment is not None:
                object.__setattr__(self, name, moment.astimezone(UTC))

    def _problems(self) -> Iterable[Problem]:
        if not self.title and not self.body:
            yield Problem("interaction-empty", "title", "Give the interaction a title or a text.")
        yield from reversed_times(self.start, self.end)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored interaction without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def kind(self) -> str:
        """`"interaction"`."""
        return "interaction"

    @property
    def display_name(self) -> str:
        """The title; without one, the first line of the body, at most 100 characters of it."""
        return self.title or self.body.partition("\n")[0][:_LONGEST_NAME]

    @property
    def local_start(self) -> datetime | None:
        """The start in the time zone of the interaction; None before the interaction is stored without a start."""
        return self._local(self.start)

    @property
    def local_end(self) -> datetime | None:
        """The end in the time zone of the interaction; None for none."""
        return self._local(self.end)

    def _local(self, moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone_of(self.timezone or "UTC"))
