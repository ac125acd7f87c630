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

_OPTIONS: dict[str, tuple[str, ...]] = {
    "csv": ("preset", "delimiter", "encoding"),
    "xlsx": (),
    "vcard": ("vcard_version", "photos"),
    "jscontact": ("photos",),
}
"""Format -> the options that not every format has."""
_BY_SUFFIX = {".xlsx": "xlsx", ".vcf": "vcard", ".json": "jscontact", ".jscontact": "jscontact"}


def export_command(opener: Opener) -> click.Command:
    """Build `contactcore export`."""

    @click.command("export", help="Write the contacts of the directory; the file can be imported again.")
    @workspace_options
    @click.option("--format", type=click.Choice(list(_OPTIONS)), default=None, help="By default that of the output.")
    @click.option("-o", "--output", type=click.Path(dir_okay=False), default="-", help="A file; stdout by default.")
    @click.option(
        "--preset", type=click.Choice(["own", *PRESETS]), default=None, help="Columns of CSV; own by default."
    )
    @click.option("--delimiter", default=None, help="Of CSV: 'tab' for a tab; by default that of the preset.")
    @click.option("--encoding", default=None, help="Of CSV: by default that of the preset. vCards are UTF-8.")
    @click.option("--vcard-version", type=click.Choice(["3.0", "4.0"]), default=None, help="4.0 by default.")
    @click.option("--photos", is_flag=True, default=None, help="Of cards: with the pictures of the contacts.")
    def command(db: str, workspace: str, user: str | None, format: str | None, output: str, **options: Any) -> int:
        written = format or _BY_SUFFIX.get(Path(output).suffix.lower(), "csv")
        for name, value in options.items():
            if value is not None and name not in _OPTIONS[written]:
                own = [one for one, names in _OPTIONS.items() if name in names]
                which = f"format {own[0]} has" if len(own) == 1 else f"formats {' and '.join(own)} have"
                reason = f"Only the {which} this option: leave it out."
                # A flag has no value to show.
                shown = None if value is True else value
                raise Invalid("option-of-format", reason, path=f"--{name.replace('_', '-')}", value=shown)
        check_output("--output", output, db)
        lost: Counter[str] = Counter()
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            out = sys.stdout.buffer if output == "-" else Path(output)
            exports = opened.exports(actor)
            if written == "xlsx":
                count = exports.xlsx(out)
            elif written == "vcard":
                count = exports.vcards(out, version=options["vcard_version"] or "4.0", photos=bool(options["photos"]))
            elif written == "jscontact":
                count = exports.jscontact(out, photos=bool(options["photos"]))
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
