"""Check something: a bag, a packed bag, a PDF or an XML record that need not be held. The verdict in words."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.errors import ArchiveError, NotFoundError, UsageError
from archive.formats.amounts import parse_size
from archive.model.codes.seal import NOT_CHECKED_HERE
from archive.storage.atomic import write_whole
from archive.storage.removing import remove_tree
from archive.web.browsing import browse
from archive.web.desk import Desk
from archive.web.folders import allowed_path
from archive.web.guard import TooLargeError
from archive.web.jobs import JUDGED, JobPlan, Step
from archive.web.uploads import Received, Staging, open_staging, receive_upload
from archive.web.visit import Visit, action, is_own_form, page, show_error, visit_of

ENDS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".pdf", ".xml")
"""Names of files that can be checked."""
_PLACES_SHOWN = 20
_LONGEST_WITHOUT_JOB = 3600.0
_GRAVITY = ("error", "unchecked", "warning", "note")


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one code: the first of them, their number, and the first paths."""

    first: Mapping[str, Any]
    count: int
    paths: tuple[str, ...]


def show_choice(visit: Visit) -> Response:
    """Choose what is to be checked."""
    return _show(visit, "", None)


def start_check(visit: Visit) -> Response:
    """Start the job: `archive validate`, and `archive verify` where there is a seal."""
    given = visit.text("path")
    try:
        path = allowed_path(visit.desk.settings, given)
        if not os.path.isdir(path) and not path.lower().endswith(ENDS):
            raise UsageError(
                "this cannot be checked", subject=given, remedy="Choose a bag's folder, or a zip, tar, PDF or XML file"
            )
    except ArchiveError as error:
        return _show(visit, given, error)
    return visit.go(f"/jobs/{submit_check(visit, path, path)}")


async def upload(request: Request) -> Response:
    """Check what the browser sends. It is kept in the private folder of the desk until the job has ended."""
    visit = visit_of(request)
    try:
        with open_staging(visit.desk.drafts.uploads) as staging:
            received = await receive_upload(request, staging, lambda token: is_own_form(request, token))
            job = await run_in_threadpool(_check_sent, visit, staging, received)
        return visit.go(f"/jobs/{job}")
    except TooLargeError:
        return visit.show("too_large.html", status=413, largest=parse_size(visit.desk.settings.desk.largest_upload))
    except ArchiveError as error:
        return show_error(visit, error)


def _check_sent(visit: Visit, staging: Staging, received: Received) -> str:
    """Keep what was sent, and enter its job; the id."""
    kept = os.path.join(visit.desk.state, "checks")
    os.makedirs(kept, mode=0o700, exist_ok=True)
    forget_sent(visit.desk, kept)
    single = received.tops[0] if len(received.tops) == 1 else ""
    is_file = bool(single) and os.path.isfile(os.path.join(staging.files, single))
    if is_file and not single.lower().endswith(ENDS):
        raise UsageError("this cannot be checked", subject=single, remedy="Send a bag, or a zip, tar, PDF or XML file")
    if not single and not os.path.isfile(os.path.join(staging.files, "bagit.txt")):
        raise UsageError("send one thing at a time: a bag's folder, or one file")
    folder = os.path.join(kept, secrets.token_hex(8))
    staging.move(folder)
    path = os.path.join(folder, "files", single) if single else os.path.join(folder, "files")
    job = submit_check(visit, path, single or "bag")
    write_whole(os.path.join(folder, "job"), (job.encode(),), replace=True)
    return job


def forget_sent(desk: Desk, kept: str) -> None:
    """Remove what was sent for checks that have ended."""
    for name in os.listdir(kept):
        folder = os.path.join(kept, name)
        try:
            with open(os.path.join(folder, "job"), encoding="ascii") as file:
                ended = desk.jobs.find(file.read(), full=False).state.has_ended
        except NotFoundError:
            ended = True
        except FileNotFoundError:
            ended = time.time() - os.stat(folder).st_mtime > _LONGEST_WITHOUT_JOB
        if ended:
            remove_tree(folder)


def submit_check(visit: Visit, path: str, subject: str) -> str:
    """Enter the job that checks what is at `path`, a real path; its id."""
    steps = (
        Step(("validate", "--json", "--events", "--", path), JUDGED),
        Step(("verify", "--json", "--events", "--", path), JUDGED, needs=NOT_CHECKED_HERE.code),
    )
    return visit.desk.jobs.submit(JobPlan("check", subject, steps, "/check/{job}"))


def show_verdict(visit: Visit) -> Response:
    """What a check found. Raises `NotFoundError` for a job of another sort."""
    job = visit.desk.jobs.find(visit.values["job"])
    if job.plan.then != "/check/{job}":
        raise NotFoundError("no such check", subject=job.id)
    if not job.state.has_ended:
        return visit.go(f"/jobs/{job.id}")
    reports = [one for result in job.results for one in result.get("reports", ())]
    failures = [one for result in job.results for one in result.get("failures", ())]
    seals = next((one for one in job.results if one.get("schema") == "archive.seal/1"), None)
    problem = next((one for one in job.results if "problem" in one), None)
    return visit.show(
        "check_result.html", job=job, reports=[(one, group_findings(one["findings"])) for one in reports],
        failures=failures, seals=seals, seal_groups=group_findings(seals["findings"]) if seals else [],
        problem=problem,
    )  # fmt: skip


def group_findings(findings: Sequence[Mapping[str, Any]]) -> list[FindingGroup]:
    """Equal findings together, the gravest first."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in findings:
        groups.setdefault((one["severity"], one["code"]), []).append(one)
    ordered = sorted(groups.items(), key=lambda pair: _GRAVITY.index(pair[0][0]))
    return [
        FindingGroup(own[0], len(own), tuple(dict.fromkeys(one["path"] for one in own))[:_PLACES_SHOWN])
        for _key, own in ordered
    ]


def _show(visit: Visit, given: str, error: ArchiveError | None) -> Response:
    listing = browse(visit, ends=ENDS)
    largest = parse_size(visit.desk.settings.desk.largest_upload)
    status = 400 if error else 200
    return visit.show("check.html", status=status, listing=listing, given=given, error=error, largest=largest)


ROUTES = (
    Route("/check", page(show_choice)),
    Route("/check", action(start_check), methods=["POST"]),
    Route("/check/upload", upload, methods=["POST"]),
    Route("/check/{job}", page(show_verdict)),
)
