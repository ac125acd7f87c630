"""Whatever was imported into whatever directory: undone, it has never been, and nothing else is lost."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import attrs
import pytest

from contactcore import Person
from contactcore.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound
from contactcore.mapping import json
from contactcore.mapping.affiliations import affiliation_of
from model_based.actions import EVERY_ACTION, step
from model_based.contact_actions import CONTACT_ACTIONS
from model_based.workspace_driver import ACTORS, COMPANIES, EMAILS, TAGS, WorkspaceDriver
from support.import_views import HEAD, primary_flags, seen
from support.seeds import check_seeds, seeds_on

pytestmark = [pytest.mark.req("IMP-3"), pytest.mark.usefixtures("small_transactions")]


def _rows(random):
    def one():
        names = (random.choice(("Jane", "Jo", "Émile", "")), random.choice(("Doe", "Łoś", "Zoé", "")))
        company = random.choice(("", *COMPANIES, "New Ltd", "Newer Ltd"))
        email = random.choice(("", *EMAILS, *EMAILS, "a@new.example", "b@new.example"))
        phone = random.choice(("", "", "+33144556677", "+48225551234"))
        tag = random.choice(("", *TAGS, "fresh"))
        return ",".join((*names, company, random.choice(("", "CFO", "CEO")), email, phone, tag))

    return "".join(one() + "\n" for _ in range(random.randrange(1, 25)))


def test_whatever_was_imported_into_whatever_directory_undoing_it_leaves_no_trace(open_storage, request):
    check_seeds(lambda seed: _import_and_undo(open_storage, seed), seeds_on(request.node.name, 15, 3), nightly=150)


def _import_and_undo(open_storage, seed):
    random = Random(seed)
    with open_storage() as storage:
        driver = WorkspaceDriver(storage)
        for _ in range(random.randrange(30)):
            step(driver, random, EVERY_ACTION if random.random() < 0.5 else CONTACT_ACTIONS)
        workspace, actor = driver.workspace, random.choice(ACTORS)
        before, marked = seen(workspace), primary_flags(workspace)
        imports = workspace.imports(actor)
        options = {
            "policy": random.choice(("skip", "update", "update", "create")),
            "access": random.choice((None, "private", "shared-read", "shared-write")),
            "responsibles": random.choice((None, None, ["bob"], ["amelie", "bob"])),
        }
        report = imports.apply(imports.plan(HEAD + _rows(random), **options))
        undone = imports.undo(report.id)
        assert undone.kept == ()
        created = report.people_created + report.companies_created
        # Who imports for others may not see what was created, and then learns only the number of what was taken back.
        assert undone.removed <= created <= undone.removed + undone.hidden
        assert undone.removed == created or undone.hidden
        assert seen(workspace) == before
        assert primary_flags(workspace) == marked


def _meddle(random, session, entered):
    """One act of somebody, upon anything that they see; what was entered is noted by its id."""
    cards = session.contacts.page(role="any", limit=1_000).items
    one, other = random.choice(cards).id, random.choice(cards).id
    links = [link for card in (one, other) for link in session.people.list(card)]
    act = random.choice(("edit", "add", "join", "position", "delete", "share", "remove"))
    if act == "edit":
        entered.add(session.contacts.save(attrs.evolve(session.contacts.get(one), description="met")).id)
    elif act == "add":
        link = session.people.add(one, Person("Zoe", "Lee"))
        entered |= {link.id, link.person_id}
    elif act == "join":
        entered.add(session.people.add(one, other).id)
    elif act == "position" and links:
        entered.add(session.people.save(attrs.evolve(random.choice(links), position="met")).id)
    elif act == "delete" and random.random() < 0.3:
        session.contacts.delete(one)
    elif act == "share":
        was = session.contacts.get(one).version
        if session.contacts.share(one, random.choice(("private", "shared-read", "shared-write"))).version != was:
            entered.add(one)
    elif act == "remove" and links:
        session.people.remove(links[0])


def _alive(workspace):
    """Bodies of what is not in the trash, by id, and both ends of each affiliation."""
    found, ends = {}, {}
    with workspace.storage.read(workspace.name) as reader:
        for kind in ("contact", "affiliation"):
            for record in reader.dump(kind):
                if b'"trashed"' not in record.body:
                    found[record.id] = record
                    if kind == "affiliation":
                        ends[record.id] = affiliation_of(record)
    return found, ends


def _made_by_imports(workspace):
    """Ids of the contacts that imports made."""
    with workspace.storage.read(workspace.name) as reader:
        parts = [json.load(record.body)["entries"] for record in reader.dump("job-part")]
    return {one for part in parts for name in ("people", "companies") for one in part.get(name, ())}


def test_whatever_others_did_since_undoing_loses_none_of_it(open_storage, request):
    check_seeds(lambda seed: _undo_after_others(open_storage, seed), seeds_on(request.node.name, 15, 3), nightly=150)


def _undo_after_others(open_storage, seed):
    random = Random(seed)
    with open_storage() as storage:
        driver = WorkspaceDriver(storage)
        for _ in range(random.randrange(15)):
            step(driver, random, CONTACT_ACTIONS)
        workspace, actor, entered = driver.workspace, random.choice(ACTORS), set()
        imports = workspace.imports(actor)
        access = random.choice(("private", "shared-read", "shared-write"))
        report = imports.apply(imports.plan(HEAD + _rows(random), policy="update", access=access))
        for _ in range(random.randrange(12)):
            with suppress(Conflict, Duplicate, Forbidden, IndexError, Invalid, NotFound):
                noted = set()
                with workspace.write(random.choice(ACTORS)) as session:
                    _meddle(random, session, noted)
                entered |= noted
        before, joined = _alive(workspace)
        undone = imports.undo(report.id)
        after, left = _alive(workspace)
        for id in entered & before.keys():
            assert id in after, "what somebody entered is gone"
            if id not in joined:
                assert after[id].body == before[id].body
        assert all({one.contact_id, one.person_id} <= after.keys() for one in left.values()), "an end is missing"
        held = {one.contact_id for one in left.values()}
        assert {id: number for id, number in primary_flags(workspace).items() if id in held} == dict.fromkeys(held, 1)
        told = {one.id for one in undone.kept}
        assert told >= {id for id in entered & _made_by_imports(workspace) if id in after}
        assert imports.undo(report.id) == attrs.evolve(undone, undone_before=True)
