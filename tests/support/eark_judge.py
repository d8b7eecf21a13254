"""commons-ip, which says whether a folder or zip is a valid E-ARK package."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path

from tests.support.needing import need


def judge_eark(package: Path, reports: Path) -> list[str]:
    """The identifiers of the requirements that the package does not meet; none when the judge calls it valid.

    A valid package may not do what it only should.
    """
    reports.mkdir(exist_ok=True)
    ran = subprocess.run(
        [need("java"), "-jar", need("commons-ip"), "validate", "-i", str(package), "-o", str(reports)],
        capture_output=True, check=False, cwd=reports, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    # Some faults are told twice, with the second document after the first.
    report, _ = json.JSONDecoder().raw_decode(ran.stdout.decode())
    assert (report["summary"]["result"] == "VALID") == (not report["summary"]["errors"]), report["summary"]
    if report["summary"]["result"] == "VALID":
        return []
    outcomes = {one["id"]: one.get("testing", {}).get("outcome") for one in report["validation"]}
    return sorted(one for one, outcome in outcomes.items() if outcome in ("FAILED", "ERROR")) or ["INVALID"]


def media_types() -> frozenset[str]:
    """The media types that the judge knows."""
    with zipfile.ZipFile(need("commons-ip")) as jar:
        return frozenset(jar.read("controlledVocabularies/IANA_MEDIA_TYPES.txt").decode().split())
