"""Findings of bringing what fetch.txt names, and of taking bags apart and together (FCH-NNN).

1xx fetching, 2xx exporting, 3xx joining.
"""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

WRONG_BYTES = FindingKind(
    "FCH-101", Tells.LOSS, "RFC 8493 3",
    "{url} sent other bytes: {algorithm} digest expected {expected}, found {found}",
    "What came is not what the payload manifest lists, so it did not take its place in the bag.",
    "Ask the maker of the bag for another address of the file",
)  # fmt: skip
TOO_LONG = FindingKind(
    "FCH-102", Tells.RULE, "RFC 8493 2.2.3",
    "{url} sends more than the {limit} bytes that are allowed",
    "The server sends more than fetch.txt says, or more than the setting fetch.largest allows for a file whose length"
    " it does not say. What came was discarded.",
    "Compare the length in fetch.txt with the file on the server",
)  # fmt: skip
NOT_FETCHED = FindingKind(
    "FCH-103", Tells.UNREAD, "RFC 8493 2.2.3",
    "{url} could not be fetched: {why}",
    "The server did not send the file. What came of it is kept beside the bag, and the next run goes on from there.",
    "Run archive fetch again",
)  # fmt: skip
NOT_ALLOWED = FindingKind(
    "FCH-104", Tells.UNREAD, "RFC 8493 5.1",
    "{url} was not asked: {why}",
    "The addresses in fetch.txt are chosen by the bag's maker. Only public addresses over https are asked, unless the"
    " settings fetch.schemes and fetch.private allow more.",
    "If you trust the address, allow it in the settings of a trusted project",
)  # fmt: skip
NO_ACCESS = FindingKind(
    "FCH-105", Tells.UNREAD, "RFC 8493 2.2.3",
    "{url}: access denied by the server: {why}",
    "The server wants a credential, or another one. Credentials are sent only to hosts that the setting fetch.hosts"
    " names.",
    "Name the host in fetch.hosts, with its credentials",
)  # fmt: skip
HOST_GIVEN_UP = FindingKind(
    "FCH-106", Tells.UNREAD, "RFC 8493 2.2.3",
    "{url} was not asked: {host} failed too often in this run",
    "After several files of one host have failed, the others of that host are left for the next run.",
    "Run archive fetch again when the server answers",
)  # fmt: skip
CANNOT_CHECK = FindingKind(
    "FCH-107", Tells.RULE, "RFC 8493 2.2.3",
    "the file is not listed in every payload manifest, so what comes could not be checked",
    "Every file that fetch.txt lists must be listed in every payload manifest.",
    "Ask the maker of the bag for a corrected one",
)  # fmt: skip
NOT_PLACED = FindingKind(
    "FCH-108", Tells.UNREAD, "RFC 8493 2.2.3",
    "the file was fetched and could not take its place: {why}",
    "Something that is not a folder is in its way, or the system refused to write there. No link is followed.",
    "Remove what is in its way, then run archive fetch again",
)  # fmt: skip
NOT_A_PART = FindingKind(
    "FCH-301", Tells.RULE, "RFC 8493 2.2.2",
    "the bag is not a part of a group: {why}",
    "The parts of a group have one Bag-Group-Identifier and each a Bag-Count of the form N of M.",
    "Name the bags that belong together, and no other",
)  # fmt: skip
PARTS_MISSING = FindingKind(
    "FCH-302", Tells.LOSS, "RFC 8493 2.2.2",
    "of the {total} parts of the group these are missing: {missing}",
    "Bag-Count says how many bags the group has. Without all of them the whole cannot be rebuilt.",
    "Name the missing parts too",
)  # fmt: skip
PART_TWICE = FindingKind(
    "FCH-303", Tells.RULE, "RFC 8493 2.2.2",
    "the bag says that it is part {number}, as does {other}",
    "Two of the bags say that they are the same part of the group.",
    "Leave out one of the two",
)  # fmt: skip
PARTS_DIFFER = FindingKind(
    "FCH-304", Tells.RULE, "RFC 8493 3",
    "{path} is also in {other}, with other bytes",
    "Two parts hold a file with the same path and different digests: it is not clear which one belongs in the whole.",
    "Ask the maker of the bags which of the two is right",
)  # fmt: skip
PARTS_ALIKE = FindingKind(
    "FCH-305", Tells.NOTE, "RFC 8493 3",
    "{count} files are in more than one part with the same bytes; each was taken once",
    "The parts overlap, and agree where they do.",
    "Nothing needs to be done",
)  # fmt: skip
NO_COMMON_ALGORITHM = FindingKind(
    "FCH-306", Tells.RULE, "RFC 8493 2.4",
    "the parts have no digest algorithm in common",
    "Files of different parts can only be compared, and the whole only proven, by an algorithm that all parts use.",
    "Make new versions of the parts with the same algorithms",
)  # fmt: skip
HOLDS_PRIVATE = FindingKind(
    "FCH-201", Tells.ADVICE, "design: private fields stay with the bag",
    "the exported bag holds private fields",
    "The tag manifests list what is in metadata/restricted/, so the bag would not be complete without it.",
    "Give the exported bag only to people who may read it",
)  # fmt: skip
SEAL_LEFT_OUT = FindingKind(
    "FCH-202", Tells.NOTE, "RFC 8493 2.2.3",
    "the seal was not exported, because it covers tag manifests without fetch.txt",
    "A holey bag has one tag file more than the bag it comes from, so its tag manifests are others.",
    "Seal the exported bag if it needs a seal of its own",
)  # fmt: skip
NAME_NOT_EXPORTABLE = FindingKind(
    "FCH-203", Tells.RULE, "the rules for names of the format",
    "a package of the format {format} cannot hold this file name: {why}",
    "Some formats list their files in text that cannot hold every name. A name is never changed on the way.",
    "Export the bag in another format, such as bag, which holds any name",
)  # fmt: skip
STILL_TO_FETCH = FindingKind(
    "FCH-109", Tells.NOTE, "RFC 8493 2.2.3",
    "the file is not in the bag yet; fetch.txt names where it can be had",
    "The bag is shown as it is now. Whether it is whole is what archive validate tells.",
    "Run archive fetch on the bag",
)  # fmt: skip
