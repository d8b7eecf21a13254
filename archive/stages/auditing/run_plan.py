"""What `archive audit` was asked for, as the plan of a run and the engine that works it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from archive.errors import ArchiveError, NotFoundError, UsageError
from archive.formats.amounts import parse_age, parse_budget, parse_rate, parse_share
from archive.ledger.book import Ledger
from archive.ledger.choosing import Wanted, draw_seed
from archive.ledger.holdings import find_holdings, has_holdings, list_locations
from archive.model.audit import Holding
from archive.settings import Settings
from archive.stages.auditing.driver import AuditPlan
from archive.stages.auditing.locations import absolute_address

_VERBS = ("status", "history", "verify", "witness")
"""The subcommands of `archive audit`, one of which a mistyped word may mean."""


def plan_audit(ledger: Ledger, settings: Settings, bags: Sequence[str], given: Mapping[str, Any]) -> AuditPlan:
    """The plan of the run that the options in `given` ask for. Raises `UsageError`, `NotFoundError`.

    `bags` are those that `known_bags` found.
    """
    require_holdings(ledger)
    holdings = [one.id for bag in bags for one in _find(ledger, bag)]
    places = {place.name: place.id for place in list_locations(ledger)}
    for name in given["locations"]:
        if name not in places:
            raise UsageError("there are no holdings in this location", subject=name, remedy="See archive holdings list")
    any_age = (holdings or given["sample"] or given["retry_failed"]) and given["max_age"] is None
    max_age = parse_age(settings.audit.max_age)
    sample = parse_share(given["sample"]) if given["sample"] else None
    seed = 0
    if sample is not None:
        seed = draw_seed() if given["seed"] is None else given["seed"]
    wanted = Wanted(
        max_age=None if any_age else max_age, holdings=tuple(holdings),
        locations=tuple(places[name] for name in given["locations"]), retry=given["retry_failed"], sample=sample,
        seed=seed,
    )  # fmt: skip
    seconds, size = parse_budget(settings.audit.budget)
    told = {
        key: value for key, value in given.items() if value not in (None, False, ()) and key not in ("as_json", "quiet")
    }
    return AuditPlan(
        wanted, seconds, size, parse_rate(settings.audit.rate), max(settings.audit.lease_seconds, 1),
        {**told, "bags": list(bags), "seed": seed}, max(settings.audit.answer_seconds, 1),
    )  # fmt: skip


def known_bags(ledger: Ledger, bags: Sequence[str]) -> tuple[list[str], list[ArchiveError]]:
    """Those of `bags` that are holdings, and why the others are not: one wrong name does not stop the rest.

    Raises the error of the first where there is no holding among them.
    """
    known: list[str] = []
    failures: list[ArchiveError] = []
    for bag in bags:
        try:
            _find(ledger, bag)
        except ArchiveError as error:
            failures.append(error)
        else:
            known.append(bag)
    if failures and not known:
        raise failures[0]
    return known, failures


def _find(ledger: Ledger, bag: str) -> list[Holding]:
    """The holdings that `bag` means. Raises `NotFoundError`, with the subcommand that may have been meant."""
    try:
        return find_holdings(ledger, bag, absolute=absolute_address(bag, ""))
    except NotFoundError as error:
        near = get_close_matches(bag, _VERBS, 1)
        if not near:
            raise
        raise NotFoundError(error.problem, subject=bag, remedy=f"Did you mean archive audit {near[0]}?") from error


def require_holdings(ledger: Ledger) -> None:
    """Raises `UsageError` for a ledger that holds nothing: no audit of nothing is a success."""
    if not has_holdings(ledger):
        raise UsageError("the ledger has no holdings", remedy="Add a bag: archive holdings add BAG")
