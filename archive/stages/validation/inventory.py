"""What the manifests of a bag list, held small: one table a folder, each name with its digests packed together.

A million files with sha256 and sha512 take well under 300 bytes each. What is regular stays in `tables`; a path that
some manifests list and others do not, or whose digest cannot be read, is moved to `partial`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from archive.formats.bagpath import to_text
from archive.formats.manifest import Block
from archive.model.codes import bag as bag_codes
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.storage.bag_medium import split_path

UNREADABLE = b""
"""Stands for a digest that a manifest gives but that cannot be read."""

_BUCKET = 1 << 16


class Inventory:
    """The union of several manifests. `lengths` are their digests' lengths in bytes, `names` their file names.

    `unread` holds the numbers of manifests that could not be read to their end: what they do not list is not known.
    """

    def __init__(self, names: Sequence[str], lengths: Sequence[int]) -> None:
        self.names = tuple(names)
        self.lengths = tuple(lengths)
        self.offsets = (0, *accumulate(lengths))
        self.tables: dict[bytes, dict[bytes, bytes]] = {}
        self.partial: dict[bytes, list[bytes | None]] = {}
        self.findings: list[Finding] = []
        self.unread: set[int] = set()
        self._mixed = False

    def load(self, index: int, blocks: Iterable[Block]) -> None:
        """Take in the lines of manifest number `index`; manifests come in order."""
        for block in blocks:
            self.findings += block.findings
            if block.odd is None:
                self._load_regular(index, block)
            else:
                for number, digest, path in block.odd:
                    self._load_one(index, number, path, UNREADABLE if digest is None else digest)

    def _load_regular(self, index: int, block: Block) -> None:
        offset, length = self.offsets[index], self.lengths[index]
        digests, tables = block.digests, self.tables
        pieces = [digests[start : start + length] for start in range(0, len(digests), length)]
        odd: list[tuple[int, bytes, bytes]] = []
        last: bytes | None = None
        table: dict[bytes, bytes] = {}
        fresh = not index and not self.partial
        for number, (path, digest) in enumerate(zip(block.paths, pieces, strict=True), block.first):
            folder, _, name = path.rpartition(b"/")
            if folder != last:
                last = folder
                table = tables.setdefault(folder, {})
            known = table.get(name)
            if known is None:
                if fresh:
                    table[name] = digest
                else:
                    odd.append((number, path, digest))
            elif len(known) == offset:
                table[name] = known + digest
            else:
                odd.append((number, path, digest))
        for number, path, digest in odd:
            self._load_one(index, number, path, digest)

    def _load_one(self, index: int, number: int, path: bytes, digest: bytes) -> None:
        folder, name = split_path(path)
        table = self.tables.setdefault(folder, {})
        known = table.get(name)
        if known is not None and len(known) == self.offsets[index] and digest:
            table[name] = known + digest
            return
        if known is None and path not in self.partial and not index and digest:
            table[name] = digest
            return
        if known is not None:
            self.partial[path] = self.unpack(known)
            del table[name]
        entry = self.partial.setdefault(path, [])
        entry += [None] * (index - len(entry))
        if len(entry) == index:
            entry.append(digest)
        elif entry[index] == digest:
            self.findings.append(bag_codes.REPEATED_LINE.at(self.names[index], line=number, path=to_text(path)))
        else:
            self.findings.append(bag_codes.CONFLICTING_LINES.at(self.names[index], line=number, path=to_text(path)))

    def unpack(self, packed: bytes) -> list[bytes | None]:
        """The digests that stand packed in an entry, in the order of the manifests."""
        bounds = zip(self.offsets, self.offsets[1:], strict=False)
        return [packed[start:end] for start, end in bounds if end <= len(packed)]

    def finish(self) -> None:
        """Call when every manifest is loaded: what some of them leave out moves to `partial`."""
        total = self.offsets[-1]
        for folder, table in self.tables.items():
            short = [name for name, packed in table.items() if len(packed) != total]
            for name in short:
                path = folder + b"/" + name if folder else name
                self.partial[path] = self.unpack(table.pop(name))
        for folder in [folder for folder, table in self.tables.items() if not table]:
            del self.tables[folder]
        for path, entry in list(self.partial.items()):
            entry.extend([None] * (len(self.names) - len(entry)))
            for index in self.unread:
                entry[index] = entry[index] or UNREADABLE
            if all(entry) and not self.unread:
                folder, name = split_path(path)
                self.tables.setdefault(folder, {})[name] = b"".join(part for part in entry if part is not None)
                del self.partial[path]

    def paths(self) -> Iterator[bytes]:
        """Every listed path."""
        for folder, table in self.tables.items():
            for name in table:
                yield folder + b"/" + name if folder else name
        yield from self.partial

    def __contains__(self, path: bytes) -> bool:
        folder, name = split_path(path)
        return name in self.tables.get(folder, ()) or path in self.partial

    def lacking(self, path: bytes) -> tuple[str, ...]:
        """The manifests that do not list `path`."""
        if path in self.partial:
            return tuple(n for n, part in zip(self.names, self.partial[path], strict=True) if part is None)
        return () if path in self else tuple(n for i, n in enumerate(self.names) if i not in self.unread)

    def take(self, path: bytes) -> list[bytes | None] | None:
        """What the manifests say of `path`, taken out; None when they do not list it."""
        folder, name = split_path(path)
        packed = self.tables.get(folder, {}).pop(name, None)
        return self.partial.pop(path, None) if packed is None else self.unpack(packed)

    def twins(self) -> Iterator[Finding]:
        """Warnings for names that some systems take for one: they differ only in case or in normalisation."""
        yield from _twin_folders(self.tables)
        for folder, table in self.tables.items():
            joined = b"/".join(table)
            if joined.isascii() and joined.lower() == joined:
                continue
            buckets = 1 + len(table) // _BUCKET
            for bucket in range(buckets):
                names = table if buckets == 1 else [n for n in table if hash(_fold(n)) % buckets == bucket]
                if len({_fold(name) for name in names}) != len(names):
                    yield from _twins_among(sorted(names), folder)


def _fold(name: bytes) -> bytes | str:
    if name.isascii():
        return name.lower()
    text = unicodedata.normalize("NFD", to_text(name)).casefold()
    return unicodedata.normalize("NFC", text)


def _twin_folders(folders: Iterable[bytes]) -> Iterator[Finding]:
    """Twins among all folders on the way to these, in memory that grows with the depth of one path only."""
    known: list[dict[bytes | str, bytes]] = []
    before: list[bytes] = []
    for folder in sorted(folders, key=lambda path: path.replace(b"/", b"\0")):
        parts = folder.split(b"/")
        shared = next((n for n, (a, b) in enumerate(zip(before, parts, strict=False)) if a != b), len(before))
        del known[shared + 1 :]
        for depth in range(shared, len(parts)):
            if depth == len(known):
                known.append({})
            other = known[depth].setdefault(_fold(parts[depth]), parts[depth])
            if other != parts[depth]:
                yield _twin(b"/".join(parts[: depth + 1]), other, parts[depth])
        before = parts


def _twins_among(names: Sequence[bytes], folder: bytes) -> Iterator[Finding]:
    first: dict[bytes | str, bytes] = {}
    for name in names:
        other = first.setdefault(_fold(name), name)
        if other == name:
            continue
        yield _twin(folder + b"/" + name if folder else name, other, name)


def _twin(path: bytes, other: bytes, name: bytes) -> Finding:
    one, two = (unicodedata.normalize("NFC", to_text(n)) for n in (other, name))
    kind = codes.NORMAL_FORM_TWINS if one == two else codes.CASE_TWINS
    return kind.at(to_text(path), other=to_text(other))
