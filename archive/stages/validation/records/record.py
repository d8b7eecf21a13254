"""Judging XML records: one file by itself, and the records that a bag carries.

First the document is read safely, then checked against its standard's schema, then against the rules that no schema
can tell.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from archive.errors import NotFoundError
from archive.formats import mets_reading, premis_reading
from archive.formats.xml_safety import DEFAULT_LIMITS, XmlLimits, XmlRefusedError, can_stream, root_of
from archive.model.codes import xml as codes
from archive.model.finding import Fact, Finding, Outcome, outcome_of
from archive.model.validation import Kind, ValidationReport
from archive.settings import Settings
from archive.stages.validation.records.agreement import STREAMED_FROM, check_agreement
from archive.stages.validation.records.files import check_files
from archive.stages.validation.records.mets import package_places
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.payload import BagMetadata
from archive.stages.validation.records.premis_stream import stream_premis
from archive.stages.validation.records.sorts import judge_content
from archive.storage.folders import READ

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["check_bag_metadata", "validate_record"]

_HEAD = 1 << 16
_CHUNK = 1 << 20
_VERDICTS = {Outcome.INTACT: "valid", Outcome.DAMAGED: "invalid", Outcome.NOT_CHECKED: "not checked"}


def validate_record(
    subject: str, *, settings: Settings | None = None, limits: XmlLimits = DEFAULT_LIMITS
) -> ValidationReport:
    """Judge the XML record at the path `subject`: PREMIS, METS, Dublin Core, wherever they are in it.

    PREMIS is read as a stream where it is large; anything else is read whole within `limits`. Nothing that the record
    names is fetched; the files that a METS names are compared where they are beside it. Raises `NotFoundError` when
    there is no such file.
    """
    del settings
    notes = Notes(subject)
    facts: dict[str, Fact] = {}
    try:
        descriptor = os.open(subject, READ & ~getattr(os, "O_NOFOLLOW", 0))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError("there is no such file", subject=subject) from error
    except OSError as error:
        notes.add(codes.NOT_READABLE, reason=error.strerror or "the system refuses")
        return _report(subject, notes, facts)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            notes.add(codes.NOT_READABLE, reason="not a regular file")
            return _report(subject, notes, facts)
        facts["bytes"] = status.st_size
        root = _judge_descriptor(descriptor, status.st_size, notes, facts, limits)
        if root is not None and mets_reading.is_mets(root):
            check_files(package_places(root), os.path.dirname(subject) or ".", notes)
    except OSError as error:
        notes.add(codes.NOT_READABLE, reason=error.strerror or "the system refuses")
    finally:
        os.close(descriptor)
    return _report(subject, notes, facts)


def _report(subject: str, notes: Notes, facts: dict[str, Fact]) -> ValidationReport:
    findings = tuple(notes.all())
    return ValidationReport(subject, Kind.XML, _VERDICTS[outcome_of(findings)], findings, None, facts)


def _judge_descriptor(
    descriptor: int, size: int, notes: Notes, facts: dict[str, Fact], limits: XmlLimits
) -> _Element | None:
    if size > min(limits.size, STREAMED_FROM):
        try:
            head = os.pread(descriptor, _HEAD, 0)
            tag, _names = root_of(head, subject=notes.subject)
            namespace, _, name = tag.lstrip("{").rpartition("}")
            streamed = can_stream(head) or size > limits.size
            if streamed and name == "premis" and namespace in premis_reading.PREMIS_NAMESPACES:
                facts["record"] = "PREMIS"
                again = partial(_read_again, descriptor)
                stream_premis(_read_chunks(descriptor), namespace, notes, limits=limits, again=again)
                return None
            if size > limits.size:
                notes.add(codes.TOO_LARGE, found=size, limit=limits.size)
                return None
        except XmlRefusedError as refused:
            notes.take(refused.finding)
            return None
    return judge_content(b"".join(_read_chunks(descriptor)), notes, facts=facts, limits=limits)


def _read_again(descriptor: int) -> Iterator[bytes]:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return _read_chunks(descriptor)


def _read_chunks(descriptor: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, _CHUNK):
        yield chunk


def check_bag_metadata(view: BagMetadata, *, premis: bool = True) -> list[Finding]:
    """Judge the records that a bag carries, and that PREMIS, manifests and files tell the same of every payload file.

    Payload bytes are not read again: what the manifests say of them was proven by the bag's own validation. Memory
    grows by about 0.4 KiB a file. Without `premis` the PREMIS record is not read.
    """
    return check_agreement(view, premis=premis)
