"""A row of a table as a contact, and a contact as a row, without any storage.

A row takes few shapes on its way: bytes -> cells (`tabular.records`) -> `Draft` in a `Row` (`tabular.reading`) ->
`MappedRow`. `DraftBuilder` and `RowContext` hold the parts of the next value until it is complete.

- `RowColumns` knows the field of each column, and `MappingOptions` adds the decisions of the import.
- `RowMapper` makes a `MappedRow` of each row of `contactcore.formats.tabular`: a contact, the employers of a person,
  and the problems of the row. It reads foreign files and our own exports (native columns).
- `PlainRows` and `PlainContacts` are the quick way for rows in which every cell says one plain thing.
- `merge_missing` adds the values of a row to a contact that exists.
- `cells_of` and `headers_of` make rows of contacts. An import reads these rows back to the same contacts (IMP-4).
"""
