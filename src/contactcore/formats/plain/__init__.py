"""Everything public as plain data, ready for JSON, and back.

- `to_plain` writes entities, values, answers and errors (`writing`).
- `from_plain` reads an entity (`reading`), or lays a form of some fields over a stored one (`laying_over`).
- `read_draft` and `read_part` read data that may be half filled or wrong (`drafts`).

`entities` says what is special about each entity. `fields` reads the fields of an entity by their types, and `values`
the values in them.
"""

from contactcore.formats.plain.drafts import read_draft, read_part
from contactcore.formats.plain.reading import from_plain
from contactcore.formats.plain.writing import to_plain

__all__ = ["from_plain", "read_draft", "read_part", "to_plain"]
