"""The report: its verdict, its escaping, and how it stands up in real Chromium under axe."""

from __future__ import annotations

import csv
import html
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from archive.ledger.item_ranges import numbers_of, read_ranges
from archive.reporting.html.markup import size_words
from tests.support.audit_projects import Project, some_files, write_bag
from tests.support.needing import need
from tests.support.trusting import trust

EVIL = '<script>alert(1)</script>"&\u202eevil'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """One project for all tests here, which only read it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield make_project(tmp_path_factory.mktemp("report"), monkeypatch)


@pytest.fixture(autouse=True)
def _at_the_day_of_the_report(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1747000000")
    trust(project.folder)


def make_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Packages in every state: intact, damaged, away, never checked; with names that try to be markup."""
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, monkeypatch).start()
    disk = tmp_path / "disk"
    with (folder / "archive.toml").open("a") as file:
        file.write(f'\n[locations.vault]\nroot = "{disk}"\n')
    project.set_clock(1_746_260_000)  # 3 May 2025
    bags = [
        write_bag(tmp_path / "bags" / "letters", some_files(12)),
        write_bag(tmp_path / "bags" / "رسائل", {"مرحبا.txt": b"hello", **some_files(5)}),
        write_bag(tmp_path / "bags" / "markup", {EVIL.replace("/", "|"): b"x", **some_files(3)}),
        write_bag(disk / "far-away", some_files(9)),
    ]
    premis = bags[0] / "metadata" / "preservation" / "premis.xml"
    premis.parent.mkdir(parents=True)
    premis.write_text(PREMIS)
    for bag in bags:
        assert project.run("holdings", "add", str(bag))[0] == 0
    assert project.audit()[0] == 0
    (bags[2] / "data" / EVIL.replace("/", "|")).write_bytes(b"y")
    project.audit(str(bags[2]))
    disk.rename(tmp_path / "unmounted")
    project.audit("--max-age", "0s", "--place", "vault")
    project.run("holdings", "add", str(write_bag(tmp_path / "bags" / "new", some_files(4))))
    return project


PREMIS = """<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" version="3.0"><premis:object>
<premis:objectCharacteristics><premis:size>200</premis:size><premis:format><premis:formatDesignation>
<premis:formatName>Acrobat PDF &lt;b&gt;</premis:formatName></premis:formatDesignation><premis:formatRegistry>
<premis:formatRegistryKey>fmt/480</premis:formatRegistryKey></premis:formatRegistry></premis:format>
</premis:objectCharacteristics></premis:object></premis:premis>"""
SENTENCE = "3 of 5 packages intact, 1 damaged, 1 due this month, 1 could not be reached since 3 May 2025"


def write_report(project: Project, *arguments: str) -> str:
    code, _out, err = project.run("report", "--html", "report.html", *arguments)
    assert code == 0, err
    return (project.folder / "report.html").read_text("utf-8")


def test_the_verdict_stands_first_in_every_form(project: Project) -> None:
    page = write_report(project, "--csv", "report.csv")
    assert re.findall(r"<h1>(.*?)</h1>", page) == [SENTENCE + "."]
    code, document = project.json("report")
    assert (code, document["sentence"]) == (0, SENTENCE)
    assert document["formats"] == [{"puid": "fmt/480", "name": "Acrobat PDF <b>", "files": 1, "bytes": 200}]
    states = {one["name"]: one["state"] for one in document["packages"]}
    assert states == {
        "letters": "intact", "رسائل": "intact", "markup": "damaged", "far-away": "away", "new": "never checked",
    }  # fmt: skip
    rows = list(csv.DictReader((project.folder / "report.csv").read_text("utf-8").splitlines()))
    assert {row["name"]: row["state"] for row in rows} == states
    assert sum(month["files"] for month in document["calendar"]) > 0
    assert document["due_now"] == 10


