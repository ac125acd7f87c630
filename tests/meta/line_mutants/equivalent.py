"""One-line mutants that change nothing that a caller can see, each with the reason."""

from __future__ import annotations

from typing import Final

from meta.line_mutants.mutating import LineMutant

__all__ = ["EQUIVALENT", "reason_of"]

EQUIVALENT: Final[dict[tuple[str, str, str, str], str]] = {}
"""(module, function, before, after) -> the reason."""


def reason_of(mutant: LineMutant) -> str:
    """The reason why a mutant has no effect; `""` if it has one."""
    return EQUIVALENT.get((mutant.path.stem, mutant.function, mutant.before, mutant.after), "")
