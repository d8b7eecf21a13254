"""What a bag says of itself when it is entered as a holding: its files, their digests, its identity, its formats."""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, overload

from archive.bags.contents import BagReading, read_bag, require_declaration
from archive.bags.members import gravest_of
from archive.bags.opening import container_of
from archive.bags.packed_files import PackedFiles
from archive.bags.reader import BagReader, Beat, FolderWalker, Request, in_payload
from archive.errors import FormatError, StorageError
from archive.formats import bagit_txt
from archive.formats.bagpath import to_text
from archive.formats.manifest import parse_manifest_name
from archive.formats.tagfile import values_of
from archive.model.audit import Container, DigestPairs
from archive.model.codes import bag as codes
from archive.model.finding import Finding, Severity
from archive.model.light import light_dataclass
from archive.storage.hashing import Digests, digest_length

if TYPE_CHECKING:
    from archive.stages.auditing.premis_formats import FormatRow

_PREMIS = b"metadata/preservation/premis.xml"
_REMEDY = "Run archive validate on it"


@light_dataclass(frozen=True, slots=True)
class BagRecord:
    """A bag as its manifests describe it.

    `items` are (path, size in bytes, digests); the empty path stands for the bag, with a digest of its tag manifests.
    A file that is listed and not there has the size 0. `tag_digest` names the content: copies of one bag share it.
    """

    items: Sequence[tuple[str, int, DigestPairs]]
    tag_digest: str
    external_id: str | None
    formats: tuple[FormatRow, ...]


def read_bag_record(reader: BagReader, address: str, beat: Beat) -> BagRecord:
    """Read the manifests of an opened bag. Payload is not read: an audit does that.

    Raises `NotABagError`, `FormatError` when its manifests cannot be relied on, `StorageError` when that cannot be
    told.
    """
    _refuse(reader.findings, address)
    reading = read_bag(address, reader)
    require_declaration(reading)
    _refuse(reading.findings, address)
    if not reading.of_kind(tag=False):
        raise FormatError("it has no payload manifest", subject=address, remedy=_REMEDY)
    items = _pack_folder(reading, address, beat) if isinstance(reader, FolderWalker) else None
    items = items or _pack(reading, address, beat)
    whole = digest_of_tag_manifests(reading)
    items.whole = whole
    return BagRecord(items, whole[0][1], _external_id(reading), _formats(reading))


class BagItems(Sequence[tuple[str, int, DigestPairs]]):
    """The items of a bag's record, each made when it is asked for: the bag as a whole, then its files.

    `order` are the numbers of the files in their order.
    """

    def __init__(self, files: PackedFiles, order: Sequence[int]) -> None:
        self.whole: DigestPairs = ()
        self._files = files
        self._order = order

    def __len__(self) -> int:
        return 1 + len(self._order)

    @overload
    def __getitem__(self, index: int) -> tuple[str, int, DigestPairs]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, int, DigestPairs]]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, int, DigestPairs] | Sequence[tuple[str, int, DigestPairs]]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        if not place:
            return ("", 0, self.whole)
        files, number = self._files, self._order[place - 1]
        return to_text(files.path(number)), files.sizes[number], tuple(sorted(files.digests(number).items()))


def is_fault(finding: Finding) -> bool:
    """False for what a bag may have from the start without anything being lost: names in another encoding."""
    return finding.kind is not codes.WRONG_ENCODING


def _refuse(findings: Iterable[Finding], address: str) -> None:
    fault = gravest_of(list(filter(is_fault, findings)))
    if fault is not None:
        kind = FormatError if fault.severity is Severity.ERROR else StorageError
        words = (
            fault.message if fault.subject in ("", os.path.basename(address)) else f"{fault.subject}: {fault.message}"
        )
        raise kind(words, subject=address, remedy=_REMEDY)


def _pack_folder(reading: BagReading, address: str, beat: Beat) -> BagItems | None:
    """The files of a bag in a local folder, in the order of its manifests; each folder is packed when it was walked.

    None where a file is not in every manifest of its kind, or both kinds list files of one folder.
    """
    listed = [
        (reading.inventory(tag=tag), tuple(one.algorithm for one in reading.of_kind(tag=tag))) for tag in (False, True)
    ]
    _refuse([finding for table, _ in listed for finding in table.findings], address)
    folders = {folder: (lines, names) for table, names in listed for folder, lines in table.tables.items()}
    if any(table.partial for table, _ in listed) or len(folders) != sum(len(table.tables) for table, _ in listed):
        return None
    files, unlisted = PackedFiles(), {}
    places = dict.fromkeys(folders, range(0))

    def pack(folder: bytes, sizes: dict[bytes, int]) -> None:
        first, (lines, names) = len(files), folders[folder]
        for name, packed in lines.items():
            parts = zip(names, _split(packed, names), strict=True)
            files.add(folder + b"/" + name if folder else name, sizes.get(name, 0), parts)
        lines.clear()
        places[folder] = range(first, len(files))

    for folder, sizes in _folders_of(reading.reader, beat):
        lines = folders[folder][0] if folder in folders else {}
        unlisted.update({_join(folder, name): size for name, size in sizes.items() if name not in lines})
        if lines:
            pack(folder, sizes)
    _refuse(reading.reader.findings, address)
    for folder, (lines, _names) in folders.items():
        if lines:
            pack(folder, {})
    order = array("L", chain.from_iterable(places.values()))
    for path, digests in _digest_unlisted(reading.reader, unlisted, beat):
        order.append(len(files))
        files.add(path, unlisted[path], digests)
    return BagItems(files, order)


