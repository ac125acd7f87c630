"""Messages in the language of a user, one catalogue a language, from the codes and facts of problems and answers."""

from contactcore.messages.catalogue import MESSAGE_LANGUAGES, message_of, written

__all__ = ["MESSAGE_LANGUAGES", "message_of", "written"]
