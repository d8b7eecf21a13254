"""What rendering single files did: one result a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.model.build import RenditionResult, RenditionStatus
from archive.model.finding import Finding, Outcome, Severity
from archive.model.light import light_dataclass

if TYPE_CHECKING:
    from archive.errors import ArchiveError


@light_dataclass(frozen=True, slots=True)
class FileRendition:
    """What became of one file. `error` is set when the rendition could not be written."""

    result: RenditionResult
    error: ArchiveError | None = None


@light_dataclass(frozen=True, slots=True)
class RenderingReport:
    """What `archive render` did, file by file; after a dry run nothing is written and no result has claims."""

    files: tuple[FileRendition, ...]
    dry_run: bool = False

    @property
    def outcome(self) -> Outcome:
        """Damaged when a rendition was found invalid, not checked when a file has none, else intact; errors apart."""
        results = [file.result for file in self.files if file.error is None]
        if any(result.validated is False for result in results):
            return Outcome.DAMAGED
        missing = any(result.status is RenditionStatus.NONE and not self.dry_run for result in results)
        return Outcome.NOT_CHECKED if missing else Outcome.INTACT

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(
            finding
            for file in self.files
            for finding in file.result.findings
            if finding.severity in (Severity.WARNING, Severity.ERROR)
        )
