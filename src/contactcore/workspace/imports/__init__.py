"""Imports: files of contacts, planned, previewed, applied, undone."""

from contactcore.workspace.imports.imports import Imports

__all__ = ["Imports"]
