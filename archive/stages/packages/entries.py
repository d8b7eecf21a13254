"""The files that a package lists, gathered: each path is judged before it is followed, and each file is said once."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from archive.bags.packages import PackageReading
from archive.formats.bagpath import to_bytes, to_text, unsafe_reason
from archive.model.codes import packages as codes
from archive.model.finding import Finding
from archive.model.package import PackageFile


def number_of(text: object) -> int | None:
    """The size that a package writes as `text`; None for what is not a whole number of bytes."""
    found = str(text)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 20 else None


class Entries:
    """What a package says of its files, and what is wrong with it."""

    def __init__(self, reading: PackageReading) -> None:
        self.reading = reading
        self.findings: list[Finding] = []
        self.remote: list[str] = []
        self._files: dict[str, PackageFile] = {}

    def resolve(self, href: str, folder: str = "") -> str | None:
        """The path in the package that a relative URI means, seen from `folder`; None for one that leads elsewhere."""
        local = href.removeprefix("file://")
        if "://" in local or local.startswith(("data:", "urn:", "mailto:")):
            self.remote.append(href)
            return None
        return self.place(to_text(unquote_to_bytes(local)), folder, shown=href)

    def place(self, path: str, folder: str = "", *, shown: str | None = None) -> str | None:
        """The path in the package that `path` means, seen from `folder`; None, with a finding, when it is not safe."""
        while path.startswith("./"):
            path = path[2:]
        if ".." in path.split("/") and not path.startswith("/"):
            joined = posixpath.normpath(posixpath.join(folder, path))
        else:
            joined = posixpath.join(folder, path) if folder else path
        reason = unsafe_reason(to_bytes(joined))
        if reason is not None:
            self.findings.append(codes.UNSAFE_PATH.at(path if shown is None else shown, why=reason))
            return None
        return joined

    def add(self, path: str, size: int | None = None, digests: Mapping[str, str] | None = None) -> bool:
        """Take a file that the package lists; True when it is there. What is said twice must agree."""
        known = self._files.get(path)
        entry = PackageFile(path, None, size, {name: one.lower() for name, one in (digests or {}).items()})
        if known is not None and (known.size, known.digests) != (entry.size, entry.digests):
            if known.digests and entry.digests:
                why = "its size or checksum"
                self.findings.append(codes.LISTED_TWICE.at(path, why=why))
                return path in self.reading.files
            entry = known if known.digests else entry
        self._files[path] = entry
        if path not in self.reading.files:
            if known is None:
                self.findings.append(codes.MISSING.at(path))
            return False
        return True

    def unlisted(self, *own: str) -> list[str]:
        """The files that are there and not listed, but for those of the format's `own`."""
        return [path for path in self.reading.files if path not in self._files and path not in own]

    def finish(self, names: Mapping[str, str]) -> tuple[PackageFile, ...]:
        """Every file that is there, with its name among the originals by `names`; names must differ and be safe."""
        taken: dict[str, str] = {}
        found = []
        for path in self.reading.files:
            entry = self._files.get(path) or PackageFile(path)
            name = names.get(path)
            if name is not None:
                reason = unsafe_reason(to_bytes(name))
                if reason is not None:
                    self.findings.append(codes.UNSAFE_PATH.at(name, why=reason))
                elif taken.setdefault(name, path) != path:
                    self.findings.append(codes.LISTED_TWICE.at(path, why=f"{taken[name]} also becomes {name}"))
            found.append(PackageFile(path, name, entry.size, entry.digests))
        for name, path in taken.items():
            above = name
            while "/" in above:
                above = above.rpartition("/")[0]
                if above in taken:
                    why = f"it becomes {name}, and {taken[above]} becomes {above}"
                    self.findings.append(codes.LISTED_TWICE.at(path, why=why))
        if self.remote:
            self.findings.append(codes.REMOTE_FILE.at("", count=len(self.remote), first=self.remote[0]))
        return tuple(found)
