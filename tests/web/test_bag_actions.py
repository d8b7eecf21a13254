"""What can be done with a bag from its page: every form, its job and its result, and what each refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.desks import RunningDesk, Visitor, environment_of, open_desk
from tests.support.held_bags import damage, make_bag, make_foreign_bag, read_page


def plan_of(desk: RunningDesk, path: str) -> dict[str, Any]:
    """The plan of the job whose page this is."""
    found: dict[str, Any] = json.loads((desk.state / "jobs" / path.rpartition("/")[2] / "job.json").read_text())
    return found


def try_and_confirm(visitor: Visitor, bag: int, action: str, fields: dict[str, Any]) -> tuple[str, str]:
    """Rehearse an action and confirm it: the page of the rehearsal, and that of the job that did it."""
    job = visitor.post(f"/bags/{bag}/{action}", fields)
    visitor.finish(job)
    result = f"/bags/{bag}/result/{job.url.path.rpartition('/')[2]}"
    return visitor.get(result).text, visitor.finish(visitor.post(result))


def test_a_damaged_bag_is_repaired_from_its_copy(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters")
    before = (bag / "data/original/letter.txt").read_bytes()
    damage(bag)
    visitor.finish(visitor.post("/bags/1/check"))
    assert "/vault/letters" in visitor.get("/bags/1/repair").text
    tried, done = try_and_confirm(visitor, 1, "repair", {"copy": "holding-2"})
    assert "1 file would be replaced" in tried
    assert "data/original/letter.txt" in tried
    assert "Done." in done
    assert (bag / "data/original/letter.txt").read_bytes() == before
    page = visitor.get("/bags/1").text
    assert "All files are intact" in page
    assert "Repaired" in page
    again = visitor.post("/bags/1/repair", {"copy": "holding-2"})
    visitor.finish(again)
    result = visitor.get(f"/bags/1/result/{again.url.path.rpartition('/')[2]}").text
    assert "nothing to repair" in result
    assert "Replace these files now" not in result


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A visitor to a desk with two foreign bags, for all that is refused: no job may ever be made there."""
    folder = tmp_path_factory.mktemp("desk")
    with open_desk(folder / "project", folder / "home") as desk, Visitor(desk) as visitor:
        make_foreign_bag(desk, "bag", {b"a.txt": b"a"})
        shutil.copytree(desk.folder / "foreign" / "bag", desk.folder / "vault")
        desk.archive("holdings", "add", "vault")
        make_foreign_bag(desk, "other", {b"b.txt": b"b"})
        (desk.folder / "out").symlink_to("/tmp")
        yield visitor


@pytest.mark.parametrize("copy", ["", "holding-1", "holding-3", "/etc", "deposit-1", "--yes", "vault/letters"])
def test_repair_takes_known_copies_only(refusing: Visitor, copy: str) -> None:
    answer = refusing.post("/bags/1/repair", {"copy": copy})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "nothing to repair it from" in refusing.get("/bags/3/repair").text
    assert not (refusing.desk.state / "jobs").exists()


