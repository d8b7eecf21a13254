"""What the records of the next version are rewritten from."""

from __future__ import annotations

from dataclasses import dataclass

from archive.formats.premis_scanning import KnownEntities
from archive.model.update import Changes
from archive.stages.updating.description import OldWords
from archive.stages.updating.old_version import OldVersion
from archive.stages.updating.planning import UpdatePlan
from archive.stages.updating.requirements import Requested


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What is to be rewritten: the old version, its words and its PREMIS entities, the plan, and what was asked for."""

    old: OldVersion
    plan: UpdatePlan
    changes: Changes
    requested: Requested
    words: OldWords
    entities: KnownEntities
