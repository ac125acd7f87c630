"""Letters: templates of messages in several languages, and the encoding of messages for a mail server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contactcore.formats.letters.templates import LETTERS, Letter, check_letters, write_letter
else:
    from contactcore.lazy_names import lazy_names

    __getattr__ = lazy_names(
        __name__,
        {
            "contactcore.formats.letters.templates": "LETTERS Letter check_letters write_letter",
        },
    )

__all__ = ["LETTERS", "Letter", "check_letters", "write_letter"]
