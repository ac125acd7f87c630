"""The installation of kinds and report views in a file whose tables exist."""

from __future__ import annotations

from collections.abc import Sequence

from contactcore.storage import Kind, View, kinds_from_text, merged_kinds, text_of_kinds
from contactcore_sqlite.connection import Connection
from contactcore_sqlite.views import make_views, missing_views

__all__ = ["install"]


def install(connection: Connection, kinds: Sequence[Kind], views: Sequence[View]) -> None:
    """Keep the declarations of kinds, and make report views. What the file has already is not written again.

    Raises:
        Invalid: `kind-redeclared`.
    """
    if _is_ready(connection, kinds) and not missing_views(connection, views):
        return
    with connection.transaction():
        known = merged_kinds(_kept(connection), kinds)
        connection.run("INSERT OR REPLACE INTO setting VALUES ('kinds', ?)", (text_of_kinds(known),))
        make_views(connection, missing_views(connection, views))


def _is_ready(connection: Connection, kinds: Sequence[Kind]) -> bool:
    kept = _kept(connection)
    return merged_kinds(kept, kinds) == kept


def _kept(connection: Connection) -> dict[str, Kind]:
    """Return the declarations in the file; none in a file of a release that kept none."""
    row = connection.row("SELECT value FROM setting WHERE name = 'kinds'")
    return {} if row is None else kinds_from_text(row[0])
