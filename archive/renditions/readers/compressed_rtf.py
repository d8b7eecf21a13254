"""The compressed RTF in which Outlook keeps the text of a message (MS-OXRTFCP)."""

from __future__ import annotations

import struct

_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    b"Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
"""What the dictionary holds at first (MS-OXRTFCP 2.1.2.1)."""
_HEAD = struct.Struct("<IIII")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_RING = 4096
_MOST_BYTES = 64 << 20


def unpack_rtf(content: bytes) -> bytes:
    """The RTF in `content`, as long as its header says. Raises `ValueError` when it is damaged, cut off or too large.

    Its checksum is not compared: what counts is whether the text comes out at the length that is stated.
    """
    if len(content) < _HEAD.size:
        raise ValueError("its compressed text is cut off")
    _, size, kind, _ = _HEAD.unpack_from(content)
    if size > _MOST_BYTES:
        raise ValueError(f"its text unpacks to {size:,} bytes, more than is drawn")
    if kind == _PLAIN:
        made = content[_HEAD.size : _HEAD.size + size]
    elif kind == _COMPRESSED:
        made = _unpack(content, size)
    else:
        raise ValueError("its text is compressed in a way that is not known here")
    if len(made) < size:
        raise ValueError("its compressed text is cut off")
    return made


def _unpack(content: bytes, size: int) -> bytes:
    made = bytearray(_START)
    base = len(_START)
    end = base + size
    at, last = _HEAD.size, len(content)
    while at < last and len(made) < end:
        control = content[at]
        at += 1
        for bit in range(8):
            if at >= last or len(made) >= end:
                break
            if not control >> bit & 1:
                made.append(content[at])
                at += 1
                continue
            if at + 1 >= last:
                return bytes(made[base:end])
            word = content[at] << 8 | content[at + 1]
            at += 2
            # The dictionary is a ring of which `made` is the history: a place in it, from where it is written next.
            back = (len(made) - (word >> 4)) % _RING
            if back == 0:
                return bytes(made[base:end])
            for _ in range((word & 0xF) + 2):
                # What was never written is read as a zero byte.
                made.append(made[-back] if back <= len(made) else 0)
    return bytes(made[base:end])
