"""Comparing what is there with what the manifests list: presence, sizes and digests."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from archive.formats.bagpath import to_text
from archive.formats.fetch import FetchEntry
from archive.formats.manifest import parse_manifest_name
from archive.model.codes import bag as codes
from archive.model.codes import bag_files as bag_files_codes
from archive.model.finding import Finding
from archive.stages.validation.inventory import UNREADABLE, Inventory
from archive.storage.bag_medium import Batch, in_payload


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def algorithm(self) -> str: ...


class Fixity:
    """Takes the files of a bag batch by batch and collects what is wrong. `files` and `octets` count the payload.

    `blind` is the medium's, and grows while the bag is read. `uncounted` is true when a payload file could not be seen,
    so that counts prove nothing.
    """

    def __init__(
        self,
        payload: Inventory,
        tags: Inventory,
        payload_manifests: Sequence[_Named],
        tag_manifests: Sequence[_Named],
        *,
        before_1_0: bool,
        blind: set[bytes],
    ) -> None:
        self.findings: list[Finding] = []
        self.files = 0
        self.octets = 0
        self.uncounted = False
        self._blind = blind
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
                self.findings.append(kind.at(to_text(path), manifests=self._payload.lacking(path)))

    def judge_listing(self, tag_files: Iterable[bytes]) -> None:
        """Does every tag manifest list what it must and should? `seal/` is never listed: it signs the tag manifests."""
        if not self._tags.names:
            return
        for path in tag_files:
            text = to_text(path)
            name = parse_manifest_name(text)
            lacking = self._tags.lacking(path)
            if not lacking or (name is not None and name.tag) or path.startswith(b"seal/"):
                continue
            if name is None:
                self.findings.append(codes.UNLISTED_TAG_FILE.at(text, manifests=lacking))
            else:
                self.findings += [codes.TAG_MANIFEST_LACKS_MANIFEST.at(one, path=text) for one in lacking]

    def note_fetches(self, entries: Iterable[FetchEntry]) -> None:
        """Remember what is still to come; judges that every payload manifest lists it."""
        for entry in entries:
            self._fetches[entry.path] = entry
            if self._payload.lacking(entry.path):
                self.findings.append(codes.FETCH_UNLISTED.at("fetch.txt", line=entry.line, path=to_text(entry.path)))

    def take(self, batch: Batch) -> None:
        """Compare some files with their lines; what is matched leaves the inventory."""
        folder = batch.folder
        payload = in_payload(folder)
        inventory = self._payload if payload else self._tags
        table: dict[bytes, bytes] = inventory.tables.get(folder, {})
        if payload:
            self.files += len(batch.names)
            self.octets += sum(batch.sizes)
        take = table.pop
        listed = [take(name, None) for name in batch.names]
        if listed == batch.digests and None not in listed and not self._fetches:
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
        if path.isascii():
            self.findings.append(codes.UNLISTED_FILE.at(to_text(path)))
        else:
            self._renamed.setdefault(_normal(path), []).append((path, digest))

    def _judge_size(self, path: bytes, size: int) -> None:
        entry = self._fetches.get(path)
        if entry is not None and entry.size is not None and entry.size != size:
            self.findings.append(codes.FETCH_SIZE.at(to_text(path), expected=entry.size, found=size))

    def _judge_digests(self, path: bytes, found: bytes, expected: Sequence[bytes | None], payload: bool) -> None:
        """`found` is empty when nothing was to be read."""
        if not found:
            return
        kind = codes.MISMATCH if payload else codes.TAG_MISMATCH
        inventory = self._payload if payload else self._tags
        for algorithm, ours, theirs in zip(self._algorithms[payload], inventory.unpack(found), expected, strict=False):
            if theirs is None or ours is None or theirs in {UNREADABLE, ours}:
                continue
            self.findings.append(kind.at(to_text(path), algorithm=algorithm, expected=theirs.hex(), found=ours.hex()))

    def finish(self) -> None:
        """Judge what no file was found for, but for what lies in folders that could not be seen."""
        blind = self._blind
        for path in sorted(self._payload.paths()):
            if self._hidden(path, blind):
                continue
            if path in self._fetches:
                self.findings.append(codes.FETCH_PENDING.at(to_text(path)))
                continue
            twins = [] if path.isascii() else self._renamed.get(_normal(path), [])
            if not twins:
                self.findings.append(codes.MISSING_FILE.at(to_text(path)))
                continue
            other, digest = twins.pop()
            self.findings.append(bag_files_codes.OTHER_NORMAL_FORM.at(to_text(other), listed=to_text(path)))
            self._judge_digests(other, digest, self._payload.take(path) or (), True)
        for twins in self._renamed.values():
            self.findings += [codes.UNLISTED_FILE.at(to_text(path)) for path, _ in twins]
        for path in sorted(self._tags.paths()):
            if not self._hidden(path, blind):
                self.findings.append(codes.MISSING_TAG_FILE.at(to_text(path)))

    @staticmethod
    def _hidden(path: bytes, blind: set[bytes]) -> bool:
        if not blind:
            return False
        lengths = {len(folder) for folder in blind}
        return 0 in lengths or any(path[n : n + 1] in (b"", b"/") and path[:n] in blind for n in lengths)


def _normal(path: bytes) -> str:
    return unicodedata.normalize("NFC", to_text(path))