def _folders_of(reader: BagReader, beat: Beat) -> Iterator[tuple[bytes, dict[bytes, int]]]:
    """Each folder that is walked, with the sizes of its files by name."""
    folder, sizes = b"", dict[bytes, int]()
    for batch in reader.walk((), (), open_files=False):
        beat(0)
        if batch.folder != folder:
            yield folder, sizes
            folder, sizes = batch.folder, {}
        sizes.update(zip(batch.names, batch.sizes, strict=True))
    yield folder, sizes


def _split(packed: bytes, names: tuple[str, ...]) -> Iterator[bytes]:
    at = 0
    for length in map(digest_length, names):
        yield packed[at : at + length]
        at += length


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name


def _pack(reading: BagReading, address: str, beat: Beat) -> BagItems:
    """The files of any bag: one in a folder in the order of its manifests, else in the order of the archive."""
    reader = reading.reader
    sizes: dict[bytes, int] = {}
    for batch in reader.walk((), (), open_files=False):
        beat(0)
        sizes.update(zip(batch.paths(), batch.sizes, strict=True))
    _refuse(reader.findings, address)
    digests, findings = reading.listed()
    _refuse(findings, address)
    unlisted = {path: size for path, size in sizes.items() if path not in digests}
    for path, found in _digest_unlisted(reader, unlisted, beat):
        digests[path] = {name: digest.hex() for name, digest in found}
    files = PackedFiles()
    for path in digests if container_of(reader) is Container.FOLDER else _as_packed(sizes, digests):
        files.add(path, sizes.get(path, 0), [(name, bytes.fromhex(one)) for name, one in digests[path].items()])
    return BagItems(files, range(len(files)))


def digest_of_tag_manifests(reading: BagReading) -> DigestPairs:
    """One SHA-256 over the tag manifests (or, where a bag has none, its manifests and bagit.txt), by name.

    Raises `StorageError` where one cannot be read.
    """
    names = [to_text(path) for path in reading.reader.tag_files() if b"/" not in path]
    manifests = [one for one in map(parse_manifest_name, names) if one is not None]
    chosen = sorted(one.name for one in manifests if one.tag)
    chosen = chosen or sorted([*(one.name for one in manifests), bagit_txt.SUBJECT])
    digest = hashlib.sha256()
    for name in chosen:
        one = hashlib.sha256()
        try:
            for chunk in reading.reader.stream_tag(os.fsencode(name)):
                one.update(chunk)
        except FileNotFoundError:
            raise FormatError("it is gone since it was listed", subject=name) from None
        digest.update(one.digest() + name.encode("utf-8", "surrogateescape") + b"\x00")
    return (("sha256", digest.hexdigest()),)


def is_consistent(reading: BagReading) -> bool:
    """True when the tag manifests prove the payload manifests beside them: a bag in its own right."""
    table = reading.inventory(tag=True)
    if gravest_of(table.findings) is not None:
        return False
    algorithms = [one.algorithm for one in reading.of_kind(tag=True)]
    proven = 0
    for manifest in reading.manifests:
        expected = table.take(os.fsencode(manifest.name)) or ()
        for name, digest in zip(algorithms, expected, strict=False):
            if digest is None:
                continue
            digests = Digests((name,))
            for chunk in reading.reader.stream_tag(os.fsencode(manifest.name)):
                digests.update(chunk)
            if digests.packed() != digest:
                return False
            proven += 1
    return proven > 0


def _digest_unlisted(
    reader: BagReader, unlisted: Mapping[bytes, int], beat: Beat
) -> Iterator[tuple[bytes, list[tuple[str, bytes]]]]:
    """Tag files that no manifest lists, the tag manifests above all, get digests now: from here on they are held."""
    requests = [Request(path, size, ("sha256", "sha512")) for path, size in unlisted.items() if not in_payload(path)]
    for request, reading in reader.digest(requests, beat):
        if reading.packed is None:
            raise FormatError("a tag file cannot be read", subject=to_text(request.path))
        yield request.path, [("sha256", reading.packed[:32]), ("sha512", reading.packed[32:])]


def _as_packed(sizes: dict[bytes, int], digests: dict[bytes, Mapping[str, str]]) -> list[bytes]:
    """The files in the archive's order, so that batches follow each other in it; what it lacks comes last."""
    return [path for path in sizes if path in digests] + [path for path in digests if path not in sizes]


def _external_id(reading: BagReading) -> str | None:
    values = values_of(reading.info, "External-Identifier")
    return values[0].encode("utf-8", "replace").decode("utf-8").replace("\x00", "") if values else None


def _formats(reading: BagReading) -> tuple[FormatRow, ...]:
    """The formats that the bag's PREMIS record names, with how many files and bytes have each; empty without one."""
    if not reading.has(os.fsdecode(_PREMIS)):
        return ()
    from archive.stages.auditing.premis_formats import count_formats

    try:
        return count_formats(reading.reader.stream_tag(_PREMIS), reading.limits.record)
    except FileNotFoundError:
        return ()
