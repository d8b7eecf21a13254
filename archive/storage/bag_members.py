"""What zip and tar have in common: one top folder, safe names, no name twice; and the bag's files below it."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from archive.formats.bagpath import to_text, unsafe_reason
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.storage.bag_medium import BATCH, Batch, Member, in_payload, split_path

_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


class MemberTable:
    """Takes every name in an archive, judges it, and knows the bag's files in the archive's order.

    `unseen` are names that are there but are no file whose bytes can be had, each with the finding that says why.
    """

    def __init__(self, archive: str) -> None:
        self.findings: list[Finding] = []
        self.members: list[Member] = []
        self.has_payload_folder = False
        self._archive = os.path.basename(archive)
        self._roots: dict[bytes, None] = {}
        self._seen: set[bytes] = set()
        self._folders: set[bytes] = set()
        self.unseen: dict[bytes, Finding] = {}

    def add(self, name: bytes, *, folder: bool, size: int = 0, place: int = 0, odd: Finding | None = None) -> None:
        """Take the member called `name`. `odd` is a finding when it is neither file nor folder."""
        shown = to_text(name)
        path = name.rstrip(b"/") if folder else name
        while path.startswith(b"./"):
            path = path[2:].lstrip(b"/") if path.startswith(b".//") else path[2:]
        if path in (b"", b".") and folder:
            return
        reason = unsafe_reason(path) or _backslash_reason(path)
        if reason is not None:
            self.findings.append(codes.UNSAFE_MEMBER.at(shown, why=reason))
            return
        if path in self._seen:
            if not folder or path not in self._folders:
                self.findings.append(codes.DUPLICATE_MEMBER.at(shown))
            return
        self._seen.add(path)
        root, _, inside = path.partition(b"/")
        self._roots[root] = None
        if folder:
            self._folders.add(path)
        if folder or odd is not None or not inside:
            self.has_payload_folder |= folder and inside == b"data"
            if odd is not None:
                self.findings.append(odd)
                self.unseen[inside] = odd
            elif not folder:
                self._roots[path] = None
            return
        self.has_payload_folder |= inside.startswith(b"data/")
        self.members.append(Member(inside, size, place))

    def finish(self) -> None:
        """Judge the names together: one top folder, named as the archive, and no file that is also a folder."""
        files = [path for path in self._seen if path not in self._folders]
        ordered = sorted(self._seen)
        for path in sorted(files):
            below = bisect_left(ordered, path + b"/")
            if below < len(ordered) and ordered[below].startswith(path + b"/"):
                self.findings.append(codes.DUPLICATE_MEMBER.at(to_text(path)))
        roots = tuple(to_text(root) for root in self._roots)
        stray = [path for path in files if b"/" not in path]
        if len(roots) != 1 or stray:
            named = (*roots[:10], f"and {len(roots) - 10} more") if len(roots) > 10 else roots
            self.findings.append(codes.SEVERAL_ROOTS.at(self._archive, roots=named or ("nothing",)))
        elif self._stem() != roots[0]:
            self.findings.append(codes.OTHER_ROOT_NAME.at(self._archive, root=roots[0]))
        self._seen.clear()

    def _stem(self) -> str:
        lower = self._archive.lower()
        for suffix in sorted(_SUFFIXES, key=len, reverse=True):
            if lower.endswith(suffix):
                return self._archive[: -len(suffix)]
        return self._archive

    @property
    def root(self) -> bytes:
        """The top folder, which has the bag's name; the first, where there are several."""
        return next(iter(self._roots), b"")

    def tag_files(self) -> list[bytes]:
        return sorted(member.path for member in self.members if not in_payload(member.path))


def _backslash_reason(path: bytes) -> str | None:
    return "it begins with a backslash" if path.startswith(b"\\") else None


class Batcher:
    """Gathers files of one folder into batches."""

    def __init__(self) -> None:
        self._batch: Batch | None = None

    def add(self, path: bytes, size: int, digest: bytes | None) -> Iterator[Batch]:
        """Take one file; gives the batch before it when that is full or of another folder."""
        folder, name = split_path(path)
        if self._batch is not None and (self._batch.folder != folder or len(self._batch.names) >= BATCH):
            yield self._batch
            self._batch = None
        if self._batch is None:
            self._batch = Batch(folder, [], [], [])
        self._batch.names.append(name)
        self._batch.sizes.append(size)
        self._batch.digests.append(digest)

    def rest(self) -> Iterator[Batch]:
        """The last batch, if there is one."""
        if self._batch is not None:
            yield self._batch


def wanted(member: Member, payload: Sequence[str], tags: Sequence[str]) -> Sequence[str]:
    """The algorithms by which a member is to be digested."""
    return payload if in_payload(member.path) else tags
