"""The configuration of Sphinx for the pages of this folder and the reference from the docstrings."""

from __future__ import annotations

from importlib import metadata

project = "contactcore"
author = "The contactcore authors"
release = version = metadata.version("contactcore")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_use_ivar = True
myst_heading_anchors = 3
