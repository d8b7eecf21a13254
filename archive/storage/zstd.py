"""Zstandard (RFC 8878), from the standard library or, before Python 3.14, from the package backports.zstd."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from archive.errors import UsageError


def zstd_library() -> Any:
    """The module. Raises `UsageError` where there is none."""
    try:
        return import_module("backports.zstd")
    except ImportError:
        pass
    try:
        package = "compression"
        return import_module(f"{package}.zstd")
    except ImportError:
        raise UsageError(
            "reading and writing .zst needs the extra `zstd`", remedy="Run: pip install 'muniment[zstd]'"
        ) from None
