"""What is raised in one process can be read in another, as a pool of workers does."""

from __future__ import annotations

import pickle

import pytest

from contactcore.errors import (
    Conflict,
    ContactCoreError,
    Duplicate,
    Forbidden,
    Invalid,
    NotFound,
    StorageError,
)
from contactcore.storage import BrokenReference, DuplicateKey, MissingRecord, StaleRecord, Stored


@pytest.mark.parametrize(
    "error",
    [
        Invalid("email-syntax", "Give one address.", path="emails[0]", value="jo@"),
        NotFound("contact", "c1"),
        Conflict("mine", "theirs"),
        Conflict("mine", None),
        Duplicate("tag vip", "t1"),
        Forbidden("Ask an admin."),
        StorageError("The disk is full.", "disk-full"),
        DuplicateKey("tag:vip", "t1"),
        StaleRecord(Stored(kind="tag", id="t1", version=2, body=b"{}", card=b"{}", owner="", access=frozenset("a"))),
        MissingRecord("tag", "t1"),
        BrokenReference("contact", "c1", "a1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_refusal_says_the_same_in_another_process(error: ContactCoreError) -> None:
    travelled = pickle.loads(pickle.dumps(error))
    assert type(travelled) is type(error)
    assert str(travelled) == str(error)
    assert vars(travelled) == vars(error)
    assert travelled.code == error.code
