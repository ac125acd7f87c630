"""What the README and the documentation show is true: their Python blocks run, and their commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contactcore import ContactCoreError
from contactcore.storage import Refused
from support.own_loop import apart

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))], ids=lambda p: p.name
)
def test_the_python_blocks_of_a_page_run_one_after_another(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}

    def run_blocks():
        for block in BLOCK.findall(page.read_text("utf-8")):
            exec(compile(block, page.name, "exec"), names)

    apart(run_blocks)


@pytest.mark.parametrize("heading", ["## Run it", "## Test it"])
def test_the_readme_has_one_self_sufficient_block_under_each_of_its_two_headings(heading):
    text = (ROOT / "README.md").read_text("utf-8")
    section = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    assert blocks[0].startswith("python3 -m venv .venv\n")


def test_the_files_that_the_readme_names_are_there():
    text = (ROOT / "README.md").read_text("utf-8")
    for name in re.findall(r"`((?:docs|examples|benchmarks)/[^`]*)`", text):
        assert (ROOT / name).exists(), name


def test_each_statement_about_another_product_names_its_source():
    text = (ROOT / "docs" / "comparison.md").read_text("utf-8")
    statements = re.findall(r"^- \*\*(?:.+\n)+?(?=- |\n)", text, re.MULTILINE)
    assert len(statements) > 12
    assert [one for one in statements if not re.search(r"\]\(https://[^)]+\)\s*$", one)] == []


def _classes_under(root):
    return {root, *(one for below in root.__subclasses__() for one in _classes_under(below))}


def test_the_page_on_web_applications_has_a_status_for_each_error():
    modules = {ContactCoreError.__module__, Refused.__module__}
    errors = {one for one in _classes_under(ContactCoreError) if one.__module__ in modules}
    text = (ROOT / "docs" / "web.md").read_text("utf-8").split("\n## Errors\n", 1)[1].split("\n## ", 1)[0]
    table = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    assert {one.__name__ for one in errors} - set(re.findall(r"`(?:contactcore\.storage\.)?(\w+)`", table)) == set()


def test_the_tests_that_the_page_on_security_names_are_there():
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`((?:tests/[a-z_/]+)?test_\w+\.py)`", text)
    assert len(named) > 40
    for name in named:
        assert (ROOT / name if "/" in name else ROOT / "tests/workspace/portal" / name).exists(), name
