"""Asks one local location whether it is there, in a process that may hang without holding up anybody else.

Run as `python -m archive.stages.auditing.probe`: the question as JSON on standard input, the answer as JSON on
standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

from archive.model.audit import join_address
from archive.regular_files import open_regular
from archive.stages.auditing.presence import location_identity, path_on_disk, why_away


def answer(question: str) -> str:
    """Why the location is away (null when it is there) and its identity now."""
    asked = json.loads(question)
    reason = why_away(asked["root"], asked["identity"], asked["named"], asked["places"], {})
    for place in () if reason else asked["touch"]:
        _touch(path_on_disk(join_address(asked["root"], place)))
    return json.dumps({"reason": reason, "identity": "" if reason else location_identity(asked["root"], {})})


def _touch(address: str) -> None:
    """Wait until the bag answers, whatever it says."""
    with contextlib.suppress(OSError):
        if os.path.isdir(address):
            os.listdir(address)
        else:
            with open_regular(address) as file:
                file.read(1)


if __name__ == "__main__":
    sys.stdout.write(answer(sys.stdin.read()))
