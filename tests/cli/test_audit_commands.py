"""The commands around audits: events, repair, schedule, notices; and that their JSON keeps to its schemas."""

from __future__ import annotations

import json
import os
import re
import shutil
import socketserver
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from archive.ledger.item_ranges import numbers_of, read_ranges
from tests.support.audit_projects import Project, found, some_files, write_bag
from tests.support.mail_server import mail_server
from tests.support.needing import needs

BAD = "d1/file-00001.bin"


@pytest.fixture
def pair(pair: tuple[Path, Path], project: Project) -> tuple[Path, Path]:
    """A bag and its copy, both held and once audited."""
    assert project.audit()[0] == 0
    return pair


def check_schema(checkout: Path, document: dict[str, Any]) -> None:
    import jsonschema

    name = document["schema"].removeprefix("archive.").replace("/", "-")
    schema = json.loads((checkout / "metadata" / "reports" / f"archive.{name}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def test_json_keeps_to_its_schemas(project: Project, pair: tuple[Path, Path], checkout: Path) -> None:
    (pair[0] / "data" / BAD).write_bytes(b"?")
    for arguments in (
        ("audit", str(pair[0]), "--quiet"), ("audit", "status"), ("audit", "history"), ("audit", "verify"),
        ("audit", "history", str(pair[0])), ("holdings", "list"), ("events", str(pair[0])), ("report",),
        ("repair", str(pair[0]), "--from", str(pair[1]), "--yes"),
    ):  # fmt: skip
        _code, document = project.json(*arguments)
        assert next(iter(document)) == "schema"
        check_schema(checkout, document)


def test_events_are_valid_premis(project: Project, pair: tuple[Path, Path], checkout: Path, tmp_path: Path) -> None:
    from lxml import etree

    bag, copy = pair
    (bag / "data" / BAD).write_bytes(b"?")
    project.audit(str(bag))
    project.run("repair", str(bag), "--from", str(copy), "--yes")
    project.run("holdings", "retire", str(copy), "--reason", "lent & returned")
    for holding, expected in (
        (bag, ["accession", "fixity check", "fixity check", "recovery", "fixity check"]),
        (copy, ["replication", "fixity check", "deaccession"]),
    ):
        target = tmp_path / f"{expected[0]}.xml"
        code, _out, err = project.run("events", str(holding), "--premis", "--output", str(target))
        assert code == 0, err
        schema = etree.XMLSchema(etree.parse(checkout / "metadata" / "schemas" / "premis.xsd"))
        document = etree.parse(target)
        schema.assertValid(document)
        names = {"p": "http://www.loc.gov/premis/v3"}
        assert [one.text for one in document.findall(".//p:eventType", names)] == expected
        assert str(tmp_path).encode() not in target.read_bytes(), "no path of this machine"
    assert project.run("events", str(bag), "--premis", "--output", str(target))[0] == 2
    outcomes = [one["outcome"] for one in project.json("events", str(bag))[1]["events"]]
    assert outcomes == ["success", "success", "failure", "success", "success"]


def test_schedules_are_units_and_lines_that_parse(project: Project, tmp_path: Path) -> None:
    code, out, _err = project.run("schedule", "--weekly", "--budget", "2h", "--notify")
    assert code == 0
    assert "OnCalendar=Sun *-*-* 02:30:00" in out
    assert "audit --quiet --budget 2h --notify" in out
    code, out, _err = project.run("schedule", "--daily", "--cron")
    assert out.startswith("30 2 * * * cd ")
    project.monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert project.run("schedule", "--daily", "--install")[0] == 0
    units = sorted((tmp_path / "config" / "systemd" / "user").iterdir())
    assert [re.sub("[0-9a-f]{8}", "#", unit.name) for unit in units] == [
        "muniment-audit-project-#.service", "muniment-audit-project-#.timer",
    ]  # fmt: skip
    verify = shutil.which("systemd-analyze")
    if verify:
        done = subprocess.run(
            [verify, "verify", "--user", "--man=no", *map(str, units)], capture_output=True, check=False
        )
        assert b"muniment-audit" not in done.stderr, done.stderr
    assert project.run("schedule")[0] == 2
    assert project.run("schedule", "--weekly", "--budget", "soon")[0] == 2


class _Hook(BaseHTTPRequestHandler):
    received: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        self.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        del format, args


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_one_summary_a_run_whose_subject_is_the_verdict(
    project: Project, pair: tuple[Path, Path], checkout: Path
) -> None:
    (pair[0] / "data" / BAD).write_bytes(b"?")
    _Hook.received.clear()
    with serving(HTTPServer(("127.0.0.1", 0), _Hook)) as hook, mail_server() as (mail, mails):
        with (project.folder / "archive.toml").open("a") as file:
            file.write(
                f'\n[notify]\nwebhook = "http://{hook}/x"\nmail_to = ["director@example.org"]\n'
                f'mail_from = "archive@example.org"\nsmtp_host = "{mail}"\n'
            )
        assert project.audit(str(pair[0]), "--notify")[0] == 1
        verdict = project.json("audit", "history")[1]["runs"][0]["verdict"]
        timed = project.json("schedule", "--weekly", "--notify")[1]["command"]
        words = timed[timed.index("audit") :]
        assert project.run(*words)[0] == 1, "what the timer runs; the damage stands"
        later = project.json("audit", "history")[1]["runs"][0]["verdict"]
        (project.folder / "ledger.sqlite3").rename(project.folder / "away")
        assert project.run(*words)[0] == 10
        (project.folder / "away").rename(project.folder / "ledger.sqlite3")
    assert [one["subject"] for one in _Hook.received[:2]] == [verdict, later]
    assert [one["outcome"] for one in _Hook.received] == ["damaged", "damaged", "not checked"]
    for notice in _Hook.received:
        check_schema(checkout, notice)
    messages = [message_from_string(text, policy=policy.default) for text in mails]
    name = project.folder.name
    assert [message["Subject"] for message in messages[:2]] == [f"[{name}] {verdict}", f"[{name}] {later}"]
    assert "AUD-101" in messages[0].get_content()
    assert messages[2]["Subject"].startswith(f"[{name}] not checked: the audit did not run: ")
    assert "there is no ledger here" in messages[2].get_content()
    assert "AUD-115" in messages[2].get_content()
    code, out, err = project.run("audit", "--notify", "--quiet", str(pair[0]))
    assert code == 1, "nobody listens any more, but the damage comes first"
    assert "AUD-101" in out
    assert "webhook" in err or "mailed" in err
    (pair[0] / "data" / BAD).write_bytes((pair[1] / "data" / BAD).read_bytes())
    code, out, err = project.run("audit", "--notify", "--quiet", str(pair[0]))
    assert (code, out.startswith("intact: 14 files")) == (4, True), "nobody was told"
    assert project.json("audit", "history")[1]["runs"][0]["files"] == 14, "the audit itself was done"


def test_status_is_an_alarm_of_its_own(project: Project, tmp_path: Path) -> None:
    for words in (("audit", "status"), ("audit", "status", "--json")):
        code, out, err = project.run(*words)
        assert code == 2, "nothing held is no success"
        assert "the ledger has no holdings" in out + err
        assert "archive holdings add" in out + err
    project.set_clock(1_800_000_000)
    bag = write_bag(tmp_path / "one", some_files(3))
    project.run("holdings", "add", str(bag))
    code, out, _err = project.run("audit", "status")
    assert code == 4
    assert out.startswith("not checked: 0 of 1 holdings intact at their last check; 9 files, ")
    assert "no audit has run yet" in out
    assert f"overdue: 9 files in {tmp_path} were not checked within 90 days, 9 of them never at all [AUD-122]" in out
    assert "Next: Check them now with archive audit, and schedule regular audits: archive schedule --weekly" in out
    assert project.audit()[0] == 0
    code, out, _err = project.run("audit", "status")
    assert (code, out.partition(":")[0]) == (0, "intact")
    project.set_clock(1_800_000_000 + 91 * 86400)
    code, out, _err = project.run("audit", "status")
    assert code == 4
    assert f"overdue: 9 files in {tmp_path} were not checked within 90 days [AUD-122]" in out
    assert project.run("audit", "status", "--max-age", "1y")[0] == 0
    (bag / "data" / BAD).write_bytes(b"?")
    assert project.audit()[0] == 1
    code, out, _err = project.run("audit", "status")
    assert (code, out.partition(":")[0]) == (1, "damaged")


def test_ledgers_that_are_missing_say_what_to_do(tmp_path: Path, project: Project) -> None:
    (project.folder / "ledger.sqlite3").unlink()
    for arguments in (("audit",), ("holdings", "list"), ("audit", "status"), ("report", "--json"), ("events", "x")):
        code, _out, err = project.run(*arguments)
        assert code == 10
        assert "archive init" in err
    assert found({"findings": []}) == {}
    assert project.run("init")[0] == 0
    assert project.run("init")[0] == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("init",), 2, "archive audit status"),
        (("holdings", "add", "{bag}"), 2, "archive audit BAG"),
        (("events", "{bag}", "--premis", "--output", "archive.toml"), 2, "--output FILE"),
        (("audit", "stats"), 10, "Did you mean archive audit status?"),
        (("audit", "--budget", "0s"), 2, "a budget must be greater than 0"),
        (("audit", "--budget", "0"), 2, "a budget is a time or a size"),
        (("holdings", "add", "{missing}/bag"), 10, "there is no bag here"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_to_do(
    project: Project, tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    bag = write_bag(tmp_path / "one", some_files(2))
    project.run("holdings", "add", str(bag))
    given = [word.format(bag=bag, missing=tmp_path / "missing") for word in words]
    assert project.run(*given)[0] == code
    assert told in project.run(*given)[2]


def test_an_unmounted_place_is_not_called_a_missing_bag(project: Project, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with (project.folder / "archive.toml").open("a") as file:
        file.write(f'\n[locations.vault]\nroot = "{disk}"\n')
    code, _out, err = project.run("holdings", "add", str(disk / "one"))
    assert (code, "the location vault cannot be reached: it is empty; perhaps it is not mounted" in err) == (4, True)
    other = write_bag(tmp_path / "other" / "one", some_files(2))
    project.run("holdings", "add", str(other))
    assert project.run("holdings", "move", str(other), str(disk / "one"))[0] == 4
    write_bag(disk / "one", some_files(2))
    assert project.run("holdings", "move", str(other), str(disk / "one"))[0] == 0


def test_a_sample_can_be_drawn_again(project: Project, tmp_path: Path) -> None:
    project.run("holdings", "add", str(write_bag(tmp_path / "one", some_files(60))))

    def draw(*words: str) -> set[str]:
        number = project.audit("--sample", "30%", *words)[1]["run"]
        with sqlite3.connect(project.folder / "ledger.sqlite3") as ledger:
            rows = ledger.execute(
                "SELECT c.items FROM intact_checks c JOIN batches b ON b.id = c.batch WHERE b.run = ?", (number,)
            ).fetchall()
            kept = ledger.execute("SELECT options FROM runs WHERE id = ?", (number,)).fetchone()[0]
        ledger.close()
        assert "seed" in json.loads(kept), "whoever reads the run later can draw it again"
        return {str(one) for row in rows for one in numbers_of(read_ranges(row[0]))}

    assert draw("--seed", "7") == draw("--seed", "7") != draw("--seed", "8")


def test_the_clock_goes_a_year_ahead_and_comes_back(project: Project, tmp_path: Path) -> None:
    project.set_clock(1_800_000_000)
    project.run("holdings", "add", str(write_bag(tmp_path / "one", some_files(3))))
    assert project.audit()[0] == 0
    project.set_clock(1_800_000_000 + 365 * 86400)
    assert project.run("audit", "status")[0] == 4, "a year without a look"
    assert project.audit()[1]["counts"] == {"intact": 9}
    project.set_clock(1_800_000_000 + 86400)
    assert project.run("audit", "status")[0] == 4, "what was checked in the future was not checked"
    code, report = project.audit()
    assert (code, report["counts"], found(report)) == (0, {"intact": 9}, {"AUD-113": ["clock"]})
    assert project.run("audit", "status")[0] == 0
    assert project.run("audit", "verify")[0] == 0


@needs("root")
def test_a_full_disk_under_the_ledger_ends_a_run_and_loses_nothing(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(1200, 50))
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)], check=True)
    try:
        small = Project(disk, project.monkeypatch).start()
        assert small.run("holdings", "add", str(bag))[0] == 0
        (disk / "filler").write_bytes(b"x" * (os.statvfs(disk).f_bavail * 4096))
        code, out, err = small.run("audit", "--quiet", "--workers", "1", "--json")
        assert (code, json.loads(out)["kind"]) == (13, "NoSpaceError"), err
        (disk / "filler").unlink()
        assert small.audit()[1]["counts"] == {"intact": 1206}
        assert small.run("audit", "verify")[0] == 0
    finally:
        project.monkeypatch.chdir(tmp_path)
        subprocess.run(["umount", str(disk)], check=True)
