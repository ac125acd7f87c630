"""The public interface changes only on purpose: its names and signatures are kept in `public_api.txt`."""

from __future__ import annotations

import difflib

from support.public_api import KEPT, public_api


def test_the_names_and_signatures_of_the_public_interface_are_those_that_are_kept():
    now, kept = public_api().splitlines(), KEPT.read_text(encoding="utf-8").splitlines()
    changes = [line for line in difflib.unified_diff(kept, now, lineterm="", n=0) if line[:1] in "+-"]
    assert changes == [], "If this is meant, run `PYTHONPATH=src:tests python -m support.public_api`."


def test_the_kept_interface_has_the_classes_methods_and_signatures_of_the_reference():
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 500
    assert any(line.startswith("class contactcore.Workspace(") for line in lines)
    assert any(line.startswith("contactcore_postgres.PostgresStorage.within(self, connection") for line in lines)
    assert [line for line in lines if " at 0x" in line] == []
