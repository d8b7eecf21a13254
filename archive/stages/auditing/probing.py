"""Asks one local location whether it is there, in a process that may hang without holding up anybody else.

Run as `python -m archive.stages.auditing.probing`: the question as JSON on standard input, the answer as JSON on
standard output.
"""

from __future__ import annotations

import json
import sys

from archive.stages.auditing.places import identify, why_away


def answer(question: str) -> str:
    """Why the location is away (null when it is there) and its identity now."""
    asked = json.loads(question)
    reason = why_away(asked["root"], asked["identity"], asked["named"], asked["places"], {})
    return json.dumps({"reason": reason, "identity": "" if reason else identify(asked["root"], {})})


if __name__ == "__main__":
    sys.stdout.write(answer(sys.stdin.read()))
