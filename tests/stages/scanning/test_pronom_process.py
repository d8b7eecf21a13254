"""Siegfried in a process of its own: asked ahead, fed while files are copied, started anew when it ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.model.build import FileRecord
from archive.settings import IdentifySettings, Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.scanning import pronom_process
from archive.stages.scanning.identification import FormatFeed, Identifications, identify
from archive.stages.scanning.pronom import Pronom
from archive.stages.scanning.pronom_process import PronomProcess
from archive.storage.copying import Taken
from tests.support.building import FolderBuild

PRONOM = Settings(identify=IdentifySettings(formats="pronom"))
CONTENTS = (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", b"GIF89a\x01\x00\x01\x00", b"words\n", b"\x00\x01nothing\xff")


@pytest.fixture
def build(tmp_path: Path) -> FolderBuild:
    for number in range(700):
        (tmp_path / f"{number:04}").write_bytes(CONTENTS[number % len(CONTENTS)])
    return FolderBuild(tmp_path)


def kinds(found: Identifications, records: list[FileRecord]) -> list[str | None]:
    named = [found.of(record.path) for record in records]
    return [None if one is None else one.puid for one in named]


def test_what_is_fed_piece_by_piece_is_named_alike(build: FolderBuild) -> None:
    records = list(build.records())
    with identify(build, PRONOM) as found:
        expected = kinds(found, records)
    assert set(expected) == {"fmt/18", "x-fmt/111", None}
    turns = random.Random(4)

    def coming() -> Iterator[FileRecord | None]:
        for record in records:
            while turns.random() < 0.01:
                yield None
            yield record

    with FormatFeed(build, coming(), PRONOM) as feed:
        for _ in range(9):
            feed.step()
        with feed.finish() as found:
            assert kinds(found, records) == expected
            assert sum(number for _one, number in found.counts()) == len(records)
            assert [one for _record, one in found.along(records)] == [found.of(record.path) for record in records]
            some = turns.sample(records, 300)
            assert [one for _record, one in found.along(some)] == [found.of(record.path) for record in some]


def test_a_process_that_ends_costs_no_file_its_name(build: FolderBuild) -> None:
    records = list(build.records())
    with identify(build, PRONOM) as found:
        expected = [found.of(record.path) for record in records[:60]]
    pronom = Pronom()
    try:
        for first in (0, 20):
            pronom.submit(build, records[first : first + 20])
        os.kill(pronom._process._process.pid, signal.SIGKILL)
        named = [one for _path, one in pronom.collect(build) + pronom.collect(build)]
        pronom.submit(build, records[40:60])
        named += [one for _path, one in pronom.collect(build)]
    finally:
        pronom.close()
    assert named == expected


@pytest.mark.parametrize("said_hello", [True, False])
def test_a_process_that_hangs_is_given_up(
    build: FolderBuild, said_hello: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = list(build.records())
    with identify(build, PRONOM) as found:
        expected = [found.of(record.path) for record in records]
    pronom = Pronom()
    try:
        if said_hello:
            assert pronom.tool
        stopped = pronom._process._process.pid
        os.kill(stopped, signal.SIGSTOP)
        for first in range(0, 700, 20):
            pronom.submit(build, records[first : first + 20])
        monkeypatch.setattr(pronom_process, "_PATIENCE", 1)
        assert not pronom.ready
        named = [one for _path, one in pronom.collect(build)]
        monkeypatch.undo()
        for _ in range(20, 700, 20):
            named += [one for _path, one in pronom.collect(build)]
        with pytest.raises(ProcessLookupError):
            os.kill(stopped, 0)
    finally:
        pronom.close()
    assert named == expected


def test_an_answer_cut_off_in_the_middle_is_the_end(build: FolderBuild, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other side may be killed at any byte; `marshal` then fails in several ways."""
    for content in (b"[", b"[\x02\x00\x00\x00i", b"\xff", b"", b"[\x01\x00\x00\x000"):
        program = f"import os,struct; os.write(1, struct.pack('!I', {len(content)}) + {content!r})"
        monkeypatch.setattr(pronom_process, "_COMMAND", ("-c", program))
        process = PronomProcess()
        with pytest.raises(UsageError, match="does not work here"):
            process.hello()
        process.close()


def test_long_names_fill_no_pipe(tmp_path: Path) -> None:
    """The lists of names, and the answers, are longer than what a pipe holds."""
    deep = tmp_path.joinpath(*["d" * 200] * 8)
    deep.mkdir(parents=True)
    for number in range(600):
        (deep / f"{number:03}-{'n' * 200}.txt").write_bytes(b"words\n")
    build = FolderBuild(tmp_path)
    with identify(build, PRONOM) as found:
        assert [number for _one, number in found.counts()] == [600]


def test_an_abandoned_feed_leaves_no_process(build: FolderBuild) -> None:
    with FormatFeed(build, iter(build.records()), PRONOM) as feed:
        feed.step()
        identifier = feed._identifier
        assert isinstance(identifier, Pronom)
        assert identifier.waiting
        process: subprocess.Popen[bytes] = identifier._process._process
    assert process.poll() is not None, "what was asked is dropped with the process that was asked"


def test_records_can_be_followed_while_they_are_written(tmp_path: Path) -> None:
    with BagBuilder(
        str(tmp_path / "bag"), "bag", algorithms=("sha256",), tag_algorithms=("sha256",), spool=str(tmp_path / "spool")
    ) as builder:
        following = builder.follow()
        assert next(following) is None
        seen: list[FileRecord] = []
        for batch in range(30):
            for number in range(batch):
                name = f"{'x' * 150}-{batch}-{number}%\n"
                builder.record("data/", Taken.of_one(name, number, ("a" * 64,)))
            while (record := next(following)) is not None:
                seen.append(record)
        assert seen == list(builder.records())
        assert len(seen) == sum(range(30))
        assert seen[0].path == f"data/{'x' * 150}-1-0%\n"
