"""Query plans: a query as conditions on one order index, and the engine that answers it."""

# ruff: noqa: S608 - only constants and question marks are put into the statements

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import attrs

from contactcore.storage import SYSTEM, Kind, Query
from contactcore.storage.places import index_range
from contactcore.storage.postings import Postings
from contactcore_sqlite.access_sets import MOST_SETS, AccessSets
from contactcore_sqlite.adaptive_word_search import AdaptiveWordSearch
from contactcore_sqlite.card_search import Columns, Page, PositionRange
from contactcore_sqlite.connection import Connection, Row
from contactcore_sqlite.intersection import Intersection
from contactcore_sqlite.order_index import OrderIndexes, cursor_bounds, key_bound
from contactcore_sqlite.posting_streams import RANGE, all_entries, term_stream, word_stream
from contactcore_sqlite.words import cannot_match, without_implied

__all__ = ["QueryPlan", "plan_query"]

_LIST = f"SELECT position FROM posting WHERE term = ? AND {RANGE} ORDER BY position"
_DESCENDING_LIST = f"{_LIST} DESC"
_LOOK = 128
_MANY = 8
_SHORT = 2
# So many terms are looked up once for all queries that ask for them.
_FEW = 8
# Rare terms have so few records each on average.
_EACH = 4
# The most postings of the terms of a user, who has two.
_USER = 2 * (MOST_SETS + 1)


@attrs.define(eq=False)
class QueryPlan:
    """A query in one order index. A plan is executed once.

    Attributes:
        connection: The connection.
        columns: What is read of each answer.
        index: The number of the order index.
        span: The positions that may answer.
        groups: Groups of terms, of each of which the record must carry one; none is empty.
        words: The prefixes, each of which must begin a word; `("",)` asks for any word at all.
        access_sets: The numbers of all sets of the first group, if it is the access and its sets are few; else None.
        apart: Term -> access sets whose records are never posted under the term.
        found: All answers, if they are few and were found by the plan; else None.
    """

    connection: Connection
    columns: Columns
    index: int
    span: PositionRange
    groups: list[tuple[int, ...]]
    words: tuple[str, ...]
    access_sets: tuple[int, ...] | None
    apart: Mapping[int, frozenset[int]]
    found: list[Row] | None = None

    def answers(self, wanted: int, *, distinct_owner: bool) -> list[Row]:
        """Return the first answers: the wanted columns of each, and perhaps more.

        Args:
            wanted: The most answers to return.
            distinct_owner: Whether only the first answer of each owner counts.
        """
        if self.found is not None:
            page = Page(wanted, distinct_owner=distinct_owner)
            page.add(self.found)
            return page.rows
        engine = self.word_search() if any(self.words) else self.intersection()
        return engine.answers(wanted, distinct_owner=distinct_owner)

    def counts(self, boundaries: Sequence[str]) -> tuple[int, ...]:
        """Count the answers by ranges of the order key."""
        return self.intersection().counts(boundaries)

    def word_search(self) -> AdaptiveWordSearch:
        """Return the engine for queries with words."""
        return AdaptiveWordSearch(self.connection, self.columns, self.words, self.groups, self.access_sets, self.span)

    def intersection(self) -> Intersection:
        """Return the engine for queries without words and for counts."""
        groups = [term_stream(group) for group in self.groups]
        drivers, tests = list(groups), list(groups)
        if self.words:
            words = word_stream(self.words)
            tests.append(words)
            if any(self.words):
                drivers.append(words)  # last, because looking ahead in it costs most
        terms = self.groups[0] if len(self.groups) == 1 and not self.words else None
        return Intersection(
            self.connection,
            self.columns,
            self.index,
            self.span,
            tuple(drivers) or (all_entries(),),
            tuple(tests),
            terms,
            self.apart,
        )


def plan_query(
    connection: Connection,
    indexes: OrderIndexes,
    sets: AccessSets,
    postings: Postings,
    kind: Kind,
    query: Query,
    cursor: tuple[str, str] | None,
    columns: Columns,
) -> QueryPlan | None:
    """Return the plan of a checked query, which reads some columns; None if no record can answer it."""
    index = indexes.number(query.kind, query.order)
    if index is None or cannot_match(query.words):
        return None
    span = _span(connection, index, query, cursor)
    if not span:
        return None
    number = _only_list(postings, sets, kind, query)
    if number is not None:
        return QueryPlan(
            connection, columns, index, span, [], (), None, {}, _listed(connection, columns, span, number, query)
        )
    # A word search tests its rows for a few terms faster than it looks up which of the terms exist, and a short page is
    # read faster. The sets of an access exist, in this part of the order or in another.
    most = _MANY if any(query.words) or query.limit <= _SHORT else 1
    if sum(map(len, query.where)) > _FEW:
        terms, access_sets, apart = _look_up(postings, sets, kind, query)
    else:
        # The same users ask for the same terms.
        question = (query.kind, query.order, query.access, query.where)
        terms, access_sets, apart = sets.looked_up(question, lambda: _look_up(postings, sets, kind, query))
    if not all(terms):
        return None
    plan = QueryPlan(connection, columns, index, span, [], without_implied(query.words), access_sets, apart)
    plan.found = _found(plan, terms, query)
    if plan.found is not None:
        return plan
    for number, group in enumerate(terms):
        enough = _USER if number == 0 and query.access is not SYSTEM else most
        plan.groups.append(tuple(group) if len(group) <= enough else _existing(connection, group, span))
    return plan if all(plan.groups) else None


