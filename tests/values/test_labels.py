"""Tags, languages and dates of which a part may be unknown."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.values import Language, PartialDate, Tag


@pytest.mark.req("DIR-6")
@pytest.mark.parametrize("other", ["vip  client", " VIP\tCLIENT ", "ＶＩＰ Client", "VIP\u00a0client"])
def test_tags_are_equal_whatever_their_case_width_and_blanks(other: str) -> None:
    assert Tag("VIP Client") == Tag(other)
    assert len({Tag("VIP Client"), Tag(other)}) == 1


def test_a_tag_keeps_its_first_spelling_and_its_accents() -> None:
    assert str(Tag(" Été  2026 ")) == "Été 2026"
    assert Tag("Été") != Tag("Ete")
    assert Tag.restore("Été") == Tag("Été")


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\ufeff\u00ad"])
def test_a_tag_needs_a_name(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Tag(text)
    assert refused.value.code == "tag-empty"


@pytest.mark.req("SIT-3")
@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("fr", "fr"),
        ("FR_ca", "fr-CA"),
        ("pl_PL.UTF-8", "pl-PL"),
        ("ca_ES@valencia", "ca-ES"),
        ("ZH-hANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        ("en-x-US-Test", "en-x-us-test"),
    ],
)
def test_a_language_is_written_in_its_normal_case(text: str, tag: str) -> None:
    assert str(Language(text)) == tag
    assert Language(text).base == tag[:2]


@pytest.mark.parametrize("text", ["", "f", "français", "fr-", "en--US", "12", "x" * 70])
def test_what_is_no_language_tag_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Language(text)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("1969-04-03", "1969-04-03"),
        ("19690403", "1969-04-03"),
        ("1969-4-3", "1969-04-03"),
        ("1969-04-03T12:00:00Z", "1969-04-03"),
        ("1969-04", "1969-04"),
        ("1969", "1969"),
        ("--05-20", "--05-20"),
        ("--0520", "--05-20"),
        ("--05", "--05"),
        ("--02-29", "--02-29"),
        ("2000-02-29", "2000-02-29"),
        ("0001-01-01", "0001-01-01"),
    ],
)
def test_a_date_is_read_as_far_as_it_is_known(text: str, spelled: str) -> None:
    assert str(PartialDate.parse(text)) == spelled


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date-empty"),
        ("1969-13-01", "date-range"),
        ("1969-02-29", "date-range"),
        ("1900-02-29", "date-range"),
        ("--04-31", "date-range"),
        ("0000-01-01", "date-range"),
        ("---20", "date-syntax"),
        ("3/4/1969", "date-syntax"),
        ("yesterday", "date-syntax"),
        ("１９６９-04-03", "date-syntax"),
    ],
)
def test_a_date_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        PartialDate.parse(text)
    assert refused.value.code == code


def test_the_parts_of_a_date_are_checked_together() -> None:
    for parts, code in [
        ({"day": 3}, "date-incomplete"),
        ({"year": 1969, "day": 3}, "date-incomplete"),
        ({}, "date-empty"),
    ]:
        with pytest.raises(Invalid) as refused:
            PartialDate(**parts)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        PartialDate(year=True)
    assert PartialDate(1969, 4, 3).is_whole
    assert not PartialDate(1969, 4).is_whole


@given(day=st.dates())
def test_every_day_of_the_calendar_is_read(day: dt.date) -> None:
    date = PartialDate.parse(day.isoformat())
    assert (date.year, date.month, date.day) == (day.year, day.month, day.day)
    assert str(date) == day.isoformat()
