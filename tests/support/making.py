"""Making bags in tests: trees on disk, settings, and one look at everything that a tree is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.model.creation import CreationReport
from archive.settings import Settings
from archive.stages.creation.workflow import create
from archive.storage.clock import Clock

ROOT = Path(__file__).resolve().parents[2]
CLOCK = Clock(1_700_000_000)


def plant(folder: Path, files: Mapping[str, bytes]) -> Path:
    """`files` under `folder`, made with every folder above; times in the past."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return folder


def nest(folder: Path, depth: int) -> None:
    """`depth` folders in each other, with a file called file in the last, which holds the word deep."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=at)
        deeper = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = deeper
    descriptor = os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=at)
    os.write(descriptor, b"deep")
    os.close(descriptor)
    os.close(at)


def snapshot(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Every name under `folder` with its type, content, target, mode and modification time."""
    seen: dict[str, tuple[Any, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        state = path.lstat()
        if stat.S_ISLNK(state.st_mode):
            content: Any = os.readlink(path)
        elif stat.S_ISREG(state.st_mode):
            content = path.read_bytes()
        else:
            content = None
        seen[str(path.relative_to(folder))] = (stat.S_IFMT(state.st_mode), content, state.st_mtime_ns)
    return seen


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` by its path, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make(source: Path | list[Path], to: Path | str = "", **options: Any) -> CreationReport:
    """A plain creation with a standing clock; what is a setting of [create] goes there."""
    known = {"algorithms", "profile", "serialize", "links", "exclude", "copy", "bag_info", "organization"}
    flags = {name: options.pop(name) for name in list(options) if name in known}
    settings = options.pop("settings", Settings()).with_flags("create", **flags)
    sources = [str(one) for one in (source if isinstance(source, list) else [source])]
    options.setdefault("plain", True)
    return create(sources, str(to), settings=settings, clock=options.pop("clock", CLOCK), **options)


def archive(*arguments: str | Path, cwd: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **options.pop("environ", {}),
    }  # fmt: skip
    words = [*options.pop("before", ()), sys.executable, "-m", "archive", *map(str, arguments)]
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, check=False, **options)


def archive_unprivileged(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """The command line without the power of root to read what is closed."""
    before = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.getuid() == 0 else []
    return archive(*arguments, cwd=cwd, before=before)


def codes(report: CreationReport) -> set[str]:
    """The codes of all findings, the validation's included."""
    judged = report.validation.findings if report.validation is not None else ()
    return {finding.code for finding in (*report.findings, *judged)}
