"""The checksums that a delivery brings: found while it is planned, checked in the one read of the payload.

A list is a BagIt manifest, `checksum.*`, `SHA256SUMS` and its like, or a side file such as `scan.tif.md5`. Its paths
begin at its own folder, at the source's top, or, in an Archivematica transfer, at objects/.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.errors import SourceError
from archive.formats.checksum_lists import ListKind, kind_of_list, read_list, spellings
from archive.model.codes import source as codes
from archive.model.creation import CheckedList, Delivery, ListedDigest, Plan, SourceRoot
from archive.model.finding import Finding, Severity
from archive.model.validation import Depth
from archive.stages.creation.destination import is_packed_bag
from archive.storage.copying import Taken
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor
from archive.storage.sealed import is_bag
from archive.storage.walking import Notice

LARGEST = 512 << 20
"""Bytes of the largest list that is read."""

_MOST_NAMED = 10_000
"""Differences that are kept one by one; beyond, the report only counts."""


class DeliveryFinder:
    """Collects the checksum lists of the sources while they are walked."""

    def __init__(self, roots: Sequence[SourceRoot], payload: str, notice: Notice) -> None:
        self._places = SourcePlaces(roots, payload)
        self._notice = notice
        self._lists: list[str] = []
        self._digests: dict[str, list[ListedDigest]] = {}
        self._missing: list[tuple[str, ListedDigest]] = []
        self._algorithms: dict[str, None] = {}
        self._elsewhere: dict[str, dict[str, list[str]]] = {}

    def look(self, root: SourceRoot, folder: Folder, path: str, names: Sequence[str]) -> None:
        """Read the lists among the files `names` of one folder, which is `path` in `root`."""
        for name in (*names, *self._lists_elsewhere(root, path)):
            kind = kind_of_list(name)
            if kind is not None:
                self._read(root, folder, f"{path}/{name}" if path else name, name, kind)

    def finish(self) -> Delivery:
        """Everything that the lists say."""
        digests = {path: tuple(listed) for path, listed in self._digests.items()}
        return Delivery(tuple(self._lists), digests, tuple(self._missing), tuple(self._algorithms))

    def _lists_elsewhere(self, root: SourceRoot, path: str) -> list[str]:
        """The lists of this folder that another bag of the group holds: they may name files of this one too."""
        if root.path not in self._elsewhere:
            found: dict[str, list[str]] = {}
            for one in sorted(root.elsewhere):
                front, _, name = one.rpartition("/")
                if kind_of_list(name) is not None:
                    found.setdefault(front, []).append(name)
            self._elsewhere[root.path] = found
        return self._elsewhere[root.path].get(path, [])

    def _is_elsewhere(self, root: SourceRoot, place: str) -> bool:
        """True for a file that another bag of the group has: its digest is compared there."""
        return bool(root.elsewhere) and os.path.relpath(place, os.path.abspath(root.path)) in root.elsewhere

    def _read(self, root: SourceRoot, folder: Folder, path: str, name: str, kind: ListKind) -> None:
        shown = f"{root.path.rstrip('/')}/{path}" if root.is_folder else root.path
        try:
            descriptor = folder.open(name)
            with os.fdopen(descriptor, "rb") as file:
                content = file.read(LARGEST + 1)
        except OSError as error:
            self._notice(codes.LIST_UNREAD.at(shown, reason=error.strerror or "read error"))
            return
        if len(content) > LARGEST:
            self._notice(codes.LIST_UNREAD.at(shown, reason=f"it has more than {LARGEST:,} bytes"))
            return
        lines, wrong = read_list(content, kind)
        if wrong and (lines or kind.algorithm is not None):
            self._notice(codes.LIST_UNREADABLE_LINES.at(shown, count=len(wrong), at=wrong[0]))
        if not lines:
            return
        by = len(self._lists)
        self._lists.append(shown)
        own = self._places.bag_path(os.path.abspath(shown))
        bases = self._places.bases(root, os.path.dirname(os.path.abspath(shown)), path)
        for one in lines:
            listed = ListedDigest(one.algorithm, one.digest, by, one.line)
            place = _find(bases, one.path)
            if place is None:
                self._missing.append((one.path, listed))
                continue
            bag_path = self._places.bag_path(place)
            if bag_path is None or bag_path == own or self._is_elsewhere(root, place):
                continue
            self._algorithms[one.algorithm] = None
            self._digests.setdefault(bag_path, []).append(listed)


class DeliveryCheck:
    """Compares the payload, as it is read, with the checksums that came with it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._delivery = plan.delivery
        self.algorithms = (*plan.algorithms, *(a for a in plan.delivery.algorithms if a not in plan.algorithms))
        """What to compute of each file: the manifests' algorithms, then those that only the delivery has."""
        self._own = len(plan.algorithms)
        self._seen: set[str] = set()
        self._wrong: list[tuple[str, ListedDigest, str]] = []
        self._failed: dict[int, set[str]] = {}

    def take(self, front: str, taken: Taken) -> Taken:
        """Compare files of the payload's folder `front`; what was read, without what only the comparison needed."""
        wanted = self._delivery.digests
        if wanted:
            for index, name in enumerate(taken.names):
                path = front + name
                if path in wanted:
                    digests = (column[index] for column in taken.digests)
                    self._compare(path, dict(zip(self.algorithms, digests, strict=True)))
                    self._seen.add(path)
        del taken.digests[self._own :]
        return taken

    def rehearse(self, paths: Iterable[str]) -> None:
        """Compare the listed files among the payload's `paths` without a copy. Raises `SourceError`."""
        for path in paths:
            if path in self._delivery.digests:
                self._compare(path, self._digest_apart(path))
                self._seen.add(path)

    def finish(self, *, accept: bool) -> tuple[list[Finding], tuple[CheckedList, ...]]:
        """What is wrong, as errors or, with `accept`, as warnings; and what came of each list.

        Files that are listed and were left out of the payload are read now. Raises `SourceError`.
        """
        for path in [one for one in self._delivery.digests if one not in self._seen]:
            self._compare(path, self._digest_apart(path))
        mismatch, missing = codes.DELIVERED_MISMATCH, codes.DELIVERED_MISSING
        if accept:
            mismatch, missing = codes.ACCEPTED_MISMATCH, codes.ACCEPTED_MISSING
        lists = self._delivery.lists
        found = [
            mismatch.at(
                path, list=lists[one.by], at=one.line, algorithm=one.algorithm, expected=one.digest, computed=computed
            )
            for path, one, computed in self._wrong[:_MOST_NAMED]
        ]
        found += [missing.at(path, list=lists[one.by], at=one.line) for path, one in self._delivery.missing]
        checked = tuple(self._conclude())
        found += [codes.DELIVERY_CHECKED.at(one.name, matched=len(one.matched)) for one in checked if one.matched]
        return found, checked

    def _compare(self, path: str, computed: Mapping[str, str]) -> None:
        for one in self._delivery.digests[path]:
            if computed[one.algorithm] != one.digest:
                self._failed.setdefault(one.by, set()).add(path)
                self._wrong.append((path, one, computed[one.algorithm]))

    def _digest_apart(self, path: str) -> dict[str, str]:
        algorithms = list(dict.fromkeys(one.algorithm for one in self._delivery.digests[path]))
        place = SourcePlaces(self._plan.sources, self._plan.payload).location(path)
        try:
            descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
            try:
                return dict(zip(algorithms, digest_descriptor(descriptor, algorithms)[1], strict=True))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror}", subject=place) from error

    def _conclude(self) -> Iterator[CheckedList]:
        places = SourcePlaces(self._plan.sources, self._plan.payload)
        matched: dict[int, set[str]] = {}
        algorithms: dict[int, dict[str, None]] = {}
        for path, listed in self._delivery.digests.items():
            for one in listed:
                algorithms.setdefault(one.by, {})[one.algorithm] = None
                if path in self._seen and path not in self._failed.get(one.by, ()):
                    matched.setdefault(one.by, set()).add(path)
        absent: dict[int, int] = {}
        for _path, one in self._delivery.missing:
            absent[one.by] = absent.get(one.by, 0) + 1
            algorithms.setdefault(one.by, {})[one.algorithm] = None
        for by, name in enumerate(self._delivery.lists):
            if by in algorithms:
                inside = places.bag_path(os.path.abspath(name)) or os.path.basename(name)
                failed = frozenset(self._failed.get(by, ())) & self._seen
                yield CheckedList(
                    inside, tuple(algorithms[by]), frozenset(matched.get(by, ())), failed, absent.get(by, 0)
                )


