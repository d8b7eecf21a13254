"""The files of a bag are the same whether their digests are read again from the manifests or held in memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archive.bags.contents import open_bag
from archive.errors import SourceError
from archive.stages.exporting import source_files
from archive.stages.exporting.source_files import SourceFiles
from tests.support.audit_projects import pack_tar
from tests.support.making import contents, make, plant

FLAT = {"a.txt": b"1", "b%.txt": b"2", "\u0628 c.txt": b"3"}
MIXED = {"a/z.txt": b"1", "a.txt": b"2", "a-b/c.txt": b"3", "\u0628 %.txt": b"4", "deep/er/x.bin": b"5" * 99}
"""Files before folders, as a folder is walked and manifests are written, are not in the order of the paths' bytes."""


@pytest.fixture(params=[FLAT, MIXED], ids=["flat", "mixed"])
def bag(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    make(plant(tmp_path / "src", request.param), tmp_path / "bags")
    return tmp_path / "bags" / "src"


@pytest.fixture(autouse=True, params=[0, 100], ids=["made anew", "kept"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(source_files, "_KEPT", request.param)
    return int(request.param)


def listed(bag: Path) -> list[tuple[str, int, dict[str, str]]]:
    with open_bag(str(bag)) as reading:
        return [(one.path, one.size, dict(one.digests)) for one in SourceFiles(reading)]


def expected(bag: Path) -> list[tuple[str, int]]:
    return [(path, len(content)) for path, content in sorted(contents(bag).items(), key=lambda pair: pair[0].encode())]


def reverse(bag: Path, pattern: str) -> None:
    for manifest in bag.glob(pattern):
        manifest.write_bytes(b"".join(reversed(manifest.read_bytes().splitlines(keepends=True))))


@pytest.mark.parametrize("order", ["as made", "both reversed", "one reversed", "a tar"])
def test_the_order_of_the_manifests_does_not_matter(bag: Path, tmp_path: Path, order: str) -> None:
    patterns = {"both reversed": "manifest-*.txt", "one reversed": "manifest-sha256.txt"}
    if order in patterns:
        reverse(bag, patterns[order])
    found = listed(pack_tar(bag, tmp_path / "bag.tar") if order == "a tar" else bag)
    assert [(path, size) for path, size, _ in found] == expected(bag)
    for path, _, digests in found:
        if path.startswith("data/"):
            assert set(digests) == {"sha256", "sha512"}
        for algorithm, digest in digests.items() if not path.startswith("manifest-") else ():
            assert hashlib.new(algorithm, (bag / path).read_bytes()).hexdigest() == digest
        assert digests or path.startswith("tagmanifest-")


def test_files_are_found_by_path_number_and_place(bag: Path) -> None:
    with open_bag(str(bag)) as reading:
        files = SourceFiles(reading)
        known = list(files)
        assert sorted(files.by_number(), key=lambda one: one.path.encode()) == known
        for place, one in enumerate(reversed(known), 1):
            assert files.find(one.path) == one.number
            assert files[-place] == one
        assert files[1:3] == tuple(known[1:3])
        assert files.find("data/none") is None
        with pytest.raises(IndexError):
            files[len(known)]


def test_a_manifest_that_changes_meanwhile_is_noticed_or_does_not_matter(bag: Path, kept: int) -> None:
    with open_bag(str(bag)) as reading:
        files = SourceFiles(reading)
        known = [(one.path, dict(one.digests)) for one in files]
        reverse(bag, "manifest-sha256.txt")
        if kept or "a-b" in {path.split("/")[1] for path, _ in known if path.startswith("data/")}:
            assert [(one.path, dict(one.digests)) for one in files] == known
            return
        with pytest.raises(SourceError, match="manifests changed"):
            list(files)
