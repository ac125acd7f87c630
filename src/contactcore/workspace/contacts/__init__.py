"""Contacts: people and companies, with the directory and the search."""

from contactcore.workspace.contacts.contacts import Contacts

__all__ = ["Contacts"]
