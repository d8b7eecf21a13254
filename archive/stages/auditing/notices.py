"""Composing what people are told: which archive, what happened and why, and the exact next command."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from archive.errors import ArchiveError
from archive.formats.naming import escape
from archive.model.audit import AuditReport
from archive.model.finding import Outcome, Severity
from archive.model.notice import Notice
from archive.settings import Settings
from archive.storage.clock import system_clock

MOST = 50
"""So many causes are told; the rest is counted."""


def archive_name(settings: Settings) -> str:
    """The name that people know the archive by: that of [notify], else that of the project's folder."""
    return settings.notify.name or os.path.basename(os.path.abspath(settings.folder))


def notice_of_audit(settings: Settings, report: AuditReport) -> Notice:
    """What a run is told of: a line for each finding that needs attention, and the commands that come next."""
    found = [one for one in report.findings if one.severity is not Severity.NOTE]
    causes = [f"{escape(one.message)} [{one.code}]" for one in found[:MOST]]
    if len(found) > MOST:
        causes.append(f"and {len(found) - MOST:,} more: archive status shows them")
    steps = _next_steps(settings, troubled=bool(found))
    return Notice(
        archive_name(settings), escape(report.verdict), report.outcome, tuple(causes), steps, report.run, report.files,
        report.bytes,
    )  # fmt: skip


def notice_of_test(settings: Settings) -> Notice:
    """What `archive notify --test` sends."""
    return Notice(
        archive_name(settings), "test: alerts of this archive arrive here", Outcome.INTACT,
        ("This is a test, sent by archive notify --test. Nothing has happened",),
        (_in_project(settings, "archive status"),),
    )  # fmt: skip


def notice_of_failure(settings: Settings, unit: str, environ: Mapping[str, str]) -> Notice:
    """What is told when a scheduled command ended badly; systemd says how it ended in MONITOR_* (systemd.exec(5))."""
    code = environ.get("MONITOR_EXIT_STATUS", "")
    result = environ.get("MONITOR_SERVICE_RESULT", "")
    how = " ".join(part for part in (result, code) if part) or "it is not known how"
    return Notice(
        archive_name(settings), f"not checked: the scheduled audit failed ({escape(how)})", Outcome.NOT_CHECKED,
        (f"The unit {escape(unit)} ended badly, and no summary of it was sent",),
        (f"journalctl --user -u {shlex.quote(unit)} -n 50", _in_project(settings, "archive audit")),
    )  # fmt: skip


def _next_steps(settings: Settings, *, troubled: bool) -> tuple[str, ...]:
    """What `archive status` advises; `archive status` itself where the ledger cannot be asked."""
    from archive.ledger.book import ledger_address, open_ledger
    from archive.stages.archive_status import read_archive_status

    steps: tuple[str, ...] = ("archive status",) if troubled else ()
    try:
        ledger = open_ledger(ledger_address(settings))
        try:
            known = read_archive_status(ledger, settings, settings.audit.max_age, system_clock()).steps
        finally:
            ledger.close()
    except ArchiveError:
        known = ()
    return tuple(_in_project(settings, step) for step in known or steps)


def _in_project(settings: Settings, command: str) -> str:
    return f"cd {shlex.quote(escape(os.path.abspath(settings.folder)))} && {escape(command)}"
