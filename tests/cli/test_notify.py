"""Alerts that arrive: a mail as a real server takes it, a webhook, a heartbeat, and the unit of a failed audit."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.support.audit_projects import Project, write_bag
from tests.support.http_stand_in import StandInHandler, serve
from tests.support.mail_server import mail_server


class Hook(StandInHandler):
    """A webhook at /hook, a dead man's switch at /alive, and an address that refuses."""

    notices: list[dict[str, object]] = []  # noqa: RUF012 - emptied by the fixture
    beats: list[str] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.notices.append(json.loads(self.read_body()))
        self.answer(404 if self.path == "/gone" else 204)

    def do_GET(self) -> None:
        self.beats.append(self.path)
        self.answer(200)


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.notices.clear()
    Hook.beats.clear()
    with serve(Hook) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "small archive"
    folder.mkdir()
    return Project(folder, monkeypatch).start()


def settle(project: Project, **values: object) -> None:
    """Set [notify]; what a test does not name stays unset."""
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    with (project.folder / "archive.toml").open("a") as file:
        file.write(f"\n[notify]\n{lines}")


def mail_to(server: str) -> dict[str, object]:
    return {"mail_to": ["director@example.org"], "mail_from": "archive@example.org", "smtp_host": server}


def parse(text: str) -> EmailMessage:
    message = message_from_string(text.replace("\r\n", "\n"), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_says_which_archive_why_and_what_to_do(project: Project, tmp_path: Path) -> None:
    bags = [write_bag(tmp_path / name / "bag", {"a.txt": b"alpha", "b.txt": b"beta"}) for name in ("one", "two")]
    assert project.run("holdings", "add", *map(str, bags))[0] == 0
    (bags[0] / "data" / "a.txt").write_bytes(b"ALPHA")
    with mail_server() as (server, mails):
        settle(project, name="Documentation Centre", **mail_to(server))
        assert project.audit("--notify")[0] == 1
    (text,) = mails
    message = parse(text)
    assert message["Subject"].startswith("[Documentation Centre] damaged")
    assert parsedate_to_datetime(message["Date"]).tzinfo is not None
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert "Archive: Documentation Centre\n" in body
    causes = [line for line in body.splitlines() if line.startswith("- ")]
    assert len(causes) == 1
    assert "data/a.txt" in causes[0]
    assert "AUD-101" in causes[0]
    repair = f"archive repair {shlex.quote(str(bags[0]))} --from {shlex.quote(str(bags[1]))}"
    assert f"  cd {shlex.quote(str(project.folder))} && {repair}\n" in body


def test_the_test_reaches_everybody(project: Project, hook: str, checkout: Path) -> None:
    with mail_server() as (server, mails):
        settle(project, webhook=f"{hook}/hook", heartbeat=f"{hook}/alive", **mail_to(server))
        code, out, _err = project.run("notify", "--test")
        assert (code, out.count("sent: ")) == (0, 3)
        code, document = project.json("notify", "--test")
    assert [one["delivered"] for one in document["deliveries"]] == [True] * 3
    assert len(mails) == len(Hook.notices) == len(Hook.beats) == 2
    assert parse(mails[0])["Subject"] == "[small archive] test: alerts of this archive arrive here"
    assert parse(mails[0])["Message-ID"] != parse(mails[1])["Message-ID"]


def test_one_recipient_that_cannot_be_reached_does_not_stop_the_others(project: Project, hook: str) -> None:
    settle(project, webhook=f"{hook}/hook", heartbeat=f"{hook}/alive", **mail_to("127.0.0.1:1"))
    code, out, _err = project.run("notify", "--test")
    assert code == 4
    assert "not sent: mail to director@example.org" in out
    assert len(Hook.notices) == 1


def test_nobody_to_tell_is_wrong_usage(project: Project) -> None:
    assert project.run("notify", "--test")[0] == 2
    assert project.run("notify")[0] == 2


def test_the_heartbeat_tells_of_runs_that_were_made_and_told(project: Project, hook: str, tmp_path: Path) -> None:
    assert project.run("holdings", "add", str(write_bag(tmp_path / "bag", {"a.txt": b"a"})))[0] == 0
    settle(project, webhook=f"{hook}/hook", heartbeat=f"{hook}/alive")
    assert project.audit("--notify")[0] == 0
    assert Hook.beats == ["/alive"]
    assert project.audit()[0] == 0
    assert Hook.beats == ["/alive"], "a run by hand must not keep the switch quiet"
    (project.folder / "ledger.sqlite3").rename(project.folder / "away")
    assert project.audit("--notify")[0] == 10
    assert Hook.beats == ["/alive"]
    assert Hook.notices[-1]["outcome"] == "not checked"
    (project.folder / "away").rename(project.folder / "ledger.sqlite3")
    toml = project.folder / "archive.toml"
    toml.write_text(toml.read_text().replace("/hook", "/gone"))
    assert project.audit("--notify")[0] == 4
    assert Hook.beats == ["/alive"], "people were not told, so the switch must fire"


def test_a_failure_is_told_once(project: Project, hook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(tmp_path / "bag", {"a.txt": b"a"})
    assert project.run("holdings", "add", str(bag))[0] == 0
    settle(project, webhook=f"{hook}/hook")
    (bag / "data" / "a.txt").write_bytes(b"?")
    monkeypatch.setenv("INVOCATION_ID", "aaaa")
    assert project.audit("--notify")[0] == 1
    monkeypatch.setenv("MONITOR_INVOCATION_ID", "aaaa")
    code, out, _err = project.run("notify", "--failure", "muniment-audit-x.service")
    assert (code, out) == (0, "Nothing to send: the audit sent its summary itself\n")
    assert len(Hook.notices) == 1
    for name, value in (("INVOCATION_ID", "bbbb"), ("SERVICE_RESULT", "signal"), ("EXIT_STATUS", "KILL")):
        monkeypatch.setenv(f"MONITOR_{name}", value)
    assert project.run("notify", "--failure", "muniment-audit-x.service")[0] == 0
    assert Hook.notices[-1]["subject"] == "not checked: the scheduled audit failed (signal KILL)"


def test_who_is_told_counts_in_trusted_projects_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str
) -> None:
    from archive.cli.app import run

    (tmp_path / "archive.toml").write_text(f'[notify]\nheartbeat = "{hook}/alive"\n')
    monkeypatch.chdir(tmp_path)
    assert run(["notify", "--test"]) == 2
    assert Hook.beats == []
