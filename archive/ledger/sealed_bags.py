"""What the ledger expects of a bag's evidence seals, and in what a bag disagrees with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum

from archive.ledger.appending import append_event
from archive.ledger.book import Ledger
from archive.ledger.holdings import list_holdings
from archive.ledger.seal_events import VALIDATED, RecordedSeal, SealState, append_seals, read_seals
from archive.model.audit import Container, Holding, is_far_identity
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class SealExpectation:
    """What the ledger `ledger` knows of the seals of one holding.

    `by_path` says that the bag is at the holding's place: then it must be that bag. Otherwise its tag manifests are
    those of the holding, of which it is a copy.
    """

    ledger: str
    holding: Holding
    by_path: bool
    seals: tuple[RecordedSeal, ...]


class Disagreement(Enum):
    """In what a bag is not as the ledger knows it. The values are for JSON."""

    OTHER_BAG = "other bag"
    """Other tag manifests than those of the holding at whose place it is."""
    SEAL_GONE = "seal gone"
    OTHER_SEAL = "other seal"
    """A seal of this number with another stamped.sha512."""
    FILE_GONE = "file gone"
    """A file of the seal that the ledger knows, other than a stamp."""
    STAMP_GONE = "stamp gone"
    FILE_CHANGED = "file changed"


@light_dataclass(frozen=True)
class SealDifference:
    """One disagreement: `seal` is the number, 0 for the bag; `path` the file in the bag, empty for the whole seal."""

    kind: Disagreement
    seal: int = 0
    path: str = ""


def holding_at(ledger: Ledger, address: str, identity: str = "") -> Holding | None:
    """The holding that is at `address`, an absolute path or a URL, by whatever path it is reached.

    `identity` is what `archive.stages.auditing.locations.bag_identity` says of it; only the real path in it counts, for
    another bag may get the inode of one that is gone.
    """
    return _find(list_holdings(ledger), address, identity)


def newest_version_of(ledger: Ledger, folder: str, identify: Callable[[str], str]) -> Holding | None:
    """The newest version that is held of the OCFL object in `folder`, an absolute path.

    `identify` returns the identity of an address, as for `holding_at`.
    """
    known = [one for one in list_holdings(ledger) if one.form is Container.OCFL]
    for number in sorted({version_of(one.address) for one in known}, reverse=True):
        address = f"{folder}#v{number}"
        found = _find(known, address, identify(address))
        if found is not None:
            return found
    return None


def version_of(address: str) -> int:
    """The number of the version that OBJECT#vN names."""
    return int(address.rpartition("#v")[2])


def _find(known: Sequence[Holding], address: str, identity: str) -> Holding | None:
    found = [one for one in known if one.address == address]
    return next(iter(found or [one for one in known if _is_same_path(one.identity, identity)]), None)


def expect_seals(ledger: Ledger, address: str, tag_digest: str, identity: str = "") -> SealExpectation | None:
    """What the ledger expects of the bag at `address`; None where the bag is neither a holding nor a copy of one.

    The holding at its place is what it is judged by, whatever the bag says; only where there is none, the holding with
    the same `tag_digest` that has most seals. Raises `LedgerError`.
    """
    there = holding_at(ledger, address, identity)
    if there is not None:
        return SealExpectation(ledger.id, there, True, tuple(read_seals(ledger.backend, there.id)))
    copies = [one for one in list_holdings(ledger) if one.tag_digest == tag_digest]
    known = [SealExpectation(ledger.id, one, False, tuple(read_seals(ledger.backend, one.id))) for one in copies]
    return max(known, key=lambda one: (len(one.seals), -one.holding.id), default=None)


def as_of_then(expected: SealExpectation, newest: int) -> SealExpectation:
    """What is expected of an older version of a bag whose newest seal is `newest`: the seals that it had then.

    Stamps and revocation lists may have been added to that seal later, so only its stamped.sha512 is expected, which
    covers its other files.
    """
    seals = [one for one in expected.seals if one.number <= newest]
    if seals and seals[-1].number == newest:
        seals[-1] = replace(seals[-1], complete=False, files={})
    return replace(expected, seals=tuple(seals))


def compare_seals(
    expected: SealExpectation, tag_digest: str, found: Mapping[int, Mapping[str, str]]
) -> list[SealDifference]:
    """In what a bag disagrees with the ledger. `found` is the SHA-512 of every file in the bag's seals, by number.

    A file that is there and could not be read has an empty digest: nothing is said of it. What is there and unknown to
    the ledger is not a disagreement.
    """
    if tag_digest != expected.holding.tag_digest:
        return [SealDifference(Disagreement.OTHER_BAG)]
    differences = []
    for seal in expected.seals:
        if seal.number not in found:
            differences.append(SealDifference(Disagreement.SEAL_GONE, seal.number))
            continue
        differences += _compare_one(seal, found[seal.number])
    return differences


def _compare_one(seal: RecordedSeal, files: Mapping[str, str]) -> list[SealDifference]:
    stamped = f"seal/{seal.number:04}/stamped.sha512"
    if files.get(stamped, seal.stamped) not in ("", seal.stamped):
        return [SealDifference(Disagreement.OTHER_SEAL, seal.number, stamped)]
    differences = []
    for path, digest in {stamped: seal.stamped, **seal.files}.items():
        if path not in files:
            is_stamp = path.endswith(".tsr")
            kind = Disagreement.STAMP_GONE if is_stamp else Disagreement.FILE_GONE
            differences.append(SealDifference(kind, seal.number, path))
        elif digest and files[path] not in ("", digest):
            differences.append(SealDifference(Disagreement.FILE_CHANGED, seal.number, path))
    return differences


def record_seals(
    ledger: Ledger, holding: Holding, seals: Sequence[SealState], *, now: int, validated: Sequence[int] = ()
) -> list[int]:
    """Record the seals of a holding as they are in its bag now, in one transaction; the numbers of which it was new.

    `seals` may be all of the bag's, so that one whose recording was interrupted is recorded by the next call. Call it
    after a seal was made, completed or renewed, when its files are durable in the bag. `validated` are the numbers of
    those whose signatures and stamps were verified: what is new of them gets an event for that too. Raises
    `LedgerError`, and writes nothing, when the ledger knows other seals or files under these names.
    """
    backend = ledger.backend

    def work() -> list[int]:
        written = append_seals(backend, holding.id, seals, now=now)
        if verified := sorted(set(written) & set(validated)):
            append_event(backend, VALIDATED, holding.id, now, "success", {"seals": verified})
        return written

    return backend.write(work)


def _is_same_path(one: str, other: str) -> bool:
    """True for two identities with the same real path; see `archive.stages.auditing.locations.bag_identity`."""
    if is_far_identity(one) or is_far_identity(other):
        return one == other
    path, other_path = one.rpartition(":")[2], other.rpartition(":")[2]
    return bool(path) and path == other_path
