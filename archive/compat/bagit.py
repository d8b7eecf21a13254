"""The module and the command line of bagit-python 1.9, over this program's reader and validator.

A program that says `import bagit` says `from archive.compat import bagit` instead. Bags are made as bagit-python makes
them, BagIt 0.97 in the folder itself; they are judged by RFC 8493, so that a bag may be refused here that bagit-python
accepts. docs/migration.md lists the differences.
"""

from __future__ import annotations

import argparse
import codecs
import logging
import multiprocessing
import os
import sys
import tempfile
import warnings
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, NoReturn

from archive.compat.bag import Bag, require_access
from archive.compat.bag_errors import (
    BagError,
    BagValidationError,
    ChecksumMismatch,
    FileMissing,
    FileNormalizationConflict,
    ManifestErrorDetail,
    UnexpectedFile,
)
from archive.compat.bag_files import (
    DECLARATION,
    hash_all,
    known_algorithms,
    walk_files,
    write_info,
    write_manifests,
    write_tag_manifest,
)
from archive.compat.read_bag import normalize_unicode
from archive.storage import hashing

__all__ = [
    "CHECKSUM_ALGOS",
    "DEFAULT_CHECKSUMS",
    "LOGGER",
    "PROJECT_URL",
    "STANDARD_BAG_INFO_HEADERS",
    "VERSION",
    "Bag",
    "BagError",
    "BagValidationError",
    "ChecksumMismatch",
    "FileMissing",
    "FileNormalizationConflict",
    "ManifestErrorDetail",
    "UnexpectedFile",
    "main",
    "make_bag",
    "multiprocessing",
    "normalize_unicode",
    "open_text_file",
]

LOGGER = logging.getLogger("bagit")
VERSION = "1.9.0"
"""The version of bagit-python whose interface this is, as programs compare it."""
PROJECT_URL = "https://github.com/LibraryOfCongress/bagit-python"
CHECKSUM_ALGOS = frozenset(hashing.known_algorithms())
DEFAULT_CHECKSUMS = ["sha256", "sha512"]
STANDARD_BAG_INFO_HEADERS = [
    "Source-Organization", "Organization-Address", "Contact-Name", "Contact-Phone", "Contact-Email",
    "External-Description", "External-Identifier", "Bag-Size", "Bag-Group-Identifier", "Bag-Count",
    "Internal-Sender-Identifier", "Internal-Sender-Description", "BagIt-Profile-Identifier",
]  # fmt: skip

open_text_file = partial(codecs.open, encoding="utf-8", errors="strict")


def _make_tagmanifest_file(alg: str, bag_dir: str, encoding: str = "utf-8") -> None:
    """As bagit-python's own, which programs and its tests call."""
    write_tag_manifest(bag_dir, alg, encoding)


def make_bag(  # noqa: PLR0917 - the order is bagit-python's
    bag_dir: str | os.PathLike[str],
    bag_info: dict[str, Any] | None = None,
    processes: int = 1,
    checksums: Sequence[str] | None = None,
    checksum: Sequence[str] | None = None,
    encoding: str = "utf-8",
) -> Bag:
    """Make the folder `bag_dir` a bag: what is in it goes to data/, and the tag files are written beside.

    The files are digested first and moved then; when something fails, they are where they were. Raises `BagError`,
    RuntimeError for a folder that is not there, and ValueError for algorithms that are not known.
    """
    if checksum is not None:
        warnings.warn(
            "The `checksum` argument for `make_bag` should be replaced with `checksums`",
            DeprecationWarning,
            stacklevel=2,
        )
        checksums = checksum
    folder = os.path.abspath(bag_dir)
    here = os.path.abspath(os.curdir)
    if here.startswith(folder + os.sep):
        raise RuntimeError("Bagging a parent of the current directory is not supported")
    if not os.path.isdir(folder):
        LOGGER.error("Bag directory %s does not exist", folder)
        raise RuntimeError(f"Bag directory {folder} does not exist")
    algorithms = known_algorithms(DEFAULT_CHECKSUMS if checksums is None else checksums)
    try:
        require_access(folder)
        _make(folder, dict(bag_info or {}), algorithms, processes, encoding)
    except Exception:  # whatever it was, bagit-python logs it and raises it again
        LOGGER.exception("An error occurred creating a bag in %s", folder)
        raise
    return Bag(folder)


