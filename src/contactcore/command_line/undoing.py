"""The `undo` command: undoes an import, except for contacts that others have changed since."""

from __future__ import annotations

import click

from contactcore.command_line.frame import (
    DONE,
    Opener,
    counted,
    message_language,
    open_workspace,
    print_json,
    printable,
    workspace_options,
)
from contactcore.workspace.imports.undo_report import UndoReport

__all__ = ["undo_command"]


def undo_command(opener: Opener) -> click.Command:
    """Build `contactcore undo`."""

    @click.command(
        "undo",
        help="Undo an import. Changes of others since then are kept and listed. Run it again to resume.",
    )
    @click.argument("id")
    @workspace_options
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def command(id: str, db: str, workspace: str, user: str | None, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            report = opened.imports(actor).undo(id)
        if as_json:
            print_json(report.as_dict())
        else:
            _print_report(report)
        return DONE

    return command


def _print_report(report: UndoReport) -> None:
    for one in report.kept:
        click.echo(
            f"Kept {one.kind} {one.id} {printable(one.name)}".rstrip() + f": {one.message_in(message_language())}"
        )
    numbers = (
        f"{counted(report.removed, 'contact')} moved to the trash, {report.restored} restored, "
        f"{counted(report.affiliations, 'affiliation')} taken back, {len(report.kept)} kept"
    )
    if report.hidden:
        numbers += f", {report.hidden} that you do not see (removed unless changed)"
    click.echo(f"Undone before: {numbers}" if report.undone_before else numbers)
