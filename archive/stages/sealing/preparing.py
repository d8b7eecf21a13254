"""Everything of a new seal but its stamps: the bag is validated, its statement is written and signed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive import __version__
from archive.bags.contents import BagReading, read_bag
from archive.bags.opening import open_reader
from archive.bags.reader import LIMITS, BagReader
from archive.errors import FormatError, NotABagError, StorageError, UsageError
from archive.formats.bagpath import to_text
from archive.formats.seal_statement import write_envelope, write_statement
from archive.formats.stamped_list import write_stamped_list
from archive.model.addresses import is_remote
from archive.model.build import NO_PROGRESS, Progress
from archive.model.finding import Outcome, Severity
from archive.model.seal import (
    ENVELOPE_NAME,
    LAST_SEAL,
    README_NAME,
    SEAL_FOLDER,
    SIGNERS_NAME,
    STAMPED_NAME,
    STATEMENT_NAME,
    Envelope,
    Reason,
    Statement,
    Subject,
    folder_of,
    is_tag_manifest,
)
from archive.model.validation import Kind
from archive.resources import metadata_path
from archive.settings import Settings
from archive.stages.sealing.signing import SealingKey, sign_statement, signers_pem
from archive.stages.validation import validate
from archive.stages.validation.seals.judging import WEAK_SINCE, judge_seals, sealed_bag_of

_TOOL = f"muniment {__version__}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A seal without its stamps: its number, its statement, and its files by name."""

    bag: str
    number: int
    statement: Statement
    files: Mapping[str, bytes]

    @property
    def stamped(self) -> bytes:
        """The content of stamped.sha512."""
        return self.files[STAMPED_NAME]

    @property
    def digest(self) -> str:
        """The SHA-512 of stamped.sha512 in hex."""
        return hashlib.sha512(self.stamped).hexdigest()


@dataclass(frozen=True, slots=True)
class _Survey:
    """What is to be covered, and the numbers of the seals that are there."""

    subjects: tuple[Subject, ...]
    numbers: tuple[int, ...]


def refuse_packed(bag: str) -> None:
    """Only a bag in a local folder is sealed. Raises `UsageError`."""
    if is_remote(bag):
        raise UsageError("a bag in a bucket cannot be sealed", subject=bag, remedy="Seal it first, then send it there")
    if os.path.isfile(bag):
        raise UsageError(
            "a packed bag cannot be sealed, because a seal is stored in the bag", subject=bag,
            remedy="Seal the folder first, then pack it",
        )  # fmt: skip


def prepare_seal(
    bag: str,
    keys: Sequence[SealingKey],
    *,
    reason: Reason | None,
    stamps: int,
    moment: datetime,
    draw: Callable[[int], bytes],
    witness: str | None = None,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
) -> Prepared:
    """Validate `bag` at depth full, then write and sign the statement of its next seal; nothing is stored.

    Without `reason` a first seal is of the ingest and others are reseals. `stamps` is how many operators must stamp,
    `draw` returns so many random bytes. Raises `NotABagError`, `FormatError` for a bag that is not valid,
    `StorageError` where it could not be read in full, `UsageError`, and what the keys raise.
    """
    _demand_validity(bag, settings, progress)
    reader = open_reader(bag)
    try:
        reading = read_bag(bag, reader, LIMITS)
        survey = _survey(bag, reader)
        _refuse_weak(bag, reading, moment)
        if survey.numbers:
            _refuse_damaged(bag, reading, moment)
        sealed_bag = sealed_bag_of(reading)
    except OSError as error:
        raise StorageError(f"it could not be read: {error.strerror or error}", subject=bag) from error
    finally:
        reader.close()
    number = len(survey.numbers) + 1
    folder = folder_of(number)
    own = {README_NAME: metadata_path("seal", README_NAME).read_bytes(), SIGNERS_NAME: signers_pem(keys)}
    subjects = [*survey.subjects, *(_subject(f"{folder}/{name}", [content]) for name, content in own.items())]
    statement = Statement(
        subjects=tuple(sorted(subjects, key=lambda one: one.name)),
        seal=number,
        reason=reason or (Reason.INGEST if number == 1 else Reason.RESEAL),
        time=moment,
        salt=draw(32),
        bag=sealed_bag,
        signers=tuple(sorted(key.public.fingerprint for key in keys)),
        stamps=stamps,
        tool=_TOOL,
        witness=witness,
    )
    payload = write_statement(statement)
    signatures, ssh = sign_statement(keys, payload)
    files = {**own, STATEMENT_NAME: payload, ENVELOPE_NAME: write_envelope(Envelope(payload, signatures)), **ssh}
    digests = {one.name: one.sha512 for one in survey.subjects if is_tag_manifest(one.name)}
    digests |= {f"{folder}/{name}": hashlib.sha512(content).hexdigest() for name, content in files.items()}
    files[STAMPED_NAME] = write_stamped_list(digests)
    return Prepared(bag, number, statement, files)


