"""The state of a transaction: it is usable until a write is refused or its context ends."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from contactcore.errors import StorageError

__all__ = ["Transactional", "check_usable", "voids_when_refused"]


class Transactional(Protocol):
    """A reader or writer that knows whether its transaction still accepts calls.

    Attributes:
        usable: False after a refused write and after the end of the context.
    """

    usable: bool


P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound=Transactional)


def check_usable(transaction: Transactional) -> None:
    """Refuse a call on a transaction that is void or over.

    Raises:
        StorageError: `transaction-void`.
    """
    if not transaction.usable:
        raise StorageError("This transaction was refused or is over: begin another one.", "transaction-void")


def voids_when_refused(call: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
    """Make a method of a writer check that its transaction is usable, and void the transaction if it raises."""

    @functools.wraps(call)
    def guarded(self: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
        check_usable(self)
        try:
            return call(self, *args, **kwargs)
        except BaseException:
            self.usable = False
            raise

    return guarded
