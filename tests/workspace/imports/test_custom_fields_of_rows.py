"""Rows with custom fields are stored alike, whether their contacts are made or not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from contactcore import Host, User, Workspace
from contactcore.formats.contact_rows.plain_rows import PlainRows
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Storage
from contactcore.workspace.imports import imports as engine
from support.actors import AMELIE, ROOT
from support.clock import Clock

pytestmark = [pytest.mark.req("DIR-8"), pytest.mark.req("IMP-1"), pytest.mark.cases_in_memory]

ROWS = 40
Change = Callable[[Any], object]


def _file() -> str:
    def cells(n: int) -> Iterator[str]:
        yield from (f"Zoé {n}" if n % 5 else "", f"Çelik {n}" if n % 5 else "", f"Bois {n % 7 if n % 5 else n}")
        yield f"p{n - 1 if n % 11 == 10 else n}@x.fr"
        yield ("12,5", "", "nope", "0")[n % 4 if n % 3 else 1]
        yield ("2024-06-30", "30/06/2024", "31.02.2024", "")[n % 4 if n % 7 == 0 else n % 2]
        yield ("gold", "SILVER", "copper", "")[n % 4 if n % 6 == 0 else n % 2]
        yield ("red, blue", "blue", "")[n % 3]
        yield ("oui", "non", "")[n % 3]

    head = "First name,Last name,Company,E-mail,Seats,Since,Level,Colours,Member\n"
    rows = (",".join(f'"{cell}"' if "," in cell else cell for cell in cells(n)) for n in range(ROWS))
    return head + "\n".join(rows) + "\n"


def _workspace(storage: Storage, name: str) -> Workspace:
    numbers = count(1)
    ids = lambda _: f"{next(numbers):032d}"  # noqa: E731 - one expression
    space = Workspace(storage, name, language="fr", country="FR", host=Host(clock=Clock(), ids=ids))
    with space.write(ROOT) as session:
        session.settings.define_field("Seats", "number")
        session.settings.define_field("Since", "date")
        session.settings.define_field("Level", "choice", choices=["gold", "silver"])
        session.settings.define_field("Colours", "choices", choices=["red", "green", "blue"])
        session.settings.define_field("Member", "yes-no", on=["person"])
    return space


def _all_of(workspace: Workspace) -> list[object]:
    """Every record and every event of a workspace, to the last byte."""
    with workspace.storage.read(workspace.name) as reader:
        return [*([*reader.dump(kind.name)] for kind in KINDS), list(reader.feed())]


def _imported(space: Workspace, change: Change | None, **options: Any) -> object:
    imports = space.imports(AMELIE)
    plan = imports.plan(_file(), **options)
    changes = iter([change] if change is not None else [])

    def changed(_: object) -> None:
        for one in changes:
            with space.write(ROOT) as session:
                one(session)

    seen = imports.preview(plan).as_dict()
    report = imports.apply(plan, changed)
    rejects = io.BytesIO()
    report.write_rejects(rejects)
    return seen, report.as_dict(), rejects.getvalue()


CHANGES: dict[str, Change | None] = {
    "unchanged": None,
    "required": lambda session: session.settings.change_field("seats", required=True),
    "archived": lambda session: session.settings.change_field("since", archived=True),
    "fewer choices": lambda session: session.settings.change_field("colours", choices=["red", "green"]),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "options",
    [{}, {"strict": True}, {"policy": "update"}, {"policy": "create"}],
    ids=["lenient", "strict", "update", "create"],
)
def test_rows_with_custom_fields_are_stored_as_if_their_contacts_were_made(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], change: str
) -> None:
    monkeypatch.setattr(engine, "BATCH", 8)
    quick, careful = _workspace(storage, "quick"), _workspace(storage, "careful")
    reads: list[bool] = []
    read = PlainRows.read

    def noted(rows: PlainRows, cells: list[str]) -> object:
        found = read(rows, cells)
        reads.append(found is not None)
        return found

    monkeypatch.setattr(PlainRows, "read", noted)
    result = _imported(quick, CHANGES[change], **options)
    assert sum(reads) > len(reads) / 2
    monkeypatch.setattr(PlainRows, "read", lambda *_: None)
    assert _imported(careful, CHANGES[change], **options) == result
    assert _all_of(quick) == _all_of(careful)


@pytest.mark.req("DIR-9")
def test_contacts_of_rows_are_found_by_their_custom_fields(storage: Storage) -> None:
    space = _workspace(storage, "acme")
    imports = space.imports(AMELIE)
    imports.apply(imports.plan("Name,Level,Since,Member\nDoe,gold,2024-06-30,yes\nRoe,silver,,no\n"))
    with space.read(User("amelie")) as session:
        found = [
            [card.name for card in session.contacts.page(fields=asked)]
            for asked in ({"level": "gold"}, {"since": ("2024-06-01", "2024-07-31")}, {"member": False})
        ]
    assert found == [["Doe"], ["Doe"], ["Roe"]]