def test_a_new_version_is_shown_first_and_then_made(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters", copy=False)
    more = desk.folder / "material" / "annex.txt"
    more.write_text("An annex.\n")
    fields = {
        "add": str(more),
        "as": "annexes",
        "remove": "page.html",
        "rename": "letter.txt",
        "rename_to": "first.txt",
    }
    tried, done = try_and_confirm(visitor, 1, "update", fields)
    for path in ("data/original/annexes/annex.txt", "data/original/page.html", "data/original/first.txt"):
        assert path in tried, path
    assert "version 2" in tried
    assert "Done." in done
    assert (bag / "data/original/annexes/annex.txt").exists()
    assert not (bag / "data/original/page.html").exists()
    assert visitor.client.get("/bags/at", params={"path": str(bag)}).url.path == "/bags/2"
    assert "the version before" in visitor.get("/bags/2").text
    assert "retired" in visitor.get("/bags/1").text
    assert visitor.post("/bags/1/check").status_code == 400
    replaced = desk.folder / "material" / "new.txt"
    replaced.write_text("Another letter.\n")
    try_and_confirm(visitor, 2, "update", {"replace": "first.txt", "replace_with": str(replaced)})
    assert (bag / "data/original/first.txt").read_text() == "Another letter.\n"


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"add": "/etc/passwd"}, {"add": "relative"}, {"add": "--discard-old"}, {"remove": "../../x"},
        {"rename": "a.txt"}, {"replace": "a.txt", "replace_with": "/etc/passwd"}, {"description": "/etc/passwd"},
        {"rename": "a.txt", "rename_to": "../b"}, {"remove": "a\0b"}, {"add": "x" * 50_000},
    ],
)  # fmt: skip
def test_an_update_that_cannot_be_is_refused(refusing: Visitor, fields: dict[str, str]) -> None:
    assert refusing.post("/bags/1/update", fields).status_code == 400
    assert not (refusing.desk.state / "jobs").exists()


def test_values_are_never_options(desk: RunningDesk, visitor: Visitor) -> None:
    make_foreign_bag(desk, "bag", {b"a.txt": b"a"})
    answer = visitor.post("/bags/1/update", {"remove": "--discard-old", "rename": "--keep-old", "rename_to": "-x"})
    steps = plan_of(desk, answer.url.path)["steps"][0]["arguments"]
    assert "--remove=data/original/--discard-old" in steps
    assert steps[steps.index("--rename") + 1 :][:2] == ["data/original/--keep-old", "data/original/-x"]
    answer = visitor.post("/bags/1/retire", {"reason": "--json"})
    assert "--reason=--json" in plan_of(desk, answer.url.path)["steps"][0]["arguments"]


def test_a_copy_is_given_with_a_cover_sheet(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters", private=True)
    fields = {"name": "R. Haddad", "purpose": "reading room", "restricted": "without", "language": "ar", "to": "copies"}
    job = visitor.post("/bags/1/copy", fields)
    assert "Show the result" in visitor.finish(job)
    result = visitor.get(f"/bags/1/result/{job.url.path.rpartition('/')[2]}").text
    assert "The copy is here" in result
    given = next((desk.folder / "copies").iterdir())
    assert given.name in result
    assert "R. Haddad" in visitor.get("/bags/1").text
    refused = visitor.finish(visitor.post("/bags/1/copy", {**fields, "restricted": "with"}))
    assert "could not be done" in refused


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""}, {"purpose": ""}, {"to": ""}, {"to": "/etc"}, {"to": "../../.."}, {"to": "out/x"}, {"to": "a\0b"},
        {"name": "A, B"}, {"language": "xx"}, {"reason": "because", "restricted": "without"},
    ],
)  # fmt: skip
def test_a_copy_that_cannot_be_is_refused(refusing: Visitor, changed: dict[str, str]) -> None:
    fields = {"name": "R. Haddad", "purpose": "reading room", "to": "copies", **changed}
    answer = refusing.post("/bags/1/copy", fields)
    assert answer.status_code == 400, answer.text
    assert not (refusing.desk.state / "jobs").exists()


