"""What planning found in the source."""

from __future__ import annotations
