"""A row of a table as a contact, and a contact as a row, without any storage.

- `RowMapper` makes a `MappedRow` of each row of `contactcore.formats.tabular`: a contact, the employers of a person,
  and the problems of the row. It reads foreign files and our own exports (native columns).
- `merge_missing` adds the values of a row to a contact that exists.
- `cells_of` and `headers_of` make rows of contacts. An import reads these rows back to the same contacts (IMP-4).
"""
