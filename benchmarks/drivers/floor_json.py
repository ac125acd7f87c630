"""The JSON encoder of the floor's documents, created once."""

from __future__ import annotations

import json

__all__ = ["encode"]

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
