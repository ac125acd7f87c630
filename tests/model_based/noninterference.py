"""Noninterference: an actor gets the same answers whether or not the contacts that they may not see exist (ACC-3).

Two workspaces have the same history of two users. In the first workspace the second user also keeps contacts that the
first user may not see: with people, logins, tags, and affiliations to each other and to contacts that both see. Then
every public method of every service, found by introspection, must answer the first user the same in both workspaces:
results, errors, counts and cursors, except ids and times.
"""

from __future__ import annotations

import base64
import inspect
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.model.bulk_act import BulkAct
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from model_based.paired_workspaces import VIEWER, PairedWorkspace, numbers, step
from model_based.viewer_calls import GENERATORS, Arguments

__all__ = ["check_bulk_acts", "check_exports", "check_merges", "check_noninterference", "check_sweeps", "public_calls"]

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+Z|(?:\.\d+)?\+00:00)")
_OF_ONE_WORKSPACE: Final = re.compile(r"pair [12]|(?<=\.)[0-9a-f]{12}\b")
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


def _asked(
    workspace: PairedWorkspace, path: str, make: Callable[[PairedWorkspace, Session], Arguments], *, keep: bool
) -> Any:
    """The answer to one call in comparable form; the transaction is undone unless `keep` is true."""
    names = workspace.names()
    try:
        with workspace.workspace.write(VIEWER) as session:
            args, kwargs = make(workspace, session)
            target: Any = session
            for part in path.split("."):
                target = getattr(target, part)
            answer = _comparable(target(*args, **kwargs) if callable(target) else target, names)
            if not keep:
                raise _Undone(answer)  # noqa: TRY301 - the error undoes the transaction
    except _Undone as undone:
        return undone.args[0]
    except ContactCoreError as error:
        facts = (getattr(error, "code", ""), getattr(error, "mine", None), getattr(error, "stored", None))
        return _comparable((type(error).__name__, str(error), *facts), names)
    return answer


class _Undone(Exception):
    """Ends a session on purpose."""


def _comparable(answer: Any, names: Mapping[str, str]) -> Any:
    """An answer without its ids and times, and with decoded cursors."""
    if isinstance(answer, str):
        return _masked(_decoded(answer), names)
    if attrs.has(type(answer)):
        fields = [field.name for field in attrs.fields(type(answer)) if field.name != "since"]
        return (type(answer).__name__, *(_comparable(getattr(answer, name), names) for name in fields))
    if isinstance(answer, datetime):
        return "(time)"
    if isinstance(answer, Mapping):
        return {_comparable(key, names): _comparable(value, names) for key, value in answer.items()}
    if isinstance(answer, list | tuple | Iterator):
        return [_comparable(one, names) for one in answer]
    return answer


def _decoded(text: str) -> str:
    if not text.startswith("Wy"):
        return text
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return text


def _masked(text: str, names: Mapping[str, str]) -> str:
    named = _ID.sub(lambda found: names.get(found[0], "(id)"), text)
    return _MOMENT.sub("(time)", _TOKEN.sub("(token)", _OF_ONE_WORKSPACE.sub("(workspace)", named)))


def _view(workspace: PairedWorkspace) -> Any:
    """All contacts that the viewer sees, with everything that belongs to them."""
    with workspace.workspace.read(VIEWER) as session:
        page = session.contacts.page(role="any", limit=1_000)
        shown = [
            (
                card,
                session.people.list(card.id),
                session.sites.of(card.id),
                session.items.of(card.id),
                session.account.history(card.id).items,
                session.account.methods(card.id),
                session.timeline.page(card.id),
                session.timeline.counts(card.id),
                session.pictures.get(card.id),
                session.pictures.of(card.id),
                [*session.pictures.thumbnails(session.items.of(card.id)).values()],
                session.forms.submissions.of(card.id),
                session.privacy.report(card.id).data if card.kind == "person" else (),
            )
            for card in page
        ]
        roles = [
            (*(session.items.roles(item) for item in session.items.of(card.id)), session.items.responsible_for(card.id))
            for card in page
        ]
        return _comparable((shown, roles), workspace.names())


