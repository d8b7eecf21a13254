"""The exceptions of bagit-python 1.9, with its words: programs compare them."""

from __future__ import annotations

from collections.abc import Sequence


class BagError(Exception):
    """Anything that is wrong with a bag, or that keeps one from being made."""


class BagValidationError(BagError):
    """A bag is not valid. `details` are the single errors, where there are several."""

    def __init__(self, message: str, details: Sequence[BagError] | None = None) -> None:
        super().__init__()
        self.message = message
        self.details = list(details or ())

    def __str__(self) -> str:
        if self.details:
            return f"{self.message}: {'; '.join(str(one) for one in self.details)}"
        return self.message


class ManifestErrorDetail(BagError):  # noqa: N818 - the name is bagit-python's
    """Something is wrong with the file at the bag path `path`."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


class ChecksumMismatch(ManifestErrorDetail):
    """The file does not have the digest that a manifest lists."""

    def __init__(
        self, path: str, algorithm: str | None = None, expected: str | None = None, found: str | None = None
    ) -> None:
        super().__init__(path)
        self.algorithm = algorithm
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return (
            f'{self.path} {self.algorithm} validation failed: expected="{self.expected}" found="{self.found}"'
        )  # fmt: skip


class FileMissing(ManifestErrorDetail):
    """A manifest lists the file, and it is not there."""

    def __str__(self) -> str:
        return f"{self.path} exists in manifest but was not found on filesystem"


class UnexpectedFile(ManifestErrorDetail):
    """The file is there, and no manifest lists it."""

    def __str__(self) -> str:
        return f"{self.path} exists on filesystem but is not in the manifest"


class FileNormalizationConflict(BagError):  # noqa: N818 - the name is bagit-python's
    """Two names differ only in Unicode normalization."""

    def __init__(self, file_a: str, file_b: str) -> None:
        super().__init__()
        self.file_a = file_a
        self.file_b = file_b

    def __str__(self) -> str:
        return f'Unicode normalization conflict for file "{self.file_a}" and "{self.file_b}"'
