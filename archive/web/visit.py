"""One request as a page sees it, and the two ways to make an endpoint: `page` reads, `action` changes something.

Pages are plain functions of a `Visit`; they run in a thread. An action gets its form only after the form's token was
found to be right, so no handler can forget it.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from archive.errors import (
    ArchiveError,
    LockedError,
    NotAuthorisedError,
    NotFoundError,
    PermissionDeniedError,
    UsageError,
)
from archive.translation import LANGUAGES, Translator, language_from_header, translator
from archive.web.guard import LARGEST_FORM
from archive.web.rendering import render
from archive.web.sessions import form_token

if TYPE_CHECKING:
    from archive.web.desk import Desk

LANGUAGE_COOKIE = "muniment-language"
FORM_TOKEN = "form-token"  # noqa: S105 - a field's name
MOST_FIELDS = 2_000
Endpoint = Callable[[Request], Awaitable[Response]]
Form = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `values` are the parts of the path; `query` and `form` have every value of each field."""

    desk: Desk
    translator: Translator
    path: str
    values: Mapping[str, Any]
    query: Form
    form: Form = field(default_factory=dict)
    token: str = ""

    def text(self, name: str, default: str = "") -> str:
        """The first value of a field of the form or the query, without spaces around it."""
        found = self.form.get(name) or self.query.get(name)
        return found[0].strip() if found else default

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a field of the form or the query, those that are empty left out."""
        return tuple(one.strip() for one in (self.form.get(name) or self.query.get(name) or ()) if one.strip())

    def number(self, name: str, default: int, *, most: int = 1 << 31) -> int:
        """A whole number of the query, at least 1; `default` for what is none."""
        found = self.text(name)
        return min(max(int(found), 1), most) if found.isascii() and found.isdecimal() else default

    def show(self, template: str, *, status: int = 200, **facts: Any) -> Response:
        """A page made from a template; see `archive.web.rendering.render`."""
        return HTMLResponse(render(template, self, facts), status)

    def go(self, location: str) -> Response:
        """Send the browser to a page of the desk, by GET."""
        return RedirectResponse(location, 303)


def page(handler: Callable[[Visit], Response]) -> Endpoint:
    """An endpoint that only reads: GET and HEAD."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_answer, handler, _visit(request, {}))

    return endpoint


def action(handler: Callable[[Visit], Response]) -> Endpoint:
    """An endpoint that takes a form: POST, with the session's form token."""

    async def endpoint(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            return PlainTextResponse("This is not a form.\n", 415)
        async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LARGEST_FORM) as given:
            form: dict[str, tuple[str, ...]] = {}
            items = given.multi_items()
            if len(items) > MOST_FIELDS:
                return PlainTextResponse("The form has too many fields.\n", 413)
            for name, value in items:
                if isinstance(value, str):
                    form[name] = (*form.get(name, ()), value)
        if not is_own_form(request, "".join(form.pop(FORM_TOKEN, ()))):
            return PlainTextResponse("The form's token is missing or wrong. Reload the page and send it again.\n", 403)
        return await run_in_threadpool(_answer, handler, _visit(request, form))

    return endpoint


def is_own_form(request: Request, token: str) -> bool:
    """Whether a form's token is that of the request's session."""
    return hmac.compare_digest(token.encode(), form_token(request.scope["session"]).encode())


def visit_of(request: Request) -> Visit:
    """The visit for endpoints that are neither a page nor an action, such as uploads and event streams."""
    return _visit(request, {})


def _visit(request: Request, form: Form) -> Visit:
    query: dict[str, tuple[str, ...]] = {}
    for name, value in request.query_params.multi_items():
        query[name] = (*query.get(name, ()), value)
    return Visit(
        desk=request.app.state.desk,
        translator=translator(_language(request)),
        path=request.url.path,
        values=request.path_params,
        query=query,
        form=form,
        token=form_token(request.scope["session"]),
    )


def _language(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else language_from_header(request.headers.get("accept-language", ""))


def _answer(handler: Callable[[Visit], Response], visit: Visit) -> Response:
    try:
        return handler(visit)
    except ArchiveError as error:
        return show_error(visit, error)


_STATUS: tuple[tuple[type[ArchiveError], int], ...] = (
    (LockedError, 503), (NotFoundError, 404), (PermissionDeniedError, 403), (NotAuthorisedError, 403),
    (UsageError, 400),
)  # fmt: skip


def show_error(visit: Visit, error: ArchiveError) -> Response:
    """The page that says why the question could not be answered."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return visit.show("error.html", status=status, error=error)
