"""Drawing processes: what one document does to its process costs that one rendition, and the limit is named."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from archive.errors import RenditionError
from archive.renditions import pool
from archive.renditions.attempts import Attempt
from archive.renditions.originals import Original
from archive.renditions.pool import draw_confined
from archive.renditions.renderer import Renderer, Written
from archive.resources import metadata_path
from archive.settings import Settings
from archive.storage.clock import Clock

_CLOCK = Clock(1_700_000_000)
_SETTINGS = Settings().with_flags("render", system_fonts="none", converter="none")


@pytest.fixture(autouse=True)
def fresh_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool of its own for each test, so that a process with odd limits serves nobody else."""
    monkeypatch.setattr(pool, "_POOL", pool._Pool())


def _original(folder: Path, name: str, content: str) -> Original:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return Original(name, os.fsencode(path), path.stat().st_size)


def _draw(folder: Path, original: Original, settings: Settings = _SETTINGS) -> bytes:
    target = folder / f"{original.name}.{time.monotonic_ns()}.pdf"
    draw_confined(original, str(target), settings=settings, clock=_CLOCK)
    return target.read_bytes()


def test_a_process_draws_one_document_after_the_other(tmp_path: Path) -> None:
    first, second = _original(tmp_path, "a.txt", "one"), _original(tmp_path, "b.txt", "two")
    assert _draw(tmp_path, first).startswith(b"%PDF")
    (waiting,) = pool._POOL._idle
    assert _draw(tmp_path, second) != _draw(tmp_path, first)
    assert pool._POOL._idle == [waiting]
    assert waiting.documents == 3


def test_a_document_that_cannot_be_read_has_the_reader_s_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(RenditionError) as raised:
        _draw(tmp_path, Original("a.txt", os.fsencode(path), 3))
    assert "limit" not in raised.value.problem
    assert len(pool._POOL._idle) == 1, "the process is none the worse"


def test_paths_are_those_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "font.ttf").write_bytes(metadata_path("fonts", "NotoSans-Regular.ttf").read_bytes())
    monkeypatch.chdir(tmp_path)
    settings = _SETTINGS.with_flags("render", fonts=("font.ttf",))
    draw_confined(Original("a.txt", b"a.txt", 3), "a.pdf", settings=settings, clock=_CLOCK)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_a_fifo_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(RenditionError, match="regular file"):
        _draw(tmp_path, Original("a.txt", os.fsencode(tmp_path / "a.txt"), 3))


def test_a_killed_process_costs_one_rendition(tmp_path: Path) -> None:
    letter = _original(tmp_path, "a.txt", "one")
    _draw(tmp_path, letter)
    (process,) = pool._POOL._idle
    os.kill(process.process.pid, signal.SIGSTOP)
    timer = threading.Timer(0.5, os.kill, (process.process.pid, signal.SIGKILL))
    timer.start()
    with pytest.raises(RenditionError, match="ended by signal 9"):
        _draw(tmp_path, letter)
    timer.join()
    assert _draw(tmp_path, letter).startswith(b"%PDF"), "the next one gets a new process"


def test_a_hanging_process_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = _original(tmp_path, "a.txt", "one")
    _draw(tmp_path, letter)
    (process,) = pool._POOL._idle
    os.kill(process.process.pid, signal.SIGSTOP)
    monkeypatch.setattr(pool, "_PATIENCE", 1)
    with pytest.raises(RenditionError, match="did not end within 5 seconds, which is the limit"):
        _draw(tmp_path, letter, _SETTINGS.with_flags("render", drawing_seconds=1))
    assert process.process.poll() is not None, "and is not left behind"


def test_time_is_limited(tmp_path: Path) -> None:
    long = _original(tmp_path, "a.txt", "some words of no meaning " * 40_000)
    with pytest.raises(RenditionError, match="more than 1 seconds of processor time, which is the limit"):
        _draw(tmp_path, long, _SETTINGS.with_flags("render", drawing_seconds=1))


def test_memory_is_limited(tmp_path: Path) -> None:
    long = _original(tmp_path, "a.txt", "some words of no meaning " * 40_000)
    with pytest.raises(RenditionError, match=r"more than 170 MiB of memory|ended by signal|with code"):
        _draw(tmp_path, long, _SETTINGS.with_flags("render", memory_mb=170))


def test_a_place_that_cannot_be_written_costs_one_rendition(tmp_path: Path) -> None:
    letter = _original(tmp_path, "a.txt", "one")
    with pytest.raises(RenditionError, match="cannot be read"):
        draw_confined(letter, str(tmp_path / "no folder" / "a.pdf"), settings=_SETTINGS, clock=_CLOCK)


@pytest.mark.parametrize("word", ["abcdefghij", "\u0633\u0644\u0627\u0645"])
def test_the_cost_of_a_word_grows_with_its_length_and_no_more(tmp_path: Path, word: str) -> None:
    _draw(tmp_path, _original(tmp_path, "warm.txt", word * 100))
    spent = []
    for count in (5_000, 20_000):
        long = _original(tmp_path, f"{count}.txt", word * count)
        rounds = []
        for _ in range(2):
            before = _seconds_of_process()
            _draw(tmp_path, long)
            rounds.append(_seconds_of_process() - before)
        spent.append(min(rounds))
    assert spent[1] < 8 * spent[0], "four times as long, and sixteen times as dear were it squared"


def _seconds_of_process() -> float:
    """The processor time that the waiting process has used so far."""
    (process,) = pool._POOL._idle
    fields = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_number_of_workers_changes_no_byte(tmp_path: Path) -> None:
    texts = {f"{number}.txt": f"Statement {number}\n\n" + "all is well, قال " * number for number in range(12)}
    originals = [_original(tmp_path, name, content) for name, content in texts.items()]
    made = []
    for workers in (1, 2):
        settings = _SETTINGS.with_flags("render", workers=workers, pdfa="2a")
        renderer = Renderer(settings, _CLOCK)
        renderer.__dict__["_verapdf"] = None
        digests: list[tuple[str, str]] = []

        def write(attempt: Attempt, digests: list[tuple[str, str]] = digests) -> Written:
            assert attempt.draft is not None
            digests.append((attempt.original.subject, hashlib.sha256(attempt.draft.content).hexdigest()))
            return Written()

        assert len(list(renderer.render(originals, write))) == len(originals)
        made.append(digests)
    assert made[0] == made[1]
    assert [name for name, _ in made[0]] == list(texts)


def test_a_process_ends_with_its_parent(tmp_path: Path) -> None:
    _draw(tmp_path, _original(tmp_path, "a.txt", "one"))
    (process,) = pool._POOL._idle
    assert process.process.stdin is not None
    process.process.stdin.close()
    assert process.process.wait(20) == 0
    assert not pool._POOL._idle or _draw(tmp_path, _original(tmp_path, "b.txt", "two")), "a dead one is not asked"
