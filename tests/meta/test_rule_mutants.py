"""Rules that are broken on purpose: scenes, the workspace machine or paired workspaces must catch each."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from contextlib import closing
from typing import Any

import attrs
import pytest

import contactcore.rules.access as access_rules
import contactcore.rules.primary as primary_rules
from contactcore import Company, Person
from contactcore.model import AccessPolicy, AdminList
from contactcore.rules.access import AccessDecision, contact_access, intersection, read_terms
from contactcore.rules.primary import PrimaryAssignment, enforce
from contactcore.workspace import Workspace
from contactcore_memory import MemoryStorage
from model_based.noninterference import check_noninterference
from model_based.workspace_machine import drive_workspace
from support.actors import AMELIE, BOB, ROOT
from support.seeds import NIGHTLY

PACKAGES = ("contactcore.rules", "contactcore.mapping", "contactcore.workspace")
MODULES = tuple(
    importlib.import_module(module.name)
    for package in PACKAGES
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
)


def two_primary(*args: Any, **kwargs: Any) -> Any:
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


def choice_ignored(affiliations: Any, on: Any, chosen: Any = None, access: Any = None) -> Any:
    enforce(affiliations, on, chosen, access)
    return enforce(affiliations, on, None, access)


def access_ignored(affiliations: Any, on: Any, chosen: Any = None, access: Any = None) -> Any:
    return enforce(affiliations, on, chosen, None)


def everybody_sees(actor: Any, access: Any) -> Any:
    return AccessDecision(allowed=True, reason="admin")


def readers_write(actor: Any, access: Any) -> Any:
    return access_rules.may_see(actor, access)


def person_forgotten(first: Any, second: Any) -> Any:
    return frozenset(term for term in first if term.startswith("visible:"))


def contact_forgotten(first: Any, second: Any) -> Any:
    return frozenset(term for term in second if term.startswith("visible:"))


def sees_others_too(actor: Any, *, listed: Any = False) -> Any:
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


def trash_for_everybody(access: Any) -> Any:
    return frozenset({"trash:!admin"})


def trash_like_contacts(access: Any) -> Any:
    return frozenset(term for term in access if term.startswith("visible:"))


def leave_one_by_one() -> None:
    """People leave a company, the primary person first: the most senior remaining person follows each time."""
    with Workspace(MemoryStorage(), "acme").write(AMELIE) as session:
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
    """Bob sees the last choice that is visible to him, although Amelie then chooses a person that he may not see."""
    workspace = Workspace(MemoryStorage(), "acme")
    with workspace.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        session.people.add(client, Person("A"), start="2001-01-01")
        chosen = session.people.make_primary(session.people.add(client, Person("B")))
        assert chosen.primary
        hidden = Person("H", access="private", responsibles=["amelie"])
        assert session.people.add(client, hidden, primary=True).primary
    with workspace.read(BOB) as session:
        assert [one.person_id for one in session.people.list(client) if one.primary] == [chosen.person_id]
    with workspace.write(AMELIE) as session:
        other = session.contacts.add(Company("Hidden", access="private", responsibles=["amelie"]))
        session.people.add(other, chosen.person_id)
    with workspace.read(BOB) as session:
        assert len(session.people.of(chosen.person_id)) == 1


def remove_from_the_lists() -> None:
    """Contacts of a removed type have its replacement."""
    with Workspace(MemoryStorage(), "acme").write(ROOT) as session:
        one = session.contacts.add(Company("Bois", type="supplier"))
        session.settings.remove_type("supplier", "contractor")
        assert session.contacts.get(one.id).type == "contractor"
        session.settings.remove_type("contractor")
        assert session.contacts.get(one.id).type == ""


def find_the_trash() -> None:
    """A user who sees a contact finds it in the trash, and a user who does not see it finds nothing there."""
    workspace = Workspace(MemoryStorage(), "acme")
    with workspace.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"))
        session.contacts.delete(client)
        assert [one.id for one in session.trash.list()] == [client.id]
    with workspace.read(BOB) as session:
        assert not [*session.trash.list()]


def run_the_machine() -> None:
    """Random histories against the model; one alone may miss a rule that few acts ask."""
    for seed in (2, 3, 4, 5) if NIGHTLY else (2, 3):
        drive_workspace(MemoryStorage(), seed=seed, steps=120, look=2, rights=False)


def compare_paired_workspaces() -> None:
    """Random histories with and without hidden contacts."""
    for seed in range(25 if NIGHTLY else 2):
        check_noninterference(lambda: closing(MemoryStorage()), seed)


SCENES = (leave_one_by_one, choose_among_hidden_people, remove_from_the_lists, find_the_trash)


@attrs.frozen
class RuleMutant:
    """A rule that is broken on purpose.

    Attributes:
        name: What is wrong.
        rule: Name of the function that is replaced in all modules that have it.
        change: The function in its place.
        scenes: The scenes that catch the mutant; no other scene does.
        finds: A check of random histories that catches the mutant too.
    """

    name: str
    rule: str
    change: Callable[..., Any]
    scenes: tuple[Callable[[], None], ...] = ()
    finds: Callable[[], None] | None = None

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        honest = [module for module in (*MODULES, AdminList) if hasattr(module, self.rule)]
        assert honest, f"nothing uses {self.rule}"
        for module in honest:
            monkeypatch.setattr(module, self.rule, self.change)


MUTANTS = (
    RuleMutant("two persons are primary", "enforce", two_primary, (leave_one_by_one,), run_the_machine),
    RuleMutant("there is no successor", "enforce", no_succession, (leave_one_by_one,)),
    RuleMutant("the last person is the successor", "enforce", last_one_follows, (leave_one_by_one,)),
    RuleMutant("the choice is ignored", "enforce", choice_ignored, (choose_among_hidden_people,)),
    RuleMutant("the flag reveals hidden people", "enforce", access_ignored, (choose_among_hidden_people,)),
    RuleMutant(
        "everybody sees everything",
        "may_see",
        everybody_sees,
        (choose_among_hidden_people,),
        compare_paired_workspaces,
    ),
    RuleMutant("readers may write", "may_change", readers_write, finds=run_the_machine),
    RuleMutant(
        "the contact alone decides who sees an affiliation",
        "intersection",
        person_forgotten,
        (choose_among_hidden_people,),
        compare_paired_workspaces,
    ),
    RuleMutant(
        "the person alone decides who sees an affiliation",
        "intersection",
        contact_forgotten,
        (choose_among_hidden_people,),
    ),
    RuleMutant("another user's contacts are seen", "read_terms", sees_others_too, finds=compare_paired_workspaces),
    RuleMutant("sharing changes nothing", "contact_access", sharing_forgotten, (choose_among_hidden_people,)),
    RuleMutant("contact persons are listed", "contact_access", unlisted_listed, finds=run_the_machine),
    RuleMutant("a removed type stays", "resolve", dangling, (remove_from_the_lists,)),
    RuleMutant("a replacement is ignored", "resolve", replaced_by_nothing, (remove_from_the_lists,)),
    RuleMutant("everybody finds the trash", "trash_access", trash_for_everybody, (find_the_trash,)),
    RuleMutant("the trash is found like contacts", "trash_access", trash_like_contacts, finds=run_the_machine),
)


def catches(check: Callable[[], None]) -> bool:
    """Whether a check raises anything, as it would fail a test."""
    try:
        check()
    except Exception:  # noqa: BLE001 - any failure counts
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_rule_is_caught_by_the_scenes_that_it_names_and_by_no_other(
    monkeypatch: pytest.MonkeyPatch, mutant: RuleMutant
) -> None:
    mutant.put_in(monkeypatch)
    assert mutant.scenes or mutant.finds
    assert [scene for scene in SCENES if catches(scene)] == list(mutant.scenes)
    assert mutant.finds is None or catches(mutant.finds)


@pytest.mark.parametrize("check", [*SCENES, run_the_machine, compare_paired_workspaces])
def test_no_check_fails_under_the_honest_rules(check: Callable[[], None]) -> None:
    assert primary_rules.enforce is enforce
    assert access_rules.intersection is intersection
    check()
