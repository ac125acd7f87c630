"""Each non-empty cell ends in the contact, in its unmapped remainder, among the problems, or in whom it acts for."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from contactcore import Workspace
from contactcore.mapping.contacts import body_of
from contactcore_memory import MemoryStorage
from support.actors import ROOT

pytestmark = pytest.mark.req("IMP-2")


# Header -> how the n-th cell of that column is written; `{n}` makes every cell of a file another one.
_EXPORTS = {
    "outlook-en": {
        "First Name": "Ann{n}",
        "Last Name": "Lee{n}",
        "Company": "Bois{n}",
        "Department": "Dept{n}",
        "Job Title": "Job{n}",
        "Business Street": "{n} Main Street",
        "Business City": "Town{n}",
        "Business Phone": "+3314455{n:04d}",
        "Mobile Phone": "call {n}",
        "E-mail Address": "ann{n}@example.com",
        "E-mail 2 Address": "broken{n}@",
        "Birthday": "not a day {n}",
        "Hobby": "Hobby{n}",
        "Notes": "Note {n}",
        "Web Page": "https://ann{n}.example",
    },
    "outlook-fr": {
        "Prénom": "Ann{n}",
        "Nom": "Lée{n}",
        "Société": "Bois{n}",
        "Service": "Dépt{n}",
        "Fonction": "Emploi{n}",
        "Rue (bureau)": "{n} rue Haute",
        "Ville (bureau)": "Ville{n}",
        "Téléphone (bureau)": "+3314455{n:04d}",
        "Adresse de messagerie": "ann{n}@example.com",
        "Notes": "Été {n}",
        "Animal": "Chat{n}",
    },
    "google": {
        "First Name": "Ann{n}",
        "Last Name": "Lee{n}",
        "Organization Name": "Bois{n}",
        "Organization Title": "Job{n}",
        "E-mail 1 - Label": "Work",
        "E-mail 1 - Value": "ann{n}@example.com ::: bea{n}@example.com",
        "Phone 1 - Label": "Chalet{n}",
        "Phone 1 - Value": "+3314455{n:04d}",
        "Address 1 - Formatted": "{n} Main\nTown{n}",
        "Labels": "Label{n} ::: * myContacts",
        "Custom Field 1 - Label": "Custom{n}",
        "Custom Field 1 - Value": "Value{n}",
    },
    "german": {
        "Vorname": "Änn{n}",
        "Nachname": "Lee{n}",
        "Firma": "Holz{n}",
        "Telefon": "nummer {n}",
        "E-Mail": "ann{n}@example.com",
        "Notizen": "Notiz {n}",
        "Ort": "Stadt{n}",
    },
}


@st.composite
def _files(draw):
    columns = _EXPORTS[draw(st.sampled_from(sorted(_EXPORTS)))]
    headers = draw(st.lists(st.sampled_from(sorted(columns)), min_size=2, unique=True))
    rows = [
        [
            columns[header].format(n=10 + 20 * row + place) if draw(st.integers(0, 4)) else ""
            for place, header in enumerate(headers)
        ]
        for row in range(draw(st.integers(1, 4)))
    ]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t|")))
    writer.writerows([headers, *rows])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    return headers, rows, out.getvalue().encode(encoding)


def _pieces(cell: str) -> list[str]:
    """The parts of a cell that must be found again: numbers and words that no other cell has."""
    pieces = cell.replace(":::", " ").replace("* myContacts", "").split()
    return [piece for piece in pieces if any(map(str.isdigit, piece))]


_LABELLED = (
    ["Phone 1 - Label", "Phone 1 - Value", "Organization Name"],
    [["Chalet13", "+33144550017", "Bois16"], ["Chalet33", "", "Bois36"]],
    b"Phone 1 - Label,Phone 1 - Value,Organization Name\r\nChalet13,+33144550017,Bois16\r\nChalet33,,Bois36\r\n",
)
"""The kind of a phone is stored as a slug, and a label without a phone as it is written."""


@given(file=_files(), strict=st.booleans(), policy=st.sampled_from(["skip", "update", "create"]))
@example(file=_LABELLED, strict=False, policy="update")
@settings(max_examples=25, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
def test_no_cell_of_any_known_export_is_lost(file, strict, policy):
    headers, rows, data = file
    workspace = Workspace(MemoryStorage(), name="acme", country="FR")
    imports = workspace.imports(ROOT)
    plan = imports.plan(data, header=True, strict=strict, policy=policy)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    filled = [row for row in rows if any(row)]
    assert report.rows == len(filled) == report.created + report.updated + report.skipped + report.rejected
    with workspace.read(ROOT) as session:
        found = [session.contacts.get(card.id) for card in session.contacts.page(role="any", limit=500).items]
        kept = [body_of(one).decode() for one in found]
        for one in found:
            if one.kind == "company":
                kept += [f"{each.position} {each.department}" for each in session.people.list(one)]
    rejects = io.BytesIO()
    report.write_rejects(rejects)
    kept += [f"{problem.value} {problem.column}" for problem in report.problems]
    kept.append(rejects.getvalue().decode(plan.detected.encoding, "replace"))
    kept.append(rejects.getvalue().decode("utf-8-sig", "replace"))
    whole = "\n".join(kept).replace("\\n", "\n").replace("\\/", "/")
    cells = [pair for row in filled for pair in zip(headers, row, strict=True)]
    slugs = whole.casefold()
    lost = [
        piece
        for header, cell in cells
        for piece in _pieces(cell)
        if piece not in whole and not (header == "Phone 1 - Label" and piece.casefold() in slugs)
    ]
    assert lost == [], (headers, filled, list(report.problems))
