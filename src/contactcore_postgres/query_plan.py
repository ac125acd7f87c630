"""Query plans: the SQL of a query, with the index that is walked and the conditions that are tested on each record.

A query is a set of groups that must all hold. One posting list gives its records in order, and so does the union of
some lists, because each list is read only as far as needed. The other conditions are tested on the record itself.
Statements depend on the shape of a query only, never on its values.
"""

# ruff: noqa: S608 - statements are built from constants; every value of a caller is bound

from __future__ import annotations

from typing import Any

import attrs

from contactcore.storage import SYSTEM, Kind, Query, check_query
from contactcore.storage.postings import Postings
from contactcore_postgres.rows import all_records_hash, order_hash

__all__ = ["PrefixGroup", "QueryPlan", "TermGroup"]

_CARD = "r.id, r.version, r.owner, r.card"
_WHOLE = f"{_CARD}, r.body, r.access"
_FENCE = "OFFSET 0"
"""This keeps the planner from merging a subquery into its surroundings. Statements are planned once, and for a table
without statistics the planner would read the whole table instead of looking up each place by the index. For the same
reason rows are looked up one by one with a lateral subquery. The planner may test `= ANY(array)` on every row that the
columns before it let through."""

_KEY = 'CROSS JOIN LATERAL (SELECT (r.orders ->> %(order)s::text) COLLATE "C" AS key, r.id) c'
"""The place of a record `r` in the order of the query."""


@attrs.frozen
class TermGroup:
    """A group of terms: their posting lists, in the sequence of the terms."""

    lists: tuple[int, ...]


@attrs.frozen
class PrefixGroup:
    """A prefix of words: the words from the prefix up to below `stop`."""

    prefix: str
    stop: str


