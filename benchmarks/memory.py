"""The peak memory of this process."""

from __future__ import annotations

import resource
from pathlib import Path

__all__ = ["peak"]


def peak() -> float:
    """Return the peak resident memory so far, in MB.

    On Linux a child process inherits `ru_maxrss` of its parent. The value in /proc restarts with each program.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
