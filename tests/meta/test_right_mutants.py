"""Rules of authorities, notifications and the portal that are broken on purpose: scenes must catch each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from random import Random
from types import ModuleType
from typing import Any

import attrs
import pytest

import contactcore.rules.portal as portal_rules
from contactcore import Company, Invalid, Person
from contactcore.model import MODULES, TOPICS, Affiliation, Authority
from contactcore.model.portal import SignIn
from contactcore.model.restoring import altered
from contactcore.rules.authorities import may
from contactcore.rules.recipients import resolve
from contactcore.workspace.notifications import notifications
from contactcore.workspace.people import authorising, shown
from contactcore.workspace.people.people import People
from contactcore.workspace.portal import invitations, signing_in, views
from contactcore.workspace.repositories import logins
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import CredentialRepository, LoginRepository
from contactcore.workspace.session import Session
from contactcore_memory import MemoryStorage
from model_based.actions import step
from model_based.contact_actions import (
    add_contact,
    add_person,
    delete,
    edit,
    edit_affiliation,
    remove_person,
    restore,
    share,
)
from model_based.portal_actions import PORTAL_ACTIONS
from model_based.rights_actions import RIGHTS_ACTIONS
from model_based.rights_checker import check_portal_users, check_rights
from model_based.workspace_driver import ACTORS, WorkspaceDriver
from support.actors import AMELIE, BOB, ROOT
from support.clock import TODAY
from support.firm import Firm

ACTIONS = (
    *RIGHTS_ACTIONS,
    *PORTAL_ACTIONS,
    add_contact,
    edit,
    remove_person,
    share,
    delete,
    restore,
    edit_affiliation,
    *(add_person,) * 4,
)
WHOLE = {
    name: getattr(module, name) for module, name in ((portal_rules, "menu"), (portal_rules, "usable_affiliations"))
}
HONEST = {
    name: getattr(module, name) for module, name in ((invitations, "replace_password"), (signing_in, "record_attempt"))
}


def changed(affiliations: Any, **changes: Any) -> list[Any]:
    return [attrs.evolve(one, **changes) for one in affiliations]


def with_grants(affiliations: Any, **changes: Any) -> list[Any]:
    return [
        attrs.evolve(one, authorities=[attrs.evolve(grant, **changes) for grant in one.authorities])
        for one in affiliations
    ]


def end_ignored(person: Any, authority: Any, affiliations: Any, on: Any, others: Any = ()) -> Any:
    return may(person, authority, with_grants(affiliations, end=None), on, others)


def joint_as_sole(person: Any, authority: Any, affiliations: Any, on: Any, others: Any = ()) -> Any:
    return may(person, authority, with_grants(affiliations, joint=False), on, others)


def today_for_every_day(person: Any, authority: Any, affiliations: Any, on: Any, others: Any = ()) -> Any:
    return may(person, authority, affiliations, TODAY, others)


def inactive_mailed(client: Any, affiliations: Any, *args: Any, **more: Any) -> Any:
    return resolve(client, changed(affiliations, active=True), *args, **more)


def past_mailed(client: Any, affiliations: Any, *args: Any, **more: Any) -> Any:
    return resolve(client, changed(affiliations, end=None), *args, **more)


def preference_ignored(client: Any, affiliations: Any, *args: Any, **more: Any) -> Any:
    return resolve(client, changed(affiliations, notifications=TOPICS), *args, **more)


def fall_back_unasked(client: Any, affiliations: Any, topic: Any, on: Any, policy: Any, **more: Any) -> Any:
    generous = attrs.evolve(policy, fall_backs={topic: ("primary",), **policy.fall_backs})
    return resolve(client, affiliations, topic, on, generous, **more)


def permission_always_asked(client: Any, affiliations: Any, topic: Any, on: Any, policy: Any, **more: Any) -> Any:
    return resolve(client, affiliations, topic, on, attrs.evolve(policy, needs_permission=True), **more)


def purpose_ignored(client: Any, affiliations: Any, *args: Any, **more: Any) -> Any:
    return resolve(client, affiliations, *args, **{**more, "purpose": None})


def choice_by_hand_ignored(client: Any, affiliations: Any, *args: Any, **more: Any) -> Any:
    return resolve(client, affiliations, *args, **{**more, "selected": None})


def everybody_mailed(transaction: Any, contact_id: Any) -> Any:
    found = [one.entity for one in AffiliationRepository(transaction).of_contact(contact_id)]
    persons = ContactRepository(transaction).get_many(one.person_id for one in found)
    return tuple(altered(one, {"person": persons[one.person_id].entity}) for one in found)


def everything_shown(modules: Any, through: Any, default: Any) -> Any:
    return WHOLE["menu"](modules, changed(through, permissions=MODULES), default)


def archived_shown(modules: Any, through: Any, default: Any) -> Any:
    return WHOLE["menu"](changed(modules, archived=False), through, default)


def hidden_and_not_refused(module: Any, shown: Any, modules: Any, *, is_open: Any) -> Any:
    return portal_rules.ModuleAnswer(allowed=is_open, reason="permitted" if is_open else "not-open")


def withheld_opened(affiliations: Any, opened: Any, on: Any) -> Any:
    return WHOLE["usable_affiliations"](affiliations, [one.id for one in affiliations], on)


def past_opened(affiliations: Any, opened: Any, on: Any) -> Any:
    return WHOLE["usable_affiliations"](changed(affiliations, end=None, active=True), opened, on)


def link_used_twice(transaction: Any, credential: Any, password: Any) -> Any:
    login = HONEST["replace_password"](transaction, credential, password)
    held = CredentialRepository(transaction).lock_any(credential.login_id).entity
    alive = {"token_hash": credential.token_hash, "token_expires": credential.token_expires}
    CredentialRepository(transaction).save(attrs.evolve(held, **alive))
    return login


def link_survives(transaction: Any, login: Any) -> Any:
    CredentialRepository(transaction).lock_any(login.id)


def suspended_let_in(*args: Any, **more: Any) -> Any:
    answer = HONEST["record_attempt"](*args, **more)
    return SignIn("ok") if answer.reason == "suspended" else answer


def never_locked(failures: Any) -> Any:
    return timedelta()


def all_purposes_told(seen: Any, today: Any) -> Any:
    return [one for one, _ in seen]


def everything_openable(logins: Any, person_id: Any, *, alone: Any = True) -> Any:
    found = AffiliationRepository(logins.transaction).of_person(person_id)
    return {one.entity.id: one.entity.contact_id for one in found}


def makers_not_judged(logins: Any, affiliations: Any) -> Any:
    for login in logins.of_people([one.person_id for one in affiliations]):
        credential = logins.credentials.lock_any(login.id).entity
        logins.credentials.save(
            attrs.evolve(credential, opened=[*credential.opened, *(one.id for one in affiliations)])
        )


def addresses_not_followed(logins: Any, person: Any, affiliation: Any = None, lost: Any = ()) -> Any:
    return None


def always_at_its_address(logins: Any, login: Any) -> Any:
    return True


def nobody_recognised(transaction: Any, address: Any) -> Any:
    return ()


def drive(seed: int, steps: int) -> None:
    """SortedRun the workspace machine with the actions of these rules alone, to be quick."""
    driver, random = WorkspaceDriver(MemoryStorage()), Random(seed)
    for number in range(steps):
        step(driver, random, ACTIONS)
        if number > 30:
            actor = random.choice(ACTORS)
            with driver.workspace.read(actor) as session:
                check_rights(driver, session, actor, random)
            check_portal_users(driver, random)


class SceneFirm(Firm):
    """A firm in which Jane acts for a client of Amélie's and for a client of Bob's that Amélie does not see."""

    def __init__(self) -> None:
        super().__init__(MemoryStorage())
        with self.workspace.write(ROOT) as session:
            session.settings.change(portal_link="https://portal.example.org/password?token={token}")
        with self.workspace.write(AMELIE) as session:
            self.bois = session.contacts.add(Company("Bois"))
            self.jane = self.add(session, "Jane", permissions=["invoices"], notifications=[])
            session.contacts.share(self.jane.person_id, "shared-read")
        with self.workspace.write(BOB) as session:
            session.people.add(session.contacts.add(Company("Hidden")), self.jane.person_id)

    def add(self, session: Session, given: str, **details: Any) -> Affiliation:
        return session.people.add(self.bois, Person(given, emails=[f"{given}@bois.fr"]), **details)


def follow_a_link_for_48_hours(firm: SceneFirm) -> None:
    """The clock of the machine never leaves its day; this clock does."""
    with firm.workspace.write(ROOT) as session:
        token = session.portal.invite(firm.jane, send=False).token
    firm.clock.forward(hours=48)
    with firm.workspace.write(AMELIE) as session, pytest.raises(Invalid):
        session.portal.set_password(token, "correct horse")


def suspend_before_the_link_is_used(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        made = session.portal.invite(firm.jane, send=False)
        session.portal.suspend(made.login)
        with pytest.raises(Invalid):
            session.portal.set_password(made.token, "correct horse")


def open_what_the_maker_may(firm: SceneFirm) -> None:
    with firm.workspace.write(AMELIE) as session:
        login = session.portal.invite(firm.jane, send=False).login
    with firm.workspace.read(ROOT) as session:
        assert [client.name for client in session.portal.clients(login)] == ["Bois"]


def open_later_what_the_maker_may(firm: SceneFirm) -> None:
    with firm.workspace.write(AMELIE) as session:
        login = session.portal.invite(firm.jane, send=False).login
    with firm.workspace.write(BOB) as session:
        session.people.add(session.contacts.add(Company("Later")), firm.jane.person_id)
        session.people.add(session.contacts.add(Company("Open", access="shared-write")), firm.jane.person_id)
    with firm.workspace.read(ROOT) as session:
        names = {client.name for client in session.portal.clients(login)}
        assert "Later" not in names
        assert "Open" in names


def correct_an_address(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        session.portal.invite(firm.jane)
        person = session.contacts.get(firm.jane.person_id)
        session.contacts.save(attrs.evolve(person, emails=["right@bois.fr"]))
    assert [letter.state for letter in firm.letters()] == ["dead"]


def lose_the_address_of_a_link(firm: SceneFirm) -> None:
    """The trash takes the affiliation, and its work address with it."""
    with firm.workspace.write(ROOT) as session:
        sud = session.contacts.add(Company("Sud"))
        there = session.people.add(sud, firm.jane.person_id, email="jane@sud.fr")
        token = session.portal.invite(there, send=False).token
        session.contacts.delete(sud)
        with pytest.raises(Invalid):
            session.portal.set_password(token, "correct horse")


def take_a_module_off_the_menu(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        login = session.portal.invite(firm.jane, send=False).login
        assert [module.slug for module in session.portal.menu(login, firm.bois)] == ["invoices"]
        session.settings.archive_module("invoices")
        assert session.portal.menu(login, firm.bois) == ()


def mail_who_acts_and_falls_back_as_configured(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        ann, ben = (firm.add(session, given, notifications=["invoice"]) for given in ("Ann", "Ben"))
        session.people.make_primary_for(ben, "billing")
        ask = session.notifications.recipients
        session.people.save(attrs.evolve(ann, active=False))
        assert [one.person_id for one in ask(firm.bois, "invoice").chosen] == [ben.person_id]
        session.settings.notices.set_fall_back("task", ["purpose"])
        assert [one.person_id for one in ask(firm.bois, "task", purpose="billing", about="project").chosen] == [
            ben.person_id
        ]


def choose_another_for_a_purpose_and_restore(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        ann = firm.add(session, "Ann")
        session.people.make_primary_for(ann, "billing")
        session.contacts.delete(ann.person_id)
        session.people.make_primary_for(firm.jane, "billing")
        session.trash.restore(ann.person_id)
        assert [one.id for one in session.people.list(firm.bois) if one.purposes] == [firm.jane.id]


def mail_nobody_who_is_hidden(firm: SceneFirm) -> None:
    with firm.workspace.write(AMELIE) as session:
        firm.add(session, "Ann", notifications=["invoice"])
        session.contacts.share(firm.bois.id, "shared-read")
    with firm.workspace.read(BOB) as session:
        answer = session.notifications.recipients(firm.bois, "invoice")
        assert [one.person_id for one in answer.explained] == [firm.jane.person_id]


def let_in_who_still_acts(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        ann = firm.add(session, "Ann")
        login = session.portal.invite(ann, password="correct horse", send=False).login
        session.portal.suspend(login)
        assert session.portal.authenticate("ann@bois.fr", "correct horse").reason == "suspended"
        session.portal.reopen(login)
        session.people.save(attrs.evolve(session.people.get(ann.id), active=False))
        assert session.portal.authenticate("ann@bois.fr", "correct horse").reason == "no-client"


def ask_for_authorities(firm: SceneFirm) -> None:
    ended = Authority(slug="represent", start="2020-01-01", end="2020-12-31")
    joint = Authority(slug="collect-mail", joint=True)
    with firm.workspace.write(ROOT) as session:
        ann = firm.add(session, "Ann", authorities=[ended, joint])
        ask = partial(session.people.may, ann.person_id, contact=firm.bois)
        assert ask(authority="represent", on=date(2020, 6, 1)).allowed
        assert ask(authority="represent", on=date(2021, 6, 1)).reason == "expired"
        assert ask(authority="represent").reason == "expired"
        assert ask(authority="collect-mail").reason == "joint-only"


def mail_who_wants_it_or_is_selected(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        ann = firm.add(session, "Ann", permissions=[], notifications=["invoice"])
        past = firm.add(session, "Past", notifications=["invoice"], end="2020-01-01")
        ask = session.notifications.recipients
        assert [one.person_id for one in ask(firm.bois, "invoice").chosen] == [ann.person_id]
        assert ask(firm.bois, "estimate").chosen == ()
        chosen = session.notifications.by_hand(firm.bois, "invoice", [firm.jane.person_id, past.person_id]).chosen
        assert [one.person_id for one in chosen] == [firm.jane.person_id]


def recognise_who_is_known(firm: SceneFirm) -> None:
    with firm.workspace.read(ROOT) as session:
        assert [person.id for person in session.people.recognise("jane@bois.fr")] == [firm.jane.person_id]


def show_what_is_permitted_and_refuse_the_rest(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        login = session.portal.invite(firm.jane, send=False).login
        assert [module.slug for module in session.portal.menu(login, firm.bois)] == ["invoices"]
        assert session.portal.may_see(login, firm.bois, "invoices")
        assert not session.portal.may_see(login, firm.bois, "support")


def use_a_link_once(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        token = session.portal.invite(firm.jane, send=False).token
        session.portal.set_password(token, "correct horse")
    with firm.workspace.write(ROOT) as session, pytest.raises(Invalid):
        session.portal.set_password(token, "battery staple")


def lock_out_who_guesses(firm: SceneFirm) -> None:
    with firm.workspace.write(ROOT) as session:
        session.portal.invite(firm.jane, password="correct horse", send=False)
    for _ in range(10):
        assert not firm.workspace.sign_in("jane@bois.fr", "wrong password")
    assert firm.workspace.sign_in("jane@bois.fr", "correct horse").reason == "refused"


SCENES = (
    ask_for_authorities,
    mail_who_wants_it_or_is_selected,
    recognise_who_is_known,
    show_what_is_permitted_and_refuse_the_rest,
    use_a_link_once,
    lock_out_who_guesses,
    mail_nobody_who_is_hidden,
    let_in_who_still_acts,
    follow_a_link_for_48_hours,
    suspend_before_the_link_is_used,
    open_what_the_maker_may,
    open_later_what_the_maker_may,
    correct_an_address,
    lose_the_address_of_a_link,
    take_a_module_off_the_menu,
    mail_who_acts_and_falls_back_as_configured,
    choose_another_for_a_purpose_and_restore,
)


@attrs.frozen
class RuleMutant:
    """A rule that is broken on purpose.

    Attributes:
        name: What is wrong.
        module: The module that uses the rule.
        rule: Name of the rule in the module.
        change: The value in its place.
        scenes: The scenes that catch the mutant; no other scene does.
    """

    name: str
    module: ModuleType | type
    rule: str
    change: Any
    scenes: tuple[Callable[[SceneFirm], None], ...]


MUTANTS = (
    RuleMutant("an authority holds after its last day", authorising, "may", end_ignored, (ask_for_authorities,)),
    RuleMutant("a joint authority is a sole one", authorising, "may", joint_as_sole, (ask_for_authorities,)),
    RuleMutant("every day is today", authorising, "may", today_for_every_day, (ask_for_authorities,)),
    RuleMutant(
        "inactive people are mailed",
        notifications,
        "resolve",
        inactive_mailed,
        (mail_who_acts_and_falls_back_as_configured,),
    ),
    RuleMutant("past people are mailed", notifications, "resolve", past_mailed, (mail_who_wants_it_or_is_selected,)),
    RuleMutant(
        "the preference is ignored",
        notifications,
        "resolve",
        preference_ignored,
        (mail_who_wants_it_or_is_selected, mail_who_acts_and_falls_back_as_configured),
    ),
    RuleMutant(
        "an unconfigured fall-back is taken",
        notifications,
        "resolve",
        fall_back_unasked,
        (mail_who_wants_it_or_is_selected,),
    ),
    RuleMutant(
        "permission is always required",
        notifications,
        "resolve",
        permission_always_asked,
        (mail_who_wants_it_or_is_selected, mail_who_acts_and_falls_back_as_configured),
    ),
    RuleMutant(
        "the purpose is ignored",
        notifications,
        "resolve",
        purpose_ignored,
        (mail_who_acts_and_falls_back_as_configured,),
    ),
    RuleMutant(
        "the choice by hand is ignored",
        notifications,
        "resolve",
        choice_by_hand_ignored,
        (mail_who_wants_it_or_is_selected,),
    ),
    RuleMutant(
        "hidden people are mailed", notifications, "visible_people", everybody_mailed, (mail_nobody_who_is_hidden,)
    ),
    RuleMutant(
        "two persons are primary for a purpose",
        shown,
        "with_own_purposes",
        all_purposes_told,
        (choose_another_for_a_purpose_and_restore,),
    ),
    RuleMutant("no person is recognised", People, "recognise", nobody_recognised, (recognise_who_is_known,)),
    RuleMutant(
        "the menu shows forbidden modules",
        views,
        "menu",
        everything_shown,
        (show_what_is_permitted_and_refuse_the_rest, take_a_module_off_the_menu),
    ),
    RuleMutant("the menu shows archived modules", views, "menu", archived_shown, (take_a_module_off_the_menu,)),
    RuleMutant(
        "hidden modules are not refused",
        views,
        "decide_module",
        hidden_and_not_refused,
        (show_what_is_permitted_and_refuse_the_rest,),
    ),
    RuleMutant(
        "withheld clients are opened",
        logins,
        "usable_affiliations",
        withheld_opened,
        (open_what_the_maker_may, open_later_what_the_maker_may),
    ),
    RuleMutant("a past client is opened", logins, "usable_affiliations", past_opened, (let_in_who_still_acts,)),
    RuleMutant(
        "every client is opened by anybody",
        LoginRepository,
        "openable_by_actor",
        everything_openable,
        (open_what_the_maker_may,),
    ),
    RuleMutant(
        "a later client is opened to the login of a stranger",
        LoginRepository,
        "judge_new",
        makers_not_judged,
        (open_later_what_the_maker_may,),
    ),
    RuleMutant(
        "a corrected address keeps its letter",
        LoginRepository,
        "follow",
        addresses_not_followed,
        (correct_an_address,),
    ),
    RuleMutant(
        "a link outlives its address",
        LoginRepository,
        "is_at_its_address",
        always_at_its_address,
        (lose_the_address_of_a_link,),
    ),
    RuleMutant("a link works twice", invitations, "replace_password", link_used_twice, (use_a_link_once,)),
    RuleMutant(
        "a link survives suspension", invitations, "revoke_link", link_survives, (suspend_before_the_link_is_used,)
    ),
    RuleMutant(
        "a link lives for 49 hours", invitations, "LINK_LIFETIME", timedelta(hours=49), (follow_a_link_for_48_hours,)
    ),
    RuleMutant("suspended logins sign in", signing_in, "record_attempt", suspended_let_in, (let_in_who_still_acts,)),
    RuleMutant("no login is locked", signing_in, "lock_duration", never_locked, (lock_out_who_guesses,)),
)


def catches(scene: Callable[[SceneFirm], None]) -> bool:
    """Whether a scene raises anything, as it would fail a test."""
    try:
        scene(SceneFirm())
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - any failure counts
        return True
    return False


@pytest.mark.parametrize("scene", SCENES)
def test_no_scene_fails_under_the_honest_rules(scene: Callable[[SceneFirm], None]) -> None:
    scene(SceneFirm())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_rule_is_caught_by_the_scenes_that_it_names_and_by_no_other(
    monkeypatch: pytest.MonkeyPatch, mutant: RuleMutant
) -> None:
    assert getattr(mutant.module, mutant.rule) is not mutant.change
    monkeypatch.setattr(mutant.module, mutant.rule, mutant.change)
    assert {scene for scene in SCENES if catches(scene)} == set(mutant.scenes)


def test_the_machine_finds_nothing_in_the_honest_rules() -> None:
    assert authorising.may is may
    drive(3, 120)
