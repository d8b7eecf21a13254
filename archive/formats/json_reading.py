"""Reads JSON that comes in pieces, member by member, so that a large document is never whole in memory (RFC 8259).

What is well-formed, and the words for what is not, are those of the standard library's `json`.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_AHEAD = 1 << 16
"""So many characters are in memory ahead, while there are more: most members are then whole."""

_SPACE = re.compile(r"[ \t\n\r]*")
_TEXT = r'"([^"\\\x00-\x1f]*)"'
_S = r"[ \t\n\r]*"
_LIST_OF_ONE = re.compile(rf"{_S}{_TEXT}{_S}:{_S}\[{_S}{_TEXT}{_S}\]{_S}(,?)")
"""A member that is a list of one text, and the comma behind it."""


class Repeating(dict[str, Any]):
    """A JSON object in which keys stood more than once; `repeated` names them."""

    repeated: tuple[str, ...] = ()


class JsonReader:
    """JSON text at its beginning. Methods go on from where the last one ended; each raises ValueError, or
    RecursionError for what is nested too deeply.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        decoder: Any = json.JSONDecoder(object_pairs_hook=keep_repeats, parse_constant=_refuse)
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
        self._text = ""
        self._at = 0
        self._ended = False
        self._bytes = 0
        self._passed = 0
        self._lines = 0
        self._line_start = 0
        self._fill(1)
        if self._text.startswith("\ufeff"):
            raise self._error("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0)

    def at_object(self) -> bool:
        """Whether an object begins here."""
        return self._peek() == "{"

    def members(self, read: Callable[[str], Any]) -> dict[str, Any]:
        """The object that begins here; `read` reads the value of each key."""
        return keep_repeats([(key, read(key)) for key in self._keys()])

    def lists(self, add: Callable[[str, Any], None]) -> None:
        """Read the object that begins here, whose values are mostly lists of one text; `add` is called for each."""
        keys = self._keys()
        for key in keys:
            add(key, self.value())
            comma = self._peek() == ","
            while comma:
                self._fill(_AHEAD)
                start = self._at + 1
                match = _LIST_OF_ONE.match(self._text, start)
                if match is None or match.end() == len(self._text):
                    break
                add(match[1], [match[2]])
                comma = bool(match[3])
                self._at = match.end() - comma

    def value(self) -> Any:
        """The value that begins here, whole."""
        self._peek()
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except StopIteration as stop:
                if self._ended:
                    raise self._error("Expecting value", stop.value) from None
            except json.JSONDecodeError as error:
                if self._ended:
                    raise self._error(error.msg, error.pos) from None
            except ValueError:
                if self._ended:
                    raise
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._fill(2 * (len(self._text) - self._at) + 1)

    def end(self) -> None:
        """Raise ValueError unless the document ends here."""
        if self._peek():
            raise self._error("Extra data", self._at)

    def _keys(self) -> Iterator[str]:
        """The keys of the object that begins here. The caller that takes one reads its value before the next."""
        self._at += 1
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            if self._peek() != '"':
                raise self._error("Expecting property name enclosed in double quotes", self._at)
            key = self.value()
            if self._peek() != ":":
                raise self._error("Expecting ':' delimiter", self._at)
            self._at += 1
            yield key
            found = self._peek()
            if found not in (",", "}") or not found:
                raise self._error("Expecting ',' delimiter", self._at)
            self._at += 1
            if found == "}":
                return

    def _peek(self) -> str:
        """The next character that is not a space; empty at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match is not None else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._fill(1)

    def _fill(self, wanted: int) -> None:
        """Have so many characters ahead, or all that there are."""
        if self._ended or len(self._text) - self._at >= wanted:
            return
        newlines = self._text.count("\n", 0, self._at)
        if newlines:
            self._lines += newlines
            self._line_start = self._passed + self._text.rindex("\n", 0, self._at) + 1
        parts, have = [self._text[self._at :]], len(self._text) - self._at
        self._passed += self._at
        self._at = 0
        while have < wanted and not self._ended:
            parts.append(self._decode_next())
            have += len(parts[-1])
        self._text = "".join(parts)

    def _decode_next(self) -> str:
        piece = next(self._pieces, None)
        self._ended = piece is None
        held = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(piece or b"", self._ended)
        except UnicodeDecodeError as error:
            start = self._bytes - len(held) + error.start
            end = self._bytes - len(held) + error.end
            where = f"byte 0x{error.object[error.start]:02x} in position {start}"
            if end - start > 1:
                where = f"bytes in position {start}-{end - 1}"
            raise ValueError(f"'utf-8' codec can't decode {where}: {error.reason}") from None
        self._bytes += len(piece or b"")
        return text

    def _error(self, words: str, at: int) -> ValueError:
        """The error of `json` for this place. Text that is not UTF-8, even behind it, is told of first."""
        line = self._lines + self._text.count("\n", 0, at) + 1
        start = self._text.rfind("\n", 0, at)
        column = at - start if start >= 0 else self._passed + at - self._line_start + 1
        place = self._passed + at
        while not self._ended:
            self._decode_next()
        return ValueError(f"{words}: line {line} column {column} (char {place})")


def keep_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these members; a `Repeating` one where a key occurs more than once."""
    table = dict(pairs)
    if len(table) == len(pairs):
        return table
    repeating = Repeating(table)
    counted = Counter(key for key, _ in pairs)
    repeating.repeated = tuple(key for key, count in counted.items() if count > 1)
    return repeating


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
