"""Each sentence of the port has its laws in `docs/promises.md`, and no other sentence stands there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcore.testing import HOOKED_LAWS, LARGE_LAWS, LAWS

ROOT = Path(__file__).parents[2]
MODULES = ("port", "records", "queries", "errors")
LAW_NAMES = {law.__name__ for law in (*LAWS, *LARGE_LAWS, *HOOKED_LAWS)}
NO_LAW = {"definition", "advice", "shared code", "not judged"}
"""Why a sentence has no law, as the page explains."""


def sentences() -> Iterator[tuple[str, str]]:
    """Place and sentence of every docstring of the port, without headings, examples and private names."""
    for module in MODULES:
        source = (ROOT / "src" / "contactcore" / "storage" / f"{module}.py").read_text(encoding="utf-8")
        yield from _of_node(ast.parse(source), module)


def _of_node(node: ast.Module | ast.ClassDef | ast.FunctionDef, place: str) -> Iterator[tuple[str, str]]:
    for part in _parts(ast.get_docstring(node) or ""):
        for sentence in re.split(r"(?<=\.)\s+(?=[A-Z`])", part):
            yield place, sentence
    for inner in node.body:
        if isinstance(inner, ast.ClassDef | ast.FunctionDef) and not inner.name.startswith("_"):
            yield from _of_node(inner, inner.name if place in MODULES else f"{place}.{inner.name}")


def _parts(docstring: str) -> Iterator[str]:
    """The paragraphs of a docstring, the items of its lists, and the items of its sections."""
    for paragraph in docstring.split("\n\n"):
        if paragraph.startswith(">>>"):
            continue
        heading = re.match(r"(Args|Returns|Raises|Attributes):\n", paragraph)
        begin = r"\n(?=- )" if heading is None else r"\n(?=    \S)"
        if heading is not None:
            paragraph = "\n" + paragraph[heading.end() :]  # noqa: PLW2901 - without its heading
        if heading is not None and heading[1] == "Returns":
            begin = r"\A\n"
        for part in re.split(begin, paragraph):
            if part.strip():
                yield " ".join(part.removeprefix("- ").split())


def rows() -> list[tuple[str, str, tuple[str, ...]]]:
    """Place, sentence and last column of each row of the tables."""
    text = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    found = [line[2:-2].split(" | ") for line in text.splitlines() if line.startswith("| ") and line.endswith(" |")]
    kept = [one for one in found if one[0] not in {"Call", "---"}]
    return [(place.strip("`"), " | ".join(rest[:-1]), tuple(rest[-1].split(", "))) for place, *rest in kept]


def test_every_sentence_of_the_port_stands_in_the_table_and_no_other_does() -> None:
    written = list(sentences())
    listed = [(place, sentence) for place, sentence, _ in rows()]
    assert [one for one in written if one not in listed] == []
    assert [one for one in listed if one not in written] == []
    assert len(listed) == len(written)


@pytest.mark.parametrize("place", sorted({place for place, _ in sentences()}))
def test_a_sentence_is_proven_by_laws_or_says_why_not(place: str) -> None:
    for there, sentence, laws in rows():
        if there == place:
            names = {law.strip("`") for law in laws}
            assert names <= LAW_NAMES or (len(names) == 1 and names <= NO_LAW), (sentence, names - LAW_NAMES)


def test_every_law_proves_a_sentence() -> None:
    named = {law.strip("`") for _, _, laws in rows() for law in laws}
    assert LAW_NAMES - named == set()
