"""Bags for deposit tests, written with hashlib alone, and a run of the state machine over them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.config import load_settings
from archive.model.deposit import DepositReport
from archive.settings import Settings
from archive.stages.depositing.workflow import deposit
from archive.storage.clock import Clock
from archive.targets.registry import open_target

HARD_NAMES = (
    "صباح الخير.txt",
    "with spaces.txt",
    "a+b.txt",
    "100%25.txt",
    "50% off.txt",
    "this&that.txt",
    "sub folder/é.txt",
)


def write_bag(
    folder: Path,
    files: Mapping[str, bytes] | None = None,
    *,
    algorithms: tuple[str, ...] = ("sha256", "sha512"),
    info: Mapping[str, str] | None = None,
    large: int = 0,
) -> Path:
    """A valid bag with hard names, or with `files`; `large` adds one file of that many bytes."""
    content = dict(files) if files is not None else {name: name.encode() * 50 for name in HARD_NAMES}
    if large:
        content["large.bin"] = bytes_of(large)
    for name, data in content.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    oxum = f"{sum(map(len, content.values()))}.{len(content)}"
    tags = {"Payload-Oxum": oxum, **(info or {})}
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (folder / "bag-info.txt").write_text("".join(f"{key}: {value}\n" for key, value in tags.items()))
    for algorithm in algorithms:
        lines = [
            f"{hashlib.new(algorithm, data).hexdigest()}  data/{name.replace('%', '%25')}\n"
            for name, data in content.items()
        ]
        (folder / f"manifest-{algorithm}.txt").write_text("".join(lines), "utf-8", "surrogateescape")
    seal(folder, algorithms)
    return folder


def seal(folder: Path, algorithms: tuple[str, ...] = ("sha256", "sha512")) -> None:
    """Write the tag manifests anew."""
    tags = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("tagmanifest")]
    tags = [path for path in tags if path.relative_to(folder).parts[0] != "data"]
    for algorithm in algorithms:
        lines = [f"{hashlib.new(algorithm, p.read_bytes()).hexdigest()}  {p.relative_to(folder)}\n" for p in tags]
        (folder / f"tagmanifest-{algorithm}.txt").write_text("".join(lines))


def bytes_of(size: int) -> bytes:
    """`size` bytes that do not repeat, the same every time."""
    return hashlib.shake_128(b"deposit").digest(size)


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def settings_in(folder: Path, **options: Any) -> Settings:
    """Settings of a project in `folder` with one target `there`, few retries and short waits."""
    folder.mkdir(exist_ok=True)
    lines = ["[deposit]", "retries = 2", "seconds = 60", "poll_seconds = 20", "[targets.there]"]
    for key, value in options.items():
        shown = str(value).lower() if isinstance(value, bool) else value if isinstance(value, int) else f'"{value}"'
        lines.append(f"{key} = {shown}")
    (folder / "archive.toml").write_text("\n".join(lines) + "\n")
    return load_settings(str(folder), {}, trusted=True)


def send(
    bag: Path, settings: Settings, environ: Mapping[str, str] | None = None, target: str = "there", **flags: Any
) -> DepositReport:
    """Deposit `bag` at the target; pauses between attempts are left out unless `wait` is given."""
    opened = open_target(target, settings, environ=environ or {})
    try:
        wait = flags.pop("wait", lambda _: None)
        return deposit(str(bag), opened, at=target, settings=settings, clock=Clock(), wait=wait, **flags)
    finally:
        opened.close()
