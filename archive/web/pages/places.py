"""Places: where bags are held and deposited, whether they can be reached, and the deposits that are known here."""

from __future__ import annotations

import os

from starlette.responses import Response
from starlette.routing import Route

from archive.errors import NotFoundError
from archive.ledger.copies import count_transfers, latest_deposits
from archive.ledger.holdings import list_locations
from archive.project_file import NAME
from archive.web.jobs import JobPlan, Step
from archive.web.visit import Visit, action, page

DEPOSITS_SHOWN = 50
_PATIENCE = 0.6


def show_places(visit: Visit) -> Response:
    """The places as the ledger and the settings have them, with the last tests, and a page of the deposits."""
    desk = visit.desk
    made, last, at = [], 1, 1
    if desk.has_ledger:
        with desk.ledger() as ledger:
            last = max(1, -(-count_transfers(ledger) // DEPOSITS_SHOWN))
            at = min(visit.number("page", 1), last)
            made = latest_deposits(ledger, limit=DEPOSITS_SHOWN, offset=(at - 1) * DEPOSITS_SHOWN)
    places, overview = desk.places.current(wait=_PATIENCE), desk.overview.current() if desk.has_ledger else None
    pending = [] if overview is None else overview.document.get("deposits", {}).get("pending", [])
    return visit.show(
        "places.html", places=places, pending=pending[:DEPOSITS_SHOWN], left=max(len(pending) - DEPOSITS_SHOWN, 0),
        made=made, page=at, last=last, refused=_refused(visit), tests=_last_tests(visit),
        path=os.path.join(desk.folder, NAME),
    )  # fmt: skip


def _refused(visit: Visit) -> dict[str, str]:
    """Places of archive.toml that do not count, with the reason."""
    refused = visit.desk.settings.refused
    return {name.partition(".")[2]: why for name, why in refused.items() if name.startswith("places.")}


def _last_tests(visit: Visit) -> dict[str, str]:
    """For each place that was tested here the newest job."""
    found: dict[str, str] = {}
    for job in visit.desk.jobs.all():
        if job.plan.kind == "place":
            found.setdefault(job.plan.subject, job.id)
    return found


def show_test(visit: Visit) -> Response:
    """What the test of a connection found."""
    job = visit.desk.jobs.find(visit.values["id"])
    if job.plan.kind != "place":
        raise NotFoundError("this job is not the test of a place", subject=job.id)
    tested = [one for result in job.results for one in result.get("places", ()) if one.get("test")]
    return visit.show("place_test.html", job=job, tested=tested)


def test_place(visit: Visit) -> Response:
    """Start the test of one place."""
    name = visit.text("name")
    known = set(visit.desk.settings.places)
    if visit.desk.has_ledger:
        with visit.desk.ledger() as ledger:
            known |= {one.name for one in list_locations(ledger)}
    if name not in known:
        raise NotFoundError("there is no place of this name", subject=name[:200])
    step = Step(("places", "--test", "--json", "--", name), good=(0, 4))
    return visit.go(f"/jobs/{visit.desk.jobs.submit(JobPlan('place', name, (step,), '/places/tests/{job}'))}")


ROUTES = (
    Route("/places", page(show_places)),
    Route("/places/test", action(test_place), methods=["POST"]),
    Route("/places/tests/{id}", page(show_test)),
)
