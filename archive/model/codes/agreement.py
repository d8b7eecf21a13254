"""Where a bag's records and its files, or its records among themselves, say different things."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

NOT_LISTED_BY_MANIFEST = FindingKind(
    "PRM-130", Tells.LOSS, "issue: every object has a file",
    "an object of PREMIS (line {record_line}) says it is {subject}, but no such file is in the payload",
    "PREMIS describes a file that the bag does not hold.",
    "Restore the file from a copy of the bag",
)  # fmt: skip
NOT_DESCRIBED = FindingKind(
    "PRM-131", Tells.LOSS, "issue: every payload file has an object",
    "{subject} is in the payload, but PREMIS has no object for it",
    "The file was put in without a record of what it is and where it came from.",
    "Make the bag anew from its source, so that the file is described",
)  # fmt: skip
DIGEST_DISAGREES = FindingKind(
    "PRM-132", Tells.LOSS, "issue: digests equal the manifests and the files",
    "PREMIS (line {record_line}) and the bag disagree about {subject}: {algorithm} {found} and {expected}",
    "The record and the file do not belong together: one of them was changed.",
    "Compare both with a copy of the bag",
)  # fmt: skip
SIZE_DISAGREES = FindingKind(
    "PRM-133", Tells.LOSS, "issue: digests equal the manifests and the files",
    "PREMIS (line {record_line}) and the bag disagree about {subject}: {found} and {expected} bytes",
    "The record and the file do not belong together: one of them was changed.",
    "Compare both with a copy of the bag",
)  # fmt: skip
DIGEST_MISSING = FindingKind(
    "PRM-134", Tells.RULE, "design: every manifest's digest is in PREMIS",
    "PREMIS (line {record_line}) has no {algorithm} digest of {subject}, though the bag has a manifest of it",
    "Each digest of a manifest is in the file's object too, so that either can vouch for the other.",
    "Make the bag anew from its source",
)  # fmt: skip
DESCRIBED_TWICE = FindingKind(
    "PRM-135", Tells.RULE, "issue: every payload file has an object",
    "two objects of PREMIS say they are {subject}, the second in line {record_line}",
    "A file has one object in PREMIS; of two, one is wrong.",
    "Compare both with the file",
)  # fmt: skip
NO_PLACE = FindingKind(
    "PRM-136", Tells.RULE, "design: every file object has its bag-relative path",
    "the file object {source} does not say where in the bag it is",
    "Without a content location nothing connects the object with a file.",
    "Make the bag anew from its source",
)  # fmt: skip
STATEMENTS_DISAGREE = FindingKind(
    "DC-120", Tells.RULE, "design: statements.json holds every value of the Dublin Core records",
    "{problem}",
    "The statements say who or what gave each value. The records for other programs are drawn from them and must not"
    " say anything else.",
    "Make the bag anew from its description",
)  # fmt: skip
