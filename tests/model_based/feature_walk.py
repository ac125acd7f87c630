"""Random walks through all features: every public method that writes, and the jobs that run outside of sessions.

`FeatureWalk.step` does one act of one of several users. What is refused is left out. `FeatureWalk.do_and_undo` does an
act and undoes it at once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any, Final

from contactcore import BulkAct, ContactCoreError, StorageError, User
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Record, Storage
from contactcore.workspace.session import Session
from model_based.noninterference import public_calls
from model_based.paired_workspaces import EMAILS, KEEPER, VIEWER, PairedWorkspace, any_action
from model_based.viewer_calls import GENERATORS
from model_based.whole_checker import dumped
from support.actors import ROOT
from support.web_forms import Website

__all__ = ["FeatureWalk"]

_ACTORS: Final = (VIEWER, KEEPER, ROOT, ROOT)
_NAMES: Final = {
    "affiliation": "link",
    "site": "part",
    "item": "part",
    "interaction": "part",
    "submission": "part",
    "item-role": "role",
    "contact": "contact",
}
"""Kind -> the first word of the names of its records, from which the generators of arguments choose."""
_HEAD: Final = "First name,Last name,E-mail,Phone,Company,Position,Tags,Description,Contact ID\n"
_BULK: Final = (
    {"add_tags": ["VIP", "new"]},
    {"remove_tags": ["vip"]},
    {"type": "supplier"},
    {"type": ""},
    {"access": "private", "with_people": True},
    {"access": "shared-write", "add_responsibles": ["keeper"]},
    {"responsibles": ["viewer"]},
    {"delete": True},
)
_WITHOUT_HISTORY: Final = frozenset(
    ("account-entry", "payment-method", "picture", "login", "distinction", "consent", "submission")
)
"""The kinds of which the history keeps no changes, so that no undo of an act changes them back."""
_COMPARED: Final = tuple(kind.name for kind in KINDS if kind.name in {*_NAMES, *_WITHOUT_HISTORY})
"""The kinds of records that an undo gives back."""
_OF_SEVERAL: Final = frozenset(("affiliation", "item-role", "distinction", "login"))
"""The kinds whose records wait in the trash for any of several contacts."""
_STAMPS: Final = ("changed", "revision", "epoch")
_FLAGS: Final = ("primary", "primary_sequence", "purposes")


class FeatureWalk:
    """A workspace, and random acts on it.

    Args:
        storage: Fresh storage.
        seed: Seed of the choices.
        lists_stay: Whether nothing is removed from the lists of the admin; False by default. A record that has a
            removed type loses it when it is written next.

    Attributes:
        workspace: The workspace.
        done: The name of each kind of act -> how often it was done; refused ones are not counted.
    """

    def __init__(self, storage: Storage, seed: int, *, lists_stay: bool = False) -> None:
        self._random = Random(seed)
        self._pair = PairedWorkspace(storage, f"walk {seed}", Random(seed))
        self.workspace = self._pair.workspace
        self.done: Counter[str] = Counter()
        self._imports: list[str] = []
        self._bulks: list[str] = []
        self._merges: list[str] = []
        with self.workspace.read(ROOT) as session:
            paths = sorted(set(public_calls(session)) & set(GENERATORS))
        self._paths = [path for path in paths if not (lists_stay and path.startswith("settings.") and "remove" in path)]
        self._acts: Mapping[Callable[[], object], int] = {
            self._any_action: 30,
            self._method: 25,
            self._form: 5,
            self._import: 6,
            self._undo_import: 4,
            self._bulk: 5,
            self._undo_bulk: 2,
            self._merge: 5,
            self._undo_merge: 4,
            self._undo_act: 8,
            self._convert: 3,
            self._erase: 1,
            self._hand_over: 1,
            self._change_language: 1,
            self._trim: 1,
        }

    def step(self) -> str:
        """Do one act, and return its name."""
        self._name_records()
        self._pair.clock.forward(seconds=self._random.choice((1, 60, 3_600)))
        (act,) = self._random.choices([*self._acts], [*self._acts.values()])
        self._attempt(act)
        return act.__name__

    def do_and_undo(self) -> Iterator[str]:
        """Do an act, undo it at once, and yield every difference from before."""
        self._name_records()
        act = self._random.choice((self._acted, self._acted, self._imported, self._bulked, self._merged, self._deleted))
        before = self._state()
        if self._attempt(act):
            self.done["undone"] += 1
            yield from self._differences(act, before, self._state())

    def _attempt(self, act: Callable[[], object]) -> bool:
        """Whether something was done; what is refused is not."""
        try:
            done = act() is not False
        except StorageError:
            raise
        except ContactCoreError:
            return False
        self.done[act.__name__] += done
        return done

    def _name_records(self) -> None:
        records = sorted(dumped(self.workspace, _NAMES), key=lambda record: record.id)
        self._pair.ids = {f"{_NAMES[record.kind]} {number}": record.id for number, record in enumerate(records)}

    def _contacts(self) -> list[str]:
        return [id for name, id in self._pair.ids.items() if name.startswith("contact")]

    def _actor(self) -> User:
        return self._random.choice(_ACTORS)

    # Acts in a session

    def _write(self, act: Callable[[Session], object]) -> None:
        with self.workspace.write(self._actor()) as session:
            act(session)

    def _any_action(self) -> None:
        for _ in range(5):
            act = any_action(self._random, self._pair.ids)
            with suppress(ContactCoreError):
                self._write(lambda session: act(session, self._pair))  # noqa: B023 - called at once
                return

    def _method(self) -> None:
        for _ in range(6):
            path = self._random.choice(self._paths)
            make = GENERATORS[path](self._random, [*self._pair.ids, "nobody"])
            with suppress(ContactCoreError):
                self._write(lambda session: self._call(session, path, make))  # noqa: B023 - called at once
                return

    def _call(self, session: Session, path: str, make: Callable[[PairedWorkspace, Session], Any]) -> None:
        args, kwargs = make(self._pair, session)
        target: Any = session
        for part in path.split("."):
            target = getattr(target, part)
        if callable(target):
            target(*args, **kwargs)

    def _convert(self) -> None:
        id, kind = self._random.choice(self._contacts() or ["nobody"]), self._random.choice(("person", "company"))
        self._write(lambda session: session.contacts.convert(id, kind))

    def _undo_act(self) -> None:
        id = self._random.choice([*self._pair.ids.values()] or ["nobody"])
        self._write(lambda session: session.history.undo(self._random.choice([*session.history.of(id), "nothing"])))

    def _form(self) -> None:
        choose = self._random.choice
        person = {"given_name": choose(("Jane", "Zoé")), "family_name": choose(("Doe", "Zoé")), "email": choose(EMAILS)}
        form, fields = self._pair.form, {"given_name": person["given_name"], "email": person["email"]}
        if choose((True, False)):
            form = self._pair.firms
            fields = {"name": choose(("Bois", "Acme")), "email": choose(EMAILS)}
            fields |= {f"person.{name}": text for name, text in person.items()}
        with self.workspace.read(ROOT) as session:
            site = Website(self.workspace, session.forms.get(form.id))
        token = site.token()
        self._pair.clock.forward(seconds=10)
        site.submit(token, fields)

    # Jobs

    def _row(self) -> str:
        choose = self._random.choice
        given = choose(("Jane", "Zoé", "Ann", ""))
        cells = (
            *(given, choose(("Doe", "Élan")) if given else "", choose(("", *EMAILS)), choose(("", "+33144556677"))),
            *(choose(("", "Bois", "Acme")), choose(("", "CEO")) if given else "", choose(("", "VIP"))),
            *(choose(("", "text")), choose(("", "", *self._contacts()))),
        )
        return ",".join(cells) + "\n"

    def _import(self) -> None:
        imports = self.workspace.imports(self._actor())
        rows = "".join(self._row() for _ in range(self._random.randint(1, 5)))
        policy = self._random.choice(("skip", "update", "overwrite", "create"))
        access = self._random.choice(("private", "shared-read", "shared-write"))
        plan = imports.plan(_HEAD + rows, policy=policy, access=access)
        imports.preview(plan)
        self._imports.append(imports.apply(plan).id)

    def _undo_import(self) -> None:
        self.workspace.imports(self._actor()).undo(self._random.choice([*self._imports, "nothing"]))

    def _bulk(self) -> None:
        ids = self._random.sample(self._contacts(), min(len(self._contacts()), 3))
        act = BulkAct(**self._random.choice(_BULK))
        self._bulks.append(self.workspace.maintenance(self._actor()).bulk(ids=ids).apply(act).id)

    def _undo_bulk(self) -> None:
        self.workspace.maintenance(self._actor()).undo(self._random.choice([*self._bulks, "nothing"]))

    def _merge(self) -> None:
        winner, *losers = self._random.sample([*self._contacts(), "no", "body", "else"], self._random.choice((2, 2, 3)))
        merging = self.workspace.merging(self._actor())
        plan = merging.plan(winner, losers, rights=self._random.choice(("strict", "union")))
        self._merges.append(merging.apply(plan, widen=True).id)

    def _undo_merge(self) -> None:
        self.workspace.merging(self._actor()).undo(self._random.choice([*self._merges[-3:], "nothing"]))

    def _erase(self) -> None:
        self.workspace.privacy(ROOT).erase(self._random.choice(self._contacts() or ["nobody"]))

    def _hand_over(self) -> None:
        leaving, to = self._random.sample(("viewer", "keeper", "eve"), 2)
        self.workspace.maintenance(ROOT).hand_over(leaving, to=to)

    def _change_language(self) -> None:
        self.workspace.change_language(ROOT, self._random.choice(("fr", "pl", "en", "de")))

    def _trim(self) -> None:
        self.workspace.maintenance(ROOT).trim_history(self._pair.clock() - timedelta(hours=3))

    # Acts that are undone at once; False if there is nothing to undo

    def _acted(self) -> bool:
        before = self._act_ids()
        self._random.choice((self._any_action, self._method, self._undo_act))()
        done = self._act_ids() - before
        if len(done) != 1:
            return False
        with self.workspace.write(ROOT) as session:
            session.history.undo(done.pop())
        return True

    def _act_ids(self) -> set[str]:
        bodies = ((record.id, json.loads(record.body)) for record in dumped(self.workspace, ["history"]))
        return {body.get("act", id) for id, body in bodies if id != "begin"}

    def _imported(self) -> bool:
        self._import()
        return not self.workspace.imports(ROOT).undo(self._imports[-1]).kept

    def _bulked(self) -> bool:
        self._bulk()
        return not self.workspace.maintenance(ROOT).undo(self._bulks[-1]).kept

    def _merged(self) -> None:
        self._merge()
        self.workspace.merging(ROOT).undo(self._merges[-1])

    def _deleted(self) -> None:
        id = self._random.choice(self._contacts() or ["nobody"])
        self._write(lambda session: session.contacts.delete(id))
        with self.workspace.write(ROOT) as session:
            session.trash.restore(id)

    def _state(self) -> dict[tuple[str, str], Any]:
        return {(record.kind, record.id): _plain(record) for record in dumped(self.workspace, _COMPARED)}

    def _differences(
        self, act: Callable[[], object], before: Mapping[tuple[str, str], Any], after: Mapping[tuple[str, str], Any]
    ) -> Iterator[str]:
        # Whoever is primary when somebody comes back or goes stays so, and a tag is spelled as others spell it.
        is_loose = act in (self._deleted, self._bulked, self._imported)
        kept = _WITHOUT_HISTORY if act == self._acted else frozenset()
        for key in sorted(one for one in before.keys() | after.keys() if one[0] not in kept):
            pair = [_loosely(state.get(key)) if is_loose else state.get(key) for state in (before, after)]
            if act == self._acted and all(one is not None and one[0] == "trash" for one in pair):
                continue  # a client and its people may be in the trash together or each alone
            is_new_in_trash = (
                pair[0] is None and pair[1] is not None and pair[1][0] == "trash"
            )  # what was added goes to the trash
            if pair[0] != pair[1] and not is_new_in_trash:
                yield f"{act.__name__}: {key} was {pair[0]} and is {pair[1]}"


def _plain(record: Record) -> tuple[Any, ...]:
    """A record without what counts its changes; of one in the trash, with what it went there."""
    body = json.loads(record.body or b"{}")
    trashed = body.pop("trashed", None)
    if trashed is not None:
        # What belongs to two contacts in the trash comes back with either of them last.
        root = trashed["root"] if record.kind not in _OF_SEVERAL else ""
        return ("trash", root)
    for name in _STAMPS:
        body.pop(name, None)
    # Only contacts are asked for by whether they are listed. Elsewhere these terms are as of the last change of access.
    unasked = ("portal:",) if record.kind == "contact" else ("portal:", "listed:")
    access = {term for term in record.access if not term.startswith(unasked)}
    if body.get("primary_sequence", 0) < 0:
        del body["primary_sequence"]  # a flag for some viewers stays where the rule put it
    orders = {name: key for name, key in record.orders.items() if name != "changed"}
    return ("live", body, access, record.owner, set(record.terms), set(record.words), orders)


def _loosely(one: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    if one is None or one[0] == "trash":
        return one
    body = {name: value for name, value in one[1].items() if name not in _FLAGS}
    if "tags" in body:
        body["tags"] = [tag.casefold() for tag in body["tags"]]
    terms = {term for term in one[4] if not term.startswith("primary:")}
    return (one[0], body, one[2], one[3], terms, one[5], one[6])
