"""One bad subject among several: it is named, the others are done, and the gravest outcome gives the exit code."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.audit_projects import Project, some_files, write_bag
from tests.support.bag_drafts import draft, seal, write_folder, write_tar, write_zip


def broken_premis(place: Path) -> Path:
    files = draft()
    files[b"metadata/preservation/premis.xml"] = b"<premis"
    seal(files)
    return write_zip(files, place / "premis.zip")


def cut_zip(place: Path) -> Path:
    whole = write_zip(draft(), place / "whole.zip").read_bytes()
    (place / "cut.zip").write_bytes(whole[: len(whole) // 2])
    return place / "cut.zip"


def cut_tar(place: Path) -> Path:
    whole = write_tar(draft(), place / "whole.tar").read_bytes()
    (place / "cut.tar").write_bytes(whole[: len(whole) // 3])
    return place / "cut.tar"


def pipe(place: Path) -> Path:
    os.mkfifo(place / "pipe")
    return place / "pipe"


def pipe_for_a_manifest(place: Path) -> Path:
    bag = write_folder(draft(algorithms=("sha256",)), place / "piped")
    (bag / "manifest-sha256.txt").unlink()
    os.mkfifo(bag / "manifest-sha256.txt")
    return bag


def loop(place: Path) -> Path:
    (place / "loop").symlink_to("loop")
    return place / "loop"


def odd_name(place: Path) -> Path:
    odd = Path(os.fsdecode(os.fsencode(place) + b"/s\xff\n\x1b[31m"))
    odd.mkdir()
    return odd


DAMAGES: dict[str, Callable[[Path], Path]] = {
    "missing": lambda place: place / "none",
    "too long a name": lambda place: place / ("x" * 300),
    "empty folder": lambda place: _made(place / "empty"),
    "device": lambda place: Path("/dev/null"),
    "broken premis.xml": broken_premis,
    "cut zip": cut_zip,
    "cut tar": cut_tar,
    "pipe": pipe,
    "pipe for a manifest": pipe_for_a_manifest,
    "link to itself": loop,
    "odd name": odd_name,
}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "validate": (("validate",), "intact: {good}"),
    "holdings add": (("holdings", "add"), "added {good}"),
    "audit": (("audit",), "intact: "),
    "render": (("render", "--dry-run", "--to", "out"), "would make: out/good.txt.pdf"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_others_are_done(command: str, damage: str, project: Project, tmp_path: Path) -> None:
    bad = DAMAGES[damage](tmp_path)
    good = write_bag(tmp_path / "good", some_files(3))
    if command == "audit":
        project.run("holdings", "add", str(good))
    if command == "render":
        good = tmp_path / "good.txt"
        good.write_text("words")
    words, seen = COMMANDS[command]
    code, out, err = project.run(*words, str(bad), str(good))
    assert seen.format(good=good) in out
    assert code not in (0, 70) or (command, damage) in NOTHING_WRONG
    assert "Traceback" not in out + err


NOTHING_WRONG = {("holdings add", "broken premis.xml")} | {
    ("render", archive) for archive in ("broken premis.xml", "cut zip", "cut tar")
}
"""A holding's records are not judged when it is entered: its bytes are. An archive merely has no rendition."""


@pytest.mark.parametrize("words", [("create", "--to", "bags", "--from-csv"), ("describe", "--check"), ("show",)])
def test_nobody_waits_for_a_pipe(words: tuple[str, ...], project: Project, tmp_path: Path) -> None:
    code, _out, _err = project.run(*words, str(pipe(tmp_path)))
    assert code not in (0, 70)


def test_a_project_file_that_is_a_pipe_is_refused(project: Project) -> None:
    (project.folder / "archive.toml").unlink()
    os.mkfifo(project.folder / "archive.toml")
    code, _out, _err = project.run("config")
    assert code != 70
