"""A form is plain, accessible HTML in the visitor's language; every text in it is escaped (IMP-6)."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Form, FormField, Invalid, Settings
from contactcore.errors import Problem
from contactcore.formats.forms.asked import asked_fields
from contactcore.formats.forms.layout import FormPage, form_html, notice_html
from contactcore.formats.forms.reading import LARGEST_POST, posted, read_fields, size_of
from contactcore.formats.forms.wording import chosen_language, label_of, message_of, word
from contactcore.model import FieldDefinition
from contactcore.model.form import FORM_FIELDS, FORM_LANGUAGES
from support.entity_strategies import texts
from support.web_forms import Page

pytestmark = pytest.mark.req("IMP-6")

KINDS = ("text", "long-text", "number", "date", "yes-no", "choice", "choices", "email", "phone", "url")
SETTINGS = Settings(
    fields=[FieldDefinition(slug=kind, name=f"<{kind}>", type=kind, choices=["a&b", "c"]) for kind in KINDS]
)
EVERYTHING = {
    makes: Form(
        "Everything",
        id="7",
        makes=makes,
        fields=[
            *(FormField(name, required=True, help={"": "1 < 2"}) for name in names),
            *(FormField(f"fields.{kind}") for kind in KINDS),
        ],
        title={"": "Write to us"},
        introduction={"fr": "Bonjour\nà tous"},
        consent={"": "I agree."},
        consent_version="1",
    )
    for makes, names in FORM_FIELDS.items()
}


def page_of(form: Form, language: str = "en", **more: Any) -> str:
    return form_html(FormPage(form=form, asked=asked_fields(form, SETTINGS), language=language, token="signed", **more))


def all_problems(form: Form) -> tuple[Problem, ...]:
    names = [field.name for field in form.fields]
    return tuple(Problem("field-required", name, "") for name in (*names, "cc_consent", ""))


@pytest.mark.parametrize("makes", FORM_FIELDS)
@pytest.mark.parametrize("language", FORM_LANGUAGES)
@pytest.mark.parametrize("wrong", [False, True])
def test_each_control_has_a_label_and_its_help_and_errors_are_tied_to_it(
    makes: str, language: str, wrong: bool
) -> None:
    form = EVERYTHING[makes]
    problems = all_problems(form) if wrong else ()
    page = Page(page_of(form, language, problems=problems, reason="form-invalid" if wrong else ""))
    assert page.problems == []
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    labelled = {one["for"] for one in page.all("label")}
    controls = [one for one in page.all("input", "select", "textarea") if one.get("type") != "hidden"]
    assert {one["id"] for one in controls} == labelled
    described = [id for _, one in page.elements for id in one.get("aria-describedby", "").split()]
    assert set(described) <= set(ids)
    assert {one["href"][1:] for one in page.all("a")} <= set(ids)
    for field in form.fields:
        if field.name != "fields.choices":
            control = page.named(field.name)
            assert (control.get("aria-invalid") == "true") is wrong
            assert any(id.endswith("-error") for id in control.get("aria-describedby", "").split()) is wrong
    assert len(page.all("a")) == (len(form.fields) + 1 if wrong else 0)
    assert [one.get("lang") for one in page.all("form")] == [language]


@pytest.mark.parametrize("makes", FORM_FIELDS)
def test_a_form_needs_no_script_and_no_style(makes: str) -> None:
    form = EVERYTHING[makes]
    html = page_of(form, problems=all_problems(form), reason="form-invalid")
    page = Page(html)
    assert not page.all("script", "style", "link", "iframe", "object", "img", "base", "meta")
    attributes = {name for _, one in page.elements for name in one}
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert "javascript:" not in html


def test_controls_have_the_type_and_the_autocomplete_token_of_their_field() -> None:
    page = Page(page_of(EVERYTHING["person"]))
    tokens = {name: page.named(name).get("autocomplete") for name in FORM_FIELDS["person"]}
    assert tokens == {
        "prefix": "honorific-prefix",
        "given_name": "given-name",
        "family_name": "family-name",
        "birthday": "bday",
        "email": "email",
        "phone": "tel",
        "website": "url",
        "street": "address-line1",
        "street2": "address-line2",
        "postal_code": "postal-code",
        "city": "address-level2",
        "region": "address-level1",
        "country": "country-name",
        "message": "off",
    }
    types = {name: page.named(name).get("type") for name in ("email", "phone", "website", "birthday", "fields.date")}
    assert list(types.values()) == ["email", "tel", "url", "date", "date"]
    assert page.named("fields.number")["inputmode"] == "decimal"
    assert Page(page_of(EVERYTHING["company"])).named("name")["autocomplete"] == "organization"


def test_people_neither_see_the_trap_nor_reach_it_with_the_keyboard() -> None:
    html = page_of(EVERYTHING["person"])
    assert re.search(r'<div hidden><label [^>]*>Leave this field empty</label>\n<input [^>]*name="cc_more"', html)
    trap = Page(html).named("cc_more")
    assert (trap["tabindex"], trap["autocomplete"], "required" in trap) == ("-1", "off", False)


def test_the_consent_is_never_given_beforehand() -> None:
    box = Page(page_of(EVERYTHING["person"], values={"cc_consent": "yes"})).named("cc_consent")
    assert (box["type"], "checked" in box, "required" in box) == ("checkbox", False, True)


@given(text=texts())
def test_every_text_of_the_admin_and_of_the_visitor_is_escaped(text: str) -> None:
    hostile = f"{text}<b onload=x>\"'&</textarea></form>"
    named = {name: {"": hostile} for name in ("title", "introduction", "button", "thanks", "consent")}
    fields = [FormField(name, label=hostile, help=hostile) for name in ("email", "message")]
    form = Form("X", id="7", fields=[*fields, "fields.choice", "fields.choices"], consent_version="1", **named)
    values = {"email": hostile, "message": hostile, "fields.choice": hostile, "fields.choices": (hostile, "c")}
    asked = tuple(
        attrs.evolve(one, definition=attrs.evolve(one.definition, choices=[hostile, "c"])) if one.definition else one
        for one in asked_fields(form, SETTINGS)
    )
    page = Page(
        form_html(
            FormPage(
                form=form,
                asked=asked,
                language="en",
                token=hostile,
                action=hostile,
                values=values,
                reason="form-invalid",
                problems=(Problem("x", "email", hostile, hostile),),
            )
        )
    )
    assert page.problems == []
    assert not page.all("b")
    assert len(page.all("form")) == 1
    assert page.named("email")["value"] == hostile
    notice = Page(notice_html("form-received", "en", hostile))
    assert (notice.problems, [tag for tag, _ in notice.elements if tag != "br"]) == ([], ["p"])


def test_what_was_typed_and_chosen_is_there_again() -> None:
    form = EVERYTHING["person"]
    values = {"email": "jo@", "message": "\na", "fields.choice": "c", "fields.choices": ("a&b",), "fields.yes-no": "no"}
    html = page_of(form, values=values)
    assert 'value="jo@"' in html
    assert ">\n\na</textarea>" in html
    page = Page(html)
    assert [one["value"] for one in page.all("option") if "selected" in one] == ["no", "c"]
    assert [one["value"] for one in page.all("input") if "checked" in one] == ["a&b"]


@pytest.mark.parametrize("language", FORM_LANGUAGES)
def test_each_language_has_all_labels_and_messages(language: str) -> None:
    names = {name for fields in FORM_FIELDS.values() for name in fields}
    assert all(label_of(name, language) for name in names)
    codes = [
        *("received", "invalid", "trap", "too-fast", "expired", "forged", "used", "changed", "closed", "limited"),
        *("too-large", "field-unknown"),
    ]
    messages = {message_of(f"form-{code}", language) for code in codes}
    assert len(messages) == len(codes)
    assert message_of("nothing-known", language) not in messages
    for code in ("email-syntax", "phone-too-short", "website-scheme", "date-syntax", "field-not-number", "text-nul"):
        assert message_of(code, language) != message_of("nothing-known", language)
    if language != "en":
        assert all(message_of(f"form-{code}", "en") not in messages for code in codes)
    assert len({word(name, language) for name in ("required", "send", "trap", "yes", "no", "choose")}) == 6


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("fr", "fr"),
        ("FR_ca", "fr"),
        ("de-AT,en;q=0.5", "en"),
        ("nl,fr;q=0.1,en;q=0.7", "en"),
        ("", "en"),
        ("*", "en"),
        ("zh", "en"),
        (";q=,fr;q=x,\0", "fr"),
        (",".join(["x"] * 10_000), "en"),
    ],
)
def test_the_language_of_a_page_is_one_of_the_form(wanted: str, chosen: str) -> None:
    assert chosen_language(wanted, ("en", "fr")) == chosen


# Definitions


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"name": ""}, "name", "form-nameless"),
        ({"fields": ["email", "salary"]}, "fields[1]", "form-field-unknown"),
        ({"fields": ["email", "name"]}, "fields[1]", "form-field-unknown"),
        ({"fields": ["email", FormField("email", required=True)]}, "fields[1]", "form-field-twice"),
        ({"fields": ["message"]}, "fields", "form-anonymous"),
        ({"fields": [f"fields.f{number}" for number in range(51)]}, "fields", "too-many"),
        ({"makes": "site"}, "makes", "kind-unknown"),
        ({"languages": ["nl"]}, "languages[0]", "form-language-unknown"),
        ({"title": {"nl": "x"}}, "title['nl']", "form-language-unknown"),
        ({"consent": "I agree."}, "consent_version", "form-consent-version"),
        ({"return_to": "javascript:alert(1)"}, "return_to", "form-return-page"),
        ({"return_to": "//evil.example"}, "return_to", "form-return-page"),
        ({"return_to": "/\\evil.example"}, "return_to", "form-return-page"),
        ({"return_to": "https://a@evil.example"}, "return_to", "form-return-page"),
        ({"min_seconds": 3_601}, "min_seconds", "form-age"),
        ({"max_hours": 0}, "max_hours", "form-age"),
        ({"access": "public"}, "access", "access-unknown"),
    ],
)
def test_a_definition_that_cannot_be_meant_is_refused_by_its_field(change: Any, path: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Form(**{"name": "Contact", "fields": ["email"], **change})
    assert (path, code) in [(problem.path, problem.code) for problem in refused.value.problems]


@pytest.mark.parametrize("page", ["", "/thanks", "/thanks?a=1#b", "https://www.acme.example/merci", "http://localhost"])
def test_a_page_to_return_to_is_an_address_or_a_path(page: str) -> None:
    assert Form("Contact", fields=["email"], return_to=page).return_to == page


# Reading


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [("fr", "1,5", 1.5), ("en", "1.5", 1.5), ("de", "1.234,5", 1234.5), ("pl", "1 234,5", 1234.5), ("fr", "1.5", 1.5)],
)
def test_numbers_are_read_as_people_of_the_language_write_them(language: str, typed: str, read: float) -> None:
    asked = asked_fields(EVERYTHING["person"], SETTINGS)
    found = read_fields(
        [one for one in asked if one.name == "fields.number"], {"fields.number": typed}, country="", language=language
    )
    assert found.values == {"fields.number": read}


@pytest.mark.parametrize(("language", "typed"), [("fr", "2026-06-05"), ("fr", "05/06/2026"), ("de", "5.6.2026")])
def test_dates_are_read_as_browsers_and_people_write_them(language: str, typed: str) -> None:
    asked = [one for one in asked_fields(EVERYTHING["person"], SETTINGS) if one.name in {"birthday", "fields.date"}]
    found = read_fields(asked, {"birthday": typed, "fields.date": typed}, country="", language=language)
    assert {name: str(value) for name, value in found.values.items()} == dict.fromkeys(
        ("birthday", "fields.date"), "2026-06-05"
    )


@pytest.mark.parametrize(("country", "home"), [("Allemagne", "FR"), ("", "DE"), ("nowhere", "DE")])
def test_a_number_is_read_with_the_country_of_the_visitor_else_with_that_of_the_firm(country: str, home: str) -> None:
    asked = [one for one in asked_fields(EVERYTHING["person"], SETTINGS) if one.name in {"phone", "country"}]
    asked = [attrs.evolve(one, required=False) for one in asked]
    found = read_fields(asked, {"phone": "030 123456", "country": country}, country=home, language="fr")
    assert str(found.values["phone"]) == "+4930123456"


@given(
    fields=st.dictionaries(
        st.one_of(texts(), st.sampled_from(["email", "birthday", "fields.number", "fields.choices", "cc_token"])),
        st.one_of(texts(), st.lists(texts(), max_size=3), st.integers(), st.none(), st.binary(max_size=5)),
        max_size=6,
    ),
    language=st.sampled_from(FORM_LANGUAGES),
)
def test_whatever_comes_is_read_or_refused_by_name(fields: Any, language: str) -> None:
    came = posted(fields)
    asked = tuple(attrs.evolve(one, required=False) for one in asked_fields(EVERYTHING["person"], SETTINGS))
    found = read_fields(asked, came.values, country="FR", language=language)
    for problem in (*came.problems, *found.problems):
        assert problem.code
        assert message_of(problem.code, language)
    assert set(found.values) <= {one.name for one in asked}
    assert size_of(fields) >= 0


def test_too_many_fields_are_too_large() -> None:
    assert size_of({str(number): "" for number in range(501)}) > LARGEST_POST
    assert size_of({"a": [""] * 501}) > LARGEST_POST
