"""Checks: runs and what they found, what comes up, starting one, the schedule, the ledger's chain, the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import FileResponse, Response
from starlette.routing import Route

from archive.errors import ArchiveError, NotFoundError, UsageError
from archive.formats.amounts import parse_budget, parse_share
from archive.ledger.holdings import list_locations
from archive.ledger.overview import attention_of_run
from archive.ledger.runs import count_runs, find_run, list_runs
from archive.reporting.finding import finding_fields
from archive.stages.auditing.findings import once_each, standing_finding
from archive.stages.auditing.schedule import RHYTHMS, is_installed, plan_timer
from archive.web.jobs import JobPlan, Step
from archive.web.visit import Visit, action, page

RUNS_SHOWN = 30
FOUND_SHOWN = 100
_LARGEST_NUMBER = 1 << 62
_PATIENCE = 0.4
_AUDIT_RESULTS = (0, 1, 3, 4)
"""The exit codes of an audit that ran, whatever it found."""
_NEW = {"what": "due", "percent": "10", "place": "", "amount": "", "unit": "h"}
"""The form for a check before anything is filled in."""
REPORTS: Mapping[str, str] = {
    "html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """A field that was not filled in right: its name, and why in the words of the library."""

    field: str
    error: ArchiveError
    given: Mapping[str, str]


def show_checks(visit: Visit) -> Response:
    return _show(visit, None)


def _show(visit: Visit, problem: Problem | None) -> Response:
    desk = visit.desk
    if not desk.has_ledger:
        return visit.go("/")
    with desk.ledger() as ledger:
        count = count_runs(ledger)
        last = max(1, -(-count // RUNS_SHOWN))
        number = min(visit.number("page", 1), last)
        runs = list_runs(ledger, limit=RUNS_SHOWN, offset=(number - 1) * RUNS_SHOWN)
        locations = [one.name for one in list_locations(ledger)]
    settings = desk.settings
    return visit.show(
        "checks.html", status=200 if problem is None else 400, runs=runs, count=count, page=number, last=last,
        locations=locations, problem=problem, given=_NEW if problem is None else problem.given,
        places=desk.places.current(wait=_PATIENCE), max_age=settings.audit.max_age, reports=_reports(visit),
    )  # fmt: skip


def show_run(visit: Visit) -> Response:
    number = visit.values["number"]
    if not visit.desk.has_ledger or number > _LARGEST_NUMBER:
        raise NotFoundError("there is no check of this number", subject=str(number)[:40])
    at = visit.number("page", 1, most=1_000_000)
    with visit.desk.ledger() as ledger:
        run = find_run(ledger, number)
        found = attention_of_run(ledger, number, limit=FOUND_SHOWN + 1, offset=(at - 1) * FOUND_SHOWN)
    shown = found[:FOUND_SHOWN]
    return visit.show(
        "check_run.html", run=run, page=at, more=len(found) > FOUND_SHOWN,
        findings=[finding_fields(one) for one in once_each(standing_finding(one) for one in shown)],
        bags=list(dict.fromkeys(one.address for one in shown))[:20],
    )  # fmt: skip


def start_check(visit: Visit) -> Response:
    """Start an audit of what is due, of a sample or of what failed; in one place or all, with or without a budget."""
    given = {name: visit.text(name) for name in _NEW}
    arguments = ["audit", "--json", "--events"]
    try:
        arguments += _scope(given)
    except ArchiveError as error:
        return _show(visit, Problem("percent", error, given))
    try:
        arguments += _budget(given)
    except ArchiveError as error:
        return _show(visit, Problem("amount", error, given))
    if given["place"]:
        with visit.desk.ledger() as ledger:
            known = given["place"] in {one.name for one in list_locations(ledger)}
        if not known:
            unknown = NotFoundError("there is no place of this name", subject=given["place"])
            return _show(visit, Problem("place", unknown, given))
        arguments.append(f"--place={given['place']}")
    plan = JobPlan("audit", given["place"], (Step(tuple(arguments), good=_AUDIT_RESULTS),), "/checks")
    return visit.go(f"/jobs/{visit.desk.jobs.submit(plan)}")


def _scope(given: Mapping[str, str]) -> list[str]:
    if given["what"] == "failed":
        return ["--retry-failed"]
    if given["what"] == "sample":
        parse_share(f"{given['percent']}%")
        return [f"--sample={given['percent']}%"]
    if given["what"] not in ("", "due"):
        raise UsageError("this cannot be chosen", subject=given["what"][:40])
    return []


def _budget(given: Mapping[str, str]) -> list[str]:
    if not given["amount"]:
        return []
    budget = f"{given['amount']}{given['unit']}"
    parse_budget(budget)
    return [f"--budget={budget}"]


def show_schedule(visit: Visit) -> Response:
    return _show_schedule(visit, None)


def _show_schedule(visit: Visit, problem: Problem | None) -> Response:
    """The timer as `archive schedule` prints it, for the rhythm and budget that were chosen."""
    rhythm = visit.text("rhythm", "weekly")
    given = {"rhythm": rhythm, "amount": visit.text("amount"), "unit": visit.text("unit", "h")}
    notify = bool(visit.text("notify"))
    timer = None
    if problem is None:
        try:
            timer = _timer(visit, given, notify=notify)
        except ArchiveError as error:
            problem = Problem("amount", error, given)
    return visit.show(
        "schedule.html", status=200 if problem is None else 400, timer=timer, given=given, notify=notify,
        rhythms=RHYTHMS, problem=problem, installed=timer is not None and is_installed(timer, os.environ),
    )  # fmt: skip


def _timer(visit: Visit, given: Mapping[str, str], *, notify: bool) -> Any:
    budget = f"{given['amount']}{given['unit']}" if given["amount"] else ""
    return plan_timer(visit.desk.settings, given["rhythm"], os.environ, budget=budget, notify=notify)


def install_schedule(visit: Visit) -> Response:
    given = {"rhythm": visit.text("rhythm", "weekly"), "amount": visit.text("amount"), "unit": visit.text("unit", "h")}
    notify = bool(visit.text("notify"))
    try:
        timer = _timer(visit, given, notify=notify)
    except ArchiveError as error:
        return _show_schedule(visit, Problem("amount", error, given))
    arguments = ["schedule", f"--{timer.rhythm}", "--install", "--json", *_budget(given)]
    arguments += ["--notify"] if notify else []
    plan = JobPlan("schedule", timer.name, (Step(tuple(arguments)),), f"/checks/schedule?rhythm={timer.rhythm}")
    return visit.go(f"/jobs/{visit.desk.jobs.submit(plan)}")


def show_chain(visit: Visit) -> Response:
    """The newest proof of the ledger's chain that was asked for here."""
    newest = next((one for one in visit.desk.jobs.all() if one.plan.kind == "chain"), None)
    job = None if newest is None else visit.desk.jobs.find(newest.id)
    proof = job.results[0] if job is not None and job.results and "findings" in job.results[0] else None
    return visit.show("chain.html", job=job, proof=proof)


