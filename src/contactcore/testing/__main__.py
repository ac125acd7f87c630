"""`python -m contactcore.testing` prints the specification: every clause of the port, numbered, by subject."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from operator import itemgetter

from contactcore.testing import clauses

__all__ = ["main"]


def main() -> None:
    """Print the clauses."""
    number = 0
    for subject, sentences in groupby(clauses(), key=itemgetter(0)):
        print(f"\n{subject}\n")  # noqa: T201 - printing is what this module is for
        for _, sentence in sentences:
            number += 1
            print(f"{number:4}. {sentence}")  # noqa: T201 - see above


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has closed the pipe. Nothing may be written any more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
