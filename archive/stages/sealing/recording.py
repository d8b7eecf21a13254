"""Telling the ledger about the seals of a bag that is a holding."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from archive.bags.contents import read_bag
from archive.bags.opening import absolute_address, open_reader
from archive.errors import FormatError, from_os_error
from archive.formats.bagpath import to_text
from archive.ledger.book import Ledger
from archive.ledger.seal_events import SealEvidence, SealState, seals_among
from archive.ledger.sealed_bags import holding_at, record_seals
from archive.ledger.verifying import make_witness
from archive.model.audit import Holding
from archive.model.seal import SEAL_FOLDER, Trust
from archive.model.sealing import SealingReport
from archive.model.stamp import StampVerdict
from archive.stages.auditing.bag_record import digest_of_tag_manifests
from archive.stages.auditing.locations import bag_identity


class Recorder(Protocol):
    """What keeps a record of seals."""

    def witness(self, moment: datetime) -> str | None:
        """The ledger's witness line of now, None without a ledger."""
        ...

    def admit(self, bag: str) -> None:
        """Refuse a bag that is not the one which the ledger knows at its place. Raises `FormatError`."""
        ...

    def record(self, bag: str, moment: datetime, *, complete: bool, evidence: SealEvidence | None = None) -> str | None:
        """Record all seals of `bag`, of which the newest is or is not complete and is known by `evidence`.

        The ledger's id, None where it has no such holding. Raises `LedgerError`.
        """
        ...


@dataclass(frozen=True, slots=True)
class _NoRecorder:
    def witness(self, moment: datetime) -> str | None:
        del moment
        return None

    def admit(self, bag: str) -> None:
        del bag

    def record(self, bag: str, moment: datetime, *, complete: bool, evidence: SealEvidence | None = None) -> str | None:
        del bag, moment, complete, evidence
        return None


NO_RECORDER: Recorder = _NoRecorder()
"""Outside a project nothing is recorded."""


def evidence_of(report: SealingReport, stamps: Iterable[StampVerdict], trust: Trust | None) -> SealEvidence:
    """What a ledger notes of the seal of `report`: its signers, by name where `trust` knows them, and what all of its
    stamps prove."""
    names = {key.public.fingerprint: key.name for key in trust.file.keys} if trust is not None else {}
    signers = tuple(names.get(one, one) for one in report.signers)
    earliest: dict[str, datetime] = {}
    ends = []
    for one in stamps:
        if one.holds and one.time is not None:
            operator = str(one.operator)
            earliest[operator] = min(one.time, earliest.get(operator, one.time))
            ends += [one.not_after] if one.not_after is not None else []
    times = sorted(earliest.values())
    if len(times) < report.needed:
        return SealEvidence(signers)
    end = min(ends, default=None)
    return SealEvidence(
        signers, int(times[report.needed - 1].timestamp()), None if end is None else int(end.timestamp())
    )


@dataclass(frozen=True, slots=True)
class LedgerRecorder:
    """Records in `ledger` what happens to bags that are where it has a holding."""

    ledger: Ledger

    def witness(self, moment: datetime) -> str | None:
        """See `Recorder`."""
        return make_witness(self.ledger, moment.strftime("%Y-%m-%dT%H:%M:%SZ")).line()

    def admit(self, bag: str) -> None:
        """See `Recorder`."""
        holding = self._holding(bag)
        if holding is None:
            return
        reader = open_reader(bag)
        try:
            ((_, digest),) = digest_of_tag_manifests(read_bag(bag, reader))
        finally:
            reader.close()
        if digest != holding.tag_digest:
            raise FormatError(
                "this is not the bag that the ledger knows at this place: its tag manifests differ", subject=bag,
                remedy="Examine it: archive verify BAG; if it is meant to be here: archive holdings retire BAG",
            )  # fmt: skip

    def record(self, bag: str, moment: datetime, *, complete: bool, evidence: SealEvidence | None = None) -> str | None:
        """See `Recorder`."""
        holding = self._holding(bag)
        if holding is None:
            return None
        states = _seals_of(bag)
        if not states:
            return None
        newest = states[-1]
        states[-1] = SealState(newest.number, newest.stamped, complete, newest.files, evidence)
        validated = [newest.number] if complete else []
        record_seals(self.ledger, holding, states, now=int(moment.timestamp()), validated=validated)
        return self.ledger.id

    def _holding(self, bag: str) -> Holding | None:
        try:
            identity = bag_identity(bag, {})
        except OSError as error:
            raise from_os_error(error, bag) from error
        return holding_at(self.ledger, absolute_address(bag), identity)


def _seals_of(bag: str) -> list[SealState]:
    """The seals of `bag` as they are stored now, each of their files digested. Raises `StorageError`."""
    reader = open_reader(bag)
    try:
        rows = []
        for path in map(to_text, reader.tag_files()):
            if path.startswith(f"{SEAL_FOLDER}/"):
                one, other, size = hashlib.sha256(), hashlib.sha512(), 0
                for chunk in reader.stream_tag(os.fsencode(path)):
                    one.update(chunk)
                    other.update(chunk)
                    size += len(chunk)
                rows.append((path, size, (("sha256", one.hexdigest()), ("sha512", other.hexdigest()))))
        return seals_among(rows)
    except OSError as error:
        raise from_os_error(error, bag) from error
    finally:
        reader.close()
