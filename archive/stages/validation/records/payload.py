"""The payload of a bag beside the file objects of its PREMIS: the same files, sizes and digests, both ways."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from archive.formats.bagpath import to_text
from archive.formats.premis_reading import category_of, is_earlier, read_identifier
from archive.formats.xml_elements import child_text, children, line_of
from archive.model.build import FileRecord
from archive.model.codes import agreement as codes
from archive.model.finding import Finding
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.premis_links import show
from archive.stages.validation.records.values import normal_algorithm
from archive.storage.hashing import digest_length

if TYPE_CHECKING:
    from lxml.etree import _Element

_PATH_TYPES = ("bag path", "bag path, base64")


class BagMetadata(Protocol):
    """What is needed of a bag. `payload` gives digests in the order of `algorithms`, "" for one not given."""

    @property
    def algorithms(self) -> tuple[str, ...]: ...
    def has(self, path: str) -> bool: ...
    def tag_bytes(self, path: str) -> bytes | None: ...
    def payload(self) -> Iterator[FileRecord]: ...


@runtime_checkable
class ListedMetadata(Protocol):
    """A bag that can also give its payload in few bytes: folder, name, size, and the digests or None for one.

    A size is -1 where it is not known, because the file is still to be fetched.
    """

    def listed(self) -> Iterator[tuple[bytes, bytes, int, Sequence[bytes | None]]]: ...


def _list_payload(view: BagMetadata) -> Iterator[tuple[bytes, bytes, int, Sequence[bytes | None]]]:
    if isinstance(view, ListedMetadata):
        yield from view.listed()
        return
    for record in view.payload():
        folder, _, name = record.path.encode("utf-8", "surrogateescape").rpartition(b"/")
        yield folder, name, record.size, [bytes.fromhex(digest) if digest else None for digest in record.digests]


_DESCRIBED = b""
_SIZE = 8


class PayloadComparison:
    """The payload of a bag, compared with the file objects of its record as they come.

    A file takes its digests and 8 bytes, by folder and name, until its object has come.
    """

    def __init__(self, view: BagMetadata, subject: str, *, ours: bool) -> None:
        """`subject` is the path of the record; `ours` says that this program made it, with a place in every object."""
        self._view = view
        self._notes = Notes(subject)
        self._ours = ours
        self._algorithms = view.algorithms
        self._names = tuple(map(_plain_name, view.algorithms))
        self._waiting: dict[bytes, dict[bytes, bytes]] = {}
        self._partial: dict[bytes, tuple[int, list[bytes | None]]] = {}
        self._elsewhere: dict[bytes, int] = {}
        self._placed = False
        table: dict[bytes, bytes] = {}
        last: bytes | None = None
        for folder, name, size, digests in _list_payload(view):
            if folder != last:
                last, table = folder, self._waiting.setdefault(folder, {})
            packed = b"".join([digest for digest in digests if digest])
            if all(digests) and size >= 0:
                table[name] = size.to_bytes(_SIZE, "big") + packed
            else:
                table[name] = _DESCRIBED
                self._partial[folder + b"/" + name] = (size, list(digests))

    def take(self, element: _Element) -> None:
        """Compare what one object says. An object of another category than file has no place of its own."""
        if category_of(element) != "file":
            return
        if _is_of_earlier_version(element):
            return
        path = _place_of(element)
        line = line_of(element)
        if path is None:
            if self._ours:
                identifier = next(map(read_identifier, children(element, "objectIdentifier")), None)
                name = show(None if identifier is None else identifier.key)
                self._notes.add(codes.NO_PLACE, line, source=name)
            return
        size, digests = _facts_of(element)
        self._compare(
            path.encode("utf-8", "surrogateescape"), line, size, [digests.get(name, b"") for name in self._names]
        )

    def order_of(self, algorithms: Sequence[str]) -> tuple[int, ...] | None:
        """Which of an object's digests are those of the manifests, in their order; None when one is missing."""
        plain = [_SAME.get(name, name) for name in algorithms]
        if any(plain.count(name) != 1 for name in self._names):
            return None
        return tuple(map(plain.index, self._names))

    def take_file(self, path: bytes, line: int, size: int, digests: bytes) -> None:
        """Compare a file object of a known shape: its digests come joined, in the order of the manifests."""
        folder, _, name = path.rpartition(b"/")
        table = self._waiting.get(folder)
        if table is not None and table.get(name) == size.to_bytes(_SIZE, "big") + digests:
            self._placed = True
            table[name] = _DESCRIBED
            return
        parts, at = [], 0
        for length in map(digest_length, self._algorithms):
            parts.append(digests[at : at + length])
            at += length
        self._compare(path, line, size, parts)

    def _compare(self, path: bytes, line: int, size: int, digests: list[bytes]) -> None:
        """`size` is -1 and a digest is empty where the record does not give them."""
        self._placed = True
        folder, _, name = path.rpartition(b"/")
        packed = self._waiting.get(folder, {}).get(name)
        expected = self._partial.pop(path, None)
        if packed:
            expected = self._unpack(packed)
            self._waiting[folder][name] = _DESCRIBED
        shown = to_text(path)
        if expected is None:
            if packed is not None or path in self._elsewhere:
                self._notes.take(codes.DESCRIBED_TWICE.at(shown, record_line=line))
            else:
                self._elsewhere[path] = line
            return
        self._compare_file(shown, line, (size, digests), expected)

    def _compare_file(
        self, shown: str, line: int, said: tuple[int, list[bytes]], expected: tuple[int, list[bytes | None]]
    ) -> None:
        if said[0] != expected[0] and expected[0] >= 0:
            found = "no" if said[0] < 0 else str(said[0])
            self._notes.take(codes.SIZE_DISAGREES.at(shown, record_line=line, found=found, expected=str(expected[0])))
        for algorithm, raw, digest in zip(self._algorithms, said[1], expected[1], strict=True):
            if not digest:
                continue
            if not raw:
                self._notes.take(codes.DIGEST_MISSING.at(shown, record_line=line, algorithm=algorithm))
            elif raw != digest:
                self._notes.take(
                    codes.DIGEST_DISAGREES.at(
                        shown, record_line=line, algorithm=algorithm, found=raw.hex(), expected=digest.hex()
                    )
                )

    def _unpack(self, packed: bytes) -> tuple[int, list[bytes | None]]:
        digests: list[bytes | None] = []
        at = _SIZE
        for length in map(digest_length, self._algorithms):
            digests.append(packed[at : at + length])
            at += length
        return int.from_bytes(packed[:_SIZE], "big"), digests

    def finish(self) -> list[Finding]:
        """What was found, once the whole record was read: nothing where it describes no place in a bag at all."""
        if not self._placed and not self._ours:
            return []
        for folder, table in self._waiting.items():
            for name, packed in table.items():
                path = folder + b"/" + name
                if packed or path in self._partial:
                    self._notes.take(codes.NOT_DESCRIBED.at(to_text(path)))
        for path, line in self._elsewhere.items():
            shown = to_text(path)
            if shown.startswith("data/") or not self._view.has(shown):
                self._notes.take(codes.NOT_LISTED_BY_MANIFEST.at(shown, record_line=line))
        return self._notes.all()


