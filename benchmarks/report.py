"""The figures of a run, as tables and as data for JSON."""

from __future__ import annotations

import platform
import sqlite3
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.drivers.choice import FAMILIES, Family
from benchmarks.drivers.protocol import Driver

__all__ = ["figures", "left_out", "machine", "percentile", "table", "tables"]


def percentile(times: Sequence[float], share: float) -> float:
    """Return a percentile of the times.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.99)
    4.0
    """
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def figures(times: Mapping[str, Mapping[str, Sequence[float]]], rows: int) -> dict[str, Any]:
    """Compute for each operation and driver: p50, p90 and p99 in seconds, and the ratios to the floor and to each peer.

    `to_floor` is the driver's p50 divided by the floor's, `faster_than` each peer's p50 divided by the driver's. Floor
    and peers are those on the same database.
    """
    result: dict[str, Any] = {}
    for operation, all_drivers in times.items():
        drivers = {name: taken for name, taken in all_drivers.items() if taken}
        median = {name: statistics.median(taken) for name, taken in drivers.items()}
        result[operation] = {}
        for name, taken in drivers.items():
            family = _family(name)
            line: dict[str, Any] = {"p50": median[name], "calls": len(taken)}
            line |= {"p90": percentile(taken, 0.9), "p99": percentile(taken, 0.99)}
            if operation == "import":
                line["rows_per_second"] = rows / median[name]
            if family.floor in median:
                line["to_floor"] = median[name] / median[family.floor]
            line["faster_than"] = {peer: median[peer] / median[name] for peer in family.peers if peer in median}
            result[operation][name] = line
    return result


def _family(name: str) -> Family:
    return next(family for family in FAMILIES if name in family.drivers)


def machine() -> dict[str, str]:
    """Describe the machine of the measurement."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
    }


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def tables(result: Mapping[str, Any]) -> str:
    """Format one table for each measured database."""
    shown = []
    for family in FAMILIES:
        own = {
            operation: {k: v for k, v in lines.items() if k in family.drivers} for operation, lines in result.items()
        }
        if any(own.values()):
            shown.append(f"{family.title}\n{table(own, family)}")
    return "\n\n".join(shown)


def table(result: Mapping[str, Any], family: Family = FAMILIES[0]) -> str:
    """Format one line per operation and driver. An import has rows per second in place of the p99."""
    peers = [peer for peer in family.peers if any(peer in drivers for drivers in result.values())]
    head = ["operation", "driver", "p50", "p90", "p99", f"x {family.floor}", *(f"{peer} / it" for peer in peers)]
    lines = [head]
    for operation, drivers in result.items():
        for name, line in drivers.items():
            if operation == "import":
                shown = [f"{line['p50']:.2f} s", f"{line['p90']:.2f} s", f"{line['rows_per_second']:,.0f} rows/s"]
            else:
                shown = [f"{line[share] * 1e6:,.0f} us" for share in ("p50", "p90", "p99")]
            ratios = [_ratio(line.get("to_floor")), *(_ratio(line["faster_than"].get(peer)) for peer in peers)]
            lines.append([operation, name, *shown, *ratios])
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.ljust(w) if n < 2 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def left_out(drivers: Iterable[Driver]) -> str:
    """Return one line for each set of abilities that drivers leave out."""
    names: dict[tuple[str, ...], list[str]] = {}
    for driver in drivers:
        names.setdefault(driver.leaves_out, []).append(driver.name)
    return "\n".join(f"{', '.join(alike)}: without {', '.join(out)}" for out, alike in names.items() if out)
