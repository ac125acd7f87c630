"""Letters: templates of messages in several languages, and the encoding of messages for a mail server."""

from contactcore.formats.letters.templates import LETTERS, Letter, check_letters, write_letter

__all__ = ["LETTERS", "Letter", "check_letters", "write_letter"]
