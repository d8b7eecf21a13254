"""May this bag leave? Only a bag that is valid to the last byte, and whose rights allow it."""

from __future__ import annotations

import os

from archive.bags.contents import BagReading
from archive.bags.reader import TooLargeError
from archive.errors import StorageError, UsageError, from_os_error
from archive.formats.bagpath import to_text
from archive.formats.xml_safety import XmlRefusedError
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import deposit as codes
from archive.model.finding import Finding, Outcome, Severity
from archive.model.validation import Depth, Kind
from archive.settings import Settings
from archive.stages.description.recorded_rights import (
    BAG_INFO,
    RecordedAccess,
    judge_accesses,
    read_accesses,
    unreadable,
)
from archive.stages.description.rights import accesses_of_statements, check_release
from archive.stages.validation import validate
from archive.stages.validation.bags.bag import validate_bag
from archive.storage.clock import Clock

_STATEMENTS = "metadata/descriptive/statements.json"
_DESCRIPTION = "metadata/descriptive/description.toml"


def judge_bag(bag: str, settings: Settings, progress: Progress = NO_PROGRESS, *, payload: bool = True) -> list[Finding]:
    """Why `bag` may not be deposited as it is: empty when it is valid. Reads every byte.

    Without `payload` its bytes are not read: everything else is judged, and that each of its files is there. Raises
    `NotFoundError` and `UsageError` for what is not a bag.
    """
    if payload:
        report = validate(bag, depth=Depth.FULL, settings=settings, progress=progress)
    else:
        report = validate_bag(bag, depth=Depth.COMPLETE, settings=settings, progress=progress, read_tags=True)
    if report.kind is not Kind.BAG:
        raise UsageError(f"this is not a bag but {report.kind.value}", subject=bag, remedy="Name a bag to deposit")
    if report.outcome is Outcome.INTACT:
        return []
    name = os.path.basename(os.path.abspath(bag))
    grave = [one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED)]
    return [codes.INVALID_BAG.at(name, verdict=report.verdict), *grave]


def judge_rights(source: BagReading, clock: Clock) -> list[Finding]:
    """What in the bag's rights forbids to give it out, or should be known. Raises `StorageError`.

    Every record of the bag is asked, wherever it is among the tag files; the strictest decides.
    """
    today = clock.now().date()
    statements = None
    try:
        if source.has(_STATEMENTS):
            statements = source.reader.read_tag(os.fsencode(_STATEMENTS), source.limits.tag_file)
        findings = check_release(statements, today)
        found: list[RecordedAccess] = []
        for path in source.reader.tag_files():
            if not _is_record(name := to_text(path)):
                continue
            try:
                found += read_accesses(name, source.reader.stream_tag(path))
            except XmlRefusedError as error:
                findings.append(unreadable(name, error))
    except TooLargeError as error:
        raise StorageError("this is longer than any description", subject=_STATEMENTS) from error
    except OSError as error:
        raise from_os_error(error, _STATEMENTS) from error
    known = {(finding.code, finding.facts.get("access")) for finding in findings}
    judged = judge_accesses(found, *accesses_of_statements(statements, today), today)
    return findings + [one for one in judged if (one.code, one.facts.get("access")) not in known]


def _is_record(path: str) -> bool:
    return path in (_DESCRIPTION, BAG_INFO) or path.lower().endswith(".xml")
