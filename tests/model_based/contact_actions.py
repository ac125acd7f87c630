"""Actions on contacts, contact persons, the trash and the lists of the admin."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import attrs

from contactcore.model import AccessPolicy, Affiliation, Company, Person, User
from model_based.workspace_driver import (
    ACTORS,
    COMPANIES,
    DAYS,
    EMAILS,
    LANGUAGES,
    TAGS,
    Action,
    WorkspaceDriver,
)
from model_based.workspace_model import AffiliationModel
from support.actors import AMELIE, BOB, ROOT
from support.clock import TODAY

__all__ = [
    "CONTACT_ACTIONS",
    "add_contact",
    "add_person",
    "delete",
    "edit_affiliation",
    "purge",
    "restore",
    "share",
]


def add_contact(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Add a contact."""
    wanted: Person | Company = driver.random_person(random)
    if random.random() < 0.6:
        wanted = Company(random.choice(COMPANIES), **driver.random_details(random))
    with driver.expecting(actor, "") as session:
        got = session.contacts.add(wanted)
    driver.added(actor, wanted, got)


def edit(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Change a contact as it is, or as it was read before."""
    id = driver.some_contact(random)
    contact = driver.model.contacts.get(id)
    if contact is None:
        return
    if random.random() < 0.4:
        contact = random.choice([one for one in driver.read_before if one.id in driver.model.contacts] or [contact])
        id = contact.id
    stored = driver.model.contacts[id]
    change: dict[str, Any] = random.choice(
        (
            {"description": f"note {random.randrange(3)}"},
            {"tags": random.sample(TAGS, 1)},
            {"emails": random.sample(EMAILS, 1)},
            {"listed": random.random() < 0.5},
            {"name": random.choice(COMPANIES)} if contact.kind == "company" else {"given_name": "Zoé"},
            {"access": random.choice(tuple(AccessPolicy))},
            {"responsibles": random.choice(((), ("amelie",), ("bob",)))},
            {},
        )
    )
    wanted: Person | Company = attrs.evolve(contact, **change)
    moved = (wanted.access, set(wanted.responsibles)) != (stored.access, set(stored.responsibles))
    expected = driver.refusal(actor, id)
    if not expected and contact.version != stored.version:
        expected = "Conflict"
    lost = wanted.access is AccessPolicy.PRIVATE or (stored.responsibles and not actor.admin)
    if not expected and lost and not wanted.responsibles:
        expected = "Invalid"
    if not expected and moved and not driver.model.regrants(actor, id):
        expected = "Forbidden"
    driver.regranted = moved
    with driver.expecting(actor, expected) as session:
        got = session.contacts.save(wanted)
    if not expected:
        before = _resolved(driver, stored)
        same = attrs.evolve(got, version=before.version) == attrs.evolve(
            before, responsibles=tuple(sorted(before.responsibles))
        )
        assert got.version == stored.version + (not same), "the version counts something other than changes"
        driver.touched |= {id} if moved else set()
        followers = driver.model.follows(actor, id, stored, wanted)
        driver.model.contacts[id] = got
        driver.read_before.append(got)
        if stored.emails != got.emails:
            addresses = {one.text.casefold() for one in stored.emails} - {one.text.casefold() for one in got.emails}
            driver.rights.corrected(actor, id, addresses)
        _regrant(driver, followers, got.access, got.responsibles)


def _resolved(driver: WorkspaceDriver, contact: Person | Company) -> Person | Company:
    return attrs.evolve(
        contact, type=driver.model.type_of(contact), categories=tuple(driver.model.categories_of(contact))
    )


def share(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Change the access of a contact, with its people or without."""
    id = driver.some_contact(random)
    access = random.choice(tuple(AccessPolicy))
    along = random.choice((True, False, None))
    expected = driver.refusal(actor, id)
    stored = driver.model.contacts.get(id)
    if not expected and stored:
        if (access is AccessPolicy.PRIVATE and not stored.responsibles) or (
            along and not stored.responsibles and not actor.admin and _people_along(driver, actor, id)
        ):
            expected = "Invalid"
        elif access is not stored.access and not driver.model.regrants(actor, id):
            expected = "Forbidden"
    driver.regranted = True
    with driver.expecting(actor, expected) as session:
        session.contacts.share(id, access, with_people=along)
    if expected or not stored:
        return
    wanted = [id]
    if along:
        wanted += _people_along(driver, actor, id)
    elif along is None:
        wanted += driver.model.follows(actor, id, stored, attrs.evolve(stored, access=access))
    _regrant(driver, wanted, access, stored.responsibles)


def _people_along(driver: WorkspaceDriver, actor: User, client: str) -> list[str]:
    """The contact persons of a client whose access the actor may change."""
    people = [
        affiliation.person
        for affiliation in driver.model.affiliations.values()
        if affiliation.client == client and not affiliation.trash
    ]
    return [person for person in dict.fromkeys(people) if driver.model.regrants(actor, person)]


def _regrant(
    driver: WorkspaceDriver, ids: list[str], access: AccessPolicy | None, responsibles: tuple[str, ...]
) -> None:
    for one in ids:
        before = driver.model.contacts[one]
        moved = (before.access, set(before.responsibles)) != (access, set(responsibles))
        driver.touched.add(one)
        driver.model.contacts[one] = attrs.evolve(
            before, access=access, responsibles=responsibles, version=before.version + moved
        )


def add_person(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Add a new or a known person to a contact."""
    client, known = driver.some_contact(random), driver.some_contact(random)
    primary = random.random() < 0.3
    details: dict[str, Any] = {"position": random.choice(("", "CFO")), "start": random.choice(DAYS), "end": None}
    expected = driver.refusal(actor, client)
    made = driver.random_person(random)
    person: Person | str = attrs.evolve(made, access=None, responsibles=()) if random.random() < 0.7 else made
    if random.random() < 0.5:
        person = known
        if not expected:
            expected = _known_refusal(driver, actor, client, known)
    future = details["start"] is not None and details["start"] > TODAY
    expected = expected or ("Invalid" if primary and future else "")
    with driver.expecting(actor, expected) as session:
        got = session.people.add(client, person, primary=primary, **details)
    if expected:
        return
    assert got.person is not None
    if isinstance(person, Person):
        stored = driver.model.contacts[client]
        driver.added(actor, person, got.person, access=stored.access, responsibles=stored.responsibles)
        assert not got.person.listed
    _joined(driver, client, got, primary=primary)


def _joined(driver: WorkspaceDriver, client: str, got: Affiliation, *, primary: bool) -> None:
    driver.model.affiliations[got.id] = AffiliationModel(got.id, client, got.person_id, got)
    driver.rights.joined(driver.model.affiliations[got.id])
    driver.affiliations_before.append(got)
    driver.chosen = got.id if primary else ""


def join_private(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Join a contact that one user alone sees with a person whom another user alone sees; only an admin sees both."""
    del actor
    owners = random.sample([AMELIE, BOB], 2)
    primary = random.random() < 0.3
    client, person = (
        _private_of(driver, random, owner, person=person) for owner, person in zip(owners, (False, True), strict=True)
    )
    expected = _known_refusal(driver, ROOT, client, person)
    with driver.expecting(ROOT, expected) as session:
        got = session.people.add(client, person, primary=primary)
    if not expected:
        _joined(driver, client, got, primary=primary)


def _private_of(driver: WorkspaceDriver, random: Random, owner: User, *, person: bool) -> str:
    """A contact that only one user sees; it is added if there is none."""
    found = [
        one.id
        for one in driver.model.contacts.values()
        if one.id not in driver.model.trash
        and one.access is AccessPolicy.PRIVATE
        and one.responsibles == (owner.name,)
        and (isinstance(one, Person) or not person)
    ]
    if found and random.random() < 0.8:
        return random.choice(found)
    private: dict[str, Any] = {"access": AccessPolicy.PRIVATE, "responsibles": (owner.name,)}
    wanted: Person | Company
    if person:
        wanted = attrs.evolve(driver.random_person(random), **private)
    else:
        wanted = Company(random.choice(COMPANIES), **(driver.random_details(random) | private))
    with driver.expecting(owner, "") as session:
        got = session.contacts.add(wanted)
    driver.added(owner, wanted, got)
    return got.id


def _known_refusal(driver: WorkspaceDriver, actor: User, client: str, known: str) -> str:
    if not driver.model.sees(actor, known):
        return "NotFound"
    if not isinstance(driver.model.contacts[known], Person) or known == client:
        return "Invalid"
    twins = [one for one in driver.model.affiliations.values() if (one.client, one.person) == (client, known)]
    return "Duplicate" if any(not one.trash for one in twins) else ""


def edit_affiliation(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Change dates, position or primary flag of an affiliation."""
    affiliation = driver.some_affiliation(random)
    if affiliation is None:
        return
    with driver.workspace.read(ACTORS[-1] if affiliation.trash else actor) as session:
        now = (
            None
            if affiliation.trash or not driver.sees_affiliation(actor, affiliation)
            else session.people.get(affiliation.id)
        )
    basis = now or affiliation.stored
    if random.random() < 0.3:
        basis = random.choice([one for one in driver.affiliations_before if one.id == affiliation.id] or [basis])
    change: dict[str, Any] = random.choice(
        ({"end": random.choice(DAYS)}, {"active": random.random() < 0.5}, {"position": "CEO"}, {"primary": True})
    )
    if "end" in change and change["end"] and basis.start and change["end"] < basis.start:
        return
    wanted = attrs.evolve(basis, **change)
    expected = driver.affiliation_refusal(actor, affiliation)
    if not expected and now is not None and basis.version != now.version:
        expected = "Conflict"
    chooses = wanted.primary and basis.primary_when_read is False
    if not expected and chooses and not AffiliationModel("", "", "", wanted).current(TODAY):
        expected = "Invalid"
    with driver.expecting(actor, expected) as session:
        got = session.people.save(wanted)
    if not expected:
        affiliation.stored = got
        driver.affiliations_before.append(got)
        driver.chosen = affiliation.id if chooses else ""


def make_primary(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Make a person primary."""
    affiliation = driver.some_affiliation(random)
    if affiliation is None:
        return
    expected = driver.affiliation_refusal(actor, affiliation)
    if not expected and not affiliation.current(TODAY):
        with driver.workspace.read(actor) as session:
            expected = "" if session.people.get(affiliation.id).primary else "Invalid"
    with driver.expecting(actor, expected) as session:
        session.people.make_primary(affiliation.id)
    driver.chosen = affiliation.id if not expected and affiliation.current(TODAY) else ""


def remove_person(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Remove a person from a contact, with or without a named successor."""
    affiliation = driver.some_affiliation(random)
    if affiliation is None:
        return
    heir = random.choice([None, *driver.model.affiliations.values()])
    expected = driver.affiliation_refusal(actor, affiliation)
    if not expected and heir is not None:
        right = heir.client == affiliation.client and heir is not affiliation and driver.sees_affiliation(actor, heir)
        expected = "" if right and heir.current(TODAY) else "Invalid"
    with driver.expecting(actor, expected) as session:
        session.people.remove(affiliation.id, successor=heir.id if heir else None)
    if not expected:
        del driver.model.affiliations[affiliation.id]
        lost = driver.rights.right(affiliation.id).email.casefold()
        if lost:
            driver.rights.corrected(actor, affiliation.person, {lost})
        driver.chosen = heir.id if heir else ""


def delete(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Delete a contact."""
    id = driver.some_contact(random)
    expected = driver.refusal(actor, id)
    with driver.expecting(actor, expected) as session:
        session.contacts.delete(id)
    if not expected:
        driver.model.delete(actor, id)


def restore(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Restore a contact from the trash."""
    id = random.choice([*driver.model.trash, "nobody"])
    contact = driver.model.contacts.get(id)
    expected = ""
    if contact is None or driver.model.trash[id] != id or not driver.model.reaches(actor, contact):
        expected = "NotFound"
    elif not driver.model.changes(actor, id):
        expected = "Forbidden"
    with driver.expecting(actor, expected) as session:
        session.trash.restore(id)
    if not expected:
        driver.regranted = True
        restored = [one for one, root in driver.model.trash.items() if root == id]
        driver.model.restore(id)
        with driver.workspace.read(ACTORS[-1]) as session:
            for one in restored:
                known, losses = driver.model.contacts[one], driver.model.losses.pop(one, 0)
                version = session.contacts.get(one).version
                assert known.version <= version <= known.version + losses, "a restoration counts something else"
                driver.model.contacts[one] = attrs.evolve(known, version=version)


def purge(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Purge a contact from the trash."""
    id = random.choice([*driver.model.trash, "nobody"])
    expected = "" if actor.admin else "Forbidden"
    if not expected and driver.model.trash.get(id) != id:
        expected = "NotFound"
    with driver.expecting(actor, expected) as session:
        session.trash.purge(id)
    if not expected:
        driver.model.purge(id)


def change_lists(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Add or remove a type or a category."""
    what = random.choice(("type", "category"))
    counts = driver.model.types if what == "type" else driver.model.categories
    live = [slug for slug, meant in counts.items() if slug == meant]
    name = f"{what} {len(counts)}"
    if len(live) > 2 and random.random() < 0.5:
        gone, heir = random.sample(live, 2)
        heir = random.choice((heir, ""))
        with driver.expecting(actor, "" if actor.admin else "Forbidden") as session:
            getattr(session.settings, f"remove_{what}")(gone, heir)
        if actor.admin:
            counts.update({slug: heir for slug, meant in counts.items() if meant == gone})
        return
    with driver.expecting(actor, "" if actor.admin else "Forbidden") as session:
        slug = getattr(session.settings, f"add_{what}")(name).slug
    if actor.admin:
        counts[slug] = slug


def change_language(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Change the language of the directory, as an admin."""
    if random.random() < 0.7:
        return
    driver.model.language = random.choice(LANGUAGES)
    driver.workspace.change_language(actor if actor.admin else ACTORS[-1], driver.model.language)


CONTACT_ACTIONS: Final[tuple[Action, ...]] = (
    *(add_contact,) * 3,
    *(add_person,) * 5,
    *(join_private,) * 3,
    *(edit,) * 4,
    *(edit_affiliation,) * 3,
    *(share,) * 2,
    *(make_primary,) * 2,
    *(remove_person,) * 2,
    *(delete,) * 2,
    *(restore,) * 2,
    purge,
    change_lists,
    change_language,
)
"""Actions on contacts and contact persons; some are more likely."""
