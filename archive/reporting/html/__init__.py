"""The report as one static HTML page: no script, nothing fetched from elsewhere, readable in print."""

from archive.reporting.html.page import write_page

__all__ = ["write_page"]
