"""The errors that the library raises.

A problem is a value, and one exception carries all problems of an input. A form with three faults is refused once,
with three problems. Each problem has the field, the value, the reason and a code that never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import attrs

from contactcore.frozen import frozen
from contactcore.messages import message_of, written
from contactcore.read_only import EMPTY, read_only

__all__ = [
    "Conflict",
    "ContactCoreError",
    "Duplicate",
    "Forbidden",
    "Invalid",
    "NotFound",
    "Problem",
    "StorageError",
    "check_day",
    "check_list",
    "check_record",
    "check_text",
    "collect",
    "differing_fields",
    "records_of",
    "shorten",
    "with_article",
]

_T = TypeVar("_T")

_SHOWN = 80


def shorten(value: object, limit: int = _SHOWN) -> str:
    r"""The `repr` of a value as one printable line, for messages.

    A value whose `repr` fails, such as a number of 5,000 digits, is shown by its type.

    Args:
        value: The value to show.
        limit: The maximum length, in code points; 80 by default. A longer text ends with "…".

    >>> shorten("a\nb")
    "'a\\nb'"
    """
    try:
        text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    except Exception:  # noqa: BLE001 - a refusal must not end in an error of the refused value
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def with_article(noun: str, article: str = "a") -> str:
    """A noun behind its indefinite article, for messages.

    Args:
        noun: The noun, the kind of a record or the name of a class.
        article: `"a"`, the default, or `"A"` at the beginning of a sentence.

    >>> with_article("item"), with_article("Person"), with_article("company", "A")
    ('an item', 'a Person', 'A company')
    """
    return f"{article}{'n' if noun[:1].lower() in {*'aeio'} else ''} {noun}"


@frozen
class Problem:
    """One fault of one value.

    Attributes:
        code: A stable, machine-readable code in kebab case (`"email-syntax"`).
        path: The path of the field, outermost name first (`"emails[1]"`); `""` for the whole input.
        message: The reason as an English sentence that says how to correct the input.
        value: The refused value, as the caller gave it.
        facts: Named values for a translated message.
    """

    code: str
    path: str
    message: str
    value: object = None
    facts: Mapping[str, Any] = attrs.field(default=EMPTY, converter=read_only)

    def under(self, path: str) -> Problem:
        """The same problem with its path prefixed by the field that contains it.

        Args:
            path: The path of the containing field.

        >>> Problem("email-syntax", "", "…").under("emails[0]").path
        'emails[0]'
        """
        if not self.path:
            joined = path
        elif self.path.startswith("["):
            joined = path + self.path
        else:
            joined = f"{path}.{self.path}"
        return attrs.evolve(self, path=joined)

    def stored_facts(self) -> dict[str, Any]:
        """The facts as a JSON object, for a report that is stored."""
        return {
            name: value if isinstance(value, int | str | None) else written(value, "en")
            for name, value in self.facts.items()
        }

    def message_in(self, language: str) -> str:
        """The message in a language: English as it was raised, other languages from the code and the facts.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.

        >>> Problem("amount-decimals", "amount", "EUR has 2 decimals.", facts={"decimals": 2}).message_in("fr")
        'La devise a 2 décimales : arrondissez vous-même le montant.'
        """
        check_text(language=language)
        return message_of(self.code, language, self.facts, default=self.message)

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        shown = "" if self.value is None else f" (got {shorten(self.value)})"
        return f"{where}{self.message}{shown}"


class ContactCoreError(Exception):
    """The base class of all errors that this library raises on purpose.

    Attributes:
        code: A stable, machine-readable code in kebab case.
        facts: Named values for a translated message.
    """

    code: str = "error"
    facts: Mapping[str, Any] = EMPTY

    def message_in(self, language: str) -> str:
        """The message in a language: English as it was raised, other languages from the code and the facts.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.

        >>> NotFound("contact", "7").message_in("fr")
        'Cette fiche (7) n’existe pas, ou vous n’êtes pas autorisé à la voir.'
        """
        check_text(language=language)
        return message_of(self.code, language, self.facts, default=str(self))


class Invalid(ContactCoreError, ValueError):
    """The input is refused; `problems` lists every fault that was found.

    The error also has the `code`, `path`, `value` and message of the first problem as attributes, because most
    refusals have only one problem.

    >>> error = Invalid("email-syntax", "This is not an e-mail address.", path="emails[0]", value="x")
    >>> str(error)
    "emails[0]: This is not an e-mail address. (got 'x')"
    """

    def __init__(
        self,
        code: str | Iterable[Problem],
        message: str = "",
        *,
        path: str = "",
        value: object = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        if isinstance(code, str):
            self.problems: tuple[Problem, ...] = (Problem(code, path, message, value, facts or {}),)
        else:
            self.problems = tuple(code)
        if not self.problems:
            raise AssertionError("an Invalid error needs at least one problem")
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @property
    def code(self) -> str:  # type: ignore[override] # read-only here, a constant elsewhere
        """The code of the first problem."""
        return self.problems[0].code

    @property
    def path(self) -> str:
        """The field of the first problem."""
        return self.problems[0].path

    @property
    def field(self) -> str:
        """The same as `path`."""
        return self.path

    @property
    def value(self) -> object:
        """The refused value of the first problem."""
        return self.problems[0].value

    @property
    def reason(self) -> str:
        """The message of the first problem."""
        return self.problems[0].message

    @property
    def facts(self) -> Mapping[str, Any]:  # type: ignore[override] # read-only here, a constant elsewhere
        """The facts of the first problem."""
        return self.problems[0].facts

    def message_in(self, language: str) -> str:
        """The messages of all problems in a language, each behind its path (see `Problem.message_in`).

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.

        >>> Invalid("tag-empty", "A tag needs a name.", path="tags[0]").message_in("pl")
        'tags[0]: Etykieta musi mieć nazwę.'
        """
        return "; ".join(
            f"{problem.path}: {problem.message_in(language)}" if problem.path else problem.message_in(language)
            for problem in self.problems
        )

    def under(self, path: str) -> Invalid:
        """The same refusal with the path of every problem prefixed by the field that contains it.

        Args:
            path: The path of the containing field.
        """
        return Invalid(problem.under(path) for problem in self.problems)

    def __reduce__(self) -> tuple[type[Invalid], tuple[tuple[Problem, ...]]]:
        return (Invalid, (self.problems,))


class NotFound(ContactCoreError, LookupError):
    """There is no such record, or the actor may not see it; both cases give the same error (ACC-3).

    Attributes:
        what: The kind of the record (`"contact"`).
        id: The id.
        path: The argument that had the id; `""` if no argument had it.
    """

    code = "not-found"

    def __init__(self, what: str, id: str, path: str = "") -> None:
        self.what = what
        self.id = id
        self.path = path
        self.facts: Mapping[str, Any] = {"what": what, "id": id}
        super().__init__(f"There is no {what} {shorten(id)} that you may see.")

    def __reduce__(self) -> tuple[type[NotFound], tuple[str, str, str]]:
        return (NotFound, (self.what, self.id, self.path))


_MAINTAINED = frozenset(
    {"id", "version", "revision", "primary_sequence", "added_at", "added_by", "changed_at", "changed_by"}
)
"""The fields that the library maintains, in which two versions of a record always differ."""


def differing_fields(one: object, other: object) -> Iterator[str]:
    """The fields in which two versions of a record differ; `fields.<slug>` for a custom field.

    Fields that the library maintains are left out. Records of two classes are compared in the fields that both have.

    Args:
        one, other: The versions; there is no difference to anything that is no record.
    """
    kind: Any = type(one)
    other_kind: Any = type(other)
    if not (attrs.has(kind) and attrs.has(other_kind)):
        return
    names = {field.name for field in attrs.fields(other_kind) if field.eq}
    for field in attrs.fields(kind):
        name = field.name
        if name not in names or not field.eq or name in _MAINTAINED:
            continue
        mine, stored = getattr(one, name), getattr(other, name)
        if mine != stored:
            if name == "fields" and isinstance(mine, Mapping) and isinstance(stored, Mapping):
                yield from (
                    f"fields.{slug}" for slug in dict.fromkeys([*mine, *stored]) if mine.get(slug) != stored.get(slug)
                )
            else:
                yield name


class Conflict(ContactCoreError):
    """Another transaction changed the record first (DIR-15).

    Attributes:
        mine: The version that the caller tried to save.
        stored: The version that is stored now; None if the record was deleted or became invisible to the actor.
        fields: The fields in which the two versions differ, `fields.<slug>` for a custom field. After a refused merge
            of changes with `merged`, the fields that both sides changed.
        merged: After a refused merge of changes, `mine` with the changes of others in all other fields, and with the
            stored version: a form shows it for the second attempt, so that nobody's change is lost. None otherwise,
            and if the history does not have the version that was read.
    """

    code = "conflict"

    def __init__(
        self,
        mine: object,
        stored: object,
        message: str = "",
        fields: Iterable[str] | None = None,
        merged: object = None,
    ) -> None:
        # Type checkers cannot know the class of the record.
        self.mine: Any = mine
        self.stored: Any = stored
        self.merged: Any = merged
        self.fields: tuple[str, ...] = tuple(differing_fields(mine, stored) if fields is None else fields)
        changed = "The record was changed since you read it. Compare `mine` with `stored`, then save again."
        deleted = "The record was deleted since you read it, or you may no longer see it. Search for it again."
        super().__init__(message or (changed if stored is not None else deleted))

    def __reduce__(self) -> tuple[type[Conflict], tuple[object, object, str, tuple[str, ...], object]]:
        return (Conflict, (self.mine, self.stored, str(self), self.fields, self.merged))


class Duplicate(ContactCoreError):
    """A value that must be unique exists already.

    Attributes:
        key: The unique key, in words of the domain (`"tag vip"`).
        existing: The id of the record that has the key; None where the id would reveal a hidden record.
    """

    code = "duplicate"

    def __init__(self, key: str, existing: str | None = None, message: str = "") -> None:
        self.key = key
        self.existing = existing
        self.facts: Mapping[str, Any] = {"key": key}
        super().__init__(message or f"{key} exists already: use it, or choose another.")

    def __reduce__(self) -> tuple[type[Duplicate], tuple[str, str | None, str]]:
        return (Duplicate, (self.key, self.existing, str(self)))


class Forbidden(ContactCoreError, PermissionError):
    """The actor may see the record but may not do this with it."""

    code: str = "forbidden"

    def __init__(self, message: str, code: str = "forbidden", facts: Mapping[str, Any] = EMPTY) -> None:
        self.code = code
        self.facts = facts
        super().__init__(message)

    def __reduce__(self) -> tuple[type[Forbidden], tuple[str, str, Mapping[str, Any]]]:
        return (Forbidden, (str(self), self.code, self.facts))


class StorageError(ContactCoreError):
    """The storage failed, for example because of a full disk, a lost connection or a file of a newer version."""

    code: str = "storage"

    def __init__(self, message: str, code: str = "storage", facts: Mapping[str, Any] = EMPTY) -> None:
        self.code = code
        self.facts = facts
        super().__init__(message)


def check_text(**values: object) -> None:
    """Refuse arguments that are no text.

    Args:
        values: The arguments by their names.

    Raises:
        Invalid: `text-type`.

    >>> check_text(language="fr")
    """
    for name, value in values.items():
        if not isinstance(value, str):
            raise Invalid("text-type", f"Give text here, not {type(value).__name__}.", path=name, value=value)


def check_day(**values: object) -> None:
    """Refuse arguments that are no days; a moment with an hour is none.

    Args:
        values: The arguments by their names.

    Raises:
        Invalid: `date-type`.

    >>> from datetime import date
    >>> check_day(on=date(2026, 3, 5))
    """
    for name, value in values.items():
        if not isinstance(value, date) or isinstance(value, datetime):
            raise Invalid("date-type", f"Give a date here, not {type(value).__name__}.", path=name)


def check_list(**values: object) -> None:
    """Refuse arguments that are no iterables, and text, bytes and mappings, which nobody means as lists.

    Args:
        values: The arguments by their names.

    Raises:
        Invalid: `not-a-list`.

    >>> check_list(countries=["FR", "DE"])
    """
    for name, value in values.items():
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise Invalid("not-a-list", f"Give a list here, not {type(value).__name__}.", path=name)


def check_record(kind: type, **values: object) -> None:
    """Refuse arguments that are no objects of a class.

    Args:
        kind: The class.
        values: The arguments by their names.

    Raises:
        Invalid: `record-type`.

    >>> check_record(Problem, problem=Problem("tag-empty", "", "A tag needs a name."))
    """
    for name, value in values.items():
        if not isinstance(value, kind):
            message = f"Give {with_article(kind.__name__)} here, not {type(value).__name__}."
            raise Invalid("record-type", message, path=name)


def records_of(kind: type[_T], **lists: Iterable[_T]) -> Iterator[_T]:
    """The objects of a class in a caller's lists, one by one.

    Args:
        kind: The class.
        lists: The arguments by their names; any iterables but text, bytes and mappings.

    Raises:
        Invalid: `not-a-list`; `record-type` for an object of another class, with its place.

    >>> [problem.code for problem in records_of(Problem, problems=[Problem("tag-empty", "", "A tag needs a name.")])]
    ['tag-empty']
    """
    for name, values in lists.items():
        check_list(**{name: values})
        for index, value in enumerate(values):
            check_record(kind, **{f"{name}[{index}]": value})
            yield value


def collect(*attempts: tuple[str, Callable[[], _T]]) -> tuple[_T, ...]:
    """Calls every attempt and returns the results in the same sequence.

    Args:
        attempts: Pairs of a field's path and a function without arguments.

    Raises:
        Invalid: One or more attempts raised `Invalid`; the error lists the problems of all of them, each with its path.

    >>> def refuse() -> str:
    ...     raise Invalid("tag-empty", "A tag needs a name.")
    >>> try:
    ...     collect(("tags[0]", refuse), ("tags[1]", refuse))
    ... except Invalid as error:
    ...     [problem.path for problem in error.problems]
    ['tags[0]', 'tags[1]']
    """
    results: list[_T] = []
    problems: list[Problem] = []
    for path, attempt in attempts:
        try:
            results.append(attempt())
        except Invalid as error:
            problems.extend(error.under(path).problems)
    if problems:
        raise Invalid(problems)
    return tuple(results)
