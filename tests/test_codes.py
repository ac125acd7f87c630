"""The page of the stable codes names each of them, and nothing that is none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PLACES = {
    "Forbidden": 1,
    "Invalid": 0,
    "Problem": 0,
    "RowProblem": 4,
    "StorageError": 1,
    "_note": 0,
    "_problem": 0,
    "_refusal": 0,
    "_refuse": 1,
    "_report": 0,
    "note": 0,
    "reject": 0,
}
"""Name of what makes a refusal -> which of its arguments is the code."""
NAMED = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "codes.md").read_text(encoding="utf-8"), re.MULTILINE)


def _trees() -> Iterator[ast.Module]:
    """The modules of the library, one after another: all of them at once fill the memory of a worker."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        if "testing" not in path.parts:
            yield ast.parse(path.read_text(encoding="utf-8"))


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _given_to_calls(tree: ast.Module) -> set[str]:
    codes: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (place := PLACES.get(_called(node))) is not None:
            given = [*node.args[place : place + 1], *(word.value for word in node.keywords if word.arg == "code")]
            codes.update(one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))
    return {code for code in codes if CODE.fullmatch(code)}


def _of_classes(tree: ast.Module) -> set[str]:
    return {
        line.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.Assign | ast.AnnAssign)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
        and "code"
        in {getattr(target, "id", "") for target in getattr(line, "targets", [getattr(line, "target", None)])}
        and line.value.value
    }


def test_the_page_of_the_codes_names_each_code_of_a_refusal():
    used = {code for tree in _trees() for code in _given_to_calls(tree) | _of_classes(tree)}
    assert len(used) > 200
    assert used - set(NAMED) == set()


def test_the_page_of_the_codes_names_nothing_that_is_written_nowhere():
    written = {
        node.value
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made_of_a_word = {"category-unknown", "type-unknown", "fall-back-purpose", "fall-back-primary", "fall-back-client"}
    assert set(NAMED) - written - made_of_a_word == set()


def test_the_page_of_the_codes_names_no_code_twice():
    assert sorted(NAMED) == sorted(set(NAMED))