@attrs.define
class QueryPlan:
    """A query with the parts of its statements.

    Attributes:
        query: The query.
        groups: The groups, which must all hold; none if every record of the order answers.
        values: The values of the statements.
        everything: The list of all records of the order.
        bounds: The condition on keys, for a table named by `{0}`.
        filter: The condition on the record `r` of a place.
        columns: The columns of the record `r` that the statements read: those of a card, or all that a reader returns.
    """

    query: Query
    groups: tuple[TermGroup | PrefixGroup, ...]
    values: dict[str, Any]
    everything: TermGroup
    bounds: str
    filter: str
    columns: str

    @classmethod
    def of(cls, postings: Postings, kind: Kind, query: Query, *, whole: bool = False) -> QueryPlan:
        """Check a query and compute its lists.

        Args:
            postings: The hashes of the database.
            kind: The kind of the records.
            query: The query.
            whole: Whether whole records are read; cards by default.

        Raises:
            Invalid: the query cannot be asked.
        """
        cursor = check_query(kind, query)
        bounds, values = _bounds(query, cursor)
        values |= {"kind": kind.name, "order": query.order}
        order = kind.order(query.order)
        base = order_hash(postings, kind.name, query.order)
        groups: list[TermGroup | PrefixGroup] = []
        checks: list[str] = []
        if query.access is not SYSTEM:
            terms = sorted(query.access)
            groups.append(TermGroup(tuple(base ^ postings.access(term) for term in terms)))
            checks.append("r.access && %(access)s::text[]")
            values["access"] = terms
        for number, group in enumerate(query.where):
            terms = sorted(group)
            posted = [term for term in terms if order.posts(term)]
            # The most frequent term, "visible:*", comes first, and the others are tested against it.
            lists = [base ^ postings.access(term) for term in terms] + [base ^ postings.facet(term) for term in posted]
            groups.append(TermGroup(tuple(dict.fromkeys(lists))))
            checks.append(f"(r.access && %(where{number})s::text[] OR r.terms && %(posted{number})s::text[])")
            values |= {f"where{number}": terms, f"posted{number}": posted}
        for number, prefix in enumerate(dict.fromkeys(query.words)):
            groups.append(PrefixGroup(prefix, prefix + "\U0010ffff" * (129 - len(prefix))))
            checks.append(f"EXISTS (SELECT FROM unnest(r.words) w WHERE w ^@ %(word{number})s::text)")
            values[f"word{number}"] = prefix
        return cls(
            query,
            tuple(groups),
            values,
            TermGroup((base ^ all_records_hash(postings),)),
            bounds,
            " AND ".join(checks) or "true",
            _WHOLE if whole else _CARD,
        )

    def behind(self, key: str, id: str) -> QueryPlan:
        """Return the plan for the records behind a place, in the direction of the query."""
        bounds, values = _bounds(self.query, (key, id))
        return attrs.evolve(self, bounds=bounds, values=self.values | values)

    def impossible(self) -> bool:
        """Return whether some group is empty, so that no record answers."""
        return any(isinstance(group, TermGroup) and not group.lists for group in self.groups)

    @property
    def several(self) -> bool:
        """Whether the records of the group that is walked must pass further conditions."""
        return len(self.groups) > 1 or any(isinstance(group, PrefixGroup) for group in self.groups)

    def walked(self) -> TermGroup:
        """Return the group whose lists are walked: the last one, because the access comes first and is frequent."""
        listed = [group for group in self.groups if isinstance(group, TermGroup)]
        return listed[-1] if listed else self.everything

    def sizes(self) -> tuple[str, dict[str, Any]]:
        """Return a statement for one row: the size of each group, counted up to `most`."""
        parts, values = [], dict(self.values)
        for number, group in enumerate(self.groups):
            if isinstance(group, PrefixGroup):
                source = self._prefixed(f"g{number}")
                values |= {f"g{number}a": group.prefix, f"g{number}b": group.stop}
            else:
                source = self._each_list(f"g{number}", "1", "LIMIT %(most)s")
                values[f"g{number}"] = list(group.lists)
            parts.append(f"(SELECT count(*) FROM (SELECT 1 {source} LIMIT %(most)s) s{number})")
        return "SELECT " + ", ".join(parts), values

    def few(self) -> tuple[str, dict[str, Any]]:
        """Return a statement for a group that has less than `most` members, in one round trip.

        Its first row has the size of that group in the place of the version, and `most` if there is no such group. If
        there is one, its records that pass all conditions follow in order, up to `wanted`.
        """
        direction = "DESC" if self.query.descending else "ASC"
        values = self.values | {"wanted": self.query.limit + 1}
        # From the most selective one, as a rule: the access comes first, and is counted only if the others are large.
        groups = [*reversed(self.groups)]
        members, chosen, size = [], [], ""
        larger = ""
        for number, group in enumerate(groups):
            if isinstance(group, PrefixGroup):
                source = f"SELECT w.id {self._prefixed(f'g{number}')}"
                values |= {f"g{number}a": group.prefix, f"g{number}b": group.stop}
            else:
                source = f"SELECT q.id {self._each_list(f'g{number}', 'id', 'LIMIT %(most)s')}"
                values[f"g{number}"] = list(group.lists)
            members.append(f"g{number} AS MATERIALIZED ({source} LIMIT %(most)s)")
            counted = f"(SELECT count(*) FROM g{number})"
            chosen.append(f"SELECT id FROM g{number} WHERE {larger}{counted} < %(most)s")
            larger += f"{counted} >= %(most)s AND "
            size += f" WHEN {counted} < %(most)s THEN {counted}"
        limited = "" if self.query.distinct_owner else "LIMIT %(wanted)s"
        return (
            (
                f"WITH {', '.join(members)}"
                f" (SELECT NULL::text, NULL::text, NULL::text, CASE{size} ELSE %(most)s END, NULL::text, NULL::bytea"
                f"{', NULL::bytea, NULL::text[]' if self.columns == _WHOLE else ''})"
                f" UNION ALL (SELECT c.key, c.id, {self.columns} FROM (SELECT DISTINCT s.id FROM"
                f" ({' UNION ALL '.join(chosen)}) s) m {_record('m', f' AND {self.filter}')} {_KEY}"
                f" WHERE c.key IS NOT NULL AND {self.bounds.format('c')}"
                f" ORDER BY c.key {direction}, c.id {direction} {limited})"
            ),
            values,
        )

    def page(self, group: TermGroup, *, checked: bool) -> tuple[str, dict[str, Any]]:
        """Return a statement for the first `hits` records among the first `most` places of a group.

        If there are fewer hits, a row without a record follows for the last of the `most` places, from which another
        statement continues. If there is no such row, the group has ended.

        Args:
            group: The group to walk.
            checked: Whether the records must pass further conditions.
        """
        direction = "DESC" if self.query.descending else "ASC"
        sequence = f"key {direction}, id {direction}"
        values = dict(self.values)
        if len(group.lists) == 1:
            values["list"] = group.lists[0]
            places = (
                "SELECT p.key, p.id FROM posting p WHERE p.workspace = %(ws)s AND p.list = %(list)s::bigint"
                f" AND {self.bounds.format('p')} ORDER BY p.key {direction}, p.id {direction} LIMIT %(most)s"
            )
        else:
            values["lists"] = list(group.lists)
            limited = f"ORDER BY {sequence} LIMIT %(most)s"
            places = f"SELECT DISTINCT q.key, q.id {self._each_list('lists', 'key, id', limited)} {limited}"
        also = f" AND {self.filter}" if checked else ""
        nothing = ", NULL" * (1 + self.columns.count(","))
        return (
            (
                f"SELECT * FROM ((SELECT p.key, p.id AS place, {self.columns} FROM ({places}) p {_record('p', also)}"
                f" ORDER BY p.key {direction}, p.id {direction} LIMIT %(hits)s) UNION ALL"
                f" (SELECT p.key, p.id{nothing} FROM ({places}) p OFFSET %(most)s - 1 LIMIT 1)"
                ") found LIMIT %(hits)s"
            ),
            values,
        )

    def all_of(self, group: TermGroup | PrefixGroup) -> tuple[str, dict[str, Any]]:
        """Return a statement for the records of a small group that pass all conditions, in order, up to `wanted`."""
        direction = "DESC" if self.query.descending else "ASC"
        sequence = f"ORDER BY c.key {direction}, c.id {direction}"
        # The places are sorted before their records are read, so that the statement ends with the page.
        source, values = self._members(group, f"ORDER BY q.key {direction}, q.id {direction}")
        limited = "" if self.query.distinct_owner else "LIMIT %(wanted)s"
        values |= {"wanted": self.query.limit + 1}
        return f"SELECT c.key, c.id, {self.columns} {source} {sequence} {limited}", values

    def counted(self, group: TermGroup | PrefixGroup) -> tuple[str, dict[str, Any]]:
        """Return a statement that counts the records of a group that pass all conditions, by ranges of `boundaries`."""
        source, values = self._members(group)
        return f"SELECT width_bucket(c.key, %(boundaries)s::text[]), count(*) {source} GROUP BY 1", values

    def counted_lists(self, group: TermGroup) -> tuple[str, dict[str, Any]]:
        """Return a statement that counts the distinct records of some lists, by ranges of `boundaries`."""
        bucket = "SELECT width_bucket(q.key, %(boundaries)s::text[]), count(*)"
        if len(group.lists) == 1:
            return (
                (
                    f"{bucket} FROM posting q WHERE q.workspace = %(ws)s AND q.list = %(list)s::bigint"
                    f" AND {self.bounds.format('q')} GROUP BY 1"
                ),
                self.values | {"list": group.lists[0]},
            )
        # A record on two lists is counted on the first of them.
        return (
            (
                f"{bucket} FROM unnest(%(lists)s::bigint[]) WITH ORDINALITY l(list, number)"
                " CROSS JOIN LATERAL (SELECT key, id FROM posting p WHERE p.workspace = %(ws)s AND p.list = l.list"
                f" AND {self.bounds.format('p')} {_FENCE}) q"
                " WHERE NOT EXISTS (SELECT FROM unnest((%(lists)s::bigint[])[1:l.number - 1]) e(list)"
                " CROSS JOIN LATERAL (SELECT FROM posting o WHERE o.workspace = %(ws)s AND o.list = e.list"
                f" AND o.key = q.key AND o.id = q.id {_FENCE}) o) GROUP BY 1"
            ),
            self.values | {"lists": list(group.lists)},
        )

    def _members(self, group: TermGroup | PrefixGroup, sequence: str = "") -> tuple[str, dict[str, Any]]:
        if isinstance(group, PrefixGroup):
            return (
                (
                    f"FROM (SELECT DISTINCT w.id {self._prefixed('g')}) m {_record('m', f' AND {self.filter}')}"
                    f" {_KEY} WHERE c.key IS NOT NULL AND {self.bounds.format('c')}"
                ),
                self.values | {"ga": group.prefix, "gb": group.stop},
            )
        return (
            (
                f"FROM (SELECT DISTINCT q.key, q.id {self._each_list('g', 'key, id', _FENCE)} {sequence}) c"
                f" {_record('c', f' AND {self.filter}')}"
            ),
            self.values | {"g": list(group.lists)},
        )

    def _each_list(self, name: str, columns: str, limited: str) -> str:
        return (
            f"FROM unnest(%({name})s::bigint[]) l(list) CROSS JOIN LATERAL (SELECT {columns} FROM posting p"
            f" WHERE p.workspace = %(ws)s AND p.list = l.list AND {self.bounds.format('p')} {limited}) q"
        )

    def _prefixed(self, name: str) -> str:
        return (
            "FROM word w WHERE w.workspace = %(ws)s AND w.kind = %(kind)s"
            f" AND w.word >= %({name}a)s AND w.word < %({name}b)s"
        )


def _record(places: str, also: str) -> str:
    """Return the join with the record `r` of each place, if it passes."""
    return (
        "CROSS JOIN LATERAL (SELECT * FROM record r WHERE r.workspace = %(ws)s AND r.kind = %(kind)s"
        f" AND r.id = {places}.id{also} {_FENCE}) r"
    )


def _bounds(query: Query, cursor: tuple[str, str] | None) -> tuple[str, dict[str, Any]]:
    """Return the condition on the places of a query behind a cursor, and its values. Ids are never empty."""
    low, high = (query.start, ""), None if query.stop is None else (query.stop, "")
    if cursor is not None and query.descending:
        high = cursor if high is None else min(high, cursor)
    elif cursor is not None:
        low = max(low, cursor)
    values: dict[str, Any] = {"lk": low[0], "li": low[1]}
    bounds = "({0}.key, {0}.id) > (%(lk)s, %(li)s)"
    if high is not None:
        values |= {"hk": high[0], "hi": high[1]}
        bounds += " AND ({0}.key, {0}.id) < (%(hk)s, %(hi)s)"
    return bounds, values
