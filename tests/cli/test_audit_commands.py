"""The commands around audits: events, repair, schedule, notices; and that their JSON keeps to its schemas."""

from __future__ import annotations

import io
import json
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.support.audit_projects import Project, found, some_files, write_bag

BAD = "d1/file-00001.bin"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch).start()


@pytest.fixture
def pair(project: Project, tmp_path: Path) -> tuple[Path, Path]:
    """A bag and its copy, both held and once audited."""
    bag = write_bag(tmp_path / "a" / "one", some_files(8))
    copy = tmp_path / "b" / "one"
    shutil.copytree(bag, copy)
    project.run("holdings", "add", str(bag), str(copy))
    assert project.audit()[0] == 0
    return bag, copy


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


def test_a_repair_replaces_only_what_is_wrong_and_keeps_it_beside(
    project: Project, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    bag, copy = pair
    good = (bag / "data" / BAD).read_bytes()
    (bag / "data" / BAD).write_bytes(b"damaged")
    (bag / "data" / "d2" / "file-00002.bin").unlink()
    untouched = (bag / "data" / "d3" / "file-00003.bin").stat()
    assert project.audit(str(bag))[0] == 1
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert code == 0
    assert sorted(one["path"] for one in document["replaced"]) == [f"data/{BAD}", "data/d2/file-00002.bin"]
    assert (bag / "data" / BAD).read_bytes() == good
    kept = Path(document["kept"]["path"])
    assert kept.parent == bag.parent
    assert [path.read_bytes() for path in kept.rglob("*") if path.is_file()] == [b"damaged"]
    assert (bag / "data" / "d3" / "file-00003.bin").stat().st_ino == untouched.st_ino
    assert project.run("audit", "status")[0] == 0
    assert project.run("audit", "verify")[0] == 0
    assert project.audit(str(bag))[0] == 0
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert (code, document["replaced"]) == (0, [])


def test_a_copy_that_does_not_prove_itself_is_refused(project: Project, pair: tuple[Path, Path]) -> None:
    bag, copy = pair
    (bag / "data" / BAD).write_bytes(b"damaged")
    (copy / "data" / BAD).write_bytes(b"also damaged")
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert (code, document["replaced"]) == (1, [])
    assert document["refused"][0]["reason"] == "in the copy it is damaged"
    assert (bag / "data" / BAD).read_bytes() == b"damaged"
    shutil.rmtree(copy)
    write_bag(copy, {**some_files(8), BAD: b"forged"})
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert (code, document["replaced"]) == (1, [])
    assert project.run("repair", str(bag), "--from", str(bag), "--yes")[0] == 2
    assert project.run("repair", str(bag), "--from", "nowhere", "--yes")[0] == 10


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_repair_asks_first(project: Project, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    bag, copy = pair
    (bag / "data" / BAD).write_bytes(b"damaged")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, _out, err = project.run("repair", str(bag), "--from", str(copy))
    assert (code, "Add --yes" in err) == (2, True), "where there is no terminal nobody can be asked"
    monkeypatch.setattr("sys.stdin", _Terminal("n\n"))
    assert project.run("repair", str(bag), "--from", str(copy))[0] == 1
    assert (bag / "data" / BAD).read_bytes() == b"damaged"
    assert project.run("repair", str(bag), "--from", str(copy), "--json")[0] == 2


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
    assert [unit.name for unit in units] == ["muniment-audit.service", "muniment-audit.timer"]
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


class _Mail(socketserver.StreamRequestHandler):
    """A mail server that says only what a mail needs."""

    received: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            verb = line.split()[0].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                self.received.append(b"".join(lines).decode())
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 test\r\n")
            if verb == b"QUIT":
                return


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
    with (
        serving(HTTPServer(("127.0.0.1", 0), _Hook)) as hook,
        serving(socketserver.TCPServer(("127.0.0.1", 0), _Mail)) as mail,
    ):
        with (project.folder / "archive.toml").open("a") as file:
            file.write(
                f'\n[notify]\nwebhook = "http://{hook}/x"\nmail_to = ["director@example.org"]\n'
                f'mail_from = "archive@example.org"\nsmtp_host = "{mail}"\n'
            )
        assert project.audit(str(pair[0]), "--notify")[0] == 1
        verdict = project.json("audit", "history")[1]["runs"][0]["verdict"]
    assert [one["subject"] for one in _Hook.received] == [verdict]
    assert _Hook.received[0]["outcome"] == "damaged"
    check_schema(checkout, _Hook.received[0])
    message = message_from_string(_Mail.received[0], policy=policy.default)
    assert message["Subject"] == verdict
    assert "AUD-101" in message.get_content()
    code, _out, err = project.run("audit", "--notify", "--quiet", str(pair[1]))
    assert code == 4, "nobody listens any more"
    assert "webhook" in err or "mailed" in err
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
    assert out.startswith("not checked: 0 of 1 packages intact at their last look; 9 files, ")
    assert "no audit has run yet" in out
    assert f"overdue: 9 files in {tmp_path} were not checked within 90 days, 9 of them never at all [AUD-122]" in out
    assert "next: Run archive audit, and see to it that it runs by itself: archive schedule --weekly" in out
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
