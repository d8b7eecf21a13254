"""Document to PDF/A, and whether this is really PDF/A."""
