"""What a dry run found, as a page shows it: condensed once, so that a page costs the same for a million files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.model.codes import description, rendition
from archive.model.codes import source as codes
from archive.model.description import Certainty, Origin, Statement

MOST_SHOWN = 200
"""So many renditions, files left out, and findings of a kind are kept by name; the others are counted."""
_PAYLOAD = "data/original/"
_ = str
REMEDIES = {
    description.NO_TITLE.code: _("Write a title below, or accept the one that is suggested."),
    rendition.WRONG_ENCODING.code: _("Choose how it is to be read, under “Texts in old encodings” below."),
    rendition.LEVEL_B.code: _("Say what each picture shows, under “Pictures and single files” below."),
    codes.NO_AGENTS.code: _("Name your organization and the person who makes the bags in the settings."),
    codes.TARGET_EXISTS.code: _("Choose another name for the bag below."),
}
"""What to do on the page about what a dry run finds, in the place of the remedies for the command line."""
_LEFT_OUT = (codes.JUNK.code, codes.EXCLUDED.code)


@dataclass(frozen=True, slots=True)
class Preview:
    """A condensed dry run. `fields` are what `condense` makes."""

    fields: Mapping[str, Any]

    @property
    def is_possible(self) -> bool:
        """Whether a bag can be made as things are."""
        return not self.fields["problem"] and not any(
            one["severity"] in ("error", "unchecked") for one in self.fields["findings"]
        )

    @property
    def suggested(self) -> tuple[Statement, ...]:
        """What the files say of themselves."""
        return tuple(
            Statement(
                one["property"], one["value"], one.get("language"), Certainty.SUGGESTED, Origin(one["source"]),
                one.get("by"), about=one.get("about"),
            )
            for one in self.fields["suggestions"]
        )  # fmt: skip


def condense(results: Sequence[Mapping[str, Any]], source: str) -> dict[str, Any]:
    """The fields of a preview, from the documents of create's dry run and of describe.

    `problem` is the error document where create could not answer; paths are relative to the source.
    """
    made = next((one for one in results if one["schema"] == "archive.creation/1"), {})
    said = next((one for one in results if one["schema"] == "archive.description/1"), {})
    problem = next((one for one in results if one["schema"] == "archive.error/1"), None)
    findings = [{**one, "path": _relative(one["path"], source)} for one in made.get("findings", ())]
    left_out = [one for one in findings if one["code"] in _LEFT_OUT]
    told = [one for one in findings if one["code"] not in _LEFT_OUT]
    renditions = made.get("renditions", ())
    return {
        "problem": None if made else problem,
        "files": made.get("files", 0),
        "bytes": made.get("bytes") or 0,
        "seconds": made.get("seconds"),
        "formats": made.get("formats", [])[:MOST_SHOWN],
        "left_out": left_out[:MOST_SHOWN],
        "left_out_count": len(left_out),
        "findings": told[:MOST_SHOWN],
        "findings_count": len(told),
        "renditions": [{**one, "source": one["source"].removeprefix(_PAYLOAD)} for one in renditions[:MOST_SHOWN]],
        "rendition_counts": dict(Counter(one["status"] for one in renditions)),
        "suggestions": said.get("statements", []),
        "names": said.get("files", []),
        "encodings": said.get("encodings", []),
        "unread": said.get("left", 0),
    }


def _relative(path: str, source: str) -> str:
    """A path in a finding as a person knows it: relative to what was chosen, "" for that itself."""
    shown = source.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "" if path == shown else path.removeprefix(_PAYLOAD).removeprefix(shown + os.sep)
