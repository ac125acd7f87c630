"""Rules that are broken on purpose: the workspace machine or the twin worlds must catch each."""

from __future__ import annotations

import importlib
from contextlib import closing

import attrs
import pytest

import contactcore.rules.access as access_rules
import contactcore.rules.primary as primary_rules
from contactcore.model import AccessPolicy
from contactcore.rules.access import Verdict, contact_access, intersection, seen_by
from contactcore.rules.primary import Succession, enforce
from contactcore.testing.twin_worlds import check_twin_worlds
from contactcore.testing.workspace_machine import drive_workspace
from contactcore_memory import MemoryStorage

MODULES = tuple(
    importlib.import_module(f"contactcore.{name}")
    for name in (
        *("rules.access", "rules.primary", "mapping.contacts", "mapping.affiliations", "workspace.affiliations"),
        *("workspace.people", "workspace.contacts", "workspace.trash", "workspace.transaction", "workspace.directory"),
        *("workspace.search", "workspace.tags", "workspace.preparation", "workspace.derived"),
    )
)


def two_marks(*args, **kwargs):
    outcome = enforce(*args, **kwargs)
    both = tuple(attrs.evolve(one, primary=True) for one in outcome.affiliations)
    return attrs.evolve(outcome, affiliations=both, changed=both)


def no_succession(affiliations, on, chosen=None, access=None):
    if chosen is None and len(affiliations) > 1:
        return Succession(tuple(affiliations), (), None, "kept")
    return enforce(affiliations, on, chosen, access)


def last_one_follows(affiliations, on, chosen=None, access=None):
    if chosen is None and affiliations and not any(one.primary for one in affiliations):
        chosen = affiliations[-1].id if affiliations[-1].is_current(on) else None
    return enforce(affiliations, on, chosen, access)


def deaf_to_choice(affiliations, on, chosen=None, access=None):
    enforce(affiliations, on, chosen, access)
    return enforce(affiliations, on, None, access)


def forgetful_of_views(affiliations, on, chosen=None, access=None):
    return enforce(affiliations, on, chosen, None)


def everybody_sees(actor, access):
    return Verdict(allowed=True, reason="admin")


def readers_write(actor, access):
    return access_rules.may_see(actor, access)


def person_forgotten(first, second):
    return frozenset(term for term in first if term.startswith("visible:"))


def contact_forgotten(first, second):
    return frozenset(term for term in second if term.startswith("visible:"))


def sees_the_keeper_too(actor, *, listed=False):
    prefix = "listed" if listed else "visible"
    return seen_by(actor, listed=listed) | {f"{prefix}:=keeper", f"{prefix}:=bob"}


def sharing_forgotten(policy, responsibles, *, listed):
    return contact_access(AccessPolicy.PRIVATE, responsibles, listed=listed)


def unlisted_listed(policy, responsibles, *, listed):
    return contact_access(policy, responsibles, listed=True)


def dangling(entries, slug):
    return slug


def replaced_by_nothing(entries, slug):
    found = next((entry for entry in entries if entry.slug == slug), None)
    return "" if found is None or found.removed else slug


def trash_for_admins(access):
    return frozenset({"trash:!admin"})


def trash_like_life(access):
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
    "another user's contacts are seen": ("seen_by", sees_the_keeper_too),
    "sharing changes nothing": ("contact_access", sharing_forgotten),
    "contact persons are listed": ("contact_access", unlisted_listed),
    "a removed type dangles": ("resolve", dangling),
    "a replacement is not heeded": ("resolve", replaced_by_nothing),
    "only admins find the trash": ("trash_access", trash_for_admins),
    "the trash is found like the living": ("trash_access", trash_like_life),
}


def put_in(monkeypatch, name, broken):
    honest = {module: getattr(module, name) for module in MODULES if hasattr(module, name)}
    assert honest, f"nothing uses {name}"
    for module in honest:
        monkeypatch.setattr(module, name, broken)


def caught():
    """Whether the machine or the twin worlds raise; everything they raise counts, as it would fail a test."""
    try:
        drive_workspace(MemoryStorage(), seed=2, steps=250, look=2)
        for seed in range(25):
            check_twin_worlds(lambda: closing(MemoryStorage()), seed)
    except Exception:  # noqa: BLE001 - whatever it is, it was noticed
        return True
    return False


@pytest.mark.parametrize("saboteur", SABOTEURS)
def test_a_broken_rule_is_caught(monkeypatch, saboteur):
    name, broken = SABOTEURS[saboteur]
    put_in(monkeypatch, name, broken)
    assert caught()


def test_the_honest_rules_are_not():
    assert primary_rules.enforce is enforce
    assert access_rules.intersection is intersection
    assert not caught()
