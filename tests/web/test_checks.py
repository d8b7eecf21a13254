"""The page *Checks*: runs and what they found, starting one, the schedule, the proof of the chain, the report."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.support.audit_projects import some_files, write_bag
from tests.support.desk_looks import look_at_pages
from tests.support.desks import RunningDesk, Visitor, open_desk
from tests.support.needing import needs

EVIL = "<script>alert('x')</script>\u202e"


def add_bag(desk: RunningDesk, name: str = "letters", count: int = 9) -> Path:
    bag = write_bag(desk.folder / "bags" / name, some_files(count))
    desk.archive("holdings", "add", str(bag))
    return bag


def damage(bag: Path) -> None:
    (bag / "data" / "d1" / "file-00001.bin").write_bytes(b"?")


def test_an_archive_without_bags_has_no_checks(visitor: Visitor) -> None:
    answer = visitor.get("/checks")
    assert answer.status_code == 200
    assert "No check has run yet" in answer.text


def test_what_is_due_is_checked_and_the_run_is_shown(visitor: Visitor) -> None:
    bag = add_bag(visitor.desk)
    assert "Done." in visitor.finish(visitor.post("/checks/start", {"what": "due"}))
    page = visitor.get("/checks").text
    assert "all intact" in page
    assert "1 check" in page
    damage(bag)
    visitor.finish(visitor.post("/checks/start", {"what": "sample", "percent": "100"}))
    run = visitor.get("/checks/2").text
    assert "not all intact" in run
    assert "file-00001.bin" in run
    assert "AUD-101" in run
    assert "100%" in run
    shutil.copyfile(bag / "data" / "d2" / "file-00002.bin", bag / "data" / "d1" / "file-00001.bin")
    visitor.finish(visitor.post("/checks/start", {"what": "failed"}))
    assert "not all intact" in visitor.get("/checks/3").text


def test_a_check_of_one_place_with_a_budget(visitor: Visitor) -> None:
    add_bag(visitor.desk)
    other = write_bag(visitor.desk.folder / "elsewhere" / "photos", some_files(4))
    visitor.desk.archive("holdings", "add", str(other))
    fields = {"what": "due", "place": str(other.parent), "amount": "2", "unit": "h"}
    visitor.finish(visitor.post("/checks/start", fields))
    run = visitor.get("/checks/1").text
    places = json.loads(visitor.desk.archive("places", "--json"))["places"]
    files = next(one["files"] for one in places if one["name"] == str(other.parent))
    assert re.search(rf"<dt>Files</dt><dd>{files} ", run)
    assert str(other.parent) in run
    assert "2h" in run


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": "sample", "percent": "0"}, "percent"),
        ({"what": "sample", "percent": "ten"}, "percent"),
        ({"what": "sample", "percent": "10 --seed 1"}, "percent"),
        ({"what": "everything"}, "percent"),
        ({"what": "due", "amount": "many", "unit": "h"}, "amount"),
        ({"what": "due", "amount": "2", "unit": "--json"}, "amount"),
        ({"what": "due", "place": "--help"}, "place"),
        ({"what": "due", "place": EVIL}, "place"),
    ],
)
def test_a_wrong_field_starts_nothing_and_is_named(visitor: Visitor, fields: dict[str, str], field: str) -> None:
    add_bag(visitor.desk)
    answer = visitor.post("/checks/start", fields)
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert f'id="{field}-problem"' in answer.text
    assert 'role="alert"' in answer.text
    assert "<script>alert" not in answer.text
    assert not (visitor.desk.state / "jobs").exists()


@pytest.mark.parametrize("path", ["0", "1", "-1", "9" * 30, "x", "..%2f..", "%00", "1%2f..", "1/.."])
def test_what_is_no_run_is_not_found(visitor: Visitor, path: str) -> None:
    visitor.client.follow_redirects = False
    assert visitor.get(f"/checks/{path}").status_code in (404, 200 if path == "1/.." else 404)


def test_many_runs_are_paged(visitor: Visitor) -> None:
    import sqlite3

    add_bag(visitor.desk)
    with sqlite3.connect(visitor.desk.folder / "ledger.sqlite3") as ledger:
        ledger.executemany(
            "INSERT INTO runs (started, ended, owner, options, verdict, files, bytes, intact, attention)"
            " VALUES (?, ?, 'x', '{}', 'intact: x', 1, 1, 1, 0)",
            [(1_700_000_000 + number * 86400, 1_700_000_100 + number * 86400) for number in range(65)],
        )
    ledger.close()
    assert visitor.get("/checks").text.count('href="/checks/6') == 6
    last = visitor.get("/checks?page=3").text
    assert 'href="/checks/1"' in last
    assert "Page 3 of 3" in last
    for page in ("0", "-1", "999999999999", "x", "%00"):
        assert visitor.get(f"/checks?page={page}").status_code == 200


def test_hostile_names_stay_text(visitor: Visitor) -> None:
    bag = add_bag(visitor.desk, EVIL.replace("/", "|") + '"\n', 9)
    damage(bag)
    visitor.finish(visitor.post("/checks/start", {}))
    for path in ("/checks", "/checks/1"):
        page = visitor.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
    assert "&lt;script&gt;alert" in visitor.get("/checks/1").text


def test_the_schedule_is_shown_and_installed(visitor: Visitor) -> None:
    page = visitor.get("/checks/schedule?rhythm=daily&amount=4&unit=h&notify=1").text
    assert "OnCalendar=*-*-* 02:30:00" in page
    assert "--budget 4h --notify" in page
    assert "No timer of this project is installed" in page
    visitor.finish(visitor.post("/checks/schedule/install", {"rhythm": "daily", "amount": "4", "unit": "h"}))
    units = list((visitor.desk.home / ".config/systemd/user").glob("*.timer"))
    assert len(units) == 1
    page = visitor.get("/checks/schedule").text
    assert "is installed for your account" in page
    assert f"systemctl --user enable --now {units[0].name}" in page
    for query in ("rhythm=hourly", "rhythm=--help", "amount=x&unit=h", "amount=2&unit=%00"):
        assert visitor.get(f"/checks/schedule?{query}").status_code == 400
        fields = dict(pair.split("=") for pair in query.split("&"))
        assert visitor.post("/checks/schedule/install", fields).status_code == 400


def test_the_history_is_proven(visitor: Visitor) -> None:
    add_bag(visitor.desk)
    assert "No proof was asked for" in visitor.get("/checks/chain").text
    visitor.finish(visitor.post("/checks/chain/prove"))
    assert "The history is unbroken" in visitor.get("/checks/chain").text
    import sqlite3

    with sqlite3.connect(visitor.desk.folder / "ledger.sqlite3") as ledger:
        for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            ledger.execute(f'DROP TRIGGER "{name}"')
        ledger.execute("UPDATE events SET happened = happened + 1 WHERE seq = 1")
    ledger.close()
    visitor.finish(visitor.post("/checks/chain/prove"))
    assert "The history is not what it was" in visitor.get("/checks/chain").text


def test_the_report_is_written_and_downloaded(visitor: Visitor) -> None:
    add_bag(visitor.desk)
    assert visitor.get("/checks/report.html").status_code == 404
    visitor.post("/language", {"language": "ar"})
    visitor.finish(visitor.post("/checks/report"))
    answer = visitor.get("/checks/report.html")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert 'lang="ar" dir="rtl"' in answer.text
    assert visitor.get("/checks/report.csv").text.startswith("number,name")
    assert visitor.get("/checks/report.pdf").content.startswith(b"%PDF-")
    for form in ("toml", "..", "..%2f..%2farchive.toml", "html%00", ""):
        assert visitor.get(f"/checks/report.{form}").status_code == 404, form


def test_a_read_only_desk_shows_checks_without_forms(tmp_path: Path) -> None:
    with open_desk(tmp_path / "project", tmp_path / "home", "--read-only") as desk, Visitor(desk) as visitor:
        add_bag(desk)
        for path in ("/checks", "/checks/schedule", "/checks/chain"):
            page = visitor.get(path).text
            assert 'method="post" action="/checks' not in page, path
        assert visitor.post("/checks/start", {}).status_code == 403


@needs("chromium", "axe-core")
def test_the_pages_look_right(visitor: Visitor, tmp_path: Path) -> None:
    bag = add_bag(visitor.desk)
    damage(bag)
    visitor.finish(visitor.post("/checks/start", {}))
    visitor.finish(visitor.post("/checks/chain/prove"))
    visitor.finish(visitor.post("/checks/report"))
    look_at_pages(visitor, tmp_path / "browser", ("/checks", "/checks/1", "/checks/schedule", "/checks/chain"))
