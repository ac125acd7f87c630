"""The figures of `--variants` as the two Markdown tables of docs/performance.md.

python -m benchmarks --variants --json figures.json
python -m benchmarks.variant_table figures.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.drivers.choice import OURS, VARIED

__all__ = ["tables"]

_ABOUT = {
    "private": ("import", "page_first", "page_deep", "search: word of most"),
    "half": ("search: half", "search: half and one", "search: two halves that never meet", "search: half and none"),
    "equal": ("import", "page_deep", "search: the equal name", "search: one of the equal"),
    "cyrillic": ("import", "page_first", "search: begin of a name", "search: two words"),
    "bad": ("import",),
    "duplicates": ("import",),
    "export": ("import", "get"),
}
_TITLES = {"floor": "by hand", "sqlalchemy": "SQLAlchemy", "django": "Django"}
_NAMES = {"page_first": "first page", "page_deep": "page in the depth", "get": "get a contact whole"}
_PEERS = [name for name in VARIED if name != OURS]


def tables(variants: Mapping[str, Any]) -> str:
    """Return the table of the operations that each variant is about, and that of the searches by typed letters.

    >>> times = {name: {"p50": 0.001, "p90": 0.002, "p99": 0.01} for name in VARIED}
    >>> print(tables({"half": {"operations": {"search: half": times}}}).splitlines()[2])
    | half | search: half | 1.00 ms / 2.00 ms / 10.00 ms | 1.00 ms | 1.00 ms | 1.00 ms |
    """
    chosen = [
        (name, operation, variants[name]["operations"][operation])
        for name, operations in _ABOUT.items()
        for operation in operations
        if operation in variants.get(name, {}).get("operations", ())
    ]
    letters = variants.get("prefixes", {}).get("operations", {})
    searches = [("", operation, line) for operation, line in letters.items() if operation.startswith("search: ")]
    head = ["variant", "operation", "contactcore, p50 / p90 / p99", *(_TITLES[peer] for peer in _PEERS)]
    shown = [_table(head, [[name, _NAMES.get(what, what), *_cells(line)] for name, what, line in chosen])]
    if searches:
        rows = [[what.removeprefix("search: "), *_cells(line)] for _, what, line in searches]
        shown.append(_table(["typed", *head[2:]], rows))
    return "\n\n".join(shown)


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _cells(drivers: Mapping[str, Any]) -> list[str]:
    ours = drivers.get(OURS)
    peers = [drivers.get(peer) for peer in _PEERS]
    if ours and "rows_per_second" in ours:
        return [f"{line['rows_per_second']:,.0f} rows/s" if line else "-" for line in (ours, *peers)]
    own = " / ".join(_ms(ours[share]) for share in ("p50", "p90", "p99")) if ours else "-"
    return [own, *(_ms(line["p50"]) if line else "-" for line in peers)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.2f} ms"


if __name__ == "__main__":
    print(tables(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["variants"]))
