"""What happened on the way to a PDF/A rendition."""

from __future__ import annotations
