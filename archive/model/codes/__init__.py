"""Every kind of finding: one module for each family, looked up by code.

A code never changes its meaning and is never reused. `archive explain CODE` prints the texts declared here.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    for value in _declared():
        if isinstance(value, FindingKind) and kinds.setdefault(value.code, value) is not value:
            raise ValueError(f"two kinds of finding share the code {value.code}")
    return dict(sorted(kinds.items()))


def kinds_with_variants() -> tuple[FindingKind, ...]:
    """Every kind, then the variants that share a code with one of them; modules declare these in tuples."""
    variants = (one for value in _declared() if isinstance(value, tuple) for one in value)
    return (*all_kinds().values(), *(one for one in variants if isinstance(one, FindingKind)))


def _declared() -> Iterator[object]:
    for family in FAMILIES:
        yield from vars(import_module(f"{__name__}.{family}")).values()
