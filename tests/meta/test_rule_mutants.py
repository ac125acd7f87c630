"""Rules that are broken on purpose: a scene, the workspace machine or the twin worlds must catch each."""

from __future__ import annotations

import importlib
import os
import pkgutil
from contextlib import closing
from typing import Any

import attrs
import pytest

import contactcore.rules.access as access_rules
import contactcore.rules.primary as primary_rules
from contactcore import Company, Person, User
from contactcore.model import AccessPolicy
from contactcore.rules.access import AccessDecision, contact_access, intersection, read_terms
from contactcore.rules.primary import PrimaryAssignment, enforce
from contactcore.workspace import Workspace
from contactcore_memory import MemoryStorage
from model_based.noninterference import check_noninterference
from model_based.workspace_machine import drive_workspace

PACKAGES = ("contactcore.rules", "contactcore.mapping", "contactcore.workspace")
MODULES = tuple(
    importlib.import_module(module.name)
    for package in PACKAGES
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
)


def two_marks(*args: Any, **kwargs: Any) -> Any:
    outcome = enforce(*args, **kwargs)
    both = tuple(attrs.evolve(one, primary=True) for one in outcome.affiliations)
    return attrs.evolve(outcome, affiliations=both, changed=both)


def no_succession(affiliations: Any, on: Any, chosen: Any = None, access: Any = None) -> Any:
    if chosen is None and len(affiliations) > 1:
        return PrimaryAssignment(tuple(affiliations), (), None, "kept")
    return enforce(affiliations, on, chosen, access)


def last_one_follows(affiliations: Any, on: Any, chosen: Any = None, access: Any = None) -> Any:
    if chosen is None and affiliations and not any(one.primary for one in affiliations):
        chosen = affiliations[-1].id if affiliations[-1].is_current(on) else None
    return enforce(affiliations, on, chosen, access)


def deaf_to_choice(affiliations: Any, on: Any, chosen: Any = None, access: Any = None) -> Any:
    enforce(affiliations, on, chosen, access)
    return enforce(affiliations, on, None, access)


def forgetful_of_views(affiliations: Any, on: Any, chosen: Any = None, access: Any = None) -> Any:
    return enforce(affiliations, on, chosen, None)


def everybody_sees(actor: Any, access: Any) -> Any:
    return AccessDecision(allowed=True, reason="admin")


def readers_write(actor: Any, access: Any) -> Any:
    return access_rules.may_see(actor, access)


def person_forgotten(first: Any, second: Any) -> Any:
    return frozenset(term for term in first if term.startswith("visible:"))


def contact_forgotten(first: Any, second: Any) -> Any:
    return frozenset(term for term in second if term.startswith("visible:"))


def sees_the_keeper_too(actor: Any, *, listed: Any = False) -> Any:
    prefix = "listed" if listed else "visible"
    return read_terms(actor, listed=listed) | {f"{prefix}:=keeper", f"{prefix}:=bob"}


def sharing_forgotten(policy: Any, responsibles: Any, *, listed: Any) -> Any:
    return contact_access(AccessPolicy.PRIVATE, responsibles, listed=listed)


def unlisted_listed(policy: Any, responsibles: Any, *, listed: Any) -> Any:
    return contact_access(policy, responsibles, listed=True)


def dangling(entries: Any, slug: Any) -> Any:
    return slug


def replaced_by_nothing(entries: Any, slug: Any) -> Any:
    found = next((entry for entry in entries if entry.slug == slug), None)
    return "" if found is None or found.removed else slug


def trash_for_admins(access: Any) -> Any:
    return frozenset({"trash:!admin"})


def trash_like_life(access: Any) -> Any:
    return frozenset(term for term in access if term.startswith("visible:"))


