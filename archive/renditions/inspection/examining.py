"""Has a PDF examined in a worker process, and trusts nothing the worker says beyond its form."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import from_os_error
from archive.model.codes import all_kinds
from archive.model.finding import Fact, Finding
from archive.renditions.confinement import Limits, run_confined
from archive.renditions.verapdf import measure_slowness
from archive.settings import Settings

_WORKER = "archive.renditions.inspection.worker"
_SECONDS = 20.0
_BYTES_PER_SECOND = 2 << 20
_MEMORY_MB = 1024
_WAITING = 4
_ROOT = str(Path(__file__).resolve().parents[3])


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen of a PDF.

    `problem` is set when it is not a readable PDF, `limit` when it took more than it may: then nothing else is known.
    `claims` are as "PDF/A-3a" and "PDF/UA-1"; `findings` are violations of them. `unfinished` says why the checks did
    not come to their end.
    """

    problem: str | None = None
    limit: str | None = None
    version: str = ""
    claims: tuple[str, ...] = ()
    unknown_claims: tuple[str, ...] = ()
    broken_metadata: str | None = None
    encrypted: bool = False
    locked: bool = False
    pages: int = 0
    actions: tuple[str, ...] = ()
    fields: int = 0
    signatures: int = 0
    attachments: tuple[str, ...] = ()
    tagged: bool = False
    language: str = ""
    title: str = ""
    unfinished: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def claims_pdfa(self) -> bool:
        return any(claim.startswith("PDF/A") for claim in self.claims)


def inspect_pdf(path: str | bytes, *, subject: str, settings: Settings) -> Inspection:
    """Examine the PDF at `path`, in a process of its own. `subject` is what findings call it.

    Limits: 20 seconds of processor time (more on a slow machine) and a second for every 2 MiB, but never more than
    `render.seconds`, and four times that by the clock; 1 GiB of memory beside the
    file, but never more than `render.memory_mb`. Raises `StorageError` when the file cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise from_os_error(error, subject) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Inspection(problem="it is not a regular file")
        seconds = min((_SECONDS + status.st_size / _BYTES_PER_SECOND) * measure_slowness(), settings.render.seconds)
        limits = Limits(
            seconds=seconds * _WAITING,
            cpu_seconds=seconds,
            memory_mb=min(_MEMORY_MB + (status.st_size >> 20), settings.render.memory_mb),
            file_mb=64,
        )
        with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
            finished = run_confined(
                [sys.executable, "-P", "-m", _WORKER],
                limits=limits,
                folder=folder,
                stdin=descriptor,
                environment={"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
            )
    finally:
        os.close(descriptor)
    if not finished.ended_well:
        return Inspection(limit=_reason(finished.errors) or finished.ending)
    try:
        return _read_answer(json.loads(finished.output), subject)
    except (ValueError, LookupError, TypeError, AttributeError):
        return Inspection(limit="the worker's answer could not be read")


def _reason(errors: bytes) -> str | None:
    return "it needs more memory than it may have" if b"MemoryError" in errors else None


def _read_answer(answer: dict[str, Any], subject: str) -> Inspection:
    if "problem" in answer:
        return Inspection(problem=str(answer["problem"]))
    kinds = all_kinds()
    findings = tuple(
        Finding(kinds[code], subject, facts={str(name): _fact(value) for name, value in facts.items()})
        for code, facts in answer["violations"]
    )
    texts = {key: _text(answer.get(key)) for key in ("broken_metadata", "unfinished")}
    return Inspection(
        version=str(answer["version"]),
        claims=_texts(answer.get("claims", [])),
        unknown_claims=_texts(answer.get("unknown_claims", [])),
        encrypted=answer["encrypted"] is True,
        locked=answer.get("locked") is True,
        pages=int(answer.get("pages", 0)),
        actions=_texts(answer.get("actions", [])),
        fields=int(answer.get("fields", 0)),
        signatures=int(answer.get("signatures", 0)),
        attachments=_texts(answer.get("attachments", [])),
        tagged=answer.get("tagged") is True,
        language=str(answer.get("language", "")),
        title=str(answer.get("title", "")),
        findings=findings,
        **texts,
    )


def _fact(value: Any) -> Fact:
    if isinstance(value, list):
        return _texts(value)
    return value if isinstance(value, int | bool) else str(value)


def _texts(values: list[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
