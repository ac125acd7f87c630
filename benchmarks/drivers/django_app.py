# mypy: disable-error-code="misc,import-untyped"
# misc, import-untyped: Django ships no types and its stubs are no dependency
"""The application that Django's models belong to; without one, it resolves no reverse relations."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["BenchConfig"]


class BenchConfig(AppConfig):
    name = "benchmarks.drivers"
    label = "bench"
