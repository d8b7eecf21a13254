"""The report: its verdict, its escaping, and how it stands up in real Chromium under axe."""

from __future__ import annotations

import csv
import html
import json
import os
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
from pypdf import PdfReader

from archive import Ledger
from archive.ledger.book import open_ledger
from archive.ledger.holdings import NewHolding, ensure_location, enter_holding
from archive.ledger.item_ranges import numbers_of, read_ranges
from archive.model.audit import Container
from archive.renditions.verapdf import judge_files
from archive.settings import Settings
from archive.translation import translator
from tests.support.audit_projects import Project, some_files, write_bag
from tests.support.desks import open_browser
from tests.support.needing import need
from tests.support.trusting import trust
from tests.support.verapdf import need_verapdf

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
SENTENCE = "3 of 5 bags intact, 1 damaged, 1 due for a check this month, 1 not reachable since 3 May 2025"


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
        ("AUD-101", "No intact copy is held; find one elsewhere, then run: "),
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
    command = re.search(r'<code dir="ltr"><bdi>(archive repair .*?)</bdi></code>', page)
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
    assert f"The copy is in <bdi>{tmp_path / 'disk'}</bdi>, which is not reachable; connect that, then run: " in page
    assert f"archive holdings move {gone} NEW-PLACE" in page
    assert "damaged (8 files)" in page
    verdict = project.audit("--max-age", "0s", "--place", str(tmp_path / "disk"))[1]["verdict"]
    assert verdict == "not checked: no file could be looked at"


