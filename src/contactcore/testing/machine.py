"""Random histories from a seed: a storage and the oracle side by side.

A history that fails is shortened by leaving out steps, for half a minute at most, and its message lists the calls that
are left. Hypothesis shortens longer and less, because each step draws many numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from random import Random, SystemRandom
from typing import Final, TypeAlias, TypeVar, cast

import attrs
from hypothesis import settings

from contactcore.errors import StorageError
from contactcore.frozen import frozen
from contactcore.storage import FoundRecords, Reader, Record, Refused, Storage, Writer
from contactcore.testing.fixtures import KINDS, OpenStorage
from contactcore.testing.oracle import Expectation, OracleWorkspace, refusal_of, stored
from contactcore.testing.records import (
    DIGESTS,
    KEYS,
    next_version,
    random_event,
    random_query,
    random_record,
)

__all__ = ["ACTIONS", "DifferentialRun", "Reopen", "Step", "check_histories", "drive", "steps_of"]

_WORKSPACES: Final = ("acme", "other")
_BUDGETS: Final = {"dev": (10, 20), "ci": (20, 40), "nightly": (100, 500)}
"""Profile -> histories, steps of each."""
_LONG: Final = {"dev": 500, "ci": 1_000, "nightly": 5_000}
"""Profile -> steps of the long history."""
_SHRINKING: Final = 20.0
"""Seconds to look for a shorter history that fails."""
_INSERTS, _DROPS, _COPIES, _REOPENS = 0.2, 0.01, 0.03, 0.97
"""The limits for a step: the part of inserts, the bounds below which it drops or copies, and above which it reopens."""

Reopen: TypeAlias = Callable[[Storage], Storage]
"""Closes a storage and opens another one at the same place."""

Action: TypeAlias = Callable[[Random, Writer, OracleWorkspace], None]
"""A change or a question that is put to a writer and to the oracle; their answers are compared."""

T = TypeVar("T")


class _Undone(Exception):
    """Ends a transaction on purpose."""


@attrs.define
class DifferentialRun:
    """The same actions on a storage and on the oracle, whose contents and answers must stay equal.

    Attributes:
        storage: The storage.
        reopen: Closes a storage and opens another one at the same place.
        calls: Where the calls are written down; None for nowhere.
        workspaces: Name -> workspace of the oracle.
    """

    storage: Storage
    reopen: Reopen | None = None
    calls: list[str] | None = None
    workspaces: dict[str, OracleWorkspace] = attrs.field(factory=dict)

    def close(self) -> None:
        """Close the storage, which may be another one than at the beginning."""
        self.storage.close()

    def say(self, call: str) -> None:
        """Write a call down."""
        if self.calls is not None:
            self.calls.append(call)

    def oracle(self, workspace: str) -> OracleWorkspace:
        """The workspace as the oracle holds it; empty if it does not exist."""
        return self.workspaces.get(workspace) or OracleWorkspace(KINDS)

    def transact(self, random: Random, *actions: Action) -> None:
        """Run actions in one transaction of some workspace, sometimes undone, and compare both sides."""
        workspace = random.choice(_WORKSPACES)
        oracle = self.oracle(workspace).copy()
        undo, swallow = random.random() < 0.1, random.random() < 0.3
        self.say(f"with storage.write({workspace!r}) as writer:{' # undone at the end' if undo else ''}")
        try:
            with self.storage.write(workspace) as opened:
                writer = opened if self.calls is None else cast("Writer", _Told(opened, self.calls))
                try:
                    for action in actions:
                        action(random, writer, oracle)
                except Refused:
                    if not swallow:
                        raise
                if undo:
                    raise _Undone  # noqa: TRY301 - it must leave the context
        except (_Undone, Refused):
            pass
        except StorageError as error:
            if error.code != "transaction-void" or not swallow:
                raise
        else:
            self.workspaces[workspace] = oracle
        self.compare(random, workspace)

    def compare(self, random: Random, workspace: str) -> None:
        """Check that both sides hold the same records, events and blobs and answer the same questions."""
        oracle = self.oracle(workspace)
        assert self.storage.workspaces() == sorted(self.workspaces)
        with self.storage.read(workspace) as reader:
            for kind in KINDS:
                assert reader.dump(kind.name) == oracle.dump(kind.name)
            assert reader.feed() == list(oracle.events)
            assert reader.holders(KEYS) == [oracle.holder(key) for key in KEYS]
            assert [reader.blob(digest) for digest in DIGESTS] == [oracle.blobs.get(digest) for digest in DIGESTS]
            for _ in range(2):
                _ask(random, reader, oracle)

    def drop(self, random: Random) -> None:
        """Drop a workspace on both sides."""
        workspace = random.choice(_WORKSPACES)
        self.say(f"storage.drop({workspace!r})")
        assert self.storage.drop(workspace) is (self.workspaces.pop(workspace, None) is not None)
        self.compare(random, workspace)

    def copy(self, random: Random) -> None:
        """Dump a workspace and load it in place of the other one."""
        source, target = random.sample(_WORKSPACES, 2)
        self.say(f"# {source!r} is dumped and loaded as {target!r}")
        self.storage.drop(target)
        with self.storage.read(source) as reader:
            dumped = [record for kind in KINDS for record in reader.dump(kind.name)]
            events = reader.feed()
        random.shuffle(dumped)
        with self.storage.write(target) as writer:
            for record in dumped:
                writer.load([record])
            writer.load([], events)
        self.workspaces[target] = self.oracle(source).copy()
        self.workspaces[target].blobs.clear()
        self.compare(random, target)

    def open_again(self, random: Random) -> None:
        """Reopen the storage."""
        if self.reopen is not None:
            self.say("storage = reopen(storage)")
            self.storage = self.reopen(self.storage)
            self.storage.install(KINDS)
        for workspace in _WORKSPACES:
            self.compare(random, workspace)

    def list_due(self, random: Random) -> None:
        """Compare the lists of workspaces in which work is due."""
        before = random.choice(("a", "b", "~", "\uffff"))
        due = [
            name
            for name, oracle in sorted(self.workspaces.items())
            if any("due" in one.orders and one.orders["due"] < before for one in oracle.records)
        ]
        assert self.storage.workspaces(due_before=before) == due


def _ask(random: Random, reader: Reader, oracle: OracleWorkspace) -> None:
    query = random_query(random)
    found = oracle.find(query)
    assert reader.find(query) == found, f"find {query}"
    whole = [stored(record) for card in found.cards if (record := oracle.record(query.kind, card.id)) is not None]
    expected = FoundRecords(tuple(whole), found.first, found.last, found.more)
    assert reader.find_records(query) == expected, f"find_records {query}"
    boundaries = sorted(random.sample(("", "a", "aa", "b", "\uffff", "\U0001f980"), random.randint(0, 3)))
    assert reader.count(query, boundaries) == oracle.count(query, boundaries), f"count {query} by {boundaries}"


def _judge(expectation: Expectation, oracle: OracleWorkspace, call: Callable[[], T]) -> T:
    try:
        answer = call()
    except Refused as error:
        named = refusal_of(error)
        if named not in expectation.refusals:
            raise AssertionError(f"{named} is none of {expectation.refusals}") from error
        raise
    assert expectation.after is not None, f"nothing was refused, but should be for one of {expectation.refusals}"
    oracle.records = expectation.after
    return answer


def _targets(random: Random, oracle: OracleWorkspace) -> list[str]:
    strays = ["1", "2"] if random.random() < 0.1 else []
    return [one.id for one in oracle.records if one.kind == "contact"] + strays


def _any(random: Random, oracle: OracleWorkspace) -> Record:
    """Mostly a stored record, otherwise a record that may not be stored."""
    if oracle.records and random.random() < 0.9:
        return random.choice(oracle.records)
    return random_record(random)


def _expected(random: Random, record: Record) -> int:
    return record.version if random.random() < 0.9 else random.randint(1, 4)


def insert(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Insert one to three records; refuse or keep stored ones."""
    targets = _targets(random, oracle)
    records = [random_record(random, targets) for _ in range(random.randint(1, 3))]
    keep = random.random() < 0.4
    expectation = oracle.insert(records, keep=keep)
    answers = _judge(expectation, oracle, lambda: writer.insert(records, "keep" if keep else "refuse"))
    assert len(answers) == len(records)
    assert all(answer in allowed for answer, allowed in zip(answers, expectation.answers, strict=True))


