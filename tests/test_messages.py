"""The catalogues of messages: each code in each language, with the same facts, which every raise site gives."""

from __future__ import annotations

import ast
import functools
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound, Problem, StorageError
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.messages.catalogue import MESSAGE_LANGUAGES, catalogue, is_plural, message_of, plural_of, written
from contactcore.model.form import FORM_LANGUAGES
from contactcore.values import EmailAddress

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "codes.md").read_text(encoding="utf-8"), re.MULTILINE)
CONTEXTS = {"row", "sign-in", "access", "authority", "module"}
PLURALS = {
    language: {"one", "few", "many", "other"} if language == "pl" else {"one", "other"}
    for language in MESSAGE_LANGUAGES
}
OTHERS = [language for language in MESSAGE_LANGUAGES if language != "en"]

# Which argument of a call has the code, and which one has the facts; None for a name that gives no facts on.
CALLS = {
    "Forbidden": (1, 2),
    "Invalid": (0, None),
    "Problem": (0, 4),
    "RowProblem": (4, 6),
    "StorageError": (1, 2),
    "_note": (0, None),
    "_problem": (0, None),
    "_report": (0, None),
    "note": (0, None),
    "reject": (0, 3),
}
# The function, and why the codes that it passes on need no facts there.
PASSES_ON = {
    "contactcore/formats/contact_rows/row_context.py": "notes of cells, whose codes are written where they are noted",
    "contactcore/formats/tabular/draft_builder.py": "notes of the reader of tables",
    "contactcore/formats/tabular/records.py": "problems of the reader of tables",
    "contactcore/formats/tabular/reading.py": "notes of the reader of tables",
    "contactcore/formats/tabular/workbooks.py": "notes and problems of the reader of workbooks",
    "contactcore/formats/tabular/workbook_checks.py": "problems of the reader of workbooks",
    "contactcore/formats/vcard/card_reader.py": "problems of lines",
    "contactcore/workspace/imports/planning.py": "notes of rows, whose codes are written where they are noted",
}


@functools.cache
def _entries(language: str) -> dict[str, object]:
    """The entries with the path of their table: `row.duplicate`."""
    found: dict[str, object] = {}
    for code, entry in catalogue(language).items():
        if isinstance(entry, dict) and not is_plural(entry):
            found.update({f"{code}.{inner}": one for inner, one in entry.items()})
        else:
            found[code] = entry
    return found


def _sentences(entry: object) -> list[str]:
    return [text for key, text in entry.items() if key != "by"] if isinstance(entry, dict) else [str(entry)]


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _facts_of(entry: object) -> set[str]:
    names = set().union(*map(_names, _sentences(entry)))
    return names | ({entry["by"]} if isinstance(entry, dict) else set())


NEEDED = {code: facts for code, entry in _entries("en").items() if (facts := _facts_of(entry))}


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", MESSAGE_LANGUAGES)
def test_each_catalogue_has_the_codes_of_the_page_and_no_others(language):
    codes = {code for code in _entries(language) if "." not in code}
    assert codes - set(NAMED) == set()
    assert set(NAMED) - codes == set()
    contexts = {code.partition(".")[0] for code in _entries(language) if "." in code}
    assert contexts == CONTEXTS


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", OTHERS)
def test_each_catalogue_has_the_entries_and_the_facts_of_the_english_one(language):
    english, entries = _entries("en"), _entries(language)
    assert list(entries) == list(english)
    assert {code: _facts_of(entry) for code, entry in entries.items()} == {
        code: _facts_of(entry) for code, entry in english.items()
    }


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", MESSAGE_LANGUAGES)
def test_each_entry_is_a_whole_sentence_in_every_plural_category_of_its_language(language):
    for code, entry in _entries(language).items():
        if isinstance(entry, dict):
            assert set(entry) - {"by"} == PLURALS[language], code
        for text in _sentences(entry):
            assert re.fullmatch(r"\S.*[.}]", text), (language, code, text)
            assert "  " not in text, (language, code, text)
            assert text[0].isupper() or text[0] == "{" or text.startswith("users "), (language, code, text)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", OTHERS)
