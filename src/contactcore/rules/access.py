"""Access: the actors who may see or change a record, and the reasons (ACC-1 to ACC-3).

Access is stored as terms, because every query to a storage is restricted to the records that the actor may see. There
are these prefixes:

- `visible:` names an actor who sees the record. `*` means every user. A record with `*` names no single user, so each
  record is in exactly one of the postings that together make up a user's view.
- `listed:` has the same values, for contacts that the directory lists themselves.
- `responsible:` and `policy:` store the responsible users and the access policy.
- `restricted:` says that only admins see the contact, whatever its policy is (IMP-8).
- `portal:` with the id of a contact shows it to its portal users, and is their only access. A contact has this term
  while its people have logins.

Admins have a value of their own (`!admin`). Records in the trash have none of these terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from contactcore.errors import Forbidden
from contactcore.frozen import frozen
from contactcore.model.access import AccessPolicy
from contactcore.model.actors import Actor, User
from contactcore.model.portal_user import PortalUser
from contactcore.wording import message_of

if TYPE_CHECKING:
    from contactcore.model.contact import Contact

__all__ = [
    "RESTRICTED",
    "AccessDecision",
    "access_of",
    "audience_within",
    "check_staff",
    "contact_access",
    "handed_over",
    "handed_over_names",
    "import_access",
    "intersection",
    "may_change",
    "may_see",
    "policy_of",
    "portal_access",
    "read_terms",
    "responsibles_of",
    "restricted_access",
    "trash_access",
    "viewers",
]

RESTRICTED = "restricted:!"
"""The term of a contact whose data is restricted (IMP-8): only admins see it, until the restriction ends."""

_ADMIN = "!admin"
"""The value of the term for admins; it cannot be a user, because the values of users begin with `=`."""


@frozen
class AccessDecision:
    """Whether an actor may see or change a record, with the reason; it is true if the actor may.

    Attributes:
        allowed: Whether the actor may.
        reason: `"admin"`, `"responsible"`, `"shared-read"`, `"shared-write"`, `"portal"`, `"hidden"`, `"read-only"`, or
            `"user-reads-only"` for a user who changes nothing.
    """

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.reason, language, context="access")


def _viewers(policy: AccessPolicy, responsibles: Iterable[str]) -> tuple[str, ...]:
    if policy.is_open:
        return ("*",)
    return tuple(f"={name}" for name in responsibles)


def contact_access(policy: AccessPolicy, responsibles: Iterable[str], *, listed: bool) -> frozenset[str]:
    """The access terms of a contact and of the records that belong to it.

    Args:
        policy: The access policy of the contact.
        responsibles: The names of its responsible users.
        listed: Whether the directory lists the contact itself.

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
    """The terms that give an actor access: the actor sees a record if it has one of them. No record has two of them.

    Args:
        actor: The actor.
        listed: Whether only contacts count that the directory lists themselves; False by default.

    >>> from contactcore.model.actors import User
    >>> sorted(read_terms(User("amelie")))
    ['visible:*', 'visible:=amelie']
    """
    if isinstance(actor, PortalUser):
        return portal_access(actor.client_id)
    return _terms_of_user("listed" if listed else "visible", actor.name, actor.admin)


@lru_cache(maxsize=1_000)
def _terms_of_user(prefix: str, name: str, admin: bool) -> frozenset[str]:
    return frozenset((f"{prefix}:{_ADMIN}",) if admin else (f"{prefix}:*", f"{prefix}:={name}"))


