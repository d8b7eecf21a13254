"""The rendering report as JSON, `archive.rendering/1`."""

from __future__ import annotations

from typing import Any

from archive.formats.naming import path_fields
from archive.model.package import RenditionResult, Tool
from archive.reporting.finding_json import finding_fields
from archive.stages.rendering_files import FileRendition, RenderingReport


def rendering_document(report: RenderingReport, exit_code: int) -> dict[str, Any]:
    """The one JSON document of `archive render`."""
    return {
        "schema": "archive.rendering/1",
        "exit_code": exit_code,
        "dry_run": report.dry_run,
        "files": [_file_fields(file) for file in report.files],
    }


def validity_word(result: RenditionResult) -> str | None:
    """What may be said of a rendition: "valid" only by a validator's word; None where there is no rendition."""
    if not result.claims or result.status.value == "none":
        return None
    return {True: "valid", False: "invalid", None: "claimed, not validated"}[result.validated]


def _file_fields(file: FileRendition) -> dict[str, Any]:
    result = file.result
    return {
        **path_fields(result.source, "source"),
        "status": result.status.value,
        **(path_fields(result.path, "path") if result.path is not None else {"path": None}),
        "claims": list(result.claims),
        "validity": validity_word(result),
        "validator": _tool(result.validator),
        "maker": _tool(result.maker),
        "pages": result.pages,
        "reason": result.reason,
        "error": None if file.error is None else type(file.error).__name__,
        "findings": [finding_fields(finding) for finding in result.findings],
    }


def _tool(tool: Tool | None) -> dict[str, str] | None:
    return None if tool is None else {"name": tool.name, "version": tool.version}
