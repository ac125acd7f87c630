"""Who may see and who may change a record, and why (ACC-1 to ACC-3).

Access is kept as terms, so that every question to a storage can be asked for what the asker may see. `visible:` terms
say who sees a record: `*` stands for every user, and then nobody is named beside it, so that a record stands in exactly
one of the lists that make up what a user sees. `listed:` says the same of contacts in the directory in their own right.
The admins have a term of their own: what is in the trash carries none of these. A contact whose people have logins
carries one term more, `portal:` with its own id, which is all that a portal user is shown by.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import attrs

from contactcore.model.access import AccessPolicy
from contactcore.model.actors import Actor
from contactcore.model.contact import Contact
from contactcore.model.portal import PortalUser

__all__ = [
    "AccessDecision",
    "access_of",
    "audience_within",
    "contact_access",
    "import_access",
    "intersection",
    "may_change",
    "may_see",
    "policy_of",
    "portal_access",
    "read_terms",
    "responsibles_of",
    "trash_access",
    "viewers",
]

_ADMIN = "!admin"
"""No user can have this name: it would have to be given with its exclamation mark as a term of its own."""


@attrs.frozen
class AccessDecision:
    """An explained answer.

    Attributes:
        allowed: The answer.
        reason: `"admin"`, `"responsible"`, `"shared-read"`, `"shared-write"`, `"portal"`, `"hidden"` or `"read-only"`.
    """

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def _viewers(policy: AccessPolicy, responsibles: Iterable[str]) -> tuple[str, ...]:
    if policy.is_open:
        return ("*",)
    return tuple(f"={name}" for name in responsibles)


def contact_access(policy: AccessPolicy, responsibles: Iterable[str], *, listed: bool) -> frozenset[str]:
    """The access terms of a contact and of what hangs on it.

    >>> sorted(contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=False))
    ['policy:shared-read', 'responsible:amelie', 'visible:!admin', 'visible:*']
    """
    names = tuple(responsibles)
    viewers = (_ADMIN, *_viewers(policy, names))
    terms = [f"visible:{viewer}" for viewer in viewers]
    if listed:
        terms.extend(f"listed:{viewer}" for viewer in viewers)
    terms.extend(f"responsible:{name}" for name in names)
    terms.append(f"policy:{policy.value}")
    return frozenset(terms)


def read_terms(actor: Actor, *, listed: bool = False) -> frozenset[str]:
    """The terms of which a record must carry one for the actor to see it; no record carries two of them.

    >>> from contactcore.model.actors import User
    >>> sorted(read_terms(User("amelie")))
    ['visible:*', 'visible:=amelie']
    """
    if isinstance(actor, PortalUser):
        return portal_access(actor.client_id)
    prefix = "listed" if listed else "visible"
    if actor.admin:
        return frozenset((f"{prefix}:{_ADMIN}",))
    return frozenset((f"{prefix}:*", f"{prefix}:={actor.name}"))


def may_see(actor: Actor, access: frozenset[str]) -> AccessDecision:
    """Whether the actor sees a record with these access terms.

    >>> from contactcore.model.actors import User
    >>> may_see(User("amelie"), contact_access(AccessPolicy.PRIVATE, ["amelie"], listed=True))
    AccessDecision(allowed=True, reason='responsible')
    """
    if not (read_terms(actor) & access):
        return AccessDecision(allowed=False, reason="hidden")
    if isinstance(actor, PortalUser):
        return AccessDecision(allowed=True, reason="portal")
    if actor.admin:
        return AccessDecision(allowed=True, reason="admin")
    if actor.name in responsibles_of(access):
        return AccessDecision(allowed=True, reason="responsible")
    return AccessDecision(allowed=True, reason=policy_of(access).value)


def may_change(actor: Actor, access: frozenset[str]) -> AccessDecision:
    """Whether the actor may change a record with these access terms.

    >>> from contactcore.model.actors import User
    >>> may_change(User("bob"), contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=True))
    AccessDecision(allowed=False, reason='read-only')
    """
    seen = may_see(actor, access)
    if seen.reason in {"shared-read", "portal"}:
        return AccessDecision(allowed=False, reason="read-only")
    return seen


@lru_cache(maxsize=1_000)
def policy_of(access: frozenset[str]) -> AccessPolicy:
    """The policy that access terms stand for."""
    for term in access:
        if term.startswith("policy:"):
            return AccessPolicy(term.removeprefix("policy:"))
    return AccessPolicy.PRIVATE


def responsibles_of(access: frozenset[str]) -> tuple[str, ...]:
    """The responsible users that access terms name, by name."""
    return tuple(sorted(term.removeprefix("responsible:") for term in access if term.startswith("responsible:")))


def access_of(contact: Contact, default: AccessPolicy, stored: frozenset[str] = frozenset()) -> frozenset[str]:
    """The access terms that a contact asks for.

    Args:
        contact: Whose they are.
        default: The workspace's policy, for a contact without one.
        stored: The terms that it has now, of which those of the portal and of an import stay.
    """
    asked = contact_access(contact.access or default, contact.responsibles, listed=contact.listed)
    return asked | frozenset(term for term in stored if term.startswith(("portal:", "import:")))


def import_access(import_id: str) -> frozenset[str]:
    """The term by which a run of an import finds the contacts that it made for others than its actor.

    >>> sorted(import_access("42"))
    ['import:42']
    """
    return frozenset((f"import:{import_id}",))


def portal_access(client_id: str) -> frozenset[str]:
    """The term by which the portal users of a client see it.

    >>> sorted(portal_access("42"))
    ['portal:42']
    """
    return frozenset((f"portal:{client_id}",))


def intersection(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
    """The access of what both must be visible for: an affiliation is seen by who sees its contact and its person.

    >>> shared = contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=True)
    >>> private = contact_access(AccessPolicy.PRIVATE, ["bob"], listed=True)
    >>> sorted(intersection(shared, private))
    ['visible:!admin', 'visible:=bob']
    """
    sets = [{term for term in access if term.startswith("visible:")} for access in (first, second)]
    made = {term for term in first | second if term.startswith("import:")}
    for one, other in (sets, sets[::-1]):
        if "visible:*" in one:
            return frozenset(other | made)
    return frozenset(sets[0] & sets[1] | made)


def viewers(access: frozenset[str]) -> frozenset[str]:
    """Who sees a record, the admins aside: `*` for every user, else each by `=name`.

    >>> sorted(viewers(contact_access(AccessPolicy.PRIVATE, ["bob"], listed=True)))
    ['=bob']
    """
    return frozenset(term[8:] for term in access if term.startswith("visible:") and term != f"visible:{_ADMIN}")


def audience_within(inner: frozenset[str], outer: frozenset[str]) -> bool:
    """Whether everybody who sees a record with the first access terms also sees one with the second.

    >>> shared = contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=True)
    >>> private = contact_access(AccessPolicy.PRIVATE, ["bob"], listed=True)
    >>> audience_within(private, shared), audience_within(shared, private)
    (True, False)
    """
    reached = viewers(outer)
    return "*" in reached or viewers(inner) <= reached


def trash_access(access: frozenset[str]) -> frozenset[str]:
    """The access of a record in the trash: found by who could see it, and only as trash."""
    return frozenset("trash:" + term.removeprefix("visible:") for term in access if term.startswith("visible:"))
