"""The adversarial files are what their names say, and every stack gives the generator's answers in each of them."""

from __future__ import annotations

import doctest
import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from benchmarks.__main__ import main
from benchmarks.agreement import disagreements
from benchmarks.drivers.choice import VARIED, load
from benchmarks.drivers.protocol import LEFT_OUT, TOP, Driver
from benchmarks.folding import fold
from benchmarks.operations import Bench
from benchmarks.report import left_out
from benchmarks.validation import by_libraries, custom_fields
from benchmarks.variants import VARIANTS, Variant, build
from benchmarks.workload import READER, Counts, generate

from benchmarks import large, rows, validation, variant_table, variants

_MODULES = {"sqlalchemy": ("sqlalchemy", "pydantic"), "django": ("django",)}


def _driver(name: str) -> Driver:
    for module in _MODULES.get(name, ()):
        pytest.importorskip(module)
    return load(name)


def _judged(variant: Variant) -> Counts:
    """Count the rows by the libraries: bad values, and e-mail addresses that an earlier row has."""
    email, phone = by_libraries()
    good = bad = duplicate = 0
    known: set[str] = set()
    for draft in (draft for part in variant.workload.parts for draft in rows.read(part.path)):
        try:
            emails = {email(text).casefold() for text in draft.emails}
            for text in draft.phones:
                phone(text)
            custom_fields(draft.fields)
        except ValueError:
            bad += 1
            continue
        duplicate += not known.isdisjoint(emails)
        good += known.isdisjoint(emails)
        known |= emails
    return Counts(good, bad, duplicate)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_counts_of_a_variant_are_those_of_its_files(name: str, tmp_path: Path) -> None:
    variant = build(name, 200, tmp_path)
    assert _judged(variant) == variant.workload.counts
    assert variant.workload.rows == 200


@pytest.mark.parametrize("driver_name", VARIED)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_stack_gives_the_generators_answers(name: str, driver_name: str, tmp_path: Path) -> None:
    driver, variant = _driver(driver_name), build(name, 80, tmp_path)
    driver.open(tmp_path / "contacts.db")
    try:
        driver.define(variant.workload.fields)
        assert driver.import_parts(variant.workload.parts) == variant.workload.counts
        assert disagreements(driver, variant.truth, variant.searches) == []
    finally:
        driver.close()


