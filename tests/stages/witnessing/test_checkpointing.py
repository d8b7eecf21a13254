"""Checkpoints by the command line: made whole, handed out, and held against the ledger."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
import threading
import zipfile
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest

from archive.formats.inclusion_proof import MAX_PROOF_BYTES
from archive.formats.merkle import verify_consistency
from archive.ledger.chain import TREE_HASH, find_witnesses
from archive.stages.witnessing import handing_over
from tests.cli.test_json_schemas import validator_of
from tests.stages.witnessing.conftest import Sealing
from tests.support.audit_projects import found, start_command
from tests.support.mail_server import mail_server

STAMP = ("audit", "witness", "--stamp", "--key", "anna.key")


def stamp(sealing: Sealing, *more: str, code: int = 0) -> dict[str, Any]:
    got, document = sealing.project.json(*STAMP, *more)
    assert got == code, document
    validator_of("archive.audit/1").validate(document)
    return document


def verify(sealing: Sealing, *witnesses: object) -> tuple[int, dict[str, list[str]]]:
    words = [word for one in witnesses for word in ("--witness", str(one))]
    code, document = sealing.project.json("audit", "verify", *words)
    validator_of("archive.audit/1").validate(document)
    return code, found(document)


class TwoMeetings:
    """For an authority that takes part in two meetings: until all were asked, and until something else is done."""

    def __init__(self, meeting: threading.Barrier) -> None:
        self.meeting = meeting

    def wait(self) -> None:
        self.meeting.wait()
        self.meeting.wait()


def test_a_checkpoint_is_a_sealed_bag_with_the_line(sealing: Sealing) -> None:
    sealing.project.run("holdings", "add", "bag")
    first = stamp(sealing)
    folder = sealing.folder / "witness" / "0001"
    assert (folder / "witness.txt").read_text() == first["line"] + "\n"
    assert re.fullmatch(r"muniment-witness/2 [0-9a-f-]{36} 5 [0-9a-f]{64} [0-9a-f]{64} \S{20}", first["line"])
    assert first["stamps"] == {"found": 2, "needed": 2}
    assert {one["code"] for one in first["findings"]} == {"AUD-124"}, "no one outside has it"
    assert sealing.verify(str(folder)) == (0, [])
    assert sealing.project.run("validate", str(folder))[0] == 0
    assert {one.name for one in folder.glob("*manifest-*.txt")} == {
        f"{kind}-{algorithm}.txt" for kind in ("manifest", "tagmanifest") for algorithm in ("sha256", "sha512")
    }  # fmt: skip
    sealing.project.audit()
    second = stamp(sealing)
    proof = json.loads((sealing.folder / "witness" / "0002" / "data" / "consistency.json").read_bytes())
    assert (proof["line"], proof["earlier"]) == (second["line"], first["line"])
    old, new = find_witnesses(f"{first['line']} {second['line']}")
    path = [bytes.fromhex(one) for one in proof["proof"]]
    roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
    assert verify_consistency(old.number, roots[0], new.number, roots[1], path, new=TREE_HASH)
    assert sorted(os.listdir(sealing.folder / "witness")) == ["0001", "0002"]
    assert sealing.project.run("audit", "verify")[0] == 0


def test_every_form_of_a_witness_is_held_against_the_ledger(sealing: Sealing, tmp_path: Path) -> None:
    sealing.project.run("holdings", "add", "bag")
    old = sealing.project.run("audit", "witness")[1].strip()
    line = stamp(sealing)["line"]
    lines = tmp_path / "lines.txt"
    lines.write_text(f'Dear notary, "archive.inclusion/1" is a schema:\n> {old}\nand {line}.\n')
    folder = sealing.folder / "witness" / "0001"
    consistency = folder / "data" / "consistency.json"
    assert verify(sealing, old, line, f"{old}\n{line}", lines, folder, folder / "witness.txt", consistency) == (0, {})
    long, plain = tmp_path / "long.txt", tmp_path / "plain.txt"
    long.write_text(line.ljust(MAX_PROOF_BYTES))
    assert verify(sealing, long) == (0, {})
    long.write_text(line.ljust(MAX_PROOF_BYTES + 1))
    plain.write_text("no witness at all\n")
    for wrong in (long, plain):
        code, out, err = sealing.project.run("audit", "verify", "--witness", str(wrong))
        assert (code, out) == (2, ""), "a file in which nothing is compared is not a witness"
        assert "this is not a witness" in err
    for wrong in (line[:-1], "nothing", tmp_path, tmp_path / "missing", f"{line}\nmuniment-witness/2 cut"):
        assert sealing.project.run("audit", "verify", "--witness", str(wrong))[0] == 2, wrong
    shutil.copytree(folder, tmp_path / "copy")
    forged = (tmp_path / "copy" / "witness.txt").read_text().replace(line[-20:], "2020-01-01T00:00:00Z")
    (tmp_path / "copy" / "witness.txt").write_text(forged)
    code, codes = verify(sealing, tmp_path / "copy")
    assert code == 1, "the line is not the one that was sealed"
    assert any(one.startswith("BAG-") for one in codes)


def test_a_rewritten_past_is_found_and_gets_no_checkpoint(sealing: Sealing) -> None:
    sealing.project.run("holdings", "add", "bag")
    sealing.project.audit()
    stamp(sealing)
    with sqlite3.connect(sealing.folder / "ledger.sqlite3") as ledger:
        for name, sql in ledger.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
            ledger.execute(f"DROP TRIGGER {name}")
            del sql
        for table in ("checks", "intact_checks", "events", "seals"):
            ledger.execute(
                f"DELETE FROM {table} WHERE {'first_seq' if table in ('seals', 'intact_checks') else 'seq'} > 1"
            )
    ledger.close()
    assert sealing.project.run("audit", "verify")[0] == 0, "nothing in the ledger itself tells"
    assert verify(sealing, sealing.folder / "witness" / "0001") == (1, {"AUD-121": ["6"]})
    document = stamp(sealing, code=1)
    assert document["line"] is None
    assert [one["code"] for one in document["findings"]] == ["AUD-121"]
    assert sorted(os.listdir(sealing.folder / "witness")) == ["0001"]


def test_every_party_gets_it_and_each_hand_over_is_an_event(sealing: Sealing, tmp_path: Path) -> None:
    outside, kept = tmp_path / "other archive", tmp_path / "kept.txt"
    script = tmp_path / "keep.py"
    script.write_text(
        "import os, sys\n"
        f"open({str(kept)!r}, 'a').write(sys.stdin.read() + sys.argv[-1] + str(os.listdir(sys.argv[-1])))\n"
    )
    with mail_server() as (address, mails):
        text = (sealing.folder / "archive.toml").read_text()
        (sealing.folder / "archive.toml").write_text(
            f'{text}\n[notify]\nsmtp_host = "{address}"\nmail_from = "archive@example.org"\n'
            f'[witness]\nto = ["folder:{outside}", "mail:notary@example.org", "command:{sys.executable} {script}"]\n'
        )
        assert sealing.project.run("config", "--trust", ".")[0] == 0
        document = stamp(sealing)
    assert document["findings"] == []
    assert [one["done"] for one in document["handed"]] == [True, True, True]
    (copy,) = outside.iterdir()
    assert sealing.verify(str(copy)) == (0, [])
    assert kept.read_text().startswith(document["line"])
    assert "witness.txt" in kept.read_text()
    (mail,) = mails
    message = message_from_string(mail, policy=policy.default)
    assert message["To"] == "notary@example.org"
    body = message.get_body()
    assert body is not None
    assert document["line"] in " ".join(body.get_content().split())
    (attachment,) = message.iter_attachments()
    with zipfile.ZipFile(io.BytesIO(attachment.get_content())) as packed:
        assert any(name.endswith("/seal/0001/statement.json") for name in packed.namelist())
    with sqlite3.connect(sealing.folder / "ledger.sqlite3") as ledger:
        rows = ledger.execute("SELECT kind, outcome FROM events WHERE kind LIKE 'checkpoint%' ORDER BY seq").fetchall()
    ledger.close()
    assert rows == [("checkpoint", "success"), *[("checkpoint hand-over", "success")] * 3]
    assert verify(sealing, copy) == (0, {})


def test_a_party_that_does_not_take_it_is_named_and_stops_no_other(sealing: Sealing, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "file").touch()
    document = stamp(
        sealing, "--to", f"folder:{tmp_path / 'away' / 'share'}", "--to", f"folder:{tmp_path / 'file'}",
        "--to", "command:false --quietly",
        "--to", "command:no-such-program", "--to", "mail:notary@example.org", "--to", f"folder:{tmp_path / 'there'}",
        code=4,
    )  # fmt: skip
    assert [one["done"] for one in document["handed"]] == [False] * 5 + [True]
    assert all(one["problem"] for one in document["handed"][:5])
    assert [one["code"] for one in document["findings"]] == ["AUD-125"] * 5 + ["AUD-124"]
    with sqlite3.connect(sealing.folder / "ledger.sqlite3") as ledger:
        failed = ledger.execute("SELECT count(*) FROM events WHERE outcome = 'failure'").fetchone()
    ledger.close()
    assert failed == (5,)


def test_wrong_use_makes_nothing(sealing: Sealing, tmp_path: Path) -> None:
    inside = sealing.folder / "inside"
    inside.mkdir()
    (tmp_path / "link").symlink_to(inside)
    for words in (
        ("--to", "folder:"), ("--to", "post:x"), ("--to", f"folder:{inside}"), ("--to", f"folder:{tmp_path / 'link'}"),
        ("--to", "mail:nobody"), ("--to", "mail:a@b,c@d"), ("--to", "command:'"), ("--to", "nothing"),
    ):  # fmt: skip
        assert sealing.project.run(*STAMP, *words)[0] == 2, words
    assert sealing.project.run("audit", "witness", "--to", f"folder:{tmp_path}")[0] == 2
    assert sealing.project.run("audit", "witness", "--stamp")[0] == 2, "no key is named"
    assert not (sealing.folder / "witness").exists()


def test_parties_of_a_project_that_is_not_trusted_do_not_count(sealing: Sealing, tmp_path: Path) -> None:
    with (sealing.folder / "archive.toml").open("a") as file:
        file.write(f'[witness]\nto = ["command:touch {tmp_path / "run"}"]\n')
    assert sealing.project.run("config", "--distrust", ".")[0] == 0
    code, out, err = sealing.project.run(*STAMP, "--trust", "trust")
    assert code == 2, (out, err)
    assert not (tmp_path / "run").exists()


def test_too_few_stamps_are_told_and_made_up_for(sealing: Sealing) -> None:
    document = stamp(sealing, "--tsa", sealing.authorities[0].url, code=4)
    assert document["stamps"] == {"found": 1, "needed": 2}
    assert {one["code"] for one in document["findings"]} == {"AUD-124", "AUD-126"}
    assert "none was requested" in str(document["findings"])
    sealing.authorities[1].behaviour.failures = 3
    try:
        assert "503" in str(stamp(sealing, code=4)["findings"])
    finally:
        sealing.authorities[1].behaviour.failures = 0
    folder = str(sealing.folder / "witness" / "0001")
    assert sealing.verify(folder)[0] == 4
    assert sealing.project.run("seal", "--complete", folder)[0] == 0
    assert sealing.verify(folder) == (0, [])


def test_a_kill_at_any_time_leaves_a_whole_checkpoint_or_none(sealing: Sealing) -> None:
    sealing.project.run("holdings", "add", "bag")
    place = sealing.folder / "witness"
    for delay in (0.3, 0.6, 0.9, 1.2, 1.5):
        process = start_command(sealing.folder, *STAMP, "--trust", "trust")
        try:
            process.wait(delay)
        except Exception:  # noqa: BLE001 - it runs on, as it should
            process.send_signal(signal.SIGKILL)
        process.communicate()
        for folder in place.glob("[0-9]*"):
            assert sealing.verify(str(folder)) == (0, []), delay
        assert sealing.project.run("audit", "verify")[0] == 0
    before = len(list(place.glob("[0-9]*")))
    stamp(sealing)
    assert sorted(os.listdir(place)) == [f"{number:04}" for number in range(1, before + 2)], "no leftovers"


@pytest.mark.parametrize("name", ["0002x", "02", "x"])
def test_other_things_in_the_folder_are_left_alone(sealing: Sealing, name: str) -> None:
    (sealing.folder / "witness" / name).mkdir(parents=True)
    stamp(sealing)
    assert sorted(os.listdir(sealing.folder / "witness")) == sorted(["0001", name])


def test_a_checkpoint_continues_the_newest_of_its_own_ledger(sealing: Sealing) -> None:
    """A number that is taken is not used again, whatever has it."""
    line = stamp(sealing)["line"]
    place = sealing.folder / "witness"
    (place / "0002").write_text("no folder\n")
    for name, content in (
        ("0003", line.replace(line.split()[1], "0" * 8 + line.split()[1][8:])), ("0004", f"{line}\n{line}"),
        ("0005", sealing.project.run("audit", "witness")[1]), ("0006", ""),
    ):  # fmt: skip
        (place / name).mkdir()
        (place / name / "witness.txt").write_text(content)
    stamp(sealing)
    proof = json.loads((place / "0007" / "data" / "consistency.json").read_bytes())
    assert proof["earlier"] == line
    assert verify(sealing, place / "0001", place / "0007") == (0, {})
    for name in ("0005", "0006"):
        assert sealing.project.run("audit", "verify", "--witness", str(place / name))[0] == 2, "not a checkpoint"


def test_there_are_no_more_checkpoints_than_numbers(sealing: Sealing) -> None:
    place = sealing.folder / "witness"
    (place / "9998").mkdir(parents=True)
    stamp(sealing)
    code, _, err = sealing.project.run(*STAMP)
    assert code == 2
    assert "at most 9,999 checkpoints" in err
    assert sorted(os.listdir(place)) == ["9998", "9999"]


def test_a_place_that_is_not_a_folder_is_an_error_in_words(sealing: Sealing) -> None:
    (sealing.folder / "witness").write_text("a letter\n")
    code, out, err = sealing.project.run(*STAMP)
    assert (code, out) == (10, "")
    assert str(sealing.folder / "witness") in err


def test_what_a_killed_run_left_is_removed(sealing: Sealing) -> None:
    left = sealing.folder / "witness" / ".checkpoint.0123abcd.partial"
    (left / "bag").mkdir(parents=True)
    stamp(sealing)
    assert os.listdir(sealing.folder / "witness") == ["0001"]


def test_a_number_that_another_process_takes_meanwhile(sealing: Sealing) -> None:
    """It is taken while the authorities are asked."""
    behaviours = [one.behaviour for one in sealing.authorities]
    meeting = threading.Barrier(3, timeout=60)

    def take() -> None:
        meeting.wait()
        (sealing.folder / "witness" / "0001").mkdir()
        meeting.wait()

    thread = threading.Thread(target=take)
    thread.start()
    try:
        for one in behaviours:
            one.meeting = TwoMeetings(meeting)
        code, out, err = sealing.project.run(*STAMP)
    finally:
        for one in behaviours:
            one.meeting = None
        thread.join()
    assert (code, out) == (2, "")
    assert "another process makes a checkpoint" in err
    assert os.listdir(sealing.folder / "witness") == ["0001"]
    assert os.listdir(sealing.folder / "witness" / "0001") == []


def test_a_party_that_is_named_twice_is_one(sealing: Sealing, tmp_path: Path) -> None:
    words = [word for _ in range(2) for word in ("--to", f"folder:{tmp_path / 'there'}")]
    document = stamp(sealing, *words)
    assert len(document["handed"]) == 1
    assert [one["code"] for one in document["findings"]] == ["AUD-124"]
    document = stamp(sealing, *words, "--to", "command:true")
    assert document["findings"] == [], "two are enough"


def test_a_program_that_does_not_end_is_left(sealing: Sealing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_over, "SECONDS", 0.3)
    document = stamp(sealing, "--to", "command:sh -c 'exec sleep 60'", code=4)
    assert "has not ended within" in document["handed"][0]["problem"]


def test_the_words_of_a_program_that_fails(sealing: Sealing, tmp_path: Path) -> None:
    (tmp_path / "fail.py").write_text("import sys\nsys.exit('no \x1b[31mroom')\n")
    document = stamp(sealing, "--to", f"command:{sys.executable} {tmp_path / 'fail.py'}", code=4)
    assert document["handed"][0]["problem"] == "the program ended with 1: no \\x1b[31mroom"


def test_a_mail_server_of_a_project_that_is_not_trusted_gets_nothing(sealing: Sealing) -> None:
    with mail_server() as (address, mails):
        with (sealing.folder / "archive.toml").open("a") as file:
            file.write(f'[notify]\nsmtp_host = "{address}"\nmail_from = "archive@example.org"\n')
        assert sealing.project.run("config", "--distrust", ".")[0] == 0
        document = stamp(sealing, "--trust", "trust", "--to", "mail:notary@example.org", code=4)
    assert "does not count" in document["handed"][0]["problem"]
    assert mails == []


def test_a_checkpoint_that_a_party_has_is_not_overwritten(sealing: Sealing, tmp_path: Path) -> None:
    line = stamp(sealing)["line"]
    place = tmp_path / "there"
    (place / f"muniment-checkpoint-{line.split()[1]}-0002").mkdir(parents=True)
    document = stamp(sealing, "--to", f"folder:{place}", code=4)
    assert document["handed"][0]["problem"]
    assert [len(list(one.iterdir())) for one in place.iterdir()] == [0]


def test_files_that_are_not_a_witness(sealing: Sealing, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "proof").write_text('{"schema": "archive.inclusion/1"}\n')
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "witness.txt")
    for name, code in (("pipe", 4), ("proof", 2), ("folder", 4)):
        got, out, err = sealing.project.run("audit", "verify", "--witness", str(tmp_path / name))
        assert (got, out) == (code, "")
        assert str(tmp_path / name) in err
