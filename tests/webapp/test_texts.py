"""The catalogue has every sentence of the templates and routes, in three languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2] / "examples" / "webapp"
IN_TEMPLATES = re.compile(r"""_\((?:"([^"]+)"|'([^']+)')""")
IN_CODE = re.compile(r"""(?:\.say|\.t)\(\s*"([^"]+)\"""")
SOURCES = sorted([*HERE.rglob("*.html"), *HERE.rglob("*.py")])


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_sentence_of_a_screen_is_in_the_catalogue(source):
    from examples.webapp.texts import sentences

    text = source.read_text("utf-8")
    used = {one or other for one, other in IN_TEMPLATES.findall(text)} if source.suffix == ".html" else set()
    used |= set(IN_CODE.findall(text)) if source.suffix == ".py" else set()
    assert used - set(sentences()) == set()


def test_every_sentence_is_used_once_and_has_the_same_places_for_values_in_each_language():
    from examples.webapp.texts import sentences

    for english, texts in sentences().items():
        assert len(texts) == 3, english
        places = {language: sorted(re.findall(r"\{\w+\}", text)) for language, text in texts.items()}
        assert len({tuple(names) for names in places.values()}) == 1, places
