"""What an exporter is: one module a format, of the program or of a plugin; see `docs/plugins.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from archive.model.export import Lost
from archive.stages.exporting.source import Source
from archive.stages.exporting.source_files import SourceFile


class Package(Protocol):
    """The package under construction. Paths are relative to its folder, with slashes; none is written twice."""

    @property
    def name(self) -> str:
        """The name of the package's folder, or of the one folder in its zip."""
        ...

    def write(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """Add a file with this content, whole or in pieces. Raises `UsageError` for a path that is taken,
        `StorageError`."""

    def make_folder(self, path: str) -> None:
        """Add a folder, which may stay empty. Raises `UsageError`, `StorageError`."""

    def copy(self, places: Iterable[tuple[SourceFile, str]]) -> None:
        """Add files of the bag, each at a path of its own. Their bytes are compared with the bag's manifests.

        Raises `UsageError` for a path that is taken, `SourceError` for a file that is not as the manifests say, and
        `StorageError`.
        """


class Exporter(Protocol):
    """One format. A module with these names is one.

    It may have a third, `package_name(source)`: the name of the package where the user gives none, for a format that
    has a rule for it. Without it that is the bag's name.
    """

    def refuse_name(self, path: str) -> str | None:
        """Why the format cannot hold a file with this path in the bag, in words; None when it can."""

    def export(self, source: Source, package: Package) -> Sequence[Lost]:
        """Fill `package` from the bag, and say what of the bag it does not say.

        The same bag becomes the same bytes: no time, no identifier is made up. Raises `UsageError` where the bag cannot
        become such a package, and what `package` raises.
        """


class ItemExporter(Exporter, Protocol):
    """A format whose packages hold several bags: each is an item in a folder of its own."""

    def export_item(self, source: Source, package: Package, folder: str) -> Sequence[Lost]:
        """Write one bag to this folder of the package. Raises as `export`."""
