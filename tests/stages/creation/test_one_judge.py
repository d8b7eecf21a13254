"""A bag whose manifests the writer wrote wrongly is refused, at any size and in any form: the judge shares no code."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from archive.model.creation import CreationReport
from archive.settings import Settings
from archive.stages.creation import builder, proof
from tests.support.making import make, plant, snapshot

ODD = ("100%25.txt", "a%0Ab.txt", "sub/50%.txt")


def break_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percent signs and line ends are written as they are, wherever the encoder was imported to."""

    def encode(path: str) -> bytes:
        return path.encode("utf-8", "surrogateescape")

    for module in [module for name, module in sys.modules.items() if name.startswith("archive.")]:
        if hasattr(module, "encode_path"):
            monkeypatch.setattr(module, "encode_path", encode)
    assert builder._encode("100%25") == "100%25"


def source(tmp_path: Path, count: int) -> Path:
    src = plant(tmp_path / "src", dict.fromkeys(ODD, b"x"))
    for number in range(count - len(ODD)):
        (src / f"{number:05d}").write_bytes(b"")
    return src


def assert_refused(report: CreationReport) -> None:
    assert not report.created
    assert report.validation is not None
    assert report.validation.verdict == "invalid"
    assert {"BAG-201", "BAG-202"} & {finding.code for finding in report.validation.findings}


@pytest.mark.parametrize("count", [5, 25_000])
@pytest.mark.parametrize("form", ["copy", "in place", "zip"])
def test_a_wrong_encoding_of_paths_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, form: str
) -> None:
    src = source(tmp_path, count)
    before = snapshot(src)
    break_the_writer(monkeypatch)
    if form == "in place":
        assert_refused(make(src, in_place=True))
    else:
        settings = Settings().with_flags("create", serialize="zip") if form == "zip" else Settings()
        assert_refused(make(src, tmp_path / "out", settings=settings))
        assert not (tmp_path / "out").exists()
    assert snapshot(src) == before
    assert os.listdir(tmp_path) == ["src"]


def test_a_large_bag_made_in_place_is_complete_and_its_tag_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.stages.creation import workflow

    monkeypatch.setattr(proof, "MANY", 2)
    src = source(tmp_path, 5)
    genuine = workflow.write_tag_files

    def spoil(*arguments: object) -> None:
        genuine(*arguments)  # type: ignore[arg-type]
        with open(Path(arguments[0].root) / "bag-info.txt", "ab") as file:  # type: ignore[attr-defined]
            file.write(b"Other: 1\n")

    with monkeypatch.context() as patch:
        patch.setattr(workflow, "write_tag_files", spoil)
        report = make(src, in_place=True)
    assert not report.created
    assert report.validation is not None
    assert {finding.code for finding in report.validation.findings} == {"BAG-302"}
    good = make(src, in_place=True)
    assert good.created
    assert good.validation is not None
    assert good.validation.verdict == "complete"


def test_a_large_payload_made_in_place_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.bags.manifest_ranges import RangeJudge

    monkeypatch.setattr(proof, "LARGE", 2)
    monkeypatch.setattr(RangeJudge, "_digest_large", lambda *_: pytest.fail("it was read"))
    src = plant(tmp_path / "src", {"large": bytes(1 << 20)})
    report = make(src, in_place=True)
    assert report.created
    assert report.validation is not None
    assert report.validation.verdict == "complete"
