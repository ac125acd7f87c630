"""Templates that contain placeholders and nothing else. A scanner reads them; nothing compiles or runs them.

A template is text, HTML or a Word document. A placeholder is the name of a variable in double braces. It is looked up
in one flat mapping, which gives a hostile template no attributes to follow. Time and memory are in proportion to the
template and to the values, and both are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias, overload

from contactcore.errors import Invalid, Problem, check_record
from contactcore.formats.documents.scanning import scan
from contactcore.formats.documents.variables import Values, Variable
from contactcore.frozen import frozen

__all__ = [
    "LONGEST_RESULT",
    "LONGEST_TEMPLATE",
    "Missing",
    "Target",
    "check_length",
    "check_names",
    "missing",
    "names_in",
    "render",
]

LONGEST_TEMPLATE = 1_000_000
"""Greatest length of a template of text or HTML, in characters."""

LONGEST_RESULT = 10_000_000
"""Greatest length of a document of text or HTML, and of all values in a Word document together, in characters."""

Target: TypeAlias = Literal["text", "html", "docx"]

_MOST_PROBLEMS = 20


@frozen
class Missing:
    """A variable of a template that has no value for the client.

    Attributes:
        name: Name in the template, such as `representatives[2].email`.
        variable: Variable of the catalogue.
    """

    name: str
    variable: Variable


def names_in(template: str | bytes) -> tuple[str, ...]:
    """Return the names of the variables in a template, each once, in the sequence of their first use.

    Args:
        template: Text or HTML, or the bytes of a Word document.

    Raises:
        Invalid: the codes of `scan`; `template-too-long`; `template-type`; for a Word document the codes of
            `fill_docx`.

    >>> names_in("{{ client.name }}, {{ client.email }}, {{ client.name }}")
    ('client.name', 'client.email')
    """
    if isinstance(template, bytes):
        from contactcore.formats.documents.word import names_in_docx

        return names_in_docx(template)
    return tuple(dict.fromkeys(name for _, _, name in scan(_checked(template))))


def missing(template: str | bytes, values: Values) -> tuple[Missing, ...]:
    """Return the variables that a document would leave blank, without making the document (PER-6).

    Args:
        template: Text or HTML, or the bytes of a Word document.
        values: Values of the client.

    Raises:
        Invalid: the codes of `names_in`; `record-type` for other values; `variable-unknown`.

    >>> known = (Variable("client.name", "text", "Name."), Variable("client.phone", "phone", "Phone."))
    >>> values = Values(known, {"client.name": "Bois & Fils"})
    >>> [one.name for one in missing("{{ client.name }}, {{ client.phone }}", values)]
    ['client.phone']
    """
    check_record(Values, values=values)
    names = names_in(template)
    check_names(names, values)
    return tuple(
        Missing(name, variable)
        for name in names
        if not values.texts.get(name) and (variable := values.find(name)) is not None
    )


def check_names(names: Iterable[str], values: Values) -> None:
    """Refuse unknown variables.

    Args:
        names: Names in a template.
        values: Values whose catalogue knows the variables.

    Raises:
        Invalid: `variable-unknown`, one problem for each of the first 20 unknown names; the fact `close` holds up to
            three similar names.
    """
    from difflib import get_close_matches

    unknown = [name for name in dict.fromkeys(names) if values.find(name) is None]
    known = [one.name for one in values.variables]
    problems = []
    for name in unknown[:_MOST_PROBLEMS]:
        close = get_close_matches(name, known, 3, 0.5)
        hint = f"Did you mean {' or '.join(close)}?" if close else "List the variables to see what there is."
        if re.search(r"\[(?:0\d*|n)\]", name):
            hint = "Write a number in the brackets, counting from 1."
        message = f"There is no variable {name}. {hint}"
        problems.append(Problem("variable-unknown", "", message, name, {"close": tuple(close)}))
    if problems:
        raise Invalid(problems)


@overload
def render(template: str, values: Values, target: Literal["text", "html"] = "text") -> str: ...
@overload
def render(template: bytes, values: Values, target: Literal["docx"]) -> bytes: ...
@overload
def render(template: str | bytes, values: Values, target: Target = "text") -> str | bytes: ...
def render(template: str | bytes, values: Values, target: Target = "text") -> str | bytes:
    """Make a document: replace every placeholder of a template, and leave those without a value blank.

    Values are escaped for the target and never parsed as a template.

    Args:
        template: Text for `"text"`, HTML for `"html"`, or the bytes of a .docx file for `"docx"`.
        values: Values of the client.
        target: Format of the template and the document: `"text"` (the default), `"html"` or `"docx"`.

    Raises:
        Invalid: `record-type` for other values; `variable-unknown` with similar names, raised before anything is
            filled in; `template-construct` for braces that are no placeholder; `template-syntax`, `template-too-long`,
            `template-too-many`, `result-too-long`, `template-place`, `not-a-docx`, `docx-too-large`, `template-type`,
            `target-unknown`, `extra-missing`.

    >>> values = Values((Variable("client.name", "text", "Name."),), {"client.name": "Bois & Fils"})
    >>> render("<p>{{ client.name }}</p>", values, "html")
    '<p>Bois &amp; Fils</p>'
    """
    check_record(Values, values=values)
    if target == "docx":
        return _render_docx(template, values)
    if target not in ("text", "html"):
        raise Invalid("target-unknown", "Targets are text, html and docx.", path="target", value=target)
    text = _checked(template)
    spans = scan(text)
    check_names((name for _, _, name in spans), values)
    if target == "html":
        from contactcore.formats.documents.html import escapers

        writers: Iterable[Callable[[str], str]] = escapers(text, spans)
    else:
        writers = [str] * len(spans)
    parts: list[str] = []
    length = position = 0
    for (start, end, name), write in zip(spans, writers, strict=True):
        parts += (text[position:start], write(values.texts.get(name, "")))
        position = end
        length += len(parts[-1]) + len(parts[-2])
        check_length(length)
    check_length(length + len(text) - position)
    return "".join((*parts, text[position:]))


def _render_docx(template: str | bytes, values: Values) -> bytes:
    if not isinstance(template, bytes):
        raise Invalid(
            "template-type", "Give the bytes of a .docx file.", path="template", value=type(template).__name__
        )
    from contactcore.formats.documents.word import fill_docx, names_in_docx

    check_names(names_in_docx(template), values)
    filled = 0

    def look_up(name: str) -> str:
        nonlocal filled
        text = values.texts.get(name, "")
        filled += len(text)
        check_length(filled)
        return text

    return fill_docx(template, look_up)


def check_length(length: int) -> None:
    """Refuse a document that is longer than `LONGEST_RESULT`.

    Args:
        length: Length of the document so far, in characters.

    Raises:
        Invalid: `result-too-long`.
    """
    if length > LONGEST_RESULT:
        raise Invalid(
            "result-too-long",
            f"The document would be longer than {LONGEST_RESULT:,} characters: use fewer placeholders.",
            facts={"limit": LONGEST_RESULT},
        )


def _checked(template: object) -> str:
    if not isinstance(template, str):
        kind = type(template).__name__
        raise Invalid("template-type", "Give text; bytes are for Word documents.", path="template", value=kind)
    if len(template) > LONGEST_TEMPLATE:
        raise Invalid(
            "template-too-long",
            f"A template is limited to {LONGEST_TEMPLATE:,} characters and this one has {len(template):,}.",
            facts={"limit": LONGEST_TEMPLATE, "length": len(template)},
        )
    return template
