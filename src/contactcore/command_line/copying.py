"""The `copy` command: copies workspaces from one storage to another."""

from __future__ import annotations

import click

from contactcore.command_line.frame import DONE, Opener, counted
from contactcore.workspace.maintenance.copying import copy_workspace

__all__ = ["copy_command"]


def copy_command(opener: Opener) -> click.Command:
    """Build `contactcore copy`."""

    @click.command("copy", help="Copy a workspace, or all of them. Run it again to resume an interrupted copy.")
    @click.option("--from", "origin", required=True, help="A path, or a postgresql:// address.")
    @click.option("--to", "goal", required=True, help="A path, or a postgresql:// address.")
    @click.option("--workspace", default=None, help="Only this one; all of them by default.")
    def command(origin: str, goal: str, workspace: str | None) -> int:
        source = opener(origin)
        target = opener(goal, create=True)
        try:
            names = [workspace] if workspace else source.workspaces()
            while names:
                for name in names:
                    copied = copy_workspace(source, target, name)
                    numbers = f"{counted(copied.records, 'record')} and {counted(copied.events, 'event')}"
                    click.echo(
                        f"{name}: {numbers}, the same on both sides "
                        f"(sha256 {copied.checksum[:16]}…, {copied.found} found from an earlier run)"
                    )
                names = [] if workspace else source.workspaces(after=names[-1])
        finally:
            source.close()
            target.close()
        return DONE

    return command
