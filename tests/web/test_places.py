"""The page *Places*: locations and repositories, their credentials without any secret, connection tests, deposits."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path

import pytest

from tests.support.audit_projects import some_files, write_bag
from tests.support.desk_looks import look_at_pages
from tests.support.desks import PATIENCE, RunningDesk, Visitor, open_desk
from tests.support.needing import needs

SECRET = "correct-horse"


def furnish(desk: RunningDesk) -> Path:
    """A vault with a deposit, a repository that nothing answers for, and its credentials in a private file."""
    vault = desk.folder.parent / "vault"
    vault.mkdir()
    credentials = desk.folder.parent / "far.toml"
    credentials.write_text(f'user = "anna"\npassword = "{SECRET}"\n')
    os.chmod(credentials, 0o600)
    with (desk.folder / "archive.toml").open("a") as file:
        file.write(f'\n[places.vault]\nurl = "dir:{vault}"\n\n[places.far]\nurl = "sword+http://127.0.0.1:1/c"\n')
        file.write(f'credentials = "{credentials}"\naudience = "named"\n')
    bag = write_bag(desk.folder / "bags" / "letters", some_files(5))
    desk.archive("holdings", "add", str(bag))
    desk.archive("deposit", str(bag), "vault")
    return vault


def settled(visitor: Visitor) -> str:
    """The page, once the places are as they are now."""
    deadline = time.monotonic() + PATIENCE
    while any(words in (page := visitor.get("/places").text) for words in ("being updated", "Reading the ledger")):
        assert time.monotonic() < deadline, page
        time.sleep(0.2)
    return page


def test_a_place(visitor: Visitor) -> None:
    vault = furnish(visitor.desk)
    page = settled(visitor)
    for text in (str(vault), "SWORD repository", "named people", "set, in a file that only you can read", "files, "):
        assert text in page, text
    assert SECRET not in page
    assert "/bags/at?path=" in page, "the deposit is listed with its bag"


def test_a_connection_is_tested_and_the_ledger_learns_it(visitor: Visitor) -> None:
    vault = furnish(visitor.desk)
    said = told_of(visitor, "vault")
    assert "The place answered" in said
    vault.rename(vault.with_name("unplugged"))
    assert "did not answer as it should" in told_of(visitor, "vault")
    listed = json.loads(visitor.desk.archive("places", "--json"))["places"]
    assert [one["name"] for one in listed if one["away_since"]] == ["vault"]
    vault.with_name("unplugged").rename(vault)
    assert "The place answered" in told_of(visitor, "vault")
    listed = json.loads(visitor.desk.archive("places", "--json"))["places"]
    assert [one["name"] for one in listed if one["away_since"]] == []
    far = told_of(visitor, "far")
    assert "did not answer as it should" in far
    assert SECRET not in far


def told_of(visitor: Visitor, name: str) -> str:
    answer = visitor.post("/places/test", {"name": name})
    visitor.finish(answer)
    return visitor.get(f"/places/tests/{answer.url.path.rpartition('/')[2]}").text


def test_credentials_that_others_can_read_are_named(visitor: Visitor) -> None:
    furnish(visitor.desk)
    os.chmod(visitor.desk.folder.parent / "far.toml", 0o644)
    (visitor.desk.folder / "archive.toml").touch()
    listed = json.loads(visitor.desk.archive("places", "--json"))["places"]
    assert listed[0]["credentials"] == {"source": "file", "problem": "other users can read these credentials"}


@pytest.mark.parametrize("name", ["", "nowhere", "--test", "../vault", "/etc", "\x00", "vault\n", "<script>"])
def test_what_is_no_place_is_not_tested(visitor: Visitor, name: str) -> None:
    furnish(visitor.desk)
    assert visitor.post("/places/test", {"name": name}).status_code == (404 if name.strip() != "vault" else 200)


@pytest.mark.parametrize("path", ["00000000000001", "%2e%2e", "..%2fjobs", "%00", "x"])
def test_what_is_no_test_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.get(f"/places/tests/{path}").status_code == 404


def test_a_job_of_another_kind_is_no_test(visitor: Visitor) -> None:
    furnish(visitor.desk)
    answer = visitor.post("/audit")
    visitor.finish(answer)
    assert visitor.get(f"/places/tests/{answer.url.path.rpartition('/')[2]}").status_code == 404


def test_a_place_that_does_not_count_is_shown_with_the_reason(visitor: Visitor) -> None:
    furnish(visitor.desk)
    shutil.rmtree(visitor.desk.home / ".config" / "muniment" / "trusted")
    page = settled(visitor)
    assert "you have not trusted this folder" in page


def test_hostile_names_stay_text(visitor: Visitor) -> None:
    with (visitor.desk.folder / "archive.toml").open("a") as file:
        file.write('\n[places."<script>alert(1)</script>\\u202e"]\nurl = "dir:<b>\\n"\n')
    page = re.sub(r'<input type="hidden"[^>]*>', "", settled(visitor))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "\u202e" not in page
    assert "<b>" not in page


def test_a_read_only_desk_tests_nothing(tmp_path: Path) -> None:
    with open_desk(tmp_path / "project", tmp_path / "home", "--read-only") as desk, Visitor(desk) as visitor:
        furnish(desk)
        assert 'action="/places' not in visitor.get("/places").text
        assert visitor.post("/places/test", {"name": "vault"}).status_code == 403


@needs("chromium", "axe-core")
def test_the_pages_look_right(visitor: Visitor, tmp_path: Path) -> None:
    furnish(visitor.desk)
    answer = visitor.post("/places/test", {"name": "far"})
    visitor.finish(answer)
    look_at_pages(visitor, tmp_path / "browser", ("/places", f"/places/tests/{answer.url.path.rpartition('/')[2]}"))
