"""The configuration of Sphinx for the pages of this folder and the reference from the docstrings."""

from __future__ import annotations

import sys
from importlib import metadata
from itertools import count, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from contactcore.testing import clauses
from support.requirements import table

project = "contactcore"
author = "The contactcore authors"
release = version = metadata.version("contactcore")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_use_ivar = True
myst_heading_anchors = 3


def _add_table(_app: Any, name: str, source: list[str]) -> None:
    """Append what is as it is at the time of the build: the tests of each requirement, the clauses of the port."""
    if name == "requirements":
        source[0] += f"\n## Requirements and their tests\n\n{table()}"
    if name == "specification":
        number = count(1)
        for subject, sentences in groupby(clauses(), key=itemgetter(0)):
            lines = "\n".join(f"{next(number)}. {sentence}" for _, sentence in sentences)
            source[0] += f"\n## {subject}\n\n{lines}\n"


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", _add_table)
