"""What is wrong with a PDF that claims to be PDF/A or PDF/UA."""

from __future__ import annotations
