"""Imports: CSV files of contacts are planned, previewed, applied and undone."""

from contactcore.workspace.imports.imports import Imports

__all__ = ["Imports"]
