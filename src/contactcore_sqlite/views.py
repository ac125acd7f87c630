"""Report views: made from the paths that the core hands to `install`, for admins with a tool of their own."""

# ruff: noqa: S608 - names and paths are the core's own and are quoted

from __future__ import annotations

import json
from collections.abc import Sequence

from contactcore.storage import View
from contactcore_sqlite.link import Link

__all__ = ["make_views"]


def make_views(link: Link, views: Sequence[View]) -> None:
    """Make or remake report views; does nothing where they are as they should be.

    Views have a column `workspace` with its name, `id` with the record's, and then those that were asked for.
    A body that is no JSON has no rows.
    """
    wanted = {view.name: _sql(view) for view in views}
    if _known(link).items() >= wanted.items():
        return
    link.run("BEGIN IMMEDIATE")
    try:
        known = _known(link)
        for name, sql in wanted.items():
            if known.get(name) == sql:
                continue
            link.run(f"DROP VIEW IF EXISTS {_name(name)}")
            link.run(sql)
            link.run("INSERT OR REPLACE INTO report_view VALUES (?, ?)", (name, sql))
    except BaseException:
        link.run("ROLLBACK")
        raise
    link.run("COMMIT")


def _known(link: Link) -> dict[str, str]:
    return dict(link.rows("SELECT name, sql FROM report_view"))


def _sql(view: View) -> str:
    body = "CAST(r.body AS TEXT)"
    checked = f"CASE WHEN json_valid({body}) THEN {body} ELSE '{{}}' END"
    source = "record AS r JOIN workspace AS w ON w.n = r.workspace"
    valid = f"json_valid({body})"
    if view.each is not None:
        source += f" JOIN json_each({checked}, {_path(view.each)}) AS e"
        # A path in an element that is a plain value leads nowhere.
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
