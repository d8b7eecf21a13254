"""Check something: chosen or sent, a bag, a packed bag, a PDF, a record; the verdict in words."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.desks import RunningDesk, Visitor, environment_of
from tests.support.held_bags import damage, make_bag


def verdict(visitor: Visitor, path: str) -> str:
    """The page of the verdict on what is at `path`."""
    job = visitor.post("/check", {"path": path})
    visitor.finish(job)
    return visitor.get(f"/check/{job.url.path.rpartition('/')[2]}").text


def send(visitor: Visitor, *files: tuple[str, bytes], token: str | None = None) -> str:
    """Send files as the form does; the page of the verdict, or of the refusal."""
    parts: list[tuple[str, tuple[str | None, bytes]]] = [
        ("form-token", (None, (visitor.form_token() if token is None else token).encode()))
    ]
    for path, content in files:
        parts += [("path", (None, path.encode())), ("file", (path.rpartition("/")[2], content))]
    answer = visitor.client.post("/check/upload", files=parts, headers={"Origin": visitor.desk.origin})
    if not answer.url.path.startswith("/jobs/"):
        return answer.text
    visitor.finish(answer)
    return visitor.get(f"/check/{answer.url.path.rpartition('/')[2]}").text


def test_a_bag_is_judged_in_words(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", copy=False)
    page = verdict(visitor, str(bag))
    assert "Everything is as it should be" in page
    assert "What this does not prove" in page
    damage(bag)
    damage(bag, "data/original/page.html")
    page = verdict(visitor, str(bag))
    assert "It is damaged" in page
    assert page.count("<code>BAG-301</code>") == 1
    assert "Found 4 times" in page
    assert "data/original/page.html" in page
    packed = shutil.make_archive(str(desk.folder / "packed"), "zip", desk.folder / "bags", "letters")
    assert "It is damaged" in verdict(visitor, packed)


def test_seals_are_verified_also_in_a_packed_bag(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", copy=False)
    assert "Seals" not in verdict(visitor, str(bag))
    secret = {**environment_of(desk.home), "ARCHIVE_SEAL_PASSPHRASE": "correct horse"}
    for words, code in (
        (("trust", "init", "Example Archive"), 0), (("keys", "new", "anna.key"), 0),
        (("trust", "add-key", "anna", "anna.key.pub"), 0),
        (("seal", "bags/letters", "--key", "anna.key", "--trust", "trust", "--offline"), 4),
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "archive", *words], cwd=desk.folder, env=secret, capture_output=True, text=True,
            check=False, stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
    packed = shutil.make_archive(str(desk.folder / "packed"), "zip", desk.folder / "bags", "letters")
    for path in (str(bag), packed):
        page = verdict(visitor, path)
        assert "Whom to believe comes from your trust folder alone" in page, path
        assert "The seals hold" not in page, "it waits for its stamps"


def test_a_record_and_a_pdf_are_judged(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", copy=False, renditions=True)
    assert "what the record says" in verdict(visitor, str(bag / "metadata/preservation/premis.xml"))
    pdf = next((bag / "data").rglob("*.pdf"))
    assert "the PDF shows what the original showed" in verdict(visitor, str(pdf))
    broken = desk.folder / "broken.xml"
    broken.write_text("<a><b></a>")
    assert "It has errors" in verdict(visitor, str(broken))


def test_what_cannot_be_checked_is_refused(desk: RunningDesk, visitor: Visitor) -> None:
    (desk.folder / "out").symlink_to("/etc")
    outside = ("", "/etc", "relative", "--json", "/nowhere", "\0", f"{desk.folder}/archive.toml", f"{desk.folder}/out")
    for path in outside:
        answer = visitor.post("/check", {"path": path})
        assert answer.status_code == 400, path
        assert 'aria-invalid="true"' in answer.text, path
    assert not (desk.state / "jobs").exists()


def test_folders_are_browsed_within_the_roots(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters", copy=False)
    page = visitor.client.get("/check", params={"folder": str(desk.folder / "bags")}).text
    assert "letters</bdi>/" in page
    assert "Check this folder" in page
    for wrong in ("/etc", f"{desk.folder}/../../..", "\0", "x", "/nowhere"):
        page = visitor.client.get("/check", params={"folder": wrong}).text
        assert 'role="alert"' in page, wrong
        assert "passwd" not in page


def test_what_is_sent_is_judged_and_removed(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", copy=False)
    files = [
        (f"letters/{path.relative_to(bag)}", path.read_bytes()) for path in sorted(bag.rglob("*")) if path.is_file()
    ]
    assert "Everything is as it should be" in send(visitor, *files)
    changed = [(path, content + b"x" if path.endswith("letter.txt") else content) for path, content in files]
    assert "It is damaged" in send(visitor, *changed)
    packed = Path(shutil.make_archive(str(desk.folder / "packed"), "zip", desk.folder / "bags", "letters"))
    assert "Everything is as it should be" in send(visitor, ("packed.zip", packed.read_bytes()))
    assert len(list((desk.state / "checks").iterdir())) == 1  # the former ones are gone


def test_what_cannot_be_sent_is_refused(desk: RunningDesk, visitor: Visitor) -> None:
    assert "this cannot be checked" in send(visitor, ("a.exe", b"MZ"))
    assert "one thing at a time" in send(visitor, ("a.pdf", b"x"), ("b.pdf", b"x"))
    assert "form's token" in send(visitor, ("a.pdf", b"x"), token="0" * 64).replace("&#39;", "'")
    for path in ("../a.pdf", "/a.pdf", "a/../../b.pdf"):
        send(visitor, (path, b"%PDF-1.7"))
    assert not list(desk.state.parent.rglob("a.pdf"))
    assert not (desk.state / "jobs").exists()
