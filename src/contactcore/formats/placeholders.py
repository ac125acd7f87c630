"""Templates that contain placeholders and nothing else. This is the only module that imports Jinja2.

Jinja2 only parses a template. This module checks that the parsed tree consists of text and names, and replaces the
names itself. A template is never compiled or run: a hostile template cannot read other values, and it costs time and
memory in proportion to its length.
"""

from __future__ import annotations

import functools
import html as markup
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from contactcore.errors import Invalid, Problem, shorten
from contactcore.frozen import frozen

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = ["LONGEST_RESULT", "LONGEST_TEMPLATE", "Template"]

LONGEST_TEMPLATE = 100_000
"""Greatest length of a template, in characters."""

LONGEST_RESULT = 1_000_000
"""Greatest length of a filled template, in characters."""

_LONGEST_NAME = 200


@frozen
class Template:
    """A parsed template of text and placeholders.

    Attributes:
        pieces: Parts of the template in sequence, as pairs: whether the part is the name of a variable, and the name
            or the text.

    >>> Template.read("Hello {{ person.name }}!").fill({"person.name": "Jo & Co"}, html=True)
    'Hello Jo &amp; Co!'
    """

    pieces: tuple[tuple[bool, str], ...]

    @classmethod
    def read(cls, text: str) -> Template:
        """Parse a template.

        Args:
            text: Text with placeholders such as `{{ name }}` or `{{ client.name }}`; `{# comments #}` are dropped.

        Raises:
            Invalid: `template-too-long`; `template-syntax`; `template-not-plain` for filters, calls, loops and
                everything else that is no placeholder; `extra-missing` if Jinja2 is not installed.
        """
        if len(text) > LONGEST_TEMPLATE:
            raise Invalid(
                "template-too-long",
                f"A template is limited to {LONGEST_TEMPLATE:,} characters and this one has {len(text):,}.",
                facts={"limit": LONGEST_TEMPLATE, "length": len(text)},
            )
        return _read(text)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables in the template, each once, in the sequence of their first use."""
        return tuple(dict.fromkeys(piece for is_name, piece in self.pieces if is_name))

    def check(self, known: Iterable[str]) -> None:
        """Refuse a template with unknown variables.

        Args:
            known: Names of the known variables.

        Raises:
            Invalid: `variable-unknown`, one problem for each unknown variable, with its name as value.
        """
        variables = tuple(known)
        unknown = [name for name in self.names if name not in variables]
        if unknown:
            message = f"There is no such variable. Use {', '.join(variables) or 'none at all'}."
            raise Invalid(
                Problem("variable-unknown", "", f"{shorten(name)}: {message}", name, {"known": variables})
                for name in unknown
            )

    def fill(self, values: Mapping[str, str], *, html: bool = False) -> str:
        """Return the text with every placeholder replaced.

        Args:
            values: Values by the name of their variable.
            html: Whether the template is HTML; False by default. Values of HTML are escaped for text and for quoted
                attributes.

        Raises:
            Invalid: `variable-unknown`; `result-too-long`.
        """
        self.check(values)
        ready = {name: markup.escape(values[name]) if html else values[name] for name in self.names}
        length = sum(len(ready[piece]) if is_name else len(piece) for is_name, piece in self.pieces)
        if length > LONGEST_RESULT:
            raise Invalid(
                "result-too-long",
                f"The filled template would have {length:,} characters; at most {LONGEST_RESULT:,} are made.",
                facts={"limit": LONGEST_RESULT, "length": length},
            )
        return "".join(ready[piece] if is_name else piece for is_name, piece in self.pieces)


@functools.lru_cache(maxsize=64)
def _read(text: str) -> Template:
    try:
        from jinja2 import Environment, TemplateError
    except ImportError:
        message = "Templates need Jinja2: pip install 'contactcore[portal]'."
        raise Invalid("extra-missing", message, facts={"extra": "portal"}) from None
    try:
        # Jinja2 only parses here; it compiles and renders nothing. `fill` escapes the values of HTML templates.
        tree = Environment(keep_trailing_newline=True).parse(text)  # noqa: S701 - see above
        return Template(tuple(_pieces(tree)))
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = "" if line is None else f" in line {line}"
        raise Invalid("template-syntax", f"The template cannot be read{where}: {error.message}", value=text) from None
    except (RecursionError, ValueError, OverflowError) as error:
        if isinstance(error, Invalid):
            raise
        raise Invalid("template-syntax", "The template cannot be read: it is too intricate.", value=text) from None


def _pieces(tree: nodes.Template) -> Iterator[tuple[bool, str]]:
    from jinja2 import nodes

    for statement in tree.body:
        if not isinstance(statement, nodes.Output):
            raise _not_plain(statement)
        for node in statement.nodes:
            if isinstance(node, nodes.TemplateData):
                yield False, node.data
            else:
                yield True, _name(node)


def _name(node: nodes.Node) -> str:
    from jinja2 import nodes

    steps: list[str] = []
    inner: Any = node
    while isinstance(inner, nodes.Getattr) and len(steps) < _LONGEST_NAME:
        steps.append(inner.attr)
        inner = inner.node
    if not isinstance(inner, nodes.Name):
        raise _not_plain(node)
    return ".".join((inner.name, *reversed(steps)))


def _not_plain(node: nodes.Node) -> Invalid:
    return Invalid(
        "template-not-plain",
        f"Line {node.lineno}: a template holds placeholders like {{{{ name }}}} and nothing else.",
        facts={"line": node.lineno},
    )
