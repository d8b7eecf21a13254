"""The overview: an empty archive, a damaged one, and one whose state cannot be read are told apart."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from archive.web.snapshot import Snapshots
from tests.support.desks import PATIENCE, RunningDesk, Visitor, open_desk


def settled(visitor: Visitor) -> str:
    """The overview once it is up to date."""
    deadline = time.monotonic() + PATIENCE
    while 'http-equiv="refresh"' in (text := visitor.get("/").text):
        assert time.monotonic() < deadline, text
        time.sleep(0.1)
    return re.sub(r"\s+", " ", text)


def make_bag(desk: RunningDesk, name: str) -> Path:
    (desk.folder / name).mkdir()
    (desk.folder / name / "a.txt").write_text(name)
    desk.archive("create", name, "--to", "bags", "--plain")
    desk.archive("holdings", "add", f"bags/{name}")
    return desk.folder / "bags" / name


def test_a_folder_without_an_archive_gets_one(tmp_path: Path) -> None:
    with open_desk(tmp_path / "project", tmp_path / "home", started=False) as desk, Visitor(desk) as visitor:
        assert "There is no archive in this folder yet" in visitor.get("/").text
        done = visitor.finish(visitor.post("/start", {"organization": "مؤسسة", "operator": "--ledger=x"}))
        assert "Done." in done
        assert "no bags yet" in visitor.get("/").text
        assert 'operator = "--ledger=x"' in (desk.folder / "archive.toml").read_text("utf-8")


def test_an_archive_is_intact_then_damaged(desk: RunningDesk, visitor: Visitor) -> None:
    assert "no bags yet" in settled(visitor)
    bag = make_bag(desk, "letters")
    assert "have not been checked in time" in settled(visitor)
    visitor.finish(visitor.post("/audit"))
    assert "Everything is intact: 1 bag was checked" in settled(visitor)
    (bag / "data" / "a.txt").write_text("other")
    desk.archive("audit", "bags/letters", code=1)
    text = settled(visitor)
    assert "Damage was found in 1 bag. Intact: 0 of 1 bags and copies." in text
    assert "Repair: <bdi>letters</bdi>" in text
    assert "archive repair" in text


def test_a_state_that_cannot_be_read_is_not_an_empty_archive(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters")
    (desk.folder / "deposits").write_text("a file where the folder of journals should be")
    text = settled(visitor)
    assert "could not be read" in text
    assert "no bags yet" not in text


def test_a_ledger_that_is_gone_is_told(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters")
    shutil.move(desk.folder / "ledger.sqlite3", desk.folder / "elsewhere.sqlite3")
    text = visitor.get("/").text
    assert "the ledger that they name is missing" in text
    assert "ledger.sqlite3" in text
    (desk.folder / "ledger.sqlite3").write_bytes(b"not a ledger at all" * 100)
    assert visitor.get("/").status_code == 500


def test_a_command_that_prints_nothing_is_a_problem_and_not_run_for_ever(tmp_path: Path) -> None:
    made = Snapshots(
        str(tmp_path / "kept.json"), str(tmp_path), ("-c",), lambda: "mark", module="this_module_is_missing"
    )
    first = made.current(wait=PATIENCE)
    assert first is not None
    assert first.is_fresh
    assert "printed no result" in first.document["problem"]
    assert made.current() == first
