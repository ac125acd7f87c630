"""The `import` command: imports a CSV file, a workbook, vCards or JSContact, and accounts for every row."""

from __future__ import annotations

import json
import os
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
    check_output,
    counted,
    delimiter_of,
    message_language,
    open_workspace,
    printable,
    workspace_options,
)
from contactcore.errors import Invalid, shorten
from contactcore.formats.tabular.sources import Source, source_of
from contactcore.model import User
from contactcore.values import Language
from contactcore.workspace import Workspace
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.report import Progress, Report

__all__ = ["import_command"]

ProgressCallback = Callable[[Progress], None]
_ROWS_BETWEEN_LINES = 10_000
_ROWS_FOR_TWO = 20_000
"""The number of rows from which a second process is worth its start."""
_SHOWN = 10
_NAMELESS = re.compile(r"Column \d+")
"""The name that is given to a column without a header."""


def import_command(opener: Opener) -> click.Command:
    """Build `contactcore import`."""

    @click.command(
        "import",
        help="Import CSV, a workbook or cards; each row is created, updated, skipped or rejected with a reason.",
    )
    @click.argument("file", type=click.Path(allow_dash=True))
    @workspace_options
    @click.option(
        "--country",
        "--region",
        "country",
        default=None,
        help="ISO 3166 country of national phone numbers, such as FR.",
    )
    @click.option("--language", default=None, help="Language of a new workspace, such as pl; orders its directory.")
    @click.option("--encoding", default=None, help="Encoding of the file; detected by default.")
    @click.option("--sheet", default=None, help="Sheet of a workbook; the first visible one with rows by default.")
    @click.option("--delimiter", default=None, help="Delimiter of the file, 'tab' for a tab; detected by default.")
    @click.option("--map", "mapped", multiple=True, metavar="HEADER=FIELD", help="Field of a column, if not detected.")
    @click.option(
        "--policy", type=click.Choice(["skip", "update", "create", "overwrite"]), default="skip", show_default=True
    )
    @click.option("--strict", is_flag=True, help="Reject the whole row for any fault in it.")
    @click.option("--dry-run", is_flag=True, help="Report what would happen, and change nothing.")
    @click.option("--report", type=click.Path(dir_okay=False), default=None, help="The report as JSON; - is stdout.")
    @click.option(
        "--rejects",
        type=click.Path(dir_okay=False),
        default=None,
        help="Rejected rows as a file of the same kind; - is stdout.",
    )
    def command(file: str, db: str, workspace: str, user: str | None, country: str | None, **options: Any) -> int:
        if options["report"] == options["rejects"] == "-":
            raise Invalid("stdout-twice", "Only one of --report and --rejects can go to stdout.", path="--rejects")
        check_output("--report", options["report"], db, file, options["rejects"])
        check_output("--rejects", options["rejects"], db, file)
        source = _readable(file)
        storage = opener(db, create=not options["dry_run"], pretend=options["dry_run"])
        language = options["language"]
        target = open_workspace(
            storage, workspace, user, country=country or "", language=language or "en", may_be_new=True
        )
        with target as (opened, actor):
            if language:
                _note_other_language(opened, actor, language)
            imports = opened.imports(actor)
            plan = imports.plan(
                source,
                country=country,
                encoding=options["encoding"],
                sheet=options["sheet"],
                delimiter=options["delimiter"] and delimiter_of(options["delimiter"]),
                mapping=_mapping(options["mapped"]),
                policy=options["policy"],
                strict=options["strict"],
            )
            for problem in plan.problems:
                click.echo(f"Note: {problem.message_in(message_language())}", err=True)
            _note_unknown_columns(plan)
            with _progress() as callback:
                act = imports.preview if options["dry_run"] else imports.apply
                report = act(plan, progress=callback, workers=_workers(plan))
            if options["report"] == "-":
                _write_report(report, sys.stdout)
            elif options["report"]:
                with Path(options["report"]).open("w", encoding="utf-8") as out:
                    _write_report(report, out)
            if options["rejects"]:
                report.write_rejects(sys.stdout.buffer if options["rejects"] == "-" else options["rejects"])
            if not options["report"]:
                _print_problems(report, dry_run=options["dry_run"])
            # Text for people goes to stderr when stdout carries data for another program.
            stdout_taken = "-" in (options["report"], options["rejects"])
            click.echo(_summary(report, dry_run=options["dry_run"]), err=stdout_taken)
            if report.id:
                click.echo(f"Import {report.id}: contactcore undo takes it back.", err=stdout_taken)
            return REJECTED if report.rejected else DONE

    return command


