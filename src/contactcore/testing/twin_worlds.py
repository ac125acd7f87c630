"""Twin worlds: the same history with and without what one actor may not see (ACC-3).

Two workspaces live through the same acts of two users. In the first, the second user also keeps contacts of his own
that the first user may not see: with people, logins, tags and affiliations among themselves and to contacts that both
see. Then every public method of every service, found by introspection, must answer the first user alike in both worlds:
results, errors, counts and cursors, ids and times aside.
"""

from __future__ import annotations

import base64
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.storage import Storage
from contactcore.testing.twin_histories import VIEWER, World, live, numbers
from contactcore.testing.twin_questions import GENERATORS, Arguments
from contactcore.workspace.session import Session

__all__ = ["check_twin_worlds", "public_calls"]

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
_OF_ONE_WORLD: Final = re.compile(r"twin [12]|(?<=\.)[0-9a-f]{12}\b")
_TOKEN: Final = re.compile(r"[\w-]{43,}")


def public_calls(session: Session) -> Iterator[str]:
    """The public methods and properties of a session's services, as `service.method`."""
    for path in _paths(session):
        if path != "actor":
            yield path


def _paths(service: object) -> Iterator[str]:
    for name in dir(type(service)):
        if name.startswith("_"):
            continue
        if inspect.isfunction(inspect.getattr_static(type(service), name)):
            yield name
            continue
        inner = getattr(service, name)
        if type(inner).__module__.startswith("contactcore.workspace"):
            yield from (f"{name}.{path}" for path in _paths(inner))
        else:
            yield name


def _asked(world: World, path: str, make: Callable[[World, Session], Arguments], *, keep: bool) -> Any:
    """The answer to one call as the viewer may compare it; what it changed is undone unless it is kept."""
    names = world.names()
    try:
        with world.workspace.write(VIEWER) as session:
            args, kwargs = make(world, session)
            target: Any = session
            for part in path.split("."):
                target = getattr(target, part)
            answer = _comparable(target(*args, **kwargs) if callable(target) else target, names)
            if not keep:
                raise _Undone(answer)  # noqa: TRY301 - leaving the session is what undoes it
    except _Undone as undone:
        return undone.args[0]
    except ContactCoreError as error:
        facts = (getattr(error, "code", ""), getattr(error, "mine", None), getattr(error, "stored", None))
        return _comparable((type(error).__name__, str(error), *facts), names)
    return answer


class _Undone(Exception):
    """It ends a session on purpose."""


def _comparable(answer: Any, names: Mapping[str, str]) -> Any:
    """An answer without the ids and times in it; cursors are opened."""
    if isinstance(answer, str):
        return _masked(_opened(answer), names)
    if attrs.has(type(answer)):
        fields = [field.name for field in attrs.fields(type(answer)) if field.name != "since"]
        return (type(answer).__name__, *(_comparable(getattr(answer, name), names) for name in fields))
    if isinstance(answer, Mapping):
        return {_comparable(key, names): _comparable(value, names) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [_comparable(one, names) for one in answer]
    return answer


def _opened(text: str) -> str:
    if not text.startswith("Wy"):
        return text
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return text


def _masked(text: str, names: Mapping[str, str]) -> str:
    named = _ID.sub(lambda found: names.get(found[0], "(id)"), text)
    return _MOMENT.sub("(time)", _TOKEN.sub("(token)", _OF_ONE_WORLD.sub("(world)", named)))


def _view(world: World) -> Any:
    """All contacts that the viewer sees, with their people."""
    with world.workspace.read(VIEWER) as session:
        page = session.contacts.page(role="any", limit=1_000)
        shown = [(card, session.people.list(card.id)) for card in page]
        return _comparable(shown, world.names())


def check_twin_worlds(
    open_storage: Callable[[], AbstractContextManager[Storage]], seed: int, acts: int = 40, calls: int = 60
) -> None:
    """Live through one random history in both worlds and ask everything.

    Args:
        open_storage: Opens a fresh storage.
        seed: Tells one history from another.
        acts: Of the history.
        calls: How many random calls are compared, besides one of each method.

    Raises:
        AssertionError: the viewer can tell the worlds apart.
    """
    random = Random(seed)  # noqa: S311 - a history to be repeated, no secret
    with open_storage() as first, open_storage() as second:
        # Of two names, since fresh storages may be the same database.
        full, bare = World(first, "twin 1"), World(second, "twin 2")
        with bare.workspace.read(VIEWER) as session:
            paths = sorted(set(public_calls(session)) & set(GENERATORS))
        for number in range(acts):
            live(random, (full, bare))
            if number % 4 == 3:
                views = [_view(world) for world in (full, bare)]
                assert views[0] == views[1], f"the worlds look different:\n{views[0]}\n{views[1]}"
        names = [*bare.ids, *(name for name in full.ids if name.startswith("hidden")), "nobody"]
        # What only one world has must look like an id of nothing in the other.
        for name in full.ids:
            bare.ids.setdefault(name, f"00000000-0000-7000-8000-{next(numbers):012d}")
        for path in [*paths, *random.choices(paths, k=calls)]:
            make = GENERATORS[path](random, names)
            keep = random.random() < 0.3
            answers = [_asked(world, path, make, keep=keep) for world in (full, bare)]
            assert answers[0] == answers[1], f"{path} tells the worlds apart:\n{answers[0]}\n{answers[1]}"
