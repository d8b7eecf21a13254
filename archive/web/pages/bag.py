"""One bag: what it is and how it is, its files, its history, and the restricted part of its description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from archive.errors import ArchiveError, NotFoundError, PermissionDeniedError
from archive.formats.amounts import parse_age
from archive.ledger.book import Ledger
from archive.ledger.catalogue import (
    ListedFile,
    ListedHolding,
    find_file,
    find_files,
    find_listed,
    formats_of,
    list_files,
    look_at,
)
from archive.ledger.copies import deposits_of, list_copies
from archive.ledger.history import events_of
from archive.ledger.holdings import copies_of, holdings_like
from archive.ledger.overview import attention_files
from archive.ledger.seal_events import SEALED
from archive.library.bags import open_bag
from archive.model.addresses import is_remote
from archive.model.audit import Holding
from archive.reporting.finding import finding_fields
from archive.stages.auditing.copies_rule import count_bag
from archive.stages.auditing.findings import once_each, standing_finding
from archive.storage.clock import system_clock
from archive.web.bag_records import BagRecords
from archive.web.serving_files import Look, look_of, read_beginning, serve_file, type_of
from archive.web.visit import Visit, page

FILES_A_PAGE = 50
EVENTS_A_PAGE = 50
_LAST_EVENTS = 8
_MOST_FINDINGS = 200
_PATIENCE = 3.0
"""Seconds that a page waits for the records of a bag that were not read before."""
_RESTRICTED = "metadata/restricted/"
_ON_PURPOSE = "restricted"
"""What `show` must be for a restricted file to be shown or sent."""
_LARGEST_SHOWN = 1 << 20


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as the page lists it: what the ledger knows, what PREMIS says, and its renditions or its original."""

    file: ListedFile
    facts: Mapping[str, Any]
    closed: bool
    rendition: ListedFile | None = None
    source: ListedFile | None = None


def number_of(visit: Visit) -> int:
    """The number in the path. Raises `NotFoundError`."""
    text = visit.values["id"]
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise NotFoundError("there is no such bag", subject=text)
    return int(text)


def show_bag(visit: Visit) -> Response:
    """The page of a bag."""
    desk, number = visit.desk, number_of(visit)
    page_number, text = visit.number("page", 1, most=100_000), visit.text("text")[:200]
    with desk.ledger() as ledger:
        listed = _find(visit, ledger, number)
        holding = listed.holding
        records = desk.records.of(holding, wait=_PATIENCE)
        files, more = list_files(ledger, number, text=text, offset=(page_number - 1) * FILES_A_PAGE, limit=FILES_A_PAGE)
        shown = list(_with_renditions(ledger, number, files, records))
        trouble = list(attention_files(ledger, holdings=(number,), limit=_MOST_FINDINGS))
        same = list_copies(ledger, holding.tag_digest)
        deposits = deposits_of(ledger, holding.tag_digest)
        states = _states(visit, ledger, holding)
        harmed = [one.holding.id for one in states if one.state.value == "damaged"]
        events = events_of(ledger, number)
        formats = formats_of(ledger, number)
        copies = copies_of(ledger, holding)
    rule = count_bag(same, deposits, harmed) if same else None
    seals = [one for one in events if one.kind == SEALED]
    return visit.show(
        "bag.html", listed=listed, holding=holding, records=records, files=shown, more=more, page=page_number,
        text=text, findings=[finding_fields(one) for one in once_each(map(standing_finding, trouble))], rule=rule,
        copies=[one for one in states if one.holding.id != number and one.state.value != "retired"],
        true_copies={one.id for one in copies}, deposits=deposits, events=events[::-1][:_LAST_EVENTS],
        event_count=len(events), seals=seals[::-1], formats=formats, **_described(records),
    )  # fmt: skip