def _demand_validity(bag: str, settings: Settings | None, progress: Progress) -> None:
    report = validate(bag, settings=settings, progress=progress)
    if report.kind is not Kind.BAG:
        raise NotABagError("only a bag in a folder can be sealed", subject=bag)
    if report.outcome is Outcome.DAMAGED:
        first = report.errors[0].message if report.errors else report.verdict
        raise FormatError(
            f"the bag is {report.verdict}, so it was not sealed: {first}", subject=bag,
            remedy="See all findings: archive validate BAG",
        )  # fmt: skip
    if report.outcome is Outcome.NOT_CHECKED:
        raise StorageError(
            "the bag could not be validated in full, so it was not sealed", subject=bag,
            remedy="See why: archive validate BAG",
        )  # fmt: skip


def _survey(bag: str, reader: BagReader) -> _Survey:
    """The tag manifests and every file of older seals, digested. Raises OSError, `FormatError` and `UsageError`."""
    paths = [to_text(path) for path in reader.tag_files()]
    older = [path for path in paths if path.startswith(f"{SEAL_FOLDER}/")]
    manifests = [path for path in paths if is_tag_manifest(path)]
    if not manifests:
        raise UsageError(
            "the bag has no tag manifest, so a seal would not cover its content", subject=bag,
            remedy="Make a bag with tag manifests: archive create",
        )  # fmt: skip
    numbers = sorted({path.split("/")[1] for path in older})
    if numbers != [f"{number:04d}" for number in range(1, len(numbers) + 1)]:
        raise FormatError(
            "its seals are not numbered from 0001 without gaps", subject=bag, remedy="Examine it: archive verify BAG"
        )
    if len(numbers) >= LAST_SEAL:
        raise UsageError(f"a bag holds at most {LAST_SEAL:,} seals", subject=bag)
    subjects = [_subject(path, reader.stream_tag(os.fsencode(path))) for path in (*manifests, *older)]
    return _Survey(tuple(subjects), tuple(map(int, numbers)))


def _refuse_damaged(bag: str, reading: BagReading, moment: datetime) -> None:
    """A seal vouches for the older ones, so none of them may be damaged. Raises `FormatError`."""
    _, findings = judge_seals(reading, None, at=moment)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise FormatError(
                f"the bag's seals are damaged, so it was not sealed again: {finding.message}", subject=bag,
                remedy="Examine it: archive verify BAG",
            )  # fmt: skip


def _subject(path: str, chunks: Iterable[bytes]) -> Subject:
    one, other = hashlib.sha512(), hashlib.sha3_512()
    for chunk in chunks:
        one.update(chunk)
        other.update(chunk)
    return Subject(path, one.hexdigest(), other.hexdigest())


def _refuse_weak(bag: str, reading: BagReading, moment: datetime) -> None:
    """A seal binds the content by the manifests: with weak ones alone it would bind none. Raises `UsageError`."""
    for tag in (False, True):
        names = [one.algorithm for one in reading.of_kind(tag=tag)]
        if names and all(name in WEAK_SINCE and WEAK_SINCE[name] <= moment for name in names):
            raise UsageError(
                f"the only {'tag ' if tag else ''}manifests are {', '.join(names)}, which are too weak for a seal",
                subject=bag, remedy="Make a new version of the bag with sha512",
            )  # fmt: skip
