"""Trace pages: a test's world as one HTML file that needs no network, and an index over a run."""

from nexus_testkit.report.about import About, Tape
from nexus_testkit.report.page import write_index, write_page

__all__ = ["About", "Tape", "write_index", "write_page"]
