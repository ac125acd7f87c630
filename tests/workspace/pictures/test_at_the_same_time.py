"""Contents that several pictures share stay whole when pictures are set and removed at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Any

import pytest

from contactcore import Company, Workspace
from contactcore.errors import NotFound
from contactcore.formats.pictures import PreparedPicture, prepare
from support.actors import AMELIE
from support.pictures import LOGO, Kept, corners, saved

_THREADS = 4
PICTURES = [prepare(LOGO), prepare(saved(corners(90, 60), "PNG")), prepare(saved(corners(500, 300), "PNG"))]


@pytest.mark.parametrize("seed", range(3))
def test_shared_contents_are_kept_exactly_as_long_as_a_picture_needs_them(
    workspace: Workspace, kept: Kept, seed: int
) -> None:
    with workspace.write(AMELIE) as session:
        clients = [session.contacts.add(Company(f"Client {number}")) for number in range(_THREADS)]
    ready = Barrier(_THREADS, timeout=30)

    def work(client: Any) -> PreparedPicture | None:
        random, last = Random(f"{seed} {client.name}"), None
        ready.wait()
        for _ in range(12):
            last = random.choice((None, *PICTURES))
            workspace.run(AMELIE, lambda session, chosen=last: _change(session, client, chosen), attempts=50)
        return last

    with ThreadPoolExecutor(_THREADS) as pool:
        chosen = list(pool.map(work, clients))
    needed = {data for one in chosen if one is not None for data in (one.data, one.upright.data)}
    assert kept() == len(needed)
    with workspace.read(AMELIE) as session:
        for client, one in zip(clients, chosen, strict=True):
            content = session.pictures.get(client)
            assert (content and content.data) == (one and one.data)


def _change(session: Any, client: Any, chosen: PreparedPicture | None) -> None:
    if chosen is not None:
        session.pictures.set(client, chosen)
        return
    try:
        session.pictures.remove(client)
    except NotFound as error:
        assert error.what == "picture"  # noqa: PT017 - the client has none at this moment
