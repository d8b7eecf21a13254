"""The seals of a bag as `archive show` tells of them: judged as far as that needs no payload."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

from archive.bags.contents import BagReading
from archive.errors import ArchiveError
from archive.model.finding import Outcome, outcome_of
from archive.model.seal import SEAL_FOLDER, SealVerdict, Trust
from archive.settings import Settings
from archive.stages.validation.seals.judging import judge_seals
from archive.trust.store import read_trust, refuse_trust_inside


@dataclass(frozen=True, slots=True)
class ShownSeals:
    """The seals, and what is known of them together.

    `reason` says why they could not be checked, and is empty where they were. INTACT says that they hold for the
    tag manifests: the payload was not read.
    """

    outcome: Outcome
    verdicts: tuple[SealVerdict, ...]
    reason: str = ""


def read_seals(reading: BagReading, settings: Settings, at: datetime) -> ShownSeals | None:
    """The seals of an open bag, judged by the trust folder of the settings; None where there is none.

    A trust folder that does not count or cannot be read is one that is not named: nothing here fails for it.
    """
    folder = f"{SEAL_FOLDER}/".encode("ascii")
    if not any(path.startswith(folder) for path in reading.reader.tag_files()):
        return None
    trust, reason = _trust(reading, settings)
    verdicts, findings = judge_seals(reading, trust, at=at)
    return ShownSeals(outcome_of(findings), verdicts, reason)


def _trust(reading: BagReading, settings: Settings) -> tuple[Trust | None, str]:
    if not settings.seal.trust or "seal.trust" in settings.refused:
        return None, "no trust folder is named in archive.toml"
    try:
        trust = read_trust(os.path.join(settings.folder, settings.seal.trust))
        refuse_trust_inside(trust.folder, [reading.subject])
    except ArchiveError as error:
        return None, error.problem
    return trust, ""
