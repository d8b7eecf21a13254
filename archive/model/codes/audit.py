"""What an audit found, or why it could not look."""

from __future__ import annotations
