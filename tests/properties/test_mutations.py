"""Whatever is done to a bag, a record or a document: findings or an `ArchiveError`, in bounds, no false "valid".

Each kind runs in a process of its own that is held to 1.5 GB; no case may take 20 s of CPU. `ARCHIVE_LONG_TESTS=1`
tries 30,000 mutations of each kind instead of 2,000; `ARCHIVE_LONG_TESTS_SEED` chooses others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.mutating import KINDS, SECONDS

LONG = os.environ.get("ARCHIVE_LONG_TESTS") == "1"
MUTATIONS = 30_000 if LONG else 2_000
SEED = os.environ.get("ARCHIVE_LONG_TESTS_SEED", "12")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_mutations_are_judged(kind: str, tmp_path: Path, checkout: Path) -> None:
    words = [sys.executable, "-m", "tests.support.mutating", kind, str(MUTATIONS), SEED, str(tmp_path)]
    ran = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    answer = json.loads(ran.stdout)
    assert not answer["wrong"], "\n".join(answer["wrong"])
    assert answer["longest"] < SECONDS
    assert answer["tried"] == MUTATIONS
