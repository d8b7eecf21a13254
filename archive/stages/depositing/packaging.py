"""Makes a package of a bag: every file with the digests its manifests give, hashing only what they do not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from archive.errors import from_os_error
from archive.formats.manifest import parse_blocks, parse_manifest_name
from archive.formats.tagfile import parse_tags
from archive.model.deposit import Form, Item, Package
from archive.model.package import NO_PROGRESS, Progress
from archive.stages.depositing.sources import BagSource, SourceFile, read_small
from archive.storage.hashing import Digests, digest_descriptor, digest_length, is_known, normalise_name
from archive.storage.packing import pack, pack_files
from archive.targets.protocol import read_source

_DESCRIPTIONS = ("metadata/descriptive/dcterms.xml", "metadata/descriptive/dc.xml")
_LIMIT = 1 << 24


def describe_bag(
    source: BagSource,
    form: Form,
    needs: tuple[str, ...] = (),
    *,
    identifier: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> Package:
    """The package of a bag that has just been validated, for a target that takes this form.

    A zip or tar of the form that is asked for is sent as it stands. Else the package lists the bag's files, wherever
    they lie, each with the digests of `needs`. `identifier` stands in for the bag's own External-Identifier. Raises
    `StorageError`.
    """
    try:
        tags = _read_tags(source)
        known = identifier or _identify(tags, source.name)
        description = next(filter(None, (read_small(source, path, _LIMIT) for path in _DESCRIPTIONS)), None)
        if source.kind == form.value:
            item = _hash_file(source.path, f"{source.name}.{form.value}", progress)
            return Package(
                source.name, known, item.digests["sha512"], source.path, (item,), item.size, description, tags
            )
        digests = _read_manifests(source)
        items = tuple(_make_item(file, digests.get(file.path, {}), needs, progress) for file in source.files())
    except OSError as error:
        raise from_os_error(error, str(error.filename or source.path)) from error
    size = sum(item.size for item in items)
    return Package(source.name, known, _fingerprint(items), source.path, items, size, description, tags)


def pack_package(
    package: Package, source: BagSource, form: Form, folder: str, *, modified: int, progress: Progress = NO_PROGRESS
) -> Package:
    """The same package as one zip or tar in `folder`, made anew unless it stands there whole.

    The name says the content, and the file takes its name only when it is finished. Raises `StorageError`.
    """
    if form is Form.FILES or source.kind == form.value:
        return package
    target = os.path.join(folder, f"{package.fingerprint[:32]}.{form.value}")
    part = target + ".part"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not os.path.exists(target):
            if os.path.exists(part):
                os.unlink(part)
            if source.kind == "folder":
                pack(package.bag, package.name, part, form.value, modified=modified, progress=progress)
            else:
                files = ((f"{package.name}/{item.path}", item.size, read_source(item)) for item in package.items)
                pack_files(files, part, form.value, modified=modified)
            descriptor = os.open(part, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
            os.rename(part, target)
        item = _hash_file(target, f"{package.name}.{form.value}", progress)
    except OSError as error:
        raise from_os_error(error, target) from error
    return replace(package, items=(item,), size=item.size)


def _hash_file(path: str, name: str, progress: Progress) -> Item:
    algorithms = ("sha512", "sha256", "md5")
    with open(path, "rb", buffering=0) as stream:
        size, digests = digest_descriptor(stream.fileno(), algorithms, progress)
    return Item(name, size, dict(zip(algorithms, digests, strict=True)), path)


def _read_manifests(source: BagSource) -> dict[str, dict[str, str]]:
    """Every digest that manifests and tag manifests give, by path and algorithm."""
    known: dict[str, dict[str, str]] = {}
    for name in sorted(file.path for file in source.files() if "/" not in file.path):
        parsed = parse_manifest_name(name)
        if parsed is None or not is_known(parsed.algorithm):
            continue
        algorithm = normalise_name(parsed.algorithm)
        length = digest_length(algorithm)
        for block in parse_blocks(source.stream(name), name, length, tag=parsed.tag):
            for path, digest in _pairs(block.paths, block.digests, block.odd, length):
                known.setdefault(os.fsdecode(path), {})[algorithm] = digest
    return known


def _pairs(
    paths: list[bytes], packed: bytes, odd: list[tuple[int, bytes | None, bytes]] | None, length: int
) -> Iterator[tuple[bytes, str]]:
    if odd is not None:
        for _, digest, path in odd:
            if digest is not None:
                yield path.removeprefix(b"./"), digest.hex()
        return
    text = packed.hex()
    for index, path in enumerate(paths):
        yield path, text[2 * length * index : 2 * length * (index + 1)]


def _make_item(file: SourceFile, digests: dict[str, str], needs: tuple[str, ...], progress: Progress) -> Item:
    lacking = [name for name in needs if name not in digests]
    if not lacking and "sha512" not in digests and "sha256" not in digests:
        lacking = ["sha512"]
    if lacking:
        digests = {**digests, **_digest(file, lacking, progress)}
    return Item(file.path, file.size, digests, file.place, file.content)


def _digest(file: SourceFile, algorithms: list[str], progress: Progress) -> dict[str, str]:
    if file.content is None:
        with open(file.place, "rb", buffering=0) as stream:
            found: tuple[str, ...] = tuple(digest_descriptor(stream.fileno(), algorithms, progress)[1])
    else:
        digests = Digests(algorithms)
        for chunk in file.content():
            digests.update(chunk)
            progress.advance(len(chunk))
        found = tuple(digests.hexdigests())
    return dict(zip(algorithms, found, strict=True))


def _fingerprint(items: tuple[Item, ...]) -> str:
    """The same for the same files, whatever the order in which they lie."""
    total = hashlib.sha256()
    for item in sorted(items, key=_as_walked):
        strongest = item.strongest
        total.update(f"{strongest} {item.digests[strongest]} {item.size} ".encode() + os.fsencode(item.path) + b"\0")
    return total.hexdigest()


def _as_walked(item: Item) -> list[tuple[bool, bytes]]:
    """Where the file comes when a folder is walked: a folder's files before the folders in it, each by its bytes."""
    *folders, name = os.fsencode(item.path).split(b"/")
    return [*((True, folder) for folder in folders), (False, name)]


def _read_tags(source: BagSource) -> tuple[tuple[str, str], ...]:
    content = read_small(source, "bag-info.txt", _LIMIT)
    if content is None:
        return ()
    tags, _ = parse_tags(content, "bag-info.txt")
    return tuple((tag.label, tag.value) for tag in tags)


def _identify(tags: tuple[tuple[str, str], ...], name: str) -> str:
    """The bag's first External-Identifier, as a URI; without one, a URN from its name.

    Bags of one name without an identifier are versions of one another: whoever does not want that gives identifiers.
    """
    own = next((value.strip() for label, value in tags if label.lower() == "external-identifier" and value.strip()), "")
    if ":" in own and " " not in own:
        return own
    return "urn:muniment:bag:" + quote(own or name, safe="", errors="surrogateescape")
