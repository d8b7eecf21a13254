"""What a bag says of itself when it is entered as a holding: its files, their digests, its identity, its formats."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.errors import FormatError, NotFoundError, StorageError
from archive.formats.bagit_txt import parse_declaration
from archive.formats.manifest import ManifestName, parse_blocks, parse_manifest_name
from archive.formats.tagfile import parse_tags, values_of
from archive.model.audit import DigestPairs, Form
from archive.model.finding import Severity
from archive.stages.auditing.bags import Beat, OpenBag, Request, form_of
from archive.storage.hashing import Digests, digest_length, is_known, normalise_name

FormatRow = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class BagRecord:
    """A bag as its manifests describe it.

    `items` are (path, size in bytes, digests); the empty path stands for the bag, with a digest of its tag manifests.
    `tag_digest` names the content: copies of one bag share it.
    """

    items: list[tuple[str, int, DigestPairs]]
    tag_digest: str
    external_id: str | None
    formats: tuple[FormatRow, ...]


def read_record(bag: OpenBag, address: str, beat: Beat) -> BagRecord:
    """Read the manifests of `bag`. Payload is not read: an audit does that.

    Raises `FormatError` when this is no bag or its manifests cannot be relied on, `StorageError` when that cannot be
    told.
    """
    if bag.fault is not None:
        kind = FormatError if bag.fault.severity is Severity.ERROR else StorageError
        raise kind(bag.fault.message, subject=address, remedy="Run archive validate on it")
    sizes = dict(bag.sizes(beat))
    if "bagit.txt" not in sizes:
        raise FormatError("this is no bag: it has no bagit.txt", subject=address, remedy="Run archive validate on it")
    declaration, findings = parse_declaration(bag.read("bagit.txt"))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FormatError("its bagit.txt is malformed", subject=address, remedy="Run archive validate on it")
    names = list(sizes)
    digests: dict[str, dict[str, str]] = {}
    payload_manifests = 0
    for manifest in _manifests(names):
        payload_manifests += not manifest.tag
        _read_manifest(bag, manifest, address, declaration.before_1_0, digests)
    if not payload_manifests:
        raise FormatError("it has no payload manifest", subject=address, remedy="Run archive validate on it")
    whole = digest_of_tag_manifests(bag, names)
    _digest_unlisted(bag, sizes, digests, beat)
    items: list[tuple[str, int, DigestPairs]] = [("", 0, whole)]
    paths = digests if form_of(address) is Form.FOLDER else _as_packed(sizes, digests)
    items += [(path, sizes.get(path, 0), _in_order(digests[path])) for path in paths]
    return BagRecord(items, _name_content(whole), _external_id(bag, sizes), _formats(bag, sizes))


def digest_of_tag_manifests(bag: OpenBag, names: Sequence[str]) -> DigestPairs:
    """One SHA-256 over the tag manifests (or, where a bag has none, its manifests and bagit.txt), by name."""
    manifests = _manifests(names)
    chosen = sorted(one.name for one in manifests if one.tag)
    chosen = chosen or sorted([*(one.name for one in manifests), "bagit.txt"])
    digest = hashlib.sha256()
    for name in chosen:
        digest.update(hashlib.sha256(bag.read(name)).digest() + name.encode("utf-8", "surrogateescape") + b"\x00")
    return (("sha256", digest.hexdigest()),)


def listed_paths(bag: OpenBag, names: Sequence[str]) -> set[str]:
    """Every path that the manifests list; from BagIt 1.0 on each payload manifest lists all of the payload."""
    declaration, _findings = parse_declaration(bag.read("bagit.txt"))
    listed: set[str] = set()
    payload_listed = False
    for manifest in _manifests(names):
        if not manifest.tag and payload_listed and not declaration.before_1_0:
            continue
        payload_listed = payload_listed or not manifest.tag
        _walk_manifest(bag, manifest, declaration.before_1_0, lambda path, _digest: listed.add(path))
    return listed


def is_consistent(bag: OpenBag, names: Sequence[str]) -> bool:
    """True when the tag manifests prove the payload manifests beside them: a bag in its own right."""
    found: dict[str, dict[str, str]] = {}
    proven = 0
    for manifest in _manifests(names):
        if manifest.tag:
            _read_manifest(bag, manifest, manifest.name, False, found)
    for manifest in _manifests(names):
        for name, text in found.get(manifest.name, {}).items():
            digests = Digests((name,))
            digests.update(bag.read(manifest.name))
            if digests.hexdigests() != (text,):
                return False
            proven += 1
    return proven > 0


def _manifests(names: Sequence[str]) -> list[ManifestName]:
    found = [parse_manifest_name(name) for name in names if "/" not in name]
    return sorted((one for one in found if one is not None), key=lambda one: one.name)


def _read_manifest(
    bag: OpenBag, manifest: ManifestName, address: str, before_1_0: bool, digests: dict[str, dict[str, str]]
) -> None:
    algorithm = normalise_name(manifest.algorithm)
    if not is_known(algorithm):
        raise FormatError("a manifest has an algorithm that cannot be computed here", subject=manifest.name)

    def keep(path: str, digest: bytes | None) -> None:
        if digest is None or digests.setdefault(path, {}).setdefault(algorithm, digest.hex()) != digest.hex():
            raise FormatError(
                f"{manifest.name} is malformed or contradicts itself", subject=address,
                remedy="Run archive validate on it",
            )  # fmt: skip

    errors = _walk_manifest(bag, manifest, before_1_0, keep)
    if errors:
        raise FormatError(f"{manifest.name} is malformed", subject=address, remedy="Run archive validate on it")


def _walk_manifest(
    bag: OpenBag, manifest: ManifestName, before_1_0: bool, keep: Callable[[str, bytes | None], object]
) -> bool:
    """Hand each line to `keep`; True when some line was wrong."""
    length = digest_length(normalise_name(manifest.algorithm)) if is_known(manifest.algorithm) else 0
    errors = False
    content = bag.read(manifest.name)
    for block in parse_blocks((content,), manifest.name, length, tag=manifest.tag, before_1_0=before_1_0):
        errors = errors or any(finding.severity is Severity.ERROR for finding in block.findings)
        rows = (
            [(path, block.digests[n * length : (n + 1) * length]) for n, path in enumerate(block.paths)]
            if block.odd is None
            else [(path, digest) for _line, digest, path in block.odd]
        )
        for path, digest in rows:
            keep(path.decode("utf-8", "surrogateescape"), digest)
    return errors


def _digest_unlisted(bag: OpenBag, sizes: dict[str, int], digests: dict[str, dict[str, str]], beat: Beat) -> None:
    """Tag files that no manifest lists, the tag manifests above all, get digests now: from here on they are held."""
    requests = [
        Request(path, size, ("sha256", "sha512"))
        for path, size in sizes.items()
        if path not in digests and not path.startswith("data/")
    ]
    for request, reading in bag.digest(requests, beat):
        if reading.packed is None:
            raise FormatError("a tag file cannot be read", subject=request.path)
        digests[request.path] = {"sha256": reading.packed[:32].hex(), "sha512": reading.packed[32:].hex()}


def _as_packed(sizes: dict[str, int], digests: dict[str, dict[str, str]]) -> list[str]:
    """The files in the archive's order, so that batches follow each other in it; what it lacks comes last."""
    return [path for path in sizes if path in digests] + [path for path in digests if path not in sizes]


def _in_order(pairs: dict[str, str]) -> DigestPairs:
    return tuple(sorted(pairs.items()))


def _name_content(whole: DigestPairs) -> str:
    return whole[0][1]


def _external_id(bag: OpenBag, sizes: dict[str, int]) -> str | None:
    if "bag-info.txt" not in sizes:
        return None
    tags, _findings = parse_tags(bag.read("bag-info.txt"), "bag-info.txt")
    values = values_of(tags, "External-Identifier")
    return values[0].encode("utf-8", "replace").decode("utf-8").replace("\x00", "") if values else None


def _formats(bag: OpenBag, sizes: dict[str, int]) -> tuple[FormatRow, ...]:
    """The formats that the bag's PREMIS record names, with how many files and bytes have each; empty without one."""
    if "metadata/preservation/premis.xml" not in sizes:
        return ()
    from archive.stages.auditing.premis_formats import count_formats

    try:
        return count_formats(bag.read("metadata/preservation/premis.xml"))
    except NotFoundError:
        return ()