def judge_wrapped(plan: Plan, *, accept: bool) -> list[Finding]:
    """What is wrong with sources that are bags, as errors or, with `accept`, as warnings; nothing for other sources.

    The payload of a folder is compared with its manifests while it is copied, so here only presence and tag files are
    judged; a packed bag is read in full.
    """
    found: list[Finding] = []
    for root in plan.sources:
        if not (is_bag(root.path) if root.is_folder else is_packed_bag(root.path)):
            continue
        from archive.stages.validation.bags.bag import validate_bag

        kind = codes.ACCEPTED_BAG if accept else codes.WRAPPED_BAG_INVALID
        found.append(codes.BAG_WRAPPED.at(root.path))
        report = validate_bag(root.path, depth=Depth.COMPLETE if root.is_folder else Depth.FULL)
        found += [
            kind.at(root.path, problem=f"{one.code} {one.subject}: {one.message}")
            for one in report.findings
            if one.severity in (Severity.ERROR, Severity.UNCHECKED)
        ][:_MOST_NAMED]
    return found


class SourcePlaces:
    """From paths in the file system to bag paths, and back."""

    def __init__(self, roots: Sequence[SourceRoot], payload: str) -> None:
        self._tops = [
            (os.path.abspath(root.path), f"{payload}/{root.name}" if root.name else payload, root.is_folder)
            for root in roots
        ]

    def bag_path(self, place: str) -> str | None:
        """The bag path of the file at `place`; None for what is not in the sources."""
        for top, front, is_folder in self._tops:
            if is_folder and place.startswith(f"{top.rstrip('/')}/"):
                return f"{front}/{place[len(top.rstrip('/')) + 1 :]}"
            if not is_folder and place == top:
                return front
        return None

    def location(self, path: str) -> str:
        """The place of the source's file that has this bag path."""
        for top, front, is_folder in self._tops:
            if is_folder and path.startswith(f"{front}/"):
                return os.path.join(top, path[len(front) + 1 :])
            if path == front:
                return top
        return path

    def bases(self, root: SourceRoot, own: str, path: str) -> list[str]:
        """The folders that the paths in a list may begin at, the most likely first; `path` is the list's in `root`."""
        if not root.is_folder:
            return [own]
        top = os.path.abspath(root.path)
        objects = os.path.join(top, "objects")
        found = [own, top, objects] if os.path.dirname(path) != "metadata" else [objects, top, own]
        return [base for base in dict.fromkeys(found) if base != objects or os.path.isdir(objects)]


def _find(bases: Sequence[str], path: str) -> str | None:
    """The file that `path` in a list stands for; None where there is none."""
    for one in spellings(path):
        for base in bases:
            place = posixpath.normpath(os.path.join(base, one))
            if os.path.isfile(place):
                return place
    return None
