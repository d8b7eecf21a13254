"""`archive create` as people call it: words, exit codes, JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from archive.cli.app import run
from tests.support.making import ROOT, archive, contents, plant

SCHEMA = json.loads((ROOT / "metadata/reports/archive.creation-1.json").read_text())


@pytest.fixture
def src(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return plant(tmp_path / "src", {"a.txt": b"alpha", "sub/b.txt": b"beta"})


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The one document on standard output, true to its schema."""
    read = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SCHEMA).validate(read)
    assert next(iter(read)) == "schema"
    return dict(read)


@pytest.mark.usefixtures("src")
def test_the_bags_path_and_the_proof_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["create", "src", "--to", "bags", "--plain", "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "bags/src"
    assert lines[1] == "valid: 2 files, 9 bytes, read back and compared by sha256 and sha512"
    assert lines[-1] == "To check it again: archive validate bags/src"
    assert run(["validate", "bags/src"]) == 0


@pytest.mark.usefixtures("src")
def test_one_document_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["create", "src", "--to", "bags", "--plain", "--json"]) == 0
    told = document(capsys)
    assert (told["created"], told["bag"], told["files"], told["bytes"]) == (True, "bags/src", 2, 9)
    assert told["validation"]["verdict"] == "valid"  # type: ignore[index]


def test_what_forbids_to_begin_is_told_with_its_remedy(src: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (src / "link").symlink_to("a.txt")
    assert run(["create", "src", "--to", "bags", "--plain"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("not made: bags/src\n")
    assert "error: src/link: it is a symbolic link to a.txt [SRC-106]\n  Use --links follow" in out
    assert run(["create", "src", "--to", "bags", "--plain", "--json"]) == 1
    assert document(capsys)["created"] is False
    assert not Path("bags").exists()


def test_names_that_could_mislead_are_shown_escaped(src: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(src, {os.fsdecode(b"\x1b[31m\xff"): b"x", "\u202e.txt": b""})
    assert run(["create", "src", "--to", "bags", "--plain"]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\x1b[31m\\xff" in out
    assert run(["create", "src", "--to", "bags", "--plain", "--json"]) == 1
    told = document(capsys)
    assert "path_b64" in told["findings"][0]  # type: ignore[index]


def test_strict_ends_warnings_with_three(src: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (src / "empty").mkdir()
    assert run(["create", "src", "--to", "one", "--plain"]) == 0
    assert run(["create", "src", "--to", "two", "--plain", "--strict"]) == 3
    assert "warning: src/empty" in capsys.readouterr().out
    assert Path("two/src").is_dir()


@pytest.mark.usefixtures("src")
def test_a_dry_run_shows_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["create", "src", "--to", "bags", "--plain", "--dry-run", "--serialize", "zip"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "would make bags/src.zip"
    assert "2 files, 9 bytes" in lines[2]
    assert not Path("bags").exists()


def test_options_reach_the_bag(src: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(src, {"x.tmp": b"", "y.bak": b""})
    Path("archive.toml").write_text(
        '[create]\nexclude = ["*.bak"]\n[create.bag_info]\nContact-Name = "Old"\nKept = "k"\n'
    )
    words = [
        "--algorithm",
        "sha512",
        "--algorithm",
        "MD5",
        "--exclude",
        "*.tmp",
        "--copy",
        "copy",
        "--name",
        "n\u00e4me",
    ]
    fields = ["--bag-info", "contact-name=One", "--bag-info", "contact-name=Two=2"]
    assert run(["create", "src", "--to", "bags", "--plain", *words, *fields]) == 0
    bag = Path("bags/n\u00e4me")
    assert {path.name for path in bag.glob("manifest-*")} == {"manifest-sha512.txt", "manifest-md5.txt"}
    info = (bag / "bag-info.txt").read_text()
    assert info.startswith("Kept: k\ncontact-name: One\ncontact-name: Two=2\n")
    assert set(contents(bag / "data")) == {"a.txt", "sub/b.txt"}
    capsys.readouterr()


@pytest.mark.usefixtures("src")
def test_in_place_says_what_was_proven(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["create", "src", "--in-place", "--quiet"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "src"
    assert run(["validate", "src"]) == 0


@pytest.mark.parametrize(
    "words",
    [
        [], ["src"],
        ["src", "--to", "src/in"], ["src", "--to", "b", "--algorithm", "crc"],
        ["gone", "a.txt", "--to", "b"],
        ["src", "--to", "b", "--bag-info", "novalue"], ["src", "--to", "b", "--serialize", "rar"],
        ["src", "--to", "b", "--links", "maybe"], ["src", "--in-place", "--serialize", "tar"], ["", "--to", "b"],
        ["src", "--to", "b", "--plain", "--description", "d"], ["src", "--to", "b", "--profile", "https://example.org/p"],
    ],
)  # fmt: skip
def test_wrong_calls_end_with_two_and_one_line(src: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    expected = 10 if words[:1] == ["gone"] else 2
    assert run(["create", *words]) == expected
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert not Path("b").exists()
    assert set(contents(src)) == {"a.txt", "sub/b.txt"}
    assert run(["create", *words, "--json"]) == expected
    assert json.loads(capsys.readouterr().out)["schema"] == "archive.error/1"


@pytest.mark.usefixtures("src")
def test_a_taken_destination_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["create", "src", "--to", "bags", "--plain", "--quiet"]) == 0
    assert run(["create", "src", "--to", "bags", "--plain", "--quiet"]) == 2
    assert "bags/src: the destination already exists" in capsys.readouterr().err


@pytest.mark.usefixtures("src")
def test_events_are_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["create", "src", "--to", "bags", "--plain", "--events", "--json"]) == 0
    told = capsys.readouterr()
    events = [json.loads(line) for line in told.err.splitlines()]
    assert events[0]["event"] == "begin"
    assert {event["schema"] for event in events} == {"archive.event/1"}
    json.loads(told.out)


@pytest.mark.usefixtures("src")
def test_soft_limits_of_open_files_are_raised() -> None:
    import resource

    assert run(["create", "src", "--to", "bags", "--plain", "--quiet"]) == 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard


def test_a_deep_tree_survives(tmp_path: Path) -> None:
    """Deeper than a path may be long: the tree is made and read by its folders, one in the other."""
    from archive.storage.removing import remove_tree
    from tests.support.making import archive

    (tmp_path / "src").mkdir()
    at = os.open(tmp_path / "src", os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("deep", dir_fd=at)
        below = os.open("deep", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=at))
    os.close(at)
    done = archive("create", "src", "--to", "bags", "--plain", "--quiet", cwd=tmp_path)
    try:
        assert done.returncode in (0, 4), done.stderr
        assert b"Traceback" not in done.stderr
        assert (tmp_path / "bags/src").exists() == (done.returncode == 0)
    finally:
        remove_tree(str(tmp_path / "src"))
        remove_tree(str(tmp_path / "bags"))


def test_a_group_is_not_sealed_in_passing(tmp_path: Path) -> None:
    """--seal is for one bag: it is refused, not passed over."""
    plant(tmp_path / "src", {"a": b"a", "b": b"b"})
    done = archive("create", "src", "--to", "out", "--plain", "--max-files", "1", "--seal", "key", cwd=tmp_path)
    assert done.returncode == 2
    assert b"--seal cannot be used with a group of bags" in done.stderr
    assert not (tmp_path / "out").exists()
    done = archive("create", "src", "--to", "out", "--plain", "--max-files", "1", "--json", cwd=tmp_path)
    made = json.loads(done.stdout)
    assert (made["schema"], made["exit_code"], len(made["bags"])) == ("archive.group/1", 0, 2)
