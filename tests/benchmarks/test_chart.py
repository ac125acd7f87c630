"""The picture of a run shows each driver of each operation by its time."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from benchmarks.chart import chart

_SVG = "{http://www.w3.org/2000/svg}"


def _bars(figures: dict[str, object]) -> list[int]:
    picture = ET.fromstring(chart(figures))
    return [int(one.attrib["width"]) for one in picture.iter(f"{_SVG}rect")][1:]


def test_the_bars_of_an_operation_are_as_long_as_their_times_are_to_each_other() -> None:
    figures = {"contacts": 100, "operations": {"get": {"floor": {"p50": 1e-4}, "django": {"p50": 4e-4}}}}
    floor, django = _bars(figures)
    assert django == 4 * floor


def test_an_import_is_shown_by_its_rows_and_the_other_databases_are_left_out() -> None:
    lines = {"contactcore": {"p50": 2.0}, "contactcore_pg": {"p50": 9.0}}
    figures = {"contacts": 1_000, "operations": {"import": lines}}
    assert "2.0 ms" in chart(figures)
    assert len(_bars(figures)) == 1
