"""What is wrong with an OCFL object or root; the codes are the specification's own."""

from __future__ import annotations
