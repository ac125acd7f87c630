"""The templates of messages: placeholders, and nothing that could do harm."""

from __future__ import annotations

import html
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Invalid
from contactcore.formats.letters import LETTERS, check_letters, write_letter
from contactcore.formats.placeholders import LONGEST_RESULT, LONGEST_TEMPLATE, Template

VALUES = {
    "name": "Zoë",
    "firm": "Bois & Fils",
    "login": "zoe@bois.fr",
    "email": "zoe@sud.fr",
    "link": "https://bois.fr/?a=1&b=2",
    "hours": "48",
    "contact": "<b>ACME</b>",
    "by": "Amélie",
    "form": "Contact & <questions>",
}


@pytest.mark.req("POR-3")
@pytest.mark.req("POR-4")
@pytest.mark.req("NOT-5")
@pytest.mark.parametrize("language", ["en", "fr", "de", "pl", "es", "it"])
@pytest.mark.parametrize("slug", sorted(LETTERS))
def test_every_letter_is_there_in_six_languages_as_text_and_html(slug: str, language: str) -> None:
    values = {name: VALUES[name] for name in LETTERS[slug]}
    letter = write_letter(slug, language, values)
    assert str(letter.language) == language
    assert "\n" not in letter.subject
    assert "{{" not in letter.subject + letter.text + letter.html
    for name in set(LETTERS[slug]) - {"contact", "hours"}:
        assert values[name] in letter.text
        assert html.escape(values[name]) in letter.html
    if "link" in values:
        assert 'href="https://bois.fr/?a=1&amp;b=2"' in letter.html
        assert "48" in letter.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("fr-CA", "fr"),
        ("pl-PL", "pl"),
        ("de-AT", "de"),
        ("es-MX", "es"),
        ("it-CH", "it"),
        ("ja", "en"),
        ("en-GB", "en"),
    ],
)
def test_a_language_without_letters_gets_the_nearest(asked: str, found: str) -> None:
    assert str(write_letter("welcome", asked, VALUES).language) == found


@pytest.mark.parametrize("slug", sorted(LETTERS))
def test_a_missing_variable_is_named(slug: str) -> None:
    for missing in LETTERS[slug]:
        values = {name: VALUES[name] for name in LETTERS[slug] if name != missing}
        with pytest.raises(Invalid) as refused:
            write_letter(slug, "en", values)
        assert refused.value.code == "variable-unknown"
        assert refused.value.value == missing


@given(value=st.text(max_size=200))
def test_a_value_is_text_in_html_and_never_markup(value: str) -> None:
    filled = Template.read('<a href="{{ link }}">{{ link }}</a>').fill({"link": value}, html=True)
    assert re.fullmatch(r'<a href="[^"<>]*">[^<>]*</a>', filled, re.DOTALL)
    assert html.unescape(filled) == f'<a href="{value}">{value}</a>'


@given(value=st.text(max_size=200))
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert Template.read("{{ a }}").fill({"a": value + "{{ b }}"}) == value + "{{ b }}"


def test_a_subject_stays_on_its_line() -> None:
    letter = write_letter("responsible-assigned", "en", {**VALUES, "contact": "ACME\r\nBcc: all@x.example"})
    assert letter.subject == "You look after ACME Bcc: all@x.example"


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ name.__init__() }}",
        "{{ name|upper }}",
        "{{ 'a' * 10**9 }}",
        "{{ range(10**9)|list }}",
        "{% for x in range(10**9) %}x{% endfor %}",
        "{% set x = 'a' * 10**9 %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro a() %}{{ a() }}{% endmacro %}",
        "{{ name['x'] }}",
        "{{ name ~ name }}",
        "{{ 1 if name else 2 }}",
        "{{ self }}{{ self() }}",
        "{{ 42 }}",
        "{{ none }}",
        "{% if name %}x{% endif %}",
    ],
)
def test_a_template_holds_placeholders_and_nothing_else(hostile: str) -> None:
    with pytest.raises(Invalid) as refused:
        Template.read(f"Hello\n{hostile}")
    assert refused.value.code in ("template-not-plain", "template-syntax")
    assert "ine 2" in str(refused.value)


