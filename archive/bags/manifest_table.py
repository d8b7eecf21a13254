"""What the manifests of a bag list, held small: one table a folder, each name with its digests packed together.

A million files with sha256 and sha512 take well under 300 bytes each. What is regular stays in `tables`; a path that
some manifests list and others do not, or whose digest cannot be read, is moved to `partial`.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import ClassVar

from archive.bags.reader import split_path
from archive.formats.bagpath import to_text
from archive.formats.manifest import Block
from archive.model.capped_findings import FAULTS, CappedFindings, bag_findings
from archive.model.codes import bag as bag_codes
from archive.model.codes import bag_files as codes

UNREADABLE = b""
"""Stands for a digest that a manifest gives but that cannot be read."""

_BUCKET = 1 << 18
"""So many names of one folder are compared at a time."""


class ManifestTable:
    """The union of several manifests. `lengths` are their digests' lengths in bytes, `names` their file names.

    `unread` holds the numbers of manifests that could not be read to their end: what they do not list is not known.
    `respelled` are paths that one manifest lists in a second spelling, with the same digest.
    Before BagIt 1.0 (`before_1_0`) a file that is listed twice with one digest is a warning, since then an error.
    """

    def __init__(self, names: Sequence[str], lengths: Sequence[int], *, before_1_0: bool = False) -> None:
        self._listed_twice = bag_codes.REPEATED_LINE if before_1_0 else bag_codes.LISTED_TWICE
        self.names = tuple(names)
        self.lengths = tuple(lengths)
        self.offsets = (0, *accumulate(lengths))
        self.tables: dict[bytes, dict[bytes, bytes]] = {}
        self.partial: dict[bytes, list[bytes | None]] = {}
        self.findings = bag_findings()
        self.unread: set[int] = set()
        self.respelled: list[bytes] = []
        self._faulty = 0

    def load(self, index: int, blocks: Iterable[Block]) -> None:
        """Take in the lines of manifest number `index`; manifests come in order.

        Of one that has more faulty lines than can be counted the rest is left unread.
        """
        self._faulty = 0
        for block in blocks:
            self.findings += block.findings
            self._faulty += block.faulty
            if block.odd is None:
                self._load_regular(index, block)
            else:
                for number, digest, path in block.odd:
                    self._load_one(index, number, path, UNREADABLE if digest is None else digest)
            if self._faulty > FAULTS:
                self.findings.note(
                    bag_codes.TOO_MANY_LINES, self.names[index], line=block.first, limit=FAULTS, what="faulty lines"
                )
                self.unread.add(index)
                return

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
            return
        self._faulty += 1
        kind = self._listed_twice if entry[index] == digest else bag_codes.CONFLICTING_LINES
        self.findings.note(kind, self.names[index], line=number, path=to_text(path))

    def unpack(self, packed: bytes) -> list[bytes | None]:
        """The digests that are packed in an entry, in the order of the manifests."""
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
        for entry in self.partial.values():
            entry.extend([None] * (len(self.names) - len(entry)))
            for index in self.unread:
                entry[index] = entry[index] or UNREADABLE
        self._join_spellings()
        for path, entry in list(self.partial.items()):
            if all(entry) and not self.unread:
                folder, name = split_path(path)
                self.tables.setdefault(folder, {})[name] = b"".join(part for part in entry if part is not None)
                del self.partial[path]

    def _join_spellings(self) -> None:
        """Where a path is not in every manifest, another spelling that normalises to it may be what the others list.

        The two are one line then, under the first spelling, as long as no manifest gives them different digests.
        """
        lacking = {path for path, entry in self.partial.items() if None in entry and not path.isascii()}
        forms: dict[str, list[bytes]] = {normal_form(path): [] for path in lacking}
        for path in self.paths() if lacking else ():
            if not path.isascii() and (form := normal_form(path)) in forms:
                forms[form].append(path)
        for spellings in forms.values():
            whole = [path for path in spellings if path not in lacking]
            if len(spellings) < 2 or len(whole) > 1:
                continue
            first = (whole or sorted(spellings, key=lambda path: [digest is None for digest in self.partial[path]]))[0]
            for other in spellings:
                if other != first:
                    self._join(first, other)

    def _join(self, path: bytes, other: bytes) -> None:
        known, more = self.digests_of(path) or [], self.partial[other]
        both = [pair for pair in zip(known, more, strict=True) if None not in pair]
        if any(one != two for one, two in both):
            return
        if both:
            self.respelled.append(path)
        if path in self.partial:
            self.partial[path] = [one or two for one, two in zip(known, more, strict=True)]
        del self.partial[other]
        self.findings.note(bag_codes.SAME_NAME_TWICE, to_text(other), path=to_text(other), other=to_text(path))

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
        if path not in self.partial:
            return () if path in self else tuple(n for i, n in enumerate(self.names) if i not in self.unread)
        return tuple(n for n, part in zip(self.names, self.partial[path], strict=True) if part is None)

    def take(self, path: bytes) -> list[bytes | None] | None:
        """What the manifests say of `path`, taken out; None when they do not list it."""
        folder, name = split_path(path)
        packed = self.tables.get(folder, {}).pop(name, None)
        return self.partial.pop(path, None) if packed is None else self.unpack(packed)

    def spelled_alike(self, paths: Iterable[bytes]) -> dict[bytes, list[bytes]]:
        """For each of `paths` the listed paths not among them that differ only in normalisation, with equal digests."""
        wanted = {path for path in paths if not path.isascii()}
        others: dict[str, list[bytes]] = {}
        for other in self.paths() if wanted else ():
            if not other.isascii() and other not in wanted:
                others.setdefault(normal_form(other), []).append(other)
        alike: dict[bytes, list[bytes]] = {}
        for path in wanted if others else ():
            for other in others.get(normal_form(path), ()):
                if self.digests_of(path) == self.digests_of(other):
                    alike.setdefault(path, []).append(other)
        return alike

    def digests_of(self, path: bytes) -> list[bytes | None] | None:
        """What the manifests say of `path`, in their order; None when they do not list it."""
        folder, name = split_path(path)
        packed = self.tables.get(folder, {}).get(name)
        return self.partial.get(path) if packed is None else self.unpack(packed)

    def twins(self) -> CappedFindings:
        """Warnings for names that some systems take for one: they differ only in case or in normalisation."""
        found = bag_findings()
        _find_twin_folders(self.tables, found)
        for folder, table in self.tables.items():
            joined = b"/".join(table)
            if not (joined.isascii() and joined.lower() == joined) and (names := _maybe_twins(table)):
                _find_twins(sorted(names), folder, found)
        return found


class ListedDigests(Mapping[str, str]):
    """The digests that manifests list for a file: hex by algorithm to the caller, raw bytes in memory.

    There is one for each file of a bag: a dict of hex strings takes three times as much.
    """

    __slots__ = ("_places", "_raw")
    _known: ClassVar[dict[tuple[tuple[str, int], ...], dict[str, tuple[int, int]]]] = {}
    """Where the digest of each algorithm is, for all files that have the same ones."""

    def __init__(self, digests: Iterable[tuple[str, bytes | None]]) -> None:
        given = [(name, digest) for name, digest in digests if digest]
        self._raw = b"".join([digest for _name, digest in given])
        shape = tuple([(name, len(digest)) for name, digest in given])
        places = self._known.get(shape)
        if places is None:
            ends = list(accumulate(length for _name, length in shape))
            starts = [0, *ends]
            places = self._known[shape] = {
                name: (start, end) for (name, _length), start, end in zip(shape, starts, ends, strict=False)
            }
        self._places = places

    def __getitem__(self, name: str) -> str:
        start, end = self._places[name]
        return self._raw[start:end].hex()

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def normal_form(path: bytes) -> str:
    """The path in Unicode normalisation form C: names that some systems rewrite into each other are equal in it."""
    return unicodedata.normalize("NFC", to_text(path))


def fold(name: bytes) -> bytes | str:
    """What names have in common that some systems take for one: case and normalisation set aside."""
    if name.isascii():
        return name.lower()
    text = unicodedata.normalize("NFD", to_text(name)).casefold()
    return unicodedata.normalize("NFC", text)


def _maybe_twins(names: Collection[bytes]) -> list[bytes]:
    """The names among these that another may be a twin of: their folded names have the same number."""
    numbers = array("q", (hash(fold(name)) for name in names))
    buckets = 1 + len(names) // _BUCKET
    shared: set[int] = set()
    for bucket in range(buckets):
        several = sorted(numbers if buckets == 1 else [number for number in numbers if number % buckets == bucket])
        shared.update(number for number, after in pairwise(several) if number == after)
    return [name for name, number in zip(names, numbers, strict=True) if number in shared] if shared else []


def _find_twin_folders(folders: Iterable[bytes], found: CappedFindings) -> None:
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
            other = known[depth].setdefault(fold(parts[depth]), parts[depth])
            if other != parts[depth]:
                _note_twin(b"/".join(parts[:depth]), other, parts[depth], found)
        before = parts


def _find_twins(names: Sequence[bytes], folder: bytes, found: CappedFindings) -> None:
    first: dict[bytes | str, bytes] = {}
    for name in names:
        other = first.setdefault(fold(name), name)
        if other != name:
            _note_twin(folder, other, name, found)


def _note_twin(folder: bytes, other: bytes, name: bytes, found: CappedFindings) -> None:
    plain = name.isascii() and other.isascii()
    kind = codes.CASE_TWINS if plain or normal_form(other) != normal_form(name) else codes.NORMAL_FORM_TWINS
    if found.is_full(kind):
        found.count(kind)
    else:
        found.note(kind, to_text(folder + b"/" + name if folder else name), other=to_text(other))
