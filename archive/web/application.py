"""The desk as an ASGI application: every path and what answers it."""

from __future__ import annotations

from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from archive.formats.amounts import parse_size
from archive.translation import LANGUAGES
from archive.web.desk import Desk
from archive.web.guard import OPENING, Guard, cookie_name
from archive.web.pages import ROUTES, UPLOADS
from archive.web.visit import LANGUAGE_COOKIE, Visit, action

_YEAR = 365 * 86_400


def make_application(desk: Desk, port: int) -> Starlette:
    """The application for a desk that listens on `port` of the loopback interface."""
    guard = Middleware(
        Guard, port=port, sessions=desk.sessions, read_only=desk.read_only, uploads=UPLOADS,
        largest_upload=parse_size(desk.settings.desk.largest_upload),
    )  # fmt: skip
    routes = [
        Route(OPENING, _open_session),
        Route("/language", action(_choose_language), methods=["POST"]),
        Mount("/static", StaticFiles(directory=str(files("archive.web") / "static"))),
        *ROUTES,
    ]
    made = Starlette(routes=routes, middleware=[guard], exception_handlers={HTTPException: _refuse})
    made.state.desk, made.state.port = desk, port
    return made


async def _open_session(request: Request) -> Response:
    """Exchange the token of the printed address for a session cookie."""
    desk, port = request.app.state.desk, request.app.state.port
    session = desk.sessions.open(request.query_params.get("token", ""))
    if session is None:
        return PlainTextResponse(
            "This address was used already, or is not the one that the terminal shows. Run archive desk again.\n", 403
        )
    answer = RedirectResponse("/", 303)
    answer.set_cookie(cookie_name(port), session, httponly=True, samesite="strict", path="/")
    return answer


def _choose_language(visit: Visit) -> Response:
    """Remember the language that a person chose, and go back to the page where it was chosen."""
    back = visit.text("back", "/")
    answer = visit.go(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    if visit.text("language") in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, visit.text("language"), max_age=_YEAR, httponly=True, samesite="strict", path="/"
        )
    return answer


async def _refuse(request: Request, error: Exception) -> Response:
    """What no page answers: an unknown path or a method that a path does not take."""
    del request
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is no such page.", 405: "This method is not used here."}
    return PlainTextResponse(f"{words.get(status, 'The request could not be answered.')}\n", status)