@pytest.mark.parametrize("secret", ["{{ name.__class__ }}", "{{ config }}", "{{ self }}", "{{ a.b.c }}"])
def test_a_name_that_was_not_given_is_unknown_and_nothing_is_looked_up(secret: str) -> None:
    with pytest.raises(Invalid) as refused:
        Template.read(secret).fill({"name": "Jo"})
    assert refused.value.code == "variable-unknown"
    assert refused.value.value == secret.strip("{ }")


@pytest.mark.parametrize(
    "broken", ["{{", "{{ name", "{{ }}", "{{ name }", "{% raw", "{# a", "{{ 9" + "9" * 5_000 + " }}", "{{ na\0me }}"]
)
def test_a_broken_template_is_one_plain_refusal(broken: str) -> None:
    with pytest.raises(Invalid) as refused:
        Template.read(broken)
    assert refused.value.code in ("template-syntax", "template-not-plain")


@pytest.mark.parametrize(
    "deep",
    ["{{ " + "(" * 40_000 + "a" + ")" * 40_000 + " }}", "{{ " + "-" * 90_000 + "a }}", "{{ a" + ".a" * 45_000 + " }}"],
)
def test_an_intricate_template_is_refused(deep: str) -> None:
    with pytest.raises(Invalid):
        Template.read(deep)


def test_templates_and_what_comes_of_them_have_limits() -> None:
    with pytest.raises(Invalid) as refused:
        Template.read("x" * (LONGEST_TEMPLATE + 1))
    assert refused.value.code == "template-too-long"
    long = Template.read("{{ a }}" * 1_000)
    assert len(long.fill({"a": "x" * (LONGEST_RESULT // 1_000)})) == LONGEST_RESULT
    with pytest.raises(Invalid) as refused:
        long.fill({"a": "x" * (LONGEST_RESULT // 1_000 + 1)})
    assert refused.value.code == "result-too-long"


def test_a_workspace_has_letters_of_its_own() -> None:
    own = {
        "welcome": {"fr": {"subject": "Bonjour {{ name }}"}, "ja": {"subject": "{{ firm }}", "text": "{{ link }}"}},
        "birthday": {"en": {"subject": "Hurray", "text": "{{ a }}"}},
    }
    check_letters({"welcome": own["welcome"]})
    letter = write_letter("welcome", "fr", VALUES, own)
    assert letter.subject == "Bonjour Zoë"
    assert letter.html == write_letter("welcome", "fr", VALUES).html
    assert write_letter("welcome", "en", VALUES, own) == write_letter("welcome", "en", VALUES)
    assert write_letter("birthday", "de", {"a": "b"}, own).text == "b"


def test_html_belongs_to_its_text() -> None:
    only_text = {"welcome": {"en": {"text": "Hi {{ name }}"}}}
    assert write_letter("welcome", "en", VALUES, only_text).html == ""
    with pytest.raises(Invalid) as refused:
        check_letters({"welcome": {"en": {"html": "<p>Hi</p>"}}})
    assert (refused.value.code, refused.value.path) == ("letter-incomplete", "welcome.en.text")


def test_all_faults_of_the_workspaces_letters_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check_letters(
            {
                "welcome": {"en": {"subject": "{{ naem }}"}, "fr": {"text": "{{ a|b }}"}},
                "set-password": {"FR": {"subject": "x"}, "pl": {"body": "x"}},
                "responsible-assigned": {"ja": {"subject": "x"}, "english": {"subject": "x"}, "pol": {}},
                "welcom": {"en": {"subject": "x", "text": "x"}},
            }
        )
    assert {(problem.path, problem.code) for problem in refused.value.problems} == {
        ("welcome.en.subject", "variable-unknown"),
        ("welcome.fr.text", "template-not-plain"),
        ("set-password.FR", "language-syntax"),
        ("set-password.pl.body", "letter-part-unknown"),
        ("responsible-assigned.ja.text", "letter-incomplete"),
        ("responsible-assigned.english", "language-unknown"),
        ("responsible-assigned.pol", "language-unknown"),
        ("welcom", "letter-unknown"),
    }


def test_an_unknown_letter_is_named_with_those_there_are() -> None:
    with pytest.raises(Invalid) as refused:
        write_letter("welcom", "en", VALUES)
    assert refused.value.code == "letter-unknown"
    assert "welcome" in str(refused.value)


def test_a_missing_extra_is_one_plain_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(Invalid) as refused:
        Template.read("a template that was never read before: {{ name }}")
    assert refused.value.code == "extra-missing"
    assert "pip install 'contactcore[portal]'" in str(refused.value)
