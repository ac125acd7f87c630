"""Files of vCards and of JSContact as the rows of an import, without any storage.

- `CardTable` is to a file of cards what `contactcore.formats.tabular.Table` is to a CSV file; its rows are `ReadCard`.
- `CardColumns` has the place of `RowColumns`: the fields of cards are known, and no column is mapped.
- `CardMapper` makes a `MappedRow` of each card: a contact, the employers of a person (ORG and TITLE), and the problems.
"""
