"""Blobs: bytes that are kept under their digest."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.storage import LONGEST_BLOB
from contactcore.testing.fixtures import ACME, Law, OpenStorage, expect_same, refused

__all__ = ["LAWS"]


def bytes_come_back_whole(open_storage: OpenStorage) -> None:
    """Any bytes, also none, come back as they were kept; None if nothing was kept.

    Kept because it has a megabyte of bytes and each single byte.
    """
    samples = {"empty": b"", "nul": b"a\x00b\x00", "all": bytes(range(256)), "large": b"\xff\x00" * 500_000}
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            for digest, data in samples.items():
                writer.keep_blob(digest, data)
        with storage.read(ACME) as reader:
            for digest, data in samples.items():
                expect_same(reader.blob(digest), data)
            assert reader.blob("missing") is None


def the_same_digest_changes_nothing(open_storage: OpenStorage) -> None:
    """Keeping bytes under a stored digest changes nothing, in the same transaction and later."""
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"")
            writer.keep_blob("d", b"second")
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"third")
        with storage.read(ACME) as reader:
            assert reader.blob("d") == b""


def dropped_bytes_are_gone(open_storage: OpenStorage) -> None:
    """Dropped bytes are gone, the others stay, and a missing digest can be dropped too."""
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"1")
            writer.keep_blob("e", b"2")
        with storage.write(ACME) as writer:
            writer.drop_blob("d")
            writer.drop_blob("missing")
            assert writer.blob("d") is None
        storage.scrub()
        with storage.write(ACME) as writer:
            assert (writer.blob("d"), writer.blob("e")) == (None, b"2")
            writer.keep_blob("d", b"3")
        with storage.write(ACME) as writer:
            assert writer.blob("d") == b"3"
            writer.drop_blob("d")
            writer.keep_blob("d", b"4")
            assert writer.blob("d") == b"4"
        with storage.read(ACME) as reader:
            assert reader.blob("d") == b"4"


def blobs_are_limited(open_storage: OpenStorage) -> None:
    """A blob holds 16,000,000 bytes; a larger one is refused as `blob-too-large`."""
    with open_storage() as storage:
        with refused(Invalid, code="blob-too-large", path="data"), storage.write(ACME) as writer:
            writer.keep_blob("d", bytes(LONGEST_BLOB + 1))
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"\r\n" * (LONGEST_BLOB // 2))
        with storage.read(ACME) as reader:
            expect_same(reader.blob("d"), b"\r\n" * (LONGEST_BLOB // 2))


LAWS: tuple[Law, ...] = (
    bytes_come_back_whole,
    the_same_digest_changes_nothing,
    dropped_bytes_are_gone,
    blobs_are_limited,
)
