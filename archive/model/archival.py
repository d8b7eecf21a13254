"""Archival description by ISAD(G): which fields there are, and what their values may be."""

from __future__ import annotations

ARCHIVAL = {
    "reference": "archival.reference", "repository": "archival.repository", "level": "archival.level",
    "creator_authority": "archival.creatorAuthority", "custodial_history": "archival.custodialHistory",
    "acquisition": "archival.acquisition", "scope": "archival.scope", "arrangement": "archival.arrangement",
    "access_conditions": "archival.accessConditions", "use_conditions": "archival.useConditions",
    "finding_aid": "archival.findingAid", "archivist_note": "archival.archivistNote", "rules": "archival.rules",
    "description_date": "archival.descriptionDate", "supplied_title": "archival.suppliedTitle",
}  # fmt: skip
"""The keys of [archival], and the property that each becomes."""

LEVELS = (
    "class", "collection", "file", "fonds", "item", "recordgrp", "series", "subfonds", "subgrp", "subseries",
)  # fmt: skip
"""Levels of description, in the words of EAD3."""

CODES = frozenset(
    ARCHIVAL[key]
    for key in ("reference", "repository", "level", "creator_authority", "description_date", "supplied_title")
)
"""Properties whose values are codes, dates or marks: the default language of texts does not hold for them."""

TRUE, FALSE = "true", "false"
