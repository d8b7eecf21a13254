"""--in-place: the source or the bag, never a mixture, and nothing lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.errors import SourceError, StorageError
from archive.model.validation import Depth
from archive.stages.creation import in_place as exchanging
from archive.stages.creation import proof as proving
from archive.stages.creation import workflow as creation
from archive.stages.validation import validate
from tests.support.making import codes, contents, make, plant, snapshot

FILES = {"a.txt": b"alpha", "sub/100%\n.txt": b"beta", "sub/deep/c": b"", "large": bytes(3 << 20)}


@pytest.fixture
def src(tmp_path: Path) -> Path:
    return plant(tmp_path / "src", FILES)


@pytest.mark.parametrize("many", [1, 20_000])
def test_the_folder_becomes_the_bag(src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(proving, "MANY", many)
    numbers = {path.name: path.stat().st_ino for path in src.rglob("*")}
    before = snapshot(src)
    report = make(src, in_place=True)
    assert report.created
    assert report.validation is not None
    expected = ("complete", Depth.COMPLETE) if many == 1 else ("valid", Depth.FULL)
    assert (report.validation.verdict, report.validation.depth) == expected
    assert contents(src / "data") == FILES
    assert {name: facts for name, facts in snapshot(src / "data").items() if name != "."} == {
        name: facts for name, facts in before.items() if name != "."
    }
    assert {path.name: path.stat().st_ino for path in (src / "data").rglob("*")} == numbers
    assert os.listdir(tmp_path) == ["src"]
    judged = validate(str(src))
    assert (judged.verdict, {one.code for one in judged.findings}) == ("valid", {"BAG-507"})


def test_to_may_name_the_place_it_is_in(src: Path, tmp_path: Path) -> None:
    assert make(src, tmp_path, in_place=True, name="src").created


def test_an_empty_folder_stays_and_is_told(src: Path) -> None:
    (src / "empty").mkdir()
    assert "SRC-111" in codes(make(src, in_place=True))
    assert (src / "data/empty").is_dir()


def test_a_hard_link_elsewhere_is_told(src: Path, tmp_path: Path) -> None:
    os.link(src / "a.txt", tmp_path / "elsewhere")
    report = make(src, in_place=True)
    assert report.created
    assert [f.subject for f in report.findings if f.code == "SRC-119"] == ["data/a.txt"]


def test_it_is_refused_where_names_cannot_be_exchanged(
    src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_PORTABLE", "1")
    before = snapshot(tmp_path)
    with pytest.raises(StorageError, match="cannot exchange"):
        make(src, in_place=True)
    assert snapshot(tmp_path)["src"][0] == before["src"][0]
    assert contents(tmp_path) == {f"src/{name}": content for name, content in FILES.items()}


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_a_failure_between_the_exchanges_puts_the_source_back(
    src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, error: BaseException
) -> None:
    before = snapshot(src)
    calls = []
    genuine = exchanging.exchange

    def failing(one: str, other: str) -> None:
        calls.append(one)
        if len(calls) == step:
            raise error
        genuine(one, other)

    monkeypatch.setattr(exchanging, "exchange", failing)
    with pytest.raises((StorageError, KeyboardInterrupt)):
        make(src, in_place=True)
    assert snapshot(src) == before
    assert os.listdir(tmp_path) == ["src"]


def test_a_bag_that_does_not_validate_is_taken_back(src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(src)
    genuine = creation.write_tag_files

    def writing(*arguments: object) -> None:
        genuine(*arguments)  # type: ignore[arg-type]
        build = arguments[0]
        (Path(build.root) / "stray.txt").write_bytes(b"")  # type: ignore[attr-defined]
        (Path(build.root) / "bagit.txt").write_bytes(b"BagIt-Version: 9\n")  # type: ignore[attr-defined]

    monkeypatch.setattr(creation, "write_tag_files", writing)
    monkeypatch.setattr(creation, "prove_before_exchange", lambda *arguments: 0)
    report = make(src, in_place=True)
    assert not report.created
    assert report.validation is not None
    assert report.validation.verdict == "invalid"
    assert snapshot(src) == before
    assert os.listdir(tmp_path) == ["src"]


@pytest.mark.parametrize("change", ["added", "gone", "renamed", "tag"])
def test_a_source_that_changes_meanwhile_stays_what_it_is(
    src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    genuine = creation.write_tag_files

    def writing(*arguments: object) -> None:
        genuine(*arguments)  # type: ignore[arg-type]
        if change == "added":
            (src / "sub/more").write_bytes(b"")
        elif change == "gone":
            (src / "sub/deep/c").unlink()
        elif change == "renamed":
            (src / "a.txt").rename(src / "b.txt")
        else:
            (Path(arguments[0].root) / "bag-info.txt").write_bytes(b"Other: 1\n")  # type: ignore[attr-defined]

    monkeypatch.setattr(creation, "write_tag_files", writing)
    if change == "tag":
        assert not make(src, in_place=True).created
    else:
        with pytest.raises(SourceError, match="files were added or removed"):
            make(src, in_place=True)
    assert not (src / "bagit.txt").exists()
    assert not (src / "data").exists()
    assert os.listdir(tmp_path) == ["src"]


def interrupted(src: Path) -> Path:
    """What stands there when the process ended between the two exchanges."""
    partial = src.parent / f".{src.name}.01234567.partial"
    (partial / "bag").mkdir(parents=True)
    (partial / "bag/bagit.txt").write_bytes(b"")
    (partial / "bag/data").symlink_to(f"{partial.name}/bag/data")
    exchanging.exchange(str(src), str(partial / "bag/data"))
    return partial


def test_an_interrupted_exchange_is_told_and_mended_when_asked(src: Path, tmp_path: Path) -> None:
    partial = interrupted(src)
    assert contents(src) == FILES
    with pytest.raises(StorageError, match="interrupted"):
        make(src, in_place=True)
    assert partial.is_dir()
    report = make(src, in_place=True, clean_partial=True)
    assert report.created
    assert contents(src / "data") == FILES
    assert os.listdir(tmp_path) == ["src"]


def test_a_working_folder_that_holds_the_source_is_never_removed(src: Path, tmp_path: Path) -> None:
    partial = interrupted(src)
    other = plant(tmp_path / "elsewhere" / "src", {"x": b"x"})
    src.unlink()
    with pytest.raises(StorageError, match="holds a source folder"):
        make(other, tmp_path, clean_partial=True)
    assert contents(partial / "bag/data") == FILES
