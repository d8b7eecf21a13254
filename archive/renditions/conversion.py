"""Existing PDFs to PDF/A by an outside converter: Ghostscript or OCRmyPDF, confined, and believed only after a check.

The converter sees a copy under a neutral name in a folder of its own. Its result must have the same number of pages and
the same text, and must claim PDF/A; whether the claim is true is veraPDF's to say, of many files at once.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from archive.errors import RenditionError, UsageError
from archive.model.build import Tool
from archive.model.finding import Severity
from archive.renditions.confinement import Finished, Limits, run_confined
from archive.renditions.inspection.carrying import carry_attachments
from archive.renditions.inspection.comparing import count_lost
from archive.renditions.inspection.examining import inspect_pdf
from archive.renditions.verapdf import Judgement
from archive.settings import Settings
from archive.storage.clock import Clock

_LOST = 0.005
_INTENT = """%!
[/_objdef {intent_profile} /type /stream /OBJ pdfmark
[{intent_profile} << /N 3 >> /PUT pdfmark
[{intent_profile} (PROFILE) (r) file /PUT pdfmark
[/_objdef {intent} /type /dict /OBJ pdfmark
[{intent} << /Type /OutputIntent /S /GTS_PDFA1 /DestOutputProfile {intent_profile}
  /OutputConditionIdentifier (sRGB) >> /PUT pdfmark
[{Catalog} << /OutputIntents [ {intent} ] >> /PUT pdfmark
"""


@dataclass(frozen=True, slots=True)
class Converter:
    """A program that makes PDF/A of PDF."""

    name: str
    program: str
    version: str

    @property
    def tool(self) -> Tool:
        return Tool(self.name, self.version)


@dataclass(frozen=True, slots=True)
class Converted:
    """A finished conversion: what the file claims, its pages, and the names of the files attached to it."""

    claims: tuple[str, ...]
    pages: int
    tool: Tool
    attached: tuple[str, ...] = ()


_PROGRAMS = {
    "ghostscript": ("Ghostscript", "gs", "ghostscript"),
    "ocrmypdf": ("OCRmyPDF", "ocrmypdf", "ocrmypdf"),
}


def find_converter(settings: Settings) -> Converter | None:
    """The converter that the setting `render.converter` asks for; "auto" takes Ghostscript, else OCRmyPDF.

    Raises `UsageError` when a setting names a program that is not there.
    """
    wanted = settings.render.converter
    if wanted == "none":
        return None
    for key in _PROGRAMS if wanted == "auto" else (wanted,):
        found = find_one(key, settings)
        if found is not None:
            return found
    return None


def find_one(key: str, settings: Settings) -> Converter | None:
    """The converter `key` ("ghostscript" or "ocrmypdf"), or None. Raises `UsageError` as `find_converter` does."""
    name, program, setting = _PROGRAMS[key]
    named = getattr(settings.tools, setting)
    path = shutil.which(named or program)
    if path is None:
        if named:
            raise UsageError(f"the setting tools.{setting} names no program", subject=named)
        return None
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        finished = run_confined([os.path.abspath(path), "--version"], limits=Limits(30, 0), folder=folder)
    said = re.search(rb"\d+(?:\.\d+)+", finished.output) if finished.ended_well else None
    return Converter(name, os.path.abspath(path), said[0].decode("ascii")) if said is not None else None


def convert_pdf(
    path: bytes,
    target: str,
    converter: Converter,
    *,
    name: str,
    pages: int,
    carry: bool = False,
    settings: Settings,
    clock: Clock,
) -> Converted:
    """Write the PDF of `pages` pages at `path` to `target`, as PDF/A of level b of the part that `render.pdfa` names;
    with `carry`, the files attached to it come along.

    Raises `NotCarriedError` when these cannot come along, else `RenditionError`: when the converter fails or takes
    more than its limits, when pages or text were lost, or when the result is not PDF/A by muniment's own checks;
    `find_refusal` has veraPDF's word.
    """
    part = settings.render.pdfa[0]
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        source, made = os.path.join(folder, "source.pdf"), os.path.join(folder, "target.pdf")
        try:
            shutil.copyfile(path, source)
        except OSError as error:
            raise RenditionError(f"could not be copied: {error.strerror}", subject=name) from error
        finished = _run(converter, folder, part, settings, clock)
        if not finished.ended_well or not os.path.isfile(made):
            raise RenditionError(f"{converter.name} made no PDF/A of it: {_say(finished)}", subject=name)
        attached: tuple[str, ...] = ()
        if carry:
            bare, made = made, os.path.join(folder, "carried.pdf")
            attached = carry_attachments(source, bare, made, subject=name, settings=settings)
        claims = _check(source, made, pages, converter=converter, name=name, settings=settings)
        try:
            shutil.move(made, target)
        except OSError as error:
            raise RenditionError(f"its PDF/A could not be stored: {error.strerror}", subject=name) from error
        return Converted(claims, pages, converter.tool, attached)


def find_refusal(judgement: Judgement, maker: str) -> str | None:
    """Why a conversion is not taken, when veraPDF refutes it; without a verdict nothing is said."""
    refuted = next((verdict for verdict in judgement.verdicts if not verdict.compliant), None)
    if refuted is None:
        return None
    clause, said = refuted.failures[0] if refuted.failures else ("", "no rule is named")
    return f"veraPDF says that what {maker} made is not {refuted.profile}: {clause}: {said}"


def _run(converter: Converter, folder: str, part: str, settings: Settings, clock: Clock) -> Finished:
    limits = Limits(settings.render.seconds, settings.render.memory_mb)
    environment = {"SOURCE_DATE_EPOCH": str(int(clock.now().timestamp()))}
    if converter.name == "OCRmyPDF":
        command = [
            converter.program, "--skip-text", "--jobs", "1", "--output-type", f"pdfa-{part}", "--quiet",
            "--optimize", "0", "source.pdf", "target.pdf",
        ]  # fmt: skip
        return run_confined(command, limits=limits, folder=folder, environment=environment)
    profile = os.path.join(folder, "srgb.icc")
    Path(profile).write_bytes(_make_srgb())
    Path(folder, "intent.ps").write_text(_INTENT.replace("PROFILE", profile), encoding="ascii")
    command = [
        converter.program, "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dNOOUTERSAVE", f"--permit-file-read={profile}",
        "-sDEVICE=pdfwrite", f"-dPDFA={part}", "-dPDFACompatibilityPolicy=1", "-sColorConversionStrategy=RGB",
        "-dAutoRotatePages=/None", "-o", "target.pdf", "intent.ps", "source.pdf",
    ]  # fmt: skip
    return run_confined(command, limits=limits, folder=folder, environment=environment)


def _make_srgb() -> bytes:
    """An sRGB profile (IEC 61966-2-1) that is the same every time: its date of making is emptied."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"\x07\xb2\x00\x01\x00\x01" + bytes(6)
    return bytes(profile)


def _check(
    source: str, made: str, pages: int, *, converter: Converter, name: str, settings: Settings
) -> tuple[str, ...]:
    """What the result claims. Raises `RenditionError` when it is not what went in."""
    after = inspect_pdf(made, subject=name, settings=settings)
    if not after.claims_pdfa:
        raise RenditionError(f"what {converter.name} made does not claim to be PDF/A", subject=name)
    if after.pages != pages:
        raise RenditionError(f"{converter.name} made {after.pages} pages of {pages}", subject=name)
    broken = next((finding for finding in after.findings if finding.severity is Severity.ERROR), None)
    if broken is not None:
        raise RenditionError(f"what {converter.name} made is not PDF/A: {broken.message}", subject=name)
    lost, total = count_lost(source, made, subject=name, settings=settings)
    if lost > _LOST * total:
        raise RenditionError(f"{converter.name} lost text: {lost} of {total} letters", subject=name)
    return after.claims


def _say(finished: Finished) -> str:
    lines = (finished.errors + finished.output).decode("utf-8", "replace").strip().splitlines()
    return f"{finished.ending}{f' and said: {lines[-1][:200]}' if lines else ''}"
