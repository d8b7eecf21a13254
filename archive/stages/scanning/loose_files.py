"""The formats of single files, outside of any bag: named by the same tool as those of a bag."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from archive.model.build import Build, FileRecord
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.scanning.identification import identify


@dataclass(frozen=True, slots=True)
class _LooseFiles:
    """As much of a bag as identification looks at; the files go by their own paths."""

    paths: Sequence[str]
    name: str = ""

    def records(self) -> Iterator[FileRecord]:
        for path in self.paths:
            if os.path.isfile(path):
                yield FileRecord(path, os.path.getsize(path), ())

    def open(self, path: str) -> BinaryIO:
        return open_regular(path)

    def locate(self, path: str) -> bytes:
        return os.fsencode(os.path.abspath(path))


def kinds_of(paths: Sequence[str], settings: Settings) -> Mapping[str, str | None]:
    """The media type of each file that is there, None where the tool names none. Raises as `identify` does."""
    with identify(cast("Build", _LooseFiles(paths)), settings) as found:
        named = {path: found.of(path) for path in paths}
    return {path: one.mime if one is not None else None for path, one in named.items()}
