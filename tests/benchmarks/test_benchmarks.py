"""The benchmarks measure the same work everywhere: the file is what it says, and every stack answers alike."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from benchmarks.__main__ import main
from benchmarks.agreement import disagreements, few_disagreements
from benchmarks.drivers.choice import DRIVERS, POSTGRES, load
from benchmarks.drivers.protocol import Driver
from benchmarks.large import measure
from benchmarks.modules import BARE
from benchmarks.modules import measure as measure_modules
from benchmarks.names import stem
from benchmarks.operations import Bench
from benchmarks.report import figures, percentile, table, tables
from benchmarks.truth import Truth
from benchmarks.validation import by_libraries
from benchmarks.workload import FEW, HEADER, SHARED, Workload, generate

_SQLALCHEMY = ("sqlalchemy", "pydantic")
_NEEDS = {
    "sqlalchemy": _SQLALCHEMY,
    "sqlalchemy_session": _SQLALCHEMY,
    "sqlalchemy_pg": _SQLALCHEMY,
    "django": ("django",),
}


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> Workload:
    return generate(120, tmp_path_factory.mktemp("workload"))


def _rows(workload: Workload) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for part in workload.parts:
        with part.path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


def test_the_same_seed_makes_the_same_files(workload: Workload, tmp_path: Path) -> None:
    again = generate(120, tmp_path)
    assert [part.path.read_bytes() for part in again.parts] == [part.path.read_bytes() for part in workload.parts]
    other = tmp_path / "other"
    other.mkdir()
    assert generate(120, other, seed=1).parts[0].path.read_bytes() != again.parts[0].path.read_bytes()


def test_the_counts_are_those_of_the_files_judged_by_the_libraries(workload: Workload) -> None:
    email, phone = by_libraries()
    good = bad = duplicate = 0
    known: set[str] = set()
    for row in _rows(workload):
        try:
            emails = {email(row[column]).casefold() for column in ("Email", "Email 2") if row[column]}
            for column in ("Phone", "Mobile"):
                assert not row[column] or phone(row[column]).startswith("+")
        except ValueError:
            bad += 1
            continue
        duplicate += not known.isdisjoint(emails)
        good += known.isdisjoint(emails)
        known |= emails
    assert (good, bad, duplicate) == (workload.counts.good, workload.counts.bad, workload.counts.duplicate)
    assert good + bad + duplicate == workload.rows == 120


def test_the_file_has_the_shape_that_was_agreed(tmp_path: Path) -> None:
    workload = generate(3_000, tmp_path)
    rows = _rows(workload)
    assert tuple(rows[0]) == tuple(HEADER)
    share = len(rows)
    assert sum(bool(row["Email"]) + bool(row["Email 2"]) for row in rows) / share == pytest.approx(1.84, abs=0.05)
    assert sum(bool(row["Phone"]) + bool(row["Mobile"]) for row in rows) / share == pytest.approx(1.64, abs=0.05)
    people = sum(bool(row["Last name"] and row["Company"]) for row in rows) / share
    assert people == pytest.approx(0.9, abs=0.03)
    shared = sum(entry.owner == SHARED for entry in workload.entries) / len(workload.entries)
    assert shared == pytest.approx(0.69, abs=0.05)
    assert 100 <= sum(entry.owner == FEW for entry in workload.entries) < 104


def test_no_two_contacts_share_an_email_a_phone_or_a_company_name(workload: Workload) -> None:
    emails = [email for entry in workload.entries for email in entry.emails]
    phones = [phone for entry in workload.entries for phone in entry.phones]
    companies = [entry.name for entry in workload.entries if entry.kind == "company"]
    for values in (emails, phones, companies):
        assert values
        assert len(values) == len(set(values))


def _driver(name: str, request: pytest.FixtureRequest) -> Driver:
    if name in POSTGRES:
        if "postgres" not in os.environ.get("CONTACTCORE_STORAGES", "postgres").split(","):
            pytest.skip("CONTACTCORE_STORAGES leaves out the server")
        request.getfixturevalue("postgres_address")
    for module in _NEEDS.get(name, ()):
        pytest.importorskip(module)
    try:
        return load(name)
    except ImportError as error:
        pytest.skip(f"{name}: {error}")


def test_no_two_of_a_million_made_up_names_are_alike() -> None:
    assert len({stem(index) for index in range(1_000_000)}) == 1_000_000


@pytest.mark.parametrize("name", DRIVERS)
def test_every_driver_gives_the_generators_answers(
    name: str, workload: Workload, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    driver = _driver(name, request)
    truth = Truth(workload)
    driver.open(tmp_path / "contacts.db")
    try:
        assert driver.import_parts(workload.parts) == workload.counts
        assert disagreements(driver, truth) == []
        driver.few()
        assert few_disagreements(driver, truth) == []
    finally:
        driver.close()


@pytest.mark.parametrize("name", DRIVERS)
def test_every_driver_finds_what_it_created_and_what_it_changed(
    name: str, workload: Workload, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    said: list[str] = []
    bench = Bench(workload, [_driver(name, request)], 1, tmp_path, said.append)
    bench.run(("create", "update"))
    bench.close()
    assert bench.problems == {name: []}
    assert len(bench.times["create"][name]) == len(bench.times["update"][name]) == 60


class _Forgetful:
    """A driver that leaves out whatever the user may not see, and one contact more."""

    def __init__(self, honest: Driver) -> None:
        self._honest = honest
        self.same_order = honest.same_order

    def __getattr__(self, name: str) -> object:
        return getattr(self._honest, name)

    def names(self, answer: list[object]) -> list[str]:
        return self._honest.names(answer)[1:]


def test_a_driver_that_forgets_a_contact_is_found_out(workload: Workload, tmp_path: Path) -> None:
    honest = load("floor")
    honest.open(tmp_path / "contacts.db")
    honest.import_parts(workload.parts)
    found = disagreements(_Forgetful(honest), Truth(workload))  # type: ignore[arg-type] # it is one in all but type
    honest.close()
    assert any(problem.startswith("page at 0") for problem in found)
    assert any(problem.startswith("search") for problem in found)


def test_a_driver_that_fails_is_named_and_the_others_go_on(workload: Workload, tmp_path: Path) -> None:
    broken, honest = load("floor_lib"), load("floor")
    broken.get = None  # type: ignore[assignment, method-assign] # broken on purpose
    bench = Bench(workload, [broken, honest], 1, tmp_path, lambda _: None)
    bench.run(("get",))
    bench.close()
    assert bench.problems["floor_lib"][0].startswith("agreement: TypeError")
    assert bench.problems["floor"] == []
    assert list(bench.times["get"]) == ["floor"]


def test_ratios_are_of_medians() -> None:
    times = {"import": {"floor": [1.0, 2.0, 9.0], "django": [10.0]}, "get": {"floor": [0.5], "django": [2.0]}}
    result = figures(times, rows=100)
    assert result["import"]["floor"]["rows_per_second"] == 50
    assert result["import"]["django"]["to_floor"] == 5
    assert result["get"]["floor"]["faster_than"] == {"django": 4}
    assert "50 rows/s" in table(result)
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_a_table_has_the_percentiles_of_every_operation() -> None:
    times = {"get": {"floor": [n / 1_000_000 for n in range(1, 101)]}}
    line = figures(times, rows=100)["get"]["floor"]
    assert (line["p90"], line["p99"]) == (91e-6, 100e-6)
    assert "91 us  100 us" in table(figures(times, rows=100))


def test_each_database_has_a_table_and_a_floor_of_its_own() -> None:
    times = {"get": {"floor": [1.0], "contactcore": [2.0], "floor_pg": [10.0], "contactcore_pg": [30.0]}}
    result = figures(times, rows=100)
    assert result["get"]["contactcore"]["to_floor"] == 2
    assert result["get"]["contactcore_pg"]["to_floor"] == 3
    sqlite, postgres = tables(result).split("\n\n")
    assert "contactcore_pg" not in sqlite
    assert "3.00" in postgres


def test_a_driver_without_its_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTACTCORE_POSTGRES_DSN", raising=False)
    with pytest.raises(ImportError, match="--postgres"):
        load("floor_pg")


def test_the_command_writes_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "figures.json"
    arguments = ["--contacts", "200", "--rounds", "1", "--drivers", "floor", "--json", str(target)]
    assert main([*arguments, "--only", "import,get,page_first,page_deep,search,page_few"]) == 0
    written = json.loads(target.read_text(encoding="utf-8"))
    operations = ["import", "get", "page_first", "page_deep", "search", "page_few"]
    assert list(written["operations"]) == operations
    assert all(set(written["operations"][name]) == {"floor"} for name in operations)
    assert "answers agree" in capsys.readouterr().out


def test_the_large_import_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    result = measure(400, tmp_path)
    assert result["floor"]["counts_right"]
    assert result["floor"]["peak_mb"] > 5
    assert result["floor"]["last_to_first"] > 0


@pytest.mark.parametrize("name", ["floor", "contactcore", "sqlalchemy", "django"])
def test_an_import_reports_all_its_rows_as_it_goes(name: str, workload: Workload, tmp_path: Path) -> None:
    for module in _NEEDS.get(name, ()):
        pytest.importorskip(module)
    driver, told = load(name), [0]
    driver.on_progress = told.append
    driver.open(tmp_path / "contacts.db")
    driver.import_parts(workload.parts)
    driver.close()
    assert told == sorted(told)
    assert told[-1] == workload.rows


def test_importing_is_measured_in_fresh_interpreters() -> None:
    stacks = {BARE: "pass", "json": "import json", "nothing": "import q_q"}
    result = measure_modules(rounds=1, stacks=stacks)
    assert result["json"]["seconds"] > 0
    assert result[BARE]["megabytes"] == 0
    assert "nothing" not in result


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--large", "--variants", "bad"], "--large or --variants"),
        (["--chart", "x.svg", "--variants", "bad"], "leave out"),
        (["--chart", "x.svg", "--only", "modules"], "name some in --only"),
        (["--chart", "x.svg", "--drivers", "floor_pg,contactcore_pg"], "name some in --drivers"),
    ],
)
def test_options_that_exclude_each_other_are_refused(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert reason in capsys.readouterr().err
