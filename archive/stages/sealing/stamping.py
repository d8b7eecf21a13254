"""Stamps for what a seal stamps: which authorities are asked, and which files come of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from archive.model.seal import RevocationRule, Trust
from archive.model.stamp import StampVerdict
from archive.stages.trusting import keep_list
from archive.trust.side_by_side import ask_side_by_side

LARGEST_STORED_LIST = 64 << 10
"""A longer revocation list is kept once, in the trust folder, and not in each seal."""
_MOST_STAMPS, _MOST_LISTS = 9, 99
_LISTS = "crls"


@dataclass(frozen=True, slots=True)
class StampSet:
    """What came of asking: verdicts of the stamps that hold, the files for the seal, and why others gave none.

    `kept` are the SHA-512 of lists that are too long for a seal and were written to the trust folder.
    """

    verdicts: tuple[StampVerdict, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def count_operators(verdicts: Iterable[StampVerdict]) -> int:
    """How many different operators made the stamps of `verdicts`, which all hold."""
    return len({one.operator for one in verdicts})


def collect_stamps(
    stamped: bytes,
    trust: Trust | None,
    urls: tuple[str, ...],
    *,
    now: Callable[[], datetime],
    present: Mapping[str, bytes] | None = None,
    taken: Iterable[str | None] = (),
) -> StampSet:
    """Ask the authorities at `urls`, by default those of the trust folder, for stamps over `stamped`, side by side.

    `present` are the seal's files of now, by name; `taken` the operators whose stamps hold already: they are not asked
    again, unless by name in `urls`. Every stamp was verified before it is returned. Raises `ExtraMissingError`, and
    `StorageError` where a long list cannot be written.
    """
    from archive.trust.requests import NotStampedError, ObtainedStamp, obtain_stamp

    if trust is None:
        return StampSet(problems=("no trust folder is named, so no stamp could be verified, and none was requested",))
    files = _NewFiles(present or {})
    lists = (*files.lists(), *trust.lists)

    def ask(urls: Sequence[str]) -> list[tuple[str, ObtainedStamp | NotStampedError]]:
        """Ask one address after the other, until one gives a stamp."""
        answers: list[tuple[str, ObtainedStamp | NotStampedError]] = []
        for url in urls:
            try:
                got = obtain_stamp(
                    url, stamped, trust.authorities, lists,
                    required=trust.policy.revocation is RevocationRule.REQUIRED, now=now,
                )  # fmt: skip
            except NotStampedError as error:
                answers.append((url, error))
            else:
                return [*answers, (url, got)]
        return answers

    rows = _addresses(trust, urls, frozenset(taken))
    verdicts: list[StampVerdict] = []
    problems: list[str] = []
    kept: list[str] = []
    for answers in ask_side_by_side([partial(ask, row) for row in rows]):
        for url, answer in answers:
            if isinstance(answer, NotStampedError):
                problems.append(f"{url}: {answer}")
                continue
            name = files.add_stamp(answer.content)
            if name is None:
                problems.append(f"{url}: a seal holds at most {_MOST_STAMPS} stamps")
                continue
            kept += _store_lists(files, trust, answer.lists)
            verdicts.append(replace(answer.verdict, file=name))
    if not urls and not any(one.urls for one in trust.authorities if one.distrusted is None):
        problems.append("the trust folder names no address of an authority: add one, or name one with --tsa URL")
    return StampSet(tuple(verdicts), files.new, tuple(problems), tuple(dict.fromkeys(kept)))


def fetch_lists_again(
    stamped: bytes, trust: Trust, present: Mapping[str, bytes], *, at: datetime
) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """The lists that are published now for the stamps in `present`, as new files of the seal; and what was lacking."""
    from archive.trust.requests import refetch_lists

    files = _NewFiles(present)
    problems: list[str] = []
    stamps = [content for name, content in sorted(present.items()) if name.endswith(".tsr")]
    for lists, words in ask_side_by_side(
        [partial(refetch_lists, content, stamped, trust.authorities, at=at) for content in stamps]
    ):
        problems += words
        _store_lists(files, trust, lists)
    return files.new, tuple(problems)


def _addresses(trust: Trust, urls: tuple[str, ...], taken: frozenset[str | None]) -> list[list[str]]:
    """The addresses to ask, those of one operator together: the second is asked where the first gives no stamp.

    Each address that the user named stands alone.
    """
    if urls:
        return [[url] for url in dict.fromkeys(urls)]
    rows: dict[str, list[str]] = {}
    for one in trust.authorities:
        if one.distrusted is None and one.operator not in taken and one.urls:
            rows.setdefault(one.operator, []).extend(one.urls)
    return list(rows.values())


def _store_lists(files: _NewFiles, trust: Trust, lists: Iterable[bytes]) -> list[str]:
    """Keep `lists`: the short ones in the seal. Returns the SHA-512 of those that went to the trust folder."""
    kept = []
    for content in lists:
        if len(content) <= LARGEST_STORED_LIST:
            files.add_list(content)
            continue
        keep_list(trust.folder, content)
        kept.append(hashlib.sha512(content).hexdigest())
    return kept


class _NewFiles:
    """The files that are added to a seal, numbered after those that are there."""

    def __init__(self, present: Mapping[str, bytes]) -> None:
        self._present = dict(present)
        self.new: dict[str, bytes] = {}

    def lists(self) -> list[bytes]:
        return [content for name, content in {**self._present, **self.new}.items() if name.startswith(f"{_LISTS}/")]

    def add_stamp(self, content: bytes) -> str | None:
        """The name of the stamp, None where there is no number left."""
        for number in range(1, _MOST_STAMPS + 1):
            name = f"{number}.tsr"
            if name not in self._present and name not in self.new:
                self.new[name] = content
                return name
        return None

    def add_list(self, content: bytes) -> None:
        """Keep a list, once; where there is no number left it is left out."""
        if content in self.lists():
            return
        for number in range(1, _MOST_LISTS + 1):
            name = f"{_LISTS}/{number}.crl"
            if name not in self._present and name not in self.new:
                self.new[name] = content
                return