def _make(folder: str, info: dict[str, Any], algorithms: tuple[str, ...], processes: int, encoding: str) -> None:
    files = list(walk_files(folder))
    links = [path for path in files if os.path.islink(os.path.join(folder, path))]
    if links:
        raise BagError(f"A bag holds files, not symbolic links: {links[0]}")
    originals = os.listdir(folder)
    working = tempfile.mkdtemp(dir=folder)
    data = os.path.join(working, "data")
    moved: list[tuple[str, str]] = []
    try:
        LOGGER.info("Creating data directory")
        os.mkdir(data)
        os.chmod(data, os.stat(folder).st_mode)
        hashed = hash_all(((folder, path, algorithms) for path in files), processes)
        size, count = write_manifests(working, hashed, algorithms, front="data/", encoding=encoding)
        with open(os.path.join(working, "bagit.txt"), "wb") as declaration:
            declaration.write(DECLARATION)
        info.setdefault("Bagging-Date", date.today().isoformat())
        info.setdefault("Bag-Software-Agent", f"bagit.py v{VERSION} <{PROJECT_URL}>")
        info["Payload-Oxum"] = f"{size}.{count}"
        write_info(os.path.join(working, "bag-info.txt"), info)
        for algorithm in algorithms:
            write_tag_manifest(working, algorithm)
        for name in originals:
            _move(os.path.join(folder, name), os.path.join(data, name), moved)
        _move(data, os.path.join(folder, "data"), moved)
        for name in sorted(os.listdir(working), reverse=True):
            _move(os.path.join(working, name), os.path.join(folder, name), moved)
    except BaseException:  # also on Ctrl-C the folder is put back as it was
        for source, target in reversed(moved):
            os.rename(target, source)
        _remove(working)
        raise
    os.rmdir(working)


def _move(source: str, target: str, moved: list[tuple[str, str]]) -> None:
    os.rename(source, target)
    moved.append((source, target))


def _remove(working: str) -> None:
    """Remove what was prepared; nothing of the original is in it any more."""
    for above, folders, names in os.walk(working, topdown=False):
        for name in names:
            os.unlink(os.path.join(above, name))
        for name in folders:
            os.rmdir(os.path.join(above, name))
    os.rmdir(working)


class _HeaderAction(argparse.Action):
    """Collects the options for bag-info.txt."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        del parser
        label = "-".join(part.capitalize() for part in (option or "").lstrip("-").split("-"))
        namespace.bag_info[label] = values


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=f"bagit-python {VERSION}'s command line, over muniment")
    parser.set_defaults(bag_info={})
    parser.add_argument("--version", action="version", version=f"bagit-python version {VERSION}")
    parser.add_argument("--processes", type=int, default=1, help="Processes that calculate checksums")
    parser.add_argument("--log", help="The name of the log file (default: standard error)")
    parser.add_argument("--quiet", action="store_true", help="Tell of errors only")
    parser.add_argument("--validate", action="store_true", help="Validate bags instead of making them")
    parser.add_argument("--fast", action="store_true", help="With --validate: compare with Payload-Oxum only")
    parser.add_argument("--completeness-only", action="store_true", help="With --validate: read no payload file")
    group = parser.add_argument_group("Checksum Algorithms", f"default: {', '.join(DEFAULT_CHECKSUMS)}")
    for name in sorted(CHECKSUM_ALGOS):
        group.add_argument(f"--{name}", action="append_const", dest="checksums", const=name, help=f"Write {name}")
    fields = parser.add_argument_group("Optional Bag Metadata")
    for label in STANDARD_BAG_INFO_HEADERS:
        fields.add_argument(f"--{label.lower()}", action=_HeaderAction, default=argparse.SUPPRESS)
    parser.add_argument("directory", nargs="+", help="A folder that is made a bag where it is")
    return parser


def main() -> NoReturn:
    """The command line: exit code 0, 1 when a bag is not valid or was not made, 2 for wrong usage."""
    parser = _make_parser()
    args = parser.parse_args()
    if args.processes <= 0:
        parser.error("The number of processes must be greater than 0")
    if args.fast and not args.validate:
        parser.error("--fast is only allowed as an option for --validate!")
    if args.completeness_only and not args.validate:
        parser.error("--completeness-only is only allowed as an option for --validate!")
    logging.basicConfig(
        filename=args.log,
        level=logging.ERROR if args.quiet else logging.INFO,
        format="%(asctime)s - %(levelname)s - %(message)s",
    )
    done = [_validate(folder, args) if args.validate else _create(folder, args) for folder in args.directory]
    sys.exit(0 if all(done) else 1)


def _validate(folder: str, args: argparse.Namespace) -> bool:
    try:
        Bag(folder).validate(processes=args.processes, fast=args.fast, completeness_only=args.completeness_only)
    except BagError as error:
        LOGGER.error("%(bag)s is invalid: %(error)s", {"bag": folder, "error": error})
        return False
    words = "%s is valid"
    if args.fast:
        words = "%s valid according to Payload-Oxum"
    elif args.completeness_only:
        words = "%s is complete and valid according to Payload-Oxum"
    LOGGER.info(words, folder)
    return True


def _create(folder: str, args: argparse.Namespace) -> bool:
    try:
        make_bag(folder, bag_info=args.bag_info, processes=args.processes, checksums=args.checksums)
    except Exception as error:  # as bagit-python: one folder that fails does not stop the others
        LOGGER.error(
            "Failed to create bag in %(bag_directory)s: %(error)s", {"bag_directory": folder, "error": error},
            exc_info=True,
        )  # fmt: skip
        return False
    return True


if __name__ == "__main__":
    main()
