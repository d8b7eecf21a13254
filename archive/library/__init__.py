"""The library: what the command line does, for programs. What `__all__` lists here is imported from `archive` itself.

>>> import archive
>>> from archive.resources import seeds_path
>>> report = archive.create(seeds_path("press-release"), to="bags", pdfa="none")
>>> report.created, report.validation.verdict
(True, 'valid')
>>> with archive.open_bag("bags/press-release") as bag:
...     [(file.path, file.size) for file in bag.payload()]
[('data/original/000_1203110e2d219dcc.txt', 2081)]
>>> archive.validate("bags/press-release").ok
True
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it; see `archive`

if TYPE_CHECKING:
    from archive.config import load_settings
    from archive.library.bags import Bag, PayloadFile, open_bag
    from archive.library.batches import WatchReport, create_each, create_from_csv, watch
    from archive.library.completing import (
        export,
        export_copy,
        export_each,
        export_holey,
        fetch,
        import_each,
        import_package,
        join,
        unpack,
    )
    from archive.library.contents import Contents
    from archive.library.creation import (
        create,
        create_group,
        describe,
        load_description,
        render,
    )
    from archive.library.dart import create_from_dart
    from archive.library.deposits import deposit, deposit_each, retrieve
    from archive.library.holdings_reports import (
        ArchiveStatus,
        ChainProof,
        CheckpointReport,
        Deposits,
        History,
        HoldingsReport,
        Status,
    )
    from archive.library.ledger import Ledger
    from archive.library.notices import send_test_notice
    from archive.library.progress import CallbackProgress, Cancellation
    from archive.library.reports import (
        AuditReport,
        CreationReport,
        DepositReport,
        ExportReport,
        FetchReport,
        ImportReport,
        PlacedReport,
        RecordView,
        RenderingReport,
        Repair,
        RetrievalReport,
        SealingReport,
        Suggestions,
        UpdateReport,
        ValidationReport,
        VerificationReport,
        WorkingCopyReport,
    )
    from archive.library.seals import complete_seal, make_key, renew_seal, seal, verify
    from archive.library.updating import update
    from archive.library.validation import show, validate, validate_each
    from archive.model.audit import Holding
    from archive.model.batch import BagResult, BagState
    from archive.model.build import FileRecord, Progress
    from archive.model.deposit import DepositState
    from archive.model.description import Description, Statement
    from archive.model.entry import Entry, EntryState
    from archive.model.finding import Finding, FindingKind, Outcome, Severity
    from archive.model.kept_deposit import DepositProgress, KeptDeposit
    from archive.model.notice import Delivery
    from archive.model.validation import Depth
    from archive.settings import Settings

_HOMES = {
    "archive.config": ["load_settings"],
    "archive.settings": ["Settings"],
    "archive.library.bags": ["Bag", "PayloadFile", "open_bag"],
    "archive.library.batches": ["WatchReport", "create_each", "create_from_csv", "watch"],
    "archive.library.completing": [
        "export",
        "export_copy",
        "export_each",
        "export_holey",
        "fetch",
        "import_each",
        "import_package",
        "join",
        "unpack",
    ],
    "archive.library.contents": ["Contents"],
    "archive.library.creation": [
        "create",
        "create_group",
        "describe",
        "load_description",
        "render",
    ],
    "archive.library.dart": ["create_from_dart"],
    "archive.library.deposits": ["deposit", "deposit_each", "retrieve"],
    "archive.library.holdings_reports": [
        "ArchiveStatus",
        "ChainProof",
        "CheckpointReport",
        "Deposits",
        "History",
        "HoldingsReport",
        "Status",
    ],
    "archive.library.ledger": ["Ledger"],
    "archive.library.notices": ["send_test_notice"],
    "archive.library.progress": ["CallbackProgress", "Cancellation"],
    "archive.library.reports": [
        "AuditReport",
        "CreationReport",
        "DepositReport",
        "ExportReport",
        "FetchReport",
        "ImportReport",
        "PlacedReport",
        "RecordView",
        "RenderingReport",
        "Repair",
        "RetrievalReport",
        "SealingReport",
        "Suggestions",
        "UpdateReport",
        "ValidationReport",
        "VerificationReport",
        "WorkingCopyReport",
    ],
    "archive.library.seals": ["complete_seal", "make_key", "renew_seal", "seal", "verify"],
    "archive.library.updating": ["update"],
    "archive.library.validation": ["show", "validate", "validate_each"],
    "archive.model.audit": ["Holding"],
    "archive.model.batch": ["BagResult", "BagState"],
    "archive.model.build": ["FileRecord", "Progress"],
    "archive.model.deposit": ["DepositState"],
    "archive.model.description": ["Description", "Statement"],
    "archive.model.kept_deposit": ["DepositProgress", "KeptDeposit"],
    "archive.model.entry": ["Entry", "EntryState"],
    "archive.model.finding": ["Finding", "FindingKind", "Outcome", "Severity"],
    "archive.model.notice": ["Delivery"],
    "archive.model.validation": ["Depth"],
}
"""Which names come from which module, so that who creates a bag does not load the ledger."""

__all__ = [
    "ArchiveStatus",
    "AuditReport",
    "Bag",
    "BagResult",
    "BagState",
    "CallbackProgress",
    "Cancellation",
    "ChainProof",
    "CheckpointReport",
    "Contents",
    "CreationReport",
    "Delivery",
    "DepositProgress",
    "DepositReport",
    "DepositState",
    "Deposits",
    "Depth",
    "Description",
    "Entry",
    "EntryState",
    "ExportReport",
    "FetchReport",
    "FileRecord",
    "Finding",
    "FindingKind",
    "History",
    "Holding",
    "HoldingsReport",
    "ImportReport",
    "KeptDeposit",
    "Ledger",
    "Outcome",
    "PayloadFile",
    "PlacedReport",
    "Progress",
    "RecordView",
    "RenderingReport",
    "Repair",
    "RetrievalReport",
    "SealingReport",
    "Settings",
    "Severity",
    "Statement",
    "Status",
    "Suggestions",
    "UpdateReport",
    "ValidationReport",
    "VerificationReport",
    "WatchReport",
    "WorkingCopyReport",
    "complete_seal",
    "create",
    "create_each",
    "create_from_csv",
    "create_from_dart",
    "create_group",
    "deposit",
    "deposit_each",
    "describe",
    "export",
    "export_copy",
    "export_each",
    "export_holey",
    "fetch",
    "import_each",
    "import_package",
    "join",
    "load_description",
    "load_settings",
    "make_key",
    "open_bag",
    "render",
    "renew_seal",
    "retrieve",
    "seal",
    "send_test_notice",
    "show",
    "unpack",
    "update",
    "validate",
    "validate_each",
    "verify",
    "watch",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(home), name)
            return value
    raise AttributeError(f"module 'archive.library' has no attribute {name!r}")
