"""What can go wrong between a depositor and a repository, and what must hold whatever does.

A `FarSide` is a server, or a folder, that can be stopped, restarted, filled, lied for and looked into behind its back;
`tests.support.far_sides` has one for each target. A fault is a context that a deposit runs in. `Project` gives the
command as a person does, in this process, over two proxies, and judges what it did.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from archive.cli.app import run
from tests.support.deposit_bags import tree_of
from tests.support.http_proxy import HttpProxy
from tests.support.needing import miss
from tests.support.proxy import Proxy
from tests.support.trusting import trust

DISK = 16 << 20
"""Bytes on a disk that gets full."""

Broken = contextlib.AbstractContextManager[None]
"""A fault while the block lasts; at its end the cause is gone, and what it did remains."""


class FarSide(Protocol):
    """One place for deposits, empty when the test begins.

    `port` is where its server listens, 0 for a folder; `secrets` and `wrong` are the credential in the environment and
    a false one, or options with a false one. `certain` is false where a deposit whose answer was lost cannot be found,
    so that only --resume goes on. `gives_back` is false where nothing can be read.
    """

    name: str
    port: int
    secrets: Mapping[str, str]
    wrong: Mapping[str, str]
    certain: bool
    gives_back: bool

    def options(self, port: int) -> dict[str, Any]:
        """The target's options in archive.toml, for who comes over `port`."""
        ...

    def deposits(self) -> list[str]:
        """What a person who looks there takes for finished deposits."""
        ...

    def remove(self) -> None:
        """What a person does when told to have a deposit removed."""
        ...

    def stop(self, project: Project) -> None: ...
    def start(self, project: Project) -> None: ...

    def filled(self, project: Project, size: int) -> Broken:
        """There is room for `size` bytes, but not for the blocks that they take."""
        ...

    def lying(self, project: Project) -> Broken:
        """Other bytes are stored than were sent, and what it says of them are our own checksums."""
        ...

    def shortening(self, project: Project) -> Broken:
        """A third of each long file gets lost on its way there, and the answer lets all be well."""
        ...

    def losing(self, project: Project) -> Broken:
        """The deposit is made, its answer is lost, and nothing answers from then on."""
        ...


