"""One report, many readers: plain text, JSON, CSV, HTML."""
