"""A bag under construction for stages that only read it: files in a folder, under data/original."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.model.build import FileRecord


@dataclass
class FolderBuild:
    """The files of `root`, each a payload file; nothing can be added."""

    root: Path
    name: str = "bag"
    algorithms: tuple[str, ...] = ()

    def records(self) -> Iterator[FileRecord]:
        raw = os.fsencode(self.root)
        for folder, _folders, names in sorted(os.walk(raw)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), raw)
                size = os.stat(os.path.join(folder, name)).st_size
                yield FileRecord("data/original/" + path.decode("utf-8", "surrogateescape"), size, ())

    def locate(self, path: str) -> bytes:
        assert path.startswith("data/original/")
        return os.path.join(
            os.fsencode(self.root), path.removeprefix("data/original/").encode("utf-8", "surrogateescape")
        )

    def open(self, path: str) -> BinaryIO:
        return open(self.locate(path), "rb")

    def add_payload(self, path: str, chunks: Iterable[bytes]) -> FileRecord:
        raise AssertionError(path)

    def add_tag(self, path: str, chunks: Iterable[bytes]) -> None:
        raise AssertionError(path)
