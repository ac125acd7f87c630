"""Report views: the SQL of the descriptions that the core passes to `install`."""

from __future__ import annotations

import functools

from psycopg import sql

from contactcore.storage import View

__all__ = ["definition"]


@functools.lru_cache(maxsize=256)
def definition(view: View) -> str:
    """Return the statement that makes a view: workspace, id, then its columns, all as text.

    A view shows a reader what the tables show: the rows of the workspace that the transaction has named. A body that is
    no JSON has no rows.
    """
    element = sql.SQL("b.body" if view.each is None else "e.element")
    columns = sql.SQL("").join(
        sql.SQL(", {} #>> {} AS {}").format(element, sql.Literal(list(path)), sql.Identifier(name))
        for name, path in view.columns.items()
    )
    each: sql.SQL | sql.Composed = sql.SQL("")
    if view.each is not None:
        each = sql.SQL(
            " CROSS JOIN LATERAL jsonb_array_elements("
            "CASE WHEN jsonb_typeof(b.body #> {path}) = 'array' THEN b.body #> {path} ELSE '[]' END)"
            " WITH ORDINALITY e(element, number)"
        ).format(path=sql.Literal(list(view.each)))
    return (
        sql.SQL(
            "CREATE VIEW {name} WITH (security_invoker = true) AS SELECT r.workspace, r.id{columns} FROM record r"
            " CROSS JOIN LATERAL (SELECT json_of(r.body) AS body OFFSET 0) b{each}"
            " WHERE r.kind = {kind} AND b.body IS NOT NULL"
        )
        .format(name=sql.Identifier(view.name), columns=columns, each=each, kind=sql.Literal(view.kind))
        .as_string()
    )
