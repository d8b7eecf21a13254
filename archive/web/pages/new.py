"""New bag, first step: choose a folder or a file, or send files; drafts that were begun earlier."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.errors import ArchiveError, UsageError
from archive.formats.amounts import parse_size
from archive.web.drafts import Draft
from archive.web.folders import allowed_path, roots_of
from archive.web.guard import TooLargeError
from archive.web.making import start_preview
from archive.web.pages.folders import Place, chosen_path
from archive.web.pages.overview import offer_start
from archive.web.uploads import open_staging, receive_upload
from archive.web.visit import Visit, action, is_own_form, page, show_error, visit_of


def show_new(visit: Visit) -> Response:
    """The ways to begin, and what was begun."""
    desk = visit.desk
    if not desk.has_ledger:
        return offer_start(visit)
    settings = desk.settings
    drafts = [(draft, desk.drafts.job(draft.making)) for draft in desk.drafts.all()]
    return visit.show(
        "new.html", drafts=drafts, roots=[Place(one, one) for one in roots_of(settings)],
        largest=parse_size(settings.desk.largest_upload),
    )  # fmt: skip


def choose_source(visit: Visit) -> Response:
    """Begin a draft of a folder or file that stays where it is."""
    path = chosen_path(visit)
    if not path:
        raise UsageError("no folder was chosen")
    return _open(visit, visit.desk.drafts.choose(allowed_path(visit.desk.settings, path)))


async def upload(request: Request) -> Response:
    """Begin a draft of files that the browser sends."""
    visit = visit_of(request)
    try:
        with open_staging(visit.desk.drafts.uploads) as staging:
            received = await receive_upload(request, staging, lambda token: is_own_form(request, token))
            draft = await run_in_threadpool(visit.desk.drafts.adopt, staging, received)
        return await run_in_threadpool(_open, visit, draft)
    except TooLargeError:
        return visit.show("too_large.html", status=413, largest=parse_size(visit.desk.settings.desk.largest_upload))
    except ArchiveError as error:
        return show_error(visit, error)


def _open(visit: Visit, draft: Draft) -> Response:
    start_preview(visit.desk, draft)
    return visit.go(f"/new/{draft.id}")


ROUTES = (
    Route("/new", page(show_new)),
    Route("/new/choose", action(choose_source), methods=["POST"]),
    Route("/new/upload", upload, methods=["POST"]),
)
