"""The floor's documents, written by one encoder made once."""

from __future__ import annotations

import json

__all__ = ["encode"]

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
