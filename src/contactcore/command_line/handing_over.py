"""The `hand-over` command: gives what a user who leaves looked after to another user."""

from __future__ import annotations

import attrs
import click

from contactcore.command_line.frame import DONE, Opener, open_workspace, print_json, workspace_options

__all__ = ["hand_over_command"]


def hand_over_command(opener: Opener) -> click.Command:
    """Build `contactcore hand-over`."""

    @click.command(
        "hand-over",
        help="Hand over what a user who leaves looked after to another user. Run it again to resume.",
    )
    @click.argument("leaving")
    @click.option("--to", required=True, help="The user who takes over.")
    @click.option("--dry-run", is_flag=True, help="Count what would be handed over, and change nothing.")
    @workspace_options
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def command(leaving: str, to: str, dry_run: bool, db: str, workspace: str, user: str | None, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            maintenance = opened.maintenance(actor)
            act = maintenance.preview_hand_over if dry_run else maintenance.hand_over
            numbers = act(leaving, to=to)
        if as_json:
            print_json(attrs.asdict(numbers))
        else:
            click.echo(
                f"{numbers.contacts} contacts, {numbers.people} contact persons, {numbers.trash} deleted contacts, "
                f"{numbers.imports} imports, {numbers.jobs} other jobs "
                f"{'would be handed over' if dry_run else 'handed over'} to {to}"
            )
        return DONE

    return command
