"""What planning found in the source, all of it before anything is written."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

NAME_NOT_UTF8 = FindingKind(
    "SRC-101", Tells.RULE, "RFC 8493 2.1.3 and 2.2.2: manifests are text in a declared encoding",
    "the name is not UTF-8",
    "The file system holds a name whose bytes are no UTF-8. A manifest in UTF-8 cannot write it down, so the file would"
    " be lost to every checker.",
    "Rename it, for example with `convmv -f cp1256 -t utf8 --notest`, or leave it out with --exclude",
)  # fmt: skip
UNSAFE_NAME = FindingKind(
    "SRC-102", Tells.RULE, "RFC 8493 6.1.1 and 5.1",
    "the name would be read as a path outside of the payload",
    "A backslash in the name separates folders on some systems; read so, the path leaves data/. Every strict checker"
    " refuses it.",
    "Rename it or leave it out with --exclude",
)  # fmt: skip
SAME_AFTER_NFC = FindingKind(
    "SRC-103", Tells.ADVICE, "RFC 8493 6.1.1.2: normalization of file names",
    "names in one folder that are the same after Unicode normalization: {names}",
    "The names differ only in how accents are encoded. They look the same, and some systems keep only one of them.",
    "Rename one of them if the bag may travel to macOS or Windows",
)  # fmt: skip
SAME_IN_ZIP = FindingKind(
    "SRC-143", Tells.RULE, "RFC 8493 6.1.1.2: normalization of file names",
    "a zip cannot hold both, for some tools unpack them as one file: {names}",
    "The names differ only in how accents are encoded. unzip keeps one of the two, other tools both, so that the bag in"
    " the zip would be valid to one and damaged to another.",
    "Rename one of them, or leave out --serialize zip",
)  # fmt: skip
SAME_BUT_CASE = FindingKind(
    "SRC-104", Tells.ADVICE, "RFC 8493 6.1.1.1: case sensitivity of file names",
    "names in one folder that differ only in upper and lower case: {names}",
    "Some systems keep only one of two such names. Here both are kept.",
    "Rename one of them if the bag may travel to macOS or Windows",
)  # fmt: skip
SAME_NAME = FindingKind(
    "SRC-105", Tells.RULE, "RFC 8493 2.1.2",
    "two sources would have the same name in the bag: {name}",
    "Each of several sources keeps its own name in the payload; two with one name cannot both stand there.",
    "Rename one of them, or put both in a folder and give that",
)  # fmt: skip
LINK_REFUSED = FindingKind(
    "SRC-106", Tells.RULE, "design: links by policy, never silent",
    "it is a symbolic link to {target}",
    "A bag holds files, not links. Following one may bring in bytes that were not meant to be given.",
    "Use --links follow to store what it points to, or leave it out with --exclude",
)  # fmt: skip
LINK_FOLLOWED = FindingKind(
    "SRC-107", Tells.NOTE, "design: links by policy, never silent",
    "the link to {target} was followed; its content is stored under the link's name",
    "--links follow was given.",
    "Nothing to do; leave out --links follow to refuse links",
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
    "Nothing to do if it is not needed; --exclude says so on purpose",
)  # fmt: skip
EMPTY_FOLDER = FindingKind(
    "SRC-111", Tells.ADVICE, "RFC 8493 2.1.3: manifests list files, folders only follow from them",
    "the folder is empty and cannot be recorded in the bag",
    "A bag can only record folders that have files in them.",
    "Put a file in it, for example `.keep`, if the folder itself means something",
)  # fmt: skip
EXCLUDED = FindingKind(
    "SRC-112", Tells.NOTE, "design: exclusions are listed",
    "left out, as --exclude {pattern} asks",
    "The name matches a pattern of --exclude or of the setting create.exclude.",
    "Nothing to do; change the pattern to keep it",
)  # fmt: skip
UNREADABLE = FindingKind(
    "SRC-113", Tells.UNREAD, "design: not checked, because",
    "it cannot be read: {reason}",
    "The system did not let us look, so nothing can be said of what is in it and no bag is made.",
    "Make it readable, or leave it out with --exclude",
)  # fmt: skip
NOT_IN_PLACE = FindingKind(
    "SRC-114", Tells.RULE, "design: --in-place moves the whole folder",
    "it is in the folder and cannot be part of the payload: {reason}",
    "--in-place makes the source folder itself the payload, so that nothing can be left out of it.",
    "Move it elsewhere first, or make a copy with --to",
)  # fmt: skip
LEFTOVER = FindingKind(
    "SRC-115", Tells.ADVICE, "design: a leftover is cleaned only when asked",
    "a working folder of an earlier run that was cut off",
    "A process was killed while it made this bag. What it left takes space and is nothing else.",
    "Remove it with --clean-partial",
)  # fmt: skip
TAG_MISSING = FindingKind(
    "SRC-116", Tells.RULE, "BagIt Profiles 1.4, Bag-Info: required",
    "the profile demands {tag} in {subject}",
    "The profile that was asked for names this field as required, and nothing gives it a value.",
    "Give it with --bag-info '{tag}=...', or in [create.bag_info] of archive.toml",
)  # fmt: skip
PROFILE_CONFLICT = FindingKind(
    "SRC-117", Tells.RULE, "BagIt Profiles 1.4",
    "the profile does not allow this: {reason}",
    "What was asked for and what the profile demands cannot both be had.",
    "Change the option named, or choose another --profile",
)  # fmt: skip
MORE = FindingKind(
    "SRC-118", Tells.NOTE, "design: memory stays flat",
    "{count} more findings {code} are not listed here",
    "Only the first findings of one kind are listed, so that a report stays readable and memory small.",
    "Put the first ones right and run again",
)  # fmt: skip
SHARED_INODE = FindingKind(
    "SRC-119", Tells.ADVICE, "RFC 8493 5: integrity of the payload",
    "the file has another name elsewhere, a hard link: a change there changes the bag",
    "--in-place keeps the files themselves. Who writes to the other name writes into the bag.",
    "Make a copy with --to instead, or remove the other name",
)  # fmt: skip
NO_FILES = FindingKind(
    "SRC-120", Tells.ADVICE, "RFC 8493 2.1.2",
    "the source holds no file; the bag's payload is empty",
    "An empty payload is allowed, but it is seldom meant.",
    "Check the path and the patterns of --exclude",
)  # fmt: skip
TARGET_EXISTS = FindingKind(
    "SRC-121", Tells.RULE, "design: nothing is ever overwritten",
    "there is something at the destination already",
    "The bag would stand where a file or folder stands now.",
    "Choose another --name or --to",
)  # fmt: skip
NOT_PORTABLE = FindingKind(
    "SRC-122", Tells.ADVICE, "RFC 8493 6.1; Microsoft, Naming Files, Paths, and Namespaces",
    "the name {reason}",
    "The bag is valid, but on some systems this file cannot be unpacked, or not under this name.",
    "Rename it if the bag may travel, or use --serialize zip and keep the bag packed",
)  # fmt: skip
JUNK = FindingKind(
    "SRC-123", Tells.ADVICE, "design: exclusions are listed",
    "left out: it is {sort}",
    "Desktops and office programs leave such files beside the ones that people made. By default they are not bagged.",
    "Nothing to do; --keep-junk, or the setting create.junk = \"keep\", keeps them",
)  # fmt: skip
NO_AGENTS = FindingKind(
    "SRC-124", Tells.NOTE, "PREMIS 3.0 3: agents",
    "no {lacking} is set, so the events in PREMIS name only the program",
    "PREMIS records who did what, and on whose responsibility. Neither is guessed from the login name.",
    "Set create.operator and create.organization in archive.toml (archive init asks for both); a pseudonym will do",
)  # fmt: skip
TRANSFER = FindingKind(
    "SRC-125", Tells.NOTE, "Archivematica user manual, transfer structure",
    "the folder is an Archivematica transfer; it is described by {used}",
    "It has objects/ and metadata/. The tables in metadata/ describe the files, and paths in them begin at objects/.",
    "Nothing to do",
)  # fmt: skip
DELIVERED_MISMATCH = FindingKind(
    "SRC-130", Tells.LOSS, "design: a delivery that brings its own checksums is checked first",
    "{list} (line {at}) lists the {algorithm} digest {expected}, but the file has {computed}",
    "The file is not the one that the list was made for: it was damaged on the way, or changed since.",
    "Obtain it again; or record the difference and go on with --accept-damaged-delivery",
)  # fmt: skip
DELIVERED_MISSING = FindingKind(
    "SRC-131", Tells.LOSS, "design: a delivery that brings its own checksums is checked first",
    "the file is listed in {list} (line {at}), but is not there",
    "Part of the delivery is missing, or the list belongs to another folder.",
    "Obtain it again; or record its absence and go on with --accept-damaged-delivery",
)  # fmt: skip
ACCEPTED_MISMATCH = FindingKind(
    "SRC-132", Tells.ADVICE, "design: a delivery that brings its own checksums is checked first",
    "accepted as it is: {list} (line {at}) lists the {algorithm} digest {expected}, but the file has {computed}",
    "--accept-damaged-delivery was given. The bag's own record says that this file did not match.",
    "Obtain the file again and make a new version of the bag",
)  # fmt: skip
ACCEPTED_MISSING = FindingKind(
    "SRC-133", Tells.ADVICE, "design: a delivery that brings its own checksums is checked first",
    "accepted as it is: the file is listed in {list} (line {at}), but is not there",
    "--accept-damaged-delivery was given. The bag's own record says how many listed files were not there.",
    "Obtain the file and make a new version of the bag",
)  # fmt: skip
LIST_UNREADABLE_LINES = FindingKind(
    "SRC-134", Tells.ADVICE, "GNU coreutils, md5sum; RFC 8493 2.1.3",
    "{count} lines of this checksum list cannot be read, the first is line {at}; nothing was checked by them",
    "A line is a digest of the length that its algorithm has, then a file name; or ALGORITHM (name) = digest.",
    "Correct the list, or rename the file if it is not a checksum list",
)  # fmt: skip
LIST_UNREAD = FindingKind(
    "SRC-135", Tells.UNREAD, "design: not checked, because",
    "this checksum list was not read: {reason}",
    "The delivery brings checksums, and they could not be checked, so no bag is made.",
    "Split the list, make it readable, or leave it out with --exclude",
)  # fmt: skip
DELIVERY_CHECKED = FindingKind(
    "SRC-136", Tells.NOTE, "PREMIS event type fixity check",
    "{matched} files match the checksums that came with them",
    "The list was checked against the files while they were read, and is kept in the payload.",
    "Nothing to do",
)  # fmt: skip
BAG_WRAPPED = FindingKind(
    "SRC-138", Tells.NOTE, "design: a bag is wrapped in a bag only when asked for by name",
    "the source is a bag, and is wrapped in another as --wrap-bag asks",
    "Its manifests were checked like any checksums that come with a delivery.",
    "Nothing to do",
)  # fmt: skip
WRAPPED_BAG_INVALID = FindingKind(
    "SRC-139", Tells.RULE, "RFC 8493 3: a bag is valid or it is not",
    "the bag to be wrapped is not valid: {problem}",
    "A bag with this problem would be sealed as it is, under new checksums.",
    "Run archive validate on it; or record the problem and go on with --accept-damaged-delivery",
)  # fmt: skip
ACCEPTED_BAG = FindingKind(
    "SRC-140", Tells.ADVICE, "RFC 8493 3: a bag is valid or it is not",
    "accepted as it is: the bag that is wrapped is not valid: {problem}",
    "--accept-damaged-delivery was given.",
    "Obtain the bag again and make a new version",
)  # fmt: skip
NOT_TRIED = FindingKind(
    "SRC-141", Tells.NOTE, "design: bounded time",
    "{count} documents were not tried in this dry run",
    "A dry run draws documents to see which of them would have no rendition, and stops after two minutes.",
    "Nothing to do; the real run tries all of them",
)  # fmt: skip
EXTENSION_MISMATCH = FindingKind(
    "SRC-142", Tells.ADVICE, "PREMIS 3.0 1.5.4 format; PRONOM",
    "the name ends in .{extension}, but the content is {format}",
    "A reader that goes by the name opens the file with the wrong program. The bag keeps the name as received; PREMIS"
    " records the format that was found.",
    "Ask the sender about the file; the bag itself needs no change",
)  # fmt: skip
NOT_OF_THE_JOB = FindingKind(
    "SRC-144", Tells.NOTE, "DART: job, uploadOps and workflow",
    "the DART job also names {what}",
    "The bag of the job is made. What the job does with it afterwards is not, and no login or password is taken over.",
    "Deposit the bag with archive deposit; archive config --import-dart shows a workflow's targets as settings",
)  # fmt: skip
INFECTED = FindingKind(
    "SRC-147", Tells.RULE, "PREMIS event type virus check",
    "the virus scanner names it: {name}",
    "A bag is handed on with all that is in it. Nothing is made of a source in which the scanner names a file, unless"
    " that is asked for.",
    "Remove the file from the source, or keep it on purpose with --keep-infected",
)  # fmt: skip
INFECTED_KEPT = FindingKind(
    "SRC-145", Tells.ADVICE, "PREMIS event type virus check",
    "the virus scanner names it: {name}; it is kept, as asked",
    "The file goes into the bag as it is, and PREMIS records what the scanner said.",
    "Warn the people who open the bag",
)  # fmt: skip
NOT_SCANNED = FindingKind(
    "SRC-146", Tells.ADVICE, "PREMIS event type virus check",
    "the virus scanner could not scan it: {reason}",
    "Scanners pass over files that are too large for their limits, or that they cannot open. PREMIS records no virus"
    " check of this file.",
    "Raise the scanner's limits, or scan the file by another program",
)  # fmt: skip
