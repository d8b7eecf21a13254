"""Stamps asked of authorities, with the revocation lists of their paths; what does not verify is never handed on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from archive.formats.utc_time import time_text
from archive.model.stamp import MAX_RESPONSE_BYTES, Authority, Revocation, StampFault, StampVerdict
from archive.trust import http, revocation
from archive.trust.tokens import CLOCK_TOLERANCE, judge_with_path, make_request, read_nonce

MAX_LIST_BYTES = 32 << 20
"""A longer revocation list is refused unread."""
TRIES = 3
_PAUSE = 0.5
_Value = TypeVar("_Value")


class NotStampedError(Exception):
    """An authority gave no stamp that can be stored; the text says why, with its own words unescaped."""


@dataclass(frozen=True, slots=True)
class ObtainedStamp:
    """A stamp that holds, as it was received, with its verdict and the lists (DER) that were fetched for its path."""

    content: bytes
    verdict: StampVerdict
    lists: tuple[bytes, ...]


def obtain_stamp(
    url: str,
    stamped: bytes,
    authorities: Iterable[Authority],
    known_lists: Iterable[bytes],
    *,
    required: bool,
    now: Callable[[], datetime],
    seconds: float = http.SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> ObtainedStamp:
    """A stamp over `stamped` from the authority at `url`, judged by `authorities` and `now` before it is returned.

    `known_lists` (DER) count beside those that are fetched; without `required` a stamp without lists is taken. Raises
    `NotStampedError`, and `ExtraMissingError` without the extra.
    """
    authorities, known_lists = tuple(authorities), tuple(known_lists)
    request, nonce = make_request(stamped)

    def ask() -> bytes:
        return http.post(
            url, request, kind="application/timestamp-query", accept="application/timestamp-reply",
            limit=MAX_RESPONSE_BYTES, seconds=seconds,
        )  # fmt: skip

    try:
        content = _tried(ask, sleep)
    except http.ExchangeError as error:
        raise NotStampedError(str(error)) from error
    clock = now()
    verdict, path = judge_with_path("", content, stamped, authorities, known_lists, at=clock, required=False)
    if verdict.fault not in (None, StampFault.NO_LIST):
        raise NotStampedError(_why(verdict))
    assert verdict.time is not None
    if read_nonce(content) != nonce:
        raise NotStampedError("the answer is to another request: its nonce differs")
    if abs(verdict.time - clock) > CLOCK_TOLERANCE:
        raise NotStampedError(
            f"its time is {time_text(verdict.time)}, this clock says {time_text(clock)}: check both clocks"
        )
    lists, words = _fetch_lists(revocation.list_addresses(path), seconds, sleep)
    verdict, _ = judge_with_path("", content, stamped, authorities, (*lists, *known_lists), at=clock, required=required)
    if not verdict.holds:
        raise NotStampedError(". ".join((_why(verdict), *words)))
    return ObtainedStamp(content, verdict, lists)


def refetch_lists(
    content: bytes,
    stamped: bytes,
    authorities: Iterable[Authority],
    *,
    at: datetime,
    seconds: float = http.SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """The lists (DER) that are published now for the path of a stored stamp, and why others could not be had.

    Both are empty for a stamp that has no path.
    """
    _, path = judge_with_path("", content, stamped, authorities, (), at=at, required=False)
    return _fetch_lists(revocation.list_addresses(path), seconds, sleep)


def _fetch_lists(
    addresses: Iterable[str], seconds: float, sleep: Callable[[float], None]
) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    lists: list[bytes] = []
    words: list[str] = []
    for address in addresses:

        def fetch(address: str = address) -> bytes:
            return http.get(address, accept="application/pkix-crl", limit=MAX_LIST_BYTES, seconds=seconds)

        try:
            content = revocation.list_as_der(_tried(fetch, sleep))
        except http.ExchangeError as error:
            words.append(f"{address}: {error}")
            continue
        if content is None:
            words.append(f"{address}: not a revocation list")
        else:
            lists.append(content)
    return tuple(lists), tuple(words)


def _tried(call: Callable[[], _Value], sleep: Callable[[float], None]) -> _Value:
    """What `call` returns, tried again after passing failures. Raises `http.ExchangeError`."""
    for attempt in range(1, TRIES + 1):
        try:
            return call()
        except http.ExchangeError as error:
            if not error.passing or attempt == TRIES:
                raise
            sleep(_PAUSE * attempt)
    raise AssertionError


def _why(verdict: StampVerdict) -> str:
    """Why a stamp is not stored, in words."""
    if verdict.fault is StampFault.NOT_GRANTED:
        return f"the authority refused: {verdict.detail}"
    if verdict.fault is StampFault.FUTURE:
        return f"{verdict.detail}, which is later than this clock: check both clocks"
    if verdict.fault is StampFault.NO_LIST:
        return f"no revocation list for {verdict.detail}"
    if verdict.revocation is Revocation.REVOKED:
        return f"a certificate is revoked: {verdict.detail}"
    return f"its stamp does not hold: {verdict.detail}"
