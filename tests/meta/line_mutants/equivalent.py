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
_REPEATED: Final = "The check is repeated on the locked record; the first one only spares the lock."
_OTHER_TERMS: Final = "A stored contact always has other terms too."
_FROM_TRASHED: Final = "The terms in the trash are made from those that `may_restore` judges."
_PREPARED: Final = "A prepared contact has an access policy."
_BOTH_WAYS: Final = "Two contacts are compared alike in both directions."
_NO_LIKENESS: Final = "The likeness of an empty and another text is 0."
_EQUAL_TEXTS: Final = "The likeness of equal texts is 1."
_NO_SUCH_WEIGHT: Final = "No verdict on a name has this weight."
_NEVER_SWAPPED: Final = "A missing name is not similar to any name, so the names are not swapped."
_CUT_OFF: Final = "Beyond the cutoff, the number of edits only has to be greater than those that count."
_HAVE_KEY: Final = "All values of lists have a key, except addresses."
_FLAT: Final = "No compared field has parts of its own, and `repr` writes a surrogate as an escape."
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
        "contacts",
        "ContactRepository.open_to_portal",
        "LtE in portal_access(id) <= stored.access",
        "Lt in portal_access(id) <= stored.access",
    ): _OTHER_TERMS,
    (
        "contacts",
        "ContactRepository.open_to_portal",
        "stored is None or portal_access(id) <= stored.access",
        "False",
    ): _SPEED,
    (
        "contacts",
        "ContactRepository.open_to_portal",
        "stored is None or portal_access(id) <= stored.access",
        "stored is None",
    ): _SPEED,
    (
        "contacts",
        "ContactRepository.open_to_portal",
        "stored is None or portal_access(id) <= stored.access",
        "stored is None and portal_access(id) <= stored.access",
    ): _SPEED,
    (
        "contacts",
        "ContactRepository.lock_for_change",
        "self.transaction.check_change(seen.access)",
        "pass",
    ): _REPEATED,
    (
        "contacts",
        "_audience",
        "contact.access is None or contact.access.is_open",
        "contact.access.is_open",
    ): _PREPARED,
    ("matches", "_may_restore", "finder.read_terms & root.access", "finder.read_terms"): _FROM_TRASHED,
    (
        "matches",
        "_may_restore",
        "BitAnd in finder.read_terms & root.access",
        "BitOr in finder.read_terms & root.access",
    ): _FROM_TRASHED,
    (
        "directory_keys",
        "DirectoryKeys._load_employees",
        "LtE in self._access <= read_terms(self._transaction.actor)",
        "Lt in self._access <= read_terms(self._transaction.actor)",
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
    ("likeness", "Compared.digest", "False", "True"): _FLAT,
    ("likeness", "Compared.digest", "'surrogatepass'", "'surrogatepassx'"): _FLAT,
    **{
        ("forms", "_is_alike", before, after): _HAVE_KEY
        for before, after in (
            ("return bool(number == other.e164) if number is not None else bool(one == other)", "return None"),
            ("number is not None", "True"),
            ("number is not None", "False"),
            ("IsNot in number is not None", "Is in number is not None"),
            ("Eq in number == other.e164", "NotEq in number == other.e164"),
            ("Eq in one == other", "NotEq in one == other"),
        )
    },
    **{
        ("likeness", function, f"{called}({one}, {other}{rest})", f"{called}({other}, {one}{rest})"): _BOTH_WAYS
        for function, called, one, other, rest in (
            ("compare", "_person_names", "one", "other", ""),
            ("compare", "_company_names", "one", "other", ", library"),
            ("compare", "_emails", "one", "other", ", library"),
            ("compare", "_phones", "one", "other", ""),
            ("compare", "_addresses", "one", "other", ", library"),
            ("compare", "_birthdays", "one", "other", ", library"),
            ("compare", "_websites", "one", "other", ""),
            ("_person_names", "_alike", "one.given", "other.given", ""),
            ("_person_names", "_alike", "one.family", "other.family", ""),
            ("_person_names", "_alike", "one.given", "other.family", ""),
            ("_person_names", "_alike", "one.family", "other.given", ""),
            ("_alike", "library.like", "one", "other", ""),
            ("_alike", "library.edits", "one", "other", ", score_cutoff=1"),
            ("_company_names", "library.words_like", "one.name", "other.name", ""),
            ("_company_names", "library.like", "one.division", "other.division", ""),
            ("_emails", "product", "one.emails[:3]", "other.emails[:3]", ""),
            ("_emails", "library.edits", "first", "second", ", score_cutoff=1"),
            ("_addresses", "product", "one.addresses[:3]", "other.addresses[:3]", ""),
            ("_address", "library.like", "one[0]", "other[0]", ""),
            ("_address", "library.like", "one[2]", "other[2]", ""),
            ("_birthdays", "library.edits", "first.replace('-', '')", "second.replace('-', '')", ", score_cutoff=2"),
        )
    },
    **{
        ("likeness", "_emails", "not one.emails or not other.emails", after): _SPEED
        for after in ("False", "not one.emails and (not other.emails)", "not one.emails", "not other.emails")
    },
    **{
        ("likeness", "_address", f"one[{index}] and other[{index}]", after): _NO_LIKENESS
        for index in (0, 2)
        for after in (f"one[{index}] or other[{index}]", f"one[{index}]", f"other[{index}]")
    },
    **{
        (
            "likeness",
            "_company_names",
            "one.division and other.division and (library.like(one.division, other.division) >= _LIKE_NAME)",
            f"{side}.division and library.like(one.division, other.division) >= _LIKE_NAME",
        ): _NO_LIKENESS
        for side in ("one", "other")
    },
    **{
        (
            "likeness",
            "_person_names",
            "straight.weight < _SWAPPED.weight and one.given and one.family",
            f"straight.weight < _SWAPPED.weight and {name}",
        ): _NEVER_SWAPPED
        for name in ("one.given", "one.family")
    },
    (
        "likeness",
        "_person_names",
        "Lt in straight.weight < _SWAPPED.weight",
        "LtE in straight.weight < _SWAPPED.weight",
    ): _NO_SUCH_WEIGHT,
    (
        "likeness",
        "_person_names",
        "Lt in straight.weight < _BORN_ALIKE",
        "LtE in straight.weight < _BORN_ALIKE",
    ): _NO_SUCH_WEIGHT,
    (
        "likeness",
        "_address",
        "street and numbers[0] and numbers[1] and (not numbers[0] & numbers[1])",
        "numbers[0] and numbers[1] and (not numbers[0] & numbers[1])",
    ): _SPEED,
    (
        "likeness",
        "_address",
        "one[2] == other[2] or library.like(one[2], other[2]) >= 0.9",
        "library.like(one[2], other[2]) >= 0.9",
    ): _EQUAL_TEXTS,
}
"""(module, function, before, after) -> the reason."""

_DROPPED: Final = {
    ("portal_view", "known_settings"): (("default_permissions", "default_notifications"), _DEFAULT),
    ("messages", "_sharers"): (("limit",), _PAGES),
    ("matches", "restorable_by_email"): (("limit",), _PAGES),
    ("likeness", "Compared.digest"): (("recurse", "errors"), _FLAT),
    ("likeness", "_alike"): (("score_cutoff",), _CUT_OFF),
    ("likeness", "_emails"): (("score_cutoff",), _CUT_OFF),
    ("likeness", "_birthdays"): (("score_cutoff",), _CUT_OFF),
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
