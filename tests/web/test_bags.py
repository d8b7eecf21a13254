"""The pages of bags: the list, a bag, its files and history; hostile names, links and numbers of others."""

from __future__ import annotations

import html
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.ledger.book import open_ledger
from archive.ledger.recording import record_event
from tests.support.desks import RunningDesk, Visitor, open_desk
from tests.support.held_bags import HOSTILE, NOT_UTF8, damage, file_page, make_bag, make_foreign_bag, read_page

WORDS = ("repair", "update", "seal", "copy", "export", "deposit", "retire")


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_the_list_finds_sorts_and_filters(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters")
    make_bag(desk, "رسائل", copy=False)
    page = text_of(visitor.get("/bags").text)
    assert "The archive holds 3 bags" in page
    assert page.count("letters") >= 2
    found = visitor.client.get("/bags", params={"text": "رسائل"}).text
    assert "/bags/3" in found
    assert "/bags/1" not in found
    assert "No bag is like this" in visitor.client.get("/bags", params={"text": "nowhere"}).text
    assert "No bag is like this" in visitor.get("/bags?state=damaged").text
    assert "/bags/1" in visitor.get("/bags?state=not-checked&sealed=no&sort=checked&way=down").text
    for odd in ("state=x", "sort=x&way=x", "place=x", "place=99", "page=0", "page=x", "page=99999999999", "sealed=x"):
        assert visitor.get(f"/bags?{odd}").status_code == 200, odd
    address = str(desk.folder / "bags" / "letters")
    assert visitor.client.get("/bags/at", params={"path": address}).url.path == "/bags/1"
    for wrong in ("/nowhere", "", "\0", "../bags", address + "/..", "x" * 9000):
        assert visitor.client.get("/bags/at", params={"path": wrong}).status_code == 404, wrong


def test_a_bag_is_shown_in_words(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", private=True)
    page = read_page(visitor, "/bags/1")
    assert '<span lang="en" dir="ltr"><bdi>Letters &lt;b&gt;from&lt;/b&gt; the school</bdi></span>' in page
    assert '<span lang="ar" dir="rtl"><bdi>رسائل من المدرسة</bdi></span>' in page
    words = text_of(page)
    assert "some files have not been checked" in words
    assert "/vault/letters" in words
    assert "2 copies" in words
    assert "This bag is not sealed" in words
    assert "Plain Text File" in words
    visitor.finish(visitor.post("/bags/1/check"))
    assert "All files are intact" in visitor.get("/bags/1").text
    damage(bag)
    assert "has changed" in visitor.finish(visitor.post("/bags/1/check"))
    page = visitor.get("/bags/1").text
    assert "This bag is damaged" in page
    assert "/bags/1/repair" in page
    assert "damaged" in text_of(visitor.get(file_page(visitor, 1, "letter.txt")).text)
    history = text_of(visitor.get("/bags/1/history").text)
    assert "Checked" in history
    assert "damaged: 1 file" in history
    assert "Received" in history  # from the bag's own record
    assert "state=damaged" in str(visitor.get("/bags?state=damaged").url)
    assert "letters" in visitor.get("/bags?state=damaged").text


def test_what_is_restricted_is_on_its_own_page_only(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters", private=True)
    secret = "The secret name of a witness"
    assert "Show the restricted part" in read_page(visitor, "/bags/1")
    assert secret in visitor.get("/bags/1/restricted").text
    for path in ("/bags", "/bags/1", "/bags/1/history", "/bags?text=witness", "/bags/1?text=witness", "/bags/1/update"):
        assert secret not in visitor.get(path).text, path
    page = file_page(visitor, 1, "metadata/restricted/")
    assert "<iframe" not in visitor.get(page).text
    assert visitor.get(f"{page}/content").status_code == 403
    assert visitor.get(f"{page}/content?as=download").status_code == 403
    assert visitor.get(f"{page}/content?show=restricted").status_code == 200
    assert "<iframe" in visitor.get(f"{page}?show=restricted").text
    make_bag(desk, "open", copy=False)
    assert "nothing restricted" in visitor.get("/bags/3/restricted").text


def test_files_have_safe_types(desk: RunningDesk, visitor: Visitor) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
    files = {
        b"a.pdf": b"%PDF-1.7\n", b"a.png": png, b"page.html": b"<script>alert(1)</script>",
        b"svg.svg": b"<svg onload='x'/>",
        b"lies.png": b"<script>alert(1)</script>", b"program": b"MZ\0\0", b"binary.txt": b"a\0b",
    }  # fmt: skip
    make_foreign_bag(desk, "mixed", files)
    expected = {
        "a.pdf": ("application/pdf", "inline"), "a.png": ("image/png", "inline"),
        "page.html": ("text/plain; charset=utf-8", "inline"), "svg.svg": ("application/octet-stream", "attachment"),
        "lies.png": ("application/octet-stream", "attachment"), "program": ("application/octet-stream", "attachment"),
        "binary.txt": ("application/octet-stream", "attachment"),
    }  # fmt: skip
    for name, (kind, way) in expected.items():
        page = file_page(visitor, 1, f"data/{name}")
        answer = visitor.get(f"{page}/content")
        assert answer.headers["content-type"] == kind, name
        assert answer.headers["content-disposition"].startswith(f'{way}; filename="{name}"'), name
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), name
        assert ("sandbox" in policy) is (kind != "application/pdf"), name
        saved = visitor.get(f"{page}/content?as=download")
        assert saved.headers["content-type"] == "application/octet-stream", name
        assert saved.headers["content-disposition"].startswith("attachment"), name
        assert saved.content == files[name.encode()]
        assert visitor.get(page).status_code == 200


def test_a_file_that_became_a_link_is_never_served(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_foreign_bag(desk, "linked", {b"a.txt": b"a", b"b.txt": b"b"})
    page, other = file_page(visitor, 1, "data/a.txt"), file_page(visitor, 1, "data/b.txt")
    (bag / "data" / "a.txt").unlink()
    (bag / "data" / "a.txt").symlink_to("/etc/passwd")
    for path in (f"{page}/content", f"{page}/content?as=download", page):
        answer = visitor.get(path)
        assert "root:" not in answer.text, path
    assert visitor.get(f"{page}/content").status_code >= 400
    moved = desk.folder / "elsewhere"
    shutil.copytree(bag / "data", moved, symlinks=True)
    (moved / "b.txt").write_text("secret")
    shutil.rmtree(bag / "data")
    (bag / "data").symlink_to(moved)
    assert visitor.get(f"{other}/content").status_code >= 400
    assert "secret" not in visitor.get(other).text
    shutil.rmtree(bag)
    bag.symlink_to("/etc")
    assert visitor.get("/bags/1").status_code == 200
    assert visitor.get(f"{other}/content").status_code >= 400


@pytest.mark.parametrize(
    "path",
    [
        "/bags/2", "/bags/0", "/bags/-1", "/bags/x", "/bags/99999999999999999999", "/bags/١", "/bags/1%00",
        "/bags/..%2f..%2fetc%2fpasswd", "/bags/1/files/x", "/bags/1/files/999", "/bags/1/files/1", "/bags/1/files/-1",
        "/bags/1/files/..%2f..%2fetc%2fpasswd/content", "/bags/1/files/2%00/content", "/bags/2/files/2/content",
        "/bags/1/files/%2e%2e/content", "/bags/1/nothing", "/bags/1/check", "/bags/1/result/00000000000001",
        "/bags/1/result/..%2f..", "/check/00000000000001", "/check/..%2fjobs", "/bags/1/files/2/content/x",
    ],
)  # fmt: skip
def test_odd_addresses_show_nothing(web_bag: Visitor, path: str) -> None:
    answer = web_bag.get(path)
    assert answer.status_code == 404, answer.text
    assert "root:" not in answer.text


@pytest.fixture(scope="module")
def web_bag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A visitor to a desk with one foreign bag."""
    folder = tmp_path_factory.mktemp("desk")
    with open_desk(folder / "project", folder / "home") as desk, Visitor(desk) as visitor:
        make_foreign_bag(desk, "bag", {b"a.txt": b"a"})
        yield visitor


def test_files_of_other_bags_are_not_found(desk: RunningDesk, visitor: Visitor) -> None:
    make_foreign_bag(desk, "one", {b"a.txt": b"a"})
    make_foreign_bag(desk, "two", {b"b.txt": b"b"})
    number = file_page(visitor, 2, "data/b.txt").rpartition("/")[2]
    assert visitor.get(f"/bags/2/files/{number}/content").text == "b"
    for path in (f"/bags/1/files/{number}", f"/bags/1/files/{number}/content"):
        assert visitor.get(path).status_code == 404, path


def test_hostile_names_are_text_on_every_page(desk: RunningDesk, visitor: Visitor) -> None:
    name = "<script>alert(2)<b>\u202egab"
    bag = make_bag(desk, name, hostile=True, private=True)
    damage(bag, f"data/original/{HOSTILE}")
    make_foreign_bag(desk, "odd", {NOT_UTF8: b"coffee", b"--option.txt": b"x"})
    visitor.finish(visitor.post("/bags/1/check"))
    job = visitor.post("/bags/1/repair", {"copy": "holding-2"})
    visitor.finish(job)
    verdict = visitor.post("/check", {"path": str(bag)})
    visitor.finish(verdict)
    pages = [
        "/", "/jobs", "/bags", "/bags?text=%3Cscript%3E&sort=%22%3E%3Cscript%3E", "/bags/1", "/bags/2", "/bags/3",
        "/bags/1?text=%3Cscript%3E", "/bags/1/history", "/bags/1/restricted", job.url.path,
        f"/bags/1/result/{job.url.path.rpartition('/')[2]}", f"/check/{verdict.url.path.rpartition('/')[2]}",
        f"/check?folder={desk.folder}/bags", f"/bags/add?folder={desk.folder}/material",
        *(f"/bags/1/{word}" for word in WORDS), file_page(visitor, 3, "caf"), file_page(visitor, 3, "--option"),
        file_page(visitor, 1, "alert(1)"),
    ]  # fmt: skip
    for path in pages:
        answer = visitor.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path
        assert "\u202e" not in re.sub(r'value="[^"]*"', "", answer.text), path
    content = visitor.get(f"{file_page(visitor, 3, 'caf')}/content")
    assert content.text == "coffee"
    assert "caf_xe9.txt" in content.headers["content-disposition"]
    hostile = visitor.get(f"{file_page(visitor, 1, 'alert(1)')}/content")
    assert hostile.headers["content-disposition"].isascii()
    assert hostile.headers["content-disposition"].count('"') == 2


def test_packed_bags_are_read_and_served(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", copy=False)
    packed = desk.folder / "packed" / "letters.zip"
    packed.parent.mkdir()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(bag.rglob("*")):
            archive.write(path, Path("letters") / path.relative_to(bag))
    shutil.make_archive(str(packed.parent / "letters"), "tar", desk.folder / "bags", "letters")
    desk.archive("holdings", "add", str(packed), str(packed.with_suffix(".tar")))
    for number in (2, 3):
        page = read_page(visitor, f"/bags/{number}")
        assert "رسائل من المدرسة" in page
        assert f"/bags/{number}/update" not in page
        content = visitor.get(f"{file_page(visitor, number, 'letter.txt')}/content")
        assert content.text == "A letter from the school.\n"
        assert visitor.get(f"/bags/{number}/repair").status_code == 400


def test_a_bag_elsewhere_or_gone_says_so(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_foreign_bag(desk, "gone", {b"a.txt": b"a"})
    page = file_page(visitor, 1, "data/a.txt")
    shutil.rmtree(bag)
    assert visitor.get("/bags/1").status_code == 200
    assert visitor.get(page).status_code == 200
    assert visitor.get(f"{page}/content?show=restricted").status_code == 404
    ledger = open_ledger(str(desk.folder / "ledger.sqlite3"))
    ledger.backend.write(lambda: ledger.backend.run("UPDATE locations SET root = 's3://vault/far'"))
    ledger.close()
    assert "not on this machine" in visitor.get("/bags/1").text
    assert "not here" in visitor.get(page).text
    assert visitor.get(f"{page}/content").status_code == 404


def test_a_long_history_is_paged(desk: RunningDesk, visitor: Visitor) -> None:
    make_foreign_bag(desk, "old", {b"a.txt": b"a"})
    ledger = open_ledger(str(desk.folder / "ledger.sqlite3"))
    for number in range(120):
        detail = {"for": f"Reader {number}", "purpose": "<b>reading</b>", "because": "a reason"}
        record_event(ledger, "dissemination", 1, detail, now=1_700_000_000 + number)
    ledger.close()
    assert "121 events" in visitor.get("/bags/1").text
    first, last = visitor.get("/bags/1/history").text, visitor.get("/bags/1/history?page=3").text
    assert "Reader 119" in first
    assert "Page 1 of 3" in first
    assert "Reader 119" not in last
    assert "Added to the holdings" in last
    assert visitor.get("/bags/1/history?page=99").status_code == 200


def test_adding_a_bag(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_foreign_bag(desk, "here", {b"a.txt": b"a"})
    desk.archive("holdings", "retire", str(bag), "--reason", "test")
    assert "retired" in visitor.get("/bags/1").text
    assert visitor.get("/bags/add").status_code == 200
    assert "Add this folder" in visitor.client.get("/bags/add", params={"folder": str(bag)}).text
    assert "Show the result" in visitor.finish(visitor.post("/bags/add", {"path": str(bag)}))
    assert visitor.client.get("/bags/at", params={"path": str(bag)}).url.path == "/bags/2"
    again = visitor.finish(visitor.post("/bags/add", {"path": str(bag)}))
    assert "this is a holding already" in again
    (desk.folder / "out").symlink_to("/etc")
    for wrong in (
        "",
        "relative",
        "--recursive",
        "/etc",
        f"{bag}/../../../../..",
        f"{desk.folder}/out",
        "/nowhere",
        "\0",
    ):
        answer = visitor.post("/bags/add", {"path": wrong})
        assert answer.status_code == 400, wrong
        assert 'aria-invalid="true"' in answer.text


def test_a_desk_that_only_reads_shows_no_form_that_would_be_refused(desk: RunningDesk) -> None:
    bag = make_bag(desk, "letters")
    with open_desk(desk.folder, desk.home, "--read-only") as reading, Visitor(reading) as visitor:
        paths = ["/bags", "/bags/1", "/bags/1/history", "/check", "/bags/add", *(f"/bags/1/{word}" for word in WORDS),
                 f"/check?folder={bag}", f"/bags/add?folder={bag}", file_page(visitor, 1, "letter.txt")]  # fmt: skip
        for path in paths:
            page = visitor.get(path)
            assert page.status_code == 200, path
            forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page.text)
            assert set(forms) <= {"/language"}, path
        assert visitor.post("/bags/1/check").status_code == 403
