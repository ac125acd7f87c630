"""A law that compares large values says where they differ, and does not print them."""

from __future__ import annotations

import pytest

from contactcore.testing.fixtures import expect_same


def test_values_that_are_equal_are_accepted() -> None:
    expect_same(b"\r\n" * 8_000_000, b"\r\n" * 8_000_000)
    expect_same(None, None)


@pytest.mark.parametrize(
    ("found", "expected", "message"),
    [
        (b"a" * 16_000_000, b"a" * 8_000_000 + b"b" * 8_000_000, "16000000 parts.* 16000000; from number 8000000 on"),
        (list(range(33_000)), list(range(32_766)), "expected 32766 parts, and found 33000; from number 32766 on"),
        (None, b"x" * 16_000_000, "expected b'xxx.*, and found None"),
        ((1,), [1], "expected 1 parts, and found 1"),
    ],
    ids=["bytes", "list", "none", "types"],
)
def test_values_that_differ_are_named_by_their_first_difference(found: object, expected: object, message: str) -> None:
    with pytest.raises(AssertionError, match=message) as failure:
        expect_same(found, expected)
    assert len(str(failure.value)) < 2_000
