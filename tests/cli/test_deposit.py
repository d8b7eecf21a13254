"""`archive deposit` and `archive retrieve` as people run them: exit codes, words, JSON, kills, secrets."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archive.cli.app import run
from archive.config import load_settings
from archive.ledger.book import create_ledger, ledger_address, open_ledger
from tests.support.deposit_bags import HARD_NAMES, tree_of, write_bag
from tests.support.trusting import trust
from tests.support.waiting import wait_until


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "archive.toml").write_text("[deposit]\nretries = 0\nseconds = 5\npoll_seconds = 1\n")
    trust(folder)
    monkeypatch.chdir(folder)
    return folder


def check(document: dict[str, Any], checkout: Path) -> dict[str, Any]:
    name = document["schema"].replace("/", "-")
    jsonschema.Draft202012Validator(json.loads((checkout / f"metadata/reports/{name}.json").read_text())).validate(
        document
    )
    return document


def test_out_and_back(project: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bag = write_bag(project / "bag")
    assert run(["deposit", "bag", "ocfl:root", "--dry-run", "--json"]) == 0
    planned = check(json.loads(capsys.readouterr().out), checkout)
    assert planned["deposits"][0]["state"] == "planned"
    assert planned["deposits"][0]["plan"]["files"] == len(HARD_NAMES) + 6
    assert not (project / "root").exists()
    assert run(["deposit", "bag", "ocfl:root", "--json"]) == 0
    done = check(json.loads(capsys.readouterr().out), checkout)
    receipt = done["deposits"][0]["receipt"]
    assert (receipt["proof"], receipt["verified"]) == ("read_back", len(HARD_NAMES) + 6)
    (kept,) = (project / "deposits").glob("*.receipt.json")
    assert check(json.loads(kept.read_text()), checkout) == receipt
    assert run(["deposit", "bag", "ocfl:root"]) == 0
    assert "deposited" in capsys.readouterr().out
    assert run(["validate", "root", "-q"]) == 0
    capsys.readouterr()
    assert run(["retrieve", "ocfl:root", receipt["identifier"], "--to", "back", "--name", "bag", "--json"]) == 0
    back = check(json.loads(capsys.readouterr().out), checkout)
    assert back["verdict"] == "valid"
    assert tree_of(project / "back" / "bag") == tree_of(bag)
    assert run(["retrieve", "ocfl:root", receipt["identifier"], "--to", "back", "--name", "bag"]) == 2
    assert run(["retrieve", "ocfl:root", "urn:none", "--to", "back"]) == 10
    assert run(["retrieve", "dir:nowhere", "bag", "--to", "back"]) == 10
    assert run(["retrieve", "ocfl:root", receipt["identifier"], "--to", "back", "--name", "../x"]) == 2


@pytest.mark.parametrize("form", ["files", "zip", "tar"])
def test_a_folder_of_bags(project: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    bag = write_bag(project / "bag")
    (project / "archive.toml").write_text(f'[targets.shelf]\nurl = "dir:shelf"\nform = "{form}"\n')
    assert run(["deposit", "bag", "shelf"]) == 0
    name = "bag" if form == "files" else f"bag.{form}"
    assert [path.name for path in (project / "shelf").iterdir()] == [name]
    assert run(["validate", f"shelf/{name}", "-q"]) == 0
    assert run(["retrieve", "shelf", name, "--to", "back"]) == 0
    if form == "files":
        assert tree_of(project / "back" / "bag") == tree_of(bag)
    capsys.readouterr()
    (project / "shelf" / name).rename(project / "shelf" / "away")
    assert run(["deposit", "bag", "shelf"]) == 0
    assert sorted(path.name for path in (project / "shelf").iterdir()) == sorted(["away", name])


def test_damage_over_there_is_not_found_to_be_the_same(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bag(project / "bag")
    (project / "archive.toml").write_text('[targets.shelf]\nurl = "dir:shelf"\n')
    assert run(["deposit", "bag", "shelf"]) == 0
    for path in (project / "deposits").iterdir():
        path.unlink()
    (project / "shelf" / "bag" / "data" / "a+b.txt").write_bytes(b"?" * len(b"a+b.txt" * 50))
    assert run(["deposit", "bag", "shelf"]) == 5
    assert "DEP-108" in capsys.readouterr().out
    assert run(["retrieve", "shelf", "bag", "--to", "back"]) == 1
    assert [path.name for path in (project / "back").iterdir()] == ["bag.damaged"]
    (project / "shelf" / "bag" / "data" / "a+b.txt").unlink()
    assert run(["deposit", "bag", "shelf"]) == 5
    assert "DEP-103" in capsys.readouterr().out


def test_what_was_sent_and_is_not_there(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from archive.targets.folder import Directory

    write_bag(project / "bag")
    commit = Directory.commit

    def lose(self: Directory, *given: Any) -> Any:
        done = commit(self, *given)
        (project / "shelf" / "bag" / "data" / "a+b.txt").unlink()
        return done

    monkeypatch.setattr(Directory, "commit", lose)
    assert run(["deposit", "bag", "dir:shelf"]) == 5
    assert "DEP-109" in capsys.readouterr().out


def test_a_damaged_bag_is_refused_before_a_byte_leaves(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bag = write_bag(project / "bag")
    (bag / "data" / "a+b.txt").write_text("changed")
    assert run(["deposit", "bag", "dir:shelf", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["deposits"][0]["state"] == "refused"
    assert "DEP-101" in {finding["code"] for finding in document["deposits"][0]["findings"]}
    assert not (project / "shelf").exists()


def test_rights_that_forbid_it_are_kept_to(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from archive.model.codes.description import RIGHTS_UNREADABLE

    monkeypatch.setattr(
        "archive.stages.depositing.admission.check_release", lambda *_: [RIGHTS_UNREADABLE.at("x", problem="no")]
    )
    write_bag(project / "bag")
    (project / "archive.toml").write_text('[places.shelf]\nurl = "dir:shelf"\naudience = "public"\n')
    assert run(["deposit", "bag", "shelf"]) == 5
    assert "refused" in capsys.readouterr().out
    assert not (project / "shelf").exists()
    for config in ('[targets.shelf]\nurl = "dir:shelf"\n', ""):  # nobody said who sees it
        (project / "archive.toml").write_text(config)
        assert run(["deposit", "bag", "shelf" if config else "dir:shelf"]) == 5
        assert not (project / "shelf").exists()
    (project / "archive.toml").write_text('[places.shelf]\nurl = "dir:shelf"\n')
    assert run(["deposit", "bag", "shelf"]) == 0
    assert "DEP-130" in capsys.readouterr().out


def test_statements_of_a_bag_are_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.support.deposit_bags import seal

    bag = write_bag(project / "bag")
    (bag / "metadata" / "descriptive").mkdir(parents=True)
    (bag / "metadata" / "descriptive" / "statements.json").write_text("{ no statements")
    seal(bag)
    assert run(["deposit", "bag", "dir:shelf"]) in (1, 5)
    assert not (project / "shelf").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["deposit"], 2),
        (["deposit", "bag"], 2),
        (["deposit", "bag", "gopher://x"], 2),
        (["deposit", "bag", "shelf"], 2),
        (["deposit", "nothing", "dir:shelf"], 10),
        (["deposit", "bag", "dir:"], 2),
        (["deposit", "bag", "bag", "dir:x", "--identifier", "urn:x"], 2),
        (["deposit", "bag", "s3://user:hush-hush@bucket/x"], 2),
        (["deposit", "bag", "sftp://user:hush-hush@host/x"], 2),
        (["deposit", "bag", "sword+https://user:hush-hush@host/x"], 2),
        (["deposit", "bag", "invenio+https://user:hush-hush@host/x"], 2),
        (["deposit", "bag", "wrong"], 2),
        (["deposit", "bag", "typo"], 2),
        (["deposit", "bag", "form"], 2),
        (["deposit", "archive.toml", "dir:shelf"], 2),
    ],
)
def test_wrong_calls(project: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    write_bag(project / "bag", {"a": b"a"})
    (project / "archive.toml").write_text(
        '[targets.wrong]\nurl = "s3://b/x"\nsecret_key = "hush-hush"\n[targets.typo]\nurl = "dir:x"\nfrom = "zip"\n'
        '[targets.form]\nurl = "dir:x"\nform = "rar"\n'
    )
    assert run(arguments) == code
    told = capsys.readouterr()
    assert "hush-hush" not in told.out + told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "a bag, and a place last, as in: archive deposit bags/press-release ocfl:repository"),
        (["bag"], "a place as the last argument, as in: archive deposit bags/press-release ocfl:repository"),
        (["dir:shelf"], "a bag before the place, as in: archive deposit bags/press-release ocfl:repository"),
        (["there"], "a bag before the place"),
        (["dir:shelf", "bag"], "The place comes last"),
        (["nothing", "dir:shelf"], "error: nothing: there is no such file or folder. Check the path, then run again\n"),
        (["archive.toml", "dir:shelf"], "error: archive.toml: this is not a bag"),
    ],
)
def test_what_a_wrong_call_lacks_is_told(
    project: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_bag(project / "bag", {"a": b"a"})
    (project / "archive.toml").write_text('[targets.there]\nurl = "dir:shelf"\n')
    assert run(["deposit", *arguments]) in (2, 10)
    assert said in capsys.readouterr().err


def test_figures_are_written_to_be_read(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bag(project / "bag", {"large": bytes(1_234_567)})
    run(["deposit", "--dry-run", "bag", "dir:shelf"])
    assert ",".join(["1", "235"]) in capsys.readouterr().out
    run(["deposit", "bag", "dir:shelf"])
    run(["retrieve", "dir:shelf", "bag", "--to", "back"])
    assert " files, 1,235," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bag", "target", "code", "command"),
    [
        ("bag", "gone", 5, "archive deposit bag gone"),
        ("a bag", "gone", 5, "archive deposit 'a bag' gone"),
        ("bag", "locked", 12, "archive deposit --dry-run bag locked"),
        ("damaged", "dir:shelf", 1, "archive validate damaged"),
        ("bag", "dir:taken", 5, "archive deposit --dry-run bag dir:taken"),
    ],
)
def test_the_last_line_is_the_next_command(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bag: str,
    target: str,
    code: int,
    command: str,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(project))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (project / "archive.toml").write_text(
        "[deposit]\nretries = 0\n"
        '[targets.gone]\nurl = "sftp://127.0.0.1:9/x"\n[targets.locked]\nurl = "s3://b/x"\nendpoint = "http://127.0.0.1:9"\n'
    )
    write_bag(project / bag, {"a": b"a"})
    (project / "taken" / "bag").mkdir(parents=True)
    if bag == "damaged":
        (project / bag / "data" / "a").write_bytes(b"?")
    assert run(["deposit", bag, target, "-q"]) == code
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == f"  Then: {command}"
    assert "no server listens there" in said or target != "gone"
    if target == "locked":
        assert "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in said


def test_the_next_command_after_an_outcome_that_is_not_known(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from archive.model.codes.deposit import UNKNOWN_OUTCOME
    from archive.model.deposit import DepositReport, DepositState
    from archive.reporting.deposit import deposit_lines

    found = UNKNOWN_OUTCOME.at("sword+https://example.org/x", words="the line is dead")
    report = DepositReport("bag", "sword+https://example.org/x", DepositState.UNKNOWN, (found,))
    *_, last = deposit_lines(report, "--identifier urn:x bag there")
    assert last == "  Then: archive deposit --resume --identifier urn:x bag there"


def test_credentials_that_others_may_read_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bag(project / "bag", {"a": b"a"})
    (project / "keys.toml").write_text('user = "u"\npassword = "hush-hush"\n')
    (project / "archive.toml").write_text(
        "[deposit]\nretries = 0\n"
        f'[targets.there]\nurl = "s3://b/x"\nendpoint = "http://127.0.0.1:9"\ncredentials = "{project}/keys.toml"\n'
    )
    os.chmod(project / "keys.toml", 0o644)
    assert run(["deposit", "bag", "there"]) == 12
    os.chmod(project / "keys.toml", 0o600)
    code = run(["deposit", "bag", "there", "-q"])
    told = capsys.readouterr()
    assert code == 5
    assert "hush-hush" not in told.out + told.err


def test_a_ledger_is_told(project: Path) -> None:
    settings = load_settings(str(project))
    create_ledger(ledger_address(settings), now=1).close()
    write_bag(project / "bag")
    assert run(["deposit", "bag", "ocfl:root"]) == 0
    ledger = open_ledger(ledger_address(settings))
    rows = ledger.backend.query("SELECT kind, outcome, detail FROM events WHERE kind = ?", ("transfer",))
    ledger.close()
    ((kind, outcome, detail),) = rows
    assert (kind, outcome) == ("transfer", "success")
    assert json.loads(detail)["identifier"] == "urn:muniment:bag:bag#v1"


def test_a_ledger_that_cannot_be_told_is_a_warning(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "ledger.sqlite3").write_text("this is no ledger at all, but some text")
    write_bag(project / "bag")
    assert run(["deposit", "bag", "ocfl:root"]) == 0
    assert "DEP-119" in capsys.readouterr().out


def test_a_client_that_is_killed_goes_on(project: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bag = write_bag(project / "bag", large=30 << 20)
    command = [sys.executable, "-m", "archive", "deposit", "bag", "dir:shelf"]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    shelf, killed = project / "shelf", 0

    def stored() -> int:
        found = 0
        for path in shelf.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                found += path.stat().st_size if path.is_file() else 0
        return found

    for octets in (1, 5 << 20, 15 << 20):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda one=process, most=octets: one.poll() is not None or stored() >= most)
        process.send_signal(signal.SIGKILL)
        killed += process.wait(60) == -signal.SIGKILL
        final = shelf / "bag"
        assert not final.exists() or tree_of(final) == tree_of(bag)
    assert killed
    assert run(["deposit", "bag", "dir:shelf", "--resume"]) == 0
    assert [path.name for path in (project / "shelf").iterdir()] == ["bag"]
    assert tree_of(project / "shelf" / "bag") == tree_of(bag)


def test_two_at_once_are_one_too_many(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from archive.storage.journal import Journal

    write_bag(project / "bag")
    assert run(["deposit", "bag", "dir:shelf"]) == 0
    (journal,) = (project / "deposits").glob("*.journal")
    with Journal(str(journal)):
        assert run(["deposit", "bag", "dir:shelf"]) == 11
