"""Programs of the tests in processes of their own, which can be killed at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

__all__ = ["Child", "StartChild", "starting_children"]

_TESTS: Final = str(Path(__file__).parents[1])
_PATIENCE: Final = 100.0


class Child:
    """A Python program in a process of its own. It prints a line for each acknowledged step and may wait for a line.

    Every warning in it is an error. It can import `support`.

    Args:
        *command: Arguments of Python: the path of a script, or `-m` and a module, or `-c` and code; then its arguments.
    """

    def __init__(self, *command: str) -> None:
        path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), _TESTS)))
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        self.errors = ""

    def line(self) -> str:
        """The next line that it prints; empty at its end."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, word: str = "go") -> None:
        """Send it a line, for which it waits."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def rest(self) -> list[str]:
        """All further lines until its end, which must be without errors."""
        output, self.errors = self.process.communicate(timeout=_PATIENCE)
        assert self.process.returncode == 0, self.errors[-2_000:]
        return output.splitlines()

    def kill(self) -> list[str]:
        """Kill it as a power cut does, and return the lines that it had printed before."""
        self.process.kill()
        output, self.errors = self.process.communicate(timeout=_PATIENCE)
        return output.splitlines()

    def killed(self) -> bool:
        """Whether it was killed and did not end by itself."""
        return self.process.returncode == -signal.SIGKILL


StartChild: TypeAlias = Callable[..., Child]
"""Starts a child with the arguments of `Child`."""


@contextmanager
def starting_children() -> Iterator[StartChild]:
    """Gives a function that starts children, and kills those that are left at the end."""
    started: list[Child] = []

    def start(*command: str) -> Child:
        started.append(Child(*command))
        return started[-1]

    try:
        yield start
    finally:
        for child in started:
            if child.process.returncode is None:
                child.kill()
