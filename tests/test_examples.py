"""Every example runs as a script, by itself and in silence on stderr, and stays short."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.seeds import NIGHTLY

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))

SAYS = {
    "contract.py": "représentée par Jane Doe et Łucja Wójcik (joint)",
    "directory.py": "In Polish order: Béla Bartók | Jan Lis | Maria Łabędź",
    "field_service.py": "March: 0.00 EUR -> 250.00 EUR ['invoice', 'amendment', 'payment']",
    "follow_feed.py": "later: ['Joe Roe']",
    "history.py": "Merged: ('description',) - North - Called on Monday.",
    "import_csv.py": "outlook.csv: cp1252, ';', 7 columns understood",
    "items.py": "The clinic calls its items pacjenci - ['1 pacjent', '3 pacjenci', '5 pacjentów']",
    "merge.py": "Undone: Bois et Fils SARL has 1 site",
    "new_address.py": "Confirmed: jane@doe.example",
    "notifications.py": "Nobody gets the invoice notice: Flo Solo has these notices switched off.",
    "own_adapter.py": " passed",
    "pictures.py": "In the list: {'Bois & Fils': (64, 38)}",
    "portal.py": "As Bois & Fils: menu ['Invoices', 'Deliveries'], directory ['Bois & Fils']",
    "web_form.py": "[('suggested', 'Joan'), ('new', 'Jo Doe')]",
    "privacy.py": "erased: reduced - invoices until 2999-12-31",
    "trash.py": "primary-kept - Joe Doe is primary for Doe Stables now and stays primary.",
    "round_trip.py": "Would change Jane Doe, affiliation.position: CFO -> CEO",
    "quickstart.py": "After Jane left, the primary contact person is Karl Roe",
    "vcards.py": "Sophie Weber | Praxis Weber | Ärztin",
}


LONG = {"own_adapter.py": 450, "field_service.py": 130, "items.py": 80, "web_form.py": 90}
"""A whole storage, and two applications from start to end; any other example shows one capability."""


ARGUMENTS = {} if NIGHTLY else {"own_adapter.py": ("-k", "not test_large_law")}
"""The laws of large workspaces take most of the time of a specification; the profile `nightly` runs them too."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_as_a_script(example, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, str(example), *ARGUMENTS.get(example.name, ())],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert SAYS[example.name] in done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short(example):
    assert len(example.read_text(encoding="utf-8").splitlines()) < LONG.get(example.name, 60)


def test_the_example_of_a_storage_stands_on_the_port_alone():
    text = (Path(__file__).parents[1] / "examples" / "own_adapter.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^from (contactcore\S*) import", text, re.MULTILINE))
    assert imported == {"contactcore.errors", "contactcore.storage", "contactcore.testing"}