def check_noninterference(
    open_storage: Callable[[], AbstractContextManager[Storage]],
    seed: int,
    steps: int = 40,
    calls: int = 60,
    service: str = "",
) -> None:
    """Run one random history in both workspaces and compare the answers of all methods.

    Args:
        open_storage: Opens a fresh storage.
        seed: Seed of the random choices.
        steps: Number of steps of the history.
        calls: Number of random calls, besides one call of each method.
        service: Name of the only service that is called; `""` for all services.

    Raises:
        AssertionError: The viewer can tell the workspaces apart.
    """
    random = Random(seed)
    with open_storage() as first, open_storage() as second:
        # Two names, because both storages may be the same database.
        full, bare = PairedWorkspace(first, "pair 1"), PairedWorkspace(second, "pair 2")
        with bare.workspace.read(VIEWER) as session:
            paths = sorted(set(public_calls(session)) & set(GENERATORS))
        paths = [path for path in paths if not service or path.startswith(f"{service}.")]
        for number in range(steps):
            step(random, (full, bare))
            if number % 4 == 3:
                views = [_view(workspace) for workspace in (full, bare)]
                assert views[0] == views[1], f"the workspaces look different:\n{views[0]}\n{views[1]}"
        names = [*bare.ids, *(name for name in full.ids if name.startswith("hidden")), "nobody"]
        # A name of the first workspace alone becomes an id of nothing in the second.
        for name in full.ids:
            bare.ids.setdefault(name, f"00000000-0000-7000-8000-{next(numbers):012d}")
        for path in [*paths, *random.choices(paths, k=calls)]:
            make = GENERATORS[path](random, names)
            keep = random.random() < 0.3
            answers = [_asked(workspace, path, make, keep=keep) for workspace in (full, bare)]
            assert answers[0] == answers[1], f"{path} tells the workspaces apart:\n{answers[0]}\n{answers[1]}"


_ACTS: Final = (
    {"add_tags": ["VIP", "new"]},
    {"remove_tags": ["vip", "secret"]},
    {"add_categories": ["known"], "type": "supplier"},
    {"type": ""},
    {"access": "private"},
    {"access": "shared-write", "add_responsibles": ["other"]},
    {"responsibles": ["viewer"]},
    {"delete": True},
)


def check_bulk_acts(open_storage: Callable[[], AbstractContextManager[Storage]], seed: int, steps: int = 40) -> None:
    """Run one random history in both workspaces, then bulk acts over visible, hidden and unknown ids, and their undo.

    Args:
        open_storage: Opens a fresh storage.
        seed: Seed of the random choices.
        steps: Number of steps of the history.

    Raises:
        AssertionError: The viewer can tell the workspaces apart.
    """
    random = Random(seed)
    with open_storage() as first, open_storage() as second:
        full, bare = PairedWorkspace(first, "pair 1"), PairedWorkspace(second, "pair 2")
        for _ in range(steps):
            step(random, (full, bare))
        for name in full.ids:
            bare.ids.setdefault(name, f"00000000-0000-7000-8000-{next(numbers):012d}")
        names = sorted(full.ids)
        for _ in range(4):
            chosen, act = random.sample(names, min(8, len(names))), BulkAct(**random.choice(_ACTS))
            undone = random.random() < 0.5
            answers = [_acted(workspace, chosen, act, undone=undone) for workspace in (full, bare)]
            assert answers[0] == answers[1], f"{act} tells the workspaces apart:\n{answers[0]}\n{answers[1]}"


def _acted(workspace: PairedWorkspace, chosen: list[str], act: BulkAct, *, undone: bool) -> Any:
    """The reports of a bulk act and of its undo, and the view behind each of them."""
    maintenance, names = workspace.workspace.maintenance(VIEWER), workspace.names()
    selected = maintenance.bulk(ids=[workspace.id(name) for name in chosen])
    answers: list[Any] = [selected.preview(act), report := selected.apply(act), _view(workspace)]
    if undone:
        answers += [maintenance.undo(report), _view(workspace)]
    return _comparable(answers, names)


def check_sweeps(open_storage: Callable[[], AbstractContextManager[Storage]], seed: int, steps: int = 40) -> None:
    """Run one random history in both workspaces, then search both directories for duplicates.

    Args:
        open_storage: Opens a fresh storage.
        seed: Seed of the random choices.
        steps: Number of steps of the history.

    Raises:
        AssertionError: The viewer can tell the workspaces apart.
    """
    random = Random(seed)
    with open_storage() as first, open_storage() as second:
        full, bare = PairedWorkspace(first, "pair 1"), PairedWorkspace(second, "pair 2")
        for _ in range(steps):
            step(random, (full, bare))
        for name in full.ids:
            bare.ids.setdefault(name, f"00000000-0000-7000-8000-{next(numbers):012d}")
        names = sorted(full.ids)
        pairs = [(random.choice(names), random.choice(names)) for _ in range(30)]
        answers = [_swept(workspace, pairs) for workspace in (full, bare)]
        assert answers[0] == answers[1], f"the workspaces have other duplicates:\n{answers[0]}\n{answers[1]}"


