"""The report for people: one static HTML page without a script, and the same as PDF/A."""

from archive.reporting.html.page import write_page
from archive.reporting.html.paper import draw_pdf

__all__ = ["draw_pdf", "write_page"]
