"""Contradictions between a bag's records and its files, or among its records."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

NOT_LISTED_BY_MANIFEST = FindingKind(
    "PRM-130", Tells.LOSS, "issue: every object has a file",
    "a PREMIS object (line {record_line}) describes {subject}, but the payload does not contain this file",
    "PREMIS describes a file that is not in the bag.",
    "Restore the file from a copy: archive repair BAG --from COPY",
)  # fmt: skip
NOT_DESCRIBED = FindingKind(
    "PRM-131", Tells.LOSS, "issue: every payload file has an object",
    "{subject} is in the payload, but PREMIS has no object for it",
    "The file was added without a record of what it is and where it came from.",
    "Create the bag again from its source, so that the file is described",
)  # fmt: skip
DIGEST_DISAGREES = FindingKind(
    "PRM-132", Tells.LOSS, "issue: digests equal the manifests and the files",
    "PREMIS (line {record_line}) and the bag disagree about {subject}: {algorithm} is {found} in PREMIS and"
    " {expected} in the bag",
    "The record and the file do not match: one of them was changed.",
    "Compare both with a copy of the bag",
)  # fmt: skip
SIZE_DISAGREES = FindingKind(
    "PRM-133", Tells.LOSS, "issue: digests equal the manifests and the files",
    "PREMIS (line {record_line}) and the bag disagree about {subject}: {found} bytes in PREMIS and {expected}"
    " bytes in the bag",
    "The record and the file do not match: one of them was changed.",
    "Compare both with a copy of the bag",
)  # fmt: skip
DIGEST_MISSING = FindingKind(
    "PRM-134", Tells.RULE, "design: every manifest's digest is in PREMIS",
    "PREMIS (line {record_line}) has no {algorithm} digest of {subject}, but the bag has a manifest for this"
    " algorithm",
    "Each digest in a manifest is also recorded in the file's PREMIS object, so that each can confirm the other.",
    "Create the bag again from its source",
)  # fmt: skip
DESCRIBED_TWICE = FindingKind(
    "PRM-135", Tells.RULE, "issue: every payload file has an object",
    "two PREMIS objects describe {subject}, the second in line {record_line}",
    "Each file has one object in PREMIS. One of these two is wrong.",
    "Compare both objects with the file",
)  # fmt: skip
NO_PLACE = FindingKind(
    "PRM-136", Tells.RULE, "design: every file object has its bag-relative path",
    "the file object {source} has no path in the bag",
    "Without a content location nothing connects the object with a file.",
    "Create the bag again from its source",
)  # fmt: skip
STATEMENTS_DISAGREE = FindingKind(
    "DC-120", Tells.RULE, "design: statements.json holds every value of the Dublin Core records",
    "{problem}",
    "statements.json records who or what supplied each value. The records for other programs are derived from it"
    " and must not contain anything else.",
    "Create the bag again from its description",
)  # fmt: skip
