"""How Sphinx makes the site of these pages: `sphinx-build -W --keep-going -n docs docs/_build`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from nexus_testkit import __version__  # beside what the path is set for

project = "nexus-testkit"
author = "the authors of nexus-testkit"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "markdown_docstrings", "listings"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

smartquotes_action = "D"  # dashes; quotes stay as they are typed

html_theme = "furo"
html_title = f"nexus-testkit {__version__}"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False

# Links are those of the Markdown files, so that they work on the forge too: `[text](page.md#heading)`.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Options", "params_style")]
napoleon_use_ivar = True  # attributes are named in the class's docstring and nowhere else
add_module_names = False
toc_object_entries_show_parents = "hide"

nitpick_ignore_regex = [
    # Types of other projects: their entries are in inventories, which a build without network cannot fetch.
    ("py:.*", r"(asyncio|collections|contextlib|datetime|email|enum|httpx|os|pathlib|re|respx|types|typing)\..+"),
    # Type variables.
    ("py:.*", r"([\w.]+\.)?[A-Z]"),
    # A generic alias that is written as text in an annotation comes in pieces: `Mapping[str` and `float]`.
    ("py:.*", r"[\w.]*(\[|\]).*"),
    # An annotation may name what stands behind the public names. Exceptions are not let off: a class that a "Raises:"
    # names and that does not exist is a warning.
    ("py:(class|data|obj)", r"nexus_testkit\..+|[A-Z]\w+"),
]
