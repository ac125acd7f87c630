"""The `export` command: writes the directory as a file that can be imported again."""

from __future__ import annotations

import sys
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
    workspace_options,
)
from contactcore.errors import Invalid

__all__ = ["export_command"]


def export_command(opener: Opener) -> click.Command:
    """Build `contactcore export`."""

    @click.command("export", help="Write the contacts of the directory; the file can be imported again.")
    @workspace_options
    @click.option("--format", type=click.Choice(["csv", "vcard"]), default="csv", show_default=True)
    @click.option("--vcard-version", type=click.Choice(["3.0", "4.0"]), default="4.0", show_default=True)
    @click.option("-o", "--output", type=click.Path(dir_okay=False), default="-", help="A file; stdout by default.")
    @click.option("--delimiter", default=None, help="Of CSV: a comma by default; 'tab' for a tab.")
    @click.option("--encoding", default=None, help="Of CSV: utf-8-sig by default. The other formats are UTF-8.")
    def command(
        db: str,
        workspace: str,
        user: str | None,
        format: str,
        vcard_version: Any,
        output: str,
        delimiter: str | None,
        encoding: str | None,
    ) -> int:
        given = {"--delimiter": delimiter, "--encoding": encoding} if format != "csv" else {}
        for option, value in given.items():
            if value is not None:
                raise Invalid("option-of-csv", "Only CSV has this option: leave it out.", path=option, value=value)
        check_output("--output", output, db)
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            out = sys.stdout.buffer if output == "-" else Path(output)
            exports = opened.exports(actor)
            if format == "vcard":
                count = exports.vcards(out, version=vcard_version)
            else:
                count = exports.csv(out, delimiter=delimiter_of(delimiter or ","), encoding=encoding or "utf-8-sig")
        click.echo(f"{counted(count, 'contact')} written", err=True)
        return DONE

    return command
