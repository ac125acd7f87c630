"""The expected answers, computed slowly and plainly from the generator's contacts."""

from __future__ import annotations

import bisect
import random
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from benchmarks.drivers.protocol import TOP
from benchmarks.folding import fold, words
from benchmarks.workload import SHARED, Entry, Workload

__all__ = ["Truth"]


class Truth:
    """The contacts in directory order, and the expected result of each query."""

    def __init__(self, workload: Workload) -> None:
        self.entries = sorted(workload.entries, key=lambda entry: entry.key)
        self.unique = {name for name, n in Counter(fold(entry.name) for entry in self.entries).items() if n == 1}
        postings: list[tuple[str, int]] = []
        for index, entry in enumerate(self.entries):
            found = set(entry.own_words()).union(*(person.words() for person in entry.people))
            postings += [(word, index) for word in found]
        postings.sort()
        self._words = [word for word, _ in postings]
        self._indexes = [index for _, index in postings]

    def visible(self, user: str) -> list[Entry]:
        """Return the contacts that the user may see, in directory order."""
        return [entry for entry in self.entries if entry.owner in {SHARED, user}]

    def _with_prefix(self, word: str) -> set[int]:
        first = bisect.bisect_left(self._words, word)
        return set(self._indexes[first : bisect.bisect_left(self._words, word + "\U0010ffff", first)])

    def search(self, user: str, query: str) -> list[str]:
        """Return the names of all visible contacts in which each word of the query is a prefix of some word."""
        found = set.intersection(*(self._with_prefix(word) for word in fold(query).split()))
        return [self.entries[i].name for i in sorted(found) if self.entries[i].owner in {SHARED, user}]

    def mixes(self, query: str) -> bool:
        """Return whether the query matches a company only by the words of two different people."""
        prefixes = fold(query).split()
        found = set.intersection(*(self._with_prefix(prefix) for prefix in prefixes))
        return any(not self._matches_one_source(self.entries[i], prefixes) for i in found)

    def is_settled(self, user: str, query: str) -> bool:
        """Return whether the answer does not depend on the rule about the words of two people.

        The rule excludes nobody, or leaves more contacts than an answer has.
        """
        prefixes = fold(query).split()
        seen = [
            self.entries[i]
            for i in set.intersection(*(self._with_prefix(prefix) for prefix in prefixes))
            if self.entries[i].owner in {SHARED, user}
        ]
        right = sum(self._matches_one_source(entry, prefixes) for entry in seen)
        return right == len(seen) or right >= TOP

    @staticmethod
    def _matches_one_source(entry: Entry, prefixes: list[str]) -> bool:
        own = entry.own_words()
        sources: Iterable[list[str]] = [own, *(own + person.words() for person in entry.people)]
        return any(all(any(w.startswith(p) for w in source) for p in prefixes) for source in sources)

    def queries(self, user: str, seed: int = 7) -> dict[str, list[str]]:
        """Return eight realistic queries of each shape."""
        rng = random.Random(seed)
        seen = [entry for entry in self.visible(user) if entry.kind == "person" and entry.emails and entry.phones]
        picked = [rng.choice(seen) for _ in range(400)]
        pairs = [words(entry.name) for entry in picked]
        two = [f"{pair[0]} {pair[-1][: rng.randrange(2, 6)]}" for pair in pairs if len(pair[-1]) > 2]
        rare = [entry.emails[0].split("@")[0] for entry in picked[:3]]
        rare += ["0" + entry.phones[0][3:] for entry in picked if entry.phones[0].startswith("+33")][:2]
        rare += [" ".join(pair) for pair in pairs if len(pair) == 2][:3]
        return {
            "dense": ["a", "ma", "s", "mar", "m", "d", "c", "ba"],
            "some": [pair[-1][: rng.randrange(4, 6)] for pair in pairs if len(pair[-1]) > 5][:8],
            "two words": self._first_unmixed(two),
            "rare": self._first_unmixed(rare),
            "none": ["zzqx", "qxz", "ma qxz", "xq a", "wxyz", "marie zzq", "0999999", "qqq@"],
        }

    def _first_unmixed(self, queries: Iterable[str]) -> list[str]:
        # Each check reads thousands of contacts in a large directory, so no more are made than are needed.
        return list(islice((query for query in queries if not self.mixes(query)), 8))
