"""Word documents about a client of a workspace (PER-6)."""

from __future__ import annotations

import io

import pytest
from docx import Document

from support.actors import AMELIE
from support.firm import SigningFirm
from support.word import docx_of

pytestmark = pytest.mark.req("PER-6")


def test_a_contract_says_who_the_client_is(signing_firm: SigningFirm) -> None:
    template = docx_of(
        "Between {{ workspace.name }} and {{ client.name }},",
        "{{ billing_address.lines }}",
        "represented by {{ representation.names }} ({{ representatives[1].position }}).",
        header="{{ client.name }}",
        footer="{{ workspace.today }}",
        title="Contract {{ client.display_name }}",
        cell="{{ fields.discount }} %",
    )
    with signing_firm.workspace.read(AMELIE) as session:
        assert [one.name for one in session.documents.missing(template, signing_firm.client_id)] == []
        made = Document(io.BytesIO(session.documents.render(template, signing_firm.client_id, "docx")))
    assert [one.text for one in made.paragraphs] == [
        "Between acme and Bois & Fils,",
        "1 rue <Vauban>\n80331 Munich\nAllemagne",
        "represented by Ada A (Director Ada).",
    ]
    assert made.sections[0].header.paragraphs[0].text == "Bois & Fils"
    assert made.sections[0].footer.paragraphs[0].text == "5 mars 2026"
    assert made.core_properties.title == "Contract Bois & Fils, Lyon"
    assert made.tables[0].cell(0, 0).text == "12,5 %"


def test_what_a_document_would_leave_blank_is_told_before(signing_firm: SigningFirm) -> None:
    template = docx_of("{{ client.name }} {{ client.external_id }}", header="{{ representatives[9].email }}")
    with signing_firm.workspace.read(AMELIE) as session:
        found = session.documents.missing(template, signing_firm.client_id)
    assert [one.name for one in found] == ["client.external_id", "representatives[9].email"]
