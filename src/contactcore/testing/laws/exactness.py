"""Exactness: names are compared by code point, and as a whole."""

from __future__ import annotations

from typing import Final

from contactcore.storage import BrokenReference
from contactcore.testing.fixtures import ACME, Law, OpenStorage, contact, find, get, note, put, refused, some

__all__ = ["LAWS"]

_ALIKE: Final = ("a", "A", "a ", " a", "ab", "a:b", "a%", "%", "_", "é", "e\u0301", "ß", "ss", "SS")


def ids_are_compared_exactly(open_storage: OpenStorage) -> None:
    """Ids that differ in case, accents, composition or white space are different, also in references."""
    with open_storage() as storage:
        put(storage, *(contact(id, body=id.encode()) for id in _ALIKE))
        for id in _ALIKE:
            with storage.write(ACME) as writer:
                (there,) = writer.get("contact", [id])
                assert there is not None
                assert there.body == id.encode()
                writer.delete("contact", id, 1)
                rest = _ALIKE[_ALIKE.index(id) + 1 :]
                assert [one and one.id for one in writer.get("contact", _ALIKE)][-len(rest) - 1 :] == [None, *rest]
        put(storage, contact("a"))
        with storage.read(ACME) as reader:
            assert reader.get("contact", _ALIKE[1:]) == [None] * (len(_ALIKE) - 1)
        for id in _ALIKE[1:]:
            with refused(BrokenReference, id=id), storage.write(ACME) as writer:
                writer.insert([note("n", about=id)])


def owners_are_compared_exactly(open_storage: OpenStorage) -> None:
    """Owners that look alike are different, for `set_access` and for `distinct_owner`."""
    with open_storage() as storage:
        put(storage, *(contact(f"{number:02}", owner=owner) for number, owner in enumerate(_ALIKE)))
        assert len(find(storage, distinct_owner=True)) == len(_ALIKE)
        for number, owner in enumerate(_ALIKE):
            with storage.write(ACME) as writer:
                writer.set_access("contact", owner, some(f"visible:{number}"))
            assert find(storage, access=some(f"visible:{number}")) == [f"{number:02}"]
            assert find(storage, access=some("visible:*"))[:1] == [f"{number + 1:02}"][: len(_ALIKE) - 1 - number]


def digests_are_compared_exactly(open_storage: OpenStorage) -> None:
    """Digests that look alike keep different bytes."""
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            for digest in reversed(_ALIKE[1:]):
                writer.keep_blob(digest, digest.encode())
        with storage.write(ACME) as writer:
            assert writer.blob("a") is None
            writer.keep_blob("a", b"a")
            assert [writer.blob(digest) for digest in _ALIKE] == [digest.encode() for digest in _ALIKE]
            writer.drop_blob("A")
            assert (writer.blob("A"), writer.blob("a")) == (None, b"a")
        with storage.read(ACME) as reader:
            assert reader.blob("A") is None


def variants_are_compared_exactly(open_storage: OpenStorage) -> None:
    """Variants that look alike are different orders, and a variant without a name is not the order itself."""
    orders = ["name", "name:", *(f"name:{variant}" for variant in _ALIKE)]
    with open_storage() as storage:
        put(storage, *(contact(f"{number:02}", orders={order: "x"}) for number, order in enumerate(orders)))
        for number, order in enumerate(orders):
            assert find(storage, order=order) == [f"{number:02}"]
        assert find(storage, order="name:AB") == []


def workspaces_are_kept_apart_by_exact_names(open_storage: OpenStorage) -> None:
    """Workspaces whose names look alike are different, and dropping one leaves the others whole."""
    with open_storage() as storage:
        for name in _ALIKE:
            with storage.write(name) as writer:
                writer.insert([contact("1", body=name.encode())])
                writer.keep_blob("d", b"bytes")
        for number in range(len(_ALIKE)):
            for name in _ALIKE[number:]:
                there = get(storage, "contact", "1", name)
                assert there is not None
                assert there.body == name.encode()
                with storage.read(name) as reader:
                    assert reader.blob("d") == b"bytes"
            assert storage.drop(_ALIKE[number]) is True
            assert storage.workspaces() == sorted(_ALIKE[number + 1 :])


LAWS: tuple[Law, ...] = (
    ids_are_compared_exactly,
    owners_are_compared_exactly,
    digests_are_compared_exactly,
    variants_are_compared_exactly,
    workspaces_are_kept_apart_by_exact_names,
)