@dataclass(slots=True)
class Project:
    """A folder with an archive.toml, a bag, and a way to one far side."""

    folder: Path
    bag: Path
    far: FarSide
    proxy: Proxy
    http: HttpProxy
    environment: pytest.MonkeyPatch
    output: pytest.CaptureFixture[str]
    cleaning: contextlib.ExitStack
    seconds: int = 60
    extra: dict[str, Any] = field(default_factory=dict)
    before: dict[str, tuple[bytes, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.before = self._state_of_bag()
        self.environment.chdir(self.folder)
        trust(self.folder)
        self.let_in()

    def let_in(self, credential: Mapping[str, str] | None = None) -> None:
        """Come with this credential, or with the right one."""
        self.extra.clear()
        for name in self.far.wrong:
            self.environment.delenv(name, raising=False)
        for name, value in {**self.far.secrets, **(credential or {})}.items():
            if name.isupper():
                self.environment.setenv(name, value)
            else:
                self.extra[name] = value

    def through_http(self) -> None:
        """Go through the proxy that knows requests."""
        self.proxy.target = ("127.0.0.1", self.http.port)

    def deposit(self, *flags: str) -> tuple[int, str]:
        """`archive deposit BAG there`: exit code, and all that it said."""
        return self._run("deposit", str(self.bag), "there", "--quiet", *flags)

    def finish(self) -> None:
        """The same command, once the cause is gone: it ends well, where it must with --resume, and all is there."""
        ended, said = self.deposit()
        self.judge(ended, said)
        if not self.far.certain and "is not known" in said:
            deposits = self.far.deposits()
            again, told = self.deposit()
            self.judge(again, told)
            assert (again, "--resume" in told, self.far.deposits()) == (5, True, deposits), told
            ended, said = self.deposit("--resume")
            self.judge(ended, said)
        assert ended == 0, said
        self.judge_finished()

    def start_client(self) -> subprocess.Popen[str]:
        """The same command in a process of its own."""
        self._write_settings()
        words = [sys.executable, "-m", "archive", "deposit", str(self.bag), "there", "--quiet"]
        place = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(words, cwd=self.folder, env=place, text=True, **pipes)

    def _run(self, *words: str) -> tuple[int, str]:
        self._write_settings()
        self.output.readouterr()
        code = run(list(words))
        told = self.output.readouterr()
        return code, told.out + told.err

    def _write_settings(self) -> None:
        lines = ["[deposit]", "retries = 1", f"seconds = {self.seconds}", "poll_seconds = 2", "[targets.there]"]
        for key, value in {**self.far.options(self.proxy.port), **self.extra}.items():
            lines.append(f"{key} = {json.dumps(value)}")
        (self.folder / "archive.toml").write_text("\n".join(lines) + "\n")

    def judge(self, code: int, said: str) -> None:
        """What holds after every run: the bag is as it was, no secret was shown, nothing is called done that is not."""
        assert self._state_of_bag() == self.before
        kept = "".join(path.read_text() for path in (self.folder / "deposits").glob("*.j*"))
        for name, secret in {**self.far.secrets, **self.far.wrong}.items():
            if name.endswith(("PASSWORD", "TOKEN", "SECRET_ACCESS_KEY")):
                assert secret not in said + kept
        assert not re.search(r"(?s)Traceback.*/archive/cli/", said)
        if code:
            assert not said.startswith("accepted")
            assert all(table["state"] != "accepted" for table in self.receipts())
        else:
            assert said.startswith("accepted")
        assert len(self.far.deposits()) <= 1

    def receipts(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in (self.folder / "deposits").glob("*.receipt.json")]

    def judge_finished(self) -> None:
        """One deposit, one receipt, and it comes back as it went."""
        (receipt,) = self.receipts()
        assert len(self.far.deposits()) == 1
        if self.far.gives_back:
            assert receipt["proof"] == "read_back"
            assert receipt["verified"] == receipt["files"]
            code, said = self._run("retrieve", "there", receipt["identifier"], "--to", "back", "--quiet")
            assert (code, said.partition(":")[0]) == (0, "valid")
            (back,) = (self.folder / "back").iterdir()
            assert content_of(back) == tree_of(self.bag)

    def _state_of_bag(self) -> dict[str, tuple[bytes, int]]:
        times = {str(path.relative_to(self.bag)): path.lstat().st_mtime_ns for path in self.bag.rglob("*")}
        return {path: (content, times[path]) for path, content in tree_of(self.bag).items()}


def content_of(bag: Path) -> dict[str, bytes]:
    """The files of a bag, in a folder or in a zip with one top folder."""
    if bag.is_dir():
        return tree_of(bag)
    with zipfile.ZipFile(io.BytesIO(bag.read_bytes())) as packed:
        return {one.partition("/")[2]: packed.read(one) for one in packed.namelist() if not one.endswith("/")}


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A real file system of its own at `place` until the block ends. Skips the test where nobody may mount."""
    place.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0777", "tmpfs", str(place)]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        miss("mount", "only root may mount a small file system here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextlib.contextmanager
def ballast(place: Path, free: int) -> Iterator[None]:
    """Only `free` bytes are left on the small disk at `place`, and the rest of two pages."""
    (place / "ballast").write_bytes(bytes(DISK - (free // 4096 + 2) * 4096))
    yield
    (place / "ballast").unlink()


Fault = Callable[[Project], Broken]


@contextlib.contextmanager
def stopped(project: Project) -> Iterator[None]:
    """The server dies in the middle of the bytes, and is started again when it is too late for this run."""
    project.proxy.call_at, project.proxy.call = half(project), lambda: project.far.stop(project)
    try:
        yield
        assert project.proxy.called.wait(30)
    finally:
        project.far.start(project)


@contextlib.contextmanager
def restarted(project: Project) -> Iterator[None]:
    """The server dies in the middle of the bytes and is back at once."""

    def restart() -> None:
        project.far.stop(project)
        project.far.start(project)

    project.proxy.call_at, project.proxy.call = half(project), restart
    yield
    assert project.proxy.called.wait(30)


@contextlib.contextmanager
def wrong_credential(project: Project) -> Iterator[None]:
    project.let_in(project.far.wrong)
    yield
    project.let_in()


def full(project: Project) -> Broken:
    """The place gets full while the files come."""
    return project.far.filled(project, sum(len(content) for content, _ in project.before.values()))


def short_upload(project: Project) -> Broken:
    """A third of what is sent gets lost, and the answer says that all is well."""
    return project.far.shortening(project)


def lost_answer(project: Project) -> Broken:
    """The link is cut between the request that makes the deposit and its answer, and stays cut."""
    return project.far.losing(project)


@contextlib.contextmanager
def short_answer(project: Project) -> Iterator[None]:
    """A third of what is read back gets lost, and its length fits."""
    project.through_http()
    project.http.cut_answer = True
    yield
    assert project.http.done
    project.http.cut_answer = False


@contextlib.contextmanager
def cut_answer(project: Project) -> Iterator[None]:
    """Each connection ends in the middle of what is read back."""
    project.proxy.cut_after, project.proxy.cuts = half(project), 1000
    yield
    assert project.proxy.done
    project.proxy.cuts = 0


@contextlib.contextmanager
def lying(project: Project) -> Iterator[None]:
    with project.far.lying(project):
        yield
    project.far.remove()


@contextlib.contextmanager
def slow(project: Project) -> Iterator[None]:
    """A link so slow that the bag takes longer than we wait for an answer."""
    project.seconds, project.proxy.rate = 3, min(half(project) // 2, 10 << 20)
    yield
    project.seconds, project.proxy.rate = 60, 0


@contextlib.contextmanager
def stalled(project: Project) -> Iterator[None]:
    """In the middle of the bytes nothing passes any more, and no connection ends."""
    project.seconds, project.proxy.stall_at = 2, half(project)
    yield
    assert project.proxy.stalled
    project.seconds, project.proxy.stall_at, project.proxy.stalled = 60, 0, False


def half(project: Project) -> int:
    """Bytes in the middle of the bag's one large file."""
    return max(len(content) for content, _ in project.before.values()) // 2
