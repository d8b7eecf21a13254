"""May this bag leave? Only a bag that is valid to the last byte, and whose rights allow it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import date

from archive.bags.contents import BagReading
from archive.bags.reader import TooLargeError
from archive.errors import StorageError, UsageError, from_os_error
from archive.formats.bagpath import to_text
from archive.formats.xml_safety import XmlRefusedError
from archive.model.audience import EVERYONE, Audience, Recipient
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import deposit as codes
from archive.model.codes.description import RESTRICTED_INSIDE
from archive.model.description import Access
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
from archive.stages.description.rights import accesses_of_statements, check_release, restricted_subjects
from archive.stages.validation import validate
from archive.stages.validation.bags.bag import validate_bag
from archive.storage.clock import Clock

_STATEMENTS = "metadata/descriptive/statements.json"
_DESCRIPTION = "metadata/descriptive/description.toml"
_OF_FILES = "metadata/descriptive/files/"


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


def judge_rights(
    source: BagReading, clock: Clock, recipient: Recipient = EVERYONE, *, private_fields: bool = True,
    restricted_files: bool = True,
) -> list[Finding]:  # fmt: skip
    """What in the bag's rights forbids to give it to `recipient`, or should be known. Raises `StorageError`.

    The one rule for deposits and exports. Every record of the bag is asked, wherever it is among the tag files; the
    strictest decides. What is restricted may be kept in the archive's own places, given to a named person with a
    reason, and is never given to the public. `private_fields` and `restricted_files` tell whether those go along with
    the rest.
    """
    found = _judge_for_everyone(source, clock.now().date(), restricted_files=restricted_files)
    return [_for_recipient(finding, recipient, private_fields=private_fields) for finding in found]


def forbids(findings: Iterable[Finding]) -> bool:
    """Whether these findings on rights do not let the bag go."""
    return any(finding.severity in (Severity.ERROR, Severity.UNCHECKED) for finding in findings)


def _for_recipient(finding: Finding, recipient: Recipient, *, private_fields: bool) -> Finding:
    if finding.kind is RESTRICTED_INSIDE and private_fields:
        finding = finding if recipient.audience is Audience.OURSELVES else codes.PRIVATE_FIELDS.at(finding.subject)
    if not forbids([finding]):
        return finding
    if recipient.audience is Audience.OURSELVES:
        return codes.KEPT_BY_OURSELVES.at(finding.subject, why=finding.message)
    if recipient.audience is Audience.NAMED and recipient.reason:
        return codes.GIVEN_WITH_REASON.at(
            finding.subject, why=finding.message, name=recipient.name, reason=recipient.reason
        )
    return finding


def _judge_for_everyone(source: BagReading, today: date, *, restricted_files: bool) -> list[Finding]:
    """What does not let the bag be given to everyone; without `restricted_files` what is left when those stay out."""
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
    if not restricted_files:
        closed = restricted_subjects(statements, today)
        findings = [one for one in findings if one.subject not in closed and one.kind is not RESTRICTED_INSIDE]
        found = _without_files(found, len(closed - {None}), today)
    known = {(finding.code, finding.facts.get("access")) for finding in findings}
    judged = judge_accesses(found, *accesses_of_statements(statements, today), today)
    return findings + [one for one in judged if (one.code, one.facts.get("access")) not in known]


def _without_files(found: list[RecordedAccess], closed: int, today: date) -> list[RecordedAccess]:
    """What is recorded of the package, when as many files as statements.json closes stay out.

    Records do not say by path which file they close; one that closes more than those is taken to speak of others too.
    The Dublin Core records of single files count together.
    """
    ends = [end for one in found for end in one.ends if end is not None]
    of_files = [(one, _record_of_files(one)) for one in found]
    strict = [(one, record) for one, record in of_files if record and one.in_force(today, ends) is not Access.OPEN]
    counts = Counter(record for _one, record in strict if record != _OF_FILES)
    counts[_OF_FILES] = len({one.record for one, record in strict if record == _OF_FILES})
    return [one for one, record in of_files if not record or counts[record] > closed]


def _record_of_files(access: RecordedAccess) -> str:
    """The record, where it speaks of single files; the folder of those that each speak of one; else empty."""
    if access.record.startswith(_OF_FILES):
        return _OF_FILES
    return "" if access.whole else access.record


def _is_record(path: str) -> bool:
    return path in (_DESCRIPTION, BAG_INFO) or path.lower().endswith(".xml")
