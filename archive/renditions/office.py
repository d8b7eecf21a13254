"""Office documents to PDF/A by LibreOffice, confined: a profile of its own, no network, no macros, limits, and a copy.

LibreOffice sees a copy under a neutral name in a folder of its own, and only the PDF that it makes is read. The source
is attached for PDF/A-3, the times are those of the run, and what pages do not show is counted in the document itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from archive.errors import RenditionError, UsageError
from archive.model.build import Tool
from archive.renditions.confinement import Finished, Limits, run_confined
from archive.renditions.inspection.examining import inspect_pdf
from archive.renditions.originals import Original, can_draw
from archive.settings import Settings
from archive.storage.clock import Clock

MOST_BYTES = 128 << 20
PACKAGES = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
"""The Debian packages that can print every format here."""

_OLDEST = (7, 4)
_FILTERS = {"writer": "writer_pdf_Export", "calc": "calc_pdf_Export", "impress": "impress_pdf_Export"}
_OPEN = {"writer": "odt", "calc": "ods", "impress": "odp"}
_ENDINGS = {
    "doc": "writer", "rtf": "writer", "odt": "writer", "docx": "writer", "xls": "calc", "ods": "calc", "xlsx": "calc",
    "ppt": "impress", "pptx": "impress", "odp": "impress",
}  # fmt: skip
_OOXML = "application/vnd.openxmlformats-officedocument."
_KINDS = {
    "application/msword": "doc", "application/rtf": "rtf", "text/rtf": "rtf", "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt", "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods", "application/vnd.oasis.opendocument.presentation": "odp",
    f"{_OOXML}wordprocessingml.document": "docx", f"{_OOXML}spreadsheetml.sheet": "xlsx",
    f"{_OOXML}presentationml.presentation": "pptx",
}  # fmt: skip
_MEDIA_TYPES = {ending: kind for kind, ending in _KINDS.items() if kind != "text/rtf"}
_BETTER_PRINTED = frozenset({"ods", "odp", "pptx"})
"""Muniment's own readers take their words only; they are used where there is no LibreOffice."""
_UNSURE = frozenset({
    "", "application/octet-stream", "application/zip", "application/x-ole-storage", "application/x-zip-compressed",
})  # fmt: skip
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"
 oor:op="fuse"><value>3</value></prop><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link"
 oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link"
 oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True, slots=True)
class Office:
    """A LibreOffice that is here."""

    program: str
    version: str

    @property
    def tool(self) -> Tool:
        return Tool("LibreOffice", self.version)


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished PDF/A: what it claims, its pages, and what those do not show."""

    claims: tuple[str, ...]
    pages: int
    unseen: tuple[str, ...]
    problem: str | None = None
    """Why it is not PDF/A by muniment's own checks; it may still be converted."""


def find_office(settings: Settings) -> Office | None:
    """LibreOffice 7.4 or later, None where there is none. Raises `UsageError` when the setting names no program."""
    named = settings.tools.libreoffice
    path = shutil.which(named) if named else shutil.which("soffice") or shutil.which("libreoffice")
    if path is None:
        if named:
            raise UsageError("the setting tools.libreoffice names no program", subject=named)
        return None
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        finished = run_confined([os.path.abspath(path), "--version"], limits=Limits(60, 0), folder=folder)
    said = re.search(rb"\d+(?:\.\d+)+", finished.output) if finished.ended_well else None
    if said is None or tuple(int(part) for part in said[0].split(b".")[:2]) < _OLDEST:
        return None
    return Office(os.path.abspath(path), said[0].decode("ascii"))


def office_ending(original: Original) -> str | None:
    """The ending that tells LibreOffice what the original is; None where it is not an office document."""
    kind = (original.kind or "").partition(";")[0].strip().lower()
    ending = original.name.rpartition(".")[2].lower() if "." in original.name else ""
    return _KINDS.get(kind) or (ending if kind in _UNSURE and ending in _ENDINGS else None)


def is_for_office(original: Original, settings: Settings) -> bool:
    """Whether LibreOffice is to print the original where it is here: by `render.office`, all office documents, or
    those that no reader of muniment draws and those whose pages say more than their words."""
    wanted = settings.render.office
    if wanted not in ("auto", "libreoffice") or office_ending(original) is None:
        return False
    return wanted == "libreoffice" or not can_draw(original) or office_ending(original) in _BETTER_PRINTED


