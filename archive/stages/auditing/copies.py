"""The copies of a bag: how many others there are, and which one a person means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from archive.errors import NotFoundError, UsageError
from archive.ledger.book import Ledger
from archive.ledger.copies import RecordedDeposit
from archive.ledger.holdings import copies_of, find_holdings, list_locations
from archive.model.audit import Holding, count_copies
from archive.stages.auditing.copies_rule import unheld
from archive.stages.auditing.locations import absolute_address


def count_other_copies(holdings: Sequence[Holding], deposits: Iterable[RecordedDeposit]) -> dict[int, int]:
    """For each holding, by its number, how many other copies of its bag there are.

    Counted are holdings that were not retired, and those of `deposits` that are not holdings; the deposits are accepted
    ones. A second path to a copy does not make a second copy.
    """
    held: dict[str, list[Holding]] = {}
    for one in holdings:
        held.setdefault(one.tag_digest, []).append(one)
    sent: dict[str, list[RecordedDeposit]] = {}
    for deposit in deposits:
        if deposit.tag_digest in held:
            sent.setdefault(deposit.tag_digest, []).append(deposit)
    more = {tag_digest: len(unheld(group, held[tag_digest])) for tag_digest, group in sent.items()}
    counts = count_copies(holdings)
    return {one.id: counts[one.id] + more.get(one.tag_digest, 0) for one in holdings} if more else counts


def find_copy(ledger: Ledger, holding: Holding, text: str) -> str:
    """The address of the copy that `text` names: a holding, a location of the ledger that holds one, or a path or URL.

    Raises `UsageError`, `NotFoundError`.
    """
    absolute = absolute_address(text, "")
    if absolute == holding.address or text == str(holding.id):
        raise UsageError("a bag cannot be repaired from itself", subject=holding.address)
    found: list[str] = []
    with suppress(NotFoundError):
        found = [one.address for one in find_holdings(ledger, text, absolute=absolute) if one.id != holding.id]
    if not found and any(place.name == text for place in list_locations(ledger)):
        found = [one.address for one in copies_of(ledger, holding) if one.location == text]
        if not found:
            raise NotFoundError(
                "no copy of this bag is held in the location", subject=text, remedy="See archive holdings list"
            )
    if len(found) > 1:
        raise UsageError(f"several copies have this name: {', '.join(found)}", subject=text, remedy="Give a whole path")
    return found[0] if found else absolute
