"""Watching a folder: which of its contents become bags now, and what is not tried again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from archive.errors import ArchiveError, UsageError
from archive.model.light import light_dataclass
from archive.model.watching import Arrival, Readiness
from archive.stages.creation.settling import Settling, move_done

RETRY_SECONDS = 3600
"""What failed is tried again when it changes, or after so long: a full disk may have been emptied."""
_SLOWEST, _FASTEST = 10.0, 0.2


@light_dataclass(frozen=True)
class _Tried:
    mark: str
    problem: str
    at: float


@light_dataclass(frozen=True)
class WatchRound:
    """One look at the folder: the paths to make bags of now, and what is told of the others, each thing once."""

    ready: tuple[str, ...]
    waiting: tuple[Arrival, ...]
    told: tuple[Arrival, ...]


class Watch:
    """A folder under watch; `left_out` are paths in it that are not read. Raises `UsageError` and `StorageError`."""

    def __init__(
        self, folder: str, seconds: float, left_out: Sequence[str] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        if seconds <= 0:
            raise UsageError("settle_seconds must be more than 0", remedy="Set [watch] settle_seconds, such as 60")
        self.folder, self.seconds, self._clock = os.path.abspath(folder), seconds, clock
        self._settling = Settling(self.folder, seconds, clock, frozenset(map(os.path.abspath, left_out)))
        self._tried: dict[str, _Tried] = {}
        self._told: dict[str, Arrival] = {}

    def rounds(self, *, once: bool, sleep: Callable[[float], None] = time.sleep) -> Iterator[WatchRound]:
        """Looks at the folder: with `once` a single one that tells what has settled, else without end."""
        pause = self.seconds if once else min(max(self.seconds / 2, _FASTEST), _SLOWEST)
        first = self._settling.look()
        if once and not first:
            yield WatchRound((), (), ())
            return
        while True:
            sleep(pause)
            yield self._round(self._settling.look())
            if once:
                return

    def mark(self, path: str) -> str:
        """The mark of `path` when the folder was last read."""
        return self._settling.mark(path)

    def note(self, path: str, problem: str) -> bool:
        """Note what came of a path, "" for its bag being there; False where the same was noted of it before."""
        before = self._tried.get(path)
        self._tried[path] = _Tried(self.mark(path), problem, self._clock())
        return before is None or before.problem != problem

    def move_all(self, sources: Iterable[str], done: str) -> tuple[dict[str, str], list[ArchiveError]]:
        """Move sources of which bags were made into the folder `done`: their new paths, and what could not be moved."""
        moved: dict[str, str] = {}
        problems: list[ArchiveError] = []
        for source in sources:
            try:
                moved[source] = move_done(source, done, self.mark(source))
            except ArchiveError as error:
                problems.append(error)
        return moved, problems

    def _round(self, arrivals: Iterable[Arrival]) -> WatchRound:
        ready, waiting, told = [], [], []
        for one in arrivals:
            if one.readiness is Readiness.SETTLED:
                if self._wants(one.path):
                    ready.append(one.path)
                continue
            waiting.append(one)
            if one.readiness is not Readiness.CHANGING and self._told.get(one.path) != one:
                self._told[one.path] = one
                told.append(one)
        return WatchRound(tuple(ready), tuple(waiting), tuple(told))

    def _wants(self, path: str) -> bool:
        before = self._tried.get(path)
        if before is None or before.mark != self.mark(path):
            return True
        return bool(before.problem) and self._clock() - before.at >= RETRY_SECONDS


def check_places(folder: str, to: str, done: str | None) -> None:
    """Raises `UsageError` where bags would be made in the watched folder, or what is done would stay in sight."""
    if not os.path.isdir(folder):
        raise UsageError("this is not a folder that can be watched", subject=folder)
    own, place = os.path.realpath(folder), os.path.realpath(to)
    if os.path.commonpath([own, place]) in (own, place):
        raise UsageError(
            "bags cannot be made in the watched folder or around it", subject=to, remedy="Choose another --to"
        )
    if done is None:
        return
    kept = os.path.realpath(done)
    if kept == own or os.path.commonpath([kept, place]) == place:
        raise UsageError("this cannot be the folder for finished sources", subject=done, remedy="Choose another --done")
    if os.path.commonpath([own, kept]) == own and os.path.dirname(kept) != own:
        raise UsageError(
            "the folder for finished sources must be directly in the watched one or outside of it", subject=done
        )
    above = kept if os.path.isdir(kept) else os.path.dirname(kept)
    if os.path.isdir(above) and os.stat(above).st_dev != os.stat(own).st_dev:
        raise UsageError(
            "finished sources are moved by renaming, so the folder must be on the same file system", subject=done
        )
