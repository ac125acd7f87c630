"""The commands `privacy-report` and `erase`: what is held on a person is handed over, and removed for good (IMP-8)."""

from __future__ import annotations

import json
from pathlib import Path

import click

from contactcore.command_line.frame import (
    DONE,
    Opener,
    check_output,
    counted,
    open_workspace,
    print_json,
    workspace_options,
)
from contactcore.formats.plain import to_plain
from contactcore.formats.privacy_page import PAGE_LANGUAGES

__all__ = ["erase_command", "privacy_report_command"]


def privacy_report_command(opener: Opener) -> click.Command:
    """Build `contactcore privacy-report`."""

    @click.command("privacy-report", help="Write all that is held on a person, as JSON or as a page of HTML.")
    @workspace_options
    @click.argument("id")
    @click.option("--format", "form", type=click.Choice(["json", "html"]), default="json", show_default=True)
    @click.option("--language", type=click.Choice(PAGE_LANGUAGES), default=None, help="The language of the page.")
    @click.option("-o", "--output", default=None, help="The file to write; stdout by default.")
    def command(
        db: str, workspace: str, user: str | None, id: str, form: str, language: str | None, output: str | None
    ) -> int:
        check_output("--output", output, db)
        with open_workspace(opener(db), workspace, user) as (opened, actor), opened.read(actor) as session:
            report = session.privacy.report(id, language=language or "")
        text = report.html if form == "html" else json.dumps(to_plain(report.data), ensure_ascii=False, indent=1) + "\n"
        if output is None or output == "-":
            click.echo(text, nl=False)
        else:
            Path(output).write_text(text, encoding="utf-8")
        return DONE

    return command


def erase_command(opener: Opener) -> click.Command:
    """Build `contactcore erase`."""

    @click.command("erase", help="Erase all that is held on a person, for good. Run it again to resume.")
    @workspace_options
    @click.argument("id")
    @click.option("--dry-run", is_flag=True, help="Say what prevents or limits the erasure, and change nothing.")
    @click.option("--scrub", is_flag=True, help="Erase the bytes in the files of the storage too.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def command(db: str, workspace: str, user: str | None, id: str, dry_run: bool, scrub: bool, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            if dry_run:
                with opened.read(actor) as session:
                    reasons = session.privacy.obstacles(id)
                if as_json:
                    print_json({"obstacles": list(reasons)})
                else:
                    click.echo(f"Would stay: {', '.join(reasons)}" if reasons else "Nothing prevents the erasure.")
                return DONE
            receipt = opened.privacy(actor).erase(id)
            if scrub:
                opened.storage.scrub()
        if as_json:
            print_json(to_plain(receipt))
        else:
            kept = f"; kept: {', '.join(receipt.kept)}" if receipt.kept else ""
            click.echo(f"{receipt.state}: {counted(sum(receipt.erased.values()), 'record')}{kept}")
        return DONE

    return command
