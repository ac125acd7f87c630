"""Nobody sees more by a merge than before, unless `widen=True` allows it, for random graphs (IMP-7, ACC-3)."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Company, ContactCoreError, Invalid, Person, User, Workspace
from contactcore.mapping.kinds import KINDS
from contactcore.rules.access import read_terms
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT
from support.seeds import check_seeds, seeds_on
from workspace.merging.test_undo_of_merges import fill, new_workspace

pytestmark = [pytest.mark.req("IMP-7"), pytest.mark.req("ACC-3")]

_USERS = (AMELIE, BOB, User("eve"))
_APART = {"history", "job", "job-part", "redirect", "counter"}
"""The history of the merge itself is new, and users read none of the others."""


def seen(workspace: Workspace) -> dict[str, set[tuple[str, str]]]:
    """The records that each user sees, those in the trash too."""
    found: dict[str, set[tuple[str, str]]] = {user.name: set() for user in _USERS}
    with workspace.storage.read(workspace.name) as reader:
        for kind in KINDS:
            after = ""
            while kind.name not in _APART and (records := reader.dump(kind.name, after, 500)):
                after = records[-1].id
                for user in _USERS:
                    found[user.name] |= {(kind.name, one.id) for one in records if one.access & read_terms(user)}
    return found


def merged(workspace: Workspace, random: Random) -> tuple[str, bool]:
    """Merge random contacts with random rights; what became of it, and whether somebody sees more."""
    contacts = fill(workspace, random)
    for one in contacts:
        # What is in the trash stays there.
        with suppress(ContactCoreError), workspace.write(ROOT) as session:
            responsibles = random.sample([user.name for user in _USERS], random.randrange(3))
            access = random.choice(("private", "private", "shared-read", "shared-write"))
            found = session.contacts.get(one.id)
            session.contacts.save(attrs.evolve(found, access=access, responsibles=responsibles))
    kind = random.choice((Company, Person))
    same: list[Any] = [one for one in contacts if isinstance(one, kind)]
    random.shuffle(same)
    if len(same) < 2:
        return "none", False
    before, merging = seen(workspace), workspace.merging(ROOT)
    try:
        plan = merging.plan(same[0].id, [one.id for one in same[1 : random.choice((2, 3, 5))]])
        answer, merge = "done", None
        with suppress(Invalid):
            merge = merging.apply(plan)
        if merge is None:
            answer, merge = "widened", merging.apply(plan, widen=True)
    except ContactCoreError:
        return "refused", False
    after = seen(workspace)
    more = any(after[name] - before[name] for name in after)
    merging.undo(merge)
    assert seen(workspace) == before
    return answer, more


def test_nobody_sees_more_by_a_merge_that_does_not_say_so(storage: Storage, request: pytest.FixtureRequest) -> None:
    results = []

    def check(seed: int) -> None:
        result = merged(new_workspace(storage, f"seen {seed}"), Random(seed))
        assert result != ("done", True)
        results.append(result)

    check_seeds(check, seeds_on(request.node.name, 30, 3), nightly=400)
    assert ("done", False) in results