def test_no_message_was_left_in_english(language):
    english = _entries("en")
    same = {code for code, entry in _entries(language).items() if entry == english[code]}
    assert same == set()


def _numbers(entry: object) -> set[str]:
    """The numbers that are written out, without the signs between groups of three digits."""
    texts = (re.sub(r"(?<=\d)[.,\s](?=\d{3}(?!\d))", "", text) for text in _sentences(entry))
    return {number for text in texts for number in re.findall(r"\d+", text)}


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", OTHERS)
def test_each_catalogue_writes_the_numbers_of_the_english_one(language):
    english, entries = _entries("en"), _entries(language)
    assert _numbers(english["row-too-wide"]) == {"10000"}
    assert {code: _numbers(entry) for code, entry in entries.items()} == {
        code: _numbers(entry) for code, entry in english.items()
    }


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _argument(node: ast.Call, place: int | None, name: str) -> ast.expr | None:
    for word in node.keywords:
        if word.arg == name:
            return word.value
    given = [one for one in node.args if not isinstance(one, ast.Starred)]
    return given[place] if place is not None and place < len(given) == len(node.args) else None


def _dicts_of(scope: ast.AST) -> dict[str, set[str]]:
    """Name of a variable -> the keys of the dicts that are assigned to it in a function."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            keys = {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found[target.id] = keys
    return found


def _constants(tree: ast.Module) -> dict[str, str]:
    """The names of texts that a module defines."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@functools.cache
def _sites():
    return list(_read_sites())


def _read_sites():
    """File, line, code (None for one that is not written there), the expression of a code that is passed on, and the
    given facts (None for unknown) of each call.
    """
    for path in sorted((ROOT / "src").rglob("*.py")):
        if "testing" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known, names = _dicts_of(tree), _constants(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and (places := CALLS.get(_called(node)))):
                continue
            code, facts = _argument(node, places[0], "code"), _argument(node, places[1], "facts")
            given: set[str] | None = set()
            if isinstance(facts, ast.Dict):
                given = {key.value for key in facts.keys if isinstance(key, ast.Constant)}
            elif isinstance(facts, ast.Name) and facts.id in known:
                given = known[facts.id]
            elif facts is not None:
                given = None
            text = names.get(code.id) if isinstance(code, ast.Name) else getattr(code, "value", None)
            text = text if isinstance(text, str) else None
            starred = any(isinstance(one, ast.Starred) for one in node.args)
            if code is not None or starred:
                passed = ast.unparse(code) if isinstance(code, ast.Attribute) and code.attr == "code" else ""
                yield path.relative_to(ROOT / "src").as_posix(), node.lineno, text, passed, given


@pytest.mark.req("DIR-17")
def test_each_raise_site_gives_the_facts_that_its_message_needs():
    sites = [site for site in _sites() if site[2] in NEEDED]
    assert {code for _, _, code, _, _ in sites} >= {"text-too-long", "too-many", "extra-missing", "blocked-by-host"}
    lacking = [(file, line, code) for file, line, code, _, given in sites if given is not None and NEEDED[code] - given]
    assert lacking == []


@pytest.mark.req("DIR-17")
def test_a_code_that_is_passed_on_keeps_its_facts():
    """A call whose code is an attribute of another problem hands on the facts of that problem too."""
    lost = [
        (file, line)
        for file, line, text, passed, given in _sites()
        if text is None and passed and given is not None
        if file not in PASSES_ON and not passed.startswith("self.")
    ]
    assert lost == []


@pytest.mark.req("DIR-17")
@given(st.sampled_from(MESSAGE_LANGUAGES), st.integers(0, 999_999))
def test_the_plural_category_of_a_number_is_that_of_the_cldr(language, count):
    assert plural_of(language, count) == Locale.parse(language).plural_form(count)


