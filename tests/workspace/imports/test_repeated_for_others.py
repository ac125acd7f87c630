"""Repeated imports for others: the importer learns nothing of what owners did with the contacts meanwhile (ACC-3).

Two workspaces have the same history. In the first one the owners also change contacts that the importer does not see,
between the repetitions of his import. All that the importer is told must be the same in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from random import Random
from typing import Any, Final

import attrs
import pytest

from contactcore import Company, ContactCoreError, Invalid, Person, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.imports.report import Report
from contactcore.workspace.imports.undo_report import UndoProgress
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT
from support.generated_imports import Scenario, contact_ids, new_space, said, scenario
from support.import_views import seen
from support.native_rows import with_ids
from support.seeds import check_seeds, seeds_on

pytestmark = [pytest.mark.req("ACC-3"), pytest.mark.req("IMP-3"), pytest.mark.usefixtures("small_transactions")]

OpenStorage = Callable[[], AbstractContextManager[Storage]]

CARL: Final = User("carl")


def hidden(space: Workspace) -> tuple[list[str], list[str]]:
    """The ids of the contacts that the importer does not see: those of the directory, and those in the trash."""
    with space.read(AMELIE) as session:
        known = {card.id for card in session.contacts.page(role="any", limit=1_000)}
        known |= {card.id for card in session.trash.list(limit=1_000)}
    with space.read(ROOT) as session:
        live = [card.id for card in session.contacts.page(role="any", limit=1_000) if card.id not in known]
        gone = [card.id for card in session.trash.list(limit=1_000) if card.id not in known]
    return live, gone


def _edit(random: Random, session: Session, id: str) -> None:
    session.contacts.save(attrs.evolve(session.contacts.get(id), description=f"d{random.random()}", phones=[]))


def _rename(random: Random, session: Session, id: str) -> None:
    contact = session.contacts.get(id)
    name = random.choice(("Bois", "Lune", "Lee", "Süd"))
    names = {"name": name} if isinstance(contact, Company) else {"given_name": "Ann", "family_name": name}
    emails = random.choice(((), ("zoe@x.org",), ("s@x.org", "info@bois.fr")))
    session.contacts.save(attrs.evolve(contact, emails=emails, **names))


def _delete(_: Random, session: Session, id: str) -> None:
    session.contacts.delete(id)


def _purge(_: Random, session: Session, id: str) -> None:
    session.contacts.delete(id)
    session.trash.purge(id)


def _employ(random: Random, session: Session, id: str) -> None:
    person = Person("Ann", "Lee", emails=["zoe@x.org"], access="private", responsibles=["bob"])
    session.people.add(id, person, primary=random.random() < 0.5)


def _leave(random: Random, session: Session, id: str) -> None:
    session.people.remove(random.choice([*session.people.list(id), *session.people.of(id)]))


def _make_primary(random: Random, session: Session, id: str) -> None:
    session.people.make_primary(random.choice(session.people.list(id)))


def _share(random: Random, session: Session, id: str) -> None:
    responsibles = random.choice((["carl"], ["bob", "carl"]))
    session.contacts.share(id, "private", responsibles=responsibles, with_people=random.random() < 0.5)


def _add_login(_: Random, session: Session, id: str) -> None:
    session.portal.invite(id, f"{id}@x.fr", send=False)


ACTS: Final[tuple[Callable[[Random, Session, str], None], ...]] = (
    *(_edit, _rename, _rename, _delete, _delete, _purge, _employ, _leave, _make_primary, _share, _add_login),
)


def act(random: Random, space: Workspace) -> None:
    """Change contacts that the importer does not see."""
    live, gone = hidden(space)
    choose = random.random()
    with suppress(ContactCoreError, IndexError, ValueError):
        if choose < 0.08:
            space.maintenance(ROOT).hand_over("bob", to="carl")
        elif choose < 0.2:
            winner, loser = random.sample(live, 2)
            merging = space.merging(ROOT)
            merging.apply(merging.plan(winner, [loser]), widen=True)
        elif choose < 0.35:
            with space.write(ROOT) as session:
                random.choice((session.trash.restore, session.trash.purge))(random.choice(gone))
        else:
            with space.write(ROOT) as session:
                random.choice(ACTS)(random, session, random.choice(live))


def own_act(random: Random, space: Workspace) -> None:
    """A change by the importer of a contact that he sees, which is the same one in both workspaces."""
    with suppress(ContactCoreError, IndexError, ValueError), space.write(AMELIE) as session:
        known = sorted(card.id for card in session.contacts.page(role="any", limit=1_000))
        random.choice((_edit, _rename, _delete))(random, session, random.choice(known))


def for_others(random: Random, *, native: bool) -> Scenario:
    """A file whose contacts the importer mostly does not see."""
    given = scenario(random, native=native)
    responsibles = random.choice((["bob"], ["bob", "carl"]))
    return attrs.evolve(given, options={**given.options, "access": "private", "responsibles": responsibles})


def view(space: Workspace) -> str:
    """All that the importer sees of the directory, and of his imports, without ids and times."""
    shown = repr((seen(space, AMELIE), [attrs.evolve(one, id="") for one in space.imports(AMELIE).list()]))
    return re.sub(r"datetime\.datetime\([^()]*\)|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "#", shown)


def answers(space: Workspace, given: Scenario, text: str, reports: list[Report], undone: int) -> list[Any]:
    """All that the importer is told when he repeats an import, and perhaps undoes one of the imports."""
    with space.read(AMELIE) as session:
        known = sorted(card.id for card in session.contacts.page(role="any", limit=1_000))
    imports = space.imports(AMELIE)
    plan = imports.plan(text, policy=given.policy, **given.options)
    dry, report = imports.preview(plan), imports.apply(plan)
    reports.append(report)
    told = [said(dry, known), said(report, known)]
    assert told[0] == told[1]
    if undone < len(reports):
        progress: list[UndoProgress] = []
        undo = imports.undo(reports[undone], progress.append)
        kept = sorted((one.kind, one.name, one.code) for one in undo.kept)
        told += [attrs.evolve(undo, id="", kept=()), kept, progress]
    return [*told, view(space)]


def check_repetitions(open_storage: OpenStorage, seed: int, *, native: bool) -> None:
    random = Random(seed)
    given = for_others(random, native=native)
    with open_storage() as first, open_storage() as second, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "BATCH", random.choice((1, 3, 1_000)))
        busy, quiet = new_space(first, given), new_space(second, given)
        sides = [(space, with_ids(given.text, contact_ids(space)), list[Report]()) for space in (busy, quiet)]
        for _ in range(3):
            undone = random.randrange(4)
            try:
                told = [answers(space, given, text, reports, undone) for space, text, reports in sides]
            except Invalid:  # a file without any text
                return
            assert told[0] == told[1]
            if random.random() < 0.4:
                choices = random.random()
                for space in (busy, quiet):
                    own_act(Random(choices), space)
            before = view(busy)
            for _ in range(random.randrange(6)):
                act(random, busy)
            if view(busy) != before:
                return  # one of the acts was to be seen


@pytest.mark.parametrize("native", [False, True], ids=["foreign", "native"])
def test_hidden_changes_between_repetitions_change_no_answer(
    open_storage: OpenStorage, request: pytest.FixtureRequest, native: bool
) -> None:
    def check(seed: int) -> None:
        check_repetitions(open_storage, seed, native=native)

    check_seeds(check, seeds_on(request.node.name, 60, 4), nightly=1_000)
