"""What a creation will do, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from archive.model.build import RenditionResult
from archive.model.codes.bag import FETCH_PENDING
from archive.model.finding import Finding, Outcome, Severity, outcome_of
from archive.model.light import light_dataclass
from archive.model.validation import ValidationReport


@light_dataclass(frozen=True)
class SourceRoot:
    """One source. `name` is its own name in the payload, "" where a folder's content goes to the payload's top.

    `beside` are files of the folder, by their paths in it, that describe it and are not payload; `elsewhere` are those
    that go into other bags of the same group.
    """

    path: str
    name: str
    is_folder: bool
    beside: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()


@light_dataclass(frozen=True)
class WalkPolicy:
    """How the sources are walked: the same for the plan and for the payload.

    `exclude` are patterns of names to leave out, `leave_junk` leaves out what desktops and office programs drop beside
    the files (see `archive.formats.junk`).
    """

    follow: bool = False
    exclude: tuple[str, ...] = ()
    leave_junk: bool = False


@light_dataclass(frozen=True, slots=True)
class ListedDigest:
    """What a delivered list says of one file: `by` counts among the lists, `line` in the list, from 1."""

    algorithm: str
    digest: str
    by: int
    line: int


@light_dataclass(frozen=True)
class Delivery:
    """The checksums that came with the sources, by the bag paths of their files.

    `lists` are the lists' paths, as the user knows them; `missing` are files that a list names and that are not
    there, each with its path as the list writes it; `algorithms` are all that the lists use.
    """

    lists: tuple[str, ...] = ()
    digests: Mapping[str, tuple[ListedDigest, ...]] = field(default_factory=dict)
    missing: tuple[tuple[str, ListedDigest], ...] = ()
    algorithms: tuple[str, ...] = ()


@light_dataclass(frozen=True)
class CheckedList:
    """What came of checking one delivered list: the bag paths of the files that match it and of those that do not.

    `absent` counts the files that it names and that are not there.
    """

    name: str
    algorithms: tuple[str, ...]
    matched: frozenset[str]
    failed: frozenset[str]
    absent: int


@light_dataclass(frozen=True)
class Plan:
    """What will be made, decided before anything is written.

    `payload` is the folder for the originals, "data/original" or "data". `target` is where the bag will be;
    `folders` counts folders; `size` is bytes, None where measuring was not requested. `bag_info` is in its order in
    bag-info.txt, without what only the payload tells.
    """

    sources: tuple[SourceRoot, ...]
    target: str
    name: str
    payload: str
    algorithms: tuple[str, ...]
    tag_algorithms: tuple[str, ...]
    bag_info: tuple[tuple[str, str], ...]
    files: int
    folders: int
    size: int | None
    plain: bool
    in_place: bool
    serialize: str
    profile: str
    findings: tuple[Finding, ...]
    policy: WalkPolicy = WalkPolicy()
    delivery: Delivery = Delivery()

    @property
    def possible(self) -> bool:
        """True when nothing found forbids to go on."""
        return not any(f.severity in (Severity.ERROR, Severity.UNCHECKED) for f in self.findings)


@light_dataclass(frozen=True)
class CreationReport:
    """What a creation did. `created` is False after a dry run, and where a finding forbade to begin.

    `bag` is where the bag is, or would be; `files` and `size` (bytes) are the payload's; `validation` is the
    judgement on the finished tree, made before it took its place. Of a dry run, `formats` counts the files of each
    format and `seconds` is the estimated time of the real run; None where it was not estimated.
    """

    bag: str
    name: str
    created: bool
    dry_run: bool
    files: int
    size: int | None
    algorithms: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    renditions: tuple[RenditionResult, ...] = ()
    validation: ValidationReport | None = None
    sources: tuple[str, ...] = ()
    formats: tuple[tuple[str, int], ...] = ()
    seconds: float | None = None

    @property
    def outcome(self) -> Outcome:
        """Intact when the bag was made or could be made, also one whose files are still to be fetched."""
        judged = self.validation.findings if self.validation is not None else ()
        if self.created:
            judged = tuple(one for one in judged if FETCH_PENDING.code not in (one.code, one.facts.get("code")))
        return outcome_of((*self.findings, *judged))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What should be looked at, of the source, the renditions and the finished bag."""
        judged = self.validation.findings if self.validation is not None else ()
        return tuple(f for f in (*self.findings, *judged) if f.severity is Severity.WARNING)
