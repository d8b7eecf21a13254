"""Findings of fetching the files that fetch.txt names, and of exporting and joining bags (FCH-NNN).

1xx fetching, 2xx exporting, 3xx joining.
"""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

WRONG_BYTES = FindingKind(
    "FCH-101", Tells.LOSS, "RFC 8493 3",
    "{url} sent different bytes: {algorithm} digest expected {expected}, found {found}",
    "The received bytes are not the ones that the payload manifest lists, so they were not added to the bag.",
    "Ask the bag's creator for a different address of the file",
)  # fmt: skip
TOO_LONG = FindingKind(
    "FCH-102", Tells.RULE, "RFC 8493 2.2.3",
    "{url} sent more than the allowed {limit} bytes",
    "The server sent more than fetch.txt states, or, where fetch.txt states no length, more than the setting"
    " fetch.largest allows. The received bytes were discarded.",
    "Compare the length in fetch.txt with the file on the server",
)  # fmt: skip
NOT_FETCHED = FindingKind(
    "FCH-103", Tells.UNREAD, "RFC 8493 2.2.3",
    "{url} could not be fetched: {why}",
    "The server did not send the whole file. The part that was received is kept beside the bag, and the next run"
    " continues from there.",
    "Run again: archive fetch BAG",
)  # fmt: skip
NOT_ALLOWED = FindingKind(
    "FCH-104", Tells.UNREAD, "RFC 8493 5.1",
    "{url} was not requested: {why}",
    "The addresses in fetch.txt are chosen by the bag's creator. Only public https addresses are requested,"
    " unless the settings fetch.schemes and fetch.private allow more.",
    "If you trust the address, allow it in the settings of a trusted project",
)  # fmt: skip
NO_ACCESS = FindingKind(
    "FCH-105", Tells.UNREAD, "RFC 8493 2.2.3",
    "{url}: access denied by the server: {why}",
    "The server requires a credential, or a different one. Credentials are sent only to hosts named in the"
    " setting fetch.hosts.",
    "Add the host and its credentials to fetch.hosts",
)  # fmt: skip
HOST_GIVEN_UP = FindingKind(
    "FCH-106", Tells.UNREAD, "RFC 8493 2.2.3",
    "{url} was not requested: {host} failed too often in this run",
    "After several files from one host have failed, the other files from that host are left for the next run.",
    "When the server is available, run again: archive fetch BAG",
)  # fmt: skip
CANNOT_CHECK = FindingKind(
    "FCH-107", Tells.RULE, "RFC 8493 2.2.3",
    "the file is not listed in every payload manifest, so the fetched file could not be checked",
    "Every file that fetch.txt lists must be listed in every payload manifest.",
    "Ask the bag's creator for a corrected bag",
)  # fmt: skip
NOT_PLACED = FindingKind(
    "FCH-108", Tells.UNREAD, "RFC 8493 2.2.3",
    "the file was fetched but could not be added to the bag: {why}",
    "Something that is not a folder is in the way, or the system did not allow writing there. Links are not followed.",
    "Remove what is in the way, then run again: archive fetch BAG",
)  # fmt: skip
NOT_A_PART = FindingKind(
    "FCH-301", Tells.RULE, "RFC 8493 2.2.2",
    "the bag is not a part of a group: {why}",
    "The parts of a group have the same Bag-Group-Identifier, and each has a Bag-Count in the form N of M.",
    "Name only the bags that belong together",
)  # fmt: skip
PARTS_MISSING = FindingKind(
    "FCH-302", Tells.LOSS, "RFC 8493 2.2.2",
    "of the {total} parts of the group, these are missing: {missing}",
    "Bag-Count states how many bags the group has. The whole cannot be rebuilt without all of them.",
    "Run the same command again and name the missing parts too",
)  # fmt: skip
PART_TWICE = FindingKind(
    "FCH-303", Tells.RULE, "RFC 8493 2.2.2",
    "the bag claims to be part {number}, and so does {other}",
    "Two of the bags claim to be the same part of the group.",
    "Leave out one of the two",
)  # fmt: skip
PARTS_DIFFER = FindingKind(
    "FCH-304", Tells.RULE, "RFC 8493 3",
    "{path} is also in {other}, with different bytes",
    "Two parts contain a file with the same path but different digests, so it is not clear which one belongs in"
    " the whole.",
    "Ask the creator of the bags which of the two is correct",
)  # fmt: skip
PARTS_ALIKE = FindingKind(
    "FCH-305", Tells.NOTE, "RFC 8493 3",
    "files that are in more than one part with the same bytes, each used once: {count}",
    "The parts overlap, and their common files are identical.",
    "No action needed",
)  # fmt: skip
NO_COMMON_ALGORITHM = FindingKind(
    "FCH-306", Tells.RULE, "RFC 8493 2.4",
    "the parts have no digest algorithm in common",
    "Files of different parts can be compared, and the whole can be checked, only by an algorithm that all parts use.",
    "Make new versions of the parts with the same algorithms",
)  # fmt: skip
HOLDS_PRIVATE = FindingKind(
    "FCH-201", Tells.ADVICE, "design: private fields stay with the bag",
    "the exported bag contains private fields",
    "The tag manifests list the files in metadata/restricted/, so the bag would not be complete without them.",
    "Give the exported bag only to people who may read these fields",
)  # fmt: skip
SEAL_LEFT_OUT = FindingKind(
    "FCH-202", Tells.NOTE, "RFC 8493 2.2.3",
    "the seal was not exported, because it covers tag manifests without fetch.txt",
    "A holey bag has one tag file more than the bag that it comes from, so its tag manifests are different.",
    "Seal the exported bag if it needs a seal: archive seal BAG --key KEY",
)  # fmt: skip
NAME_NOT_EXPORTABLE = FindingKind(
    "FCH-203", Tells.RULE, "the rules for names of the format",
    "a package in the format {format} cannot contain this file name: {why}",
    "Some formats list their files in text that cannot express every name. A name is never changed in transit.",
    "Export the bag in a different format, such as bag, which can contain any name",
)  # fmt: skip
STILL_TO_FETCH = FindingKind(
    "FCH-109", Tells.NOTE, "RFC 8493 2.2.3",
    "the file is not in the bag yet; fetch.txt names its address",
    "The bag is shown as it is now. To check whether it is complete, use archive validate.",
    "Fetch it: archive fetch BAG",
)  # fmt: skip
