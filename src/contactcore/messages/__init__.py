"""Messages and labels in the language of a user, one catalogue a language."""

from contactcore.messages.catalogue import MESSAGE_LANGUAGES, message_of, written
from contactcore.messages.labels import LabelGroup, label_of

__all__ = ["MESSAGE_LANGUAGES", "LabelGroup", "label_of", "message_of", "written"]
