"""Report views, built from the paths that the core passes to `install`, for the reporting tools of admins."""

# ruff: noqa: S608 - names and paths are the core's own and are quoted

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from contactcore.storage import View
from contactcore_sqlite.connection import Connection

__all__ = ["make_views", "missing_views"]


def missing_views(connection: Connection, views: Sequence[View]) -> dict[str, str]:
    """Return name -> statement of the report views that the file lacks or has with another definition.

    A view has the columns `workspace` (its name) and `id` (of the record), and then its own columns. A body that is no
    JSON has no rows.
    """
    existing: dict[str, str] = dict(connection.rows("SELECT name, sql FROM report_view"))
    wanted = {view.name: _sql(view) for view in views}
    return {name: sql for name, sql in wanted.items() if existing.get(name) != sql}


def make_views(connection: Connection, missing: Mapping[str, str]) -> None:
    """Create or replace report views in the open transaction.

    Args:
        connection: The connection of the transaction.
        missing: Name -> statement of each view.
    """
    for name, sql in missing.items():
        connection.run(f"DROP VIEW IF EXISTS {_name(name)}")
        connection.run(sql)
        connection.run("INSERT OR REPLACE INTO report_view VALUES (?, ?)", (name, sql))


def _sql(view: View) -> str:
    body = "CAST(r.body AS TEXT)"
    checked = f"CASE WHEN json_valid({body}) THEN {body} ELSE '{{}}' END"
    source = "record AS r JOIN workspace AS w ON w.n = r.workspace"
    valid = f"json_valid({body})"
    if view.each is not None:
        each = _path(view.each)
        # An object would give a row for each of its members.
        lists = f"CASE WHEN json_type({checked}, {each}) = 'array' THEN {checked} ELSE '{{}}' END"
        source += f" JOIN json_each({lists}, {each}) AS e"
        # A path in an element that is a plain value gives NULL.
        element = "CASE WHEN e.type IN ('object', 'array') THEN e.value ELSE 'null' END"
        columns = [
            (f"json_extract({element}, {_path(path)})" if path else "e.value", name)
            for name, path in view.columns.items()
        ]
    else:
        columns = [(f"json_extract({checked}, {_path(path)})", name) for name, path in view.columns.items()]
    listed = "".join(f", {sql} AS {_name(name)}" for sql, name in columns)
    return (
        f"CREATE VIEW {_name(view.name)} AS SELECT w.name AS workspace, r.id AS id{listed} FROM {source} "
        f"WHERE r.kind = {_text(view.kind)} AND {valid}"
    )


def _path(path: Sequence[str]) -> str:
    return _text("$" + "".join(f".{json.dumps(part, ensure_ascii=False)}" for part in path))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
