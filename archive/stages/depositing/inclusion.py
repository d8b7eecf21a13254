"""The proof beside a receipt that the ledger recorded the seals of the deposited bag, with the newest checkpoint."""

from __future__ import annotations

import os

from archive.errors import ArchiveError, LedgerError, StorageError, from_os_error
from archive.formats.inclusion_proof import write_inclusion
from archive.ledger.book import Ledger, ledger_address, open_ledger
from archive.ledger.checkpoints import prove_seals
from archive.ledger.sealed_bags import holding_at
from archive.model.codes import deposit as codes
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.auditing.locations import absolute_address, bag_identity
from archive.stages.witnessing.folders import copy_checkpoint, newest_checkpoint, read_line
from archive.storage.journal import write_private
from archive.storage.removing import remove_tree

INCLUSION = ".inclusion.json"
CHECKPOINT = ".checkpoint"


def keep_inclusion(settings: Settings, bag: str, stem: str) -> list[Finding]:
    """Write `stem`.inclusion.json, and beside it the checkpoint `stem`.checkpoint where one covers the bag's seals.

    Nothing is written for a bag that is not a holding, or of which the ledger knows no seal. What hinders it is a
    finding: the deposit is made all the same.
    """
    address = ledger_address(settings)
    if "://" not in address and not os.path.exists(address):
        return []
    try:
        ledger = open_ledger(address)
        try:
            return _keep(ledger, settings, bag, stem)
        finally:
            ledger.close()
    except (LedgerError, StorageError) as error:
        return [codes.NO_PROOF.at(bag, words=error.problem)]


def _keep(ledger: Ledger, settings: Settings, bag: str, stem: str) -> list[Finding]:
    try:
        address = absolute_address(bag, "")
        holding = holding_at(ledger, address, bag_identity(address, {}))
    except (ArchiveError, OSError):
        holding = None
    if holding is None:
        return []
    kept = newest_checkpoint(settings, ledger.id)
    name = f"{os.path.basename(stem)}{CHECKPOINT}"
    proof = prove_seals(ledger, holding.id, None if kept is None else kept.witness, name)
    if proof is None:
        return []
    if kept is not None and proof.checkpoint:
        _copy_once(kept.folder, stem + CHECKPOINT)
    try:
        write_private(stem + INCLUSION, write_inclusion(proof))
    except OSError as error:
        raise from_os_error(error, stem + INCLUSION) from error
    return [] if proof.checkpoint else [codes.NOT_YET_COVERED.at(bag)]


def _copy_once(folder: str, target: str) -> None:
    """Copy a checkpoint to `target`, in the place of an older one."""
    if os.path.isdir(target):
        if read_line(target) == read_line(folder):
            return
        remove_tree(target)
    copy_checkpoint(folder, *os.path.split(target))
