"""Makes a package of a bag: every file with the digests its manifests give, hashing only what they do not.

Nothing is unpacked, nothing copied: each file is read from where it is, in a folder, an archive or a bucket. A
compressed tar is read from its start in the order of its files: once to send them all, and from the start again where a
file has to be sent a second time.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from urllib.parse import quote

from archive.bags.contents import BagReading
from archive.bags.listed_files import walked
from archive.bags.opening import container_of
from archive.bags.reader import Request, TooLargeError
from archive.errors import SourceError, from_os_error
from archive.formats.bagpath import to_bytes, to_text
from archive.model.audit import Container
from archive.model.build import NO_PROGRESS, Progress
from archive.model.deposit import Delivery, Item, Package
from archive.stages.depositing.file_table import FileTable
from archive.stages.depositing.original_times import originals_of, times_of
from archive.storage.hashing import Digests, digest_descriptor, digest_length
from archive.storage.packing import pack, pack_files
from archive.storage.working_folder import is_restricted
from archive.targets.protocol import read_source

_DESCRIPTIONS = ("metadata/descriptive/dcterms.xml", "metadata/descriptive/dc.xml")
_LIMIT = 1 << 24
_PACKED = ("sha512", "sha256", "md5")
_STANDING = {Delivery.ZIP: "application/zip", Delivery.TAR: "application/tar"}
"""What is sent as it is: the media type of the archive that a target takes."""


def describe_bag(
    source: BagReading,
    form: Delivery,
    needs: tuple[str, ...] = (),
    *,
    identifier: str | None = None,
    unread: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Package:
    """The package of a bag that has just been validated, for a target that takes this form.

    `unread` says that its payload was not read yet.

    A zip or tar of the form that is asked for is sent as it is. Else the package lists the bag's files, wherever
    they are, each with the digests of `needs`. `identifier` is used instead of the bag's own External-Identifier.
    Raises `StorageError`, `SourceError`.
    """
    name = source.reader.name
    tags = tuple((tag.label, tag.value) for tag in source.info)
    known = identifier or _identify(tags, name)
    try:
        description = next(filter(None, (_read_small(source, path) for path in _DESCRIPTIONS)), None)
        if travels_whole(source, form):
            item = _hash_whole(source, f"{name}.{form.value}", progress)
            return Package(name, known, item.digests["sha512"], source.subject, (item,), item.size, description, tags)
        files = _list_files(source, needs, progress, unread=unread)
    except OSError as error:
        raise from_os_error(error, str(error.filename or source.subject)) from error
    return Package(name, known, _fingerprint(files), source.subject, files, files.size, description, tags)


def pack_package(
    package: Package,
    source: BagReading,
    form: Delivery,
    folder: str,
    *,
    modified: int,
    progress: Progress = NO_PROGRESS,
) -> Package:
    """The same package as one zip or tar in `folder`, made again unless it is there whole already.

    The name says the content, and the file takes its name only when it is finished. Raises `StorageError`.
    """
    if package.format or form is Delivery.FILES or travels_whole(source, form):
        return package
    target = os.path.join(folder, f"{package.fingerprint[:32]}.{form.value}")
    part = target + ".part"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        private = any(is_restricted(to_text(path)) for path in source.reader.tag_files())
        if not os.path.exists(target):
            if os.path.exists(part):
                os.unlink(part)
            if os.path.isdir(package.bag):
                pack(
                    package.bag, package.name, part, form.value, modified=modified, originals=originals_of(source),
                    private=private, progress=progress,
                )  # fmt: skip
            else:
                files = ((f"{package.name}/{item.path}", item.size, read_source(item)) for item in package.items)
                times = {f"{package.name}/{item.path}": item.modified for item in package.items}
                pack_files(files, part, form.value, modified=modified, times=lambda path: _seconds(times.get(path)))
                if private:
                    os.chmod(part, 0o600)
            descriptor = os.open(part, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
            os.rename(part, target)
        item = hash_file(target, f"{package.name}.{form.value}", progress)
    except OSError as error:
        raise from_os_error(error, target) from error
    return replace(package, items=(item,), size=item.size)


def _seconds(nanoseconds: int | None) -> int | None:
    return None if nanoseconds is None else nanoseconds // 1_000_000_000


def travels_whole(source: BagReading, form: Delivery) -> bool:
    """True for a bag in an archive of the very form that a target takes: that file is sent as it is."""
    return source.reader.serialization == _STANDING.get(form)


def hash_file(path: str, name: str, progress: Progress) -> Item:
    """The file at `path` as one item, called `name` at the target. Raises OSError."""
    with open(path, "rb", buffering=0) as stream:
        size, digests = digest_descriptor(stream.fileno(), _PACKED, progress)
    return Item(name, size, dict(zip(_PACKED, digests, strict=True)), path)


def _hash_whole(source: BagReading, name: str, progress: Progress) -> Item:
    digests = Digests(_PACKED)
    for chunk in source.whole():
        digests.update(chunk)
        progress.advance(len(chunk))
    named = dict(zip(_PACKED, digests.hexdigests(), strict=True))
    return Item(name, digests.size, named, source.subject, source.whole)


def _list_files(source: BagReading, needs: tuple[str, ...], progress: Progress, *, unread: bool) -> FileTable:
    """The bag's files in the order in which reading them all is cheapest; a folder's by their names."""
    is_folder = container_of(source.reader) is Container.FOLDER
    files = FileTable(source.reader, source.subject, is_folder=is_folder, unread=unread)
    time_of = times_of(source)
    for path, size, digests in walked(source):
        files.add(path, size, digests, time_of(to_text(path)))
    _digest_lacking(source, files, needs, progress)
    if is_folder:
        files.sort()
    return files


def _digest_lacking(source: BagReading, files: FileTable, needs: tuple[str, ...], progress: Progress) -> None:
    """Hash the files for which the manifests lack a digest that is needed, and add it."""
    requests, numbers = [], {}
    for number, path, size, lacking in files.lacking(needs):
        requests.append(Request(path, size, lacking))
        numbers[path] = number
    for request, reading in source.reader.digest(requests, progress.advance):
        if reading.packed is None:
            why = reading.error or reading.broken or "it changed after it was validated"
            raise SourceError(f"it cannot be read: {why}", subject=to_text(request.path))
        at, found = 0, {}
        for name, length in ((one, digest_length(one)) for one in request.algorithms):
            found[name] = reading.packed[at : at + length].hex()
            at += length
        files.add_digests(numbers[request.path], found)


def _read_small(source: BagReading, path: str) -> bytes | None:
    """A tag file; None where there is none or it is too large to go with a package."""
    try:
        return source.reader.read_tag(to_bytes(path), _LIMIT) if source.has(path) else None
    except TooLargeError:
        return None


def _fingerprint(files: FileTable) -> str:
    """The same for the same files, whatever the order in which they lie."""
    total = hashlib.sha256()
    for item in files.as_walked():
        strongest = item.strongest
        total.update(f"{strongest} {item.digests[strongest]} {item.size} ".encode() + os.fsencode(item.path) + b"\0")
    return total.hexdigest()


def _identify(tags: tuple[tuple[str, str], ...], name: str) -> str:
    """The bag's first External-Identifier, as a URI; without one, a URN from its name.

    Bags of one name without an identifier are versions of one another: give identifiers to avoid that.
    """
    own = next((value.strip() for label, value in tags if label.lower() == "external-identifier" and value.strip()), "")
    if ":" in own and " " not in own:
        return own
    return "urn:muniment:bag:" + quote(own or name, safe="", errors="surrogateescape")
