"""A stranger's folder: its archive.toml and its Python files run nothing, send nothing and redirect nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from archive.cli.app import run
from tests.support.audit_projects import Project, some_files, write_bag


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with papers, a bag and a program that leaves a trace when it runs."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "letter.txt").write_text("A letter\n\nDear friend\n")
    write_bag(folder / "bag", some_files(3))
    program = folder / "program.sh"
    program.write_text(f"#!/bin/sh\necho ran >> {tmp_path}/ran\n")
    program.chmod(0o755)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("program", ["./program.sh", "{folder}/program.sh"])
@pytest.mark.parametrize(
    "words",
    [
        ("create", "letter.txt", "--to", "../bags", "--pdfa", "none"),
        ("create", "letter.txt", "--to", "../bags", "--dry-run"),
        ("validate", "bag"),
        ("show", "bag"),
        ("describe", "letter.txt"),
        ("render", "letter.txt", "--to", "../made"),
        ("doctor",),
        ("config",),
    ],
)
def test_no_program_runs_and_the_work_goes_on(
    stranger: Path, words: tuple[str, ...], program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = program.format(folder=stranger)
    tools = ("verapdf", "java", "ghostscript", "ocrmypdf", "clamscan")
    (stranger / "archive.toml").write_text("[tools]\n" + "".join(f'{tool} = "{path}"\n' for tool in tools))
    assert run(list(words)) == 0
    assert not (stranger.parent / "ran").exists()
    said = capsys.readouterr().err
    refused = "tools.java, tools.ghostscript, tools.ocrmypdf, tools.clamscan. Read the file"
    assert words[0] == "show" or (refused in said and f"archive config --trust {stranger}" in said)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('[targets.vault]\nurl = "webdav+http://127.0.0.1:{port}/x"\nplain_http = true\n', ("deposit", "bag", "vault")),
        ('[targets.vault]\nurl = "dir:../elsewhere"\n', ("deposit", "bag", "vault")),
        ('[targets.vault]\nurl = "dir:../elsewhere"\n', ("retrieve", "vault", "bag", "--to", "back")),
        ('[deposit]\njournal = "../elsewhere"\n', ("deposit", "bag", "dir:shelf")),
        ('[ledger]\nurl = "../elsewhere/ledger.sqlite3"\n', ("holdings", "add", "bag")),
        ('[ledger]\nurl = "../elsewhere/ledger.sqlite3"\n', ("deposit", "bag", "dir:shelf")),
        ('[ledger]\nurl = "postgresql://127.0.0.1:{port}/x"\n', ("audit",)),
        ('[audit]\nengine = "dask"\nscheduler = "tcp://127.0.0.1:{port}"\n', ("audit",)),
        ('[notify]\nwebhook = "http://127.0.0.1:{port}/x"\n', ("schedule", "--daily", "--notify")),
        ('[locations.disk]\nroot = "s3://bucket"\nendpoint = "http://127.0.0.1:{port}"\n', ("audit",)),
    ],
)
def test_what_a_command_would_rely_on_stops_it(
    stranger: Path, settings: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        (stranger / "archive.toml").write_text(settings.format(port=server.getsockname()[1]))
        assert run(list(words)) == 2
        with pytest.raises(BlockingIOError):
            server.accept()
    assert f"archive config --trust {stranger}" in capsys.readouterr().err
    assert not (stranger.parent / "elsewhere").exists()
    assert not (stranger / "shelf").exists()


def test_a_notice_of_a_stranger_is_not_sent(project: Project, tmp_path: Path) -> None:
    project.run("holdings", "add", str(write_bag(tmp_path / "one", some_files(2))))
    (project.folder / "archive.toml").write_text('[notify]\nwebhook = "http://127.0.0.1:9/x"\n')
    assert project.run("config", "--distrust")[0] == 0
    code, _out, err = project.run("audit", "--quiet", "--notify")
    assert code == 2
    assert "notify.webhook: this setting does not count" in err


def test_trust_is_given_and_taken_back(stranger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stranger / "archive.toml").write_text('[targets.vault]\nurl = "dir:shelf"\n')
    assert run(["config", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["places"], [one["name"] for one in document["refused"]]) == ([], ["places.vault"])
    assert run(["config", "--trust"]) == 0
    assert capsys.readouterr().out.endswith("archive.toml: trusted\n")
    assert run(["deposit", "bag", "vault", "-q"]) == 0
    assert run(["config", "--distrust", str(stranger)]) == 0
    assert run(["deposit", "bag", "vault", "-q"]) == 2
    capsys.readouterr()
    assert run(["config", "--trust", "--json", "."]) == 0
    (place,) = json.loads(capsys.readouterr().out)["places"]
    assert (place["name"], place["address"]) == ("vault", f"dir:{stranger}/shelf")
    assert place["audience"] == "public", "a former target: nobody said who sees it"
    assert run(["config", "--trust", "bag"]) == 10
    assert run(["config", "bag"]) == 2
    assert run(["config", "--trust", "--distrust"]) == 2


def test_init_trusts_the_project_that_it_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "project"]) == 0
    (tmp_path / "project" / "archive.toml").write_text('[tools]\njava = "x"\n')
    monkeypatch.chdir("project")
    capsys.readouterr()
    assert run(["config", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert not document["refused"]
    assert next(row["value"] for row in document["settings"] if row["name"] == "tools.java") == "x"


SHADOW = "import os\nopen(os.environ['TRACE'], 'a').write(__name__ + '\\n')\nraise SystemExit(3)\n"


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "bag", "--workers", "2"),
        ("create", "letter.txt", "--to", "../bags", "-q", "--pdfa", "none"),
        ("audit", "--workers", "2", "--quiet"),
        ("doctor",),
    ],
)
def test_no_python_file_of_the_folder_is_imported(stranger: Path, words: tuple[str, ...]) -> None:
    trace = stranger.parent / "trace"
    program = "import sys; sys.path.remove(''); from archive.cli import main; main()"
    environment = {**os.environ, "TRACE": str(trace)}

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    for arguments in (("init",), ("holdings", "add", "bag")):
        assert start(*arguments).returncode == 0
    for name in ("json", "multiprocessing", "archive", "subprocess", "encodings", "click", "lxml", "re"):
        (stranger / f"{name}.py").write_text(SHADOW)
    done = start(*words)
    assert not trace.exists(), trace.read_text()
    assert done.returncode == 0, done.stderr
