"""What stands in the way of a deposit."""

from __future__ import annotations
