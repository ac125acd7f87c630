"""Compare contactcore with hand-written SQL, SQLAlchemy 2 with pydantic, and Django, in one run.

python -m benchmarks                          all operations at 100,000 rows, three rounds
python -m benchmarks --contacts 2000 --only get,search
python -m benchmarks --postgres               PostgreSQL too: a temporary server, or --postgres DSN
python -m benchmarks --chart speed.svg        the medians as a picture too
python -m benchmarks --variants               adversarial files of 20,000 rows, and the searches that are hard in them
python -m benchmarks --variants prefixes      one of them: searches by the number of typed letters
python -m benchmarks --large                  an import of 1,000,000 rows: its peak memory, its first and its last rows
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import large, modules, postgres, report
from benchmarks.chart import chart
from benchmarks.drivers.choice import DRIVERS, FLOOR, OURS, POSTGRES, USUAL, VARIED, load
from benchmarks.drivers.protocol import Driver
from benchmarks.operations import OPERATIONS, Bench
from benchmarks.variants import VARIANTS, build
from benchmarks.workload import generate

__all__ = ["main"]

_CONTACTS, _CONTACTS_OF_VARIANT = 100_000, 20_000


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _chosen(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    chosen = tuple(text.split(","))
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(known)}")
    return chosen


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a number above 0")
    return number


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    everything = (*OPERATIONS, "modules")
    parser = argparse.ArgumentParser("python -m benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--contacts", type=_positive, help="rows of the file (default 100,000; 20,000 of a variant)")
    parser.add_argument("--rounds", type=_positive, default=3, help="interleaved rounds (default %(default)s)")
    parser.add_argument("--seed", type=int, default=2026, help="seed of the generated file (default %(default)s)")
    parser.add_argument(
        "--only",
        type=lambda text: _chosen(text, everything),
        default=everything,
        help=f"operations, from {', '.join(everything)}",
    )
    parser.add_argument(
        "--drivers", type=lambda text: _chosen(text, tuple(DRIVERS)), help=f"drivers, from {', '.join(DRIVERS)}"
    )
    parser.add_argument(
        "--postgres",
        metavar="DSN",
        nargs="?",
        const="",
        help="measure on PostgreSQL too: on this server, by default on that of CONTACTCORE_POSTGRES_DSN, or else on a "
        "temporary server",
    )
    parser.add_argument(
        "--variants",
        metavar="NAMES",
        nargs="?",
        const=tuple(VARIANTS),
        type=lambda text: _chosen(text, tuple(VARIANTS)),
        help=f"only measure adversarial files, from {', '.join(VARIANTS)} (default: all of them)",
    )
    parser.add_argument("--large", action="store_true", help="only import 1,000,000 rows, and report the peak memory")
    parser.add_argument("--large-rows", type=_positive, default=1_000_000, help="rows of --large")
    parser.add_argument(
        "--cpu",
        action="store_true",
        help="measure the time of this process on the processor: on a machine with other work, or to find slow code",
    )
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--chart", type=Path, help="write the medians on SQLite to this file, as an SVG picture")
    parser.add_argument("--folder", type=Path, help="folder of the stores (default: a temporary folder)")
    options = parser.parse_args(arguments)
    _check_together(parser, options)
    return options


def _check_together(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    if options.large and options.variants:
        parser.error("give --large or --variants")
    if options.chart and (options.large or options.variants):
        parser.error("--chart draws the operations of a whole run: leave out --large and --variants")
    if options.chart and not set(OPERATIONS).intersection(options.only):
        parser.error("--chart draws operations: name some in --only")
    if options.chart and options.drivers and set(options.drivers) <= set(POSTGRES):
        parser.error("--chart draws drivers on SQLite: name some in --drivers")


def _loaded(names: tuple[str, ...]) -> tuple[list[Driver], dict[str, str]]:
    drivers, left_out = [], {}
    for name in names:
        try:
            drivers.append(load(name))
        except ImportError as error:
            left_out[name] = str(error)
            _log(f"{name} is left out: {error}")
    return drivers, left_out


def _warm(drivers: list[Driver], folder: Path) -> None:
    """Let every driver import a small file, because the first use of a library must not be measured."""
    small = folder / "small"
    small.mkdir()
    bench = Bench(generate(300, small, seed=1), [*drivers], 1, small, lambda _: None)
    bench.run(("import",))
    bench.close()


def _measure(options: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], bool]:
    drivers, missing = _loaded(options.drivers or USUAL + POSTGRES)
    _warm([*drivers], folder)
    contacts = options.contacts or _CONTACTS
    _log(f"generating {contacts:,} rows")
    bench = Bench(generate(contacts, folder, options.seed), [*drivers], options.rounds, folder, _log, _clock(options))
    bench.run(options.only)
    bench.close()
    result = report.figures(bench.times, contacts)
    print(report.tables(result))
    _print_problems(bench)
    print(report.left_out(drivers))
    figures = {"contacts": contacts, "rounds": options.rounds, "seed": options.seed, "operations": result}
    figures |= {"cpu": options.cpu, "problems": bench.problems, "left_out": missing, "machine": report.machine()}
    if any(driver.name in POSTGRES for driver in drivers):
        figures["machine"] |= postgres.described()
    return figures, not any(bench.problems.values())


def _clock(options: argparse.Namespace) -> Callable[[], float]:
    return time.process_time if options.cpu else time.perf_counter


def _print_problems(bench: Bench) -> None:
    for name, problems in bench.problems.items():
        print(f"{name}: {'answers agree' if not problems else f'{len(problems)} answers differ'}")
        for problem in problems[:10]:
            print(f"    {problem}")


def _measure_variants(options: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], bool]:
    drivers, missing = _loaded(options.drivers or (VARIED + POSTGRES if options.postgres is not None else VARIED))
    _warm([*drivers], folder)
    rows = options.contacts or _CONTACTS_OF_VARIANT
    figures: dict[str, Any] = {"contacts": rows, "rounds": options.rounds, "seed": options.seed, "cpu": options.cpu}
    figures["variants"] = {}
    right = True
    for name in options.variants:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            _log(f"variant {name}: generating {rows:,} rows")
            variant = build(name, rows, Path(own), options.seed)
            bench = Bench(variant.workload, [*drivers], options.rounds, Path(own), _log, _clock(options))
            bench.run_searches(variant.truth, variant.searches, variant.place)
            bench.close()
        result = report.figures(bench.times, rows)
        counts = variant.workload.counts
        print(f"{name}: {counts.good:,} good rows, {counts.bad:,} bad, {counts.duplicate:,} duplicates")
        print(report.tables(result))
        _print_problems(bench)
        print()
        figures["variants"][name] = {"operations": result, "problems": bench.problems}
        right &= not any(bench.problems.values())
    print(report.left_out(drivers))
    return {**figures, "left_out": missing, "machine": report.machine()}, right


def _shown(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks; return 0 if every answer was right, 1 if a driver failed or gave a wrong answer."""
    options = _arguments(arguments)
    if options.postgres is not None:
        postgres.start(options.postgres)
    right = True
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        if options.large:
            figures["large"] = large.measure(options.large_rows, Path(name), options.drivers or (FLOOR, OURS))
            for driver, line in figures["large"].items():
                print(driver, ", ".join(f"{key} {_shown(value)}" for key, value in line.items()))
                right &= bool(line.get("counts_right"))
        elif options.variants:
            figures, right = _measure_variants(options, Path(name))
        else:
            if set(options.only) & set(OPERATIONS):
                figures, right = _measure(options, Path(name))
            if "modules" in options.only:
                figures["modules"] = modules.measure()
                print(modules.table(figures["modules"]))
    if options.chart and "operations" in figures:
        options.chart.write_text(chart(figures), encoding="utf-8")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
