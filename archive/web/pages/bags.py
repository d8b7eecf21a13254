"""The bags: the list with search, filter and sort, adding a bag that is there already, and finding one by its path."""

from __future__ import annotations

import os
from enum import Enum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from archive.errors import ArchiveError, NotFoundError, UsageError
from archive.formats.amounts import parse_age
from archive.formats.naming import path_text
from archive.ledger.catalogue import Order, Show, Wanted, count_listed, list_page
from archive.ledger.holdings import holdings_at, list_locations
from archive.model.addresses import is_remote
from archive.storage.clock import system_clock
from archive.web.browsing import browse
from archive.web.folders import allowed_path
from archive.web.jobs import JobPlan, Step
from archive.web.pages.overview import offer_start
from archive.web.visit import Visit, action, page

A_PAGE = 50
LAST_PAGE = 100_000
_LONGEST_SEARCH = 200
_ONE_OF = TypeVar("_ONE_OF", bound=Enum)


def list_bags(visit: Visit) -> Response:
    """One page of the list."""
    desk = visit.desk
    if not desk.has_ledger:
        return offer_start(visit)
    number = visit.number("page", 1, most=LAST_PAGE)
    sealed = {"yes": True, "no": False}.get(visit.text("sealed"))
    place = visit.number("place", 0) if visit.text("place") else 0
    wanted = Wanted(
        text=visit.text("text")[:_LONGEST_SEARCH], show=_choice(Show, visit.text("state"), Show.ALL),
        location=place or None, sealed=sealed, order=_choice(Order, visit.text("sort"), Order.NAME),
        backwards=visit.text("way") == "down",
    )  # fmt: skip
    with desk.ledger() as ledger:
        places = list_locations(ledger)
        rows, more = list_page(
            ledger, wanted, now=int(system_clock().now().timestamp()), max_age=parse_age(desk.settings.audit.max_age),
            offset=(number - 1) * A_PAGE, limit=A_PAGE,
        )  # fmt: skip
        total = count_listed(ledger)
    names = ("text", "state", "place", "sealed", "sort", "way")
    kept = {name: visit.text(name)[:_LONGEST_SEARCH] for name in names if visit.text(name)}
    return visit.show(
        "bags.html", rows=rows, more=more, page=number, total=total, wanted=wanted, places=places, kept=kept,
        query=lambda **changed: _address({**kept, **changed}),
    )  # fmt: skip


def find_bag(visit: Visit) -> Response:
    """From an address to the bag's page. Raises `NotFoundError`."""
    address = visit.text("path")
    try:
        path_text(address)
        with visit.desk.ledger() as ledger:
            found = holdings_at(ledger, address) or holdings_at(ledger, address, retired=True)
    except UsageError:
        found = []
    if not found:
        raise NotFoundError("no bag is held at this address", subject=address)
    return visit.go(f"/bags/{found[-1].id}")


def show_adding(visit: Visit) -> Response:
    """The form to add a bag."""
    return _show_form(visit, "", None)


def add_bag(visit: Visit) -> Response:
    """Enter a bag that is there already: `archive holdings add`."""
    given = visit.text("path")
    try:
        if is_remote(given):
            address = path_text(given)
        elif given.startswith("-") or not os.path.isabs(given):
            raise UsageError("write the whole path, from / on, or an address such as s3://BUCKET/BAG", subject=given)
        else:
            address = allowed_path(visit.desk.settings, given)
    except ArchiveError as error:
        return _show_form(visit, given, error)
    step = Step(("holdings", "add", "--json", "--", address))
    plan = JobPlan("holdings", address, (step,), f"/bags/at?{urlencode({'path': address}, errors='surrogateescape')}")
    return visit.go(f"/jobs/{visit.desk.jobs.submit(plan)}")


def _show_form(visit: Visit, given: str, error: ArchiveError | None) -> Response:
    status = 400 if error else 200
    return visit.show("bag_add.html", status=status, given=given, error=error, listing=browse(visit))


def _choice(kind: type[_ONE_OF], text: str, default: _ONE_OF) -> _ONE_OF:
    """The member of `kind` with this value, else `default`."""
    return next((one for one in kind if one.value == text), default)


def _address(kept: dict[str, str]) -> str:
    """The list with these choices, to which a further one can be added."""
    chosen = {name: value for name, value in kept.items() if value}
    return f"/bags?{urlencode(chosen)}&" if chosen else "/bags?"


ROUTES = (
    Route("/bags", page(list_bags)),
    Route("/bags/at", page(find_bag)),
    Route("/bags/add", page(show_adding)),
    Route("/bags/add", action(add_bag), methods=["POST"]),
)
