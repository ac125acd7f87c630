"""Forms of the web: their definition, what visitors send, and what users make of it."""

from contactcore.workspace.forms.forms import Forms

__all__ = ["Forms"]
