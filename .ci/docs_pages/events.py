"""The page of events: the progress of a command, what a bag records, and what the ledger records."""

from __future__ import annotations

import json
from pathlib import Path

from archive.resources import metadata_path

_IN_BAG = {
    "ingestion": "The originals were taken in.",
    "message digest calculation": "The digests of the manifests were computed while the files were copied.",
    "fixity check": "Checksums that came with a delivery were compared; after an update, the files that were taken over.",
    "virus check": "ClamAV scanned the originals.",
    "format identification": "Formats were named by their PRONOM keys.",
    "metadata extraction": "What files say of themselves was read, such as a title or a language.",
    "normalization": "A PDF/A rendition or a preservation copy was made, or could not be made.",
    "validation": "The rendition was checked, by veraPDF where it is installed.",
    "policy assignment": "The rights of the description were recorded.",
    "extraction": "Files were taken out of a package or container.",
    "information package creation": "The bag was made.",
    "modification": "`archive update` changed the content.",
    "metadata modification": "`archive update` changed the description.",
    "unpacking": "`archive import` made the bag from a package.",
    "exporting": "`archive export` made the package, in the package's own record.",
}
_IN_LEDGER = {
    "accession": "`archive holdings add`",
    "replication": "a copy of a bag that was held already was added",
    "ingestion": "`archive import`, where there is a ledger",
    "message digest calculation": "a ledger of an older version was migrated",
    "fixity check": "`archive audit`: one event for a run and holding",
    "recovery": "`archive repair`",
    "modification": "`archive update` and `archive holdings move`",
    "transfer": "`archive deposit`",
    "dissemination": "`archive export`",
    "digital signature generation": "`archive seal`",
    "digital signature validation": "a seal was completed, and enough of its stamps hold",
    "deaccession": "`archive holdings retire`",
}


def write_events() -> str:
    vocabulary = json.loads(metadata_path("vocabularies", "premis-event-types.json").read_text("utf-8"))
    addresses = {term["label"]: term["uri"].rsplit("/", 1)[-1] for term in vocabulary["terms"]}
    line = json.dumps(json.loads((Path(__file__).parents[2] / "docs/examples/archive.event-1.json").read_text("utf-8")))
    parts = [
        "# Events",
        "",
        "Written by `.ci/write-docs` from the program and the vocabulary of PREMIS event types.",
        "",
        "## Progress of a command",
        "",
        "With `--events` a command writes JSON Lines on standard error while it works, at most five a second. Each is a",
        "document [archive.event/1](json.md#archiveevent1): `event` is `begin`, `progress` or `end`, `label` what is being",
        "done, `bytes` how much of it, `total` how much there is, or null where that is not known. `--json` works beside it.",
        "",
        "```json",
        line,
        "```",
        "",
        "## In a bag",
        "",
        "`metadata/preservation/premis.xml` has an event for everything that was done until the bag was finished, each only",
        "if it happened, with its own time and outcome. Types are terms of the",
        f"[vocabulary of the Library of Congress]({vocabulary['scheme'].replace('http://', 'https://')}).",
        "",
        "| type | code | recorded when |",
        "| --- | --- | --- |",
        *(f"| {name} | `{addresses[name]}` | {what} |" for name, what in _IN_BAG.items()),
        "",
        "## In the ledger",
        "",
        "What happens to a bag after it was finished is recorded in the ledger, never in the bag. `archive events BAG` prints",
        "it, `--json` as [archive.events/1](json.md#archiveevents1), and `--premis` as a PREMIS 3 record.",
        "",
        "| type | code | recorded by |",
        "| --- | --- | --- |",
        *(f"| {name} | `{addresses[name]}` | {what} |" for name, what in _IN_LEDGER.items()),
        "",
    ]
    return "\n".join(parts)
