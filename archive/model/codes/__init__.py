"""Every kind of finding: one module for each family, looked up by code.

A code never changes its meaning and is never reused. `archive explain CODE` prints the texts declared here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from archive.model.finding import FindingKind

FAMILIES = (
    "agreement",
    "audit",
    "bag",
    "bag_files",
    "deposit",
    "description",
    "dublin_core",
    "ead",
    "fetching",
    "mets",
    "ocfl",
    "packages",
    "pdf",
    "premis",
    "profile",
    "rendition",
    "seal",
    "source",
    "xml",
)


@cache
def all_kinds() -> dict[str, FindingKind]:
    """Every kind by its code, sorted by code. Raises ValueError when two kinds share a code."""
    kinds: dict[str, FindingKind] = {}
    for family in FAMILIES:
        module = import_module(f"{__name__}.{family}")
        for value in vars(module).values():
            if not isinstance(value, FindingKind):
                continue
            if kinds.setdefault(value.code, value) is not value:
                raise ValueError(f"two kinds of finding share the code {value.code}")
    return dict(sorted(kinds.items()))
