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
import zipfile
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest

from archive.formats.inclusion_proof import MAX_PROOF_BYTES
from archive.formats.merkle import verify_consistency
from archive.ledger.chain import TREE_HASH, find_witnesses
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
    document = stamp(
        sealing, "--to", f"folder:{tmp_path / 'away' / 'share'}", "--to", "command:false --quietly",
        "--to", "command:no-such-program", "--to", "mail:notary@example.org", "--to", f"folder:{tmp_path / 'there'}",
        code=4,
    )  # fmt: skip
    assert [one["done"] for one in document["handed"]] == [False, False, False, False, True]
    assert all(one["problem"] for one in document["handed"][:4])
    assert [one["code"] for one in document["findings"]] == ["AUD-125"] * 4 + ["AUD-124"]
    with sqlite3.connect(sealing.folder / "ledger.sqlite3") as ledger:
        failed = ledger.execute("SELECT count(*) FROM events WHERE outcome = 'failure'").fetchone()
    ledger.close()
    assert failed == (4,)


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
