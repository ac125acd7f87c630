"""Former names: the names that companies had before rows of the file gave them others."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["FormerNames"]


class FormerNames:
    """The names that companies had before rows renamed them, by the names that they got.

    A staged person is found by the name that their company had at their row, and a stored one by the name that is
    stored. After a row has renamed the company, both are looked for by all of these names.

    >>> former = FormerNames()
    >>> former.note("bois", "lune")
    >>> former.note("lune", "forest")
    >>> former.names("forest"), former.concerns("bois"), former.concerns("mill")
    (['forest', 'bois', 'lune'], True, False)
    """

    def __init__(self) -> None:
        self._former: dict[str, set[str]] = {}
        self._concerned: set[str] = set()

    def note(self, before: str, after: str) -> None:
        """Note that a company has got another name.

        Args:
            before, after: The display names, folded.
        """
        if before != after:
            self._former.setdefault(after, set()).update({before}, self._former.get(before, ()))
            self._concerned |= {before, after}

    def concerns(self, name: str) -> bool:
        """Whether a company has got a name, or lost it.

        Args:
            name: The display name, folded.
        """
        return name in self._concerned

    def concern(self, keys: Iterable[str]) -> bool:
        """Whether one of some match keys is that of a person whose employer has such a name.

        Args:
            keys: Match keys.
        """
        return bool(self._concerned) and any(key[0] == "a" and key.partition("|")[2] in self._concerned for key in keys)

    def names(self, name: str) -> list[str]:
        """A name, and the former names of the companies that have got it.

        Args:
            name: The display name, folded.
        """
        return [name, *sorted(self._former.get(name, set()) - {name})]

    def clear(self) -> None:
        """Forget all names."""
        self._former.clear()
        self._concerned.clear()
