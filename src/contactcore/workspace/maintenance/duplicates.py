"""The search of a whole directory for duplicates, in many short reading transactions (IMP-7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.mapping.indexed_names import name_in
from contactcore.rules.access import check_staff, may_see, read_terms
from contactcore.rules.blocking import candidate_pairs
from contactcore.rules.likeness import Compared, Reason, compare, compared_fields, likeness_library
from contactcore.storage import LARGEST_PAGE, Query
from contactcore.workspace.kernel.arguments import may_be_id
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.distinctions import DistinctionRepository

__all__ = ["DuplicatePair", "compare_pairs", "compared_of_all", "find_duplicates"]

_PAIRS_AT_ONCE = 400


@frozen
class DuplicatePair:
    """Two contacts that may be the same person or company.

    Attributes:
        id: The id of the contact that was added first, the smaller one of both ids.
        other_id: The id of the other contact.
        name: The display name of the first contact.
        other_name: The display name of the other contact.
        kind: `"person"` or `"company"`.
        score: 0 (certainly different) to 1 (certainly the same).
        reasons: The fields that agree or contradict, the heaviest first.
    """

    id: str
    other_id: str
    name: str
    other_name: str
    kind: str
    score: float
    reasons: tuple[Reason, ...]


def find_duplicates(
    transactions: Transactions, minimum: float, kind: str | None, progress: Callable[[int], object] | None
) -> tuple[DuplicatePair, ...]:
    """Search the contacts that the actor sees; see `Maintenance.find_duplicates`."""
    _check_minimum(minimum)
    likeness_library()
    contacts: list[Compared] = []
    for one in compared_of_all(transactions, kind):
        contacts.append(one)
        if progress is not None and len(contacts) % LARGEST_PAGE == 0:
            progress(len(contacts))
    if progress is not None and len(contacts) % LARGEST_PAGE:
        progress(len(contacts))
    pairs = (
        (one.id, other.id)
        for one, other in candidate_pairs(contacts)
        if compare(one, other).score >= max(minimum, _LEAST)
    )
    found = list(_checked_pairs(transactions, pairs, minimum))
    found.sort(key=lambda pair: (-pair.score, pair.id, pair.other_id))
    return tuple(found)


_LEAST = 0.01
"""A score below it is certain to be no duplicate; most pairs that are compared have one."""


def compare_pairs(
    transactions: Transactions, pairs: Iterable[tuple[str, str]], minimum: float
) -> tuple[DuplicatePair, ...]:
    """Compare pairs that another program found; see `Maintenance.compare_pairs`."""
    check_staff(transactions.actor)
    _check_minimum(minimum)
    likeness_library()
    return tuple(_checked_pairs(transactions, _pairs_of(pairs), minimum))


def _pairs_of(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if not isinstance(pairs, Iterable) or isinstance(pairs, str | bytes):
        raise Invalid("not-a-list", f"Give a list here, not {type(pairs).__name__}.", path="pairs")
    known: set[tuple[str, str]] = set()
    for index, pair in enumerate(pairs):
        ids = tuple(pair) if isinstance(pair, Sequence) and not isinstance(pair, str) else ()
        if len(ids) != 2 or not all(isinstance(id, str) for id in ids):
            raise Invalid("pair-type", "Give the ids of two contacts.", path=f"pairs[{index}]")
        ready = (min(ids), max(ids))
        if ready not in known:
            known.add(ready)
            yield ready


def _check_minimum(minimum: float) -> None:
    if not isinstance(minimum, float | int) or isinstance(minimum, bool):
        raise Invalid("number-type", f"Give a number here, not {type(minimum).__name__}.", path="minimum")
    if not 0 <= minimum <= 1:
        raise Invalid("score-out-of-range", "Give a score from 0 to 1.", path="minimum", value=minimum)


def compared_of_all(transactions: Transactions, kind: str | None) -> Iterator[Compared]:
    """Yield the compared fields of all contacts that the actor sees; see `Maintenance.compared_fields`."""
    check_staff(transactions.actor)
    if kind not in {None, "person", "company"}:
        raise Invalid("kind-unknown", "Ask for 'person' or 'company'.", path="kind", value=kind)
    return _all(transactions, kind)


def _all(transactions: Transactions, kind: str | None) -> Iterator[Compared]:
    order, after = "", None
    known: set[str] = set()
    while True:
        with transactions.reading() as transaction:
            if order != transaction.order:
                # The language of the workspace was changed, and its cursors end. What was read is not read again.
                order, after = transaction.order, None
            query = Query(
                kind="contact",
                order=order,
                access=read_terms(transaction.actor),
                where=() if kind is None else (frozenset({f"kind:{kind}"}),),
                after=after,
                limit=LARGEST_PAGE,
            )
            found = transaction.reader.find_records(query)
            contacts = ContactRepository(transaction)
            entities = [contacts.loaded(stored).entity for stored in found.records if stored.id not in known]
        known.update(one.id for one in entities)
        # A renamed contact may come twice, so the ids are remembered.
        yield from map(compared_fields, entities)
        if not found.more:
            return
        after = found.last


def _checked_pairs(
    transactions: Transactions, pairs: Iterable[tuple[str, str]], minimum: float
) -> Iterator[DuplicatePair]:
    """The pairs as they are stored now, as far as the actor sees both contacts and nobody declared them different."""
    rest = iter(pairs)
    while batch := list(islice(rest, _PAIRS_AT_ONCE)):
        with transactions.reading() as transaction:
            found = list(_pairs_now(transaction, batch, minimum))
        yield from found


def _pairs_now(transaction: Transaction, pairs: Sequence[tuple[str, str]], minimum: float) -> Iterator[DuplicatePair]:
    ids = {id for pair in pairs for id in pair if may_be_id(id)}
    loaded = ContactRepository(transaction).get_many(sorted(ids))
    seen = {id: one.entity for id, one in loaded.items() if may_see(transaction.actor, one.access)}
    compared = {id: compared_fields(entity) for id, entity in seen.items()}
    ready = [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1] and compared.keys() >= {*pair}]
    digests = {id: one.digest for id, one in compared.items()}
    different = DistinctionRepository(transaction).holding(ready, digests)
    language = transaction.index_context.language
    for one, other in ready:
        likeness = compare(compared[one], compared[other])
        if likeness.score >= minimum and frozenset((one, other)) not in different:
            names = name_in(seen[one], language), name_in(seen[other], language)
            yield DuplicatePair(one, other, *names, seen[one].kind, likeness.score, likeness.reasons)
