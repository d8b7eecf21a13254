"""The version of a bag that is to be updated: judged first, and what the next one needs to know of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.bags.contents import BagReading
from archive.bags.manifest_table import ManifestTable
from archive.bags.reader import in_payload
from archive.errors import StorageError
from archive.formats import description_csv, description_toml
from archive.formats.bagpath import to_text
from archive.formats.tagfile import values_of
from archive.model.build import Progress, Role
from archive.model.codes import bag as codes
from archive.model.finding import Finding, Severity
from archive.model.validation import Depth, ValidationReport
from archive.settings import Settings
from archive.stages.creation.builder import RESTRICTED
from archive.stages.creation.metadata import DESCRIPTIVE, PRESERVATION

PREMIS = f"{PRESERVATION}/premis.xml"
STATEMENTS = f"{DESCRIPTIVE}/statements.json"
VERSION_LABEL = "Bag-Version"
"""The field of bag-info.txt that numbers the versions of a bag; the first one has none."""

DESCRIPTIONS = tuple(
    f"{folder}/{name}" for folder in (RESTRICTED, DESCRIPTIVE) for name in (description_toml.NAME, description_csv.NAME)
)
"""Where a bag keeps what people wrote; where two of them are there, the first has all of it."""

_BY_HAND = frozenset({codes.MISSING_FILE, codes.UNLISTED_FILE, codes.MISMATCH, codes.OXUM_MISMATCH})


@dataclass(frozen=True, slots=True)
class HandEdits:
    """What was changed in the bag's folder by hand, as bag paths, in order."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def words(self) -> tuple[tuple[str, str], ...]:
        """Each path with what was done to it."""
        return (
            *((path, "changed") for path in self.changed),
            *((path, "added") for path in self.added),
            *((path, "removed") for path in self.removed),
        )


@dataclass(frozen=True, slots=True)
class OldVersion:
    """A bag in a folder. `described` says that it has this program's records; `front` is where its originals are.

    `table` lists the payload by the manifests of `algorithms`, in their order. `report` is the judgement on it, without
    PREMIS where it is `described`: that record goes into the new version, and is judged there with all it says.
    """

    path: str
    name: str
    reading: BagReading
    table: ManifestTable
    algorithms: tuple[str, ...]
    tag_algorithms: tuple[str, ...]
    described: bool
    version: int
    report: ValidationReport
    edits: HandEdits = HandEdits()

    @property
    def front(self) -> str:
        return f"data/{Role.ORIGINAL.value}/" if self.described else "data/"

    @property
    def usable(self) -> bool:
        """True when the bag is whole but for the edits that are to be taken."""
        return self.report.ok or bool(self.edits.words())

    @property
    def sealed(self) -> bool:
        """True when the bag has evidence seals, which sign this version's tag manifests."""
        return any(path.startswith(b"seal/") for path in self.reading.reader.tag_files())

    def paths(self) -> Iterator[str]:
        """Every payload file that the manifests list."""
        return map(to_text, self.table.paths())


def judge_old_version(
    path: str, name: str, reading: BagReading, *, accept: bool, settings: Settings, progress: Progress
) -> OldVersion:
    """The bag at `path`, judged. With `accept`, edits that were made in its folder by hand are found, not held against
    it. Raises `ArchiveError` where the question cannot be answered.
    """
    from archive.stages.validation.bags.bag import validate_bag

    described = reading.has(PREMIS) and reading.has(STATEMENTS)
    report = validate_bag(
        path,
        depth=Depth.COMPLETE if accept else Depth.FULL,
        read_tags=True,
        settings=settings,
        progress=progress,
        label="validation of the old version",
        premis=not described,
    )
    for folder in reading.reader.blind:  # its files would be missing from the next version
        raise StorageError("this folder of the bag cannot be listed", subject=to_text(folder) or path)
    payload, tags = reading.of_kind(tag=False), reading.of_kind(tag=True)
    version = OldVersion(
        path,
        name,
        reading,
        reading.inventory(tag=False),
        tuple(one.algorithm for one in payload),
        tuple(one.algorithm for one in tags),
        described,
        version_of(reading),
        report,
    )
    if not accept:
        return version
    others = [finding for finding in report.findings if not _is_by_hand(finding)]
    if any(finding.severity in (Severity.ERROR, Severity.UNCHECKED) for finding in others):
        return replace(version, report=replace(report, findings=tuple(others)))
    edits = find_edits(version, [f.subject for f in report.findings if f.kind is codes.TAG_MISMATCH])
    return replace(version, report=replace(report, findings=tuple(others)), edits=edits)


def version_of(reading: BagReading) -> int:
    """The number of the bag's version, 1 where bag-info.txt does not say it."""
    numbers = [int(value) for value in values_of(reading.info, VERSION_LABEL) if value.isascii() and value.isdigit()]
    return max(numbers, default=1)


def _is_by_hand(finding: Finding) -> bool:
    """Whether a finding is of a kind that an edit by hand leaves: of the payload, or of what people wrote."""
    if finding.kind is codes.TAG_MISMATCH:
        return finding.subject in (*DESCRIPTIONS, "bag-info.txt")
    return finding.kind in _BY_HAND or (finding.kind is codes.MORE and finding.facts["code"] in _BY_HAND_CODES)


_BY_HAND_CODES = frozenset(kind.code for kind in _BY_HAND)


def find_edits(version: OldVersion, tags: list[str]) -> HandEdits:
    """Read the payload and compare it with the manifests; `tags` are tag files known to differ.

    Raises `StorageError` where a file cannot be read.
    """
    missing = set(version.table.paths())
    changed: list[str] = []
    added: list[str] = []
    for batch in version.reading.reader.walk(version.algorithms, (), only_payload=True):
        if not in_payload(batch.folder):
            continue
        for path, digest in zip(batch.paths(), batch.digests, strict=True):
            if digest is None:
                raise StorageError("it cannot be read", subject=to_text(path))
            missing.discard(path)
            listed = version.table.digests_of(path)
            if listed is None:
                added.append(to_text(path))
                continue
            found = version.table.unpack(digest)
            if any(theirs and theirs != ours for ours, theirs in zip(found, listed, strict=True)):
                changed.append(to_text(path))
    removed = tuple(sorted(map(to_text, missing)))
    return HandEdits((*sorted(changed), *sorted(set(tags))), tuple(sorted(added)), removed)