def prove_chain(visit: Visit) -> Response:
    step = Step(("audit", "verify", "--json"), good=(0, 1, 4))
    return visit.go(f"/jobs/{visit.desk.jobs.submit(JobPlan('chain', '', (step,), '/checks/chain'))}")


def write_report(visit: Visit) -> Response:
    """Write the report in the page's language, as HTML, CSV and PDF."""
    folder = _report_folder(visit)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    files = [f"--{form}={os.path.join(folder, f'report.{form}')}" for form in REPORTS]
    step = Step(("report", *files, f"--language={visit.translator.language}"))
    return visit.go(f"/jobs/{visit.desk.jobs.submit(JobPlan('report', '', (step,), '/checks#report'))}")


def download_report(visit: Visit) -> Response:
    form = visit.values["form"]
    path = os.path.join(_report_folder(visit), f"report.{form}")
    if form not in REPORTS or not os.path.isfile(path):
        raise NotFoundError("this report has not been written yet", subject=form[:10])
    return FileResponse(path, media_type=REPORTS[form], filename=f"report.{form}")


def _report_folder(visit: Visit) -> str:
    return os.path.join(visit.desk.state, "reports", visit.translator.language)


def _reports(visit: Visit) -> dict[str, tuple[float, int]]:
    """The forms of the report that were written in the page's language, with time and size."""
    found = {}
    for form in REPORTS:
        try:
            status = os.stat(os.path.join(_report_folder(visit), f"report.{form}"))
        except OSError:
            continue
        found[form] = (status.st_mtime, status.st_size)
    return found


ROUTES = (
    Route("/checks", page(show_checks)),
    Route("/checks/start", action(start_check), methods=["POST"]),
    Route("/checks/schedule", page(show_schedule)),
    Route("/checks/schedule/install", action(install_schedule), methods=["POST"]),
    Route("/checks/chain", page(show_chain)),
    Route("/checks/chain/prove", action(prove_chain), methods=["POST"]),
    Route("/checks/report", action(write_report), methods=["POST"]),
    Route("/checks/report.{form}", page(download_report)),
    Route("/checks/{number:int}", page(show_run)),
)
