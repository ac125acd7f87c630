"""Templates of text and HTML: placeholders only, escaped for their target, whatever a template or a value holds."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Invalid
from contactcore.formats.documents import Values, Variable, names_in, render
from contactcore.formats.documents.scanning import MOST_PLACEHOLDERS
from contactcore.formats.documents.templates import LONGEST_RESULT, LONGEST_TEMPLATE

pytestmark = pytest.mark.req("PER-6")

VALUES = Values(
    (Variable("a", "text", "A."), Variable("b", "url", "B.")), {"a": "<A>", "b": "https://b.example/?x=1&y=2"}
)
NASTY = st.text(st.sampled_from("<>&\"'{}%#_|\n\t \\;/-!aé😀") | st.characters(exclude_categories=["Cs", "Cc"]))

HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ a.__class__() }}",
    "{{ a|upper }}",
    "{{ a['x'] }}",
    "{{ 'a'*10**9 }}",
    "{{ 7*7 }}",
    "{{ range(10**9)|list }}",
    "{{ a ~ a }}",
    "{{ a if a else b }}",
    "{{ lipsum(n=10**6) }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{{ a }}}",
    "{{ {{ a }} }}",
    "{{- a -}}",
    "{{ }}",
    "{{}}",
    "{{ a b }}",
    "{{ a. }}",
    "{{ a..b }}",
    "{{ <script> }}",
    "{{ a[1 }}",
    "{{ a[99999] }}",
    "{{ " + "a." * 200 + "b }}",
    "{% for x in range(10**9) %}x{% endfor %}",
    "{% set x = 1 %}",
    "{% include '/etc/passwd' %}",
    "{%",
    "{# comment #}",
]


@pytest.mark.parametrize("template", HOSTILE)
@pytest.mark.parametrize("target", ["text", "html"])
def test_what_is_no_placeholder_is_refused_and_named(template: str, target: Any) -> None:
    with pytest.raises(Invalid) as refused:
        render(f"before {template} after", VALUES, target)
    assert refused.value.code == "template-construct"
    assert refused.value.problems[0].facts["construct"].startswith(template[:2])


@pytest.mark.parametrize("name", ["a.__class__", "self", "config", "a.b", "__import__", "values.texts", "A", "a-b"])
def test_nothing_outside_the_catalogue_is_reached(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        render(f"{{{{ {name} }}}}", VALUES)
    assert (refused.value.code, refused.value.value) == ("variable-unknown", name)


def test_all_unknown_variables_are_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        render("{{ x }}{{ a }}{{ y }}{{ x }}", VALUES)
    assert [problem.value for problem in refused.value.problems] == ["x", "y"]


def test_a_placeholder_that_is_not_closed_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        render("{{ a", VALUES)
    assert refused.value.code == "template-syntax"


@pytest.mark.parametrize("text", ["", "{a}", "}} {", "{ {a} }", "100 %}", "a { b", "{"])
def test_other_braces_stay_as_they_are(text: str) -> None:
    assert render(text, VALUES) == text


def test_a_name_is_found_with_any_blanks_around_it() -> None:
    assert render("{{a}}{{  a\n}}{{\u00a0a\t}}", VALUES) == "<A>" * 3
    assert names_in("{{b}}{{ a }}{{ b }}") == ("b", "a")


@given(NASTY)
def test_in_text_a_value_stands_as_it_is_and_is_not_read_again(value: str) -> None:
    values = Values((Variable("a", "text", "A."),), {"a": value})
    assert render("[{{ a }}|{{ a }}]", values) == f"[{value}|{value}]"


def _outcome(template: str, target: Any) -> str:
    """What is made, or the code of the refusal."""
    try:
        return render(template, VALUES, target)  # type: ignore[no-any-return] # the target is only known at run time
    except Invalid as error:
        return f"refused: {error.code}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


@given(NASTY)
def test_in_html_a_value_is_text_in_text_and_in_quotes(value: str) -> None:
    values = Values((Variable("a", "text", "A."),), {"a": value})
    reader = _Reader()
    reader.feed(render("<p title=\"{{ a }}\" lang='{{a}}'>[{{ a }}]</p>", values, "html"))
    reader.close()
    assert reader.text == f"[{value}]"
    assert set(reader.tags) <= {"p", "br"}
    assert reader.attributes == [("title", value), ("lang", value)]


@pytest.mark.parametrize(
    "template",
    [
        "<script>var x = '{{ a }}'</script>",
        "<SCRIPT type='x'>{{ a }}</SCRIPT>",
        "<style>p { color: {{ a }} }</style>",
        "<p class={{ a }}>",
        "<p {{ a }}>",
        "<p {{ a }}='x'>",
        "<{{ a }}>",
        "</{{ a }}>",
        "<x{{ a }}>",
        "<!{{ a }}>",
        '<p onclick="{{ a }}">',
        '<p style="color: {{ a }}">',
        '<iframe srcdoc="{{ a }}">',
        '<a href="javascript:{{ a }}">',
        '<a href = "java{{ a }}">',
        '<p title=">" {{ a }}>',
        "<!--><script>{{ a }}</script>-->",
        "<p title='{{ b }}' class=x{{ a }}",
        '<p title="{{ b }}',
    ],
)
def test_a_placeholder_where_html_cannot_be_escaped_is_refused(template: str) -> None:
    if template == '<p title="{{ b }}':
        template += "<p {{ a }}>"
    with pytest.raises(Invalid) as refused:
        render(template, VALUES, "html")
    assert refused.value.code == "template-place"


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ('<a href="{{ b }}">x</a>', '<a href="https://b.example/?x=1&amp;y=2">x</a>'),
        ("<a href='mailto:{{ a }}'>", "<a href='mailto:&lt;A&gt;'>"),
        ("<title>{{ a }}</title>{{ a }}", "<title>&lt;A&gt;</title>&lt;A&gt;"),
        ("<script>1 < 2</script>{{ a }}", "<script>1 < 2</script>&lt;A&gt;"),
        ("<!-- <p {{ a }}> -->{{ a }}", "<!-- <p &lt;A&gt;> -->&lt;A&gt;"),
        ("1 < 2 {{ a }} <br/>{{ a }}", "1 < 2 &lt;A&gt; <br/>&lt;A&gt;"),
        ('<p title = "x > y" hidden>{{ a }}\ufdd0', '<p title = "x > y" hidden>&lt;A&gt;\ufdd0'),
    ],
)
def test_everywhere_else_in_html_a_value_is_escaped(template: str, made: str) -> None:
    assert render(template, VALUES, "html") == made


def test_a_value_cannot_choose_what_a_link_runs() -> None:
    values = Values((Variable("a", "text", "A."),), {"a": "javascript:alert(1)"})
    with pytest.raises(Invalid) as refused:
        render('<a href="{{ a }}">', values, "html")
    assert refused.value.code == "template-place"


PIECES = [*"<>\"'=/!-{} ab;\n", "{{ a }}", "{{ x }}", "<script>", "</script>", "<p ", "<!--", "{%"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_is_made_or_refused_by_name(template: str) -> None:
    refusals = {"template-construct", "template-syntax", "variable-unknown", "template-place"}
    for target in ("text", "html"):
        made = _outcome(template, target)
        assert made.removeprefix("refused: ") in refusals or "{{" not in made


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("x" * (LONGEST_TEMPLATE + 1), "template-too-long"),
        ("{{ a }}" * (MOST_PLACEHOLDERS + 1), "template-too-many"),
        ("{{" * (LONGEST_TEMPLATE // 2), "template-syntax"),
        ("{{{{ a }} }}" * 10_000, "template-construct"),
        ("{{ x }}" * MOST_PLACEHOLDERS, "variable-unknown"),
        ("<" * (LONGEST_TEMPLATE - 10) + "<p {{a}}", "template-place"),
        ("<p " * 300_000 + "<p {{a}}", "template-place"),
        ("<script>" * 100_000 + "<p {{a}}", "template-place"),
        ("<p a=" + "\"'" * 400_000 + "<p {{a}}", "template-place"),
    ],
)
def test_huge_templates_are_refused_at_once(template: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        render(template, VALUES, "html")
    assert refused.value.code == code
    assert len(str(refused.value)) < 10_000


@pytest.mark.parametrize("filling", ["<!--", "<!-", "<p a='", "</", "<title>", " = ", "<p/", "<a b = "])
def test_html_that_never_ends_is_read_in_one_pass(filling: str) -> None:
    template = (filling * LONGEST_TEMPLATE)[: LONGEST_TEMPLATE - 10] + "{{ a }}"
    made = _outcome(template, "html")
    assert made == "refused: template-place" or "&lt;A&gt;" in made


@pytest.mark.parametrize("target", ["text", "html"])
def test_a_document_never_grows_beyond_its_limit(target: Any) -> None:
    values = Values((Variable("a", "text", "A."),), {"a": "&" * 100_000})
    with pytest.raises(Invalid) as refused:
        render("{{ a }}" * (LONGEST_RESULT // 100_000 + 1), values, target)
    assert refused.value.code == "result-too-long"


@pytest.mark.parametrize(("template", "target"), [(b"x", "text"), ("x", "docx"), (None, "text"), (7, "html")])
def test_a_template_of_another_sort_is_refused(template: Any, target: Any) -> None:
    with pytest.raises(Invalid) as refused:
        render(template, VALUES, target)
    assert refused.value.code == "template-type"


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        render("x", VALUES, "pdf")  # type: ignore[call-overload] # it is refused
    assert refused.value.code == "target-unknown"
