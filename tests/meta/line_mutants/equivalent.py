"""One-line mutants that change nothing that a caller can see, each with the reason."""

from __future__ import annotations

from typing import Final

from meta.line_mutants.mutating import LineMutant

__all__ = ["EQUIVALENT", "reason_of"]

_SPEED: Final = "The condition saves work: without it an equal value is stored, or an equal copy is made."
_EMPTY: Final = "The caller asks only whether the code is empty."
_NEVER: Final = "No template has an empty name."
_DEFAULT: Final = "The argument is the default; it is written out because the projection names what it shows."

EQUIVALENT: Final[dict[tuple[str, str, str, str], str]] = {
    ("preparation", "_read_values", "contact.fields or settings.fields", "True"): _SPEED,
    ("preparation", "_read_values", "phones != contact.phones", "True"): _SPEED,
    ("preparation", "_read_values", "fields != contact.fields", "True"): _SPEED,
    ("preparation", "prepare", "access is not contact.access", "True"): _SPEED,
    ("preparation", "prepare", "responsibles != contact.responsibles", "True"): _SPEED,
    ("preparation", "prepare", "contact.type or contact.categories", "True"): _SPEED,
    ("purposes", "with_own_purposes", "len(kept) == len(one.purposes)", "False"): _SPEED,
    (
        "sending",
        "_code",
        "message.template and message.template in facts.templates_off",
        "message.template in facts.templates_off",
    ): _NEVER,
    ("sending", "_user_code", "return ''", "return None"): _EMPTY,
}
"""(module, function, before, after) -> the reason."""

_DROPPED: Final = {("portal_view", "known_settings"): ("default_permissions", "default_notifications")}
"""(module, function) -> arguments that are the defaults."""


def reason_of(mutant: LineMutant) -> str:
    """The reason why a mutant has no effect; `""` if it has one."""
    place = (mutant.path.stem, mutant.function)
    if mutant.kind == "argument dropped":
        gone = [
            name for name in _DROPPED.get(place, ()) if f"{name}=" in mutant.before and f"{name}=" not in mutant.after
        ]
        return _DEFAULT if gone else ""
    return EQUIVALENT.get((*place, mutant.before, mutant.after), "")
