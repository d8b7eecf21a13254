"""What stands in the way of reading a bag's files, in a folder or an archive: unreadable, links, names, members."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

EMPTY_FOLDER = FindingKind(
    "BAG-217", Tells.NOTE, "RFC 8493 2.1.3", "the folder holds no file; no manifest can protect it",
    "Manifests list files only, so that an empty folder may get lost without anybody noticing.",
    "Put a small file in it before bagging if the folder itself matters",
)  # fmt: skip
UNREADABLE_FILE = FindingKind(
    "BAG-303", Tells.UNREAD, "RFC 8493 3", "the file could not be read and was not checked: {why}",
    "A read error is not a changed file: nothing can be said about its bytes.",
    "Check permissions and the disk, then validate again",
)  # fmt: skip
UNREADABLE_FOLDER = FindingKind(
    "BAG-304", Tells.UNREAD, "RFC 8493 3", "the folder could not be listed; what is in it was not checked: {why}",
    "A folder that cannot be opened is not an empty folder: nothing can be said about its files.",
    "Check permissions and the disk, then validate again",
)  # fmt: skip
LINK = FindingKind(
    "BAG-501", Tells.LOSS, "RFC 8493 5.2", "this is a symbolic link, not a file",
    "What a link leads to lies outside the bag's protection, and may not exist elsewhere. It was not followed.",
    "Put the file itself in its place and make a new version of the bag",
)  # fmt: skip
SPECIAL_FILE = FindingKind(
    "BAG-502", Tells.LOSS, "RFC 8493 2", "this is neither a file nor a folder but {what}",
    "A bag holds files. Pipes, sockets and devices have no bytes that could be kept; it was not opened.",
    "Take it away, then validate again",
)  # fmt: skip
HARD_LINKS = FindingKind(
    "BAG-503", Tells.ADVICE, "RFC 8493 5.2", "{count} files have more than one name (hard links)",
    "A change through another name, perhaps outside the bag, changes the bag. The first of them is named.",
    "Copy the bag to have files of its own",
)  # fmt: skip
NORMAL_FORM_TWINS = FindingKind(
    "BAG-504", Tells.ADVICE, "RFC 8493 6.1.2", "differs from {other} only in Unicode normalisation",
    "Some systems take these two names for one, so that one of the files would be lost there. Each was checked.",
    "Rename one of them in a new version of the bag",
)  # fmt: skip
CASE_TWINS = FindingKind(
    "BAG-505", Tells.ADVICE, "RFC 8493 6.1.3", "differs from {other} only in case",
    "Some systems take these two names for one, so that one of the files would be lost there. Each was checked.",
    "Rename one of them in a new version of the bag",
)  # fmt: skip
OTHER_NORMAL_FORM = FindingKind(
    "BAG-506", Tells.ADVICE, "RFC 8493 6.1.2", "the name is listed as {listed}, in another Unicode normalisation",
    "A system on the way rewrote the name. The bytes were checked against the line of the listed name.",
    "Nothing needs to be done here; a new version of the bag should list the name as it is",
)  # fmt: skip
NOT_PORTABLE = FindingKind(
    "BAG-507", Tells.ADVICE, "RFC 8493 6.1; Microsoft, Naming Files, Paths, and Namespaces", "the name {reason}",
    "The bag is valid, but on some systems this file cannot be unpacked, or not under this name.",
    "Keep the bag packed where it must travel, or rename the file in a new version of the bag",
)  # fmt: skip
BROKEN_ARCHIVE = FindingKind(
    "BAG-511", Tells.LOSS, "RFC 8493 4", "the archive is damaged: {why}",
    "The archive cannot be read to its end as it is; what could be read was judged.",
    "Bring the archive back from a copy",
)  # fmt: skip
DUPLICATE_MEMBER = FindingKind(
    "BAG-512", Tells.RULE, "RFC 8493 4.2", "the archive holds this name more than once",
    "Which of the two remains after unpacking depends on the tool.",
    "Do not unpack it; ask the archive's maker",
)  # fmt: skip
UNSAFE_MEMBER = FindingKind(
    "BAG-513", Tells.RULE, "RFC 8493 5.2", "the archive holds a name that is not safe: {why}",
    "Unpacking this archive could write outside its folder.",
    "Do not unpack it; ask the archive's maker",
)  # fmt: skip
SEVERAL_ROOTS = FindingKind(
    "BAG-514", Tells.RULE, "RFC 8493 4.2", "the archive does not hold exactly one top folder but {roots}",
    "A serialized bag holds one folder, the bag, and nothing beside it.",
    "Pack the bag's own folder, and only that",
)  # fmt: skip
ARCHIVE_LIMIT = FindingKind(
    "BAG-515", Tells.UNREAD, "RFC 8493 5.2", "the archive was not read: {why}",
    "Archives are read within limits, so that a hostile one cannot exhaust the machine.",
    "If you trust the archive, unpack it and validate the folder",
)  # fmt: skip
ENCRYPTED_MEMBER = FindingKind(
    "BAG-516", Tells.UNREAD, "RFC 8493 4", "the member is encrypted and could not be checked",
    "Nothing can be said about bytes that cannot be read.",
    "Decrypt the archive, then validate again",
)  # fmt: skip
UNKNOWN_METHOD = FindingKind(
    "BAG-517", Tells.UNREAD, "RFC 8493 4", "the member is stored in a way that is not read here: {what}",
    "Nothing can be said about bytes that cannot be read.",
    "Unpack the archive with the tool that made it and validate the folder",
)  # fmt: skip
HEADERS_DIFFER = FindingKind(
    "BAG-518", Tells.RULE, "RFC 8493 5.2", "the archive contradicts itself about this member: {why}",
    "Its directory and the member's own header differ, so that two tools may unpack two different things.",
    "Do not unpack it; ask the archive's maker",
)  # fmt: skip
FOREIGN_BYTES = FindingKind(
    "BAG-519", Tells.RULE, "RFC 8493 4", "the archive holds bytes that belong to no member: {why}",
    "Something was put before, between or after the members; the archive is not what was once made.",
    "Compare with another copy of the archive",
)  # fmt: skip
ARCHIVE_JUNK = FindingKind(
    "BAG-521", Tells.ADVICE, "RFC 8493 4", "beside the bag there is {what}, which belongs to no bag: {count} members",
    "macOS puts a folder __MACOSX with copies of its own attributes into every zip. Other tools unpack it beside the"
    " bag; the bag itself is not touched by it.",
    "Nothing needs to be done; zip the folder with another tool to leave it out",
)  # fmt: skip
NO_CLOSING_BLOCKS = FindingKind(
    "BAG-522", Tells.ADVICE, "RFC 8493 4.2", "the tar ends without its two closing blocks",
    "Every member was read to its end and its digests were compared. Some tools leave the closing blocks out. A tar"
    " that was cut off exactly between two members looks the same; here the manifests and tag manifests are all there,"
    " and they show that nothing is missing.",
    "Nothing needs to be done when the bag is valid; pack it again to silence tools that complain",
)  # fmt: skip
MAYBE_CUT_OFF = FindingKind(
    "BAG-524", Tells.UNREAD, "RFC 8493 4.2",
    "the tar ends without its two closing blocks and without {name}; it may be cut off",
    "A tar that was cut off between two members looks like one whose closing blocks were left out. Only a tag manifest"
    " for each payload manifest would show that nothing followed, and here one is missing.",
    "Compare the tar with another copy; if it is whole, unpack it and validate the folder",
)  # fmt: skip
ZEROS_AFTER = FindingKind(
    "BAG-525", Tells.ADVICE, "RFC 8493 4.2; gzip manual, \"Tapes\"", "{count} zero bytes follow the compressed data",
    "Tapes and some copying tools fill the last block with zeros. gzip, bzip2, tar, bsdtar and Python pass over them;"
    " 7-Zip unpacks the same content and reports an error. Everything before them was read and compared.",
    "Nothing needs to be done when the bag is valid; compress it again to silence tools that complain",
)  # fmt: skip
OTHER_ROOT_NAME = FindingKind(
    "BAG-520", Tells.ADVICE, "RFC 8493 4.2", "the archive is not named after its top folder {root}",
    "A serialized bag should have the name of the folder in it.",
    "Nothing needs to be done",
)  # fmt: skip
UNSAFE_OBJECT = FindingKind(
    "BAG-523", Tells.RULE, "RFC 8493 5.2", "the object's name is not safe as a path in a bag: {why}",
    "Copying this bag from its bucket into a folder could write outside that folder.",
    "Do not copy it; ask the person who stored the bag",
)  # fmt: skip
