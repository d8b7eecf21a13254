"""The rule 3-2-1 as far as the ledger knows: three copies of each bag, on two media, one of them elsewhere.

A copy is a holding in which no audit found damage, or a deposit that its repository accepted. A medium is a file
system, a bucket or a server. Elsewhere is what is reached over a network by its address: of a disk or a mounted share
the ledger cannot know where it is. What is not known counts as too little, never as enough.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from archive.ledger.copies import HeldCopy, RecordedDeposit
from archive.model.addresses import is_remote
from archive.model.audit import Holding, same_identity
from archive.model.light import light_dataclass

COPIES, MEDIA, ELSEWHERE = 3, 2, 1
_LOCAL_KINDS = ("dir", "ocfl")
_UNKNOWN = "unknown"
"""The medium of a local copy of which the ledger does not know the file system."""


class BagCopies(NamedTuple):
    """How often one bag is kept: `address` is that of its first holding; `elsewhere` counts copies.

    A named tuple, for one is made for each bag.
    """

    address: str
    copies: int
    media: int
    elsewhere: int

    @property
    def meets_rule(self) -> bool:
        """Whether it is kept in three copies, on two media, one of them elsewhere."""
        return self.copies >= COPIES and self.media >= MEDIA and self.elsewhere >= ELSEWHERE


@light_dataclass(frozen=True)
class CopiesSummary:
    """The rule over all bags held: `short` are bags that lack something, the least kept first, at most `SHOWN`."""

    bags: int
    meeting: int
    few_copies: int
    few_media: int
    none_elsewhere: int
    short: tuple[BagCopies, ...]


SHOWN = 20


def summarise_copies(
    holdings: Iterable[HeldCopy], deposits: Iterable[RecordedDeposit], harmed: Collection[int]
) -> CopiesSummary:
    """Count the copies of each bag. `harmed` are the holdings in which an audit found damage: they do not count."""
    held: dict[str, list[HeldCopy]] = {}
    media: dict[str, str] = {}
    for one in holdings:
        held.setdefault(one.tag_digest, []).append(one)
        if one.root not in media:
            media[one.root] = _medium_of(one)
    sent: dict[str, list[RecordedDeposit]] = {}
    for deposit in deposits:
        if deposit.tag_digest in held and deposit.receipt.get("state") == "accepted":
            sent.setdefault(deposit.tag_digest, []).append(deposit)
    counted: list[BagCopies] = []
    meeting = few = single = near = 0
    for tag_digest, group in held.items():
        bag = _count(group, sent.get(tag_digest, ()), harmed, media)
        few += bag.copies < COPIES
        single += bag.media < MEDIA
        near += bag.elsewhere < ELSEWHERE
        if bag.meets_rule:
            meeting += 1
        else:
            counted.append(bag)
    counted.sort(key=lambda bag: (bag.copies, bag.media, bag.elsewhere))
    return CopiesSummary(len(held), meeting, few, single, near, tuple(counted[:SHOWN]))


def count_bag(holdings: Sequence[HeldCopy], deposits: Iterable[RecordedDeposit], harmed: Collection[int]) -> BagCopies:
    """The copies of one bag: its `holdings`, one at least, and its `deposits`. `harmed` as in `summarise_copies`."""
    media = {one.root: _medium_of(one) for one in holdings}
    accepted = [one for one in deposits if one.receipt.get("state") == "accepted"]
    return _count(holdings, accepted, harmed, media)


def _count(
    group: Sequence[HeldCopy], sent: Sequence[RecordedDeposit], harmed: Collection[int], media: dict[str, str]
) -> BagCopies:
    places = group[:1]
    if len(group) > 1:
        places = []
        for one in group:
            if not any(same_identity(one.identity, other.identity) for other in places):
                places.append(one)
    whole = [one for one in places if one.holding not in harmed]
    used = {media[one.root] for one in whole}
    copies, elsewhere = len(whole), sum(is_remote(one.root) for one in whole)
    if sent:
        for deposit in unheld(sent, group):
            location = deposit.location.rstrip("/")
            away = deposit.receipt.get("kind") not in _LOCAL_KINDS
            used.add(_server_of(deposit.target) if away else _local_medium(location, media))
            copies += 1
            elsewhere += away
    if _UNKNOWN in used and len(used) > 1:
        used.discard(_UNKNOWN)
    return BagCopies(group[0].address, copies, len(used), elsewhere)


def unheld(deposits: Iterable[RecordedDeposit], held: Iterable[HeldCopy | Holding]) -> list[RecordedDeposit]:
    """Those of a bag's deposits that are none of its holdings `held`, each place once."""
    known = {mark for one in held for mark in (one.address, one.identity, one.identity.rpartition(":")[2])}
    found = {(one.target, one.copy_address): one for one in deposits}
    return [
        one
        for (_, copy), one in found.items()
        if copy not in known and one.identity not in known and _hash_of(copy) not in known
    ]


def _medium_of(one: HeldCopy) -> str:
    """The file system by the location's identity, "DEVICE:INODE:FILESYSTEM"; for a bucket its name."""
    if is_remote(one.root):
        return _server_of(one.root)
    return one.location_identity.rpartition(":")[2] or _UNKNOWN


def _server_of(target: str) -> str:
    """The server or bucket of an address; two ways to one server are one medium."""
    return f" {urlsplit(target.partition('+')[2] or target).netloc or target}"


def _local_medium(location: str, media: dict[str, str]) -> str:
    """The medium of the folder around a local deposit, where a holding in that folder tells it."""
    folder = os.path.dirname(location)
    while folder not in media and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return media.get(folder, _UNKNOWN)


def _hash_of(location: str) -> str:
    """The last part of the identity of a local bag with this real path; see `locations.bag_identity`."""
    return hashlib.sha256(os.fsencode(location)).hexdigest()[:32]
