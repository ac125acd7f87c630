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
    @click.option("--format", type=click.Choice(["csv", "vcard", "jscontact"]), default="csv", show_default=True)
    @click.option("--vcard-version", type=click.Choice(["3.0", "4.0"]), default=None, help="4.0 by default.")
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
        options = {"--delimiter": (delimiter, "csv"), "--encoding": (encoding, "csv")}
        options["--vcard-version"] = (vcard_version, "vcard")
        for option, (value, own) in options.items():
            if value is not None and format != own:
                reason = f"Only the format {own} has this option: leave it out."
                raise Invalid("option-of-format", reason, path=option, value=value)
        check_output("--output", output, db)
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            out = sys.stdout.buffer if output == "-" else Path(output)
            exports = opened.exports(actor)
            if format == "vcard":
                count = exports.vcards(out, version=vcard_version or "4.0")
            elif format == "jscontact":
                count = exports.jscontact(out)
            else:
                count = exports.csv(out, delimiter=delimiter_of(delimiter or ","), encoding=encoding or "utf-8-sig")
        click.echo(f"{counted(count, 'contact')} written", err=True)
        return DONE

    return command
