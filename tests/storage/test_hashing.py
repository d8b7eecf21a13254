"""Digests: names as BagIt has them, one read for all, large files side by side, errors as errors."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.storage import hashing


def test_names_are_normalised_and_kept_in_order() -> None:
    assert hashing.check_algorithms(["SHA-512", "sha256", "sha512", "SHA3-256"]) == ("sha512", "sha256", "sha3256")


@pytest.mark.parametrize("names", [[], ["crc32"], ["shake_128"], ["sha256", ""], ["sha256; rm"]])
def test_other_names_are_refused(names: list[str]) -> None:
    with pytest.raises(UsageError):
        hashing.check_algorithms(names)


@pytest.mark.parametrize("name", hashing.known_algorithms())
def test_every_algorithm_agrees_with_hashlib(name: str) -> None:
    own = next(one for one in hashlib.algorithms_guaranteed if hashing.normalise_name(one) == name)
    digests = hashing.Digests([name])
    digests.update(b"abc")
    digests.update(memoryview(b"def"))
    assert digests.hexdigests() == (hashlib.new(own, b"abcdef").hexdigest(),)
    assert digests.size == 6
    assert hashing.digest_length(name) == len(digests.packed())


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, hashing.SIDE_BY_SIDE_FROM - 1, hashing.SIDE_BY_SIDE_FROM + 5])
def test_a_descriptor_is_digested_in_one_read(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    path = tmp_path / "x"
    path.write_bytes(content)
    with open(path, "rb") as file:
        found = hashing.digest_descriptor(file.fileno(), ("sha256", "md5"))
    assert found == (size, (hashlib.sha256(content).hexdigest(), hashlib.md5(content).hexdigest()))


def test_progress_is_told_every_byte(tmp_path: Path) -> None:
    class Counting:
        done = 0

        def begin(self, label: str, total: int | None) -> None: ...
        def end(self) -> None: ...
        def advance(self, size: int) -> None:
            self.done += size

    for size in (10_000, hashing.SIDE_BY_SIDE_FROM * 2):
        (tmp_path / "x").write_bytes(bytes(size))
        counting = Counting()
        with open(tmp_path / "x", "rb") as file:
            hashing.digest_descriptor(file.fileno(), ("sha256",), counting)
        assert counting.done == size


def test_an_error_is_an_error_and_no_digest(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="directory"):
            hashing.digest_descriptor(descriptor, ("sha256",))
        with pytest.raises(OSError, match="directory"):
            hashing.digest_packed(descriptor, ("sha256", "sha512"), hashing.SIDE_BY_SIDE_FROM)
    finally:
        os.close(descriptor)
