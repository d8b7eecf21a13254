"""The page of events: the progress of a command, what a bag records, and what the ledger records."""

from __future__ import annotations

import json
from pathlib import Path

from archive.ledger.seal_events import SEALED, VALIDATED
from archive.resources import metadata_path
from archive.stages.trust_history import CHANGED
from archive.stages.witnessing.checkpointing import HANDED, MADE

_IN_BAG = {
    "ingestion": "The originals were taken in.",
    "message digest calculation": "The digests of the manifests were computed while the files were copied.",
    "fixity check": "Checksums that came with a delivery were compared; the finished bag was read back; before an update, the old version.",
    "virus check": "ClamAV scanned the originals, or could not.",
    "format identification": "Formats were named by their PRONOM keys.",
    "metadata extraction": "A title was taken from the first heading, or a description from an imported package.",
    "normalization": "A PDF/A rendition or a preservation copy was made, or could not be made.",
    "policy assignment": "Originals were left without a rendition on purpose.",
    "validation": "A rendition was checked by veraPDF.",
    "information package creation": "The bag was made.",
    "modification": "`archive update` changed the content.",
    "metadata modification": "`archive update` changed the description.",
    "unpacking": "`archive import` made the bag from a package.",
    "exporting": "`archive export` made the package; in the package's own record.",
}
_IN_LEDGER = {
    "accession": "`archive holdings add`",
    "replication": "`archive holdings add` or `archive deposit`, of a further copy",
    "ingestion": "`archive import`",
    "message digest calculation": "the migration of an older ledger",
    "fixity check": "`archive audit`: one event for each run and holding",
    "recovery": "`archive repair`",
    "modification": "`archive update`",
    "transfer": "`archive deposit`, and `archive holdings move`",
    "dissemination": "`archive export`",
    SEALED: "`archive seal`",
    VALIDATED: "`archive seal --complete`, once enough stamps hold",
    "deaccession": "`archive holdings retire`",
}
_OF_THE_ARCHIVE = {
    CHANGED: "`archive trust`: the SHA-256 of trust.toml before and after",
    MADE: "`archive audit witness --stamp`",
    HANDED: "`archive audit witness --stamp`, for each outside party",
    "clock": "a run of `archive audit` whose clock is behind the last entry",
}
"""Events of no bag; they have no term in the vocabulary."""


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
        "Some events are of the archive and not of one bag. They are in the chain of the ledger all the same, and have no term",
        "of the vocabulary:",
        "",
        "| type | recorded by |",
        "| --- | --- |",
        *(f"| {name} | {what} |" for name, what in _OF_THE_ARCHIVE.items()),
        "",
    ]
    return "\n".join(parts)
