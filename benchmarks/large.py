"""The import of a large file by one driver in a separate process, to measure its peak memory.

python -m benchmarks.large DRIVER STORE ROWS OWNER=FILE...
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.drivers.choice import FLOOR, OURS, load
from benchmarks.memory import peak
from benchmarks.workload import Part, generate

__all__ = ["measure"]

_ROOT = Path(__file__).parents[1]


def measure(rows: int, folder: Path) -> dict[str, Any]:
    """Measure rows per second and peak resident memory in MB, for contactcore and the floor."""
    workload = generate(rows, folder, remember=False)
    result: dict[str, Any] = {}
    for name in (FLOOR, OURS):
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
    before = peak()
    begin = time.perf_counter()
    counts = driver.import_parts(parts)
    took = time.perf_counter() - begin
    most = peak()
    driver.close()
    figures = {"rows_per_second": int(rows) / took, "peak_mb": most, "before_mb": before}
    print(json.dumps({**figures, "counts": [counts.good, counts.bad, counts.duplicate]}))


if __name__ == "__main__":
    _main()
