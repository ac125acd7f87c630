"""A plugin of pytest for the interpreter of one mutant whose change is outside of functions."""

from __future__ import annotations

from meta.line_mutants.judging import install_from_environment

install_from_environment()
