"""The escaping of values in HTML templates, by the position of their placeholders.

Escaping makes a value harmless in text and in a quoted attribute, and nowhere else. Therefore a placeholder is refused
in a script or a style, and as a tag, an attribute's name or a value without quotes. In an attribute that holds an
address, a value cannot choose a scheme that runs code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from html import escape

from contactcore.errors import Invalid

__all__ = ["escapers"]

_MARK = "\ufdd0"  # a noncharacter that replaces each placeholder while the text around it is parsed
_OPENING = re.compile(f"<(?=[A-Za-z/!?{_MARK}])")
_TAG = re.compile(r"</?([A-Za-z][^\s/>]*)")
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"""[\s/]*([^\s/>=][^\s/>=]*|=[^\s/>=]*)(\s*=\s*(?:"([^"]*)"|'([^']*)'|[^\s>"'][^\s>]*|(?=>)))?"""
)
_RAW = {"script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"}
_PLAIN = {"textarea", "title"}
_ADDRESSES = {
    *("href", "src", "action", "formaction", "data", "poster", "background", "cite", "ping", "xlink:href"),
    *("srcset", "manifest", "codebase", "longdesc", "usemap"),
}
_SAFE_START = re.compile(r"\s*(?:https?:|mailto:|tel:|sip:|[/#?.])", re.IGNORECASE)

Writer = Callable[[str], str]


def escapers(text: str, spans: Sequence[tuple[int, int, str]]) -> list[Writer]:
    r"""Return a function for each placeholder that escapes a value for its position.

    Args:
        text: HTML template.
        spans: Placeholders of the template, as `scan` returns them.

    Returns:
        Functions in the sequence of the placeholders. A function of an address raises `Invalid` (`template-place`)
        for a value with a scheme that may run code.

    Raises:
        Invalid: `template-place` for a placeholder in a position where no escaping makes a value harmless.

    >>> text = '<p title="{{ a }}">{{ b }}</p>'
    >>> [write('x"\ny') for write in escapers(text, [(10, 17, "a"), (19, 26, "b")])]
    ['x&quot;&#10;y', 'x&quot;<br>y']
    """
    pieces: list[str] = []
    position = 0
    for start, end, _ in spans:
        pieces += (text[position:start].replace(_MARK, "?"), _MARK)
        position = end
    pieces.append(text[position:].replace(_MARK, "?"))
    positions = _positions("".join(pieces))
    writers: list[Writer] = []
    for _, _, name in spans:
        found = next(positions)
        if isinstance(found, str):
            raise _misplaced(name, found)
        writers.append(found)
    return writers


def _misplaced(name: str, place: str) -> Invalid:
    return Invalid(
        "template-place",
        f"{{{{ {name} }}}} stands in {place}. Put it in text or in an attribute's quotes, where it can be escaped.",
        value=name,
        facts={"place": place},
    )


def _positions(masked: str) -> Iterator[Writer | str]:
    """Yield for each mark its writer, or the name of a position that is refused."""
    position = 0
    while position < len(masked):
        opening = _OPENING.search(masked, position)
        at = opening.start() if opening else len(masked)
        yield from [_text] * masked.count(_MARK, position, at)
        position = at
        if tag := _TAG.match(masked, position):
            position = yield from _tag(masked, tag)
        elif masked.startswith("<!--", position):
            comment = _COMMENT.match(masked, position)
            end = comment.end() if comment else len(masked)
            yield from [_line] * masked.count(_MARK, position, end)
            position = end
        else:
            end = masked.find(">", position) + 1 or len(masked)
            yield from ["a tag"] * masked.count(_MARK, position, end)
            position = end


def _tag(masked: str, tag: re.Match[str]) -> Generator[Writer | str, None, int]:
    """Yield the marks of a tag and of the raw text after it, and return the position where ordinary text continues."""
    yield from ["a tag's name"] * tag.group().count(_MARK)
    position = tag.end()
    while match := _ATTRIBUTE.match(masked, position):
        yield from _attribute(match)
        position = match.end()
    end = masked.find(">", position) + 1 or len(masked)
    yield from ["a tag"] * masked.count(_MARK, position, end)
    name = tag.group(1).lower()
    if masked[tag.start() + 1] == "/" or name not in _RAW | _PLAIN:
        return end
    close = re.compile(rf"</{name}", re.IGNORECASE).search(masked, end)
    stop = close.start() if close else len(masked)
    found: Writer | str = _line if name in _PLAIN else f"<{name}>"
    yield from [found] * masked.count(_MARK, end, stop)
    return stop


def _attribute(match: re.Match[str]) -> Iterator[Writer | str]:
    name = match.group(1).lower()
    yield from ["an attribute's name"] * name.count(_MARK)
    value = match.group(3) if match.group(3) is not None else match.group(4)
    if value is None:
        yield from ["a value without quotes"] * (match.group(2) or "").count(_MARK)
        return
    for number, before in enumerate(value.split(_MARK)[:-1]):
        if name.startswith("on") or name in {"style", "srcdoc"} or _MARK in name:
            yield f"the attribute {name}"
        elif name in _ADDRESSES and number == 0 and not before.strip():
            yield _address
        elif name in _ADDRESSES and not _SAFE_START.match(value):
            yield f"the attribute {name}, behind no https:, mailto: or tel:"
        else:
            yield _line


def _text(value: str) -> str:
    return escape(value).replace("\n", "<br>")


def _line(value: str) -> str:
    return escape(value).replace("\n", "&#10;")


def _address(value: str) -> str:
    if value and not _SAFE_START.match(value):
        raise Invalid(
            "template-place", "Only a web address can stand here: write mailto: or tel: before it.", value=value
        )
    return escape(value)
