"""Templates that hold placeholders and nothing else: read by a scanner, never compiled, never run.

A template is text, HTML or a Word document. In each a placeholder is the name of a variable in double braces and
nothing else, looked up in one flat mapping: there is nothing in it that a hostile template could walk along. Time and
memory are in proportion to the template and to what is filled in, and both are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias, overload

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.documents.scanning import scan
from contactcore.formats.documents.variables import Values, Variable

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
"""Characters of a template of text or HTML."""

LONGEST_RESULT = 10_000_000
"""Characters of a document of text or HTML; characters that are filled in to a Word document."""

Target: TypeAlias = Literal["text", "html", "docx"]

_MOST_PROBLEMS = 20


@attrs.frozen
class Missing:
    """A variable that a template needs and that says nothing of this client.

    Attributes:
        name: As it stands in the template: `representatives[2].email`.
        variable: The variable of the catalogue.
    """

    name: str
    variable: Variable


def names_in(template: str | bytes) -> tuple[str, ...]:
    """The variables that a template asks for, each once, in the sequence of their first use.

    Args:
        template: Text or HTML, or the bytes of a Word document.

    Raises:
        Invalid: what `scan` refuses, `template-too-long`, and for a document `not-a-docx` and its limits.

    >>> names_in("{{ client.name }}, {{ client.email }}, {{ client.name }}")
    ('client.name', 'client.email')
    """
    if isinstance(template, bytes):
        from contactcore.formats.documents.word import names_in_docx

        return names_in_docx(template)
    return tuple(dict.fromkeys(name for _, _, name in scan(_checked(template))))


def missing(template: str | bytes, values: Values) -> tuple[Missing, ...]:
    """What a document would leave blank, told before it is made (PER-6).

    Args:
        template: Text or HTML, or the bytes of a Word document.
        values: Of the client.

    Raises:
        Invalid: as `render`.

    >>> known = (Variable("client.name", "text", "Name."), Variable("client.phone", "phone", "Phone."))
    >>> values = Values(known, {"client.name": "Bois & Fils"})
    >>> [one.name for one in missing("{{ client.name }}, {{ client.phone }}", values)]
    ['client.phone']
    """
    names = names_in(template)
    check_names(names, values)
    return tuple(
        Missing(name, variable)
        for name in names
        if not values.texts.get(name) and (variable := values.find(name)) is not None
    )


def check_names(names: Iterable[str], values: Values) -> None:
    """Refuse variables that there are not.

    Raises:
        Invalid: `variable-unknown`, a problem for each; facts: `close`, the names that are most like it.
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
    """A document: the template with every placeholder replaced; what says nothing is left blank.

    What is filled in is never read as a template again, and is escaped for its target.

    Args:
        template: Text or HTML for the targets `"text"` and `"html"`, the bytes of a .docx for `"docx"`.
        values: Of the client.
        target: What is made.

    Raises:
        Invalid: `variable-unknown`, with its name and what is like it, before anything is made; `template-construct`
            for what is no placeholder; `template-syntax`, `template-too-long`, `template-too-many`,
            `result-too-long`, `template-place`, `not-a-docx`, `docx-too-large`, `template-type`.

    >>> values = Values((Variable("client.name", "text", "Name."),), {"client.name": "Bois & Fils"})
    >>> render("<p>{{ client.name }}</p>", values, "html")
    '<p>Bois &amp; Fils</p>'
    """
    if target == "docx":
        return _render_docx(template, values)
    if target not in {"text", "html"}:
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
    """Refuse a document that grows too long."""
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
