"""The storage of contactcore in memory.

>>> from contactcore_memory import MemoryStorage
>>> MemoryStorage().workspaces()
[]
"""

from contactcore_memory.storage import MemoryStorage

__all__ = ["MemoryStorage"]