def _only_list(postings: Postings, sets: AccessSets, kind: Kind, query: Query) -> int | None:
    """Return the list whose records answer a page, if there is no other condition; else None.

    Most questions are of this shape, such as the one for the people of a contact.
    """
    if query.access is not SYSTEM or len(query.where) != 1 or query.limit <= _SHORT:
        return None
    (group,) = query.where
    if len(group) != 1 or query.words or query.distinct_owner:
        return None
    numbers = [*postings.facets(kind.order(query.order), group), *_numbers_of(sets.posted(kind.name, group), group)]
    return numbers[0] if len(numbers) == 1 else None


def _listed(connection: Connection, columns: Columns, span: PositionRange, number: int, query: Query) -> list[Row]:
    """Return the records of a list in a range, in the order of a query."""
    positions = _DESCENDING_LIST if query.descending else _LIST
    return connection.rows(columns.statement(positions), (number, span.low, span.high, query.limit + 1))


def _look_up(
    postings: Postings, sets: AccessSets, kind: Kind, query: Query
) -> tuple[list[list[int]], tuple[int, ...] | None, Mapping[int, frozenset[int]]]:
    """Return the groups of a query as postings, and the access sets and the disjoint sets of its plan."""
    posted = sets.posted(kind.name, _access_terms(query))
    terms = _groups(postings, posted, kind, query)
    access_sets = None
    if query.access is not SYSTEM:
        access_sets = tuple(-number for number in terms[0] if number < 0)
        if len(access_sets) < len(terms[0]) or len(access_sets) > _MANY:
            # Some records have one of the terms in a set that is not among these.
            access_sets = None
    apart = {
        postings.access(term): frozenset(number for number in numbers if number < 0) for term, numbers in posted.items()
    }
    return terms, access_sets, apart


def _found(plan: QueryPlan, terms: Sequence[Sequence[int]], query: Query) -> list[Row] | None:
    """Return the answers to a query for one of many terms, if few records have one of these; else None."""
    group = max(terms, key=len, default=())
    most = _EACH * len(group)
    if query.words or len(group) <= _MANY or most > query.limit:
        return None
    tests = [term_stream(tuple(other)) for other in terms if other is not group]
    conditions, values = [test.test for test in tests], [value for test in tests for value in test.test_values]
    positions = f"SELECT p.position FROM json_each(?) AS t CROSS JOIN posting AS p ON p.term = t.value AND {RANGE}"
    bound = [*values, json.dumps(group), plan.span.low, plan.span.high, most + 1]
    rows = plan.connection.rows(plan.columns.statement(positions, tuple(conditions)), bound)
    if len(rows) > most:
        return None
    found = {row[0]: row for row in rows if 0 not in row[plan.columns.width :]}
    return [found[position] for position in sorted(found, reverse=query.descending)]


def _access_terms(query: Query) -> frozenset[str]:
    """Return the texts that may be access terms."""
    return (frozenset() if query.access is SYSTEM else query.access).union(*query.where)


def _groups(postings: Postings, posted: Mapping[str, tuple[int, ...]], kind: Kind, query: Query) -> list[list[int]]:
    """Return the groups of a query as postings; the access group comes first, unless the access is `SYSTEM`."""
    groups = []
    if query.access is not SYSTEM:
        groups.append(_ordered(_numbers_of(posted, query.access)))
    if query.where:
        order = kind.order(query.order)
        groups += [_ordered([*postings.facets(order, group), *_numbers_of(posted, group)]) for group in query.where]
    return groups


def _numbers_of(posted: Mapping[str, tuple[int, ...]], terms: frozenset[str]) -> Iterable[int]:
    return chain.from_iterable(posted[term] for term in posted.keys() & terms)


def _ordered(numbers: Iterable[int]) -> list[int]:
    """Return postings, each once, mostly the frequent ones first: the terms, then the oldest access sets.

    A term that is posted itself is one that many sets have. Its number is above zero, and those of sets are below.
    """
    return sorted(set(numbers), reverse=True)


def _span(connection: Connection, index: int, query: Query, cursor: tuple[str, str] | None) -> PositionRange:
    low, high = index_range(index)
    if query.start:
        low = key_bound(connection, index, query.start)
    if query.stop is not None:
        high = key_bound(connection, index, query.stop)
    if cursor is not None:
        at, behind = cursor_bounds(connection, index, cursor)
        if query.descending:
            high = min(high, at)
        else:
            low = max(low, behind)
    return PositionRange(low, high, query.descending)


def _existing(connection: Connection, group: Sequence[int], span: PositionRange) -> tuple[int, ...]:
    """Return those terms of a group that occur in the range, the most frequent ones first."""
    rows = connection.rows(
        "SELECT value, (SELECT position FROM posting WHERE term = value AND position >= ? AND position < ? "
        "ORDER BY position LIMIT 1 OFFSET ?) FROM json_each(?) "
        "WHERE EXISTS (SELECT 1 FROM posting WHERE term = value AND position >= ? AND position < ?)",
        (span.low, span.high, _LOOK, json.dumps(group), span.low, span.high),
    )
    # A frequent term has its next positions close together. A term with too few of them is the rarest.
    return tuple(term for term, _ in sorted(rows, key=lambda row: (row[1] is None, row[1] or 0, row[0])))
