"""The requirements, and the tests that prove each of them."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["ROOT", "TO_BE_BUILT", "marked_as_not_built", "proofs", "requirements", "table"]

ROOT: Final = Path(__file__).parents[2]

TO_BE_BUILT: Final[dict[str, str]] = {}
"""Requirement without a test -> what will meet it."""


def requirements() -> list[str]:
    """The numbers of all requirements, in the order of the document."""
    text = (ROOT / "docs" / "requirements.md").read_text("utf-8")
    return re.findall(r"^- ([A-Z]{3}-\d+) ", text, re.MULTILINE)


def marked_as_not_built() -> list[str]:
    """The numbers of the requirements that the document marks as not built yet."""
    text = (ROOT / "docs" / "requirements.md").read_text("utf-8")
    return re.findall(r"^- ([A-Z]{3}-\d+) \*\(not built yet\)\* ", text, re.MULTILINE)


@functools.cache
def proofs() -> dict[str, dict[str, list[str]]]:
    """Requirement -> file, relative to the repository -> names of the tests that are marked with the requirement."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = path.relative_to(ROOT).as_posix()
        for number, test in _marked(ast.parse(path.read_text("utf-8")).body, set()):
            found.setdefault(number, {}).setdefault(file, []).append(test)
    return found


def table() -> str:
    """A Markdown table of the requirements and their tests."""
    proven = proofs()
    rows = ["| requirement | tests |", "| --- | --- |"]
    for number in requirements():
        files = [
            f"{file}: {', '.join(f'`{test}`' for test in tests)}" for file, tests in proven.get(number, {}).items()
        ]
        rows.append(f"| {number} | {'<br>'.join(files) or f'to be built: {TO_BE_BUILT[number]}'} |")
    return "\n".join(rows) + "\n"


def _marked(body: list[ast.stmt], outer: set[str]) -> Iterator[tuple[str, str]]:
    """Number and name of each marked test of a module or a class."""
    numbers = set(outer)
    for statement in body:
        if isinstance(statement, ast.Assign) and any(_is_pytestmark(target) for target in statement.targets):
            numbers |= _numbers(statement.value)
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            own = {number for decorator in statement.decorator_list for number in _numbers(decorator)}
            yield from _marked(statement.body, numbers | own)
        elif isinstance(statement, ast.FunctionDef) and statement.name.startswith("test_"):
            own = {number for decorator in statement.decorator_list for number in _numbers(decorator)}
            for number in sorted(numbers | own):
                yield number, statement.name


def _is_pytestmark(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "pytestmark"


def _numbers(expression: ast.expr) -> set[str]:
    """The numbers in `pytest.mark.req(...)` anywhere in an expression."""
    return {
        str(node.args[0].value)
        for node in ast.walk(expression)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "req"
        and isinstance(node.args[0], ast.Constant)
    }
