"""Judges one-line mutants: a forked process for each runs the fast tests that reach the changed function.

The tests are collected and measured once. A child process then replaces the code of the changed function in memory,
runs its tests, the quickest first, and ends with the first failure. A change outside of functions needs a fresh
interpreter, which compiles the changed module in place of its source.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from types import CodeType, FunctionType
from typing import Any, NoReturn

import attrs
import pytest

from meta.line_mutants.mutating import LineMutant, mutants_of

__all__ = ["Judge", "Verdicts", "install_from_environment", "selected"]

_SURVIVED, _CAUGHT, _NOT_PUT_IN, _TOO_SLOW = 0, 1, 3, 4
_VARIABLE = "CONTACTCORE_LINE_MUTANT"


@attrs.define
class Verdicts:
    """What was found about the mutants.

    Attributes:
        caught, survived, not_reached, not_judged: The mutants that a test caught; that no test caught; whose function
            no test reaches; and that could not be put in, or that the time was too short for (60 seconds and five times
            the measured time of the tests).
    """

    caught: list[LineMutant] = attrs.field(factory=list)
    survived: list[LineMutant] = attrs.field(factory=list)
    not_reached: list[LineMutant] = attrs.field(factory=list)
    not_judged: list[LineMutant] = attrs.field(factory=list)


def selected(paths: Iterable[Path], seed: int, lines: str = "") -> list[LineMutant]:
    """The mutants of modules in the order of a seed.

    Args:
        paths: Source files, or folders of them.
        seed: The seed.
        lines: A regular expression; only lines in which it is found are changed. `""` means all.
    """
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    found = [mutant for file in files for mutant in mutants_of(file.resolve())]
    if lines:
        texts = {path: path.read_text(encoding="utf-8").splitlines() for path in {one.path for one in found}}
        found = [one for one in found if re.search(lines, texts[one.path][one.line - 1])]
    Random(seed).shuffle(found)
    return found


class Judge:
    """A plugin of pytest that judges mutants in place of running the collected tests.

    Args:
        mutants: The mutants in the order in which they are judged.
        seconds: The time for all of them.
        most: The measured time in seconds of the tests of one mutant. The tests of the module's own folder come first,
            then the quickest ones.
        jobs: The number of processes.
        progress: The file descriptor of a line for each surviving mutant.
    """

    def __init__(self, mutants: Sequence[LineMutant], *, seconds: float, most: float, jobs: int, progress: int) -> None:
        self._mutants = mutants
        self._seconds = seconds
        self._most = most
        self._jobs = jobs
        self._progress = progress
        self._functions: dict[tuple[str, str], list[FunctionType]] = {}
        self._caches: list[Any] = []
        self.verdicts = Verdicts()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        # The functions are looked for among the objects of the collector, which lists no frozen ones.
        gc.unfreeze()
        items = session.items
        files = {str(mutant.path) for mutant in self._mutants}
        reached = self._measure(session, files)
        self._functions, self._caches = _functions_of(files), _caches()
        until = time.monotonic() + self._seconds
        running: dict[int, LineMutant] = {}
        for mutant in self._mutants:
            tests = reached.get(f"{mutant.path}:{mutant.function}", [])
            if mutant.function and not tests:
                self.verdicts.not_reached.append(mutant)
                continue
            if time.monotonic() > until:
                self.verdicts.not_judged.append(mutant)
                continue
            while len(running) >= self._jobs:
                self._wait(running)
            if not mutant.function:
                of_module = [key for key in reached if key.startswith(f"{mutant.path}:")]
                tests = list({test for key in of_module for test in reached[key]})
            tests = self._affordable(mutant, tests, items)
            gc.freeze()
            pid = os.fork()
            if pid == 0:
                self._child(session, mutant, [items[index] for index, _ in tests], sum(cost for _, cost in tests))
            running[pid] = mutant
        while running:
            self._wait(running)
        return True

    def _affordable(
        self, mutant: LineMutant, tests: list[tuple[int, float]], items: Sequence[pytest.Item]
    ) -> list[tuple[int, float]]:
        folder = mutant.path.parent.name
        ordered = sorted(tests, key=lambda test: (folder not in items[test[0]].path.parts[-3:-1], test[1]))
        costs = accumulate(cost for _, cost in ordered)
        return [test for test, total in zip(ordered, costs, strict=True) if total <= self._most] or ordered[:1]

    def _wait(self, running: dict[int, LineMutant]) -> None:
        pid, status = os.wait()
        mutant = running.pop(pid)
        code = os.WEXITSTATUS(status)
        if os.WIFSIGNALED(status):
            # A busy machine ends the time of a mutant as an endless loop does: neither is a verdict of a test.
            code = _TOO_SLOW if os.WTERMSIG(status) == signal.SIGALRM else _CAUGHT
        if code == _SURVIVED:
            self.verdicts.survived.append(mutant)
            os.write(self._progress, f"{mutant}\n".encode())
        elif code in {_NOT_PUT_IN, _TOO_SLOW}:
            self.verdicts.not_judged.append(mutant)
        else:
            self.verdicts.caught.append(mutant)
            if len(self.verdicts.caught) % 25 == 0:
                counts = f"{len(self.verdicts.caught)} caught, {len(self.verdicts.survived)} survived so far"
                os.write(self._progress, f"{counts}\n".encode())

    def _child(self, session: pytest.Session, mutant: LineMutant, tests: list[pytest.Item], cost: float) -> NoReturn:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(60 + 5 * cost))
        _silence()
        if not mutant.function:
            os._exit(_in_fresh_interpreter(mutant, tests))
        if not _put_in(mutant, self._functions):
            os._exit(_NOT_PUT_IN)
        for cache in self._caches:
            cache.cache_clear()
        _without_terminal(session.config)
        session.config.pluginmanager.register(_EndAtFailure())
        try:
            for item in tests:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        except BaseException:  # noqa: BLE001 - a mutant may raise anything anywhere
            os._exit(_CAUGHT)
        os._exit(_SURVIVED)

    def _measure(self, session: pytest.Session, files: set[str]) -> dict[str, list[tuple[int, float]]]:
        """Function -> the tests that reach it with their times, measured in a child process."""
        read, write = os.pipe()
        if os.fork() == 0:
            os.close(read)
            _silence()
            _without_terminal(session.config)
            try:
                found = _measured(session.items, files)
                with os.fdopen(write, "w") as out:
                    json.dump(found, out)
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read) as answer:
            found = json.load(answer)
        os.wait()
        os.write(self._progress, f"{len(session.items)} tests measured\n".encode())
        return {key: [(index, cost) for index, cost in tests] for key, tests in found.items()}


class _EndAtFailure:
    """A plugin that ends its process at the first failure."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(_CAUGHT)


