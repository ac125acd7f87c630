"""Word documents: real ones, made and read back with python-docx, and hostile ones (PER-6)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore import Invalid
from contactcore.formats.documents import Values, Variable, missing, names_in, render
from support.word import docx_of

pytestmark = pytest.mark.req("PER-6")

VALUES = Values(
    (Variable("a", "text", "A."), Variable("b", "text", "B.")), {"a": "<A> & {{ b }}", "b": "two\nlines\tand"}
)
MAIN = "word/document.xml"


def _read(data: bytes) -> Any:
    return Document(io.BytesIO(data))


def _texts(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in _read(data).paragraphs]


def _with_parts(
    data: bytes,
    change: Callable[[str, bytes], bytes],
    more: dict[str, bytes] | None = None,
    packing: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A document whose parts were changed by hand."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", packing) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return target.getvalue()


def _with_body(data: bytes, xml: str) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"<w:body>", f"<w:body>{xml}".encode()) if name == MAIN else part

    return _with_parts(data, change, packing=zipfile.ZIP_STORED)


def _outcome(template: bytes) -> tuple[bytes, str]:
    """What is made, or the code of the refusal."""
    try:
        return render(template, VALUES, "docx"), ""
    except Invalid as error:
        return b"", error.code


def _refusal(template: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        render(template, VALUES, "docx")
    with pytest.raises(Invalid) as also:
        names_in(template)
    assert refused.value.code == also.value.code
    return refused.value


@pytest.mark.parametrize(
    "runs",
    [["{{ a }}"], ["{", "{ a }", "}"], ["{{", " a ", "}}"], list("x{{ a }}y"), ["{{ a }}{{", "b}} {", "{a}", "} z"]],
)
def test_a_placeholder_that_word_split_over_runs_is_one(runs: list[str]) -> None:
    whole = "".join(runs)
    expected = re.sub(r"\{\{ ?(\w) ?\}\}", lambda found: VALUES.texts[found.group(1)], whole)
    assert _texts(render(docx_of(runs), VALUES, "docx")) == [expected]


def test_a_value_takes_the_look_of_the_run_that_its_placeholder_begins_in() -> None:
    made = _read(render(docx_of(["bold", "{{  a", " }} tail"]), VALUES, "docx")).paragraphs[0]
    assert [(run.text, run.bold) for run in made.runs] == [("bold", True), ("<A> & {{ b }}", False), (" tail", True)]


def test_braces_of_two_paragraphs_do_not_join() -> None:
    assert _texts(render(docx_of("a {", "{ b }", "} c", "{{ a }}"), VALUES, "docx")) == [
        "a {",
        "{ b }",
        "} c",
        "<A> & {{ b }}",
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("<>&\"'{}%#_|\n\t \u00a0\\;é😀") | st.characters(exclude_categories=["Cs", "Cc", "Cn"])))
def test_a_value_stands_as_it_is_and_is_not_read_again(value: str) -> None:
    values = Values((Variable("a", "text", "A."),), {"a": value})
    made = _read(render(docx_of("[{{ a }}|{{ a }}]", header="{{ a }}", cell="{{ a }}"), values, "docx"))
    assert made.paragraphs[0].text == f"[{value}|{value}]"
    assert made.sections[0].header.paragraphs[0].text == value
    assert made.tables[0].cell(0, 0).text == value


def test_a_character_that_xml_has_no_place_for_becomes_the_replacement_character() -> None:
    values = Values((Variable("a", "text", "A."),), {"a": "x\x01\ufffey"})
    assert _texts(render(docx_of("{{ a }}"), values, "docx")) == ["x\ufffd\ufffdy"]


def test_a_text_box_has_paragraphs_of_its_own() -> None:
    box = (
        '<w:p><w:r><w:t>{</w:t></w:r><w:r><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>'
        "<w:p><w:r><w:t>{{ a }}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>"
        "<w:r><w:t>{ b }}</w:t></w:r></w:p>"
    )
    with zipfile.ZipFile(io.BytesIO(render(_with_body(docx_of("x"), box), VALUES, "docx"))) as package:
        xml = package.read(MAIN).decode()
    assert "&lt;A&gt; &amp; {{ b }}" in xml
    assert ">two</w:t><w:br/>" in xml


def test_footnotes_are_filled_once() -> None:
    note = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">'
        "<w:p><w:r><w:t>{{ a }}</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"

    def change(name: str, part: bytes) -> bytes:
        if name == "[Content_Types].xml":
            override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
            return part.replace(b"</Types>", override.encode())
        if name == "word/_rels/document.xml.rels":
            added = f'<Relationship Id="rId99" Type="{relation}" Target="footnotes.xml"/></Relationships>'
            return part.replace(b"</Relationships>", added.encode())
        return part

    template = _with_parts(docx_of("x"), change, {"word/footnotes.xml": note.encode()})
    assert names_in(template) == ("a",)
    with zipfile.ZipFile(io.BytesIO(render(template, VALUES, "docx"))) as package:
        assert "&lt;A&gt; &amp; {{ b }}" in package.read("word/footnotes.xml").decode()


@pytest.mark.parametrize(
    "construct",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 'a'*10**9 }}",
        "{{ a|upper }}",
        "{{ a() }}",
        "{{r a }}",
        "{{p a }}",
        "{{tr a }}",
        "{% for x in a %}x{% endfor %}",
        "{%p if a %}",
        "{% vm %}",
        "{%tr for x in range(10**9) %}",
        "{# comment #}",
        "{{ {{ a }} }}",
    ],
)
@pytest.mark.parametrize("place", ["body", "runs", "header", "footer", "title", "cell"])
def test_what_is_no_placeholder_is_refused_wherever_it_stands(construct: str, place: str) -> None:
    if place == "body":
        template = docx_of(construct)
    elif place == "runs":
        template = docx_of(list(construct))
    else:
        template = docx_of("x", **{place: construct})
    refused = _refusal(template)
    assert refused.code == "template-construct"
    assert construct.startswith(refused.problems[0].facts["construct"])


@pytest.mark.parametrize("name", ["a.__class__", "self", "c"])
def test_an_unknown_variable_is_named_before_the_document_is_made(name: str) -> None:
    template = docx_of("{{ a }}", footer=f"{{{{ {name} }}}}")
    for use in (lambda: render(template, VALUES, "docx"), lambda: missing(template, VALUES)):
        with pytest.raises(Invalid) as refused:
            use()
        assert (refused.value.code, refused.value.value) == ("variable-unknown", name)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"no zip", b"PK\x03\x04" + b"x" * 100, b"PK\x05\x06" + b"\0" * 18, b"\xd0\xcf\x11\xe0" * 9]
)
def test_what_is_no_zip_file_is_no_docx(data: bytes) -> None:
    assert _refusal(data).code == "not-a-docx"


def test_another_zip_file_is_no_docx() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("x.txt", "x")
    assert _refusal(target.getvalue()).code == "not-a-docx"


def test_a_document_with_macros_is_no_docx() -> None:
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macros = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    assert _refusal(_with_parts(docx_of("x"), lambda _, part: part.replace(kind, macros))).code == "not-a-docx"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_broken_docx_is_refused(cut: float) -> None:
    whole = docx_of("{{ a }}")
    assert _refusal(whole[: int(len(whole) * cut)]).code == "not-a-docx"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_docx_is_made_or_refused_by_name(data: st.DataObject) -> None:
    whole = bytearray(docx_of("{{ a }}"))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    refusals = {"not-a-docx", "docx-too-large", "template-construct", "template-syntax", "variable-unknown"}
    made, refusal = _outcome(bytes(whole))
    assert made.startswith(b"PK") or refusal in refusals


@pytest.mark.parametrize("name", [MAIN, "docProps/core.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused(name: str, encoding: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'

    def change(part_name: str, part: bytes) -> bytes:
        if part_name != name:
            return part
        body = re.sub(r"<\?xml.*?\?>", "", part.decode())
        return f'<?xml version="1.0" encoding="{encoding}"?>{bomb}{body.replace("{{ a }}", "&b;&c;")}'.encode(encoding)

    assert _refusal(_with_parts(docx_of("{{ a }}"), change)).code == "not-a-docx"


@pytest.mark.parametrize(
    ("name", "size"), [("word/media/bomb.png", 80_000_000), ("word/document2.xml", 25_000_000), ("bomb", 2_000_000)]
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(name: str, size: int) -> None:
    bomb = _with_parts(docx_of("x"), lambda _, part: part, {name: b"\0" * size})
    assert len(bomb) < 150_000
    refused = _refusal(bomb)
    assert refused.code == "docx-too-large"


def test_a_zip_file_that_lies_about_its_sizes_is_refused() -> None:
    bomb = bytearray(_with_parts(docx_of("x"), lambda _, part: part, {"word/media/b.png": b"\0" * 30_000_000}))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    assert _refusal(bytes(bomb)).code == "not-a-docx"


def test_a_docx_of_thousands_of_parts_is_refused() -> None:
    refused = _refusal(_with_parts(docx_of("x"), lambda _, part: part, {f"word/{n}.bin": b"" for n in range(2_001)}))
    assert refused.code == "docx-too-large"


def test_two_parts_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        template = _with_parts(docx_of("x"), lambda _, part: part, {MAIN: b"<x/>"})
    assert _refusal(template).code == "not-a-docx"


def test_a_docx_that_is_too_large_is_refused_unread() -> None:
    assert _refusal(b"PK" * 5_000_001).code == "docx-too-large"


@pytest.mark.parametrize(
    "xml",
    [
        '<w:p w:rsidR="00"/>' * 60_000,
        "<w:p><w:r>" + '<w:t xml:space="preserve"/>' * 60_000 + "</w:r></w:p>",
        "<w:p><w:r><w:t>{</w:t></w:r></w:p>" * 20_000,
        "<w:p><w:r><w:t>" + "{ " * 400_000 + "</w:t></w:r></w:p>",
        '<w:p w:rsidR="00">' * 200 + "</w:p>" * 200,
    ],
)
def test_hostile_xml_costs_no_more_than_its_length(xml: str) -> None:
    assert render(_with_body(docx_of("{{ a }}"), xml), VALUES, "docx").startswith(b"PK")


@pytest.mark.parametrize(
    "xml", ["<w:x>" * 2_000 + "</w:x>" * 2_000, "<w:p><w:r><w:t>{{ a }}</w:r></w:p>", "<w:p>&lol;</w:p>"]
)
def test_xml_that_is_too_deep_or_broken_is_refused(xml: str) -> None:
    assert _refusal(_with_body(docx_of("x"), xml)).code == "not-a-docx"


def test_a_docx_has_a_limit_of_tags() -> None:
    assert _refusal(_with_body(docx_of("x"), "<w:p/>" * 1_000_001)).code == "docx-too-large"


def test_what_is_filled_in_has_a_limit() -> None:
    long = Values((Variable("a", "text", "A."),), {"a": "x" * 100_000})
    lines = Values((Variable("a", "text", "A."),), {"a": "\n" * 50_000})
    for values in (long, lines):
        with pytest.raises(Invalid) as refused:
            render(docx_of("{{ a }}" * 101), values, "docx")
        assert refused.value.code == "result-too-long"


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("", '<w:instrText>HYPERLINK "mailto:{{ a }}"</w:instrText>'),
        ("drawingml/2006/main", "<w:drawing><x:t>{{ a }}</x:t></w:drawing>"),
        ("officeDocument/2006/math", "<x:r><x:t>{{ a }}</x:t></x:r>"),
        ("vml", '<w:pict><x:textpath string="{{ a }}"/></w:pict>'),
    ],
    ids=["field", "drawing", "formula", "word-art"],
)
def test_a_placeholder_where_nothing_is_filled_in_is_refused(name: str, inner: str) -> None:
    space = "urn:schemas-microsoft-com:vml" if name == "vml" else f"http://schemas.openxmlformats.org/{name}"
    xml = f'<w:p xmlns:x="{space}"><w:r>{inner}</w:r></w:p>'
    assert _refusal(_with_body(docx_of("x"), xml)).code == "template-place"
    assert names_in(_with_body(docx_of("x"), xml.replace("{{ a }}", "{a}"))) == ()


def test_links_and_pictures_stay_as_they_are() -> None:
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    added = f'<Relationship Id="rId77" Type="{link}" Target="https://x.example/{{{{ a }}}}" TargetMode="External"/>'

    def change(name: str, part: bytes) -> bytes:
        if name == "word/_rels/document.xml.rels":
            return part.replace(b"</Relationships>", f"{added}</Relationships>".encode())
        return part

    made = render(_with_parts(docx_of("{{ b }}"), change), VALUES, "docx")
    assert _read(made).part.rels["rId77"].target_ref == "https://x.example/{{ a }}"
