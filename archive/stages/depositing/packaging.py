"""Makes a package of a bag: every file with the digests its manifests give, hashing only what they do not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import quote

from archive.errors import StorageError, UsageError, from_os_error
from archive.formats.manifest import parse_blocks, parse_manifest_name
from archive.formats.tagfile import parse_tags
from archive.model.deposit import Form, Item, Package
from archive.model.package import NO_PROGRESS, Progress
from archive.storage.hashing import digest_descriptor, digest_length, is_known, normalise_name
from archive.storage.packing import pack

_CHUNK = 1 << 20
_DESCRIPTIONS = ("metadata/descriptive/dcterms.xml", "metadata/descriptive/dc.xml")


def describe_bag(
    bag: str, needs: tuple[str, ...], *, identifier: str | None, progress: Progress = NO_PROGRESS
) -> Package:
    """The package of the bag in the folder `bag`, which has just been validated.

    `needs` are digests that each item must have. `identifier` stands in for the bag's own External-Identifier. Raises
    `StorageError`, and `UsageError` for a bag that is no folder.
    """
    if not os.path.isdir(bag):
        raise UsageError(
            "this target takes the files of a bag, and the bag is packed", subject=bag, remedy="Unpack it first"
        )
    bag = os.path.abspath(bag)
    try:
        digests = _read_manifests(bag)
        items = tuple(_make_item(bag, path, digests.get(path, {}), needs, progress) for path in _walk(bag))
    except OSError as error:
        raise from_os_error(error, str(error.filename or bag)) from error
    tags = _read_tags(bag)
    name = os.path.basename(bag)
    return Package(
        name, identifier or _identify(tags, name), _fingerprint(items), bag, items, sum(item.size for item in items),
        _read_description(bag), tags,
    )  # fmt: skip


def describe_archive(path: str, *, identifier: str | None, progress: Progress = NO_PROGRESS) -> Package:
    """The package of a bag that is one zip or tar already: sent as it stands."""
    path = os.path.abspath(path)
    item = _hash_file(path, os.path.basename(path), progress)
    name = item.path.split(".")[0]
    return Package(name, identifier or _identify((), name), item.digests["sha512"], path, (item,), item.size)


def pack_package(package: Package, form: Form, folder: str, modified: int, progress: Progress = NO_PROGRESS) -> Package:
    """The same package as one zip or tar in `folder`, made anew unless it stands there whole.

    The name says the content, and the file takes its name only when it is finished. Raises `StorageError`.
    """
    if not os.path.isdir(package.bag):
        return package
    target = os.path.join(folder, f"{package.fingerprint[:32]}.{form.value}")
    part = target + ".part"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not os.path.exists(target):
            if os.path.exists(part):
                os.unlink(part)
            pack(package.bag, package.name, part, form.value, modified=modified, progress=progress)
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


def _read_manifests(bag: str) -> dict[str, dict[str, str]]:
    """Every digest that manifests and tag manifests give, by path and algorithm."""
    known: dict[str, dict[str, str]] = {}
    for name in sorted(os.listdir(bag)):
        parsed = parse_manifest_name(name)
        if parsed is None or not is_known(parsed.algorithm):
            continue
        algorithm = normalise_name(parsed.algorithm)
        length = digest_length(algorithm)
        with open(os.path.join(bag, name), "rb") as stream:
            for block in parse_blocks(_chunks(stream), name, length, tag=parsed.tag):
                for path, digest in _pairs(block.paths, block.digests, block.odd, length):
                    known.setdefault(os.fsdecode(path), {})[algorithm] = digest
    return known


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


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


def _walk(bag: str) -> Iterator[str]:
    """Every file of the bag, by the bytes of its path. Links are no files here: the validation has refused them."""
    stack = [""]
    while stack:
        folder = stack.pop()
        with os.scandir(os.path.join(bag, folder)) as scan:
            entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                yield folder + entry.name
        stack += [folder + entry.name + "/" for entry in reversed(entries) if entry.is_dir(follow_symlinks=False)]


def _make_item(bag: str, path: str, digests: dict[str, str], needs: tuple[str, ...], progress: Progress) -> Item:
    source = os.path.join(bag, path)
    lacking = [name for name in needs if name not in digests]
    if not lacking and "sha512" not in digests and "sha256" not in digests:
        lacking = ["sha512"]
    if not lacking:
        return Item(path, os.lstat(source).st_size, digests, source)
    with open(source, "rb", buffering=0) as stream:
        size, found = digest_descriptor(stream.fileno(), lacking, progress)
    return Item(path, size, {**digests, **dict(zip(lacking, found, strict=True))}, source)


def _fingerprint(items: tuple[Item, ...]) -> str:
    total = hashlib.sha256()
    for item in items:
        strongest = item.strongest
        total.update(f"{strongest} {item.digests[strongest]} {item.size} ".encode() + os.fsencode(item.path) + b"\0")
    return total.hexdigest()


def _read_tags(bag: str) -> tuple[tuple[str, str], ...]:
    try:
        with open(os.path.join(bag, "bag-info.txt"), "rb") as stream:
            tags, _ = parse_tags(stream.read(1 << 24), "bag-info.txt")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StorageError(f"it cannot be read: {error.strerror}", subject="bag-info.txt") from error
    return tuple((tag.label, tag.value) for tag in tags)


def _identify(tags: tuple[tuple[str, str], ...], name: str) -> str:
    """The bag's first External-Identifier, as a URI; without one, a URN from its name.

    Bags of one name without an identifier are versions of one another: whoever does not want that gives identifiers.
    """
    own = next((value.strip() for label, value in tags if label.lower() == "external-identifier" and value.strip()), "")
    if ":" in own and " " not in own:
        return own
    return "urn:muniment:bag:" + quote(own or name, safe="", errors="surrogateescape")


def _read_description(bag: str) -> bytes | None:
    for path in _DESCRIPTIONS:
        try:
            with open(os.path.join(bag, path), "rb") as stream:
                return stream.read(1 << 24)
        except FileNotFoundError:
            continue
    return None
