"""New bag: from a chosen folder over a description to a bag that is valid, held and checked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.formats.description_toml import read_description
from archive.model.description import Certainty, Origin, Statement
from tests.support.desk_forms import FilledForm, send_files
from tests.support.desks import PATIENCE, RunningDesk, Visitor, environment_of, open_desk

TITLE = "رسائل من الميدان"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """One desk for the tests here; each chooses a folder of its own."""
    top = tmp_path_factory.mktemp("new")
    with open_desk(top / "project", top / "home") as running:
        yield running


@pytest.fixture(scope="module")
def visitor(desk: RunningDesk) -> Iterator[Visitor]:
    with Visitor(desk) as visiting:
        yield visiting


def make_folder(desk: RunningDesk, name: str, files: dict[str, bytes] | None = None) -> Path:
    """A folder with material in the user's home."""
    folder = desk.home / "material" / name
    for path, content in (files or {"letter.txt": b"A letter.\n"}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def wait_for_preview(visitor: Visitor, path: str) -> str:
    """The draft's page once its preview is there."""
    deadline = time.monotonic() + PATIENCE
    while 'data-preview="' in (page := visitor.get(path).text):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return page


def begin(visitor: Visitor, source: Path, *, preview: bool = False) -> tuple[str, str]:
    """Choose a folder: the path of its draft, and its page, with the preview if that is waited for."""
    answer = visitor.post("/new/choose", {"path": str(source)})
    path = answer.url.path
    assert re.fullmatch(r"/new/[0-9a-f]{16}", path), path
    return path, wait_for_preview(visitor, path) if preview else answer.text


def create_plainly(visitor: Visitor, path: str, page: str) -> str:
    """Make the bag of a draft without renditions, whose validator takes long; the page of the ended job."""
    form = FilledForm(page, "draft")
    form.set("pdfa", "none")
    return visitor.finish(form.send(visitor, path, "create"))


def description_of(visitor: Visitor, path: str) -> tuple[Statement, ...]:
    """What the draft says so far."""
    file = visitor.desk.state / "drafts" / path.rpartition("/")[2] / "description.toml"
    return read_description(file.read_bytes())[0].statements if file.exists() else ()


MATERIAL = {
    "README.md": b"# Letters from the field\n\nLetters that came over the river in spring.\n",
    "رسالة.txt": "مرحبا بكم في الأرشيف\n".encode(),
    "old.txt": "مرحبا بكم في الأرشيف هذه رسالة طويلة".encode("cp1256"),
    "photos/wall.png": PIXEL,
    "Thumbs.db": b"x",
}


def test_a_newcomers_bag(desk: RunningDesk, visitor: Visitor) -> None:
    path, page = begin(visitor, make_folder(desk, "letters", MATERIAL), preview=True)
    for seen in ("4 files", "Markdown", "Thumbs.db", "A bag can be made", "PDF/A-3a", "windows-1256", "Write a title"):
        assert seen in page, seen
    form = FilledForm(page, "draft")
    key, _of_the_readme = re.findall(r'value="(f\d+)"> <span>Accept: <strong><bdi>Letters from the field', page)
    form.check("accept", key)
    form.say("creator", "R. Visitor")
    form.say("contributor", "A. Witness", private=True)
    form.say("created", "2019-10~")
    form.say("accessRights", "restricted")
    form.say("rights.reason", "witnesses are still at risk")
    form.say("audience", "Researchers", language="en")
    form.say("archival.level", "series")
    form.say("alternativeText", "A wall.\nIn three parts.", language="en", about="photos/wall.png")
    number = form.rows("private.")[-1]
    form.set(f"key.{number}", "case number")
    form.set(f"value.{number}", "17/2019-X")
    form.check("encoding-use.1")
    page = form.send(visitor, path, "add=title").text
    form = FilledForm(page, "draft")
    assert len(form.rows("title")) == 2
    form.say("title", TITLE, language="ar")
    answer = form.send(visitor, path, "save")
    assert "Saved." in answer.text
    assert "written from right to left" in answer.text
    assert "kept in metadata/restricted only" in answer.text
    said = {(one.property, one.value): one for one in description_of(visitor, path)}
    accepted = said["title", "Letters from the field"]
    assert (accepted.certainty, accepted.source, accepted.by) == (
        Certainty.CERTAIN, Origin.DOCUMENT, "first heading of the README",
    )  # fmt: skip
    assert said["title", TITLE].language == "ar"
    assert said["private.case number", "17/2019-X"].private
    assert said["alternativeText", "A wall.\nIn three parts."].about == "photos/wall.png"
    form = FilledForm(answer.text, "draft")
    assert form.get("name") == "letters"
    result = visitor.finish(form.send(visitor, path, "create"))
    for words in (
        "The bag was made of 8 files",
        "4 preservation copies",
        "belongs to the holdings",
        "First check: intact",
    ):
        assert words in result, words
    bag = desk.folder / "bags" / "letters"
    assert f'href="/bags/at?path={bag}"' in result
    assert desk.archive("validate", str(bag), "--json")
    dublin = (bag / "metadata/descriptive/dc.xml").read_text("utf-8")
    assert f'<dc:title xml:lang="ar">{TITLE}</dc:title>' in dublin
    statements = json.loads((bag / "metadata/descriptive/statements.json").read_text("utf-8"))["statements"]
    arabic = next(one for one in statements if one["value"] == TITLE)
    assert (arabic["language"], arabic["direction"]) == ("ar", "rtl")
    for secret in ("A. Witness", "17/2019-X"):
        holding = {
            str(one.relative_to(bag)) for one in bag.rglob("*") if one.is_file() and secret.encode() in one.read_bytes()
        }
        assert holding, secret
        assert all(name.startswith("metadata/restricted/") for name in holding), holding
        assert secret not in result
    assert (bag / "data/preservation/old.txt.pdf").exists()
    assert not (bag / "data/original/Thumbs.db").exists()
    assert visitor.get(path).status_code == 404
    assert not (desk.state / "drafts" / path.rpartition("/")[2]).exists()


def test_nothing_is_asserted_that_no_one_accepted(desk: RunningDesk, visitor: Visitor) -> None:
    path, page = begin(visitor, make_folder(desk, "unaccepted", MATERIAL), preview=True)
    assert "Accept:" in page
    FilledForm(page, "draft").send(visitor, path, "save")
    assert description_of(visitor, path) == ()
    form = FilledForm(visitor.get(path).text, "draft")
    form.say("subject", "letters")
    form.send(visitor, path, "save")
    assert [(one.property, one.value) for one in description_of(visitor, path)] == [("subject", "letters")]
    form = FilledForm(visitor.get(path).text, "draft")
    form.fields.append(("accept", "f999"))
    form.fields.append(("accept", "s0"))
    form.send(visitor, path, "save")
    assert len(description_of(visitor, path)) == 1


def test_what_is_wrong_is_shown_at_its_field_and_stops_the_bag(desk: RunningDesk, visitor: Visitor) -> None:
    path, page = begin(visitor, make_folder(desk, "wrong"))
    form = FilledForm(page, "draft")
    form.say("created", "last spring")
    form.say("title", "A title", language="arabic")
    form.say("accessRights", "embargoed")
    form.say("identifier", "ISBN 978-3-16-148410-1")
    form.say("archival.descriptionDate", "<script>alert(1)</script>")
    page = form.send(visitor, path, "create").text
    assert "Please correct this" in page
    for anchor in ("f-created", "f-title", "f-available", "f-identifier", "f-archival-descriptionDate"):
        assert f'<a href="#{anchor}">' in page, anchor
        assert f'id="{anchor}"' in page
    assert page.count('aria-invalid="true"') >= 4
    assert "<bdi>Made on</bdi> is not a valid" in page
    assert "“<bdi>last spring</bdi>”" in page
    assert "Markup(" not in page
    assert "<script>alert" not in page
    assert FilledForm(page, "draft").get(f"value.{FilledForm(page, 'draft').rows('created')[0]}") == "last spring"
    form = FilledForm(page, "draft")
    for term, value in (
        ("created", "2023?"),
        ("available", "2999-01-01"),
        ("identifier", ""),
        ("archival.descriptionDate", ""),
    ):
        form.say(term, value)
    form.say("title", "A title", language="en")
    page = form.send(visitor, path, "save").text
    assert "Saved." in page
    assert "aria-invalid" not in page
    assert "identifier" not in {one.property for one in description_of(visitor, path)}


@pytest.mark.parametrize(
    ("name", "words"),
    [("..", "cannot have this name"), ("a/b", "cannot have this name"), ("x" * 199 + "ü", "too long")],
)
def test_a_name_that_no_bag_can_have(desk: RunningDesk, visitor: Visitor, name: str, words: str) -> None:
    path, page = begin(visitor, make_folder(desk, "named"))
    form = FilledForm(page, "draft")
    form.set("name", name)
    page = form.send(visitor, path, "create").text
    assert words in page
    assert 'href="#name"' in page
    visitor.post(f"{path}/discard")


def test_a_name_that_is_taken(desk: RunningDesk, visitor: Visitor) -> None:
    (desk.folder / "bags" / "taken").mkdir(parents=True)
    path, page = begin(visitor, make_folder(desk, "taken"), preview=True)
    assert "There is something with this name already" in page
    assert "Choose another name for the bag below" in page
    form = FilledForm(page, "draft")
    form.set("pdfa", "none")
    form.set("name", "--version")  # never taken for an option
    visitor.finish(form.send(visitor, path, "create"))
    assert (desk.folder / "bags" / "--version" / "bagit.txt").exists()


OWN = """title = "Statement"
creator = { value = "Someone", certainty = "inferred", note = "by the hand", authority = "orcid:0000-0002-1825-0097" }
spatial = { value = "Suggested town", certainty = "suggested", source = "program", by = "guess" }

[files."letter.txt"]
created = 2019-10-17
encoding = "windows-1256"

[files."*.log"]
encoding = "dos-720"
language = "ar"
"""


def test_a_description_that_the_material_brings_is_shown_and_edited_as_a_copy(
    desk: RunningDesk, visitor: Visitor
) -> None:
    source = make_folder(desk, "described", {"letter.txt": b"A letter.\n", "description.toml": OWN.encode()})
    path, page = begin(visitor, source)
    assert "brings its own description" in page
    form = FilledForm(page, "draft")
    assert form.get(f"value.{form.rows('title')[0]}") == "Statement"
    assert "Suggested town" in page
    form.say("title", "Statement, with corrections", language="en")
    form.check("accept", "s2")
    page = form.send(visitor, path, "save").text
    said = {one.property: one for one in description_of(visitor, path)}
    assert said["creator"].note == "by the hand"
    assert said["creator"].certainty is Certainty.INFERRED
    assert said["creator"].authority == "orcid:0000-0002-1825-0097"
    assert said["spatial"].certainty is Certainty.CERTAIN
    assert said["created"].about == "letter.txt"
    kept = (desk.state / "drafts" / path.rpartition("/")[2] / "description.toml").read_bytes()
    assert read_description(kept)[0].hints == read_description(OWN.encode())[0].hints
    result = create_plainly(visitor, path, page)
    assert "of the source is not used" in result
    assert (source / "description.toml").read_text() == OWN
    dublin = (desk.folder / "bags/described/metadata/descriptive/dc.xml").read_text("utf-8")
    assert "Statement, with corrections" in dublin
    assert not (desk.folder / "bags/described/data/original/description.toml").exists()


def test_a_description_of_its_own_that_is_not_touched_is_used_as_it_is(desk: RunningDesk, visitor: Visitor) -> None:
    path, page = begin(
        visitor,
        make_folder(desk, "untouched", {"letter.txt": b"A letter.\n", "description.toml": b'title = "Own"  # !\n'}),
    )
    result = create_plainly(visitor, path, page)
    assert "The bag was made" in result
    kept = desk.folder / "bags/untouched/metadata/descriptive/description.toml"
    assert kept.exists()


def test_a_table_is_used_as_it_is(desk: RunningDesk, visitor: Visitor) -> None:
    table = b"filename,dc.title\nobjects,A title from a table\n"
    path, page = begin(visitor, make_folder(desk, "table", {"letter.txt": b"A letter.\n", "metadata.csv": table}))
    assert "in a table, which is used as it is" in page
    assert 'name="term.' not in page
    create_plainly(visitor, path, page)
    assert "A title from a table" in (desk.folder / "bags/table/metadata/descriptive/dc.xml").read_text("utf-8")


def test_a_description_that_cannot_be_read_is_told(desk: RunningDesk, visitor: Visitor) -> None:
    source = make_folder(desk, "broken", {"letter.txt": b"A letter.\n", "description.toml": b"title = <script>\n"})
    path, page = begin(visitor, source)
    assert "cannot be read" in page
    assert "<script>\n" not in page
    form = FilledForm(page, "draft")
    form.say("title", "A new title")
    result = visitor.finish(form.send(visitor, path, "create"))
    assert "The bag was made" in result
    assert (source / "description.toml").read_bytes() == b"title = <script>\n"


def test_two_windows_do_not_overwrite_each_other(desk: RunningDesk, visitor: Visitor) -> None:
    path, page = begin(visitor, make_folder(desk, "windows"))
    first, second = FilledForm(page, "draft"), FilledForm(page, "draft")
    first.say("title", "First")
    second.say("title", "Second")
    assert first.send(visitor, path, "save").status_code == 200
    assert second.send(visitor, path, "save").status_code == 409
    assert [one.value for one in description_of(visitor, path)] == ["First"]


def test_a_draft_stays_when_its_bag_cannot_be_made(desk: RunningDesk, visitor: Visitor) -> None:
    source = make_folder(desk, "delivered", {"letter.txt": b"A letter.\n"})
    path, page = begin(visitor, source)
    (source / "checksums.sha256").write_text(f"{'0' * 64}  letter.txt\n")  # damaged since the preview
    form = FilledForm(page, "draft")
    form.say("title", "Delivered")
    result = visitor.finish(form.send(visitor, path, "create"))
    assert "No bag was made" in result
    assert not (desk.folder / "bags/delivered").exists()
    page = visitor.get(path).text
    assert "The bag could not be made." in page
    assert "Delivered" in page
    assert path in visitor.get("/new").text
    (source / "checksums.sha256").unlink()
    assert "The bag was made" in create_plainly(visitor, path, page)
    assert path not in visitor.get("/new").text


def test_what_was_sent_becomes_a_bag_and_its_copy_goes(desk: RunningDesk, visitor: Visitor) -> None:
    path = send_files(visitor, [("sent folder/a.txt", b"one\n"), ("sent folder/b.txt", b"two\n")]).url.path
    folder = desk.state / "drafts" / path.rpartition("/")[2]
    assert (folder / "files/sent folder/a.txt").exists()
    form = FilledForm(wait_for_preview(visitor, path), "draft")
    assert form.get("name") == "sent folder"
    form.set("pdfa", "none")
    form.set("serialize", "zip")
    result = visitor.finish(form.send(visitor, path, "create"))
    assert "The bag was made of 2 files" in result
    assert (desk.folder / "bags/sent folder.zip").exists()
    assert not folder.exists()


def test_several_things_that_were_sent_have_no_folders_name(visitor: Visitor) -> None:
    path = send_files(visitor, [("one.txt", b"one\n"), ("more/two.txt", b"two\n")]).url.path
    page = wait_for_preview(visitor, path)
    assert "name of the folder" not in page
    assert FilledForm(page, "draft").get("name") == "one"
    assert "2 files" in page


def test_a_folder_outside_of_the_roots_is_refused_everywhere(desk: RunningDesk, visitor: Visitor) -> None:
    outside = desk.home.parent / "outside"
    outside.mkdir(exist_ok=True)
    link = desk.home / "link"
    if not link.is_symlink():
        link.symlink_to(outside)
    for path, status in (
        (str(outside), 403), (str(desk.home / ".." / "outside"), 403), (str(link), 403), ("/etc", 403),
        ("letters", 400), ("", 400), (str(desk.home / "nowhere"), 404), (f"{desk.home}\0/x", 400), ("%2fetc", 400),
        ("../..", 400),
        (str(desk.home) + "x", 403), ("~", 400),
    ):  # fmt: skip
        assert visitor.post("/new/choose", {"path": path}).status_code == status, path
        if path:
            assert visitor.client.get("/folders", params={"path": path}).status_code == status, path
    assert "<bdi>link</bdi>" not in visitor.client.get("/folders", params={"path": str(desk.home)}).text
    assert visitor.post("/new/choose", {"path_b64": "L2V0Yw=="}).status_code == 403
    assert visitor.post("/new/choose", {"path_b64": "!"}).status_code == 400


def test_folders_with_hostile_names_are_listed_and_chosen(desk: RunningDesk, visitor: Visitor) -> None:
    odd = desk.home / "odd"
    names = (b"<script>alert(1)", b'"quotes"', "\u202egnp".encode(), b"new\nline", b"not-utf-8-\xff", b"a&b=c#d?e")
    for name in names:
        (Path(os.fsdecode(os.fsencode(odd) + b"/" + name))).mkdir(parents=True, exist_ok=True)
    page = visitor.client.get("/folders", params={"path": str(odd)}).text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    links = re.findall(r'<li><a href="(/folders\?[^"]+)"', page.partition('id="inside"')[2])
    assert len(links) == len(names)
    for link in links:
        opened = visitor.get(link.replace("&amp;", "&"))
        assert opened.status_code == 200
        assert "Make a bag of this folder" in opened.text
    (Path(os.fsdecode(os.fsencode(odd) + b"/not-utf-8-\xff")) / "letter.txt").write_bytes(b"A letter.\n")
    found = next(one for one in links if "path_b64" in one)
    fields = re.findall(
        r'<input type="hidden" name="(path\w*)" value="([^"]*)">', visitor.get(found.replace("&amp;", "&")).text
    )
    path = visitor.post("/new/choose", dict(fields)).url.path
    page = wait_for_preview(visitor, path)
    assert "A bag can be made" in page
    assert "The bag was made" in create_plainly(visitor, path, page)


def test_pictures_are_shown_and_nothing_else(desk: RunningDesk, visitor: Visitor) -> None:
    source = make_folder(
        desk, "pictures", {"wall.png": PIXEL, "page.png": b"<html><script>", "a.txt": b"x", "d/b.png": PIXEL}
    )
    (source / "link.png").symlink_to(source / "wall.png")
    (source.parent / "beside.png").write_bytes(PIXEL)
    path = visitor.post("/new/choose", {"path": str(source)}).url.path
    for name in ("wall.png", "d/b.png"):
        answer = visitor.client.get(f"{path}/picture", params={"name": name})
        assert (answer.status_code, answer.content) == (200, PIXEL)
        assert answer.headers["content-type"] == "image/png"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    for name in (
        "page.png", "a.txt", "../beside.png", "d/../../beside.png", "/etc/passwd", str(source / "wall.png"), "link.png",
        "", "wall.png\0", "%2e%2e/beside.png", "d", "nothing.png", "x" * 5000,
    ):  # fmt: skip
        assert visitor.client.get(f"{path}/picture", params={"name": name}).status_code == 404, name


@pytest.mark.parametrize("identity", ["0" * 16, "%2e%2e", "x" * 16, "0" * 16 + "%00", "..%2f..", "٠" * 16])
def test_what_is_no_draft_is_not_found(visitor: Visitor, identity: str) -> None:
    assert visitor.get(f"/new/{identity}").status_code in (404, 405)
    assert visitor.post(f"/new/{identity}", {"do": "create"}).status_code in (404, 405)
    assert visitor.post(f"/new/{identity}/discard").status_code in (404, 405)
    assert visitor.get(f"/new/{identity}/picture").status_code in (404, 405)


def test_options_that_are_not_offered_do_not_reach_the_command(desk: RunningDesk, visitor: Visitor) -> None:
    path, page = begin(visitor, make_folder(desk, "options"))
    form = FilledForm(page, "draft")
    form.set("pdfa", "--help")
    form.set("serialize", "tar; rm")
    form.set("profile", "/etc/passwd")
    form.set("seal", "1")
    page = form.send(visitor, path, "create").text
    draft = json.loads((desk.state / "drafts" / path.rpartition("/")[2] / "draft.json").read_text())
    assert draft["options"] == {"pdfa": "", "serialize": "", "profile": "", "seal": True}
    assert not (desk.folder / "bags/options").exists()  # there is no key to seal with
    visitor.post(f"{path}/discard")


def test_a_sealed_bag_and_a_passphrase_that_is_stored_nowhere(tmp_path: Path) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    with open_desk(project, home) as desk:
        subprocess.run(
            [sys.executable, "-m", "archive", "keys", "new", "anna"], cwd=project, check=True, timeout=PATIENCE,
            env={**environment_of(home), "ARCHIVE_SEAL_PASSPHRASE": "correct horse"}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        with (project / "archive.toml").open("a") as file:
            file.write('\n[seal]\nkey = "anna"\n')
        desk.archive("config", "--trust")
        with Visitor(desk) as visitor:
            path, page = begin(visitor, make_folder(desk, "sealed"))
            form = FilledForm(page, "draft")
            form.check("seal")
            form.set("serialize", "zip")
            form.set("passphrase", "correct horse")
            page = form.send(visitor, path, "create").text
            assert "A zip file cannot be sealed." in page
            assert "correct horse" not in page
            form = FilledForm(page, "draft")
            form.set("serialize", "")
            form.set("pdfa", "none")
            form.set("passphrase", "wrong horse")
            assert "could not be done" in visitor.finish(form.send(visitor, path, "create"))
            assert not (project / "bags/sealed").exists()
            form.set("passphrase", "correct horse")
            form.set("revision", FilledForm(visitor.get(path).text, "draft").get("revision"))
            result = visitor.finish(form.send(visitor, path, "create"))
            assert "It is signed" in result
            assert "First check: intact." in result
            assert list((project / "bags/sealed/seal").iterdir())
            assert visitor.get(path).status_code == 404
        kept = [one for one in desk.state.rglob("*") if one.is_file() and b" horse" in one.read_bytes()]
        assert kept == []


def test_a_desk_that_only_reads_shows_drafts_and_no_form(tmp_path: Path) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    with open_desk(project, home) as desk, Visitor(desk) as visitor:
        path, _page = begin(visitor, make_folder(desk, "seen"))
    with open_desk(project, home, "--read-only") as desk, Visitor(desk) as visitor:
        for address in ("/new", path, "/folders", f"/folders?path={home}"):
            page = visitor.get(address)
            assert page.status_code == 200
            assert set(re.findall(r'<form[^>]*action="([^"]*)"', page.text)) == {"/language"}
        for address in ("/new/choose", path, f"{path}/discard"):
            assert visitor.client.post(address, headers={"Origin": desk.origin}).status_code == 403


def test_an_archive_is_started_before_its_first_bag(tmp_path: Path) -> None:
    with open_desk(tmp_path / "empty", tmp_path / "home", started=False) as desk, Visitor(desk) as visitor:
        assert "Start an archive" in visitor.get("/new").text
