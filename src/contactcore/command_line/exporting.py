"""The `export` command: writes the directory as a file that can be imported again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from contactcore.command_line.frame import (
    DONE,
    Opener,
    check_output,
    counted,
    delimiter_of,
    open_workspace,
    workspace_options,
)

__all__ = ["export_command"]


def export_command(opener: Opener) -> click.Command:
    """Build `contactcore export`."""

    @click.command("export", help="Write the contacts of the directory; the file can be imported again.")
    @workspace_options
    @click.option("--format", type=click.Choice(["csv", "xlsx"]), default=None, help="By default that of the output.")
    @click.option("-o", "--output", type=click.Path(dir_okay=False), default="-", help="A file; stdout by default.")
    @click.option("--delimiter", default=",", show_default=True, help="'tab' for a tab.")
    @click.option("--encoding", default="utf-8-sig", show_default=True)
    def command(
        db: str, workspace: str, user: str | None, format: str | None, output: str, delimiter: str, encoding: str
    ) -> int:
        written = format or ("xlsx" if output.lower().endswith(".xlsx") else "csv")
        check_output("--output", output, db)
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            out = sys.stdout.buffer if output == "-" else Path(output)
            exports = opened.exports(actor)
            if written == "xlsx":
                count = exports.xlsx(out)
            else:
                count = exports.csv(out, delimiter=delimiter_of(delimiter), encoding=encoding)
        click.echo(f"{counted(count, 'contact')} written", err=True)
        return DONE

    return command