def _facts_of(element: _Element) -> tuple[int, dict[str, bytes]]:
    """The size (-1 when not given) and the digests by algorithm that a file object gives."""
    size, digests = -1, {}
    for characteristics in children(element, "objectCharacteristics"):
        text = child_text(characteristics, "size")
        if text is not None and text.isascii() and text.isdigit():
            size = int(text)
        for fixity in children(characteristics, "fixity"):
            algorithm = _plain_name(child_text(fixity, "messageDigestAlgorithm") or "")
            try:
                raw = bytes.fromhex(child_text(fixity, "messageDigest") or "")
            except ValueError:
                continue
            digests[algorithm] = raw
    return size, digests


_SAME = {"blake2b512": "blake2b", "blake2s256": "blake2s"}


def _plain_name(algorithm: str) -> str:
    name = normal_algorithm(algorithm)
    return _SAME.get(name, name)


def _is_of_earlier_version(element: _Element) -> bool:
    """True for the object of a file that only an earlier version of the bag holds."""
    places = [place for storage in children(element, "storage") for place in children(storage, "contentLocation")]
    return bool(places) and all(is_earlier(child_text(place, "contentLocationType") or "") for place in places)


def _place_of(element: _Element) -> str | None:
    """The bag path of a file object, exactly as written: spaces around a name belong to it."""
    for storage in children(element, "storage"):
        for location in children(storage, "contentLocation"):
            sort = child_text(location, "contentLocationType") or ""
            value = next(children(location, "contentLocationValue"), None)
            text = "" if value is None else value.text or ""
            if sort == _PATH_TYPES[1]:
                try:
                    return base64.b64decode(text, validate=True).decode("utf-8", "surrogateescape")
                except (binascii.Error, ValueError):
                    return None
            if sort == _PATH_TYPES[0] or text.startswith("data/"):
                return text
    return None
