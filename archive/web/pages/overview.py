"""The overview: the state of the archive in two sentences, and what to do about it."""

from __future__ import annotations

import os

from starlette.responses import Response
from starlette.routing import Route

from archive.ledger.book import ledger_address
from archive.ledger.holdings import has_holdings
from archive.project_file import NAME
from archive.web.jobs import JobPlan, Step
from archive.web.visit import Visit, action, page

_PATIENCE = 0.4
"""Seconds that the page waits for a state that is up to date, before it shows the last one with its time."""


def show_overview(visit: Visit) -> Response:
    """The overview, or the offer to start an archive where there is none."""
    desk = visit.desk
    if not desk.has_ledger:
        return offer_start(visit)
    with desk.ledger() as ledger:
        is_empty = not has_holdings(ledger)
    snapshot = None if is_empty else desk.overview.current(wait=_PATIENCE)
    jobs = [job for job in desk.jobs.all()[:20] if not job.state.has_ended]
    return visit.show("overview.html", is_empty=is_empty, snapshot=snapshot, jobs=jobs)


def offer_start(visit: Visit) -> Response:
    """The offer to start an archive; with a warning where settings name a ledger that is gone."""
    settings = visit.desk.settings
    lost = ledger_address(settings) if os.path.isfile(os.path.join(settings.folder, NAME)) else ""
    return visit.show("start.html", lost=lost)


def start_archive(visit: Visit) -> Response:
    """Start an archive in the desk's folder: `archive init`."""
    arguments = ["init", "--json"]
    for name in ("organization", "operator"):
        if visit.text(name):
            arguments.append(f"--{name}={visit.text(name)}")
    job = visit.desk.jobs.submit(JobPlan("init", visit.desk.folder, (Step(tuple(arguments)),), "/"))
    return visit.go(f"/jobs/{job}")


def check_what_is_due(visit: Visit) -> Response:
    """Start the audit of what is due, or of what failed last time."""
    failed = ("--retry-failed",) if visit.text("failed") else ()
    plan = JobPlan("audit", "", (Step(("audit", *failed, "--json", "--events"), good=(0, 3)),), "/checks")
    return visit.go(f"/jobs/{visit.desk.jobs.submit(plan)}")


ROUTES = (
    Route("/", page(show_overview)),
    Route("/start", action(start_archive), methods=["POST"]),
    Route("/audit", action(check_what_is_due), methods=["POST"]),
)
