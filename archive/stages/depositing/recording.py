"""Telling the ledger of a deposit: an event of the bag, and the holding that the deposit is from now on.

Both are told once, however often the command is given: a run that was stopped between the receipt and the ledger is
completed by the next one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from archive.bags.contents import BagReading
from archive.bags.opening import absolute_address
from archive.bags.reader import no_beat
from archive.errors import ArchiveError, ExistsError, LedgerError
from archive.ledger.book import Ledger, ledger_address, open_ledger
from archive.ledger.copies import has_deposit
from archive.ledger.holdings import holdings_at
from archive.ledger.recording import record_event
from archive.model.addresses import is_bucket, is_deposit, join_address
from archive.model.audit import Container
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, DepositState, Proof, Receipt, copy_address
from archive.model.finding import Finding
from archive.places import place_at, root_of
from archive.settings import Settings
from archive.stages.auditing.bag_record import BagRecord, digest_of_tag_manifests, read_bag_record
from archive.stages.auditing.holdings import add_holding
from archive.stages.auditing.locations import location_options, split_address
from archive.stages.auditing.presence import location_identity, remote_identity
from archive.stages.depositing.receipts import receipt_fields
from archive.storage.clock import Clock

_READABLE = ("dir", "ocfl", "s3")
"""Kinds of targets whose deposits audits can read where they are, without the target."""

_CONTAINERS = {Delivery.FILES: Container.FOLDER, Delivery.ZIP: Container.ZIP, Delivery.TAR: Container.TAR}


def record_deposit(
    settings: Settings, source: BagReading, bag: str, receipt: Receipt, clock: Clock, *, form: Delivery, place: str,
    fresh: bool,
) -> list[Finding]:  # fmt: skip
    """Record in the ledger, where there is one, an accepted deposit in the place of this name ("" for an address).

    `form` is the one in which the bag went there.

    An event `transfer` with target, identifier and receipt is that of the bag's holding, where the bag is one. Where
    the deposit can be read it becomes a holding, unless it is a package of another format; one that was retired is
    entered again only with `fresh`, which says that the bag has just been sent. What the ledger refuses is a finding:
    the receipt is kept all the same.
    """
    address = ledger_address(settings)
    if receipt.state is not DepositState.ACCEPTED or ("://" not in address and not os.path.exists(address)):
        return []
    try:
        ledger = open_ledger(address)
    except LedgerError as error:
        return [codes.LEDGER_NOT_TOLD.at(receipt.bag, words=error.problem)]
    try:
        _record_transfer(ledger, source, bag, receipt, clock, fresh=fresh)
        sent = _Sent(source, receipt, form)
        return [] if receipt.format else _hold(ledger, settings, sent, clock, place=place, fresh=fresh)
    except LedgerError as error:
        return [codes.LEDGER_NOT_TOLD.at(receipt.bag, words=error.problem)]
    finally:
        ledger.close()


def _record_transfer(
    ledger: Ledger, source: BagReading, bag: str, receipt: Receipt, clock: Clock, *, fresh: bool
) -> None:
    tag_digest = ""
    with suppress(OSError, ArchiveError):
        tag_digest = digest_of_tag_manifests(source)[0][1]
    fields = receipt_fields(receipt)
    if not fresh and has_deposit(ledger, tag_digest, fields):
        return
    held = holdings_at(ledger, absolute_address(bag))
    detail = {
        "target": receipt.target, "identifier": receipt.identifier, "location": receipt.location,
        "receipt": fields, "tag_digest": tag_digest,
    }  # fmt: skip
    now = int(clock.now().timestamp())
    record_event(ledger, "transfer", held[0].id if held else None, detail, now=now)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A bag that was deposited, still open, with its receipt and the form in which it went."""

    source: BagReading
    receipt: Receipt
    form: Delivery

    def read(self) -> tuple[BagRecord, Container, str]:
        """What the deposit holds. Its files were read back and are those of the bag: so they are not read again."""
        record = read_bag_record(self.source.reader, self.receipt.bag, no_beat)
        return record, _CONTAINERS[self.form], self.source.reader.name


def _hold(ledger: Ledger, settings: Settings, sent: _Sent, clock: Clock, *, place: str, fresh: bool) -> list[Finding]:
    copy, name = _readable_address(settings, sent.receipt, place)
    if copy is None:
        return []
    try:
        key, root, _inner, _named = split_address(copy, settings, name)
        far = is_deposit(root)
        identity = remote_identity(root) if far else location_identity(root, location_options(settings, key, root))
        read = sent.read if far else None
        add_holding(ledger, settings, copy, clock, location=name, identity=identity, new=not fresh, read=read)
    except ExistsError:
        return []
    except LedgerError:
        raise
    except (ArchiveError, OSError) as error:
        words = error.problem if isinstance(error, ArchiveError) else error.strerror or str(error)
        return [codes.NOT_HELD.at(copy, words=words)]
    return []


def _readable_address(settings: Settings, receipt: Receipt, place: str) -> tuple[str | None, str | None]:
    """Where audits can read the deposited bag, a path or URL, None where they cannot; and the place, where it matters.

    What a target gives back it gives to audits too. That needs a place, whose settings say how it is reached.
    """
    if receipt.kind in _READABLE:
        address = copy_address(receipt.kind, receipt.location, receipt.version)
        return (address if is_bucket(address) or os.path.isabs(address) else None), None
    name = place or place_at(settings, receipt.target.rstrip("/"))
    root = root_of(settings, name) if name else None
    if root is None:
        return None, None
    if is_deposit(root):
        given_back = receipt.proof is Proof.READ_BACK
        return (join_address(root, receipt.identifier), name) if given_back else (None, None)
    inner = receipt.identifier.strip("/").rpartition("/")[2]
    return (f"{root}/{inner}" if inner else None), None
