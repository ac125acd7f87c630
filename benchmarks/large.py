"""The import of a large file by one driver in a separate process, to measure its peak memory.

python -m benchmarks.large DRIVER STORE ROWS OWNER=FILE...
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.drivers.choice import FLOOR, OURS, load
from benchmarks.memory import peak
from benchmarks.workload import Part, generate

__all__ = ["Mark", "measure", "speeds"]

_ROOT = Path(__file__).parents[1]


@attrs.frozen
class Mark:
    """The state of an import after some rows: seconds of the clock and of the processor, and the peak memory in MB."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def speeds(marks: Sequence[Mark], rows: int = 100_000) -> dict[str, float]:
    """Compute the rows per second of the first and the last `rows` rows, and of a tenth in a small import.

    >>> marks = [Mark(0, 0, 0, 50), Mark(100, 1, 1, 60), Mark(900, 10, 9, 90), Mark(1000, 12, 10, 90)]
    >>> speeds(marks, 100)["last_to_first"], speeds(marks, 100)["first_peak_mb"]
    (0.5, 60)
    """
    start, end = marks[0], marks[-1]
    chunk = min(rows, end.rows // 10)
    first = next(mark for mark in marks if mark.rows >= chunk)
    before = next(mark for mark in reversed(marks) if mark.rows <= end.rows - chunk)
    of_first = first.rows / (first.seconds - start.seconds)
    of_last = (end.rows - before.rows) / (end.seconds - before.seconds)
    cpu_of_first = first.rows / (first.cpu_seconds - start.cpu_seconds)
    cpu_of_last = (end.rows - before.rows) / (end.cpu_seconds - before.cpu_seconds)
    return {
        "first_rows_per_second": of_first,
        "last_rows_per_second": of_last,
        "last_to_first": of_last / of_first,
        "last_to_first_by_cpu": cpu_of_last / cpu_of_first,
        "first_peak_mb": first.peak_mb,
    }


def measure(rows: int, folder: Path, drivers: Sequence[str] = (FLOOR, OURS)) -> dict[str, Any]:
    """Measure rows per second, also of the first and the last 100,000 rows, and peak resident memory in MB."""
    workload = generate(rows, folder, remember=False)
    result: dict[str, Any] = {}
    for name in drivers:
        store = folder / f"large-{name}.db"
        parts = [f"{part.owner}={part.path}" for part in workload.parts]
        command = [sys.executable, "-m", "benchmarks.large", name, str(store), str(rows), *parts]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT)
        if done.returncode:
            result[name] = {"failed": done.stderr.strip().splitlines()[-1]}
            continue
        result[name] = json.loads(done.stdout)
        counts = [workload.counts.good, workload.counts.bad, workload.counts.duplicate]
        result[name]["counts_right"] = result[name].pop("counts") == counts
    return result


def _main() -> None:
    name, store, rows, *files = sys.argv[1:]
    parts = [Part(Path(path), owner) for owner, _, path in (file.partition("=") for file in files)]
    driver = load(name)
    driver.open(Path(store))
    marks: list[Mark] = []

    def mark(rows: int) -> None:
        marks.append(Mark(rows, time.perf_counter(), time.process_time(), peak()))

    mark(0)
    driver.on_progress = mark
    counts = driver.import_parts(parts)
    finished = time.perf_counter()
    most = peak()
    driver.close()
    figures = {
        "rows_per_second": int(rows) / (finished - marks[0].seconds),
        "peak_mb": most,
        "before_mb": marks[0].peak_mb,
        "end_seconds": finished - marks[-1].seconds,  # the order, the index of words, the statistics
        **speeds(marks),
    }
    print(json.dumps({**figures, "counts": [counts.good, counts.bad, counts.duplicate]}))


if __name__ == "__main__":
    _main()