class _Failures:
    def __init__(self) -> None:
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed


def _measured(items: Sequence[pytest.Item], files: set[str]) -> dict[str, list[tuple[int, float]]]:
    caches = _caches()
    found: dict[str, list[tuple[int, float]]] = {}
    failures = _Failures()
    if items:
        items[0].config.pluginmanager.register(failures)
    names: dict[CodeType, str] = {}

    def note(frame: Any, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename in files:
            names.setdefault(code, f"{code.co_filename}:{code.co_qualname.partition('.<locals>')[0]}")
            calls.add(code)

    for index, item in enumerate(items):
        for cache in caches:
            cache.cache_clear()
        calls: set[CodeType] = set()
        failures.failed = False
        begin = time.monotonic()
        sys.setprofile(note)
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        finally:
            sys.setprofile(None)
        cost = time.monotonic() - begin
        if not failures.failed:
            for key in {names[code] for code in calls}:
                # A lambda or a comprehension of a function counts for the function.
                found.setdefault(key.removesuffix(".<lambda>"), []).append((index, round(cost, 4)))
    return found


def _silence() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def _without_terminal(config: pytest.Config) -> None:
    """The terminal reporter keeps a file of its own, which `_silence` does not reach."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        config.pluginmanager.unregister(reporter)


def _functions_of(files: set[str]) -> dict[tuple[str, str], list[FunctionType]]:
    found: dict[tuple[str, str], list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in files:
            found.setdefault((one.__code__.co_filename, one.__code__.co_qualname), []).append(one)
    return found


def _put_in(mutant: LineMutant, functions: dict[tuple[str, str], list[FunctionType]]) -> bool:
    code = next((one for one in _codes(mutant.compiled()) if one.co_qualname == mutant.function), None)
    done = False
    for function in functions.get((str(mutant.path), mutant.function), ()):
        if code is not None and function.__code__.co_firstlineno == code.co_firstlineno:
            with contextlib.suppress(ValueError):  # the change removed the last use of an outer variable
                function.__code__ = code
                done = True
    return done


def _caches() -> list[Any]:
    """The caches of the library, whose answers must not outlive a change."""
    found = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    return [one for one in found if str(getattr(one, "__module__", "")).startswith("contactcore")]


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _in_fresh_interpreter(mutant: LineMutant, tests: list[pytest.Item]) -> int:
    files = sorted({str(item.path) for item in tests})
    environment = os.environ | {_VARIABLE: f"{mutant.number}:{mutant.path}"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "meta.line_mutants.plugin", "-p", "no:cacheprovider"]
    names = [item.nodeid for item in tests] if len(tests) < 500 else files
    done = subprocess.run([*command, *names], env=environment, check=False, capture_output=True)
    return _SURVIVED if done.returncode == 0 else _CAUGHT


def install_from_environment() -> None:
    """In the interpreter of a change outside of functions: compile the changed module in place of its source."""
    number, _, path = os.environ.get(_VARIABLE, "").partition(":")
    if path:
        sys.meta_path.insert(0, _Finder([*mutants_of(Path(path))][int(number)]))


@attrs.frozen
class _Finder(importlib.abc.MetaPathFinder):
    mutant: LineMutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin == str(self.mutant.path):
            spec.loader = _Loader(fullname, spec.origin, self.mutant)
        return spec if spec is not None and isinstance(spec.loader, _Loader) else None


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: LineMutant) -> None:
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return self._mutant.compiled()
