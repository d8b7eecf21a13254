"""Findings about a bag's files, in a folder, zip or tar: unreadable files, links, names, members."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

EMPTY_FOLDER = FindingKind(
    "BAG-217", Tells.NOTE, "RFC 8493 2.1.3",
    "the folder has no files, so no manifest can protect it",
    "Manifests list files only, so an empty folder may get lost unnoticed.",
    "If the folder itself matters, put a small file in it before making the bag",
)  # fmt: skip
UNREADABLE_FILE = FindingKind(
    "BAG-303", Tells.UNREAD, "RFC 8493 3",
    "the file could not be read and was not checked: {why}",
    "A read error does not mean that the file has changed. Nothing is known about its bytes.",
    "Check the permissions and the disk, then run: archive validate BAG",
)  # fmt: skip
UNREADABLE_FOLDER = FindingKind(
    "BAG-304", Tells.UNREAD, "RFC 8493 3",
    "the folder could not be listed, so its files were not checked: {why}",
    "A folder that cannot be opened is not an empty folder. Nothing is known about its files.",
    "Check the permissions and the disk, then run: archive validate BAG",
)  # fmt: skip
LINK = FindingKind(
    "BAG-501", Tells.LOSS, "RFC 8493 5.2",
    "this is a symbolic link, not a file",
    "The target of a link is outside the bag's protection and may not exist elsewhere. The link was not followed.",
    "Replace the link with the file itself and make a new version of the bag",
)  # fmt: skip
SPECIAL_FILE = FindingKind(
    "BAG-502", Tells.LOSS, "RFC 8493 2",
    "this is neither a file nor a folder but {what}",
    "A bag contains files. Pipes, sockets and devices have no bytes that could be kept. It was not opened.",
    "Remove it, then run: archive validate BAG",
)  # fmt: skip
HARD_LINKS = FindingKind(
    "BAG-503", Tells.ADVICE, "RFC 8493 5.2",
    "{count} files have more than one name (hard links)",
    "A change made through another name, perhaps outside the bag, changes the bag. The first such file is named.",
    "Copy the bag so that it has files of its own",
)  # fmt: skip
NORMAL_FORM_TWINS = FindingKind(
    "BAG-504", Tells.ADVICE, "RFC 8493 6.1.2",
    "differs from {other} only in Unicode normalisation",
    "Some systems treat these two names as one, so one of the files would be lost there. Each was checked.",
    "Rename one of them in a new version of the bag",
)  # fmt: skip
CASE_TWINS = FindingKind(
    "BAG-505", Tells.ADVICE, "RFC 8493 6.1.3",
    "differs from {other} only in case",
    "Some systems treat these two names as one, so one of the files would be lost there. Each was checked.",
    "Rename one of them in a new version of the bag",
)  # fmt: skip
OTHER_NORMAL_FORM = FindingKind(
    "BAG-506", Tells.ADVICE, "RFC 8493 6.1.2",
    "the name is listed as {listed}, in a different Unicode normalisation",
    "A system changed the form of the name in transit. The bytes were checked against the line with the listed name.",
    "No action needed; list the name as it is in the next version of the bag",
)  # fmt: skip
NOT_PORTABLE = FindingKind(
    "BAG-507", Tells.ADVICE, "RFC 8493 6.1; Microsoft, Naming Files, Paths, and Namespaces",
    "the name {reason}",
    "The bag is valid, but some systems cannot unpack this file, or not under this name.",
    "Keep the bag packed when it is sent to such systems, or rename the file in a new version of the bag",
)  # fmt: skip
BROKEN_ARCHIVE = FindingKind(
    "BAG-511", Tells.LOSS, "RFC 8493 4",
    "the zip or tar file is damaged: {why}",
    "The zip or tar file cannot be read to its end. The part that could be read was checked.",
    "Restore the zip or tar file from a copy",
)  # fmt: skip
DUPLICATE_MEMBER = FindingKind(
    "BAG-512", Tells.RULE, "RFC 8493 4.2",
    "the zip or tar file contains this name more than once",
    "Which of the two files remains after unpacking depends on the tool.",
    "Do not unpack it; ask the creator of the zip or tar file",
)  # fmt: skip
UNSAFE_MEMBER = FindingKind(
    "BAG-513", Tells.RULE, "RFC 8493 5.2",
    "the zip or tar file contains a name that is not safe: {why}",
    "Unpacking it could write outside its folder.",
    "Do not unpack it; ask the creator of the zip or tar file",
)  # fmt: skip
SEVERAL_ROOTS = FindingKind(
    "BAG-514", Tells.RULE, "RFC 8493 4.2",
    "the zip or tar file must have exactly one top folder, but has {roots}",
    "A serialized bag contains one folder, the bag, and nothing beside it.",
    "Pack only the bag's own folder",
)  # fmt: skip
ARCHIVE_LIMIT = FindingKind(
    "BAG-515", Tells.UNREAD, "RFC 8493 5.2",
    "the zip or tar file was not read: {why}",
    "Zip and tar files are read within limits, so that a hostile one cannot use up the machine's resources.",
    "If you trust it, unpack it and validate the folder",
)  # fmt: skip
ENCRYPTED_MEMBER = FindingKind(
    "BAG-516", Tells.UNREAD, "RFC 8493 4",
    "the member is encrypted and could not be checked",
    "The bytes cannot be read, so nothing is known about them.",
    "Decrypt the zip or tar file, then validate it again",
)  # fmt: skip
UNKNOWN_METHOD = FindingKind(
    "BAG-517", Tells.UNREAD, "RFC 8493 4",
    "the member is stored by a method that is not supported: {what}",
    "The bytes cannot be read, so nothing is known about them.",
    "Unpack it with the tool that made it and validate the folder",
)  # fmt: skip
HEADERS_DIFFER = FindingKind(
    "BAG-518", Tells.RULE, "RFC 8493 5.2",
    "the zip or tar file contradicts itself about this member: {why}",
    "Its directory and the member's own header differ, so two tools may unpack two different files.",
    "Do not unpack it; ask the creator of the zip or tar file",
)  # fmt: skip
FOREIGN_BYTES = FindingKind(
    "BAG-519", Tells.RULE, "RFC 8493 4",
    "the zip or tar file contains bytes that do not belong to any member: {why}",
    "Bytes were added before, between or after the members, so the file is not as it was made.",
    "Compare it with another copy",
)  # fmt: skip
ARCHIVE_JUNK = FindingKind(
    "BAG-521", Tells.ADVICE, "RFC 8493 4",
    "beside the bag there is {what}, which does not belong to it: {count} members",
    "macOS adds a folder __MACOSX with its own file attributes to every zip. Other tools unpack it beside the"
    " bag. The bag itself is not affected.",
    "No action needed; to leave it out, zip the folder with another tool",
)  # fmt: skip
NO_CLOSING_BLOCKS = FindingKind(
    "BAG-522", Tells.ADVICE, "RFC 8493 4.2",
    "the tar ends without its two closing blocks",
    "Every member was read to its end and its digests were compared. Some tools leave out the closing blocks. A"
    " tar that was cut off exactly between two members looks the same, but here all manifests and tag manifests"
    " are present and show that nothing is missing.",
    "No action needed if the bag is valid; pack it again if other tools complain",
)  # fmt: skip
MAYBE_CUT_OFF = FindingKind(
    "BAG-524", Tells.UNREAD, "RFC 8493 4.2",
    "the tar ends without its two closing blocks and without {name}; it may be cut off",
    "A tar that was cut off between two members looks like one whose closing blocks were left out. Only a tag"
    " manifest for each payload manifest would show that nothing followed, and one is missing here.",
    "Compare the tar with another copy; if it is whole, unpack it and validate the folder",
)  # fmt: skip
ZEROS_AFTER = FindingKind(
    "BAG-525", Tells.ADVICE, "RFC 8493 4.2; gzip manual, \"Tapes\"",
    "{count} zero bytes follow the compressed data",
    "Tapes and some copying tools fill the last block with zeros. gzip, bzip2, tar, bsdtar and Python ignore"
    " them; 7-Zip unpacks the same content and reports an error. Everything before them was read and compared.",
    "No action needed if the bag is valid; compress it again if other tools complain",
)  # fmt: skip
OTHER_ROOT_NAME = FindingKind(
    "BAG-520", Tells.ADVICE, "RFC 8493 4.2",
    "the zip or tar file is not named after its top folder {root}",
    "A serialized bag should have the name of the folder that it contains.",
    "No action needed",
)  # fmt: skip
UNSAFE_OBJECT = FindingKind(
    "BAG-523", Tells.RULE, "RFC 8493 5.2",
    "the object's name is not safe as a path in a bag: {why}",
    "Copying this bag from its bucket into a folder could write outside that folder.",
    "Do not copy it; ask the person who stored the bag",
)  # fmt: skip
