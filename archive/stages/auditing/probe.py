"""Asks one local location whether it is there, in a process that may hang without holding up anybody else.

The question comes on standard input and the answer goes to standard output, by `marshal`: both ends are processes of
one Python, and this one loads nothing that it can do without, for each audit starts one for every location.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from typing import Any

from archive.model.addresses import join_address
from archive.regular_files import open_regular
from archive.stages.auditing.presence import location_identity, path_on_disk, why_away


def serve() -> None:
    """Answer the one question on standard input."""
    sys.stdout.buffer.write(marshal.dumps(answer(marshal.loads(sys.stdin.buffer.read()))))  # noqa: S302 - the driver's


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Why the location is away (None when it is there) and its identity now."""
    reason = why_away(asked["root"], asked["identity"], asked["named"], asked["places"], {})
    for place in () if reason else asked["touch"]:
        _touch(path_on_disk(join_address(asked["root"], place)))
    return {"reason": reason, "identity": "" if reason else location_identity(asked["root"], {})}


def _touch(address: str) -> None:
    """Wait until the bag answers, whatever it says."""
    with contextlib.suppress(OSError):
        if os.path.isdir(address):
            os.listdir(address)
        else:
            with open_regular(address) as file:
                file.read(1)