def why_no_office(original: Original, settings: Settings) -> str | None:
    """Why an office document that only LibreOffice could print has no rendition; None for other files."""
    ending = office_ending(original)
    if ending is None or can_draw(original):
        return None
    if settings.render.office in ("own", "none"):
        return f"its format (.{ending}) is known, and only LibreOffice draws it, which render.office does not allow"
    return f"its format (.{ending}) is known, and needs LibreOffice: apt install {PACKAGES}"


def print_document(original: Original, target: str, office: Office, *, settings: Settings, clock: Clock) -> Printed:
    """Write the original as PDF/A of level b, of the part that `render.pdfa` names, to `target`.

    Raises `RenditionError` when LibreOffice makes nothing of it or takes more than its limits.
    """
    ending = office_ending(original) or ""
    if original.size > MOST_BYTES:
        raise RenditionError(
            f"it has {original.size:,} bytes, and LibreOffice is given at most {MOST_BYTES:,}", subject=original.subject
        )
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        source = os.path.join(folder, f"source.{ending}")
        try:
            shutil.copyfile(original.location, source)
        except OSError as error:
            raise RenditionError(f"could not be copied: {error.strerror}", subject=original.subject) from error
        user = Path(folder, "profile", "user")
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        module, part = _ENDINGS[ending], settings.render.pdfa[0]
        # A comment would become an annotation without an appearance, which PDF/A forbids; the comments are counted.
        choices = {
            "SelectPdfVersion": {"type": "long", "value": part},
            "ExportNotes": {"type": "boolean", "value": "false"},
        }
        finished = _convert(office, f"pdf:{_FILTERS[module]}:{json.dumps(choices)}", source, folder, settings)
        printed = os.path.join(folder, "made", "source.pdf")
        if not os.path.isfile(printed):
            said = finished.ending if not finished.ended_well else "it may be damaged or locked with a password"
            raise RenditionError(f"LibreOffice made no PDF of it: {said}", subject=original.subject)
        package: str | None = source
        if ending in ("doc", "rtf", "xls", "ppt"):
            _convert(office, _OPEN[module], source, folder, settings)
            package = os.path.join(folder, "made", f"source.{_OPEN[module]}")
            package = package if os.path.isfile(package) else None
        finishing: dict[str, object] = {
            "printed": printed, "source": source, "package": package, "target": os.path.join(folder, "target.pdf"),
            "attach": part == "3", "name": _writable(original.name), "kind": _MEDIA_TYPES[ending],
            "modified": f"D:{original.modified.astimezone(UTC):%Y%m%d%H%M%SZ}" if original.modified else None,
            "xmp_time": f"{clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "pdf_time": f"D:{clock.now().astimezone(UTC):%Y%m%d%H%M%SZ}",
        }  # fmt: skip
        answer = _finish(finishing, folder, original.subject, settings)
        after = inspect_pdf(str(finishing["target"]), subject=original.subject, settings=settings)
        trouble = after.problem or after.limit
        if trouble is not None:
            raise RenditionError(f"what LibreOffice made cannot be read: {trouble}", subject=original.subject)
        try:
            shutil.move(str(finishing["target"]), target)
        except OSError as error:
            raise RenditionError(
                f"its PDF/A could not be stored: {error.strerror}", subject=original.subject
            ) from error
    broken = next((one.message for one in after.findings if one.severity.value == "error"), None)
    if not after.claims_pdfa:
        broken = "it does not claim to be PDF/A"
    return Printed(after.claims, after.pages, tuple(answer["unseen"]), broken)


def _convert(office: Office, form: str, source: str, folder: str, settings: Settings) -> Finished:
    command = [
        office.program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore",
        "--nologo", "--nolockcheck", "--nodefault", "--convert-to", form, "--outdir", "made", os.path.basename(source),
    ]  # fmt: skip
    limits = Limits(settings.render.seconds, settings.render.memory_mb, file_mb=1024)
    return run_confined(command, limits=limits, folder=folder)


def _finish(order: dict[str, object], folder: str, subject: str, settings: Settings) -> dict[str, list[str]]:
    finished = run_confined(
        [sys.executable, "-P", "-m", "archive.renditions.office_worker", json.dumps(order)],
        limits=Limits(settings.render.seconds, settings.render.memory_mb),
        folder=folder,
        environment={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        answer = json.loads(finished.output)
        problem = answer.get("problem")
    except (ValueError, AttributeError):
        problem = finished.ending
    if problem is not None:
        raise RenditionError(f"what LibreOffice made could not be finished: {problem}", subject=subject)
    return {"unseen": [str(one) for one in answer.get("unseen", ())]}


def _writable(name: str) -> str:
    """A file's name as JSON and PDF can hold it."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
