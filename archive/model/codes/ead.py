"""Findings about EAD finding aids, in addition to their schema."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

STRUCTURE = FindingKind(
    "EAD-101", Tells.RULE, "EAD 2002 document type definition",
    "<{parent}> must have exactly one <{child}>, but has {count}",
    "No XML schema is available for this form of EAD; its outermost elements are checked by rules.",
    "Correct the element",
)  # fmt: skip
NO_LEVEL = FindingKind(
    "EAD-102", Tells.RULE, "EAD 2002 and EAD3, archdesc: the attribute level is required",
    "<archdesc> does not state the level of description",
    "The level (fonds, series, item and so on) states what the description covers.",
    "Add the attribute level",
)  # fmt: skip
NO_TITLE = FindingKind(
    "EAD-103", Tells.ADVICE, "ISAD(G) 3.1.2 and 3.1.3; EAD, did",
    "<{element}> has neither a title nor a date",
    "A unit of description is found by its title or its dates.",
    "Add unittitle or unitdate",
)  # fmt: skip
NO_IDENTIFIER = FindingKind(
    "EAD-104", Tells.ADVICE, "EAD 2002 eadid; EAD3 recordid",
    "the finding aid does not have an identifier",
    "Without an identifier other systems cannot refer to this finding aid.",
    "Fill in eadid (EAD 2002) or recordid (EAD3)",
)  # fmt: skip
