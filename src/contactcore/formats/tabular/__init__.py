r"""Tables of contacts: reads any CSV or TSV file into drafts, and writes tables that are read back exactly.

>>> from contactcore.formats import tabular
>>> table = tabular.read("Nachname;Vorname;Telefon (geschäftlich)\nMüller;Zoë;+49 170 0000001\n")
>>> row = next(iter(table))
>>> row.draft.family, row.draft.phones[0].kind, table.mapping.language
('Müller', 'work', 'de')
"""

from __future__ import annotations

from contactcore.formats.tabular.cells import defuse, revive
from contactcore.formats.tabular.detection import SAMPLE_BYTES, Detected
from contactcore.formats.tabular.drafting import Drafter
from contactcore.formats.tabular.fields import FIELDS, REASON
from contactcore.formats.tabular.mapping import Column, Mapping, read_mapping
from contactcore.formats.tabular.reading import RawRow, Row, Table, read
from contactcore.formats.tabular.records import MAX_CELL, MAX_COLUMNS, MAX_LINE, MAX_QUOTED_LINES
from contactcore.formats.tabular.writing import write, write_rejects

__all__ = [
    "FIELDS",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_LINE",
    "MAX_QUOTED_LINES",
    "REASON",
    "SAMPLE_BYTES",
    "Column",
    "Detected",
    "Drafter",
    "Mapping",
    "RawRow",
    "Row",
    "Table",
    "defuse",
    "read",
    "read_mapping",
    "revive",
    "write",
    "write_rejects",
]