def show_history(visit: Visit) -> Response:
    """All that happened to a bag, the newest first."""
    number, page_number = number_of(visit), visit.number("page", 1, most=100_000)
    with visit.desk.ledger() as ledger:
        listed = _find(visit, ledger, number)
        events = events_of(ledger, number)[::-1]
    records = visit.desk.records.of(listed.holding, wait=_PATIENCE)
    last = max(1, -(-len(events) // EVENTS_A_PAGE))
    first = (page_number - 1) * EVENTS_A_PAGE
    return visit.show(
        "bag_history.html", holding=listed.holding, events=events[first : first + EVENTS_A_PAGE], page=page_number,
        last=last, records=records,
    )  # fmt: skip


def show_file(visit: Visit) -> Response:
    """One file: what is known of it, and what is in it where a page may show that."""
    desk, number = visit.desk, number_of(visit)
    with desk.ledger() as ledger:
        listed = _find(visit, ledger, number)
        file = find_file(ledger, number, _file_number(visit))
        records = desk.records.of(listed.holding, wait=_PATIENCE)
        shown = next(_with_renditions(ledger, number, [file], records))
    look, problem = Look.NONE, ""
    is_open = not shown.closed or visit.text("show") == _ON_PURPOSE
    if records.is_here and is_open and listed.holding.retired_at is None:
        look, problem = _look(visit, listed.holding, file)
    words = _described(records)
    about = [one for one in words["statements"] if one["about"] == file.path]
    return visit.show(
        "bag_file.html", listed=listed, holding=listed.holding, file=file, shown=shown, look=look.value,
        problem=problem, is_open=is_open, records=records, about=about,
        alternative=_alternative(visit, records, shown),
    )  # fmt: skip


def send_file(visit: Visit) -> Response:
    """The bytes of a file, to be shown in a page or as a download."""
    number = number_of(visit)
    with visit.desk.ledger() as ledger:
        holding = _find(visit, ledger, number).holding
        file = find_file(ledger, number, _file_number(visit))
        records = visit.desk.records.of(holding, wait=_PATIENCE)
        shown = next(_with_renditions(ledger, number, [file], records))
    _require_here(holding)
    if shown.closed and visit.text("show") != _ON_PURPOSE:
        raise PermissionDeniedError("this file is restricted", subject=file.path, remedy="Open it from its own page")
    inline = visit.text("as") != "download"
    return serve_file(holding.address, file.path, visit.desk.settings, inline=inline)


def show_restricted(visit: Visit) -> Response:
    """The restricted part of the description, which no other page shows."""
    number, texts = number_of(visit), []
    with visit.desk.ledger() as ledger:
        holding = _find(visit, ledger, number).holding
        known = list_files(ledger, number, text=_RESTRICTED, limit=20)[0]
    _require_here(holding)
    with open_bag(holding.address, settings=visit.desk.settings) as bag:
        for one in known:
            if one.path.startswith(_RESTRICTED) and one.size <= _LARGEST_SHOWN:
                content = bag.read_tag(one.path)
                texts.append((one, "" if content is None else content.decode("utf-8", "replace")))
    return visit.show("bag_restricted.html", holding=holding, texts=texts)


def _find(visit: Visit, ledger: Ledger, number: int) -> ListedHolding:
    age = parse_age(visit.desk.settings.audit.max_age)
    return find_listed(ledger, number, now=int(system_clock().now().timestamp()), max_age=age)


def _states(visit: Visit, ledger: Ledger, holding: Holding) -> list[ListedHolding]:
    age = parse_age(visit.desk.settings.audit.max_age)
    same = holdings_like(ledger, holding.tag_digest)[:100]
    return look_at(ledger, same, now=int(system_clock().now().timestamp()), max_age=age)


def _file_number(visit: Visit) -> int:
    text = visit.values["file"]
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise NotFoundError("there is no such file in this bag", subject=text)
    return int(text)


def _require_here(holding: Holding) -> None:
    if is_remote(holding.address) or holding.retired_at is not None:
        raise NotFoundError("the files of this bag are not here", subject=holding.address)


def _look(visit: Visit, holding: Holding, file: ListedFile) -> tuple[Look, str]:
    """How the file is shown, or why it cannot be read."""
    try:
        return look_of(type_of(file.path, read_beginning(holding.address, file.path, visit.desk.settings))), ""
    except ArchiveError as error:
        return Look.NONE, error.problem


def _with_renditions(ledger: Ledger, number: int, files: list[ListedFile], records: BagRecords) -> Iterator[ShownFile]:
    facts = records.document.get("files", {})
    closed = set(records.document.get("closed", ()))
    all_closed = records.document.get("all_closed", True)  # until the records were read, anything may be restricted
    beside = {facts.get(one.path, {}).get(key) for one in files for key in ("rendition", "source")} - {None}
    known = find_files(ledger, number, beside)
    for one in files:
        own = facts.get(one.path, {})
        source = own.get("source")
        is_closed = one.path.startswith(_RESTRICTED) or (
            one.path.startswith("data/") and (all_closed or one.path in closed or source in closed)
        )
        yield ShownFile(one, own, is_closed, known.get(own.get("rendition")), known.get(source))


def _described(records: BagRecords) -> dict[str, Any]:
    statements = records.document.get("statements", [])
    own = [one for one in statements if one["about"] is None]
    return {
        "statements": statements,
        "titles": [one for one in own if one["property"] == "title"],
        "description": [one for one in own if one["property"] != "title" and one["source"] != "program"],
        "noted": [one for one in own if one["property"] != "title" and one["source"] == "program"],
    }


def _alternative(visit: Visit, records: BagRecords, shown: ShownFile) -> str:
    """What a picture shows in words, in the reader's language where it was said in that."""
    paths = {shown.file.path, None if shown.source is None else shown.source.path}
    found = [
        one
        for one in records.document.get("statements", [])
        if one["property"] == "alternativeText" and one["about"] in paths
    ]
    own = [one for one in found if one.get("language") == visit.translator.language]
    return str((own or found)[0]["value"]) if found else ""


ROUTES = (
    Route("/bags/{id}", page(show_bag)),
    Route("/bags/{id}/history", page(show_history)),
    Route("/bags/{id}/restricted", page(show_restricted)),
    Route("/bags/{id}/files/{file}", page(show_file)),
    Route("/bags/{id}/files/{file}/content", page(send_file)),
)
