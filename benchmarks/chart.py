"""The medians of a run as a picture: one group of bars for each operation, the shortest bar is the quickest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.drivers.choice import FAMILIES, Family

__all__ = ["chart"]

_TITLES = {
    "import": "import, a row",
    "get": "one contact",
    "page_first": "first page",
    "page_deep": "page in the depth",
    "page_few": "page of the few that one sees",
    "search": "search",
    "create": "add a contact",
    "update": "change a contact",
}
_COLOURS = {"floor": "#9aa0a6", "contactcore": "#1a73e8", "sqlalchemy": "#f29900", "django": "#188038"}
_LEFT, _BAR, _GAP, _WIDTH, _TEXT = 170, 14, 14, 380, 90
"""Pixels: the names, the height of a bar, the gap between groups, the longest bar, the times."""


def chart(figures: Mapping[str, Any], family: Family = FAMILIES[0]) -> str:
    """Return an SVG picture of the medians of the drivers of one database. The longest bar of each group is as long.

    Args:
        figures: The figures of a run, as `--json` writes them.
        family: The database; SQLite by default.

    >>> line = {"p50": 0.002}
    >>> picture = chart({"contacts": 300, "operations": {"get": {"contactcore": line, "django": {"p50": 0.004}}}})
    >>> picture.count("<rect"), "2.0 ms" in picture
    (3, True)
    """
    rows: list[str] = []
    y = 58
    for operation, drivers in figures["operations"].items():
        times = {name: line["p50"] for name, line in drivers.items() if name in family.drivers and name != "floor_lib"}
        if operation == "import":
            times = {name: time / figures["contacts"] for name, time in times.items()}
        if times:
            rows += _group(_TITLES[operation], times, y)
            y += len(times) * (_BAR + 2) + _GAP
    width = _LEFT + _WIDTH + _TEXT
    head = f"{family.title}, {figures['contacts']:,} contacts: median time of a call; shorter is better"
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" font-family="sans-serif"'
                ' font-size="12">'
            ),
            f'<rect width="{width}" height="{y}" fill="#ffffff"/>',
            f'<text x="12" y="24" font-size="14" font-weight="bold">{escape(head)}</text>',
            *rows,
            "</svg>",
            "",
        ]
    )


def _group(title: str, times: Mapping[str, float], y: int) -> Iterator[str]:
    longest = max(times.values())
    yield f'<text x="12" y="{y - 3}" font-weight="bold">{escape(title)}</text>'
    for number, (name, time) in enumerate(times.items()):
        top = y + number * (_BAR + 2)
        colour = next((colour for start, colour in _COLOURS.items() if name.startswith(start)), "#9aa0a6")
        length = max(1, round(_WIDTH * time / longest))
        yield f'<text x="{_LEFT - 8}" y="{top + 11}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect x="{_LEFT}" y="{top}" width="{length}" height="{_BAR}" fill="{colour}"/>'
        yield f'<text x="{_LEFT + length + 6}" y="{top + 11}">{_shown(time)}</text>'


def _shown(time: float) -> str:
    return f"{time * 1e6:,.0f} us" if time < 0.001 else f"{time * 1e3:,.1f} ms"
