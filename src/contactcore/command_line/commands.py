"""The group of all commands."""

from __future__ import annotations

import click

from contactcore.command_line.copying import copy_command
from contactcore.command_line.delivering import deliver_command
from contactcore.command_line.directory import list_command, search_command, show_command
from contactcore.command_line.duplicates import duplicates_command
from contactcore.command_line.exporting import export_command
from contactcore.command_line.frame import Opener
from contactcore.command_line.handing_over import hand_over_command
from contactcore.command_line.history import history_command, restore_command
from contactcore.command_line.importing import import_command
from contactcore.command_line.merging import merge_command, unmerge_command
from contactcore.command_line.past_imports import imports_command
from contactcore.command_line.privacy import erase_command, privacy_report_command
from contactcore.command_line.undoing import undo_command
from contactcore.messages import MESSAGE_LANGUAGES

__all__ = ["commands"]


@click.pass_context
def _choose_language(context: click.Context, messages: str) -> None:
    context.obj = messages


def commands(opener: Opener) -> click.Group:
    """Build the group of all commands.

    Args:
        opener: Function that opens the storage at the address of `--db`.
    """
    group = click.Group(
        "contactcore",
        help="People and companies: import, undo, list, search, show, history, restore, export, copy and more.",
        no_args_is_help=False,
        callback=_choose_language,
    )
    click.option(
        "--messages",
        type=click.Choice(MESSAGE_LANGUAGES),
        default="en",
        show_default=True,
        expose_value=True,
        help="The language of errors and of the problems of rows.",
    )(group)
    click.version_option(package_name="contactcore", message="%(prog)s %(version)s")(group)
    for build in (
        import_command,
        imports_command,
        undo_command,
        export_command,
        list_command,
        search_command,
        show_command,
        history_command,
        restore_command,
        duplicates_command,
        merge_command,
        unmerge_command,
        hand_over_command,
        privacy_report_command,
        erase_command,
        copy_command,
        deliver_command,
    ):
        group.add_command(build(opener))
    return group
