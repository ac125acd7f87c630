"""The commands `history` and `restore`: what happened to a record, and an earlier state of it again."""

from __future__ import annotations

import json
from typing import Any

import click

from contactcore.command_line.frame import (
    DONE,
    Opener,
    open_workspace,
    print_json,
    printable,
    workspace_options,
)
from contactcore.formats.plain import to_plain
from contactcore.model.history import HistoryEntry

__all__ = ["history_command", "restore_command"]

_PAGE = 200


def history_command(opener: Opener) -> click.Command:
    """Build `contactcore history`."""

    @click.command("history", help="Show who changed a contact, or one of its records, and what, the newest first.")
    @workspace_options
    @click.argument("id")
    @click.option("--limit", type=click.IntRange(1), default=None, help="Only so many acts; all by default.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    def command(db: str, workspace: str, user: str | None, id: str, limit: int | None, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor), opened.read(actor) as session:
            after, shown = None, 0
            while True:
                page = session.history.of(id, limit=_PAGE, after=after)
                for entry in page:
                    if shown == limit:
                        return DONE
                    shown += 1
                    if as_json:
                        print_json(to_plain(entry))
                    else:
                        _print_entry(entry)
                if page.next is None:
                    return DONE
                after = page.next

    return command


def restore_command(opener: Opener) -> click.Command:
    """Build `contactcore restore`."""

    @click.command("restore", help="Store an earlier state of a record again, as a new change.")
    @workspace_options
    @click.argument("id")
    @click.option("--as-of", "as_of", default=None, help="The time of the state, such as 2026-12-31T12:00:00Z.")
    @click.option("--version", "version", type=int, default=None, help="The version of the state.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def command(
        db: str, workspace: str, user: str | None, id: str, as_of: str | None, version: int | None, as_json: bool
    ) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            restored = opened.run(actor, lambda session: session.history.restore(id, as_of=as_of, version=version))
        if as_json:
            print_json(to_plain(restored))
        else:
            name = getattr(restored, "display_name", "")
            click.echo(f"{restored.id} {printable(name)}".rstrip() + f": version {restored.version}")
        return DONE

    return command


def _print_entry(entry: HistoryEntry) -> None:
    cause = "" if entry.cause == "hand" else f" ({entry.cause})"
    click.echo(f"{to_plain(entry.at)} {printable(entry.by)}{cause} {entry.id}")
    for change in entry.changes:
        click.echo(f"  {change.what} {change.kind} {change.id} {printable(change.name)}".rstrip())
        for one in change.fields:
            click.echo(f"    {one.field}: {_written(one.before)} -> {_written(one.after)}")


def _written(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False))
