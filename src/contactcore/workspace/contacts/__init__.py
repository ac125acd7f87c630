"""Contacts: add, read, change, delete, page, search."""

from contactcore.workspace.contacts.contacts import Contacts

__all__ = ["Contacts"]
