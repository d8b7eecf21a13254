"""`Bag` of bagit-python 1.9: what is in a bag comes from this program's reader, the judgement from its validator."""

from __future__ import annotations

import codecs
import logging
import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from archive.compat.bag_errors import (
    BagError,
    BagValidationError,
    ChecksumMismatch,
    FileMissing,
    ManifestErrorDetail,
    UnexpectedFile,
)
from archive.compat.bag_files import (
    hash_all,
    unreadable,
    unwritable,
    walk_files,
    write_info,
    write_manifests,
    write_tag_manifest,
)
from archive.compat.read_bag import ReadBag, normalize_unicode
from archive.errors import ArchiveError
from archive.formats import tagfile
from archive.model.codes import bag as codes
from archive.model.finding import Finding, Severity
from archive.model.validation import Depth
from archive.stages.validation.bags.bag import validate_bag

LOGGER = logging.getLogger("bagit")
_SINCE_1_0 = (codes.TAG_MANIFEST_LACKS_MANIFEST, codes.FETCH_UNLISTED)
"""What RFC 8493 demands (2.2.1, 2.2.3) and bagit-python's own tests contradict: of bags that say that they are older, a
warning here. `archive validate` refuses them all the same."""


class Bag(ReadBag):
    """The bag in the folder `path`, which can be judged and written to.

    `info` are the fields of bag-info.txt, a list where a label is repeated; `entries` the digests in hex of each listed
    path, by algorithm. Raises `BagError` for what cannot be opened as a bag.
    """

    def save(self, processes: int = 1, manifests: bool = False) -> None:
        """Write `info` and the tag manifests, with `manifests` the payload manifests too. Raises `BagError`."""
        if not self.path:
            raise BagError("Bag.save() called before setting the path!")
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise BagError(f"Cannot save bag to non-existent or inaccessible directory {self.path}")
        require_access(self.path)
        if manifests:
            tasks = ((self.path, os.path.join("data", path), tuple(self.algorithms)) for path in self._payload())
            hashed = hash_all(tasks, processes)
            size, count = write_manifests(self.path, hashed, self.algorithms, front="", encoding=self.encoding)
            self.info["Payload-Oxum"] = f"{size}.{count}"
        write_info(self._inside(self.tag_file_name), self.info)
        for algorithm in self.algorithms:
            write_tag_manifest(self.path, algorithm, self.encoding)
        self._load_manifests()

    def _payload(self) -> Iterator[str]:
        return walk_files(self._inside("data"))

    def validate(self, processes: int = 1, fast: bool = False, completeness_only: bool = False) -> bool:
        """True when the bag is valid: with `fast` by Payload-Oxum alone, with `completeness_only` without any digest.

        Raises `BagValidationError` with what is wrong.
        """
        self._validate_structure()
        self._validate_bagittxt()
        self.validate_fetch()
        self._validate_contents(processes=processes, fast=fast, completeness_only=completeness_only)
        return True

    def is_valid(self, processes: int = 1, fast: bool = False, completeness_only: bool = False) -> bool:
        """Whether `validate` passes."""
        try:
            return self.validate(processes=processes, fast=fast, completeness_only=completeness_only)
        except BagError:
            return False

    def _validate_structure(self) -> None:
        if not os.path.isdir(self._inside("data")):
            raise BagValidationError(f"Expected data directory {self._inside('data')} does not exist")
        if not list(self.manifest_files()):
            raise BagValidationError("No manifest files found")
        if not os.path.isfile(self._inside("bagit.txt")):
            raise BagValidationError(f'Expected {self.path} to contain "bagit.txt"')

    def _validate_bagittxt(self) -> None:
        with open(self._inside("bagit.txt"), "rb") as file:
            if file.read(4).startswith(codecs.BOM_UTF8):
                raise BagValidationError("bagit.txt must not contain a byte-order mark")

    def validate_fetch(self) -> None:
        """Raise `BagError` for a line of fetch.txt whose path is unsafe or whose address is not an absolute URL."""
        for url, _size, _path in self.fetch_entries():
            parts = urlsplit(url)
            if not (parts.scheme and parts.netloc) and parts.scheme != "file":
                raise BagError(f"Malformed URL in fetch.txt: {url}")

    def _validate_contents(self, processes: int = 1, fast: bool = False, completeness_only: bool = False) -> None:
        if fast and not self.has_oxum():
            raise BagValidationError("Fast validation requires bag-info.txt to include Payload-Oxum")
        self._validate_oxum()
        if fast:
            return
        self._validate_completeness()
        if not completeness_only:
            self._validate_entries(processes)

    def _validate_oxum(self) -> None:
        stated = self.info.get("Payload-Oxum")
        if stated is None:
            return
        first = stated[0] if isinstance(stated, list) else stated
        expected = tagfile.parse_oxum(first)
        if expected is None:
            raise BagError(f"Malformed Payload-Oxum value: {first}")
        sizes = [os.lstat(self._inside(path)).st_size for path in self.payload_files()]
        if (sum(sizes), len(sizes)) != expected:
            raise BagValidationError(
                f"Payload-Oxum validation failed. Expected {expected[1]} files and {expected[0]} bytes"
                f" but found {len(sizes)} files and {sum(sizes)} bytes"
            )

    def _validate_completeness(self) -> None:
        """What the validator finds without reading the payload."""
        try:
            report = validate_bag(self.path, depth=Depth.COMPLETE)
        except ArchiveError as error:
            raise BagValidationError(str(error)) from error
        wrong = [one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED)]
        if self.version_info < (1,):
            for one in wrong:
                if one.kind in _SINCE_1_0:
                    LOGGER.warning("%s: %s [%s]", one.subject, one.message, one.code)
            wrong = [one for one in wrong if one.kind not in _SINCE_1_0]
        details = sorted((_as_detail(one) for one in wrong), key=_missing_first)
        for detail in details:
            LOGGER.warning(str(detail))
        if details:
            raise BagValidationError("Bag is incomplete", details)

    def _validate_entries(self, processes: int) -> None:
        """Every listed file against every digest that is listed for it."""
        list(self.payload_files())  # fills normalized_filesystem_names
        details: list[BagError] = []
        tasks = []
        for path, expected in self.entries.items():
            place = self.normalized_filesystem_names.get(normalize_unicode(path), path)
            if not os.access(self._inside(place), os.R_OK):
                details.append(ManifestErrorDetailUnread(place, f"Could not read {self._inside(place)}"))
                continue
            tasks.append((self.path, place, tuple(expected)))
        listed = {self.normalized_filesystem_names.get(normalize_unicode(path), path): path for path in self.entries}
        try:
            for place, _size, digests in hash_all(tasks, processes):
                expected = self.entries[listed[place]]
                for algorithm, found in zip(expected, digests, strict=True):
                    if expected[algorithm] != found:
                        details.append(ChecksumMismatch(place, algorithm, expected[algorithm], found))
        except OSError as error:
            raise BagValidationError(f"Could not read {error.filename}: {error.strerror}") from error
        for one in details:
            LOGGER.warning(str(one))
        if details:
            raise BagValidationError("Bag validation failed", details)


