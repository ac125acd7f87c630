"""The containers of pictures: what a file is, its size, and its bytes without metadata. Nothing is decoded here."""

from contactcore.formats.pictures.containers.scanning import scan
from contactcore.formats.pictures.containers.source import Source

__all__ = ["Source", "scan"]
