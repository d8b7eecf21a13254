"""Each fault on each target: the right exit code and words, nothing called done that is not, no second deposit.

In every case the bag stays as it was and no secret is shown; once the fault is gone the same command ends well and the
bag comes back as it went. A client that is killed is the subject of `test_killed_clients`.
"""

from __future__ import annotations

import os

import pytest

from tests.support import faults
from tests.support.faults import Fault
from tests.targets.conftest import LARGE, OpenProject

pytestmark = pytest.mark.server

TARGETS = ("sftp", "s3", "swift", "webdav", "sword", "swh", "invenio")

GAVE_UP, UNKNOWN = (5, "failed (attempts made: 2)"), (5, "is not known")
DIFFERENT = (5, "read back with different content")

TABLE: dict[Fault, dict[str, tuple[int, str]]] = {
    faults.stopped: {**dict.fromkeys(TARGETS, GAVE_UP), "sword": UNKNOWN, "swh": UNKNOWN},
    faults.restarted: {**dict.fromkeys(TARGETS, (0, "was sent again")), "sword": UNKNOWN, "swh": UNKNOWN},
    faults.wrong_credential: dict.fromkeys(TARGETS, (12, "access denied by the target")),
    faults.full: {
        "sftp": (13, "full"), "s3": (5, "the server says 500"), "swift": (13, "Upload exceeds quota"),
        "webdav": (5, "the server says 405"), "sword": (13, "no room left"), "swh": (5, "the server says 500"),
        "invenio": (13, "the quota is used up"), "dir": (13, "no space left"), "ocfl": (13, "no space left"),
    },
    faults.short_upload: {
        "sftp": (5, "the server confirmed"), "s3": (5, "BadDigest"), "swift": (5, "XAmzContentSHA256Mismatch"),
        "webdav": (5, "does not have all of it"), "sword": (5, "ErrorChecksumMismatch"),
        "swh": (5, "the server says 412"), "invenio": (5, "has a different size or checksum"),
    },
    faults.short_answer: dict.fromkeys(("s3", "swift", "webdav", "sword", "invenio"), DIFFERENT),
    faults.cut_answer: dict.fromkeys(("sftp", "s3", "swift", "webdav", "sword", "invenio"), GAVE_UP),
    faults.lying: dict.fromkeys(
        ("sftp", "s3", "swift", "webdav", "sword", "invenio", "dir", "ocfl"), (5, "read back with different content")
    ),
    faults.slow: dict.fromkeys(TARGETS, (0, "accepted")),
    faults.stalled: {**dict.fromkeys(TARGETS, GAVE_UP), "sword": UNKNOWN, "swh": UNKNOWN},
    faults.lost_answer: dict.fromkeys(TARGETS, UNKNOWN),
}  # fmt: skip

SMALL = 1 << 20
SIZES = {faults.slow: 7 * SMALL, faults.full: SMALL, faults.wrong_credential: SMALL, faults.lost_answer: SMALL}
"""Of the bag's large file, where more proves no more, or where it must be more than a connection's buffers hold."""

LONG_ONLY = {
    "swift": (faults.stopped, faults.restarted, faults.short_answer, faults.cut_answer, faults.slow, faults.stalled),
    "swh": (faults.restarted, faults.slow, faults.stalled),
}
"""Where another server already tries the same code of ours in the short form."""

CASES = [
    pytest.param(fault, target, *expected, id=f"{fault.__name__}-{target}")
    for fault, row in TABLE.items()
    for target, expected in row.items()
    if os.environ.get("ARCHIVE_LONG_TESTS") or fault not in LONG_ONLY.get(target, ())
]


@pytest.mark.parametrize(("fault", "target", "code", "words"), CASES)
def test_a_fault(open_project: OpenProject, fault: Fault, target: str, code: int, words: str) -> None:
    project = open_project(target, SIZES.get(fault, LARGE))
    with fault(project):
        ended, said = project.deposit()
    project.judge(ended, said)
    assert (ended, words in said) == (code, True), said
    project.finish()
