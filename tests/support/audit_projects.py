"""Projects with holdings to audit: small bags written by hand, archive.toml, a ledger, the command line in process."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""Before a command: takes from root the right to read what file modes forbid."""

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def write_bag(folder: Path, files: Mapping[str, bytes], *, algorithms: tuple[str, ...] = ("sha256", "sha512")) -> Path:
    """A BagIt 1.0 bag with these payload files (paths below data/)."""
    tags = {"bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"}
    for name, content in files.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    size = sum(len(content) for content in files.values())
    tags["bag-info.txt"] = f"Payload-Oxum: {size}.{len(files)}\n".encode()
    for algorithm in algorithms:
        lines = (
            hashlib.new(algorithm, content).hexdigest().encode() + b"  data/" + os.fsencode(name) + b"\n"
            for name, content in files.items()
        )
        tags[f"manifest-{algorithm}.txt"] = b"".join(lines)
    for algorithm in algorithms:
        tag_lines = (
            f"{hashlib.new(algorithm, content).hexdigest()}  {name}\n"
            for name, content in tags.items()
            if not name.startswith("tagmanifest")
        )
        (folder / f"tagmanifest-{algorithm}.txt").write_text("".join(tag_lines))
    for name, content in tags.items():
        (folder / name).write_bytes(content)
    return folder


def some_files(count: int, size: int = 200) -> dict[str, bytes]:
    """Files with contents of their own, the same every time."""
    return {
        f"d{number % 7}/file-{number:05}.bin": hashlib.shake_128(str(number).encode()).digest(size)
        for number in range(count)
    }


def pack_zip(bag: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(bag.rglob("*")):
            if path.is_file():
                archive.write(path, f"{bag.name}/{path.relative_to(bag)}")
    return target


def pack_tar(bag: Path, target: Path) -> Path:
    with tarfile.open(target, "w:gz" if target.name.endswith("gz") else "w") as archive:
        archive.add(bag, bag.name)
    return target


@dataclass(slots=True)
class Project:
    """A folder with archive.toml and a ledger; `run` runs the command line there, in this process."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        from archive.cli.app import run

        self.monkeypatch.chdir(self.folder)
        out, err = _capture(), _capture()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(arguments))
        return code, _text_of(out), _text_of(err)

    def json(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        code, out, err = self.run(*arguments, "--json")
        assert out.strip(), err
        return code, json.loads(out)

    def audit(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        return self.json("audit", "--quiet", "--workers", "1", *arguments)

    def start(self, ledger: str = "ledger.sqlite3") -> Project:
        code, _out, err = self.run("init", "--ledger", ledger)
        assert code == 0, err
        return self

    def set_clock(self, seconds: int | None) -> None:
        """The time the next commands see."""
        if seconds is None:
            self.monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        else:
            self.monkeypatch.setenv("SOURCE_DATE_EPOCH", str(seconds))


def _capture() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", newline="")


def _text_of(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8", "surrogateescape")


def found(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Code to the names of the subjects, from any JSON document with findings."""
    codes: dict[str, list[str]] = {}
    for finding in document["findings"]:
        codes.setdefault(finding["code"], []).append(finding["path"].rpartition("/")[2])
    return {code: sorted(names) for code, names in codes.items()}


def start_command(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, wrapper: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    """The command line as a process of its own, in `folder`."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **(env or {})}
    return subprocess.Popen(
        [*wrapper, sys.executable, "-m", "archive", *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def children_of(process: int) -> list[int]:
    """The process numbers of the children of `process`."""
    found_children = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with io.open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:  # noqa: UP020
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z" and int(fields[1]) == process:
                found_children.append(int(name))
    return found_children


def processes_with(word: str) -> list[int]:
    """The process numbers of those that have `word` on their command line."""
    found_processes = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if os.fsencode(word) in path.read_bytes().split(b"\x00"):
                found_processes.append(int(path.parent.name))
    return found_processes