def replace(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Replace a record."""
    record = _any(random, oracle)
    expected = _expected(random, record)
    other = next_version(random, record, _targets(random, oracle))
    other = attrs.evolve(other, version=max(other.version, expected + 1))
    _judge(oracle.replace(other, expected), oracle, lambda: writer.replace(other, expected))


def delete(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Delete a record."""
    record = _any(random, oracle)
    expected = _expected(random, record)
    expectation = oracle.delete(record.kind, record.id, expected)
    _judge(expectation, oracle, lambda: writer.delete(record.kind, record.id, expected))


def reindex(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Reindex one or two records."""
    chosen = {(one.kind, one.id): one for one in (_any(random, oracle) for _ in range(random.randint(1, 2)))}
    records = [attrs.evolve(next_version(random, one, []), version=_expected(random, one)) for one in chosen.values()]
    _judge(oracle.reindex(records), oracle, lambda: writer.reindex(records))


def lock(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Lock a record, with or without an expected version."""
    record = _any(random, oracle)
    version = None if random.random() < 0.5 else _expected(random, record)
    expectation = oracle.lock(record.kind, record.id, version)
    answer = _judge(expectation, oracle, lambda: writer.lock(record.kind, record.id, version))
    there = oracle.record(record.kind, record.id)
    assert there is not None
    assert answer == stored(there)


def set_access(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Set the access of the records of one owner, or of some of them."""
    other = random_record(random)
    ids = None if random.random() < 0.6 else [one.id for one in oracle.records if random.random() < 0.5]
    writer.set_access(other.kind, other.owner, other.access, ids)
    oracle.set_access(other.kind, other.owner, other.access, ids)


def claim(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Claim records, mostly notes that are due."""
    query = random_query(random, "note", "due") if random.random() < 0.8 else random_query(random)
    until = random.choice(("b", "é", "~"))
    assert writer.claim(query, until) == oracle.claim(query, until)


def publish(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Publish up to two events."""
    events = [random_event(random) for _ in range(random.randint(0, 2))]
    writer.publish(events)
    oracle.publish(events)


def keep_or_drop_blob(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Keep or drop a blob."""
    digest = random.choice(DIGESTS)
    if random.random() < 0.7:
        data = b"%d" % random.randint(0, 9)
        writer.keep_blob(digest, data)
        oracle.blobs.setdefault(digest, data)
    else:
        writer.drop_blob(digest)
        oracle.blobs.pop(digest, None)


def ask_within(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Ask the writer, which sees its own writes."""
    _ask(random, writer, oracle)
    record = _any(random, oracle)
    found = oracle.record(record.kind, record.id)
    assert writer.get(record.kind, [record.id]) == [None if found is None else stored(found)]


ACTIONS: Final[tuple[Action, ...]] = (
    insert, replace, delete, reindex, lock, set_access, claim, publish, keep_or_drop_blob, ask_within,
)  # fmt: skip


@frozen
class Step:
    """One step of a history: it does the same whatever steps were left out before it, as far as the state allows.

    Attributes:
        what: `transact`, `drop`, `copy` or `reopen`.
        seed: The seed of its random choices.
        actions: The actions of a transaction.
    """

    what: str
    seed: str
    actions: tuple[Action, ...] = ()

    def run(self, run: DifferentialRun) -> None:
        """Do it on both sides, and compare them."""
        random = Random(self.seed)  # noqa: S311 - chance that can be repeated is the point
        match self.what:
            case "transact":
                run.transact(random, *self.actions)
            case "drop":
                run.drop(random)
            case "copy":
                run.copy(random)
            case _:
                run.open_again(random)
        run.list_due(random)


def steps_of(seed: int, number: int, *, reopens: bool) -> list[Step]:
    """The steps of the history of a seed.

    Args:
        seed: The seed.
        number: The number of steps.
        reopens: Whether the storage is reopened now and then.
    """
    random = Random(seed)  # noqa: S311 - see above
    steps: list[Step] = []
    for step in range(number):
        chance = random.random()
        actions = tuple(random.choices(ACTIONS, k=random.choice((1, 1, 1, 2, 3, 4))))
        if random.random() < _INSERTS:
            actions = (insert, *actions[1:])
        what = "drop" if chance < _DROPS else "copy" if chance < _COPIES else "transact"
        if reopens and chance > _REOPENS:
            what = "reopen"
        steps.append(Step(what, f"{seed}:{step}", actions if what == "transact" else ()))
    return steps


def check_histories(open_storage: OpenStorage, reopen: Reopen | None = None) -> None:
    """Run random histories after which storage and oracle must be equal.

    The loaded profile of Hypothesis sets their number: `dev` 10 of 20 steps, `nightly` 100 of 500, any other 20 of 40.
    The seeds are 1, 2, 3, ... if the profile is derandomised, and otherwise new ones.

    Args:
        open_storage: Opens a fresh storage.
        reopen: Closes a storage and opens another one at the same place.

    Raises:
        AssertionError: Storage and oracle differ. The message has the seed and the shortest steps that were found.
    """
    histories, steps = _BUDGETS.get(settings.get_current_profile_name(), _BUDGETS["ci"])
    first = 1 if settings.default is not None and settings.default.derandomize else SystemRandom().randrange(2**32)
    for seed in range(first, first + histories):
        drive(open_storage, steps, seed, reopen)


def drive(open_storage: OpenStorage, steps: int = 0, seed: int = 1, reopen: Reopen | None = None) -> None:
    """Run one history from a seed.

    Args:
        open_storage: Opens a fresh storage.
        steps: Number of steps; 0 for the number of the loaded profile: `dev` 500, `nightly` 5,000, any other 1,000.
        seed: Seed of the random choices.
        reopen: Closes a storage and opens another one at the same place; None for no reopening.

    Raises:
        AssertionError: as `check_histories`.
    """
    steps = steps or _LONG.get(settings.get_current_profile_name(), _LONG["ci"])
    history = steps_of(seed, steps, reopens=reopen is not None)
    failed = _failure(open_storage, reopen, history)
    if failed is None:
        return
    at, error = failed
    shortest = _shortest(open_storage, reopen, history[: at + 1])
    calls: list[str] = []
    again = _failure(open_storage, reopen, shortest, calls)
    lines = "\n".join(f"  {call}" for call in calls)
    raise AssertionError(
        f"The history of seed {seed} fails at step {at + 1} of {steps}. These {len(shortest)} of its steps fail too:\n"
        f"{lines}\n{again[1] if again is not None else error}"
    ) from error


def _failure(
    open_storage: OpenStorage, reopen: Reopen | None, history: Sequence[Step], calls: list[str] | None = None
) -> tuple[int, Exception] | None:
    """The number of the step at which a history fails, and its error; None if it does not fail."""
    with ExitStack() as stack:
        run = DifferentialRun(stack.enter_context(open_storage()), reopen, calls)
        stack.callback(run.close)
        for number, step in enumerate(history):
            try:
                step.run(run)
            except Exception as error:  # noqa: BLE001 - a broken storage may fail in any way
                return number, error
    return None


def _shortest(open_storage: OpenStorage, reopen: Reopen | None, history: Sequence[Step]) -> list[Step]:
    """The shortest history that still fails: without steps, then without actions; as short as the time allows."""
    deadline = time.monotonic() + _SHRINKING
    shortest = list(history)

    def fails(shorter: list[Step]) -> bool:
        nonlocal shortest
        if time.monotonic() > deadline:
            return False
        failed = _failure(open_storage, reopen, shorter)
        if failed is not None:
            shortest = shorter[: failed[0] + 1]
        return failed is not None

    size, removed = max(len(shortest) // 2, 1), True
    while (size > 1 or removed) and time.monotonic() < deadline:
        removed = False
        size = max(size // 2, 1)
        # The last step is the one that fails. The steps before it go from the end, in pieces.
        end = len(shortest) - 1
        while end > 0:
            begin = max(end - size, 0)
            removed = fails(shortest[:begin] + shortest[end:]) or removed
            end = min(begin, len(shortest) - 1)
    for number in reversed(range(len(shortest))):
        for action in reversed(range(len(shortest[number].actions) if number < len(shortest) else 0)):
            step = shortest[number]
            rest = step.actions[:action] + step.actions[action + 1 :]
            if rest:
                fails([*shortest[:number], attrs.evolve(step, actions=rest), *shortest[number + 1 :]])
    return shortest


class _Told:
    """A writer whose calls are written down."""

    def __init__(self, writer: Writer, calls: list[str]) -> None:
        self._writer = writer
        self._calls = calls

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = getattr(self._writer, name)

        def told(*arguments: object, **options: object) -> object:
            shown = [repr(argument) for argument in arguments] + [f"{key}={value!r}" for key, value in options.items()]
            self._calls.append(f"  writer.{name}({', '.join(shown)})")
            return call(*arguments, **options)

        return told
