"""Programs of asyncio run sessions in worker threads; a cancelled task leaves a whole transaction."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from contactcore import Company, StorageError, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE
from support.own_loop import run

pytestmark = pytest.mark.req("DIR-15")


def names(workspace: Workspace) -> list[str]:
    with workspace.read(AMELIE) as session:
        return [card.name for card in session.contacts.page(limit=100)]


def test_the_tasks_of_one_loop_lose_no_write_and_read_whole_transactions(storage: Storage) -> None:
    workspace = Workspace(storage, name="acme")

    def add_pair(number: int) -> int:
        def both(session):
            session.contacts.add(Company(f"A{number:02}"))
            session.contacts.add(Company(f"B{number:02}"))

        workspace.run(AMELIE, both, attempts=20)
        return number

    async def main() -> tuple[list[int], list[list[str]]]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(4) as pool:
            writes = [loop.run_in_executor(pool, add_pair, number) for number in range(12)]
            reads = [loop.run_in_executor(pool, names, workspace) for _ in range(4)]
            return await asyncio.gather(*writes), await asyncio.gather(*reads)

    written, read = run(main())
    assert written == list(range(12))
    assert names(workspace) == [f"{letter}{number:02}" for letter in "AB" for number in range(12)]
    for seen in read:
        assert {name[1:] for name in seen if name[0] == "A"} == {name[1:] for name in seen if name[0] == "B"}


@pytest.mark.parametrize("ends_well", [True, False])
def test_a_session_whose_task_is_cancelled_ends_as_its_function_does(storage: Storage, *, ends_well: bool) -> None:
    workspace = Workspace(storage, name="acme")
    entered, leave = threading.Event(), threading.Event()

    def work() -> None:
        with workspace.write(AMELIE) as session:
            session.contacts.add(Company("Bois"))
            entered.set()
            assert leave.wait(60)
            if not ends_well:
                raise TimeoutError

    async def main() -> bool:
        task = asyncio.create_task(asyncio.to_thread(work))
        assert await asyncio.to_thread(entered.wait, 60)
        task.cancel()
        leave.set()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert run(main())  # which waits for the threads of its pool
    assert names(workspace) == (["Bois"] if ends_well else [])


def test_a_task_that_waits_inside_its_session_makes_another_writer_of_the_loop_fail(storage: Storage) -> None:
    workspace = Workspace(storage, name="acme")

    async def wait_inside(entered: asyncio.Event, leave: asyncio.Event) -> None:
        with workspace.write(AMELIE) as session:
            session.contacts.add(Company("Bois"))
            entered.set()
            await leave.wait()

    async def main() -> str:
        entered, leave = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(wait_inside(entered, leave))
        await entered.wait()
        try:
            with pytest.raises(StorageError) as refused, workspace.write(AMELIE):
                pass
        finally:
            leave.set()
            await task
        return refused.value.code

    assert run(main()) == "writer-open"
    assert names(workspace) == ["Bois"]  # the session that was open first goes on
