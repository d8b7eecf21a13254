"""Making a checkpoint: the line of the chain's end with the root of its tree, in a bag that is sealed and handed on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from archive.errors import ExistsError, StorageError, UsageError, from_os_error
from archive.formats.utc_time import time_text
from archive.ledger.book import Ledger
from archive.ledger.checkpoints import make_checkpoint
from archive.ledger.recording import record_event
from archive.model.checkpoint import CheckpointReport, HandOver, Party
from archive.model.codes import audit as codes
from archive.model.finding import Finding
from archive.model.seal import Reason
from archive.settings import Settings
from archive.stages.sealing.order import SealOrder
from archive.stages.sealing.recording import NO_RECORDER
from archive.stages.sealing.sealing import seal_bag
from archive.stages.witnessing.folders import (
    LAST_CHECKPOINT,
    list_numbers,
    newest_checkpoint,
    witness_folder,
    write_checkpoint_bag,
)
from archive.stages.witnessing.handing_over import hand_over
from archive.storage.atomic import put_in_place, sync_folder
from archive.storage.partial import Partial, find_leftovers
from archive.storage.removing import remove_tree

MADE = "checkpoint"
HANDED = "checkpoint hand-over"
LEAST_PARTIES = 2


def take_checkpoint(ledger: Ledger, settings: Settings, order: SealOrder, parties: Sequence[Party]) -> CheckpointReport:
    """Make the next checkpoint of the project's ledger, seal it by `order`, and hand it to `parties`.

    It is in place whole, or not at all; what was handed over is an event each. A party that does not take it is a
    finding and does not stop the others. Raises `LedgerError`, `StorageError`, and what sealing raises.
    """
    place = witness_folder(settings)
    moment = order.now()
    earlier = newest_checkpoint(settings, ledger.id)
    made = make_checkpoint(ledger, time_text(moment), None if earlier is None else earlier.witness)
    if made is None:
        assert earlier is not None
        finding = codes.WITNESS_DISAGREES.at(
            str(earlier.witness.number), reason=f"the chain does not continue the checkpoint in {earlier.folder}"
        )
        return CheckpointReport(findings=(finding,))
    number = max(list_numbers(place), default=0) + 1
    if number > LAST_CHECKPOINT:
        raise UsageError(f"a project keeps at most {LAST_CHECKPOINT:,} checkpoints", subject=place)
    folder = os.path.join(place, f"{number:04}")
    for leftover in find_leftovers(place, "checkpoint"):
        remove_tree(leftover)
    with Partial(place, "checkpoint") as partial:
        bag = partial.file("bag")
        write_checkpoint_bag(bag, made)
        sealing = seal_bag(bag, replace(order, reason=Reason.TRANSFER, recorder=NO_RECORDER))
        try:
            put_in_place(bag, folder)
            sync_folder(place)
        except ExistsError as error:
            raise ExistsError("another process makes a checkpoint", subject=folder, remedy="Run again") from error
        except OSError as error:
            raise from_os_error(error, folder) from error
    now = int(moment.timestamp())
    detail = {"checkpoint": number, "line": made.witness.line(), "stamped": sealing.digest}
    record_event(ledger, MADE, None, {**detail, "complete": sealing.is_complete}, now=now)
    findings: list[Finding] = []
    if not sealing.is_complete:
        reason = "; ".join(sealing.problems) or "none was requested"
        findings.append(
            codes.CHECKPOINT_INCOMPLETE.at(folder, found=sealing.operators, needed=sealing.needed, reason=reason)
        )
    handed = tuple(_hand_to(ledger, settings, folder, party, now=now) for party in dict.fromkeys(parties))
    findings += [codes.NOT_HANDED_OVER.at(one.to, reason=one.problem) for one in handed if one.problem]
    if (taken := sum(not one.problem for one in handed)) < LEAST_PARTIES:
        findings.append(codes.FEW_PARTIES.at(folder, parties=taken))
    return CheckpointReport(
        made.witness.line(), number, folder, sealing.operators, sealing.needed, handed, tuple(findings)
    )


def _hand_to(ledger: Ledger, settings: Settings, folder: str, party: Party, *, now: int) -> HandOver:
    number, problem = os.path.basename(folder), ""
    try:
        hand_over(folder, f"{ledger.id}-{number}", party, settings)
    except (StorageError, UsageError) as error:
        problem = error.problem
    outcome = "failure" if problem else "success"
    record_event(ledger, HANDED, None, {"checkpoint": int(number), "to": party.name}, now=now, outcome=outcome)
    return HandOver(party.name, problem)
