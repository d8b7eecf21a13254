"""macOS and Windows lack calls of Linux: the same commands with those calls removed, in the workers too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.storage import concurrency

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
LACKING = (
    "sched_getaffinity", "sched_setaffinity", "posix_fadvise", "posix_fallocate", "copy_file_range", "sendfile",
    "splice", "readv", "O_NOFOLLOW", "O_NOCTTY", "O_DIRECT", "O_TMPFILE", "O_PATH", "getxattr", "setxattr",
    "listxattr", "fdatasync", "memfd_create", "pidfd_open",
)  # fmt: skip

NOT_ON_WINDOWS = ("fcntl", "resource", "pwd", "grp", "termios")
"""Modules that Windows lacks."""

HOOK = f"""
import os
for name in {LACKING!r}:
    if hasattr(os, name):
        delattr(os, name)
"""
WINDOWS_HOOK = f"""
import sys
for name in ("pread",):
    delattr(os, name)
for name in {NOT_ON_WINDOWS!r}:
    sys.modules[name] = None
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK)
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.txt").write_text("one line\n")
    (folder / "src" / "b.bin").write_bytes(bytes(range(256)) * 2000)
    return folder


def run(folder: Path, *words: str, hook: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(hook or folder.parent / "hook"), os.environ.get("PYTHONPATH", "")]))
    home = {"HOME": str(folder.parent), "XDG_CONFIG_HOME": str(folder.parent / ".config")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env={**os.environ, **home, "PYTHONPATH": path, **variables}, check=False,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_the_calls_are_gone(project: Path) -> None:
    done = run(project, "-c", f"import os; print([name for name in {LACKING!r} if hasattr(os, name)])")
    assert done.stdout == "[]\n", done.stderr


def test_create_validate_audit_and_render_do_without(project: Path) -> None:
    for words in (
        ("create", "src", "--to", "bags", "--pdfa", "none", "-q"),
        ("validate", "bags/src", "-q"),
        ("validate", "bags/src", "-q", "--workers", "2"),
        ("init",),
        ("holdings", "add", "bags/src"),
        ("audit", "-q"),
        ("audit", "--max-age", "0d", "-q"),
        ("render", "src/a.txt", "--to", "rendered", "-q"),
        ("deposit", "bags/src", "dir:far", "-q"),
        ("retrieve", "dir:far", "src", "--to", "back", "-q"),
        ("deposit", "bags/src", "ocfl:repository", "-q"),
        ("create", "src", "--to", "bags", "--name", "packed", "--serialize", "zip", "--plain", "-q"),
        ("validate", "bags/packed.zip", "-q"),
        ("deposit", "bags/packed.zip", "dir:far", "-q"),
    ):
        done = run(project, "-m", "archive", *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    damaged = project / "bags" / "src" / "data" / "original" / "b.bin"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    assert run(project, "-m", "archive", "audit", "--max-age", "0d", "-q").returncode == 1


def test_without_the_modules_that_windows_lacks_bags_are_made_checked_and_audited(project: Path) -> None:
    with (project.parent / "hook" / "sitecustomize.py").open("a") as file:
        file.write(WINDOWS_HOOK)
    (project / "record.xml").write_bytes((SAMPLES / "premis.xml").read_bytes())
    for words in (
        ("create", "src", "--to", "bags", "-q"),
        ("create", "src", "--to", "bags", "--name", "packed", "--serialize", "zip", "--plain", "-q"),
        ("validate", "bags/src", "-q"),
        ("validate", "bags/src", "-q", "--workers", "2"),
        ("validate", "bags/packed.zip", "record.xml", "-q"),
        ("show", "bags/src"),
        ("init",),
        ("holdings", "add", "bags/src"),
        ("audit", "-q"),
        ("deposit", "bags/src", "ocfl:repository", "-q"),
    ):
        done = run(project, "-m", "archive", *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)


def test_every_module_can_be_imported_without_what_windows_lacks(project: Path) -> None:
    with (project.parent / "hook" / "sitecustomize.py").open("a") as file:
        file.write(WINDOWS_HOOK)
    code = (
        "import importlib, pkgutil, archive\n"
        "names = [one.name for one in pkgutil.walk_packages(archive.__path__, 'archive.')]\n"
        "print(len([importlib.import_module(name) for name in names if not name.endswith('__main__')]))"
    )
    done = run(project, "-W", "ignore", "-c", code)
    assert int(done.stdout or 0) > 200, done.stderr


def test_processors_are_counted_with_and_without_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    assert concurrency.count_processors() >= 1
    monkeypatch.setattr(concurrency.os, "sched_getaffinity", lambda _process: {0, 3, 5}, raising=False)
    assert concurrency.count_processors() == 3
    monkeypatch.delattr(concurrency.os, "sched_getaffinity")
    monkeypatch.setattr(concurrency.os, "cpu_count", lambda: 7)
    assert concurrency.count_processors() == 7
    monkeypatch.setattr(concurrency.os, "cpu_count", lambda: None)
    assert concurrency.count_processors() == 1


def test_only_one_place_asks_for_the_processors() -> None:
    archive = Path(concurrency.__file__).parents[1]
    asking = [
        str(path.relative_to(archive))
        for path in archive.rglob("*.py")
        if "sched_getaffinity" in (text := path.read_text("utf-8")) or "cpu_count()" in text
    ]
    assert asking == [os.path.join("storage", "concurrency.py")]
