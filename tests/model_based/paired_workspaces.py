"""Paired workspaces: steps that both take, and steps that the keeper takes in the first one alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from contactcore.errors import ContactCoreError, NotFound
from contactcore.formats.pictures import prepare
from contactcore.model import (
    AccessPolicy,
    AccountEntry,
    Affiliation,
    Authority,
    Company,
    Form,
    Interaction,
    Item,
    PaymentMethod,
    Person,
    Site,
    User,
)
from contactcore.storage import Storage
from contactcore.workspace import Host, Workspace
from contactcore.workspace.kernel.ids import TimeOrderedIds
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.session import Session
from support.actors import ROOT
from support.clock import TICK, TODAY, Clock
from support.pictures import corners, saved
from support.web_forms import Website

__all__ = [
    "EMAILS",
    "INVOICES",
    "KEEPER",
    "NOON",
    "PASSWORD",
    "PICTURES",
    "TAGS",
    "VIEWER",
    "PairedWorkspace",
    "any_action",
    "new_contact",
    "numbers",
    "step",
]

VIEWER: Final = User("viewer")
KEEPER: Final = User("keeper")

_NAMES: Final = ("Doe", "Élan", "Zoé", "Bois", "Acme", "doe", "3M", "Łoś")
TAGS: Final = ("VIP", "vip", "secret", "Été")
EMAILS: Final = ("jane@bois.fr", "zoe@acme.fr", "office@elan.fr")
INVOICES: Final = ("F1", "F2", "F3")
"""Keys of invoices that both workspaces have, if any; hidden entries have keys of their own."""
PASSWORD: Final = "correct horse"
PICTURES: Final = tuple(prepare(saved(corners(width, 30), "PNG")) for width in (30, 60, 300))
"""The pictures of both workspaces; hidden contacts have pictures that are equal to those of others."""
_ROLES: Final = ("guardian", "guardian", "payer", "emergency")

NOON: Final = datetime(TODAY.year + 1, 3, 1, 12, tzinfo=UTC)

numbers = itertools.count(1)
"""Numbers that make names unique."""


Call: TypeAlias = "Callable[[Session, PairedWorkspace], Any]"


class PairedWorkspace:
    """One of two workspaces with the same history; only the first also has hidden contacts.

    Args:
        storage: Fresh storage.
        name: Name of the workspace.
        bits: The random bits of its ids, which are the same each time that a seed is run; None (the default) for any.

    Attributes:
        workspace: The workspace.
        clock: Its clock.
        ids: Name that both workspaces share -> id of the contact or affiliation in this one.
    """

    def __init__(self, storage: Storage, name: str, bits: Random | None = None) -> None:
        self.clock = Clock(tick=TICK)
        host = Host(clock=self.clock, passwords=Passwords(memory=8, iterations=1))
        if bits is not None:
            host = attrs.evolve(host, ids=TimeOrderedIds(bits.getrandbits))
        self.workspace = Workspace(storage, name, language="fr", country="FR", host=host)
        self.ids: dict[str, str] = {}
        with self.workspace.write(ROOT) as session:
            session.settings.add_category("Known")
            fields = ["given_name", "email", "phone", "message"]
            self.form = session.forms.add(Form("Contact", fields=fields, responsibles=["viewer"], min_seconds=0))
            fields = ["name", "email", "person.given_name", "person.family_name", "person.email"]
            self.firms = session.forms.add(
                Form("Firms", makes="company", fields=fields, responsibles=["viewer"], access="shared-write")
            )
            session.settings.change(portal_link="https://portal.example/password?token={token}")
            session.settings.define_field("Note")
            session.settings.item_types.add("Dog")
            session.settings.notices.set_default(["estimate"])
            session.settings.notices.set_fall_back("invoice", ["purpose", "primary", "client"])

    def act(self, act: Call, actor: User, name: str = "") -> str:
        """Do an action and keep the id of its result under a shared name.

        Args:
            act: The action; it takes the session and this workspace.
            actor: Who acts.
            name: Shared name of the result; `""` for none.

        Returns:
            The name of the refusal, or `""`.
        """
        with self.workspace.write(actor) as session:
            try:
                result = act(session, self)
            except ContactCoreError as error:
                return type(error).__name__
        if name:
            self.ids[name] = result.id
            if isinstance(result, Affiliation) and result.person_id not in self.ids.values():
                self.ids[f"person of {name}"] = result.person_id
        return ""

    def id(self, name: str) -> str:
        """The id of a shared name; the name itself if this workspace has none."""
        return self.ids.get(name, name)

    def names(self) -> dict[str, str]:
        """Id -> shared name."""
        return {id: name for name, id in sorted(self.ids.items(), reverse=True)}


@attrs.frozen
class _Names:
    """The names of the records of a workspace: contacts, affiliations, sites and items, and roles for items."""

    contacts: list[str]
    links: list[str]
    parts: list[str]
    roles: list[str]

    @classmethod
    def of(cls, names: Iterable[str], prefix: str = "") -> _Names:
        """Sort names into lists; those of affiliations, parts and roles begin with the prefix and a word."""
        words = ("link", "part", "role")
        lists: dict[str, list[str]] = {word: [] for word in ("", *words)}
        for name in names:
            lists[next((word for word in words if name.startswith(prefix + word)), "")].append(name)
        return cls(*lists.values())


def step(random: Random, pair: tuple[PairedWorkspace, PairedWorkspace]) -> None:
    """Do one action in both workspaces, or one action of the keeper in the first workspace alone.

    Args:
        random: Chooses the action.
        pair: The two workspaces; the first one gets hidden contacts.
    """
    full, bare = pair
    number = next(numbers)
    shared = _Names.of(bare.ids)
    if random.random() < 0.1:
        _make_login(random, pair)
        return
    if random.random() < 0.1:
        _receive(random, pair, number)
        return
    if random.random() < 0.1:
        _decide(random, pair, number)
        return
    if random.random() < 0.45:
        hidden = _Names.of([name for name in full.ids if name not in bare.ids], "hidden ")
        if random.random() < 0.4:
            act, name = _hidden_join(random, shared, hidden, number)
            full.act(act, ROOT, name)
            return
        act, name = _hidden_action(random, shared, hidden, number)
        full.act(act, KEEPER, name)
        return
    actor = random.choice((VIEWER, VIEWER, KEEPER))
    act, name = _shared_action(random, shared, number, deletes=actor is VIEWER)
    refusals = [workspace.act(act, actor, name) for workspace in pair]
    if actor is VIEWER:
        assert refusals[0] == refusals[1], f"{name or 'an action'} was refused differently: {refusals}"


def any_action(random: Random, names: Iterable[str]) -> Call:
    """An action on records of any kind, whose names say their kinds.

    Args:
        random: Chooses the action.
        names: The names of all records.
    """
    act, _ = _shared_action(random, _Names.of(names), next(numbers), deletes=True)
    return act


def _make_login(random: Random, pair: tuple[PairedWorkspace, PairedWorkspace]) -> None:
    """The keeper makes a login for a shared or for a hidden contact person."""
    full, bare = pair
    if not full.ids:
        return
    name, email = random.choice(list(full.ids)), f"m{next(numbers)}@bois.fr"
    with full.workspace.read(ROOT) as session:
        try:
            person = session.people.get(full.id(name)).person_id
        except NotFound:
            person = full.id(name)
    # A login belongs to its person. If the viewer sees the person, a login made through a hidden client shows.
    if name not in bare.ids and full.names().get(person) in bare.ids:
        return
    for workspace in pair if name in bare.ids else (full,):
        workspace.act(_inviting(workspace.id(name), email), KEEPER)


def _receive(random: Random, pair: tuple[PairedWorkspace, PairedWorkspace], number: int) -> None:
    """A visitor sends a form in both workspaces, perhaps with the address of a hidden contact."""
    fields = {"given_name": random.choice(_NAMES), "email": random.choice(EMAILS), "phone": "01 44 55 66 77"}
    of_firms = random.random() < 0.6
    if of_firms:
        fields = {"name": f"Firm {number}", "email": random.choice((*EMAILS, f"f{number}@bois.fr"))}
        if random.random() < 0.8:
            person = {"given_name": random.choice(_NAMES), "family_name": f"Sent {number}", "email": fields["email"]}
            fields |= {f"person.{name}": text for name, text in person.items()}
    for workspace in pair:
        site = Website(workspace.workspace, workspace.firms if of_firms else workspace.form)
        token = site.token()
        workspace.clock.forward(seconds=10)
        assert site.submit(token, fields)
        with workspace.workspace.read(ROOT) as session:
            (latest,) = session.forms.submissions.page(limit=1)
            made = [(f"part {number}", latest.id), (f"contact {number}", latest.contact_id)]
            if latest.affiliation_id:
                person_id = session.people.get(latest.affiliation_id).person_id
                made += [(f"link {number}", latest.affiliation_id), (f"contact {number} sent", person_id)]
        workspace.ids |= {name: id for name, id in made if id not in workspace.ids.values()}
    if of_firms and random.random() < 0.5:
        private: dict[str, Any] = {"access": AccessPolicy.PRIVATE, "responsibles": ["keeper"]}
        hidden, primary = Person(random.choice(_NAMES), "Hidden", **private), random.random() < 0.5
        full = pair[0]
        with full.workspace.read(ROOT) as session:
            company = session.forms.submissions.get(full.id(f"part {number}")).contact_id
        full.act(lambda s, _: s.people.add(company, hidden, primary=primary), KEEPER, f"hidden link {number}")


def _decide(random: Random, pair: tuple[PairedWorkspace, PairedWorkspace], number: int) -> None:
    """The viewer decides on a submission, or undoes what it did, in both workspaces."""
    parts = [name for name in pair[1].ids if name.startswith("part")]
    if not parts:
        return
    name, decision = random.choice(parts[-3:]), random.choice(("accept", "separate", "dismiss", "undo", "undo", "undo"))

    def decide(session: Session, workspace: PairedWorkspace) -> Any:
        submissions, id = session.forms.submissions, workspace.id(name)
        if decision == "accept":
            suggestion = submissions.suggestion(id)
            return submissions.accept(suggestion, [field.name for field in suggestion.fields])
        return getattr(submissions, decision)(id)

    made = f"contact {number}" if decision == "separate" else ""
    refusals = [workspace.act(decide, VIEWER, made) for workspace in pair]
    assert refusals[0] == refusals[1], f"{decision} was refused differently: {refusals}"


def _inviting(whom: str, email: str) -> Call:
    return lambda session, _: session.portal.invite(whom, email, PASSWORD, send=False)


def new_contact(random: Random, **more: Any) -> Person | Company:
    """A random contact with random tags and e-mail addresses."""
    emails = random.sample(EMAILS, random.choice((0, 1, 1, 2)))
    details: dict[str, Any] = {"tags": random.sample(TAGS, random.randrange(3)), "emails": emails, **more}
    if random.random() < 0.5:
        return Company(" ".join(random.sample(_NAMES, random.randint(1, 2))), phones=["01 44 55 66 77"], **details)
    return Person(random.choice(_NAMES), random.choice(_NAMES), **details)


def _open(random: Random) -> dict[str, Any]:
    """Access of a contact that the viewer sees; the keeper may change some of them."""
    return random.choice(
        (
            {"access": AccessPolicy.SHARED_READ, "responsibles": ["viewer"]},
            {"access": AccessPolicy.SHARED_WRITE, "responsibles": ["viewer"]},
            {"access": AccessPolicy.PRIVATE, "responsibles": ["viewer", "keeper"]},
            {"access": AccessPolicy.SHARED_WRITE, "responsibles": ["keeper"]},
            *({"access": AccessPolicy.PRIVATE, "responsibles": ["viewer"]},) * 2,
        )
    )


def _hidden_join(random: Random, shared: _Names, hidden: _Names, number: int) -> tuple[Call, str]:
    """An admin joins a contact of the viewer, which the keeper may not see, with a hidden one."""
    if not hidden.contacts or not shared.contacts:
        return _hidden_action(random, shared, hidden, number)
    pair = random.choice(hidden.contacts), random.choice(shared.contacts)
    one, other = random.sample(pair, 2)
    primary = random.random() < 0.4
    return lambda s, w: s.people.add(w.id(one), w.id(other), primary=primary), f"hidden link {number}"


def _hidden_action(random: Random, shared: _Names, hidden: _Names, number: int) -> tuple[Call, str]:
    private: dict[str, Any] = {"access": AccessPolicy.PRIVATE, "responsibles": ["keeper"]}
    if not hidden.contacts or random.random() < 0.3:
        made = new_contact(random, **private, description="hidden")
        return lambda session, _: session.contacts.add(made), f"hidden {number}"
    one = random.choice(hidden.contacts)
    other = random.choice([*hidden.contacts[:2], *(shared.contacts[:3] or hidden.contacts)])
    primary, start = random.random() < 0.4, random.choice((None, TODAY.replace(year=2020)))
    person = Person(random.choice(_NAMES), "Hidden", emails=random.sample(EMAILS, 1), **private)
    lists = (hidden.links, hidden.parts, hidden.roles, shared.parts)
    link, part, held, item = (random.choice(some) if some else one for some in lists)
    back, role, picture = random.choice((one, part)), random.choice(_ROLES), random.choice(PICTURES)
    power = Authority(slug=random.choice(("collect-mail", "represent")), joint=random.random() < 0.5)
    owed = AccountEntry("invoice", "7 EUR", key=f"hidden {random.randint(1, 3)}", date=TODAY)
    acts: tuple[tuple[Call, str], ...] = (
        (lambda s, w: s.people.add(w.id(other), person, primary=primary, start=start), f"hidden link {number}"),
        (lambda s, w: s.people.add(w.id(other), w.id(one), primary=primary, start=start), f"hidden link {number}"),
        (lambda s, w: s.people.add(w.id(one), w.id(other), primary=primary), f"hidden link {number}"),
        (lambda s, w: s.people.make_primary(w.id(link)), ""),
        (lambda s, w: s.people.remove(w.id(link)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), active=False)), ""),
        (lambda s, w: s.people.make_primary_for(w.id(link), "billing"), ""),
        (lambda s, w: s.people.grant(w.id(link), power), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), tags=["Secret", "VIP"])), ""),
        (lambda s, w: s.sites.add(w.id(one), Site("Hidden workshop")), f"hidden part {number}"),
        (lambda s, w: s.items.add(w.id(one), Item("Rex", type="dog")), f"hidden part {number}"),
        (lambda s, w: s.account.post(w.id(one), owed), ""),
        (lambda s, w: s.account.save_method(w.id(one), PaymentMethod("tok_hidden")), ""),
        (lambda s, w: s.timeline.add(w.id(one), Interaction("Hidden call")), f"hidden part {number}"),
        (lambda s, w: s.timeline.add(w.id(one), Interaction("Hidden", person_id=w.id(other))), f"hidden part {number}"),
        # A hidden contact is responsible for shared and hidden items, and shared contacts for hidden ones.
        *[(lambda s, w: s.items.assign(w.id(item), w.id(one), role), f"hidden role {number}")] * 2,
        *[(lambda s, w: s.items.assign(w.id(part), w.id(other), role), f"hidden role {number}")] * 2,
        (lambda s, w: s.items.unassign(w.id(held)), ""),
        *[(lambda s, w: s.pictures.set(w.id(back), picture), "")] * 3,
        (lambda s, w: s.pictures.remove(w.id(back)), ""),
        (lambda s, w: s.items.delete(w.id(part)), ""),
        (lambda s, w: s.duplicates.mark_different(w.id(one), w.id(other)), ""),
        (lambda s, w: s.privacy.give_consent(w.id(one), "news"), ""),
        (lambda s, w: s.contacts.delete(w.id(one)), ""),
        (lambda s, w: s.trash.restore(w.id(back)), ""),
    )
    return random.choice(acts)


def _shared_action(random: Random, shared: _Names, number: int, *, deletes: bool) -> tuple[Call, str]:
    """An action for both workspaces.

    Only the viewer deletes. When the keeper deletes a contact, his hidden contacts rightly keep their people out of the
    trash, and both workspaces differ.
    """
    contacts = shared.contacts
    if len(contacts) < 3 or random.random() < 0.15:
        made = new_contact(random, **_open(random))
        return lambda session, _: session.contacts.add(made), f"contact {number}"
    # Most actions meet on the same few contacts.
    one, other = random.sample(contacts[:3] if random.random() < 0.7 else contacts, 2)
    lists = (shared.links, shared.parts, shared.roles)
    link, part, held = (random.choice(some) if some else one for some in lists)
    back, role, picture = random.choice((one, part)), random.choice(_ROLES), random.choice(PICTURES)
    primary, start = random.random() < 0.3, random.choice((None, TODAY.replace(year=2019), TODAY.replace(year=2021)))
    person = Person(random.choice(_NAMES), random.choice(_NAMES), tags=random.sample(TAGS, 1), emails=["zoe@acme.fr"])
    end = random.choice((None, TODAY.replace(year=2025)))
    power = Authority(slug=random.choice(("collect-mail", "represent")), joint=random.random() < 0.5)
    owed = AccountEntry("invoice", f"{random.randint(1, 2)} EUR", key=random.choice(INVOICES), date=TODAY)
    less = AccountEntry("amendment", "-1 EUR", key=f"A{number}", date=TODAY, amends=random.choice(INVOICES))
    acts: tuple[tuple[Call, str], ...] = (
        (lambda s, w: s.people.add(w.id(one), person, primary=primary, start=start), f"link {number}"),
        (lambda s, w: s.people.add(w.id(one), person, primary=primary, start=start), f"link {number}"),
        (lambda s, w: s.people.add(w.id(one), w.id(other), primary=primary), f"link {number}"),
        (lambda s, w: s.people.make_primary(w.id(link)), ""),
        (lambda s, w: s.people.remove(w.id(link)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), end=end)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), notifications=["invoice"])), ""),
        (lambda s, w: s.people.make_primary_for(w.id(link), "billing"), ""),
        (lambda s, w: s.people.grant(w.id(link), power), ""),
        (lambda s, w: s.people.withdraw(w.id(link), power.slug), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), position=f"p{number}")), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), tags=["vip"])), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), description=f"d{number}")), ""),
        (lambda s, w: s.sites.add(w.id(one), Site("Workshop")), f"part {number}"),
        (lambda s, w: s.items.add(w.id(one), Item("Rex", type="dog")), f"part {number}"),
        (lambda s, w: s.account.post(w.id(one), owed), ""),
        (lambda s, w: s.account.post(w.id(one), attrs.evolve(owed, item_id=w.id(part))), ""),
        (lambda s, w: s.account.post(w.id(one), less), ""),
        (lambda s, w: s.account.save_method(w.id(one), PaymentMethod("tok_1", last_four="4242")), ""),
        (lambda s, w: s.timeline.add(w.id(one), Interaction("Call", person_id=w.id(other))), f"part {number}"),
        (
            lambda s, w: s.timeline.add(w.id(one), Interaction("Visit", item_id=w.id(part), start=NOON)),
            f"part {number}",
        ),
        (lambda s, w: s.timeline.save(attrs.evolve(s.timeline.get(w.id(part)), body=f"b{number}")), ""),
        (lambda s, w: s.timeline.delete(w.id(part)), ""),
        *[(lambda s, w: s.items.assign(w.id(part), w.id(other), role), f"role {number}")] * 2,
        (lambda s, w: s.items.unassign(w.id(held)), ""),
        *[(lambda s, w: s.pictures.set(w.id(back), picture), "")] * 3,
        (lambda s, w: s.pictures.adjust(w.id(back), {"zoom": 2}), ""),
        (lambda s, w: s.pictures.remove(w.id(back)), ""),
        (lambda s, w: s.items.move(w.id(part), w.id(other)), ""),
        (lambda s, w: s.items.delete(w.id(part)), ""),
        (lambda s, w: s.sites.delete(w.id(part)), ""),
        (lambda s, w: s.duplicates.mark_different(w.id(one), w.id(other)), ""),
        (lambda s, w: s.privacy.give_consent(w.id(one), "news"), ""),
        (lambda s, w: s.privacy.withdraw_consent(w.id(one), "news"), ""),
        (lambda s, w: s.trash.restore(w.id(back)), ""),
        (lambda s, w: s.contacts.delete(w.id(one)), ""),
    )
    return random.choice(acts if deletes else acts[:-1])
