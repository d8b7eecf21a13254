"""Findings of planning: what was found in the source before anything is written."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

NAME_NOT_UTF8 = FindingKind(
    "SRC-101", Tells.RULE, "RFC 8493 2.1.3 and 2.2.2: manifests are text in a declared encoding",
    "the name is not valid UTF-8",
    "The file system has a name whose bytes are not valid UTF-8. A manifest in UTF-8 cannot contain it, so no"
    " program could check the file.",
    "Rename it, for example: convmv -f cp1256 -t utf8 --notest FILE; or leave it out with --exclude",
)  # fmt: skip
UNSAFE_NAME = FindingKind(
    "SRC-102", Tells.RULE, "RFC 8493 6.1.1 and 5.1",
    "the name could be read as a path outside the payload",
    "A backslash in the name separates folders on some systems, where the path leads outside data/. Every strict"
    " program rejects it.",
    "Rename it or leave it out with --exclude",
)  # fmt: skip
SAME_AFTER_NFC = FindingKind(
    "SRC-103", Tells.ADVICE, "RFC 8493 6.1.1.2: normalization of file names",
    "names in one folder that are the same after Unicode normalisation: {names}",
    "The names differ only in how accents are encoded. They look the same, and some systems keep only one of them.",
    "Rename one of them if the bag may be copied to macOS or Windows",
)  # fmt: skip
SAME_IN_ZIP = FindingKind(
    "SRC-143", Tells.RULE, "RFC 8493 6.1.1.2: normalization of file names",
    "a zip cannot hold both files, because some tools unpack them as one: {names}",
    "The names differ only in how accents are encoded. unzip keeps one of the two, other tools keep both, so the"
    " bag in the zip would be valid for one tool and damaged for another.",
    "Rename one of them, or leave out --serialize zip",
)  # fmt: skip
SAME_BUT_CASE = FindingKind(
    "SRC-104", Tells.ADVICE, "RFC 8493 6.1.1.1: case sensitivity of file names",
    "names in one folder that differ only in upper and lower case: {names}",
    "Some systems keep only one of two such names. This bag keeps both.",
    "Rename one of them if the bag may be copied to macOS or Windows",
)  # fmt: skip
SAME_NAME = FindingKind(
    "SRC-105", Tells.RULE, "RFC 8493 2.1.2",
    "two sources would have the same name in the bag: {name}",
    "Each of several sources keeps its own name in the payload, so two sources cannot have the same name.",
    "Rename one of them, or put both in a folder and name that folder as the source",
)  # fmt: skip
LINK_REFUSED = FindingKind(
    "SRC-106", Tells.RULE, "design: links by policy, never silent",
    "it is a symbolic link to {target}",
    "A bag contains files, not links. Following a link may add files that were not meant to be included.",
    "Use --links follow to store what it points to, or leave it out with --exclude",
)  # fmt: skip
LINK_FOLLOWED = FindingKind(
    "SRC-107", Tells.NOTE, "design: links by policy, never silent",
    "the link to {target} was followed; its content is stored under the link's name",
    "The option --links follow was given.",
    "No action needed; to refuse links, leave out --links follow",
)  # fmt: skip
LINK_BROKEN = FindingKind(
    "SRC-108", Tells.RULE, "design: links by policy, never silent",
    "the link points to {target}, which is not a file or folder that can be read",
    "There is nothing to store under the link's name.",
    "Repair or remove the link, or leave it out with --exclude",
)  # fmt: skip
LINK_LOOP = FindingKind(
    "SRC-109", Tells.RULE, "design: links by policy, never silent",
    "the link points to {target}, a folder that contains it",
    "Following it would never end.",
    "Remove the link or leave it out with --exclude",
)  # fmt: skip
SPECIAL_FILE = FindingKind(
    "SRC-110", Tells.ADVICE, "RFC 8493 2.1.2: the payload is files",
    "left out: it is a {sort}, not a regular file",
    "Named pipes, sockets and devices have no content that can be kept.",
    "No action needed if it is not wanted; to leave it out explicitly, use --exclude",
)  # fmt: skip
EMPTY_FOLDER = FindingKind(
    "SRC-111", Tells.ADVICE, "RFC 8493 2.1.3: manifests list files, folders only follow from them",
    "the folder is empty and cannot be recorded in the bag",
    "A bag can only record folders that have files in them.",
    "Put a file in it, for example `.keep`, if the folder itself means something",
)  # fmt: skip
EXCLUDED = FindingKind(
    "SRC-112", Tells.NOTE, "design: exclusions are listed",
    "left out, because it matches --exclude {pattern}",
    "The name matches a pattern of --exclude or of the setting create.exclude.",
    "No action needed; to keep it, change the pattern",
)  # fmt: skip
UNREADABLE = FindingKind(
    "SRC-113", Tells.UNREAD, "design: not checked, because",
    "it cannot be read: {reason}",
    "The system did not allow access, so its content is unknown and no bag is made.",
    "Make it readable, or leave it out with --exclude",
)  # fmt: skip
NOT_IN_PLACE = FindingKind(
    "SRC-114", Tells.RULE, "design: --in-place moves the whole folder",
    "it is in the folder and cannot be part of the payload: {reason}",
    "--in-place turns the source folder itself into the payload, so nothing in it can be left out.",
    "Move it elsewhere first, or make a copy with --to",
)  # fmt: skip
LEFTOVER = FindingKind(
    "SRC-115", Tells.ADVICE, "design: a leftover is cleaned only when asked",
    "this is a working folder left by an interrupted run",
    "A process was stopped while it made this bag. The folder takes up space and has no other use.",
    "Remove it with --clean-partial",
)  # fmt: skip
TAG_MISSING = FindingKind(
    "SRC-116", Tells.RULE, "BagIt Profiles 1.4, Bag-Info: required",
    "the profile requires {tag} in {subject}",
    "The requested profile requires this field, but it has no value.",
    "Add --bag-info '{tag}=VALUE', or set it in [create.bag_info] of archive.toml",
)  # fmt: skip
PROFILE_CONFLICT = FindingKind(
    "SRC-117", Tells.RULE, "BagIt Profiles 1.4",
    "the profile does not allow this: {reason}",
    "The request and the profile contradict each other.",
    "Change the option, or choose a different --profile",
)  # fmt: skip
MORE = FindingKind(
    "SRC-118", Tells.NOTE, "design: memory stays flat",
    "not listed here: {count} more findings of {code}",
    "Only the first findings of one code are listed, to keep the report readable and memory use small.",
    "Fix the listed ones, then run the command again",
)  # fmt: skip
SHARED_INODE = FindingKind(
    "SRC-119", Tells.ADVICE, "RFC 8493 5: integrity of the payload",
    "the file has another name elsewhere (a hard link), so a change there changes the bag",
    "--in-place keeps the files themselves. Anything written under the other name is written into the bag.",
    "Make a copy with --to instead, or remove the other name",
)  # fmt: skip
NO_FILES = FindingKind(
    "SRC-120", Tells.ADVICE, "RFC 8493 2.1.2",
    "the source has no files, so the bag's payload is empty",
    "An empty payload is allowed, but rarely intended.",
    "Check the path and the patterns of --exclude",
)  # fmt: skip
TARGET_EXISTS = FindingKind(
    "SRC-121", Tells.RULE, "design: nothing is ever overwritten",
    "the destination already exists",
    "A file or folder is already where the bag would be created.",
    "Choose a different --name or --to",
)  # fmt: skip
NOT_PORTABLE = FindingKind(
    "SRC-122", Tells.ADVICE, "RFC 8493 6.1; Microsoft, Naming Files, Paths, and Namespaces",
    "the name {reason}",
    "The bag is valid, but some systems cannot unpack this file, or not under this name.",
    "Rename it if the bag may be copied to such systems, or use --serialize zip and keep the bag packed",
)  # fmt: skip
JUNK = FindingKind(
    "SRC-123", Tells.ADVICE, "design: exclusions are listed",
    "left out: it is {sort}",
    "Desktop and office programs leave such files beside people's own files. By default they are not added to the"
    " bag.",
    "No action needed; to keep them, use --keep-junk or the setting create.junk = \"keep\"",
)  # fmt: skip
NO_AGENTS = FindingKind(
    "SRC-124", Tells.NOTE, "PREMIS 3.0 3: agents",
    "{lacking} is not set, so the events in PREMIS name only the program",
    "PREMIS records who did what and who was responsible. Neither is derived from the login name.",
    "Set create.operator and create.organization in archive.toml (archive init asks for both); a pseudonym is"
    " sufficient",
)  # fmt: skip
TRANSFER = FindingKind(
    "SRC-125", Tells.NOTE, "Archivematica user manual, transfer structure",
    "the folder is an Archivematica transfer; it is described by {used}",
    "It has the folders objects/ and metadata/. The tables in metadata/ describe the files, and their paths begin"
    " with objects/.",
    "No action needed",
)  # fmt: skip
DELIVERED_MISMATCH = FindingKind(
    "SRC-130", Tells.LOSS, "design: a delivery that brings its own checksums is checked first",
    "{list} (line {at}) lists the {algorithm} digest {expected}, but the file has {computed}",
    "The file is not the one that the list was made for: it was damaged in transit, or changed since.",
    "Obtain it again; or record the difference and continue with --accept-damaged-delivery",
)  # fmt: skip
DELIVERED_MISSING = FindingKind(
    "SRC-131", Tells.LOSS, "design: a delivery that brings its own checksums is checked first",
    "the file is listed in {list} (line {at}) but is missing",
    "Part of the delivery is missing, or the list belongs to a different folder.",
    "Obtain it again; or record its absence and continue with --accept-damaged-delivery",
)  # fmt: skip
ACCEPTED_MISMATCH = FindingKind(
    "SRC-132", Tells.ADVICE, "design: a delivery that brings its own checksums is checked first",
    "accepted as it is: {list} (line {at}) lists the {algorithm} digest {expected}, but the file has {computed}",
    "The option --accept-damaged-delivery was given. The bag records that this file did not match.",
    "Obtain the file again and make a new version of the bag",
)  # fmt: skip
ACCEPTED_MISSING = FindingKind(
    "SRC-133", Tells.ADVICE, "design: a delivery that brings its own checksums is checked first",
    "accepted as it is: the file is listed in {list} (line {at}) but is missing",
    "The option --accept-damaged-delivery was given. The bag records how many listed files were missing.",
    "Obtain the file and make a new version of the bag",
)  # fmt: skip
LIST_UNREADABLE_LINES = FindingKind(
    "SRC-134", Tells.ADVICE, "GNU coreutils, md5sum; RFC 8493 2.1.3",
    "{count} lines of this checksum list cannot be read, the first is line {at}; nothing was checked against them",
    "A line is a digest of the length that its algorithm has, followed by a file name, or it is ALGORITHM (name)"
    " = digest.",
    "Correct the list, or rename the file if it is not a checksum list",
)  # fmt: skip
LIST_UNREAD = FindingKind(
    "SRC-135", Tells.UNREAD, "design: not checked, because",
    "this checksum list was not read: {reason}",
    "The delivery contains checksums that could not be checked, so no bag is made.",
    "Split the list, make it readable, or leave it out with --exclude",
)  # fmt: skip
DELIVERY_CHECKED = FindingKind(
    "SRC-136", Tells.NOTE, "PREMIS event type fixity check",
    "{matched} files match the checksums that were delivered with them",
    "The list was checked against the files while they were read, and is kept in the payload.",
    "No action needed",
)  # fmt: skip
BAG_WRAPPED = FindingKind(
    "SRC-138", Tells.NOTE, "design: a bag is wrapped in a bag only when asked for by name",
    "the source is a bag and is wrapped in a new bag, because --wrap-bag was given",
    "Its manifests were checked like all checksums that come with a delivery.",
    "No action needed",
)  # fmt: skip
WRAPPED_BAG_INVALID = FindingKind(
    "SRC-139", Tells.RULE, "RFC 8493 3: a bag is valid or it is not",
    "the bag to be wrapped is not valid: {problem}",
    "A bag with this problem would be stored unchanged under new checksums.",
    "See what is wrong: archive validate BAG; or record the problem and continue with --accept-damaged-delivery",
)  # fmt: skip
ACCEPTED_BAG = FindingKind(
    "SRC-140", Tells.ADVICE, "RFC 8493 3: a bag is valid or it is not",
    "accepted as it is: the wrapped bag is not valid: {problem}",
    "The option --accept-damaged-delivery was given.",
    "Obtain the bag again and make a new version",
)  # fmt: skip
NOT_TRIED = FindingKind(
    "SRC-141", Tells.NOTE, "design: bounded time",
    "{count} documents were not tried in this dry run",
    "A dry run makes renditions of documents to see which of them would fail, and stops after two minutes.",
    "No action needed; the real run tries all of them",
)  # fmt: skip
EXTENSION_MISMATCH = FindingKind(
    "SRC-142", Tells.ADVICE, "PREMIS 3.0 1.5.4 format; PRONOM",
    "the name ends in .{extension}, but the content is {format}",
    "Programs that rely on the name may open the file wrongly. The bag keeps the name as received; PREMIS records"
    " the format that was found.",
    "Ask the sender about the file; the bag itself does not need to be changed",
)  # fmt: skip
NOT_OF_THE_JOB = FindingKind(
    "SRC-144", Tells.NOTE, "DART: job, uploadOps and workflow",
    "the DART job also contains {what}",
    "The bag of the job is made. The further steps of the job are not carried out, and logins and passwords are"
    " not imported.",
    "Deposit the bag: archive deposit BAG PLACE; to see a workflow's targets as settings: archive config"
    " --import-dart FILE",
)  # fmt: skip
INFECTED = FindingKind(
    "SRC-147", Tells.RULE, "PREMIS event type virus check",
    "the virus scanner reports: {name}",
    "A bag is passed on with all its files. If the scanner reports a file, no bag is made unless that is requested.",
    "Remove the file from the source, or keep it on purpose with --keep-infected",
)  # fmt: skip
INFECTED_KEPT = FindingKind(
    "SRC-145", Tells.ADVICE, "PREMIS event type virus check",
    "the virus scanner reports: {name}; the file is kept, as requested",
    "The file is stored in the bag unchanged, and PREMIS records the scanner's result.",
    "Warn the people who open the bag",
)  # fmt: skip
NOT_SCANNED = FindingKind(
    "SRC-146", Tells.ADVICE, "PREMIS event type virus check",
    "the virus scanner could not scan it: {reason}",
    "Scanners skip files that exceed their limits or that they cannot open. PREMIS records no virus check of this"
    " file.",
    "Raise the scanner's limits, or scan the file with a different program",
)  # fmt: skip
