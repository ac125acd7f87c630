from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Invalid, NotFound


@pytest.fixture
def versions(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        versions = [session.contacts.add(Company("Bois"))]
    for number in range(5):
        with workspace.write(amelie) as session:
            versions.append(session.contacts.save(attrs.evolve(versions[-1], description=str(number))))
    return versions


@pytest.mark.req("DIR-14")
def test_older_acts_are_gone_and_earlier_states_are_refused_by_name(
    workspace: Any, amelie: Any, root: Any, versions: Any
) -> None:
    client, cut = versions[0], versions[3].changed_at
    with workspace.read(amelie) as session:
        acts = session.history.of(client).items
    told: list[int] = []
    assert workspace.maintenance(root).trim_history(cut, progress=told.append) == 3
    assert told == [3]
    with workspace.read(amelie) as session:
        assert session.history.of(client).items == acts[:3]
        for version in versions[3:]:
            assert session.contacts.get(client, as_of=version.changed_at) == version
        for version in versions[:3]:
            with pytest.raises(Invalid) as refused:
                session.contacts.get(client, as_of=version.changed_at)
            assert refused.value.code == "history-begins-later"
    with workspace.write(amelie) as session:
        with pytest.raises(NotFound):
            session.history.undo(acts[-1])
        with pytest.raises(Invalid) as refused:
            session.history.restore(client, version=1)
        assert refused.value.code == "version-unknown"
        assert session.history.restore(client, version=4).description == "2"
    assert workspace.maintenance(root).trim_history(cut) == 0


@pytest.mark.req("DIR-14")
def test_a_trim_of_many_acts_takes_many_transactions(
    workspace: Any, root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contactcore.workspace.maintenance.trimming._BATCH", 20)
    for _ in range(45):
        with workspace.write(root) as session:
            session.contacts.add(Company("Bois"))
    with workspace.read(root) as session:
        now = session._transaction.now
    told: list[int] = []
    assert workspace.maintenance(root).trim_history(now, progress=told.append) == 45
    assert told == [20, 40, 45]


@pytest.mark.req("DIR-14", "ACC-3")
def test_only_an_admin_trims_and_only_the_past(workspace: Any, amelie: Any, root: Any, versions: Any) -> None:
    with pytest.raises(Forbidden) as refused:
        workspace.maintenance(amelie).trim_history("2026-01-01")
    assert refused.value.code == "admin-only"
    for wrong, code in (
        ("2100-01-01", "as-of-future"),
        ("2026-01-01T00:00", "time-without-zone"),
        ("last year", "time-syntax"),
        (date(2026, 1, 1), "time-syntax"),
    ):
        with pytest.raises(Invalid) as told:
            workspace.maintenance(root).trim_history(wrong)
        assert [(one.code, one.path) for one in told.value.problems] == [(code, "before")]
    with workspace.read(amelie) as session:
        assert len(session.history.of(versions[0])) == 6