class ManifestErrorDetailUnread(ManifestErrorDetail):
    """A listed file could not be read."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(path)
        self._words = words

    def __str__(self) -> str:
        return self._words


def require_access(folder: str) -> None:
    """Raise `BagError` unless this user can move and read everything in the folder."""
    closed = unwritable(folder)
    if closed:
        LOGGER.error("Unable to write to the following directories and files:\n%s", closed)
        raise BagError("Missing permissions to move all files and directories")
    closed = unreadable(folder)
    if closed:
        LOGGER.error("The following directories and files do not have read permissions:\n%s", closed)
        raise BagError("Read permissions are required to calculate file fixities")


_DETAILS: dict[object, Callable[[str], ManifestErrorDetail]] = {
    codes.MISSING_FILE: FileMissing, codes.MISSING_TAG_FILE: FileMissing, codes.FETCH_PENDING: FileMissing,
    codes.UNLISTED_FILE: UnexpectedFile,
}  # fmt: skip


def _as_detail(finding: Finding) -> BagError:
    kind = _DETAILS.get(finding.kind)
    if kind is not None:
        return kind(finding.subject)
    return BagError(f"{finding.subject}: {finding.message} [{finding.code}]")


def _missing_first(detail: BagError) -> tuple[int, str]:
    order = (FileMissing, UnexpectedFile)
    return next((index for index, kind in enumerate(order) if isinstance(detail, kind)), 2), str(detail)
