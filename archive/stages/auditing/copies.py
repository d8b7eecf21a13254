"""Which copy of a bag a person means: by its path, its number, or the location that holds it."""

from __future__ import annotations

from contextlib import suppress

from archive.errors import NotFoundError, UsageError
from archive.ledger.book import Ledger
from archive.ledger.holdings import copies_of, find_holdings, list_locations
from archive.model.audit import Holding
from archive.stages.auditing.locations import absolute_address


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
