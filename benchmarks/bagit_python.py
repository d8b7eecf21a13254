#!/usr/bin/env python3
"""Runs bagit-python's own tests against the released library and against archive.compat.bagit, and compares.

FOLDER is a checkout of bagit-python 1.9.0, which has test.py and test-data/; the source distribution lacks them. The
tests that look at permissions need a user who is not root:

    setpriv --inh-caps=-all --bounding-set=-all .venv/bin/python benchmarks/bagit_python.py FOLDER

Exit code 1 when fewer tests pass than with the released library.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_here(whose: str, folder: str) -> None:
    """Run the tests in this process and print what came of them as JSON."""
    os.chdir(folder)
    sys.path[:0] = [folder, str(ROOT)]
    if whose == "archive.compat.bagit":
        from archive.compat import bagit

        sys.modules["bagit"] = bagit
    import test  # bagit-python's test.py

    suite = unittest.defaultTestLoader.loadTestsFromModule(test)
    with open(os.devnull, "w") as nowhere:
        result = unittest.TextTestRunner(stream=nowhere).run(suite)
    failed = {one.id(): trace.strip().splitlines()[-1] for one, trace in (*result.failures, *result.errors)}
    print("\n" + json.dumps({"run": result.testsRun, "failed": failed}))


def main() -> int:
    if len(sys.argv) == 3:
        run_here(*sys.argv[1:])
        return 0
    folder = Path(sys.argv[1]).resolve()
    found = {}
    for whose in ("bagit 1.9.0", "archive.compat.bagit"):
        done = subprocess.run(
            [sys.executable, __file__, whose, str(folder)], capture_output=True, text=True, check=True
        )  # fmt: skip
        found[whose] = json.loads(done.stdout.splitlines()[-1])
        passed = found[whose]["run"] - len(found[whose]["failed"])
        print(f"{whose}: {passed} of {found[whose]['run']} tests pass")
    theirs, ours = (one["failed"] for one in found.values())
    for name in sorted(ours.keys() - theirs.keys()):
        print(f"  only here: {name}: {ours[name][:200]}")
    return int(len(ours) > len(theirs))


if __name__ == "__main__":
    raise SystemExit(main())
