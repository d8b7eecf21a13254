"""A holey bag from a whole one: its tag files, and a fetch.txt that names where each payload file can be had."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from archive.bags.contents import BagReading, open_bag
from archive.errors import UsageError, from_os_error
from archive.formats.bagpath import encode_path, to_text
from archive.formats.fetch import SUBJECT, is_address, local_address, write_fetch
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import fetching as codes
from archive.model.finding import Finding
from archive.model.placed import Action, PlacedReport
from archive.model.validation import Depth
from archive.settings import Settings
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, place, prove
from archive.stages.exporting.tag_lists import list_tag_file
from archive.storage.hashing import Digests
from archive.storage.partial import Partial
from archive.storage.working_folder import RESTRICTED, WorkingFolder
from archive.targets.reading import reading_options

_SEAL = b"seal/"


def export_holey(
    bag: str,
    prefix: str,
    to: str,
    *,
    name: str | None = None,
    clean_partial: bool = False,
    settings: Settings,
    progress: Progress = NO_PROGRESS,
) -> PlacedReport:
    """Make a copy of `bag`, in the folder `to`, that has no payload and names it in its fetch.txt.

    `prefix` is the address of the bag's own folder: the file data/a is at PREFIX/data/a. The bag is validated first.
    What is in it stays byte for byte, but for the tag manifests, which list fetch.txt too. `clean_partial` removes what
    a run that was cut off left. Raises `UsageError`,
    `NotFoundError`, `NotABagError`, `ExistsError` and other `StorageError`; then nothing is at the destination.
    """
    if not is_address(prefix) or not prefix.isascii() or not prefix.lower().startswith(("https://", "http://")):
        raise UsageError(
            "this is not the address of a folder",
            subject=prefix,
            remedy="For example: https://example.org/bags/letters",
        )
    if "?" in prefix or "#" in prefix or "@" in urlsplit(prefix).netloc:
        raise UsageError(
            "the address of a folder has no query, fragment or user name", subject=prefix.partition("?")[0]
        )
    with open_bag(bag, options=reading_options(settings, bag)) as reading:
        target = choose_place(to, reading.reader.name if name is None else name)
        left = leftovers_of(target, clean=clean_partial)
        judged = prove(bag, settings, progress)
        if obstacles(judged):
            return PlacedReport(Action.EXPORTED, target, (bag,), False, 0, 0, judged.verdict, judged.findings)
        try:
            with Partial(os.path.dirname(os.path.abspath(target)), os.path.basename(target)) as partial:
                findings, files, size = _write(reading, prefix.rstrip("/"), partial)
                tree = partial.file("tree")
                proven = prove(tree, settings, progress, depth=Depth.COMPLETE)
                if obstacles(proven, holey=True):
                    return PlacedReport(
                        Action.EXPORTED, target, (bag,), False, files, size, proven.verdict, proven.findings
                    )
                place(partial, tree, target)
        except OSError as error:
            raise from_os_error(error, target) from error
    local = local_address(prefix) is not None
    warned = [one for one in proven.findings if one.code == "BAG-418"][:1] if local else []
    return PlacedReport(
        Action.EXPORTED, target, (bag,), True, files, size, "still to be fetched", (*left, *findings, *warned)
    )  # fmt: skip


def _write(reading: BagReading, prefix: str, partial: Partial) -> tuple[list[Finding], int, int]:
    """Write the tree: what is to be said of it, and the number and bytes of the payload files."""
    entries = list(_entries(reading, prefix))
    lines = b"".join(
        line if not reading.declaration.before_1_0 else _as_before_1_0(line, entry)
        for line, entry in zip(write_fetch(entries), entries, strict=True)
    )
    codec = reading.declaration.codec
    try:
        content = lines if codec == "utf-8" else lines.decode("utf-8").encode(codec)
    except UnicodeError as error:
        raise UsageError("the bag's encoding cannot write the payload's paths", subject=reading.subject) from error
    tag_manifests = {one.name: one.algorithm for one in reading.of_kind(tag=True)}
    findings: list[Finding] = []
    private = sealed = False
    writing = WorkingFolder(partial.path)
    try:
        writing.make("data")
        writing.write(SUBJECT, [content])
        for path in reading.reader.tag_files():
            named = to_text(path)
            if path.startswith(_SEAL):
                sealed = True
                continue
            private = private or named.startswith(f"{RESTRICTED}/")
            if named == SUBJECT:
                continue
            chunks: Iterator[bytes] = reading.reader.stream_tag(path)
            if named in tag_manifests:
                digests = Digests((tag_manifests[named],))
                digests.update(content)
                chunks = iter([list_tag_file(chunks, digests.hexdigests()[0], SUBJECT, codec)])
            writing.write(named, chunks)
        writing.check()
    finally:
        writing.close()
    if private:
        findings.append(codes.HOLDS_PRIVATE.at(RESTRICTED))
    if sealed:
        findings.append(codes.SEAL_LEFT_OUT.at("seal"))
    return findings, len(entries), sum(size or 0 for _url, size, _path in entries)


def _entries(reading: BagReading, prefix: str) -> Iterator[tuple[str, int | None, str]]:
    for batch in reading.reader.walk((), (), only_payload=True, open_files=False):
        for path, size in zip(batch.paths(), batch.sizes, strict=True):
            yield f"{prefix}/{quote(path, safe='/')}", size, to_text(path)


def _as_before_1_0(line: bytes, entry: tuple[str, int | None, str]) -> bytes:
    """Before BagIt 1.0 a % in a path is written as it is."""
    url, size, path = entry
    written = encode_path(path.replace("%", "\x00")).replace(b"\x00", b"%")
    return line if b"%25" not in line else f"{url} {'-' if size is None else size} ".encode() + written + b"\n"