def _swept(workspace: PairedWorkspace, pairs: list[tuple[str, str]]) -> Any:
    maintenance, read = workspace.workspace.maintenance(VIEWER), list[int]()
    found = maintenance.find_duplicates(minimum=0, progress=read.append)
    exported = list(maintenance.compared_fields())
    compared = maintenance.compare_pairs([(workspace.id(one), workspace.id(other)) for one, other in pairs])
    return _comparable((found, read, exported, compared), workspace.names())


_EXPORTS: Final = (
    ("csv", {"encoding": "utf-8"}),
    ("csv", {"preset": "google", "encoding": "utf-8"}),
    ("vcards", {"photos": True}),
    ("jscontact", {"photos": True}),
)
_FILTERS: Final[tuple[Mapping[str, Any], ...]] = ({}, {"kind": "person"}, {"tag": "vip"}, {"role": "listed"})
_OF_CARDS: Final = re.compile(r"\d{8}T\d{6}Z|\d{4}-\d\d-\d\d[T ][\d:.]+Z?")


def check_exports(open_storage: Callable[[], AbstractContextManager[Storage]], seed: int, steps: int = 40) -> None:
    """Run one random history in both workspaces, then export both in every form.

    Args:
        open_storage: Opens a fresh storage.
        seed: Seed of the random choices.
        steps: Number of steps of the history.

    Raises:
        AssertionError: The viewer can tell the workspaces apart.
    """
    random = Random(seed)
    with open_storage() as first, open_storage() as second:
        full, bare = PairedWorkspace(first, "pair 1"), PairedWorkspace(second, "pair 2")
        for _ in range(steps):
            step(random, (full, bare))
        for form, arguments in _EXPORTS:
            for filters in _FILTERS:
                files = [_exported(workspace, form, {**arguments, **filters}) for workspace in (full, bare)]
                assert files[0] == files[1], f"{form} {filters} tells the workspaces apart:\n{files[0]}\n{files[1]}"


def _exported(workspace: PairedWorkspace, form: str, arguments: Mapping[str, Any]) -> Any:
    """The number of contacts in a file, and its lines without ids and times."""
    out = io.BytesIO()
    number = getattr(workspace.workspace.exports(VIEWER), form)(out, **arguments)
    # A line of a card is folded at any place.
    text = out.getvalue().decode().replace("\r\n ", "")
    return number, _masked(_OF_CARDS.sub("(time)", text), workspace.names()).splitlines()


def check_merges(open_storage: Callable[[], AbstractContextManager[Storage]], seed: int, steps: int = 40) -> None:
    """Run one random history in both workspaces, then merges of visible, hidden and unknown contacts, and their undo.

    Args:
        open_storage: Opens a fresh storage.
        seed: Seed of the random choices.
        steps: Number of steps of the history.

    Raises:
        AssertionError: The viewer can tell the workspaces apart.
    """
    random = Random(seed)
    with open_storage() as first, open_storage() as second:
        full, bare = PairedWorkspace(first, "pair 1"), PairedWorkspace(second, "pair 2")
        for _ in range(steps):
            step(random, (full, bare))
        names = [*bare.ids]
        if random.random() < 0.3:
            names = sorted(full.ids)
        for name in full.ids:
            bare.ids.setdefault(name, f"00000000-0000-7000-8000-{next(numbers):012d}")
        contacts = [name for name in names if "link" not in name and "part" not in name and "role" not in name]
        for _ in range(6):
            if len(contacts) < 3:
                return
            chosen, rights = random.sample(contacts, random.choice((2, 2, 3))), random.choice(("strict", "union"))
            undone = random.random() < 0.5
            answers = [_merged(workspace, chosen, rights, undone=undone) for workspace in (full, bare)]
            assert answers[0] == answers[1], f"{chosen} tell the workspaces apart:\n{answers[0]}\n{answers[1]}"


def _merged(workspace: PairedWorkspace, chosen: list[str], rights: str, *, undone: bool) -> Any:
    """The plan of a merge, the merge and its undo, and the view behind each of them."""
    merging, names = workspace.workspace.merging(VIEWER), workspace.names()
    winner, *losers = map(workspace.id, chosen)
    answers: list[Any] = []
    try:
        plan = merging.plan(winner, losers, rights=rights)
        # The actor may change the contact, and is told that it has portal users, but not who they are.
        answers.append(attrs.evolve(plan, widened=tuple(one for one in plan.widened if one.viewers != ("portal",))))
        merged = merging.apply(plan, widen=True)
        answers += [_view(workspace), [merge.state for merge in merging.list()]]
        if undone:
            answers += [merging.undo(merged).state, _view(workspace)]
    except ContactCoreError as error:
        answers += [type(error).__name__, str(error), getattr(error, "code", ""), _view(workspace)]
    return _comparable(answers, names)