def test_a_bag_is_exported(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters", copy=False)
    job = visitor.post("/bags/1/export", {"format": "rocrate", "to": "exports", "zip": "yes"})
    visitor.finish(job)
    assert "The package is here" in visitor.get(f"/bags/1/result/{job.url.path.rpartition('/')[2]}").text
    assert list((desk.folder / "exports").glob("*.zip"))
    for wrong in (
        {"format": "x", "to": "exports"},
        {"format": "--dry-run", "to": "x"},
        {"format": "bag", "to": "/etc"},
    ):
        assert visitor.post("/bags/1/export", wrong).status_code == 400


def test_a_bag_is_deposited_in_a_place_of_the_settings(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters", copy=False)
    assert "No place for deposits" in visitor.get("/bags/1/deposit").text
    with (desk.folder / "archive.toml").open("a") as settings:
        settings.write('\n[places.store]\nurl = "ocfl:store"\n')
    assert visitor.post("/bags/1/deposit", {"place": "ocfl:/tmp/x"}).status_code == 400
    tried, done = try_and_confirm(visitor, 1, "deposit", {"place": "store"})
    assert "would be sent" in tried
    assert "Done." in done
    assert (desk.folder / "store").is_dir()
    page = visitor.get("/bags/1").text
    assert "Deposit in" in page
    assert "2 copies" in page
    assert 'name="copy"' in visitor.get("/bags/1/repair").text


def test_a_bag_is_sealed_and_its_seal_verified(desk: RunningDesk, visitor: Visitor) -> None:
    make_bag(desk, "letters", copy=False)
    assert visitor.post("/bags/1/seal", {}).status_code == 400
    desk.archive("trust", "init", "Example Archive")
    subprocess.run(
        [sys.executable, "-m", "archive", "keys", "new", "anna"], cwd=desk.folder, check=True, capture_output=True,
        env={**environment_of(desk.home), "ARCHIVE_SEAL_PASSPHRASE": "correct horse"}, timeout=120,
    )  # fmt: skip
    key = "anna"
    assert key in visitor.get("/bags/1/seal").text
    for wrong in ("/etc/passwd", "../home", "nothing", "a\0b"):
        assert visitor.post("/bags/1/seal", {"key": wrong}).status_code == 400
    job = visitor.post("/bags/1/seal", {"key": key, "passphrase": "correct horse", "offline": "yes"})
    visitor.finish(job)
    kept = b"".join(path.read_bytes() for path in (desk.state / "jobs").rglob("*") if path.is_file())
    assert b"correct horse" not in kept
    page = read_page(visitor, "/bags/1")
    assert "Verify the seals" in page
    verify = visitor.post("/bags/1/verify")
    visitor.finish(verify)
    assert "Seal 1" in visitor.get(f"/check/{verify.url.path.rpartition('/')[2]}").text


def test_a_bag_is_retired(desk: RunningDesk, visitor: Visitor) -> None:
    make_foreign_bag(desk, "bag", {b"a.txt": b"a"})
    assert visitor.post("/bags/1/retire", {"reason": "  "}).status_code == 400
    visitor.finish(visitor.post("/bags/1/retire", {"reason": "returned to <b>the depositor</b>"}))
    page = visitor.get("/bags/1").text
    assert "was retired" in page
    assert "&lt;b&gt;the depositor&lt;/b&gt;" in page
    for word in ("check", "update", "seal", "copy", "export", "deposit", "retire", "repair"):
        assert visitor.post(f"/bags/1/{word}", {"reason": "x"}).status_code == 400, word


def test_only_what_was_tried_can_be_confirmed(desk: RunningDesk, visitor: Visitor) -> None:
    bag = make_bag(desk, "letters")
    damage(bag)
    visitor.finish(visitor.post("/bags/1/check"))
    job = visitor.post("/bags/1/repair", {"copy": "holding-2"})
    visitor.finish(job)
    number = job.url.path.rpartition("/")[2]
    assert visitor.post(f"/bags/2/result/{number}").status_code == 404  # of another bag
    copy = visitor.post("/bags/1/copy", {"name": "A", "purpose": "b", "to": "copies"})
    visitor.finish(copy)
    assert visitor.post(f"/bags/1/result/{copy.url.path.rpartition('/')[2]}").status_code == 400
    assert visitor.post("/bags/1/result/00000000000001").status_code == 404
    assert visitor.post(f"/bags/1/result/{number}", token="0" * 64).status_code == 403
    assert visitor.post("/bags/1/nothing").status_code == 404
    assert visitor.post("/bags/9/check").status_code == 404
