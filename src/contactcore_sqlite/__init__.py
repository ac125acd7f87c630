"""The storage of contactcore in an SQLite file.

>>> from contactcore.errors import StorageError
>>> from contactcore_sqlite import SQLiteStorage
>>> try:
...     SQLiteStorage(":memory:")
... except StorageError as error:
...     error.code
'storage-not-shared'
"""

from contactcore_sqlite.storage import SQLiteStorage

__all__ = ["SQLiteStorage"]
