"""Who may use the desk: the person who opened the address that the terminal printed.

The address holds a token that works once. It is exchanged for a session cookie (HttpOnly, SameSite=Strict), which a
page of another site can neither read nor send. Forms carry a second secret, derived from the session. Everything is
kept in memory: when the desk ends, every session ends.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable

MOST_SESSIONS = 8
"""The most browsers that are let in at a time; a further one takes the place of the first."""


class Sessions:
    """The tokens not yet used and the sessions open. `make_secret` gives a new random text each time."""

    def __init__(self, make_secret: Callable[[], str]) -> None:
        self._make_secret = make_secret
        self._tokens: set[str] = set()
        self._sessions: list[str] = []
        self._lock = threading.Lock()

    def make_token(self) -> str:
        """A token that opens one session, once."""
        token = self._make_secret()
        with self._lock:
            self._tokens.add(_digest(token))
        return token

    def open(self, token: str) -> str | None:
        """The new session's secret for a token not used before, else None. The token is used up."""
        with self._lock:
            known = _digest(token)
            if known not in self._tokens:
                return None
            self._tokens.discard(known)
            session = self._make_secret()
            self._sessions = [*self._sessions, session][-MOST_SESSIONS:]
            return session

    def knows(self, session: str) -> bool:
        """Whether this is the secret of an open session, compared in constant time."""
        with self._lock:
            return sum(hmac.compare_digest(session.encode(), known.encode()) for known in self._sessions) > 0


def form_token(session: str) -> str:
    """What the forms of a session carry, so that only its own pages can post."""
    return hmac.new(session.encode(), b"form", hashlib.sha256).hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