@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_seed_makes_the_same_variant(name: str, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    made = []
    for folder in folders:
        folder.mkdir()
        variant = build(name, 60, folder)
        made.append(([part.path.read_bytes() for part in variant.workload.parts], variant.searches))
    assert made[0] == made[1]


def _built(name: str, folder: Path, rows: int = 3_000) -> Variant:
    return build(name, rows, folder)


def test_the_reader_sees_half_a_per_cent_of_the_private_contacts(tmp_path: Path) -> None:
    variant = _built("private", tmp_path)
    seen = len(variant.truth.visible(READER)) / len(variant.truth.entries)
    assert seen == pytest.approx(0.005, abs=0.003)


@pytest.mark.parametrize(
    ("name", "shape", "share"), [("half", "half", 0.5), ("prefixes", "10 letters of the fifth", 0.2)]
)
def test_a_word_has_the_share_of_the_contacts_that_its_variant_names(
    name: str, shape: str, share: float, tmp_path: Path
) -> None:
    variant = _built(name, tmp_path)
    seen = len(variant.truth.visible(READER))
    for text in variant.searches[shape]:
        assert len(variant.truth.search(READER, text)) / seen == pytest.approx(share, abs=0.05)


def test_two_words_that_never_meet_are_frequent_each_and_found_nowhere_together(tmp_path: Path) -> None:
    variant = _built("half", tmp_path)
    for text in variant.searches["two halves that never meet"]:
        assert variant.truth.search(READER, text) == []
        assert all(len(variant.truth.search(READER, word)) > 500 for word in text.split())


@pytest.mark.parametrize("name", ["private", "half", "cyrillic", "duplicates", "export"])
def test_the_words_that_none_has_are_found_nowhere(name: str, tmp_path: Path) -> None:
    variant = _built(name, tmp_path, 400)
    assert variant.searches["no contact"]
    assert all(variant.truth.search(READER, text) == [] for text in variant.searches["no contact"])


def test_half_of_the_rows_have_an_equal_name_and_the_deep_page_is_among_them(tmp_path: Path) -> None:
    variant = _built("equal", tmp_path, 400)
    names = [entry.name for entry in variant.truth.visible(READER)]
    assert Counter(names).most_common(1)[0] == ("Jean Martin", 200)
    assert names[variant.place] == "Jean Martin"
    assert all(len(variant.truth.search(READER, text)) > TOP for text in variant.searches["the equal name"])


def test_all_texts_of_the_cyrillic_file_are_cyrillic(tmp_path: Path) -> None:
    variant = _built("cyrillic", tmp_path, 200)
    letters = {c for entry in variant.truth.entries for c in f"{entry.name}{entry.city}{entry.tags}" if c.isalpha()}
    assert all("а" <= c.lower() <= "я" for c in letters)
    assert all(fold(entry.key) == entry.key for entry in variant.truth.entries)


def test_the_searches_have_every_length_from_1_to_10_and_two_words(tmp_path: Path) -> None:
    searches = _built("prefixes", tmp_path, 400).searches
    lengths = {len(text) for shape, texts in searches.items() if shape.endswith("of the fifth") for text in texts}
    assert set(range(1, 11)) <= lengths
    assert all(len(text.split()) == 2 for text in (*searches["two words"], *searches["the fifth and a first name"]))


def test_a_driver_that_loses_a_custom_field_is_found_out(tmp_path: Path) -> None:
    driver, variant = load("floor"), _built("export", tmp_path, 80)
    driver.open(tmp_path / "contacts.db")
    driver.import_parts(variant.workload.parts)
    for entry in variant.truth.entries:
        entry.fields.pop("badge", None)
    found = disagreements(driver, variant.truth, variant.searches)
    driver.close()
    assert any(": fields" in problem for problem in found)


def test_a_driver_that_differs_in_its_import_takes_part_in_nothing_else(tmp_path: Path) -> None:
    drivers = [_driver("sqlalchemy"), load("sqlalchemy_session")]
    bench = Bench(generate(120, tmp_path), drivers, 1, tmp_path, lambda _: None)
    bench.run(("import", "get"))
    bench.close()
    assert set(bench.times["import"]) == {"sqlalchemy", "sqlalchemy_session"}
    assert set(bench.times["get"]) == {"sqlalchemy"}
    assert bench.problems == {"sqlalchemy": [], "sqlalchemy_session": []}


def test_the_command_measures_the_chosen_variants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "figures.json"
    arguments = ["--variants", "duplicates,bad", "--contacts", "60", "--rounds", "1", "--drivers", "floor,contactcore"]
    assert main([*arguments, "--json", str(target)]) == 0
    written = json.loads(target.read_text(encoding="utf-8"))
    assert list(written["variants"]) == ["duplicates", "bad"]
    line = written["variants"]["duplicates"]["operations"]["search: one contact"]["contactcore"]
    assert {"p50", "p90", "p99", "to_floor"} <= set(line)
    shown = capsys.readouterr().out
    assert "bad: 0 good rows, 60 bad, 0 duplicates" in shown
    assert "floor: without order of a language, " in shown


@pytest.mark.parametrize("module", [large, validation, variant_table, variants])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_the_tables_of_the_page_have_each_variant_and_the_searches_by_letters(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    arguments = ["--variants", "half,prefixes", "--contacts", "60", "--rounds", "1", "--drivers", "floor", "--cpu"]
    assert main([*arguments, "--json", str(target)]) == 0
    chosen, letters = variant_table.tables(json.loads(target.read_text("utf-8"))["variants"]).split("\n\n")
    assert "| half | search: half | - |" in chosen
    assert "| 10 letters of the fifth | - |" in letters


def test_contactcore_leaves_out_nothing_and_the_others_what_the_page_names() -> None:
    assert left_out([load("contactcore")]) == ""
    shown = left_out([load("floor"), load("floor_lib")])
    assert shown == f"floor, floor_lib: without {', '.join(LEFT_OUT)}"
