"""The examples in the docstrings of the values hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import contactcore.values

MODULES = sorted(module.name for module in pkgutil.iter_modules(contactcore.values.__path__))
WITHOUT_EXAMPLES = {"iso_codes"}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_every_module_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"contactcore.values.{name}"))
    assert result.failed == 0
    assert (result.attempted > 0) == (name not in WITHOUT_EXAMPLES)


def test_every_public_name_is_documented_and_exported() -> None:
    public = contactcore.values.__all__
    assert len(set(public)) == len(public)
    for name in public:
        value = getattr(contactcore.values, name)
        assert not callable(value) or value.__doc__
