"""Letters: the templates of messages in several languages, and messages as they go over the wire."""

from contactcore.formats.letters.templates import LETTERS, Letter, LetterTemplate, check_letters, write_letter

__all__ = ["LETTERS", "Letter", "LetterTemplate", "check_letters", "write_letter"]
