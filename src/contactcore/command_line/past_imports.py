"""The `imports` command: lists past imports, to choose the one to undo."""

from __future__ import annotations

import click

from contactcore.command_line.frame import DONE, Opener, counted, open_workspace, print_json, workspace_options
from contactcore.workspace.imports.past_imports import PastImport

__all__ = ["imports_command"]


def imports_command(opener: Opener) -> click.Command:
    """Build `contactcore imports`."""

    @click.command("imports", help="List past imports with their numbers, the newest first; undo takes one back.")
    @workspace_options
    @click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True)
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each import.")
    def command(db: str, workspace: str, user: str | None, limit: int, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            for one in opened.imports(actor).list(limit=limit):
                if as_json:
                    print_json(one.as_dict())
                else:
                    click.echo(_line(one))
        return DONE

    return command


def _line(one: PastImport) -> str:
    counts = one.counts
    numbers = ", ".join(f"{getattr(counts, name)} {name}" for name in ("created", "updated", "skipped", "rejected"))
    return f"{one.id} {one.started:%Y-%m-%d %H:%M} {one.actor} {one.state}: {counted(counts.rows, 'row')}: {numbers}"
