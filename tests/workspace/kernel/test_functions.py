"""Functions of the application that would do nothing while they are called are refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest

from contactcore import Company, Host, Invalid, User, Workspace
from contactcore.workspace.kernel.functions import check_function, refuse_awaitable

pytestmark = [pytest.mark.req("DIR-17"), pytest.mark.cases_in_memory]


async def coroutine(*_: object) -> None:
    raise AssertionError("this is never run")


async def stream(*_: object) -> AsyncIterator[int]:
    yield 1


def generator(*_: object) -> Iterator[int]:
    yield 1


class CalledLater:
    async def __call__(self, *_: object) -> None:
        raise AssertionError("this is never run")


DEFERRED = [coroutine, stream, generator, partial(coroutine, 1), CalledLater()]


@pytest.mark.parametrize("function", DEFERRED)
def test_a_function_that_does_its_work_later_is_refused_before_it_is_called(function: Any, amelie: User) -> None:
    for check in (lambda: check_function(function, "clock"), lambda: Host(clock=function)):
        with pytest.raises(Invalid) as refused:
            check()
        assert (refused.value.code, refused.value.path) == ("function-deferred", "clock")


@pytest.mark.parametrize("function", DEFERRED)
def test_run_opens_no_transaction_for_a_function_that_does_its_work_later(
    workspace: Workspace, amelie: User, function: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        workspace.run(amelie, function)
    assert (refused.value.code, refused.value.path) == ("function-deferred", "function")
    assert workspace.storage.workspaces() == []


def test_run_writes_nothing_for_a_function_whose_result_is_awaitable(workspace: Workspace, amelie: User) -> None:
    loop = asyncio.new_event_loop()
    pending = loop.create_future()
    for result in (coroutine, lambda: pending):

        def add(session: Any, result: Any = result) -> Any:
            session.contacts.add(Company("Bois"))
            return result()

        with pytest.raises(Invalid) as refused:
            workspace.run(amelie, add)
        assert (refused.value.code, refused.value.path) == ("function-deferred", "function")
        with workspace.read(amelie) as session:
            assert session.contacts.count() == 0
    loop.close()


def test_a_progress_function_that_does_its_work_later_is_refused(workspace: Workspace, amelie: User) -> None:
    imports = workspace.imports(amelie)
    plan = imports.plan("Name\nJo Doe\n")
    for act in (imports.preview, imports.apply):
        with pytest.raises(Invalid) as refused:
            act(plan, coroutine)
        assert (refused.value.code, refused.value.path) == ("function-deferred", "progress")
    with workspace.read(amelie) as session:
        assert session.contacts.count() == 0


def test_functions_and_results_that_are_ready_are_accepted() -> None:
    for function in (print, partial(print), lambda: None, dict.get, int):
        check_function(function)
    for result in (None, 5, [], "x"):
        refuse_awaitable(result, "function")
    with pytest.raises(Invalid) as refused:
        check_function(5, "clock")
    assert refused.value.code == "not-a-function"
