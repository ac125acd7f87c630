"""The `export` command: writes the directory as a file that can be imported again."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from contactcore.command_line.frame import (
    DONE,
    Opener,
    check_output,
    counted,
    delimiter_of,
    open_workspace,
    printable,
    workspace_options,
)
from contactcore.errors import Invalid
from contactcore.formats.contact_rows.presets import PRESETS

__all__ = ["export_command"]

_OF_CSV = ("preset", "delimiter", "encoding")
"""The options that a workbook does not have."""


def export_command(opener: Opener) -> click.Command:
    """Build `contactcore export`."""

    @click.command("export", help="Write the contacts of the directory; the file can be imported again.")
    @workspace_options
    @click.option("--format", type=click.Choice(["csv", "xlsx"]), default=None, help="By default that of the output.")
    @click.option("-o", "--output", type=click.Path(dir_okay=False), default="-", help="A file; stdout by default.")
    @click.option("--preset", type=click.Choice(["own", *PRESETS]), default=None, help="Columns; own by default.")
    @click.option("--delimiter", default=None, help="'tab' for a tab; by default that of the preset.")
    @click.option("--encoding", default=None, help="By default that of the preset.")
    def command(db: str, workspace: str, user: str | None, format: str | None, output: str, **options: Any) -> int:
        written = format or ("xlsx" if output.lower().endswith(".xlsx") else "csv")
        if written == "xlsx" and any(options[name] for name in _OF_CSV):
            message = "A workbook has the own columns and no delimiter or encoding: leave these options out."
            raise Invalid("option-of-csv", message, path="--format", value="xlsx")
        check_output("--output", output, db)
        lost: Counter[str] = Counter()
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            out = sys.stdout.buffer if output == "-" else Path(output)
            exports = opened.exports(actor)
            if written == "xlsx":
                count = exports.xlsx(out)
            else:
                delimiter = options["delimiter"] and delimiter_of(options["delimiter"])
                count = exports.csv(
                    out,
                    preset=options["preset"] or "own",
                    delimiter=delimiter,
                    encoding=options["encoding"],
                    on_loss=lambda loss: lost.update([loss.field]),
                )
        for field, times in sorted(lost.items()):
            click.echo(f"Left out: {counted(times, 'value')} of {printable(field)}", err=True)
        click.echo(f"{counted(count, 'contact')} written", err=True)
        return DONE

    return command