def _readable(file: str) -> Source:
    """Look at the file before the database is opened: one that cannot be read leaves no empty database."""
    source = source_of(sys.stdin.buffer if file == "-" else Path(file))
    with source.open():
        return source


def _workers(plan: Plan) -> int:
    """The number of processes of an import: two for a large file where two cores are there, else one."""
    # Only Linux says which cores this process may use.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 2 if cores > 1 and plan.has_lines(_ROWS_FOR_TWO) else 1


def _mapping(mapped: tuple[str, ...]) -> dict[str, str] | None:
    pairs = {}
    for pair in mapped:
        header, equals, field = pair.rpartition("=")
        if not equals:
            raise Invalid("mapping-syntax", "Write the mapping as HEADER=FIELD.", path="--map", value=pair)
        pairs[header] = field
    return pairs or None


def _note_other_language(workspace: Workspace, actor: User, wanted: str) -> None:
    with workspace.read(actor) as session:
        language = session.settings.language
    if language != Language(wanted):
        click.echo(f"Note: The workspace is there already and stays in the order of {language}.", err=True)


def _note_unknown_columns(plan: Plan) -> None:
    """Name the columns that map to no field, because no search finds a contact by their cells."""
    mapped = {*plan.columns.custom, *plan.columns.native}
    unknown = [column.header for column in plan.table.mapping.columns if column.how == "unknown"]
    shown = [repr(printable(header)) for header in unknown if header not in mapped and not _NAMELESS.fullmatch(header)]
    if shown:
        more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        message = "These columns are kept beside the contacts as they are; name a field for one with --map"
        click.echo(f"Note: {message}: {', '.join(shown[:_SHOWN])}{more}.", err=True)


def _print_problems(report: Report, *, dry_run: bool) -> None:
    for problem in islice(report.problems, _SHOWN):
        place = f"line {problem.line}" + (f", {printable(problem.column)}" if problem.column else "")
        value = f": {shorten(problem.value)}" if problem.value else ""
        click.echo(f"{place}{value}: {problem.message_in(message_language())}", err=True)
    if len(report.problems) > _SHOWN:
        click.echo(f"... and {len(report.problems) - _SHOWN:,} more; --report FILE names them all.", err=True)

    for change in islice(report.changes if dry_run else (), _SHOWN):
        values = f"{shorten(change.before)} -> {shorten(change.after)}"
        click.echo(f"line {change.line}, {printable(change.name)}, {change.field}: {values}", err=True)


def _summary(report: Report, *, dry_run: bool) -> str:
    numbers = ", ".join(f"{getattr(report, name)} {name}" for name in ("created", "updated", "skipped", "rejected"))
    people = counted(report.people_created, "person", "people")
    companies = counted(report.companies_created, "company", "companies")
    if report.pictures:
        companies = f"{companies}, {counted(report.pictures, 'picture')}"
    problems = f"; {counted(len(report.problems), 'problem')} reported" if report.problems else ""
    rows = counted(report.rows, "row")
    return f"{'Would be: ' if dry_run else ''}{rows}: {numbers} ({people}, {companies}){problems}"


def _write_report(report: Report, out: IO[str]) -> None:
    """Write the report as one JSON object, problem by problem, because a list of a million needs too much memory."""
    head = {name: value for name, value in report.head().items() if name != "problems"}
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "problems": [')
    for index, problem in enumerate(report.problems):
        out.write((",\n" if index else "\n") + json.dumps(problem.as_dict(), ensure_ascii=False))
    out.write('], "changes": [')
    for index, change in enumerate(report.changes):
        out.write((",\n" if index else "\n") + json.dumps(change.as_dict(), ensure_ascii=False))
    out.write("]}\n")


@contextmanager
def _progress() -> Iterator[ProgressCallback]:
    """Show progress as a bar on a terminal, and as plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Importing", total=1.0)

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.fraction, description=f"{progress.rows:,} rows")

        yield show


def _plain_lines() -> ProgressCallback:
    printed = 0

    def show(progress: Progress) -> None:
        nonlocal printed
        if progress.rows // _ROWS_BETWEEN_LINES > printed:
            printed = progress.rows // _ROWS_BETWEEN_LINES
            click.echo(f"{progress.rows:,} rows ({progress.fraction:.0%})", err=True)

    return show
