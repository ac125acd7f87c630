"""Exports: the directory as files."""

from contactcore.workspace.exports.exports import Exports

__all__ = ["Exports"]
