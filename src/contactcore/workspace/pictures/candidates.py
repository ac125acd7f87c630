"""Candidates at other services: the checked answers of the picture provider of the host (PIC-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from contactcore.errors import Invalid, StorageError
from contactcore.model import Company, Person
from contactcore.model.picture_candidate import PictureCandidate
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["Candidates"]

_A = TypeVar("_A")
_MOST = 100


class Candidates:
    """The candidates that the picture provider of the host finds.

    The methods raise `StorageError` with the code `picture-provider` if the provider fails, or answers something else
    than it was asked for.

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._provider = transaction.host.picture_provider
        self._workspace = transaction.workspace

    def of(self, contact: Person | Company) -> tuple[PictureCandidate, ...]:
        """Return the candidates for a contact, each key once; none without a provider."""
        provider = self._provider
        if provider is None:
            return ()

        def ask() -> tuple[PictureCandidate, ...]:
            found = provider.candidates(self._workspace, contact.id, emails=contact.emails, profiles=contact.socials)
            by_key: dict[str, PictureCandidate] = {}
            for one in found:
                _expect(type(one) is PictureCandidate, "something that is no PictureCandidate")
                by_key.setdefault(one.key, one)
                _expect(len(by_key) <= _MOST, f"more than {_MOST} candidates")
            return tuple(by_key.values())

        return _asked(ask)

    def fetch(self, contact: Person | Company, key: str) -> bytes:
        """Return the bytes of a candidate of a contact.

        Raises:
            Invalid: `candidate-unknown`, `candidate-gone`.
        """
        chosen = next((one for one in self.of(contact) if one.key == key), None)
        provider = self._provider
        if chosen is None or provider is None:
            message = "Choose one of the candidates that pictures.candidates returns for this contact."
            raise Invalid("candidate-unknown", message, path="candidate")

        def ask() -> bytes | None:
            data = provider.fetch(self._workspace, contact.id, chosen)
            _expect(data is None or isinstance(data, bytes), "something else than bytes")
            return data

        data = _asked(ask)
        if data is None:
            raise Invalid("candidate-gone", "The service has this picture no more: choose another.", path="candidate")
        return data


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise _failure(f"gave {otherwise}")


def _failure(what: str) -> StorageError:
    return StorageError(
        f"No candidate can be read: the picture provider of the application {what}.", "picture-provider"
    )


def _asked(question: Callable[[], _A]) -> _A:
    try:
        return question()
    except StorageError as error:
        if error.code == "picture-provider":
            raise
        raise _failure("failed (StorageError)") from error
    except Exception as error:
        raise _failure(f"failed ({type(error).__name__})") from error
