"""The places of a project side by side: those of its settings, and the locations in which the ledger has holdings."""

from __future__ import annotations

import os
from collections.abc import Mapping

from archive.errors import ArchiveError, NotFoundError, from_os_error
from archive.formats.amounts import parse_age
from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.holdings import count_holdings, list_locations, mark_location, places_in
from archive.ledger.overview import count_due, next_due_by_location
from archive.model.addresses import is_deposit, is_remote
from archive.model.audience import Audience
from archive.model.audit import Location
from archive.model.deposit import Package
from archive.model.finding import Severity
from archive.model.light import light_dataclass
from archive.places import address_of, audience_of, root_of, scheme_of
from archive.settings import Settings
from archive.stages.auditing.locations import location_options, probe_location
from archive.storage.clock import Clock
from archive.storage.credentials import CredentialSource, credential_source
from archive.targets.registry import open_target

_ASKED = 100
"""So many bags of a location are looked for before it counts as there."""


@light_dataclass(frozen=True)
class PlaceStatus:
    """One place. `audience`, `credentials` and `origin` are None for a location that the settings do not name.

    `kind` is the scheme of its address, "dir" for a folder. Counts are those of the ledger, over holdings that were not
    retired; `overdue` and `never` count files. `next_due` is when the next check is due, in seconds since the epoch.
    """

    name: str
    kind: str
    address: str
    audience: Audience | None
    origin: str | None
    credentials: CredentialSource | None
    location: Location | None
    holdings: int = 0
    files: int = 0
    bytes: int = 0
    overdue: int = 0
    never: int = 0
    next_due: int | None = None


@light_dataclass(frozen=True)
class PlaceTest:
    """What came of asking a place: whether it answered as a deposit or an audit needs it, else why not."""

    name: str
    reached: bool
    words: str = ""
    remedy: str = ""


def list_places(
    settings: Settings, ledger: Ledger | None, clock: Clock, environ: Mapping[str, str]
) -> list[PlaceStatus]:
    """All places by name, those of the settings first. Nothing is reached. Raises `UsageError`, `LedgerError`."""
    now = int(clock.now().timestamp())
    age = parse_age(settings.audit.max_age)
    shift = BASE_AGE - age
    locations = {} if ledger is None else {one.name: one for one in list_locations(ledger)}
    counts = {} if ledger is None else count_holdings(ledger)
    due = {} if ledger is None else {one.location: one for one in count_due(ledger, now=now, max_age=age)}
    coming = {} if ledger is None else next_due_by_location(ledger, now + shift)
    found = []
    for name in (*sorted(settings.places), *sorted(set(locations) - set(settings.places))):
        held = name in settings.places
        address = address_of(settings, name) if held else locations[name].root
        holdings, files, size = counts.get(name, (0, 0, 0))
        late = due.get(name)
        found.append(
            PlaceStatus(
                name, scheme_of(address) or "dir", address, audience_of(settings, name) if held else None,
                settings.origins.get(f"places.{name}", "default") if held else None,
                credential_source(name, settings.places[name], environ) if held else None, locations.get(name),
                holdings, files, size, late.due if late else 0, late.never if late else 0,
                coming[name] - shift if name in coming else None,
            )
        )  # fmt: skip
    return found


def ask_place(settings: Settings, ledger: Ledger | None, name: str, clock: Clock) -> PlaceTest:
    """Reach a place as an audit does and, where deposits go there, as a deposit does; nothing is stored in it.

    The ledger notes whether a location of holdings was there. Raises `NotFoundError` for a name that is not a place.
    """
    known = None if ledger is None else next((one for one in list_locations(ledger) if one.name == name), None)
    if known is None and name not in settings.places:
        raise NotFoundError("there is no place of this name", subject=name, remedy="See archive places")
    try:
        if known is not None and ledger is not None:
            reason = _ask_location(settings, ledger, known, clock)
        else:
            reason = _ask_root(settings, name)
        if reason:
            return PlaceTest(name, False, reason, "Connect the disk or fix the connection, then test again")
        if name in settings.places and settings.places[name].get("url"):
            return _ask_target(settings, name, clock)
    except ArchiveError as error:
        return PlaceTest(name, False, error.problem, error.remedy or "")
    except OSError as error:
        return PlaceTest(name, False, from_os_error(error, name).problem)
    return PlaceTest(name, True)


def _ask_location(settings: Settings, ledger: Ledger, known: Location, clock: Clock) -> str | None:
    """Why a location of the ledger is away, and let the ledger know what was found."""
    found = probe_location(
        known.root, known.identity, known.named, places_in(ledger, known.name, limit=_ASKED),
        location_options(settings, known.name, known.root), seconds=max(settings.audit.answer_seconds, 1),
    )  # fmt: skip
    now = int(clock.now().timestamp())
    if found.reason is not None:
        mark_location(ledger, known.id, since=now, reason=found.reason, identity=None)
    elif known.unreachable_since is not None:
        mark_location(ledger, known.id, since=None, reason=None, identity=found.identity)
    return found.reason


def _ask_root(settings: Settings, name: str) -> str | None:
    """Why the folder or bucket of a place without holdings is not there; None where only its target can say."""
    root = root_of(settings, name)
    if root is None or is_deposit(root):
        return None
    if not is_remote(root) and not os.path.isabs(root):
        return None
    found = probe_location(
        root, "", True, (), location_options(settings, name, root), seconds=max(settings.audit.answer_seconds, 1)
    )
    return found.reason


def _ask_target(settings: Settings, name: str, clock: Clock) -> PlaceTest:
    """What the target says before a deposit of nothing: it is reached with the credentials, and gets no byte."""
    nothing = Package("connection test", "connection-test", "", "", (), 0)
    target = open_target(name, settings, clock=clock)
    try:
        findings = target.check(nothing)
    finally:
        target.close()
    grave = [one for one in findings if one.severity is Severity.ERROR]
    return PlaceTest(name, not grave, *((grave[0].message, grave[0].remedy) if grave else ()))
