"""muniment: wraps documents in a preservation bag, proves that nothing changed, deposits it where it must go.

The library has the powers of the command line::

    import archive

    report = archive.create(["press-release/"], to="bags/")
    print(report.bag)

    judged = archive.validate("bags/press-release")
    assert judged.ok, judged.findings

    bag = archive.Bag("bags/press-release")
    for file in bag.files():
        print(file.path, file.size, file.digests)

Names load on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.config import Settings, load_settings
    from archive.errors import (
        ArchiveError,
        DepositError,
        ExistsError,
        FormatError,
        InfectedError,
        LedgerError,
        LedgerLockedError,
        LedgerMissingError,
        LedgerVersionError,
        LockedError,
        NoSpaceError,
        NotAuthorisedError,
        NotFoundError,
        PermissionDeniedError,
        RenditionError,
        SourceError,
        StorageError,
        UsageError,
    )
    from archive.library import Bag, create, validate
    from archive.model.finding import Finding, FindingKind, Outcome, Severity
    from archive.model.package import FileRecord
    from archive.model.plan import CreationReport
    from archive.model.report import Depth, ValidationReport

__version__ = "0.1.0"

_HOMES = {
    "archive.config": ("Settings", "load_settings"),
    "archive.errors": (
        "ArchiveError",
        "DepositError",
        "ExistsError",
        "FormatError",
        "InfectedError",
        "LedgerError",
        "LedgerLockedError",
        "LedgerMissingError",
        "LedgerVersionError",
        "LockedError",
        "NoSpaceError",
        "NotAuthorisedError",
        "NotFoundError",
        "PermissionDeniedError",
        "RenditionError",
        "SourceError",
        "StorageError",
        "UsageError",
    ),
    "archive.library": ("Bag", "create", "validate"),
    "archive.model.finding": ("Finding", "FindingKind", "Outcome", "Severity"),
    "archive.model.package": ("FileRecord",),
    "archive.model.plan": ("CreationReport",),
    "archive.model.report": ("Depth", "ValidationReport"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ArchiveError",
    "Bag",
    "CreationReport",
    "DepositError",
    "Depth",
    "ExistsError",
    "FileRecord",
    "Finding",
    "FindingKind",
    "FormatError",
    "InfectedError",
    "LedgerError",
    "LedgerLockedError",
    "LedgerMissingError",
    "LedgerVersionError",
    "LockedError",
    "NoSpaceError",
    "NotAuthorisedError",
    "NotFoundError",
    "Outcome",
    "PermissionDeniedError",
    "RenditionError",
    "Settings",
    "Severity",
    "SourceError",
    "StorageError",
    "UsageError",
    "ValidationReport",
    "__version__",
    "create",
    "load_settings",
    "validate",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'archive' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
