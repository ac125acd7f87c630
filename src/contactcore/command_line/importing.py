"""`import`: a file becomes part of the directory, every row accounted for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from contactcore.command_line.frame import (
    DONE,
    REJECTED,
    Opener,
    check_place,
    delimiter_of,
    in_workspace,
    printable,
    workspace_in,
)
from contactcore.errors import Invalid, shorten
from contactcore.model import User
from contactcore.values import Language
from contactcore.workspace import Workspace
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.report import Progress, Report

__all__ = ["import_command"]

Tell = Callable[[Progress], None]
_ROWS_BETWEEN_LINES = 10_000
_SHOWN = 10
_NAMELESS = re.compile(r"Column \d+")
"""A column without a header."""


def import_command(opener: Opener) -> click.Command:
    """`contactcore import`."""

    @click.command("import", help="Import a CSV file; each row is created, updated, skipped or rejected with a reason.")
    @click.argument("file", type=click.Path(allow_dash=True))
    @in_workspace
    @click.option("--region", default=None, help="ISO 3166 country of national phone numbers, such as FR.")
    @click.option("--language", default=None, help="Of a workspace that is new, such as pl; orders its directory.")
    @click.option("--encoding", default=None, help="Instead of what is found out.")
    @click.option("--delimiter", default=None, help="Instead of what is found out; 'tab' for a tab.")
    @click.option("--map", "mapped", multiple=True, metavar="HEADER=FIELD", help="Instead of what is found out.")
    @click.option("--policy", type=click.Choice(["skip", "update", "create"]), default="skip", show_default=True)
    @click.option("--strict", is_flag=True, help="Reject a row whole for any fault in it.")
    @click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
    @click.option("--report", type=click.Path(dir_okay=False), default=None, help="The report as JSON; - is stdout.")
    @click.option("--rejects", type=click.Path(dir_okay=False), default=None, help="Rejected rows as CSV; - is stdout.")
    def command(file: str, db: str, workspace: str, user: str | None, region: str | None, **options: Any) -> int:
        if options["report"] == options["rejects"] == "-":
            raise Invalid("stdout-twice", "Only one of --report and --rejects can go to stdout.", path="--rejects")
        check_place("--report", options["report"], db, file, options["rejects"])
        check_place("--rejects", options["rejects"], db, file)
        storage = opener(db, create=not options["dry_run"], pretend=options["dry_run"])
        language = options["language"]
        with workspace_in(storage, workspace, user, country=region or "", language=language or "en") as (place, actor):
            if language:
                _tell_language(place, actor, language)
            imports = place.imports(actor)
            plan = imports.plan(
                sys.stdin.buffer.read() if file == "-" else Path(file),
                country=region,
                encoding=options["encoding"],
                delimiter=options["delimiter"] and delimiter_of(options["delimiter"]),
                mapping=_mapping(options["mapped"]),
                policy=options["policy"],
                strict=options["strict"],
            )
            for problem in plan.problems:
                click.echo(f"Note: {problem.message}", err=True)
            _tell_unknown(plan)
            with _progress() as tell:
                report = (imports.preview if options["dry_run"] else imports.apply)(plan, progress=tell)
            if options["report"] == "-":
                _write_report(report, sys.stdout)
            elif options["report"]:
                with Path(options["report"]).open("w", encoding="utf-8") as out:
                    _write_report(report, out)
            if options["rejects"]:
                report.write_rejects(sys.stdout.buffer if options["rejects"] == "-" else options["rejects"])
            if not options["report"]:
                _tell_problems(report)
            # What goes to stdout for the next program must not be mixed with what is said to people.
            aside = "-" in (options["report"], options["rejects"])
            click.echo(_summary(report, dry_run=options["dry_run"]), err=aside)
            if report.id:
                click.echo(f"Import {report.id}: contactcore undo takes it back.", err=aside)
            return REJECTED if report.rejected else DONE

    return command


def _mapping(mapped: tuple[str, ...]) -> dict[str, str] | None:
    pairs = {}
    for pair in mapped:
        header, equals, field = pair.rpartition("=")
        if not equals:
            raise Invalid("mapping-syntax", "Write the mapping as HEADER=FIELD.", path="--map", value=pair)
        pairs[header] = field
    return pairs or None


def _tell_language(place: Workspace, actor: User, wanted: str) -> None:
    with place.read(actor) as session:
        language = session.settings.language
    if language != Language(wanted):
        click.echo(f"Note: The workspace is there already and stays in the order of {language}.", err=True)


def _tell_unknown(plan: Plan) -> None:
    """Name the columns that nothing is known of: their cells are kept, but nobody finds a contact by them."""
    own = {*plan.columns.custom, *plan.columns.native}
    unknown = [column.header for column in plan.table.mapping.columns if column.how == "unknown"]
    shown = [repr(printable(header)) for header in unknown if header not in own and not _NAMELESS.fullmatch(header)]
    if shown:
        more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        message = "These columns are kept beside the contacts as they are; name a field for one with --map"
        click.echo(f"Note: {message}: {', '.join(shown[:_SHOWN])}{more}.", err=True)


def _tell_problems(report: Report) -> None:
    for problem in islice(report.problems, _SHOWN):
        place = f"line {problem.line}" + (f", {printable(problem.column)}" if problem.column else "")
        value = f": {shorten(problem.value)}" if problem.value else ""
        click.echo(f"{place}{value}: {problem.reason}", err=True)
    if len(report.problems) > _SHOWN:
        click.echo(f"... and {len(report.problems) - _SHOWN:,} more; --report FILE names them all.", err=True)


def _summary(report: Report, *, dry_run: bool) -> str:
    numbers = ", ".join(f"{getattr(report, name)} {name}" for name in ("created", "updated", "skipped", "rejected"))
    made = f"{report.people_created} people, {report.companies_created} companies"
    many = len(report.problems)
    problems = f"; {many} problem{'' if many == 1 else 's'} reported" if many else ""
    return f"{'Would be: ' if dry_run else ''}{report.rows} rows: {numbers} ({made}){problems}"


def _write_report(report: Report, out: IO[str]) -> None:
    """The report as one JSON object, problem by problem, so that a million of them need no memory."""
    head = {name: value for name, value in report.head().items() if name != "problems"}
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "problems": [')
    for index, problem in enumerate(report.problems):
        out.write((",\n" if index else "\n") + json.dumps(problem.as_dict(), ensure_ascii=False))
    out.write("]}\n")


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar where a terminal shows it, plain lines where not."""
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Importing", total=1.0)

        def tell(progress: Progress) -> None:
            bar.update(task, completed=progress.fraction, description=f"{progress.rows:,} rows")

        yield tell


def _plain_lines() -> Tell:
    told = 0

    def tell(progress: Progress) -> None:
        nonlocal told
        if progress.rows // _ROWS_BETWEEN_LINES > told:
            told = progress.rows // _ROWS_BETWEEN_LINES
            click.echo(f"{progress.rows:,} rows ({progress.fraction:.0%})", err=True)

    return tell
