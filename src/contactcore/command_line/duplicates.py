"""The `duplicates` command: lists pairs of contacts that may be the same."""

from __future__ import annotations

import click

from contactcore.command_line.frame import DONE, Opener, open_workspace, print_json, printable, workspace_options
from contactcore.formats.plain import to_plain

__all__ = ["duplicates_command"]


def duplicates_command(opener: Opener) -> click.Command:
    """Build `contactcore duplicates`."""

    @click.command("duplicates", help="List pairs of contacts that may be the same, the most similar first.")
    @workspace_options
    @click.option("--minimum", type=click.FloatRange(0, 1), default=0.8, show_default=True, help="The smallest score.")
    @click.option("--kind", type=click.Choice(["person", "company"]), default=None, help="Only this kind.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    def command(db: str, workspace: str, user: str | None, minimum: float, kind: str | None, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            for pair in opened.maintenance(actor).find_duplicates(minimum=minimum, kind=kind):
                if as_json:
                    print_json(to_plain(pair))
                else:
                    names = f"{printable(pair.name)}  {pair.other_id}  {printable(pair.other_name)}"
                    reasons = ", ".join(f"{reason.field} {reason.verdict}" for reason in pair.reasons)
                    click.echo(f"{pair.score:.2f}  {pair.id}  {names}  ({reasons})")
        return DONE

    return command
