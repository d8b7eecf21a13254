"""`archive status` and `archive deposits`: what they count, what they name, how they end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import archive
from tests.support.audit_projects import Project, some_files, write_bag

START = 1_800_000_000
BAD = "data/d1/file-00001.bin"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    made = Project(folder, monkeypatch).start()
    made.set_clock(START)
    return made


def hold(project: Project, *names: str) -> None:
    """Bags of their own content, held and audited."""
    for name in names:
        write_bag(project.folder / name, {**some_files(3), "name.txt": name.encode()})
    assert project.run("holdings", "add", *names)[0] == 0
    assert project.audit()[0] == 0


def unanswered(project: Project) -> None:
    """The journal of a deposit that was killed while the repository was asked to take it."""
    (journal,) = (project.folder / "deposits").glob("*.journal")
    lines = journal.read_bytes().splitlines(keepends=True)
    asked = next(place for place, line in enumerate(lines) if json.loads(line)["do"] == "commit")
    (journal.parent / f"{'0' * 32}.journal").write_bytes(b"".join(lines[: asked + 1]))


def test_nothing_held_is_no_success(project: Project) -> None:
    code, out, err = project.run("status")
    assert (code, out) == (2, "")
    assert "archive holdings add" in err


def test_a_sound_archive_says_when_the_next_check_is(project: Project) -> None:
    hold(project, "one", "two")
    code, out, _err = project.run("status")
    assert code == 0
    assert out.startswith("intact: 2 of 2 holdings intact\nBags:        2, in 2 holdings with ")
    assert "Next check:  2027-04-15, when the first file is due" in out
    assert "0 of 2 bags kept by the rule 3-2-1; 2 in fewer than 3 copies" in out
    assert f"Next: archive deposit {project.folder}/one PLACE" in out
    assert len(out.splitlines()) <= 24


def test_damage_names_the_bag_and_the_copy_to_repair_it_from(project: Project) -> None:
    hold(project, "one")
    shutil.copytree(project.folder / "one", project.folder / "copy of one")
    assert project.run("holdings", "add", "copy of one")[0] == 0
    (project.folder / "one" / BAD).write_bytes(b"?")
    assert project.audit("one")[0] == 1
    code, out, _err = project.run("status")
    assert (code, out.partition(":")[0]) == (1, "damaged")
    assert f"Damaged:     1 holding: {project.folder}/one\n" in out
    command = f"archive repair {project.folder}/one --from '{project.folder}/copy of one'"
    assert f"Next: {command}\n" in out
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 1, "a damaged holding is no copy"


@pytest.mark.parametrize(("days", "code", "word"), [(89, 0, "intact"), (91, 4, "not checked")])
def test_it_ends_as_the_status_of_audits_does(project: Project, days: int, code: int, word: str) -> None:
    hold(project, "one")
    project.set_clock(START + days * 86400)
    assert project.run("status")[0] == project.run("audit", "status")[0] == code
    document = project.json("status")[1]
    assert (document["outcome"], document["exit_code"]) == (word, code)
    assert ("archive audit" in document["next"]) is (code == 4)
    assert project.run("status", "--max-age", "1y")[0] == 0


def test_a_deposit_is_a_copy_unless_it_is_held_itself(project: Project) -> None:
    hold(project, "one")
    assert project.run("deposit", "one", "dir:out", "-q")[0] == 0
    assert project.run("deposit", "one", "dir:out", "-q")[0] == 0, "once more is the same copy"
    assert project.json("status")[1]["copies"]["short"][0] == {
        "path": f"{project.folder}/one", "copies": 2, "media": 1, "elsewhere": 0,
    }  # fmt: skip
    assert project.run("holdings", "add", "--new", "out/one")[0] == 0
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 2


def test_a_damaged_deposit_that_is_held_is_no_copy(project: Project) -> None:
    hold(project, "one")
    assert project.run("deposit", "one", "dir:out", "-q")[0] == 0
    (project.folder / "out" / "one" / BAD).write_bytes(b"?")
    assert project.audit("out/one")[0] == 1
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 1


def test_a_new_version_has_none_of_the_copies_of_the_old_one(project: Project) -> None:
    assert project.run("create", str(write_bag(project.folder / "x", some_files(2)) / "data"), "--to", "made",
                       "--name", "one", "--plain", "-q")[0] == 0  # fmt: skip
    assert project.run("holdings", "add", "made/one")[0] == 0
    assert project.run("deposit", "made/one", "dir:out", "-q")[0] == 0
    (project.folder / "letter.txt").write_text("Dear all.\n")
    before = project.json("status")[1]["copies"]["short"][0]["copies"]
    assert project.run("update", "made/one", "--add", "letter.txt", "--discard-old")[0] == 0
    after = project.json("status")[1]["copies"]["short"][0]["copies"]
    assert (before, after) == (2, 1)


def test_an_unknown_outcome_is_an_alarm(project: Project) -> None:
    hold(project, "one")
    assert project.run("deposit", "one", "dir:out", "-q")[0] == 0
    unanswered(project)
    command = f"archive deposit --resume {project.folder}/one dir:{project.folder}/out"
    code, out, _err = project.run("status")
    assert code == 5
    assert "Deposits:    1 accepted; 1 outcome unknown\n" in out
    assert f"Next: {command}\n" in out
    code, document = project.json("deposits", "list", "--pending")
    assert code == 5
    assert [one["state"] for one in document["deposits"]] == ["outcome unknown"]
    code, out, _err = project.run("deposits", "show", "00000000")
    assert (code, out.splitlines()[-1]) == (5, f"Next: {command}")
    (project.folder / "one" / BAD).write_bytes(b"?")
    assert project.audit("one")[0] == 1
    assert project.run("status")[0] == 1, "damage is graver"


def test_deposits_are_known_by_path_name_identifier_and_key(project: Project) -> None:
    assert project.run("deposits", "list") == (0, "no deposits yet\nNext: archive deposit BAG PLACE\n", "")
    hold(project, "one")
    assert project.run("deposit", "one", "ocfl:repository", "-q")[0] == 0
    (one,) = project.json("deposits", "list")[1]["deposits"]
    assert (one["state"], one["recorded"], one["holding"]) == ("accepted", True, 1)
    for text in ("one", str(project.folder / "one"), one["receipt"]["identifier"], one["key"], one["key"][:8]):
        assert project.json("deposits", "show", text)[1]["deposits"] == [one], text
    assert project.run("deposits", "show", one["key"][:7])[0] == 10
    assert "recorded for holding 1" in project.run("deposits", "show", "one")[1]
    assert project.run("deposits", "list", "--pending")[1] == "no deposit is pending\n"


def test_what_is_left_of_a_deposit_is_enough(project: Project) -> None:
    hold(project, "one")
    assert project.run("deposit", "one", "dir:out", "-q")[0] == 0
    kept = project.folder / "deposits"
    (whole,) = project.json("deposits", "list")[1]["deposits"]
    for path in kept.glob("*.journal"):
        path.unlink()
    (receipt,) = project.json("deposits", "list")[1]["deposits"]
    assert (receipt["receipt"], receipt["state"]) == (whole["receipt"], "accepted")
    shutil.rmtree(kept)
    (event,) = project.json("deposits", "list")[1]["deposits"]
    assert (event["receipt"], event["path"], event["holding"]) == (whole["receipt"], whole["path"], 1)
    assert project.json("status")[1]["deposits"]["accepted"] == 1
    kept.mkdir()
    (kept / f"{'1' * 32}.receipt.json").write_text("{")
    code, document = project.json("deposits", "list", "--pending")
    assert (code, [one["state"] for one in document["deposits"]]) == (5, ["outcome unknown"])


def test_the_library_has_the_same(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(project, "one")
    assert project.run("deposit", "one", "dir:out", "-q")[0] == 0
    with archive.Ledger.open(project.folder) as ledger:
        assert ledger.overview().to_dict() == project.json("status")[1]
        assert ledger.deposits("one").to_dict() == project.json("deposits", "show", "one")[1]
        assert ledger.deposits().deposits[0].progress is archive.DepositProgress.ACCEPTED
        with pytest.raises(archive.NotFoundError):
            ledger.deposits("other")
