"""One-line mutants that change nothing that a caller can see, each with the reason."""

from __future__ import annotations

from typing import Final

from meta.line_mutants.mutating import LineMutant

__all__ = ["EQUIVALENT", "reason_of"]

_SPEED: Final = "The condition saves work: without it an equal value is stored, or an equal copy is made."
_EMPTY: Final = "The caller asks only whether the code is empty."
_NEVER: Final = "No template has an empty name."
_ACTOR: Final = "A search has the access terms of an actor, and never those of the system."
_SYMMETRIC: Final = "The terms that both have do not depend on the order."
_IN_TRASH: Final = "Only records in the trash come here."
_NOTED_FOR_ALL: Final = "The loss is noted only if everybody who sees the record in the trash saw the lost one."
_PAGES: Final = "All pages are read, or the caller asks only whether there is any answer."
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
    (
        "search",
        "_owners",
        "wanted.access is SYSTEM or wanted.access & stored.access",
        "wanted.access & stored.access",
    ): _ACTOR,
    (
        "adding",
        "AddedPeople.store",
        "intersection(client.access, owners[one.person_id].access)",
        "intersection(owners[one.person_id].access, client.access)",
    ): _SYMMETRIC,
    ("affiliations", "AffiliationRepository._seen_with", "group", "True"): _SPEED,
    (
        "contacts",
        "ContactRepository.open_to_portal",
        "LtE in portal_access(id) <= stored.access",
        "Gt in portal_access(id) <= stored.access",
    ): _SPEED,
    (
        "directory_keys",
        "DirectoryKeys._load_employees",
        "not self._access <= read_terms(self._transaction.actor)",
        "True",
    ): _SPEED,
    ("restoring", "_as_before", "trashed", "True"): _IN_TRASH,
    ("restoring", "_Restorer._report_lost", "trashed is None", "False"): _IN_TRASH,
    (
        "restoring",
        "_Restorer._report_lost",
        "may_see(self._transaction.actor, frozenset(access))",
        "True",
    ): _NOTED_FOR_ALL,
    ("sending", "_user_code", "return ''", "return None"): _EMPTY,
}
"""(module, function, before, after) -> the reason."""

_DROPPED: Final = {
    ("portal_view", "known_settings"): (("default_permissions", "default_notifications"), _DEFAULT),
    ("messages", "_sharers"): (("limit",), _PAGES),
    ("matches", "restorable_by_email"): (("limit",), _PAGES),
}
"""(module, function) -> arguments without an effect, and the reason."""


def reason_of(mutant: LineMutant) -> str:
    """The reason why a mutant has no effect; `""` if it has one."""
    place = (mutant.path.stem, mutant.function)
    if mutant.kind == "argument dropped":
        names, reason = _DROPPED.get(place, ((), ""))
        gone = [name for name in names if f"{name}=" in mutant.before and f"{name}=" not in mutant.after]
        return reason if gone else ""
    return EQUIVALENT.get((*place, mutant.before, mutant.after), "")