SABOTEURS = {
    "two marks": ("enforce", two_marks),
    "no succession": ("enforce", no_succession),
    "the last one follows": ("enforce", last_one_follows),
    "deaf to the choice": ("enforce", deaf_to_choice),
    "the mark tells of hidden people": ("enforce", forgetful_of_views),
    "everybody sees everything": ("may_see", everybody_sees),
    "readers may write": ("may_change", readers_write),
    "an affiliation is seen by who sees the contact": ("intersection", person_forgotten),
    "an affiliation is seen by who sees the person": ("intersection", contact_forgotten),
    "another user's contacts are seen": ("read_terms", sees_the_keeper_too),
    "sharing changes nothing": ("contact_access", sharing_forgotten),
    "contact persons are listed": ("contact_access", unlisted_listed),
    "a removed type dangles": ("resolve", dangling),
    "a replacement is not heeded": ("resolve", replaced_by_nothing),
    "only admins find the trash": ("trash_access", trash_for_admins),
    "the trash is found like the living": ("trash_access", trash_like_life),
}


def put_in(monkeypatch: pytest.MonkeyPatch, name: Any, broken: Any) -> Any:
    honest = {module: getattr(module, name) for module in MODULES if hasattr(module, name)}
    assert honest, f"nothing uses {name}"
    for module in honest:
        monkeypatch.setattr(module, name, broken)


def leave_one_by_one() -> None:
    """People leave a company, the primary one first: the longest-standing of those who are left follows each time."""
    with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        client = session.contacts.add(Company("Bois"))
        for name, start in {"A": None, "C": "2015-01-01", "B": "2001-01-01", "D": "2020-01-01"}.items():
            session.people.add(client, Person(name), start=start)
        followed = []
        while (primary := session.people.primary(client)) is not None:
            followed.append(primary.person.given_name if primary.person else "")
            session.people.remove(primary)
            stored = [b'"primary":true' in record.body for record in session._transaction.reader.dump("affiliation")]
            assert sum(stored) == min(1, len(stored))
        assert followed == ["A", "B", "C", "D"]


def choose_among_hidden_people() -> None:
    """Bob sees the choice that he knows of, whoever Amelie chooses that he does not see."""
    workspace = Workspace(MemoryStorage(), "acme")
    with workspace.write(User("amelie")) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        session.people.add(client, Person("A"), start="2001-01-01")
        chosen = session.people.make_primary(session.people.add(client, Person("B")))
        assert chosen.primary
        hidden = Person("H", access="private", responsibles=["amelie"])
        assert session.people.add(client, hidden, primary=True).primary
    with workspace.read(User("bob")) as session:
        assert [one.person_id for one in session.people.list(client) if one.primary] == [chosen.person_id]
    with workspace.write(User("amelie")) as session:
        other = session.contacts.add(Company("Hidden", access="private", responsibles=["amelie"]))
        session.people.add(other, chosen.person_id)
    with workspace.read(User("bob")) as session:
        assert len(session.people.of(chosen.person_id)) == 1


def remove_from_the_lists() -> None:
    """What stood for a removed type counts as its replacement."""
    with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        one = session.contacts.add(Company("Bois", type="supplier"))
        session.settings.remove_type("supplier", "contractor")
        assert session.contacts.get(one.id).type == "contractor"
        session.settings.remove_type("contractor")
        assert session.contacts.get(one.id).type == ""


def caught() -> Any:
    """Whether a scene, the machine or the twin worlds raise; all that they raise counts, as it would fail a test."""
    try:
        leave_one_by_one()
        choose_among_hidden_people()
        remove_from_the_lists()
        drive_workspace(MemoryStorage(), seed=2, steps=120, look=2, rights=False)
        for seed in range(25 if os.environ.get("CONTACTCORE_PROFILE") == "nightly" else 2):
            check_noninterference(lambda: closing(MemoryStorage()), seed)
    except Exception:  # noqa: BLE001 - whatever it is, it was noticed
        return True
    return False


@pytest.mark.parametrize("mutant", SABOTEURS)
def test_a_broken_rule_is_caught(monkeypatch: pytest.MonkeyPatch, mutant: Any) -> None:
    name, broken = SABOTEURS[mutant]
    put_in(monkeypatch, name, broken)
    assert caught()


def test_the_honest_rules_are_not() -> None:
    assert primary_rules.enforce is enforce
    assert access_rules.intersection is intersection
    assert not caught()
