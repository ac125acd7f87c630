"""Files of SQLite as text, which keeps those of earlier releases for tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

__all__ = ["dump", "restore"]


def dump(path: Path) -> str:
    """The file as text: an FTS5 table is followed by the rows of the tables that it keeps."""
    with closing(sqlite3.connect(path)) as file:
        return "\n".join([*_statements(file), ""])


def _statements(file: sqlite3.Connection) -> Iterator[str]:
    for name in ("application_id", "user_version"):
        yield f"PRAGMA {name} = {file.execute(f'PRAGMA {name}').fetchone()[0]};"
    kept = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'view', rowid"
    for name, sql in file.execute(kept).fetchall():
        if name.startswith("word_"):
            yield f"DELETE FROM {name};"
        else:
            yield f"{sql};"
        if not sql.startswith("CREATE TABLE"):
            continue
        columns = [column for _, column, *_ in file.execute(f"PRAGMA table_info({name})")]
        values = ", ".join(f"quote({column})" for column in columns)
        for row in file.execute(f"SELECT {values} FROM {name}"):
            yield f"INSERT INTO {name} VALUES ({', '.join(row)});"


def restore(text: Path, path: Path) -> None:
    """Write the file that a dump describes.

    Args:
        text: The path of the dump.
        path: The path of the file.
    """
    with closing(sqlite3.connect(path)) as file:
        file.executescript(text.read_text(encoding="utf-8"))
        file.execute("PRAGMA journal_mode = WAL")