def test_sizes_are_told_as_people_read_them() -> None:
    sizes = (0, 1, 999, 9_999, 812_345, 4_687_446, 999_960_000, 3 * 10**12)
    assert [translator("en").size(size) for size in sizes] == [
        "0 bytes", "1 byte", "999 bytes", "10 kB", "812.3 kB", "4.7 MB", "1 GB", "3 TB",
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
@pytest.mark.parametrize("language", ["en", "ar"])
def test_in_chromium_it_is_accessible_makes_no_request_and_fits(
    project: Project, tmp_path: Path, language: str
) -> None:
    page = write_report(project, "--language", language)
    seen = look(project.folder / "report.html", tmp_path / "profile")
    assert seen["violations"] == []
    assert seen["rules"] > 80
    assert f"<h1>{seen['heading']}</h1>" in page
    assert {address.rpartition("/")[2] for address in seen["requests"]} == {"report.html"}
    assert (seen["errors"], seen["scripts"]) == ([], 0)
    assert seen["overflow"] == {"1280": 0, "375": 0}
    assert seen["background"]["light"] != seen["background"]["dark"]


def describe(bag: Path, title: str) -> None:
    """Give a bag a title as its description has it."""
    statements = bag / "metadata" / "descriptive" / "statements.json"
    statements.parent.mkdir(parents=True)
    about = {"property": "title", "value": "not this one", "about": "data/x"}
    statements.write_bytes(
        b'{"schema": "archive.statements/1", "statements": [\n'
        + json.dumps(about).encode() + b",\n" + json.dumps({"property": "title", "value": title}).encode() + b"\n]}\n"
    )  # fmt: skip


def test_it_is_written_in_the_language_of_the_reader(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ar_SY.UTF-8")
    page = write_report(project)
    assert '<html lang="ar" dir="rtl">' in page
    assert "In short" not in page
    assert '<html lang="en" dir="ltr">' in write_report(project, "--language", "en")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert '<html lang="en" dir="ltr">' in write_report(project)
    assert project.run("report", "--html", "x.html", "--language", "fr")[0] == 2


def test_titles_stand_beside_names_and_the_archive_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    with (project.folder / "archive.toml").open("a") as file:
        file.write('\n[notify]\nname = "Archive of <Memory>"\n')
    trust(project.folder)
    bag = write_bag(tmp_path / "bags" / "b1", some_files(2))
    describe(bag, f"Letters {EVIL}")
    project.run("holdings", "add", str(bag))
    page = write_report(project)
    assert "Letters &lt;script&gt;" in page
    assert "not this one" not in page
    assert "Archive of &lt;Memory&gt;</bdi> holds 1 bag with" in page


def test_what_was_done_in_the_time_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    project.set_clock(1_747_000_000)
    bag = write_bag(tmp_path / "bags" / "letters", some_files(3))
    copy = tmp_path / "copies" / "letters"
    shutil.copytree(bag, copy)
    project.run("holdings", "add", str(bag), str(copy))
    assert project.run("deposit", str(bag), f"dir:{tmp_path / 'vault'}")[0] == 0
    (bag / "data" / "d1" / "file-00001.bin").write_bytes(b"?")
    project.audit()
    assert project.run("repair", str(bag), "--from", str(copy), "--yes")[0] == 0
    part = write_report(project).partition('id="deeds"')[2].partition("</section>")[0]
    for text in ("Repairs (1)", "Deposits (1)", "in <bdi>dir:vault</bdi> as <bdi>letters</bdi>", "1 file"):
        assert text in part, text
    assert str(tmp_path) not in part, "no folder of this computer"
    page = write_report(project, "--since", "2025-05-13")
    assert "Nothing was done in the time of this report." in page


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with hundreds of bags in one place, of which only the ledger knows."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = tmp_path_factory.mktemp("large")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1747000000")
        (folder / "project").mkdir()
        project = Project(folder / "project", monkeypatch).start()
        enter_many(folder / "project" / "ledger.sqlite3", 600)
        yield project


def enter_many(path: Path, count: int) -> None:
    ledger = open_ledger(str(path))
    place = ensure_location(ledger, "/srv/bags", "/srv/bags", "", named=False)
    for number in range(count):
        name = f"{'abcé#'[number % 5]}-{number:04}"
        new = NewHolding(name, name, Container.FOLDER, f"{number:064x}", None)
        items = [("", 0, (("sha256", f"{number:064x}"),)), ("data/a", 7, (("sha256", f"{number:064x}"),))]
        enter_holding(ledger, place, new, items, now=1_746_000_000)
    ledger.close()


def test_many_bags_are_folded_by_place_and_letter(large: Project) -> None:
    page = write_report(large)
    part = page.partition('id="packages"')[2].partition("</section>")[0]
    links = re.findall(r'<a href="#(bags-\d+)"><bdi>/srv/bags</bdi> · (.*?) \((\d+)\)</a>', part)
    assert [(letter, count) for _identity, letter, count in links] == [
        ("#", "120"), ("A", "120"), ("B", "120"), ("C", "120"), ("E", "120"),
    ]  # fmt: skip
    for identity, _letter, _count in links:
        assert f'<caption id="{identity}">' in part
    assert all(part.count(f"<bdi>{'abcé#'[number % 5]}-{number:04}</bdi>") >= 1 for number in range(600))
    reader = Reader()
    reader.feed(page)
    assert reader.open == []


@pytest.mark.slow
def test_paper_shows_what_a_screen_folds(large: Project, tmp_path: Path) -> None:
    write_report(large)
    with open_browser(tmp_path) as context:
        tab = context.new_page()
        tab.goto((large.folder / "report.html").as_uri())
        tab.pdf(path=str(tmp_path / "printed.pdf"))
        shown = tab.evaluate("document.querySelector('#bags-3').checkVisibility({contentVisibilityAuto: true})")
        tab.goto((large.folder / "report.html").as_uri() + "#bags-3")
        opened = tab.evaluate("document.querySelector('#bags-3').closest('details').open")
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "printed.pdf").pages)
    assert all(f"{number:04}" in text for number in range(600))
    assert (shown, opened) == (False, True)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_as_pdf_it_is_valid_and_says_the_same(project: Project, tmp_path: Path, language: str) -> None:
    file = tmp_path / "report.pdf"
    assert project.run("report", "--pdf", str(file), "--language", language)[0] == 0
    (judgement,) = judge_files(need_verapdf(), [os.fsencode(file)], settings=Settings())
    assert judgement.compliant
    assert [one.profile for one in judgement.verdicts if "A-2A" in one.profile.upper()]
    reader = PdfReader(file)
    assert str(reader.root_object["/Lang"]) == language
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "far-away" in text
    assert "AUD-101" in text


def test_a_program_gets_the_report_as_a_document(project: Project) -> None:
    with Ledger.open(project.folder) as ledger:
        drawn = ledger.report().to_pdf(language="ar", name="أرشيف")
    assert drawn.startswith(b"%PDF-1.7")
    assert b"pdfaid" in drawn