@pytest.mark.req("DIR-17")
@given(st.sampled_from(MESSAGE_LANGUAGES), st.integers(0, 10**12))
def test_a_number_is_written_as_the_cldr_says(language, count):
    if language in {"pl", "es"} and 1_000 <= count <= 9_999:
        assert written(count, language) == str(count)  # minimumGroupingDigits of the CLDR, which babel leaves out
    else:
        assert written(count, language) == format_decimal(count, locale=language)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", MESSAGE_LANGUAGES)
@given(st.data())
def test_no_fact_breaks_a_message(language, data):
    code = data.draw(st.sampled_from(sorted(_entries(language))))
    entry = _entries(language)[code]
    values = st.one_of(st.integers(0, 10**6), st.text(), st.none(), st.lists(st.text(max_size=5), max_size=3))
    facts = {name: data.draw(values) for name in _facts_of(entry)}
    context, _, inner = code.rpartition(".")
    message = message_of(inner, language, facts, context=context)
    assert message
    assert "{" not in re.sub(r"\{[^a-z]?", "", message) or any("{" in written(one, language) for one in facts.values())
    assert "\n" not in message


@pytest.mark.req("DIR-17")
def test_the_message_of_a_problem_in_french_has_its_facts():
    with pytest.raises(Invalid) as caught:
        EmailAddress("ann@" + "example." * 300 + "org")
    assert caught.value.problems[0].message_in("fr") == "Une adresse e-mail compte au plus 254 caractères."
    assert caught.value.message_in("pl-PL") == "Adres e-mail może mieć najwyżej 254 znaki."
    assert caught.value.under("emails[1]").message_in("pl") == "emails[1]: Adres e-mail może mieć najwyżej 254 znaki."


@pytest.mark.req("DIR-17")
def test_english_is_the_message_that_was_raised_and_replaces_a_language_without_a_catalogue():
    problem = Problem("date-syntax", "birthday", "Write the date as 1969-04-03, --05-20 or 1969-04.")
    assert problem.message_in("en-GB") == problem.message_in("nl") == problem.message_in("") == problem.message
    assert message_of("date-syntax", "nl") == "Write the date as 2026-12-31."


@pytest.mark.req("DIR-17")
def test_a_missing_fact_or_an_unknown_code_gives_the_message_that_was_raised():
    assert Problem("password-too-short", "", "Too short.").message_in("fr") == "Too short."
    assert Problem("of-a-newer-release", "", "Never seen.").message_in("fr") == "Never seen."


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    "error",
    [
        NotFound("contact", "7"),
        Duplicate("tag vip"),
        Conflict(None, None),
        Forbidden("No.", "admin-only"),
        StorageError("Full.", "storage-full"),
        Invalid("too-many", "Too many.", facts={"limit": 3}),
    ],
)
@pytest.mark.parametrize("language", OTHERS)
def test_each_error_has_its_message_in_the_language(error, language):
    assert error.message_in("en") == str(error)
    assert error.message_in(language) not in {str(error), ""}


@pytest.mark.req("DIR-17")
def test_a_line_of_a_report_keeps_its_facts_where_it_is_stored():
    problem = RowProblem.of(Problem("text-too-long", "Note", "Too long.", "x", {"limit": 1000, "length": 2000}), 7)
    stored = RowProblem(*problem.as_list())
    assert stored == problem
    assert stored.message_in("pl") == problem.message_in("pl") != "Too long."
    assert RowProblem.of(Problem("delimiter", "", "?", None, {"line": 1, "severity": "note"}), 1).as_list()[5:] == []


@pytest.mark.req("DIR-17")
def test_the_languages_of_messages_are_among_those_of_forms():
    assert set(MESSAGE_LANGUAGES) <= set(FORM_LANGUAGES)


def test_no_catalogue_is_read_before_a_message_is_asked_for():
    code = (
        "import sys, contactcore\n"
        "from contactcore.messages.catalogue import catalogue\n"
        "assert catalogue.cache_info().currsize == 0 and 'tomllib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
