"""Timers: one a project, and the mail password in a file of its own."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from archive.errors import ExistsError, UsageError
from archive.stages.auditing.timer import Timer, install_units, keep_secrets
from tests.support.audit_projects import Project
from tests.support.trusting import trust


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch).start()


def timer(folder: Path, **more: str) -> Timer:
    return Timer("daily", str(folder), ("/usr/bin/archive", "audit"), **more)  # type: ignore[arg-type]


def test_names_tell_projects_apart(tmp_path: Path) -> None:
    names = [timer(tmp_path / part / "archive").name for part in ("a", "b")]
    assert all(name.startswith("muniment-audit-archive-") for name in names)
    assert len(set(names)) == 2
    assert timer(tmp_path / "a" / "archive").name == names[0]


@pytest.mark.parametrize(
    ("folder", "slug"),
    [("Füße & Söhne", "fue-sohne"), ("بيان", ""), ("a" * 90, "a" * 40), ("50% off @x", "50-off-x"), ("-", "")],
)
def test_names_hold_plain_letters_only(tmp_path: Path, folder: str, slug: str) -> None:
    name = timer(tmp_path / folder).name
    assert name.removeprefix("muniment-audit-").rpartition("-")[0] == slug


@pytest.mark.parametrize("name", ["a\nExecStart=/bin/false", "a\x7f", "a\\"])
def test_a_folder_that_no_unit_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        timer(tmp_path / name)


def test_units_of_another_project_are_not_replaced(tmp_path: Path) -> None:
    mine = timer(tmp_path / "mine")
    install_units(mine, str(tmp_path / "units"))
    install_units(mine, str(tmp_path / "units"))
    service = tmp_path / "units" / f"{mine.name}.service"
    other = service.read_text().replace("/mine\n", "/other\n")
    service.write_text(other)
    with pytest.raises(ExistsError):
        install_units(mine, str(tmp_path / "units"))
    assert service.read_text() == other


@pytest.mark.parametrize("password", ["plain", "with space", "qu'ote\"s", "$HOME`x`", "ünï"])
def test_the_password_is_kept_for_its_owner(tmp_path: Path, password: str) -> None:
    path = tmp_path / "passwords" / "x.env"
    assert keep_secrets(str(path), password)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    script = f'set -a; . {shlex.quote(str(path))}; printf %s "$ARCHIVE_SMTP_PASSWORD"'
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout == password
    assert not keep_secrets(str(path), "other")
    assert "other" not in path.read_text()


def test_a_password_that_no_line_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        keep_secrets(str(tmp_path / "x.env"), "private\nword")
    assert "private" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_two_projects_keep_two_timers(project: Project, tmp_path: Path) -> None:
    config = tmp_path / "config"
    project.monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    assert project.run("config", "--trust")[0] == 0
    project.monkeypatch.setenv("ARCHIVE_SMTP_PASSWORD", "private-word")
    (tmp_path / "second" / "project").mkdir(parents=True)
    second = Project(tmp_path / "second" / "project", project.monkeypatch).start()
    for one in (project, second):
        code, out, _err = one.run("schedule", "--daily", "--notify", "--install")
        assert code == 0
        assert "loginctl enable-linger" in out
        assert "private-word" not in out
    made = (config / "systemd" / "user").glob("muniment-audit-*.service")
    units = sorted(unit for unit in made if not unit.name.endswith("-failed.service"))
    assert len(units) == 2
    folders = {line for unit in units for line in unit.read_text().splitlines() if line.startswith("WorkingDirectory=")}
    assert folders == {f"WorkingDirectory={one.folder}" for one in (project, second)}
    for unit in units:
        text = unit.read_text()
        (kept,) = [line.partition("=-")[2] for line in text.splitlines() if line.startswith("EnvironmentFile=")]
        assert "private-word" in Path(kept).read_text()
        assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600
        assert "private-word" not in text
        assert f"Environment=XDG_CONFIG_HOME={config}" in text


def test_the_cron_line_reads_the_password_file(tmp_path: Path) -> None:
    path = tmp_path / "it's.env"
    line = Timer("daily", str(tmp_path), ("printenv", "ARCHIVE_SMTP_PASSWORD"), str(path)).cron_line()
    command = line.removeprefix("30 2 * * * ")
    assert subprocess.run(["sh", "-c", command], capture_output=True, check=False).stdout == b""
    keep_secrets(str(path), "private-word")
    assert subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout == b"private-word\n"


def test_seals_are_completed_before_the_audit_where_there_is_trust(project: Project) -> None:
    assert "--complete" not in project.run("schedule", "--daily")[1]
    (project.folder / "archive.toml").write_text('[seal]\ntrust = "trust"\n')
    trust(project.folder)
    code, out, _ = project.run("schedule", "--daily")
    assert code == 0
    (before,) = [line for line in out.splitlines() if line.startswith("ExecStartPre=-")]
    assert before.endswith("seal --complete --quiet")
    assert "seal --complete --quiet || true; " in project.run("schedule", "--daily", "--cron")[1]


def test_a_completion_that_fails_does_not_stop_the_audit_of_cron(tmp_path: Path) -> None:
    """The command of the line is run by a shell, with programs of our own in the place of `archive`."""
    first, words = ("sh", "-c", "echo first; exit 4"), ("sh", "-c", "echo 'the audit'; exit 1")
    line = Timer("daily", str(tmp_path), words, first=first).cron_line()
    command = line.split(" ", 5)[5].replace("\\%", "%")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "first\nthe audit\n")


def test_units_of_two_projects_stand_side_by_side(tmp_path: Path) -> None:
    units = tmp_path / "units"
    for part, rhythm in (("north", "monthly"), ("south", "weekly")):
        made = Timer(
            rhythm, str(tmp_path / part / "archive"), ("archive", "audit"), alarm=("archive", "notify", "--failure")
        )
        assert len(install_units(made, str(units))) == 3
        failed = f"{made.name}-failed.service"
        assert f"OnFailure={failed}\n" in (units / f"{made.name}.service").read_text()
        assert f"ExecStart=archive notify --failure {made.name}.service\n" in (units / failed).read_text()
        assert f"WorkingDirectory={tmp_path / part / 'archive'}\n" in (units / failed).read_text()
    assert len(list(units.iterdir())) == 6
    assert sum("OnCalendar=*-*-01" in path.read_text() for path in units.glob("*.timer")) == 1


def test_a_monthly_line_for_cron(tmp_path: Path) -> None:
    assert Timer("monthly", str(tmp_path), ("archive", "audit")).cron_line().startswith("30 2 1 * * ")
