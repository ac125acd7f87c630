"""Documents: a catalogue of variables, and templates of text, HTML and Word that use them (PER-6)."""

from contactcore.formats.documents.templates import Missing, missing, names_in, render
from contactcore.formats.documents.variables import Values, Variable, values_of, variables

__all__ = ["Missing", "Values", "Variable", "missing", "names_in", "render", "values_of", "variables"]
