"""Word templates made with python-docx."""

from __future__ import annotations

import io

from docx import Document

__all__ = ["docx_of"]


def docx_of(*paragraphs: str | list[str], header: str = "", footer: str = "", title: str = "", cell: str = "") -> bytes:
    """Make a .docx of paragraphs.

    Args:
        *paragraphs: The text of each paragraph, or the texts of its runs.
        header: Text of the page header.
        footer: Text of the page footer.
        title: Title in the properties.
        cell: Text of the only cell of a table.
    """
    document = Document()
    for paragraph in paragraphs:
        written = document.add_paragraph()
        for run in [paragraph] if isinstance(paragraph, str) else paragraph:
            written.add_run(run).bold = len(run) % 2 == 0
    if cell:
        document.add_table(1, 1).cell(0, 0).text = cell
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    if title:
        document.core_properties.title = title
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