class Reader(HTMLParser):
    """Which elements there are, and whether all are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.identities: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id" and value:
                self.identities.append(value)
            if name in ("href", "src", "action", "data"):
                self.addresses.append(value or "")
        if tag not in ("meta", "br", "col", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_nothing_from_outside_becomes_markup(project: Project) -> None:
    page = write_report(project)
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert not reader.tags & {"script", "img", "iframe", "link", "object", "form", "b"}
    assert all(address.startswith("#") for address in reader.addresses)
    assert len(reader.identities) == len(set(reader.identities))
    assert "&lt;script&gt;alert(1)&lt;|script&gt;" in page
    assert "\u202e" not in page
    assert "\\u202e" in page
    assert "<bdi>رسائل</bdi>" in page
    assert "://" not in re.sub(r"xmlns[^ ]*", "", page)


def test_what_needs_attention_comes_with_the_next_command(project: Project) -> None:
    page = write_report(project)
    part = page.partition('id="attention"')[2].partition("</section>")[0]
    for code, command in (
        ("AUD-101", "No sound copy is held; find one elsewhere, then: "),
        ("AUD-101", "bags/markup --from COPY"),
        ("AUD-110", "archive audit --place"),
        ("AUD-122", "archive audit"),
    ):
        assert code in part
        assert command in part


def test_damage_comes_with_the_command_that_mends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    bag = write_bag(tmp_path / "bags" / "two words", some_files(3))
    copy = tmp_path / "copies" / "two words"
    shutil.copytree(bag, copy)
    project.run("holdings", "add", str(bag), str(copy))
    (bag / "data" / "d1" / "file-00001.bin").write_bytes(b"?")
    project.audit()
    page = write_report(project)
    command = re.search(r"<code><bdi>(archive repair .*?)</bdi></code>", page)
    assert command is not None
    words = shlex.split(html.unescape(command[1]))
    assert words == ["archive", "repair", str(bag), "--from", str(copy)]
    assert project.run(*words[1:], "--yes")[0] == 0
    assert "damaged (1 file)" in page


def test_every_number_is_that_of_the_ledger(project: Project) -> None:
    """Asked by SQL of its own, at the day of the report, with the 90 days of the settings."""
    document = project.json("report")[1]
    now, age = 1_747_000_000, 90 * 86400
    with sqlite3.connect(project.folder / "ledger.sqlite3") as ledger:
        ask = lambda statement: ledger.execute(statement).fetchone()[0]  # noqa: E731
        assert document["files"] == ask("SELECT count(*) FROM items WHERE length(path) > 0")
        assert document["bytes"] == ask("SELECT sum(size) FROM items")
        assert document["due_now"] == ask(
            f"SELECT count(*) FROM items WHERE length(path) > 0 AND checked + {age} <= {now}"
        )
        coming = ask(f"SELECT count(*) FROM items WHERE length(path) > 0 AND checked + {age} > {now}")
        assert sum(month["files"] for month in document["calendar"]) == coming
        assert document["growth"][-1]["holdings"] == ask("SELECT count(*) FROM holdings WHERE retired_at IS NULL")
        assert document["growth"][-1]["bytes"] == document["bytes"]
        for package in document["packages"]:
            place = f"holding = {package['number']} AND length(path) > 0"
            assert package["files"] == ask(f"SELECT count(*) FROM items WHERE {place}")
            assert package["troubled_files"] == ask(f"SELECT count(*) FROM items WHERE {place} AND outcome > 1")
        for run in document["runs"]:
            checks = f"checks c JOIN batches b ON b.id = c.batch JOIN items i ON i.id = c.item AND b.run = {run['run']}"
            looked = ask(f"SELECT count(*) FROM {checks} WHERE length(i.path) > 0")
            intact = ledger.execute(
                "SELECT c.items, h.whole FROM intact_checks c JOIN batches b ON b.id = c.batch"
                f" JOIN holdings h ON h.id = c.holding WHERE b.run = {run['run']}"
            )
            for text, whole in intact:
                looked += len(set(numbers_of(read_ranges(text))) - {whole})
            assert run["files"] == looked
            assert run["attention"] == ask(f"SELECT count(*) FROM {checks} WHERE length(i.path) > 0 AND c.outcome <> 1")
    ledger.close()


def test_growth_reaches_back_to_the_first_bag_and_keeps_what_was_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    for number, day in enumerate((1_640_995_200, 1_672_531_200, 1_735_689_600)):  # 1 January 2022, 2023 and 2025
        project.set_clock(day)
        project.run("holdings", "add", str(write_bag(tmp_path / "bags" / f"n{number}", some_files(number + 1))))
    project.run("holdings", "retire", "n0")
    project.set_clock(1_747_000_000)
    months = {one["month"]: one["holdings"] for one in project.json("report")[1]["growth"]}
    assert list(months)[-1] == "May 2025"
    assert len(months) <= 12
    assert (months["January 2022"], months["January 2023"], months["May 2025"]) == (1, 2, 2)
    page = write_report(project)
    assert len(re.findall(r'<svg[^>]*aria-labelledby="life-', page)) == 2, "a line of time for each package held"


def test_a_copy_that_is_away_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    bag, gone = write_bag(tmp_path / "bags" / "one", some_files(3)), write_bag(tmp_path / "bags" / "two", some_files(2))
    shutil.copytree(bag, tmp_path / "disk" / "one")
    project.run("holdings", "add", str(bag), str(tmp_path / "disk" / "one"), str(gone))
    project.audit()
    (bag / "data" / "d1" / "file-00001.bin").write_bytes(b"?")
    shutil.rmtree(gone)
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    verdict = project.audit("--max-age", "0s")[1]["verdict"]
    assert verdict.startswith("damaged: 17 files (8 intact, 1 damaged, 8 missing)")
    page = write_report(project)
    assert f"The copy is in {tmp_path / 'disk'}, which is away; bring that back, then: " in page
    assert f"archive holdings move {gone} NEW-PLACE" in page
    assert "damaged (8 files)" in page
    verdict = project.audit("--max-age", "0s", "--place", str(tmp_path / "disk"))[1]["verdict"]
    assert verdict == "not checked: no file could be looked at"


def test_sizes_are_told_as_people_read_them() -> None:
    sizes = (0, 1, 9_999, 10_000, 812_345, 4_687_446, 12_000_000, 3 * 10**12)
    assert [size_words(size) for size in sizes] == [
        "0 bytes", "1 byte", "9,999 bytes", "10 kB", "812 kB", "4.7 MB", "12 MB", "3.0 TB",
    ]  # fmt: skip


def test_since_leaves_out_what_was_before(project: Project) -> None:
    assert project.json("report", "--since", "2025-06-01")[1]["runs"] == []
    assert len(project.json("report", "--since", "2025-05-01")[1]["runs"]) == 3
    assert project.run("report", "--html", "x.html", "--since", "yesterday")[0] == 2
    assert project.run("report")[0] == 2
    assert project.run("report", "--html", str(project.folder / "nowhere" / "x.html"))[0] == 10


def test_formulas_are_disarmed_for_spreadsheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    project.run("holdings", "add", str(write_bag(tmp_path / "bags" / "=1+1", some_files(1))))
    project.run("report", "--csv", "report.csv")
    rows = list(csv.DictReader((project.folder / "report.csv").read_text("utf-8").splitlines()))
    assert "'=1+1" in {row["name"] for row in rows}


def look(page: Path, profile: Path, pictures: Path | None = None) -> dict[str, Any]:
    node, modules, chromium = need("node"), need("axe-core"), need("chromium")
    script = Path(__file__).resolve().parent.parent / "support" / "look_at_page.mjs"
    words = [node, str(script), modules, chromium, str(page), str(profile)]
    done = subprocess.run(
        [*words, *([str(pictures)] if pictures else [])], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@pytest.mark.slow
def test_in_chromium_it_is_accessible_makes_no_request_and_fits(project: Project, tmp_path: Path) -> None:
    write_report(project)
    page = project.folder / "report.html"
    seen = look(page, tmp_path / "profile")
    assert seen["violations"] == []
    assert seen["rules"] > 80
    assert seen["heading"] == SENTENCE + "."
    assert {address.rpartition("/")[2] for address in seen["requests"]} == {"report.html"}
    assert (seen["errors"], seen["scripts"]) == ([], 0)
    assert seen["overflow"] == {"1100": 0, "360": 0}
    assert seen["background"]["light"] != seen["background"]["dark"]
