"""Jobs: the list, one job with its progress and result, cancelling, and the stream of progress for the script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from archive.errors import NotFoundError
from archive.web.jobs import Job, Jobs, JobState
from archive.web.visit import Visit, action, page, visit_of

_INTERVAL = 0.25
_LONGEST_STREAM = 3600.0
MOST_STREAMS = 40
"""Browsers that may follow progress at a time; others reload the page."""


def list_jobs(visit: Visit) -> Response:
    return visit.show("jobs.html", jobs=visit.desk.jobs.all())


def show_job(visit: Visit) -> Response:
    job = visit.desk.jobs.find(visit.values["id"])
    if job.plan.kind == "create" and job.state.has_ended:
        visit.desk.drafts.all()  # forgets the draft that has become this bag
    then = job.plan.then.replace("{job}", job.id)
    return visit.show("job.html", job=job, place=_place_in_queue(visit.desk.jobs, job), then=then)


def cancel_job(visit: Visit) -> Response:
    visit.desk.jobs.cancel(visit.values["id"])
    return visit.go(f"/jobs/{visit.values['id']}")


def _place_in_queue(jobs: Jobs, job: Job) -> int:
    """How many jobs are before this one in the queue."""
    if job.state is not JobState.WAITING:
        return 0
    return sum(one.state is JobState.WAITING and one.id < job.id for one in jobs.all())


class _Streams:
    """How many streams of progress are open."""

    def __init__(self) -> None:
        self.open = 0


_streams = _Streams()


async def stream_progress(request: Request) -> Response:
    """Server-sent events (HTML standard, 9.2): one `progress` whenever something changed, `ended` at last."""
    visit, identity = visit_of(request), request.path_params["id"]
    try:
        await asyncio.to_thread(visit.desk.jobs.find, identity, full=False)
    except NotFoundError:
        return Response(status_code=404)
    if _streams.open >= MOST_STREAMS:
        return Response(status_code=503, headers={"retry-after": "5"})
    return StreamingResponse(_follow(visit, identity), media_type="text/event-stream")


async def _follow(visit: Visit, identity: str) -> AsyncIterator[str]:
    _streams.open += 1
    try:
        told, waited = "", 0.0
        while waited < _LONGEST_STREAM:
            job = await asyncio.to_thread(visit.desk.jobs.find, identity, full=False)
            event = "ended" if job.state.has_ended else "progress"
            text = f"event: {event}\ndata: {json.dumps(_progress_fields(visit, job))}\n\n"
            if text != told:
                yield text
                told = text
            if job.state.has_ended:
                return
            await asyncio.sleep(_INTERVAL)
            waited += _INTERVAL
    finally:
        _streams.open -= 1


def _progress_fields(visit: Visit, job: Job) -> dict[str, object]:
    progress = job.progress
    amount = ""
    if progress.total:
        amount = f"{visit.translator.size(progress.done)} / {visit.translator.size(progress.total)}"
    return {"state": job.state.value, "step": job.step + 1, "percent": progress.percent, "amount": amount}


ROUTES = (
    Route("/jobs", page(list_jobs)),
    Route("/jobs/{id}", page(show_job)),
    Route("/jobs/{id}/cancel", action(cancel_job), methods=["POST"]),
    Route("/jobs/{id}/progress", stream_progress),
)
