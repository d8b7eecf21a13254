"""What goes to a repository, and what proves that it arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from enum import Enum

from archive.model.export import Lost
from archive.model.finding import Fact, Finding
from archive.model.light import light_dataclass


class Delivery(Enum):
    """How a target takes a bag: file by file, or as one zip or tar."""

    FILES = "files"
    ZIP = "zip"
    TAR = "tar"


class DepositState(Enum):
    """The state of a deposit. Only ACCEPTED is done; UNKNOWN means that a person must check the repository."""

    PLANNED = "planned"
    ACCEPTED = "accepted"
    PENDING = "stored, not yet accepted"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Proof(Enum):
    """What a receipt rests on."""

    READ_BACK = "every byte was read back from the target and hashed"
    REPOSITORY = "the repository says that it has it; nothing could be read back"


@light_dataclass(frozen=True, slots=True)
class Item:
    """One file to send. `path` is its name there, slashes and surrogateescape; `source` is where it lies here.

    `digests` are lower-case hex by BagIt name and hold at least one of sha512 and sha256. `content` gives the bytes of
    a file that lies packed in the zip or tar at `source`. `modified` is when an original was last modified, in
    nanoseconds since the epoch; None for what the program made, and where it is not known. `unread` means that its
    bytes were not judged yet: its reader compares each of its digests. `held` gives the whole content, read ahead, once
    it was judged; it raises what reading it would.
    """

    path: str
    size: int
    digests: Mapping[str, str]
    source: str
    content: Callable[[], Iterator[bytes]] | None = None
    modified: int | None = None
    unread: bool = False
    held: Callable[[], bytes] | None = None

    @property
    def strongest(self) -> str:
        """The algorithm that proves this file."""
        return "sha512" if "sha512" in self.digests else "sha256"


@light_dataclass(frozen=True)
class Package:
    """A bag as it is sent. `fingerprint` (hex) tells one content from another: the same bag, the same fingerprint.

    `identifier` names the bag for the repository; `description` is the bag's dcterms.xml or dc.xml, `tags` its
    bag-info fields. `size` is in bytes. `format` is that of the package which goes in place of the bag; None for a bag.
    """

    name: str
    identifier: str
    fingerprint: str
    bag: str
    items: Sequence[Item]
    size: int
    description: bytes | None = None
    tags: tuple[tuple[str, str], ...] = ()
    format: str | None = None


@light_dataclass(frozen=True)
class Deposited:
    """What the target calls the deposit: `identifier` to retrieve it by, `location` where it is stored there.

    `version` and `doi` where the repository gives them; `words` are the server's own.
    """

    identifier: str
    location: str
    version: str | None = None
    doi: str | None = None
    words: str | None = None


def copy_address(kind: str, location: str, version: str | None) -> str:
    """Where the bag of a deposit is, a path or URL; OBJECT#vN for a version of an OCFL object."""
    place = location.rstrip("/")
    return f"{place}#{version}" if kind == "ocfl" and version else place


@light_dataclass(frozen=True)
class Receipt:
    """Evidence of one deposit. Times are xs:dateTime in UTC; `verified` counts files read back with `algorithm`.

    `format` is that of the package which went in place of the bag; None for a bag.
    """

    target: str
    kind: str
    bag: str
    identifier: str
    location: str
    fingerprint: str
    state: DepositState
    proof: Proof
    files: int
    size: int
    verified: int
    algorithms: tuple[str, ...]
    started: str
    finished: str
    version: str | None = None
    doi: str | None = None
    words: str | None = None
    format: str | None = None


@light_dataclass(frozen=True)
class DepositReport:
    """What became of one bag. `already` says that an earlier deposit of the same content was found and nothing sent.

    `format` is that of the package which goes in place of the bag, and `lost` what of the bag it does not say.
    """

    bag: str
    target: str
    state: DepositState
    findings: tuple[Finding, ...] = ()
    receipt: Receipt | None = None
    already: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)
    format: str | None = None
    lost: tuple[Lost, ...] = ()


@light_dataclass(frozen=True, slots=True)
class RetrievalReport:
    """What came back: where it is, how much, the word of its validation and the findings."""

    target: str
    identifier: str
    path: str
    files: int
    size: int
    verdict: str
    findings: tuple[Finding, ...] = ()
