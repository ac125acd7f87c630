"""Hostile files of any kind: each is read to its end or refused by a code; the nightly profile tries many more."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore import User, Workspace
from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore_memory import MemoryStorage
from support.entity_strategies import HOSTILE_TEXTS, NAMES

pytestmark = pytest.mark.req("IMP-1")

_PIECES = (
    *(
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"=",
        b"'",
        b"{",
        b"[",
    ),
    *(
        b"Name",
        b"E-mail",
        b"Contact ID",
        b"Kind",
        b"person",
        b"company",
        b"affiliation",
        b"site",
        b"item",
        b"More cells",
    ),
    *(b"Company ID", b"Site ID", b"Item ID", b"Item", b"Site", b"Authorities", b"Permissions", b"Start", b"Access"),
    *(b"(clear)", b"(none)", b'{"Notes":" x"}', b'["a","b"]', b'[{"slug":"x"}]', b"2026-13-45", b"a@b.fr", b"yes"),
    *(text.encode("utf-8", "surrogatepass") for text in (*NAMES, *HOSTILE_TEXTS)),
)


@given(data=st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(_PIECES), max_size=60).map(b"".join)))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read_or_refused(data):
    with suppress(Invalid):
        list(tabular.read(data).rows())


_CELLS = st.sampled_from([piece.decode("utf-8", "replace") for piece in _PIECES])
_HEADERS = st.lists(_CELLS, min_size=1, max_size=8, unique=True)


@given(
    headers=_HEADERS,
    rows=st.lists(st.lists(_CELLS, max_size=10), max_size=6),
    native=st.booleans(),
    policy=st.sampled_from(["skip", "update", "create", "overwrite"]),
    strict=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_any_table_is_imported_as_its_preview_says_and_undone(headers, rows, native, policy, strict):
    columns = [*dict.fromkeys(["Contact ID", "Kind", *headers] if native else headers)]
    out = io.BytesIO()
    with suppress(Invalid):
        tabular.write(rows, out, columns)
        amelie, workspace = User("amelie"), Workspace(MemoryStorage(), name="acme", country="FR")
        imports = workspace.imports(amelie)
        plan = imports.plan(out.getvalue(), header=True, policy=policy, strict=strict)
        dry, report = imports.preview(plan), imports.apply(plan)
        assert dry.counts == report.counts
        assert report.rows == report.created + report.updated + report.skipped + report.rejected
        rejects = io.BytesIO()
        assert report.write_rejects(rejects) == report.rejected
        imports.undo(report)
        with workspace.read(amelie) as session:
            assert session.contacts.count(role="any") == 0


@pytest.mark.parametrize("blank", ['"\n"', '" "', '"\n",""', '"\'\n"', "'"])
@pytest.mark.parametrize("end", ["", "\r\n", "\n\n"])
def test_a_table_whose_only_row_is_blank_has_no_columns_to_import(blank: str, end: str) -> None:
    imports = Workspace(MemoryStorage(), "acme").imports(User("amelie"))
    for header in (True, None):
        for form in (blank + end, (blank + end).encode("utf-8-sig")):
            report = imports.apply(imports.plan(form, header=header))
            assert (report.created, report.rejected) == (0, 0)
