"""The `deliver` command: sends the messages of the outboxes over SMTP."""

from __future__ import annotations

import click

from contactcore.command_line.frame import DONE, Opener

__all__ = ["deliver_command"]


def deliver_command(opener: Opener) -> click.Command:
    """Build `contactcore deliver`."""

    @click.command("deliver", help="Send the messages of all workspaces that are due; runs until it is stopped.")
    @click.option("--db", required=True, help="A path, or a postgresql:// address.")
    @click.option(
        "--smtp",
        required=True,
        envvar="CONTACTCORE_SMTP",
        show_envvar=True,
        help="smtp://user:password@host:587 (STARTTLS), smtps://host:465, or smtp://localhost:25?tls=none.",
    )
    @click.option("--from", "sender", default="", help="The sender, such as 'ACME <post@acme.example>'.")
    @click.option("--once", is_flag=True, help="Send what is due now, then stop.")
    def command(db: str, smtp: str, sender: str, once: bool) -> int:
        from contactcore.delivery import deliver

        storage = opener(db)
        try:
            tally = deliver(storage, smtp, sender=sender, once=once)
        finally:
            storage.close()
        click.echo(f"{tally.sent} sent, {tally.put_off} put off, {tally.dead} given up, {tally.withdrawn} withdrawn")
        if tally.outage:
            raise click.ClickException(f"The server could not be used: {tally.outage}")
        return DONE

    return command
