"""What several actors do in a workspace, to which the same happens as to its model."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import attrs

from contactcore.model import AccessPolicy, Company, Person, User
from contactcore.testing.workspace_doors import PORTAL_ACTS, PortalTable
from contactcore.testing.workspace_model import Link
from contactcore.testing.workspace_play import ACTORS, COMPANIES, DAYS, EMAILS, LANGUAGES, TAGS, TODAY
from contactcore.testing.workspace_rights import RIGHTS_ACTS

__all__ = ["ACTS", "EVERY_ACT", "Play"]


class Play(PortalTable):
    """All that may happen."""

    def step(self, random: Random, *, rights: bool = True) -> None:
        """One act of one actor; of authorities, notices and the portal too, unless it is said otherwise."""
        self.chosen, self.regranted = "", False
        random.choice(EVERY_ACT if rights else ACTS)(self, random, random.choice(ACTORS))

    def add_contact(self, random: Random, actor: User) -> None:
        """Somebody adds a contact."""
        wanted: Person | Company = self._person(random)
        if random.random() < 0.6:
            wanted = Company(random.choice(COMPANIES), **self._details(random))
        with self._expecting(actor, "") as session:
            got = session.contacts.add(wanted)
        self._added(actor, wanted, got)

    def edit(self, random: Random, actor: User) -> None:
        """Somebody changes a contact as it is, or as they read it long ago."""
        id = self._contact(random)
        contact = self.model.contacts.get(id)
        if contact is None:
            return
        if random.random() < 0.4:
            contact = random.choice([one for one in self.read_before if one.id in self.model.contacts] or [contact])
            id = contact.id
        stored = self.model.contacts[id]
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
        expected = self._refusal(actor, id)
        if not expected and contact.version != stored.version:
            expected = "Conflict"
        if not expected and wanted.access is AccessPolicy.PRIVATE and not wanted.responsibles:
            expected = "Invalid"
        if not expected and moved and not self.model.regrants(actor, id):
            expected = "Forbidden"
        self.regranted = moved
        with self._expecting(actor, expected) as session:
            got = session.contacts.save(wanted)
        if not expected:
            before = self._resolved(stored)
            same = attrs.evolve(got, version=before.version) == attrs.evolve(
                before, responsibles=tuple(sorted(before.responsibles))
            )
            assert got.version == stored.version + (not same), "a version counts changes, and nothing else"
            self.touched |= {id} if moved else set()
            self.model.contacts[id] = got
            self.read_before.append(got)

    def _resolved(self, contact: Person | Company) -> Person | Company:
        return attrs.evolve(
            contact, type=self.model.type_of(contact), categories=tuple(self.model.categories_of(contact))
        )

    def share(self, random: Random, actor: User) -> None:
        """Somebody opens or closes a contact, with its people or without."""
        id = self._contact(random)
        access = random.choice(tuple(AccessPolicy))
        along = random.random() < 0.5
        expected = self._refusal(actor, id)
        stored = self.model.contacts.get(id)
        if not expected and stored:
            if access is AccessPolicy.PRIVATE and not stored.responsibles:
                expected = "Invalid"
            elif access is not stored.access and not self.model.regrants(actor, id):
                expected = "Forbidden"
        self.regranted = True
        with self._expecting(actor, expected) as session:
            session.contacts.share(id, access, with_people=along)
        if expected or not stored:
            return
        wanted = [id]
        if along:
            people = [link.person for link in self.model.links.values() if link.client == id and not link.trash]
            wanted += [person for person in dict.fromkeys(people) if self.model.regrants(actor, person)]
        for one in wanted:
            before = self.model.contacts[one]
            moved = (before.access, set(before.responsibles)) != (access, set(stored.responsibles))
            self.touched.add(one)
            self.model.contacts[one] = attrs.evolve(
                before, access=access, responsibles=stored.responsibles, version=before.version + moved
            )

    def add_person(self, random: Random, actor: User) -> None:
        """Somebody lets a new or a known person act for a contact."""
        client, known = self._contact(random), self._contact(random)
        primary = random.random() < 0.3
        details: dict[str, Any] = {"position": random.choice(("", "CFO")), "start": random.choice(DAYS), "end": None}
        expected = self._refusal(actor, client)
        made = self._person(random)
        person: Person | str = attrs.evolve(made, access=None, responsibles=()) if random.random() < 0.7 else made
        if random.random() < 0.5:
            person = known
            if not expected:
                expected = self._known_refusal(actor, client, known)
        future = details["start"] is not None and details["start"] > TODAY
        expected = expected or ("Invalid" if primary and future else "")
        with self._expecting(actor, expected) as session:
            got = session.people.add(client, person, primary=primary, **details)
        if expected:
            return
        assert got.person is not None
        if isinstance(person, Person):
            stored = self.model.contacts[client]
            self._added(actor, person, got.person, access=stored.access, responsibles=stored.responsibles)
            assert not got.person.listed
        self.model.links[got.id] = Link(got.id, client, got.person.id, got)
        self.links_before.append(got)
        self.chosen = got.id if primary else ""

    def _known_refusal(self, actor: User, client: str, known: str) -> str:
        if not self.model.sees(actor, known):
            return "NotFound"
        if not isinstance(self.model.contacts[known], Person) or known == client:
            return "Invalid"
        twins = [one for one in self.model.links.values() if (one.client, one.person) == (client, known)]
        return "Duplicate" if any(not one.trash for one in twins) else ""

    def edit_link(self, random: Random, actor: User) -> None:
        """Somebody changes how a person acts for a contact: dates, position, the mark."""
        link = self._link(random)
        if link is None:
            return
        with self.workspace.read(ACTORS[-1] if link.trash else actor) as session:
            now = None if link.trash or not self._sees_link(actor, link) else session.people.get(link.id)
        basis = now or link.stored
        if random.random() < 0.3:
            basis = random.choice([one for one in self.links_before if one.id == link.id] or [basis])
        change: dict[str, Any] = random.choice(
            ({"end": random.choice(DAYS)}, {"active": random.random() < 0.5}, {"position": "CEO"}, {"primary": True})
        )
        if "end" in change and change["end"] and basis.start and change["end"] < basis.start:
            return
        wanted = attrs.evolve(basis, **change)
        expected = self._link_refusal(actor, link)
        if not expected and now is not None and basis.version != now.version:
            expected = "Conflict"
        chooses = wanted.primary and basis.primary_when_read is False
        if not expected and chooses and not Link("", "", "", wanted).current(TODAY):
            expected = "Invalid"
        with self._expecting(actor, expected) as session:
            got = session.people.save(wanted)
        if not expected:
            link.stored = got
            self.links_before.append(got)
            self.chosen = link.id if chooses else ""

    def make_primary(self, random: Random, actor: User) -> None:
        """Somebody moves the mark."""
        link = self._link(random)
        if link is None:
            return
        expected = self._link_refusal(actor, link)
        if not expected and not link.current(TODAY):
            with self.workspace.read(actor) as session:
                expected = "" if session.people.get(link.id).primary else "Invalid"
        with self._expecting(actor, expected) as session:
            session.people.make_primary(link.id)
        self.chosen = link.id if not expected and link.current(TODAY) else ""

    def unlink(self, random: Random, actor: User) -> None:
        """Somebody ends that a person acts for a contact, and may name a successor."""
        link = self._link(random)
        if link is None:
            return
        heir = random.choice([None, *self.model.links.values()])
        expected = self._link_refusal(actor, link)
        if not expected and heir is not None:
            right = heir.client == link.client and heir is not link and self._sees_link(actor, heir)
            expected = "" if right and heir.current(TODAY) else "Invalid"
        with self._expecting(actor, expected) as session:
            session.people.remove(link.id, successor=heir.id if heir else None)
        if not expected:
            del self.model.links[link.id]
            self.chosen = heir.id if heir else ""

    def delete(self, random: Random, actor: User) -> None:
        """Somebody deletes a contact."""
        id = self._contact(random)
        expected = self._refusal(actor, id)
        with self._expecting(actor, expected) as session:
            session.contacts.delete(id)
        if not expected:
            self.model.delete(actor, id)

    def restore(self, random: Random, actor: User) -> None:
        """Somebody takes a contact out of the trash."""
        id = random.choice([*self.model.trash, "nobody"])
        contact = self.model.contacts.get(id)
        expected = ""
        if contact is None or self.model.trash[id] != id or not self.model.reaches(actor, contact):
            expected = "NotFound"
        elif not self.model.changes(actor, id):
            expected = "Forbidden"
        with self._expecting(actor, expected) as session:
            session.trash.restore(id)
        if not expected:
            self.regranted = True
            self.model.restore(id)

    def purge(self, random: Random, actor: User) -> None:
        """Somebody empties the trash of a contact."""
        id = random.choice([*self.model.trash, "nobody"])
        expected = "" if actor.admin else "Forbidden"
        if not expected and self.model.trash.get(id) != id:
            expected = "NotFound"
        with self._expecting(actor, expected) as session:
            session.trash.purge(id)
        if not expected:
            self.model.purge(id)

    def change_lists(self, random: Random, actor: User) -> None:
        """Somebody edits the lists of types and categories."""
        what = random.choice(("type", "category"))
        counts = self.model.types if what == "type" else self.model.categories
        live = [slug for slug, meant in counts.items() if slug == meant]
        name = f"{what} {len(counts)}"
        if len(live) > 2 and random.random() < 0.5:
            gone, heir = random.sample(live, 2)
            heir = random.choice((heir, ""))
            with self._expecting(actor, "" if actor.admin else "Forbidden") as session:
                getattr(session.settings, f"remove_{what}")(gone, heir)
            if actor.admin:
                counts.update({slug: heir for slug, meant in counts.items() if meant == gone})
            return
        with self._expecting(actor, "" if actor.admin else "Forbidden") as session:
            slug = getattr(session.settings, f"add_{what}")(name).slug
        if actor.admin:
            counts[slug] = slug

    def change_language(self, random: Random, actor: User) -> None:
        """An admin puts the directory in the order of another language."""
        if random.random() < 0.7:
            return
        self.model.language = random.choice(LANGUAGES)
        self.workspace.change_language(actor if actor.admin else ACTORS[-1], self.model.language)


Act = Callable[[Play, Random, User], None]

ACTS: Final[tuple[Act, ...]] = (
    *(Play.add_contact,) * 3,
    *(Play.add_person,) * 5,
    *(Play.edit,) * 4,
    *(Play.edit_link,) * 3,
    *(Play.share,) * 2,
    *(Play.make_primary,) * 2,
    *(Play.unlink,) * 2,
    *(Play.delete,) * 2,
    *(Play.restore,) * 2,
    Play.purge,
    Play.change_lists,
    Play.change_language,
)
"""What may happen, some of it more often."""

EVERY_ACT: Final[tuple[Act, ...]] = (*ACTS, *RIGHTS_ACTS, *PORTAL_ACTS)
"""All that may happen, authorities, notices and the portal included."""
