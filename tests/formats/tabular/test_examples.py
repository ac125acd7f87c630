"""The examples in the docstrings of the tables hold, and what is public is documented."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from contactcore.formats import tabular

MODULES = sorted(module.name for module in pkgutil.iter_modules(tabular.__path__) if not module.ispkg)


@pytest.mark.parametrize("name", ["drafts", "tabular", *(f"tabular.{module}" for module in MODULES)])
def test_the_examples_of_every_module_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"contactcore.formats.{name}"))
    assert result.failed == 0
    assert result.attempted > 0 or name in {"tabular.drafting", "tabular.records", "tabular.sources"}


def test_every_public_name_is_documented() -> None:
    assert len(set(tabular.__all__)) == len(tabular.__all__)
    for name in tabular.__all__:
        value = getattr(tabular, name)
        assert not callable(value) or value.__doc__
