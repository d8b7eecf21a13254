"""The page *Settings*: values with their origin, and the form that changes archive.toml and leaves the rest of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from archive.config import describe_settings
from tests.support.desk_looks import look_at_pages
from tests.support.desks import RunningDesk, Visitor, open_desk
from tests.support.needing import needs

FIELDS = ("create.organization", "create.operator", "audit.max_age", "notify.name", "desk.bags")


def mark_of(visitor: Visitor) -> str:
    found = re.search(r'name="mark" value="([0-9a-f]+)"', visitor.get("/settings").text)
    assert found is not None
    return found[1]


def save(visitor: Visitor, **values: str) -> tuple[int, str]:
    fields = {name.replace("__", "."): value for name, value in values.items()}
    answer = visitor.post("/settings/save", {"mark": mark_of(visitor), **fields})
    return answer.status_code, answer.text


def value_of(desk: RunningDesk, name: str) -> object:
    rows = json.loads(desk.archive("config", "--json"))["settings"]
    return next(row["value"] for row in rows if row["name"] == name)


def test_every_setting_is_shown_with_its_origin(visitor: Visitor) -> None:
    page = visitor.get("/settings").text
    for name, variable, _help, _choices, _default in describe_settings():
        assert f">{name}<" in page
        assert f">{variable}<" in page
    assert str(visitor.desk.folder / "archive.toml") in page


def test_a_change_is_written_and_everything_else_stays(visitor: Visitor) -> None:
    file = visitor.desk.folder / "archive.toml"
    before = "# ours\n" + file.read_text().replace('organization = "Example Archive"', 'organization = "A" # keep me')
    file.write_text(before)
    status, page = save(visitor, create__organization='أرشيف "الذاكرة"', audit__max_age="30d", notify__name="Memory")
    assert status == 200
    assert "The settings were saved" in page
    after = file.read_text()
    assert after.startswith("# ours\n")
    assert 'organization = "أرشيف \\"الذاكرة\\"" # keep me' in after
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    assert value_of(visitor.desk, "create.organization") == 'أرشيف "الذاكرة"'
    assert value_of(visitor.desk, "audit.max_age") == "30d"
    assert "Memory" in visitor.get("/jobs").text, "the archive's name counts, so the project is still trusted"
    assert save(visitor, create__organization="")[0] == 200
    assert value_of(visitor.desk, "create.organization") == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("audit.max_age", "soon"), ("audit.max_age", "90"), ("create.operator", "a\x00b"), ("notify.name", "a\nb"),
        ("notify.name", "\u202ename"), ("create.organization", "x" * 501),
    ],
)  # fmt: skip
def test_a_wrong_value_changes_nothing(visitor: Visitor, field: str, value: str) -> None:
    file = visitor.desk.folder / "archive.toml"
    before = file.read_bytes()
    answer = visitor.post("/settings/save", {"mark": mark_of(visitor), "notify.name": "New", field: value})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert "Nothing was saved" in answer.text
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if "partial" in path.name] == []


def test_other_settings_are_not_changed_here(visitor: Visitor) -> None:
    before = (visitor.desk.folder / "archive.toml").read_bytes()
    fields = {"mark": mark_of(visitor), "tools.verapdf": "/tmp/evil", "ledger.url": "x", "places.x.url": "dir:/"}
    visitor.post("/settings/save", fields)
    assert (visitor.desk.folder / "archive.toml").read_bytes() == before


def test_a_file_that_was_changed_meanwhile_is_left_alone(visitor: Visitor) -> None:
    mark, file = mark_of(visitor), visitor.desk.folder / "archive.toml"
    file.write_text(file.read_text() + "\n# by hand\n")
    answer = visitor.post("/settings/save", {"mark": mark, "notify.name": "New"})
    assert answer.status_code == 400
    assert "changed meanwhile" in answer.text
    assert "New" not in file.read_text()


def test_a_project_that_is_not_trusted_does_not_become_so(visitor: Visitor) -> None:
    records = visitor.desk.home / ".config" / "muniment" / "trusted"
    shutil.rmtree(records)
    assert save(visitor, notify__name="Mine")[0] == 200
    assert not records.exists()
    page = visitor.get("/settings").text
    assert "The value in the file does not count" in page
    assert "archive config --trust" in page


def test_secrets_are_not_shown(visitor: Visitor) -> None:
    with (visitor.desk.folder / "archive.toml").open("a") as file:
        file.write('\n[notify]\nwebhook = "https://anna:correct-horse@example.org/hook?password=battery"\n')
    page = visitor.get("/settings").text
    assert "example.org" in page
    assert "correct-horse" not in page
    assert "battery" not in page


def test_hostile_values_stay_text(visitor: Visitor) -> None:
    file = visitor.desk.folder / "archive.toml"
    hostile = 'operator = "<script>alert(1)</script>\\u202e\\n"'
    file.write_text(file.read_text().replace('operator = "N. N."', hostile))
    page = visitor.get("/settings").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_read_only_desk_has_no_form(tmp_path: Path) -> None:
    with open_desk(tmp_path / "project", tmp_path / "home", "--read-only") as desk, Visitor(desk) as visitor:
        assert 'action="/settings' not in visitor.get("/settings").text
        assert visitor.post("/settings/save", {"notify.name": "x"}).status_code == 403


@needs("chromium", "axe-core")
def test_the_page_looks_right(visitor: Visitor, tmp_path: Path) -> None:
    look_at_pages(visitor, tmp_path / "browser", ("/settings",))
