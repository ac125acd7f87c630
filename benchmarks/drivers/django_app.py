# mypy: disable-error-code="misc,import-untyped"
# misc, import-untyped: Django ships no types and its stubs are no dependency
"""The application of Django's models. Without an application Django resolves no reverse relations."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["BenchConfig"]


class BenchConfig(AppConfig):
    name = "benchmarks.drivers"
    label = "bench"
