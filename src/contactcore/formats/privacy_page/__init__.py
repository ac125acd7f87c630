"""The report of what is held on a person as a page of HTML, in six languages (IMP-8)."""

from contactcore.formats.privacy_page.page import PAGE_LANGUAGES, held_html

__all__ = ["PAGE_LANGUAGES", "held_html"]
