"""The evidence seals of a holding as the ledger records them: one event for each thing that happened to a seal.

An event `digital signature generation` names the seal's number, the SHA-512 of its stamped.sha512 and whether enough
stamps were there. In the same transaction the seal's files become items of the holding, so that audits read them. These
seals are not the links of the ledger's own chain, whose table is called `seals`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archive.errors import LedgerError
from archive.ledger.appending import append_event
from archive.ledger.backend import Backend, stored_json
from archive.ledger.inventory import FIRST_ITEM, ITEMS_DIGEST, SEAL_FILES, inventory_digest
from archive.ledger.packed_digests import pack_digests, path_bytes, path_text, unpack_digests
from archive.model.audit import DigestPairs
from archive.model.light import light_dataclass

SEALED = "digital signature generation"
"""The kind of event that is written when a seal is made, completed, or found in a bag that is entered."""

VALIDATED = "digital signature validation"
"""The kind of event that is written when the signatures and stamps of a holding's seals were verified."""

ItemRow = tuple[str, int, DigestPairs]
"""A file to enter: its path in the bag, its size in bytes, its digests."""

_SEAL_FILE = re.compile(r"seal/([0-9]{4})/.")
_STAMPED = "stamped.sha512"


@light_dataclass(frozen=True)
class SealEvidence:
    """What was known of a seal when it was recorded: who signed, and what its stamps prove, in epoch seconds.

    `signers` are the names of keys in the trust folder, or their fingerprints.
    """

    signers: tuple[str, ...]
    proven: int | None = None
    until: int | None = None

    def fields(self) -> dict[str, Any]:
        """The members of the event's detail."""
        times = {"proven": self.proven, "until": self.until}
        return {"signers": list(self.signers), **{name: time for name, time in times.items() if time is not None}}


@light_dataclass(frozen=True)
class SealState:
    """A seal as it is in a bag now. `stamped` is the SHA-512 of its stamped.sha512, lower-case hex.

    `complete` says whether enough stamps are there, None where that was not judged. `files` are all files of the seal,
    each with SHA-256 and SHA-512. `evidence` is None where the seal was not judged.
    """

    number: int
    stamped: str
    complete: bool | None
    files: tuple[ItemRow, ...]
    evidence: SealEvidence | None = None


@light_dataclass(frozen=True)
class RecordedSeal:
    """A seal that the ledger knows. `complete` is True when it was once seen with enough stamps.

    `files` are those of its files that were entered: paths in the bag with their SHA-512, lower-case hex, empty where
    the ledger has other digests.
    """

    number: int
    stamped: str
    complete: bool
    files: Mapping[str, str]


def seal_number(path: str) -> int | None:
    """The number of the seal that holds the file at this path of a bag; None for a file of no seal."""
    found = _SEAL_FILE.match(path)
    return None if found is None else int(found[1])


def seals_among(files: Iterable[ItemRow]) -> list[SealState]:
    """The seals that these files of a bag make up, by number: those that have a stamped.sha512 with a SHA-512."""
    grouped: dict[int, list[ItemRow]] = {}
    for file in files:
        if (number := seal_number(file[0])) is not None:
            grouped.setdefault(number, []).append(file)
    found = []
    for number, own in sorted(grouped.items()):
        stamped = next((dict(pairs).get("sha512") for path, _size, pairs in own if path.endswith(f"/{_STAMPED}")), None)
        if stamped is not None:
            found.append(SealState(number, stamped, None, tuple(own)))
    return found


def read_seals(backend: Backend, holding: int) -> list[RecordedSeal]:
    """The seals that the ledger knows of a holding, by number: from its events, and from its items."""
    stamped: dict[int, str] = {}
    complete: set[int] = set()
    for detail in _seal_details(backend, holding):
        stamped[detail["seal"]] = detail["stamped"]
        if detail.get("complete"):
            complete.add(detail["seal"])
    files = _known_files(backend, holding)
    listed = {number: own[path] for number, own in files.items() if (path := _stamped_path(number)) in own}
    return [
        RecordedSeal(number, stamped.get(number) or listed[number], number in complete, files.get(number, {}))
        for number in sorted({*stamped, *listed})
    ]