def may_see(actor: Actor, access: frozenset[str]) -> AccessDecision:
    """Whether an actor may see a record.

    Args:
        actor: The actor.
        access: The access terms of the record.

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
    """Whether an actor may change a record.

    Args:
        actor: The actor.
        access: The access terms of the record.

    >>> from contactcore.model.actors import User
    >>> may_change(User("bob"), contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=True))
    AccessDecision(allowed=False, reason='read-only')
    """
    seen = may_see(actor, access)
    if seen.reason in {"shared-read", "portal"}:
        return AccessDecision(allowed=False, reason="read-only")
    if seen and isinstance(actor, User) and actor.read_only:
        return AccessDecision(allowed=False, reason="user-reads-only")
    return seen


@lru_cache(maxsize=1_000)
def policy_of(access: frozenset[str]) -> AccessPolicy:
    """The access policy in access terms; `PRIVATE` without one.

    Args:
        access: The access terms of a record.
    """
    for term in access:
        if term.startswith("policy:"):
            return AccessPolicy(term.removeprefix("policy:"))
    return AccessPolicy.PRIVATE


@lru_cache(maxsize=1_000)
def responsibles_of(access: frozenset[str]) -> tuple[str, ...]:
    """The responsible users in access terms, sorted by name.

    Args:
        access: The access terms of a record.
    """
    return tuple(sorted(term.removeprefix("responsible:") for term in access if term.startswith("responsible:")))


def access_of(contact: Contact, default: AccessPolicy, stored: frozenset[str] = frozenset()) -> frozenset[str]:
    """The access terms of a contact according to its fields.

    Args:
        contact: The contact.
        default: The workspace's policy, which applies to a contact without one.
        stored: The access terms of the stored contact, whose `portal:`, `import:` and `restricted:` terms are kept;
            none by default.
    """
    asked = contact_access(contact.access or default, contact.responsibles, listed=contact.listed)
    if RESTRICTED in stored:
        asked = restricted_access(asked)
    return asked | frozenset(term for term in stored if term.startswith(("portal:", "import:")))


def restricted_access(access: frozenset[str]) -> frozenset[str]:
    """The access terms of a contact while its data is restricted: of the users only admins see it.

    The policy and the responsible users stay, and hold again when the restriction ends.

    Args:
        access: The access terms that the contact would have otherwise.

    >>> sorted(restricted_access(contact_access(AccessPolicy.SHARED_READ, ["bob"], listed=False)))
    ['policy:shared-read', 'responsible:bob', 'restricted:!', 'visible:!admin']
    """
    shown = ("visible:", "listed:")
    kept = {term for term in access if not term.startswith(shown) or term.endswith(f":{_ADMIN}")}
    return frozenset(kept | {RESTRICTED})


def import_access(import_id: str) -> frozenset[str]:
    """The term by which a run of an import finds the contacts that it made for others than its actor.

    >>> sorted(import_access("42"))
    ['import:42']
    """
    return frozenset((f"import:{import_id}",))


def portal_access(client_id: str) -> frozenset[str]:
    """The access terms by which the portal users of a client see it.

    Args:
        client_id: The id of the client.

    >>> sorted(portal_access("42"))
    ['portal:42']
    """
    return frozenset((f"portal:{client_id}",))


def intersection(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
    """The access terms of a record that belongs to two others: an actor sees it only if the actor sees both.

    An affiliation has the intersection of the access of its contact and its person.

    Args:
        first: The access terms of one record.
        second: The access terms of the other record.

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
    """The viewers of a record except the admins: `*` for every user, else `=name` for each user.

    Args:
        access: The access terms of the record.

    >>> sorted(viewers(contact_access(AccessPolicy.PRIVATE, ["bob"], listed=True)))
    ['=bob']
    """
    return frozenset(term[8:] for term in access if term.startswith("visible:") and term != f"visible:{_ADMIN}")


def audience_within(inner: frozenset[str], outer: frozenset[str]) -> bool:
    """Whether all users who see one record also see another.

    Args:
        inner: The access terms of the first record.
        outer: The access terms of the other record.

    >>> shared = contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=True)
    >>> private = contact_access(AccessPolicy.PRIVATE, ["bob"], listed=True)
    >>> audience_within(private, shared), audience_within(shared, private)
    (True, False)
    """
    reached = viewers(outer)
    return "*" in reached or viewers(inner) <= reached


def trash_access(access: frozenset[str]) -> frozenset[str]:
    """The access terms of a record in the trash: the actors who saw it find it there, and nowhere else.

    Args:
        access: The access terms that the record had.
    """
    return frozenset("trash:" + term.removeprefix("visible:") for term in access if term.startswith("visible:"))


def handed_over(access: frozenset[str], user: str, to: str) -> frozenset[str]:
    """The access terms with another user in the place of one who leaves.

    Args:
        access: The access terms of a record.
        user: The name of the user who leaves.
        to: The name of the user who takes over.

    >>> sorted(handed_over(contact_access(AccessPolicy.PRIVATE, ["bob"], listed=False), "bob", "eve"))
    ['policy:private', 'responsible:eve', 'visible:!admin', 'visible:=eve']
    """
    swapped = {f"{prefix}{user}": f"{prefix}{to}" for prefix in ("visible:=", "listed:=", "responsible:")}
    return frozenset(swapped.get(term, term) for term in access)


def handed_over_names(names: Iterable[str], handed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The responsible users of an earlier state, with those who took over in the place of those who left since.

    Args:
        names: The names of the responsible users.
        handed: Each user who left, with the user who took over, in the sequence of the handings over.

    >>> handed_over_names(["bob", "amelie"], [("bob", "eve"), ("eve", "amelie")])
    ('amelie',)
    """
    found = tuple(names)
    for leaving, to in handed:
        if leaving in found:
            found = tuple(sorted({to if name == leaving else name for name in found}))
    return found


def check_staff(actor: Actor) -> None:
    """Refuse a portal user where only users of the application may ask.

    Args:
        actor: The actor.

    Raises:
        Forbidden: `staff-only`.
    """
    if isinstance(actor, PortalUser):
        raise Forbidden("Only users of the application may ask this.", "staff-only")
