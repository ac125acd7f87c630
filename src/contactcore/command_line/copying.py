"""The `copy` command: copies workspaces from one storage to another."""

from __future__ import annotations

import os
from contextlib import closing

import click

from contactcore.command_line.frame import DONE, Opener, check_there, counted
from contactcore.errors import Invalid
from contactcore.mapping.kinds import KINDS, VIEWS
from contactcore.workspace.maintenance.copying import copy_workspace

__all__ = ["copy_command"]


def copy_command(opener: Opener) -> click.Command:
    """Build `contactcore copy`."""

    @click.command("copy", help="Copy a workspace, or all of them. Run it again to resume an interrupted copy.")
    @click.option("--from", "origin", required=True, help="A path, or a postgresql:// address.")
    @click.option("--to", "goal", required=True, help="A path, or a postgresql:// address.")
    @click.option("--workspace", default=None, help="Only this one; all of them by default.")
    def command(origin: str, goal: str, workspace: str | None) -> int:
        if origin == goal or _is_one_file(origin, goal):
            message = "The source and the target are the same: give another path or address."
            raise Invalid("copy-onto-itself", message, path="--to", value=goal)
        with closing(opener(origin)) as source:
            if workspace is not None:
                # Before a file is created for the copy.
                source.install(KINDS, VIEWS)
                check_there(source, workspace)
            with closing(opener(goal, create=True)) as target:
                names = source.workspaces() if workspace is None else [workspace]
                while names:
                    for name in names:
                        copied = copy_workspace(source, target, name)
                        numbers = f"{counted(copied.records, 'record')} and {counted(copied.events, 'event')}"
                        click.echo(
                            f"{name}: {numbers}, the same on both sides "
                            f"(sha256 {copied.checksum[:16]}…, {copied.found} found from an earlier run)"
                        )
                    names = source.workspaces(after=names[-1]) if workspace is None else []
        return DONE

    return command


def _is_one_file(origin: str, goal: str) -> bool:
    try:
        return os.path.samefile(origin, goal)  # noqa: PTH121 - either may be an address of a server
    except OSError:
        return False