def append_seals(backend: Backend, holding: int, seals: Sequence[SealState], *, now: int) -> list[int]:
    """Write an event for each of these seals of which the ledger does not know all yet, and enter their new files.

    Only inside a write transaction; a second time it writes nothing. Returns the numbers of the seals it wrote an event
    for. Raises `LedgerError` when the ledger knows another seal, or another file, under the same name.
    """
    known = {one.number: one for one in read_seals(backend, holding)}
    told = {detail["seal"] for detail in _seal_details(backend, holding)}
    written = []
    for seal in sorted(seals, key=lambda one: one.number):
        before = known.get(seal.number)
        if before is not None and before.stamped != seal.stamped:
            raise _disagrees(_stamped_path(seal.number))
        new = _new_files(seal, before)
        completed = bool(seal.complete) and not (before is not None and before.complete)
        if new or completed or seal.number not in told:
            complete = (before is not None and before.complete) or seal.complete
            _append_seal_event(backend, holding, seal, new, complete=complete, now=now)
            written.append(seal.number)
    return written


def _new_files(seal: SealState, before: RecordedSeal | None) -> list[ItemRow]:
    """The files of a seal that are not items yet. Raises `LedgerError` for one that the ledger knows otherwise."""
    new = []
    for path, size, pairs in seal.files:
        known = None if before is None else before.files.get(path)
        if known is None:
            new.append((path, size, pairs))
        elif known not in ("", dict(pairs).get("sha512")):
            raise _disagrees(path)
    return new


def _append_seal_event(
    backend: Backend, holding: int, seal: SealState, new: Sequence[ItemRow], *, complete: bool | None, now: int
) -> None:
    location, tag_digest, retired = backend.query(
        "SELECT location, tag_digest, retired_at FROM holdings WHERE id = ?", (holding,)
    )[0]
    if retired is not None:
        raise LedgerError("this holding was retired", subject=str(holding), remedy="Add the bag again as a holding")
    detail: dict[str, Any] = {"seal": seal.number, "stamped": seal.stamped, "tag_digest": tag_digest}
    if complete is not None:
        detail["complete"] = complete
    if seal.evidence is not None:
        detail |= seal.evidence.fields()
    if new:
        first = min(
            int(
                backend.query(
                    "INSERT INTO items (holding, location, path, size, digests, due, checked, outcome)"
                    " VALUES (?, ?, ?, ?, ?, 0, 0, 0) RETURNING id",
                    (holding, location, path_bytes(path), size, pack_digests(pairs)),
                )[0][0]
            )
            for path, size, pairs in new
        )
        added = sum(size for _path, size, _pairs in new)
        backend.run("UPDATE holdings SET files = files + ?, bytes = bytes + ? WHERE id = ?", (len(new), added, holding))
        detail |= {"files": len(new), "bytes": added, FIRST_ITEM: first}
        detail[ITEMS_DIGEST] = inventory_digest(backend, holding, first)
    append_event(backend, SEALED, holding, now, "success", detail)


def _seal_details(backend: Backend, holding: int) -> list[dict[str, Any]]:
    """The details of the holding's seal events, oldest first. Raises `LedgerError` for one that cannot be read."""
    found = []
    for (raw,) in backend.query(
        "SELECT detail FROM events WHERE holding = ? AND kind = ? ORDER BY seq", (holding, SEALED)
    ):
        detail = stored_json(raw)
        if not isinstance(detail.get("seal"), int) or not isinstance(detail.get("stamped"), str):
            raise LedgerError("a record in the ledger is damaged", remedy="Restore the ledger from a backup")
        found.append(detail)
    return found


def newest_seals(backend: Backend) -> dict[int, dict[str, Any]]:
    """The detail of the newest seal event of each holding that has one, by the holding's number."""
    newest: dict[int, dict[str, Any]] = {}
    for holding, raw in backend.query("SELECT holding, detail FROM events WHERE kind = ? ORDER BY seq", (SEALED,)):
        detail = stored_json(raw)
        if detail.get("seal", 0) >= newest.get(holding, {}).get("seal", 0):
            newest[holding] = detail
    return newest


def _known_files(backend: Backend, holding: int) -> dict[int, dict[str, str]]:
    """The items of the holding below seal/, by number of the seal: paths with their SHA-512."""
    found: dict[int, dict[str, str]] = {}
    for raw, digests in backend.query(
        f"SELECT path, digests FROM items WHERE holding = ? AND {SEAL_FILES[backend.kind]} ORDER BY id", (holding,)
    ):
        path = path_text(raw)
        number = seal_number(path)
        if number is not None:
            found.setdefault(number, {})[path] = dict(unpack_digests(bytes(digests))).get("sha512", "")
    return found


def _stamped_path(number: int) -> str:
    return f"seal/{number:04}/{_STAMPED}"


def _disagrees(path: str) -> LedgerError:
    return LedgerError(
        "the ledger knows another file under this name, so nothing was recorded", subject=path,
        remedy="Run archive verify, and examine the bag before anything is added to it",
    )  # fmt: skip
