"""What makes a run of the tests quick without changing what a test sees."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

__all__ = ["keep_compiled_modules", "keep_files_in_memory"]

_MEMORY: Final = Path("/dev/shm")
_ENOUGH: Final = 4 * 1024**3


def keep_compiled_modules(root: Path) -> None:
    """Compile each module once, for the workers and for all programs that the tests start.

    Where `PYTHONDONTWRITEBYTECODE` is set, Python would compile everything anew in each of them. The compiled modules
    then go to the cache of pytest, and none lies beside its source. Call it before workers start: they inherit the
    environment.

    Args:
        root: The folder of the project.
    """
    if sys.dont_write_bytecode and sys.pycache_prefix is None:
        prefix = str(root / ".pytest_cache" / "compiled")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = prefix
        sys.dont_write_bytecode = False


def keep_files_in_memory() -> None:
    """Let `tmp_path` be a folder in memory where there is room, so that no test waits for a disk.

    A process that is killed loses nothing of it. Only a power cut would, which no test makes.
    """
    if (
        "PYTEST_DEBUG_TEMPROOT" not in os.environ
        and os.access(_MEMORY, os.W_OK | os.X_OK)
        and shutil.disk_usage(_MEMORY).free >= _ENOUGH
    ):
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_MEMORY)
