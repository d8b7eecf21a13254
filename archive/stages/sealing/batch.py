"""Many bags with the stamps of one: each seal is a leaf of a hash tree whose head is stamped (RFC 9162, RFC 4998)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.errors import ArchiveError, CancelledError
from archive.formats.merkle import MerkleTree
from archive.formats.seal_batch import BATCH_HASH, write_batch_head, write_batch_proof
from archive.model.seal import BATCH_NAME, PROOF_NAME, BatchHead, BatchProof
from archive.model.sealing import SealingReport
from archive.stages.sealing.order import SealOrder, each_once
from archive.stages.sealing.placing import hold_bag, place_seal
from archive.stages.sealing.preparing import Prepared, refuse_packed
from archive.stages.sealing.sealing import ask_for_stamps, prepare, report_on
from archive.stages.sealing.stamping import StampSet


def seal_batch(bags: Sequence[str], order: SealOrder) -> Iterator[tuple[str, SealingReport | ArchiveError]]:
    """Each bag with what came of it, in the order given. A bag that cannot be sealed is not in the batch.

    All are validated and signed, one head is stamped, and then each seal is placed. A bag that is sealed by another
    process meanwhile is left as that made it.
    """
    prepared: dict[str, Prepared] = {}
    failed: dict[str, ArchiveError] = {}
    for bag in each_once(bags):
        try:
            refuse_packed(bag)
            with hold_bag(bag):
                prepared[bag] = prepare(bag, order)
        except CancelledError:
            raise
        except ArchiveError as error:
            failed[bag] = error
    stamps, extras = StampSet(), {}
    if prepared:
        tree = MerkleTree([one.stamped for one in prepared.values()], BATCH_HASH)
        head = write_batch_head(BatchHead(tree.size, tree.root))
        extras = {
            bag: {
                BATCH_NAME: head,
                PROOF_NAME: write_batch_proof(BatchProof(index, tuple(tree.inclusion_proof(index)))),
            }
            for index, bag in enumerate(prepared)
        }
        stamps = ask_for_stamps(head, order)
    for bag in each_once(bags):
        if bag in failed:
            yield bag, failed[bag]
            continue
        try:
            one = prepared.pop(bag)
            with hold_bag(bag):
                place_seal(bag, one.number, {**one.files, **extras.pop(bag), **stamps.files})
                report = report_on(one, stamps, order)
        except ArchiveError as error:
            yield bag, error
        else:
            yield bag, report
