"""Stands between sshd and OpenSSH's own sftp-server, and misbehaves as the word in a file says.

Run by sshd: `python sftp_filter.py WORD_FILE SFTP_SERVER`. No word: the server itself, nothing between. "spoil": other
bytes are stored than were sent. "short": what lies beyond 128 KiB of a file is thrown away, and confirmed. "lose": the
rename of a working folder is done and the connection ends before the answer; the word is then "down". "down": no
service.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from typing import BinaryIO

_WRITE, _RENAME, _STATUS = 6, 18, 101
_LONG, _KEPT = 1 << 13, 1 << 17


def main() -> None:
    words, program = sys.argv[1:3]
    with open(words, encoding="ascii") as stream:
        word = stream.read().strip()
    if word == "down":
        sys.exit(1)
    if not word:
        os.execv(program, [program])  # noqa: S606 - sshd starts this, and no shell stands between
    server = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    near = os.fdopen(1, "wb", buffering=0)
    telling = threading.Lock()
    lost = threading.Event()
    answers = threading.Thread(target=_answer, args=(server.stdout, near, telling, lost), daemon=True)
    answers.start()
    asked = os.fdopen(0, "rb")
    while packet := _read(asked):
        kind, place = packet[0], _texts(packet)
        if kind == _WRITE and word in ("spoil", "short"):
            (offset,), data = struct.unpack(">Q", place[1][:8]), place[1][12:]
            if word == "spoil" and len(data) >= _LONG:
                packet = packet[:-1] + bytes([packet[-1] ^ 0x55])
            elif word == "short" and offset >= _KEPT:
                with telling:
                    _write(near, bytes([_STATUS]) + packet[1:5] + struct.pack(">III", 0, 0, 0))
                continue
        elif kind == _RENAME and word == "lose" and os.path.basename(place[0]).startswith(b"."):
            lost.set()
            with open(words, "w", encoding="ascii") as stream:
                stream.write("down")
            _write(server.stdin, packet)
            answers.join(10)
            sys.exit(1)
        _write(server.stdin, packet)
    server.stdin.close()
    server.wait()


def _texts(packet: bytes) -> tuple[bytes, bytes]:
    """The first text after kind and id, and all that comes after it."""
    if len(packet) < 9:
        return b"", b""
    (length,) = struct.unpack(">I", packet[5:9])
    return packet[9 : 9 + length], packet[9 + length :]


def _read(source: BinaryIO) -> bytes:
    head = source.read(4)
    return source.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


def _write(sink: BinaryIO, packet: bytes) -> None:
    content = struct.pack(">I", len(packet)) + packet
    while content:
        content = content[sink.write(content) or 0 :]
    sink.flush()


def _answer(source: BinaryIO, sink: BinaryIO, telling: threading.Lock, lost: threading.Event) -> None:
    """Carry the server's answers; the one after `lost` is set goes nowhere, and it is the last."""
    while packet := _read(source):
        if lost.is_set():
            return
        with telling:
            _write(sink, packet)


if __name__ == "__main__":
    main()
