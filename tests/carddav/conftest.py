"""An application over each kind of storage."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from contactcore import Host, Workspace
from support.carddav import Visitor, configured, served


@pytest.fixture
def needed():
    """The ids of contacts that the application needs."""
    return {}


@pytest.fixture
def workspace(storage, clock, needed):
    def blockers(name, ids):
        return {id: [needed[id]] for id in ids if id in needed}

    return Workspace(storage, name="acme", country="FR", host=Host(clock=clock, blockers=blockers))


@pytest.fixture
def serve(workspace):
    pytest.importorskip("radicale", reason="the extra `carddav` is not installed")
    made = configured(workspace)
    yield made
    made.close()


@pytest.fixture
def amelie(serve):
    return Visitor(serve, "amelie")


@pytest.fixture
def bob(serve):
    return Visitor(serve, "bob")


@pytest.fixture
def root(serve):
    return Visitor(serve, "root")


@pytest.fixture
def new_device(serve):
    """Makes devices of users, which synchronise with a server on a free port."""
    pytest.importorskip("vdirsyncer", reason="vdirsyncer is not installed")
    with ExitStack() as stack:
        server = stack.enter_context(served(serve))

        def make(login):
            device = server.device(login)
            stack.callback(device.close)
            return device

        yield make
