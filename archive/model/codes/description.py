"""What is wrong with a description."""

from __future__ import annotations
