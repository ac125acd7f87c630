"""A plugin of pytest: the last line of a run names the promises that were not judged, because a hook is missing.

The specification registers it by itself. Where pytest-xdist runs the tests in other processes, the first process must
know it too: `pytest_plugins = ["contactcore.testing.not_judged"]` in the `conftest.py` of the tests.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import pytest

__all__ = ["note"]

_NAME: Final = "contactcore_not_judged"
_noted = pytest.StashKey[dict[str, dict[str, str]]]()


def note(config: pytest.Config, specification: str, subject: str, reason: str) -> None:
    """Remember that a subject was not judged.

    Args:
        config: The configuration of the run.
        specification: Name of the author's class.
        subject: What was not judged.
        reason: Why.
    """
    module = sys.modules[__name__]
    if not config.pluginmanager.is_registered(module):
        config.pluginmanager.register(module, _NAME)
    config.stash.setdefault(_noted, {}).setdefault(specification, {})[subject] = reason
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_NAME] = config.stash[_noted]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ARG001 - pytest-xdist names it
    """Collect what a worker of pytest-xdist has noted."""
    noted = node.config.stash.setdefault(_noted, {})
    for specification, subjects in getattr(node, "workeroutput", {}).get(_NAME, {}).items():
        noted.setdefault(specification, {}).update(subjects)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the line, behind everything else."""
    noted = config.stash.get(_noted, {})
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if noted and reporter is not None and not hasattr(config, "workerinput"):
        parts = [
            f"{specification}: {', '.join(f'{subject} ({reason})' for subject, reason in sorted(subjects.items()))}"
            for specification, subjects in sorted(noted.items())
        ]
        reporter.ensure_newline()
        reporter.write_line(f"not judged: {'; '.join(parts)}", yellow=True)
