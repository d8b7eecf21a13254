"""The reports on holdings that the library returns, apart from `reports`: what they extend needs the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.ledger import verifying
from archive.ledger.overview import PastCheck
from archive.ledger.runs import AuditRun
from archive.library.reports import Document
from archive.model import checkpoint
from archive.model.kept_deposit import KeptDeposit
from archive.settings import Settings
from archive.stages import archive_status
from archive.stages.auditing import holdings_report, status


class Status(Document, status.Status):
    """What the ledger says of the holdings; see `archive.stages.auditing.status.Status`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The status as `archive audit status --json` prints it."""
        from archive.reporting.audit import status_document

        return status_document(self)


class ArchiveStatus(Document, archive_status.ArchiveStatus):
    """The archive at one moment; see `archive.stages.archive_status.ArchiveStatus`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The status as `archive status --json` prints it."""
        from archive.reporting.archive_status import archive_status_document

        return archive_status_document(self)


@dataclass(frozen=True, slots=True)
class Deposits(Document):
    """Deposits that were made or begun, the oldest first; see `archive.model.kept_deposit.KeptDeposit`."""

    deposits: tuple[KeptDeposit, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The deposits as `archive deposits list --json` prints them."""
        from archive.reporting.deposits import deposits_document

        return deposits_document(self.deposits)


class HoldingsReport(Document, holdings_report.Portrait):
    """The report on all holdings; see `archive.stages.auditing.holdings_report.Portrait`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive report --json` prints it."""
        from archive.reporting.holdings_report import report_document

        return report_document(self)

    def to_html(self, *, language: str = "en", name: str = "archive") -> str:
        """The report as one static HTML page, in English ("en") or Arabic ("ar"). `name` is the archive's name."""
        from archive.reporting.html import write_page
        from archive.translation import translator

        return write_page(self, translator(language), name)

    def to_pdf(self, *, language: str = "en", name: str = "archive", settings: Settings | None = None) -> bytes:
        """The report as a PDF/A-2a document, in English ("en") or Arabic ("ar"). Raises `RenditionError`."""
        from archive.library.arguments import rely_on
        from archive.reporting.html import draw_pdf
        from archive.storage.clock import system_clock
        from archive.translation import translator

        return draw_pdf(self, translator(language), name, rely_on(settings), system_clock())

    def to_csv(self) -> str:
        """The holdings as CSV, one row a holding."""
        from archive.reporting.holdings_report import write_csv

        return write_csv(self)


@dataclass(frozen=True, slots=True)
class History(Document):
    """Recorded audits, the newest first: runs, or the checks of single files."""

    runs: tuple[AuditRun, ...] = ()
    checks: tuple[PastCheck, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The history as `archive audit history --json` prints it."""
        from archive.reporting.audit import history_document

        return history_document(self.runs, self.checks)


class ChainProof(Document, verifying.ChainProof):
    """Whether the ledger's chain of links is unbroken; see `archive.ledger.verifying.ChainProof`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The proof as `archive audit verify --json` prints it."""
        from archive.reporting.audit import chain_document

        return chain_document(self)


class CheckpointReport(Document, checkpoint.CheckpointReport):
    """A checkpoint of the ledger, and who has it; see `archive.model.checkpoint.CheckpointReport`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `archive audit witness --stamp --json` prints it."""
        from archive.reporting.audit import checkpoint_document

        return checkpoint_document(self)
