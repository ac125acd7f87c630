"""The benchmarks are a program of this repository and no installed package: its folder is made importable here."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
