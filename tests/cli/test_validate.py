"""`archive validate`: words first, the right exit code, one JSON document, and no escape sequence from a name."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from archive.cli.app import run
from archive.resources import metadata_path
from tests.support.bag_drafts import draft, edit, write_folder, write_tar

Capture = pytest.CaptureFixture[str]


def good(place: Path, name: str = "good") -> str:
    return str(write_folder(draft(), place / name))


def damaged(place: Path, name: str = "damaged") -> str:
    return str(write_folder({**draft(), b"data/a.txt": b"FIRST\n"}, place / name))


def document(capture: Capture) -> dict[str, object]:
    text = capture.readouterr().out
    tree: dict[str, object] = json.loads(text)
    schema = json.loads(metadata_path("reports", "archive.validation-1.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tree, schema)
    assert next(iter(tree)) == "schema"
    return tree


def test_an_intact_bag(tmp_path: Path, capsys: Capture) -> None:
    assert run(["validate", good(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("intact: ")
    assert "valid" in out
    assert "3 files, 2,310 bytes" in out


def test_a_damaged_bag(tmp_path: Path, capsys: Capture) -> None:
    assert run(["validate", damaged(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("damaged: ")
    assert "error: data/a.txt: " in out
    assert "Restore the file from a copy" in out
    assert "archive explain BAG-301" in out


def test_several_bags_and_one_bad_one_hides_none(tmp_path: Path, capsys: Capture) -> None:
    subjects = [good(tmp_path, "one"), damaged(tmp_path), str(tmp_path / "nothing"), good(tmp_path, "two")]
    assert run(["validate", *subjects]) == 1
    captured = capsys.readouterr()
    assert [line.split(":")[0] for line in captured.out.splitlines() if line[0] != " "] == [
        "intact",
        "damaged",
        "intact",
    ]
    assert "error: " in captured.err
    assert "nothing" in captured.err


def test_the_gravest_exit_code_wins(tmp_path: Path) -> None:
    assert run(["validate", good(tmp_path), str(tmp_path / "nothing")]) == 10
    assert run(["validate", str(tmp_path / "nothing")]) == 10
    unknown = str(write_folder(edit(b"bag-info.txt", lambda _: b""), tmp_path / "no-oxum"))
    assert run(["validate", "--depth", "quick", unknown]) == 4
    assert run(["validate", "--depth", "quick", unknown, damaged(tmp_path)]) == 4
    assert run(["validate", unknown, damaged(tmp_path, "again")]) == 1


def test_nothing_given_is_a_usage_error(capsys: Capture) -> None:
    assert run(["validate"]) == 2
    assert run(["validate", ""]) == 2
    assert run(["validate", "--depth", "deep", "x"]) == 2
    assert run(["validate", "--profile", "none-of-this-name", "x"]) == 2
    assert run(["validate", "--workers", "0", "x"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_warnings_end_with_3_only_when_strict(tmp_path: Path, capsys: Capture) -> None:
    bag = str(write_folder({**draft(), b"notes.txt": b"x"}, tmp_path / "bag"))
    assert run(["validate", bag]) == 0
    assert "warning: notes.txt: " in capsys.readouterr().out
    assert run(["validate", "--strict", bag]) == 3


def test_json_has_everything_in_one_document(tmp_path: Path, capsys: Capture) -> None:
    assert run(["validate", "--json", good(tmp_path), damaged(tmp_path), str(tmp_path / "nothing")]) == 1
    tree = document(capsys)
    assert tree["exit_code"] == 1
    first, second = tree["reports"]  # type: ignore[misc]
    assert (first["verdict"], first["outcome"], first["facts"]["files"]) == ("valid", "intact", 3)
    assert second["outcome"] == "damaged"
    assert {f["facts"]["algorithm"] for f in second["findings"]} == {"sha256", "sha512"}
    assert tree["failures"][0]["kind"] == "NotFoundError"  # type: ignore[index]


def test_json_never_says_more_than_was_proven(tmp_path: Path, capsys: Capture) -> None:
    bag = good(tmp_path)
    for depth, outcome in (("quick", "not validated"), ("complete", "complete")):
        assert run(["validate", "--json", "--depth", depth, bag]) == 0
        report = document(capsys)["reports"][0]  # type: ignore[index]
        assert report["outcome"] == outcome
        assert report["verdict"] != "valid"
        assert run(["validate", "--depth", depth, bag]) == 0
        assert capsys.readouterr().out.startswith(outcome)


def test_names_are_shown_escaped_and_given_by_their_bytes(tmp_path: Path, capsys: Capture) -> None:
    name = b"data/\x1b[31mred\x07\xe2\x80\xae\xe9"
    bag = write_folder({**draft(), name: b"x"}, tmp_path / "bag")
    assert run(["validate", str(bag)]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\u202e" not in out
    assert "\\x1b[31mred\\x07\\u202e\\xe9" in out
    assert run(["validate", "--json", str(bag)]) == 1
    finding = next(f for f in document(capsys)["reports"][0]["findings"] if f["code"] == "BAG-202")  # type: ignore[index]
    import base64

    assert base64.b64decode(finding["path_b64"]) == name


def test_a_flood_of_findings_is_bounded_in_text_and_whole_in_json(tmp_path: Path, capsys: Capture) -> None:
    files = draft()
    files.update({b"data/new%03d" % number: b"" for number in range(180)})
    bag = str(write_folder(files, tmp_path / "bag"))
    assert run(["validate", bag]) == 1
    out = capsys.readouterr().out
    assert out.count("[BAG-202]") == 50
    assert "... and 130 more of BAG-202" in out
    assert run(["validate", "--json", bag]) == 1
    findings = document(capsys)["reports"][0]["findings"]  # type: ignore[index]
    assert sum(1 for f in findings if f["code"] == "BAG-202") == 180


def test_events_are_json_lines_on_standard_error(tmp_path: Path, capsys: Capture) -> None:
    assert run(["validate", "--events", good(tmp_path)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert lines
    assert all(line["schema"] == "archive.event/1" for line in lines)


def test_a_profile_and_an_archive(tmp_path: Path, capsys: Capture) -> None:
    packed = str(write_tar(draft(), tmp_path / "bag.tar"))
    assert run(["validate", "--profile", "aptrust", packed]) == 1
    assert "aptrust-info.txt" in capsys.readouterr().out
    assert run(["validate", "--workers", "2", good(tmp_path)]) == 0


def test_a_wrong_profile_is_told_before_anything_is_read(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}")
    assert run(["validate", "--json", "--profile", str(path), good(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().out)["schema"] == "archive.error/1"


def test_a_path_that_is_not_utf8(tmp_path: Path, capsys: Capture) -> None:
    bag = tmp_path / os.fsdecode(b"caf\xe9")
    write_folder(draft(), bag)
    assert run(["validate", str(bag)]) == 0
    assert "caf\\xe9" in capsys.readouterr().out
    assert run(["validate", "--json", str(bag)]) == 0
    assert document(capsys)["reports"][0]["subject_b64"]  # type: ignore[index]
