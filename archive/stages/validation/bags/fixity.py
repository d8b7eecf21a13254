"""Comparing what is there with what the manifests list: presence, sizes and digests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from archive.bags.manifest_table import UNREADABLE, ManifestTable, normal_form
from archive.bags.reader import Batch, in_payload, in_seal
from archive.formats.bagpath import to_text
from archive.formats.manifest import parse_manifest_name
from archive.model.capped_findings import LISTED, CappedFindings
from archive.model.codes import bag as codes
from archive.model.codes import bag_files as bag_files_codes
from archive.model.finding import Fact, Finding

if TYPE_CHECKING:
    from archive.formats.fetch import FetchEntry

_LONG, _DEEP = 1024, 32
"""Bytes and levels of a folder's path within which it is told that a folder is missing as a whole."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def algorithm(self) -> str: ...


class Fixity:
    """Takes the files of a bag batch by batch and adds what is wrong to `findings`.

    `files` and `octets` count the payload. `blind` is the reader's, and grows while the bag is read. `uncounted` is
    true when a payload file could not be seen, so that counts prove nothing; `again` are files that the manifests list
    in a second spelling too; `seen` are the payload's folders that are there. `relist` reads the payload manifests
    again, for what is no longer in `payload`.
    """

    def __init__(
        self,
        payload: ManifestTable,
        tags: ManifestTable,
        payload_manifests: Sequence[_Named],
        tag_manifests: Sequence[_Named],
        *,
        before_1_0: bool,
        blind: set[bytes],
        relist: Callable[[], ManifestTable],
        findings: CappedFindings,
    ) -> None:
        self.findings = findings
        self.files = 0
        self.octets = 0
        self.uncounted = False
        self.again: list[bytes] = []
        self.seen: set[bytes] = set()
        self._extra: list[tuple[bytes, bytes]] = []
        self._blind = blind
        self._relist = relist
        self._payload = payload
        self._tags = tags
        self._algorithms = {
            True: tuple(one.algorithm for one in payload_manifests),
            False: tuple(one.algorithm for one in tag_manifests),
        }
        self._fetches: dict[bytes, FetchEntry] = {}
        self._renamed: dict[str, list[tuple[bytes, bytes]]] = {}
        self._judge_partial_listing(before_1_0=before_1_0)

    def _judge_partial_listing(self, *, before_1_0: bool) -> None:
        kind = codes.PARTLY_LISTED if before_1_0 else codes.NOT_IN_EVERY_MANIFEST
        for path, entry in sorted(self._payload.partial.items()):
            if None in entry:
                self.findings.note(kind, to_text(path), manifests=self._payload.lacking(path))

    def judge_listing(self, tag_files: Iterable[bytes]) -> None:
        """Does every tag manifest list what it must and should? Seals are never listed."""
        if not self._tags.names:
            return
        for path in tag_files:
            text = to_text(path)
            name = parse_manifest_name(text)
            lacking = self._tags.lacking(path)
            if not lacking or (name is not None and name.tag) or in_seal(path):
                continue
            if name is None:
                self.findings.note(codes.UNLISTED_TAG_FILE, text, manifests=lacking)
            else:
                for one in lacking:
                    self.findings.note(codes.TAG_MANIFEST_LACKS_MANIFEST, one, path=text)

    def note_fetches(self, entries: Iterable[FetchEntry]) -> None:
        """Remember what is still to come; judges that every payload manifest lists it."""
        for entry in entries:
            self._fetches[entry.path] = entry
            if self._payload.lacking(entry.path):
                self.findings.note(codes.FETCH_UNLISTED, "fetch.txt", line=entry.line, path=to_text(entry.path))

    def take(self, batch: Batch) -> None:
        """Compare some files with their lines; what is matched leaves the inventory."""
        folder = batch.folder
        payload = in_payload(folder)
        if payload and folder not in self.seen:
            self.seen.update(_and_above(folder))
        inventory = self._payload if payload else self._tags
        table: dict[bytes, bytes] = inventory.tables.get(folder, {})
        if payload:
            self.files += len(batch.names)
            self.octets += sum(batch.sizes)
        take = table.pop
        listed = [take(name, None) for name in batch.names]
        if None not in listed and not self._fetches:
            if listed == batch.digests:
                return
            if batch.digests.count(b"") == len(listed):
                return
        for name, size, digest, expected in zip(batch.names, batch.sizes, batch.digests, listed, strict=True):
            if expected == digest and expected is not None:
                self._judge_size(folder + b"/" + name, size)
                continue
            path = folder + b"/" + name if folder else name
            entry = inventory.partial.pop(path, None) if expected is None else inventory.unpack(expected)
            if digest is None:
                self.uncounted = self.uncounted or payload
            elif entry is not None:
                self._judge_digests(path, digest, entry, payload)
                self._judge_size(path, size)
            elif payload and self._knows_listing():
                self._unlisted(path, digest)

    def _knows_listing(self) -> bool:
        """False when no manifest could be read, so that nothing can be said to be listed in none."""
        names, unread = self._payload.names, self._payload.unread
        return len(unread) < len(names) if names else b"" not in self._blind

    def _unlisted(self, path: bytes, digest: bytes) -> None:
        if not path.isascii():
            self._renamed.setdefault(normal_form(path), []).append((path, digest))
        elif len(self._extra) < LISTED:
            self._extra.append((path, digest))
        else:
            self.findings.note(codes.UNLISTED_FILE, to_text(path))

    def _note_extra(self, absent: Sequence[bytes], extra: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
        """Note files that no manifest lists. A missing file with the digests of one of them looks like it was renamed:

        its new name by the one that is listed.
        """
        by_digests: dict[bytes, list[bytes]] = {}
        for path, digest in extra:
            if digest:
                by_digests.setdefault(digest, []).append(path)
        renamed: dict[bytes, bytes] = {}
        for path in absent if by_digests else ():
            listed = self._payload.digests_of(path)
            if listed and all(listed) and (names := by_digests.get(b"".join(part for part in listed if part))):
                renamed[path] = names.pop()
        before = {new: old for old, new in renamed.items()}
        for path, _digest in extra:
            if path in before:
                self.findings.note(codes.UNLISTED_FILE, to_text(path), renamed_from=to_text(before[path]))
            else:
                self.findings.note(codes.UNLISTED_FILE, to_text(path))
        return renamed

    def _lost(self, path: bytes) -> bytes | None:
        """The topmost folder on the way to a missing file that holds no file any more; None where its own has some."""
        lost, own = None, path.rpartition(b"/")[0]
        if len(own) > _LONG or own.count(b"/") > _DEEP:
            return None
        for folder in _and_above(own):
            if folder in self.seen:
                return lost
            lost = folder
        return None

    def _note_missing(self, absent: Sequence[bytes], renamed: Mapping[bytes, bytes]) -> None:
        """Note what is missing, with the folder that is missing as a whole, or with the name that it seems to have."""
        if not renamed and not any(self._lost(path) for path in absent[:LISTED]):
            self.findings.note_paths(codes.MISSING_FILE, absent)
            return
        lost = Counter(folder for path in absent if (folder := self._lost(path)) is not None)
        for path in absent:
            if self.findings.is_full(codes.MISSING_FILE):
                self.findings.count(codes.MISSING_FILE)
            elif path in renamed:
                self.findings.note(codes.MISSING_FILE, to_text(path), renamed_to=to_text(renamed[path]))
            elif (folder := self._lost(path)) is not None:
                facts: dict[str, Fact] = {"folder": to_text(folder), "files_in_folder": lost[folder]}
                self.findings.append(Finding(codes.MISSING_FILE, to_text(path), None, facts))
            else:
                self.findings.note(codes.MISSING_FILE, to_text(path))

    def _judge_size(self, path: bytes, size: int) -> None:
        entry = self._fetches.get(path)
        if entry is not None and entry.size is not None and entry.size != size:
            self.findings.note(codes.FETCH_SIZE, to_text(path), expected=entry.size, found=size)

    def _judge_digests(self, path: bytes, found: bytes, expected: Sequence[bytes | None], payload: bool) -> None:
        """`found` is empty when nothing was to be read."""
        if not found:
            return
        kind = codes.MISMATCH if payload else codes.TAG_MISMATCH
        inventory = self._payload if payload else self._tags
        for algorithm, ours, theirs in zip(self._algorithms[payload], inventory.unpack(found), expected, strict=False):
            if theirs is None or ours is None or theirs in {UNREADABLE, ours}:
                continue
            self.findings.note(kind, to_text(path), algorithm=algorithm, expected=theirs.hex(), found=ours.hex())

    def finish(self) -> None:
        """Judge what no file was found for, but for what lies in folders that could not be seen."""
        blind = self._blind
        absent: list[bytes] = []
        found_as: dict[bytes, bytes] = {}
        pending: list[bytes] = []
        renamed = self._renamed
        for path in sorted(self._payload.paths()):
            if blind and self._hidden(path, blind):
                continue
            if path in self._fetches:
                pending.append(path)
                continue
            twins = renamed.get(normal_form(path)) if renamed and not path.isascii() else None
            if not twins:
                absent.append(path)
                continue
            other, digest = twins.pop()
            found_as[path] = other
            self.findings.note(bag_files_codes.OTHER_NORMAL_FORM, to_text(other), listed=to_text(path))
            self._judge_digests(other, digest, self._payload.take(path) or (), True)
        self.findings.note_paths(codes.FETCH_PENDING, pending)
        self.uncounted = self.uncounted or bool(pending)
        self.again += [found_as.get(path, path) for path in self._payload.respelled]
        self._judge_absent(absent, found_as, [*self._extra, *(twin for twins in renamed.values() for twin in twins)])
        tags = sorted(self._tags.paths())
        self.findings.note_paths(
            codes.MISSING_TAG_FILE, [path for path in tags if not self._hidden(path, blind)] if blind else tags
        )

    def _judge_absent(
        self, paths: Sequence[bytes], found_as: Mapping[bytes, bytes], extra: Sequence[tuple[bytes, bytes]]
    ) -> None:
        """Missing, unless the manifests list another spelling of the name with the same digests, and that is there.

        `found_as` holds listed paths whose file has a third spelling, `extra` the files that no manifest lists.
        """
        alike = self._relist().spelled_alike(paths) if any(not path.isascii() for path in paths) else {}
        for path in paths if alike else ():
            if there := alike.get(path):
                self.again.append(found_as.get(there[0], there[0]))
                self.findings.note(codes.SAME_NAME_TWICE, to_text(path), path=to_text(path), other=to_text(there[0]))
        missing = [path for path in paths if path not in alike] if alike else paths
        self._note_missing(missing, self._note_extra(missing, extra))

    @staticmethod
    def _hidden(path: bytes, blind: set[bytes]) -> bool:
        if not blind:
            return False
        lengths = {len(folder) for folder in blind}
        return 0 in lengths or any(path[n : n + 1] in (b"", b"/") and path[:n] in blind for n in lengths)


def _and_above(folder: bytes) -> Iterator[bytes]:
    """A folder of the payload and those above it, from where the path is neither long nor deep: all of a long path
    would take the square of its length."""
    if len(folder) > _LONG:
        folder = folder[: _LONG + 1].rpartition(b"/")[0]
    if folder.count(b"/") > _DEEP:
        folder = b"/".join(folder.split(b"/")[: _DEEP + 1])
    while folder:
        yield folder
        folder = folder.rpartition(b"/")[0]
